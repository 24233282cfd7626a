import { defineConnector, field, secret } from "../../core/connector/define";
import { credentialText, governmentCloud, hostOf, httpsUrl, portOf } from "../hosts";

const example = "https://contoso.sentinelone.net/web/api/v2.1";
const apiPath = "/web/api/v2.1";

function refuse(host: string): string | undefined {
  if (host !== "sentinelone.net" && host !== "www.sentinelone.com" && host !== "sentinelone.com") return undefined;
  return `"${host}" names no console; give that of yours, such as ${example}`;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (host.endsWith(".s1gov.net")) return governmentCloud(host, "SentinelOne for government");
  const remarks = [
    host.endsWith(".sentinelone.net")
      ? undefined
      : `"${host}" is not under sentinelone.net, where SentinelOne's consoles are`,
    portOf(value) === undefined || portOf(value) === "443"
      ? undefined
      : "a port other than 443 is unusual, and not documented for the connector",
  ].filter((remark) => remark !== undefined);
  return remarks.length === 0 ? undefined : remarks.join("; ");
}

/** SentinelOne Singularity. */
export const sentinelOne = defineConnector({
  type: "sentinelOne",
  className: "SentinelOneConnector",
  displayName: "SentinelOne",
  vendor: "SentinelOne",
  category: "Endpoint security",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "SentinelOne" },
  settings: {
    apiUrl: field({
      displayName: "API URL endpoint",
      description:
        'URL of your SentinelOne console, with or without the API path /web/api/v2.1. Microsoft\'s page says "typically" with it; the text goes to the service as written.',
      format: "url",
      schema: httpsUrl({
        what: "the URL of your console",
        example,
        port: true,
        paths: [apiPath],
        refuse,
        pathHint: (path, host) =>
          path.startsWith("/web/api")
            ? `the API path is ${apiPath}; write https://${host}${apiPath}`
            : `write https://${host}${apiPath}`,
      }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "apiToken",
      displayName: "API token",
      fields: {
        apiToken: secret({
          displayName: "API token",
          description:
            "API token of the SentinelOne user (My User > Actions > API Token Operations). It expires; plan the rotation.",
          schema: credentialText(),
          example: "the API token",
        }),
      },
    },
  ],
  prerequisites: [
    "A SentinelOne user for this connector alone, who may generate API tokens.",
    "Microsoft's page names neither role nor scope. A viewer on account level is what a third party uses for reading inventory; it is not a documented minimum.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning:
        "Wrong, revoked or expired token, or missing rights. A token of a service user typically ends after six months (third party).",
      remedy: "Generate a new token, put it in place and change `credentialVersion`, if you use it.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The token's user lacks rights for what is read.",
      remedy: "Give the user a role that views endpoints on the level of the account.",
    },
    {
      symptom: "404 Not found",
      meaning: "The URL does not serve the API.",
      remedy: "Check the console's host and the path /web/api/v2.1.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "SentinelOne limits the requests of a token.",
      remedy: "Use a token for this connector alone.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach SentinelOne, without further reason.",
      remedy: "Check URL and token; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning: "Microsoft's page mentions an allowlist; where SentinelOne keeps one is not publicly documented.",
      remedy: "If your console restricts addresses, allow the ranges of the Azure service tag Scuba.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/sentinelone-data-connector",
  source: "Microsoft Learn, SentinelOne data connector; an unofficial client library (paths, limits)",
});
