import { defineConnector, field, secret } from "../../core/connector/define";
import { credentialText, governmentCloud, hostOf, httpsUrl } from "../hosts";

const example = "https://api.eu1.app.wiz.io/";
const commercial = /^api\.[a-z0-9-]+\.app\.wiz\.io$/;
const government = /^api\.[a-z0-9-]+\.app\.wiz\.us$/;

function refuse(host: string): string | undefined {
  const form = "https://api.<data center>.app.wiz.io/ (Profile > Tenant Info > API Endpoint URL)";
  if (/^auth0?\.(?:[a-z0-9-]+\.)?wiz\.(?:io|us)$/.test(host)) {
    return `"${host}" is the server that issues tokens; give the API endpoint, ${form}`;
  }
  if (host === "app.wiz.io" || host === "app.wiz.us" || /^[a-z0-9-]+\.app\.wiz\.(?:io|us)$/.test(host)) {
    return `"${host}" is not the API of a data center; give the API endpoint, ${form}`;
  }
  return undefined;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (commercial.test(host)) return undefined;
  if (government.test(host)) return governmentCloud(host, "Wiz for government");
  return `"${host}" is not of the form api.<data center>.app.wiz.io that Microsoft and Wiz document`;
}

/** Wiz: cloud resources and their vulnerability findings. */
export const wiz = defineConnector({
  type: "wiz",
  className: "WizConnector",
  displayName: "Wiz",
  vendor: "Wiz",
  category: "Cloud security",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Wiz" },
  settings: {
    apiEndpoint: field({
      displayName: "API endpoint URL",
      description:
        "API endpoint of your Wiz tenant's data center (Profile > Tenant Info), with https:// and without /graphql.",
      format: "url",
      schema: httpsUrl({
        what: "the API endpoint URL of your tenant",
        example,
        refuse,
        pathHint: (path, host) =>
          path === "/graphql"
            ? `Microsoft asks for the endpoint without it; write https://${host}/`
            : `the endpoint has none; write https://${host}/`,
      }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "oauth2",
      displayName: "Service account",
      fields: {
        clientId: field({
          displayName: "Client ID",
          description: "Client ID of the Wiz service account of type Custom Integration (GraphQL API).",
          format: "text",
          schema: credentialText(),
          example: "wiz-msem-integration",
        }),
        clientSecret: secret({
          displayName: "Client secret",
          description: "Client secret of that service account; Wiz shows it once.",
          schema: credentialText(),
          example: "the client secret",
        }),
      },
      identifier: "clientId",
    },
  ],
  prerequisites: [
    "A service account of type Custom Integration (GraphQL API); creating one takes write permission on service accounts.",
    'The scopes "Read graph resource" and "Read vulnerabilities" (Microsoft recommends Read:all, in case the connector comes to read more).',
    "Preferably no limit to projects and no expiration date; with an expiration date, plan the rotation.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning: "Wrong client ID or secret, an expired service account, or missing scopes.",
      remedy: "Check both, the expiration date, and the scopes.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The service account lacks a scope.",
      remedy:
        'Grant "Read graph resource" and "Read vulnerabilities". Wiz often answers a missing scope with 200 and an error in the body.',
    },
    {
      symptom: "404 Not found",
      meaning: "The endpoint does not serve the API.",
      remedy: "Copy the API Endpoint URL from Tenant Info, without /graphql.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "Wiz limits the requests of a tenant over all its integrations.",
      remedy: "Use a service account for this connector alone, and slow other integrations down.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach Wiz, without further reason.",
      remedy: "Check endpoint and credential; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "Wiz can restrict the addresses of service accounts (Portal Security Settings > IP restrictions). Without restrictions nothing is needed.",
      remedy: "Where they are in use, add the ranges of the Azure service tag Scuba to those of service accounts.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/wiz-data-connector",
  source: "Microsoft Learn, Wiz data connector; public clients of the Wiz API (hosts, error forms)",
});
