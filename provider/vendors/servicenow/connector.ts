import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, basicUserName, credentialText, governmentCloud, hostOf } from "../hosts";

const example = "contoso.service-now.com";

function refuse(host: string): string | undefined {
  if (host === "service-now.com" || host === "servicenow.com") {
    return `"${host}" names no instance; give the host name of yours, such as ${example}`;
  }
  if (!host.includes(".")) return `"${host}" is the name of an instance; its host name is ${host}.service-now.com`;
  return undefined;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (host.endsWith(".servicenowservices.com")) return governmentCloud(host, "ServiceNow's government cloud");
  if (host.endsWith(".service-now.com")) return undefined;
  const name = host.endsWith(".servicenow.com") ? host.slice(0, -".servicenow.com".length) : undefined;
  if (name !== undefined) return `"${host}" is unusual for an instance; did you mean ${name}.service-now.com?`;
  return `"${host}" is not under service-now.com. It may be a custom URL of your instance; whether the connector takes one is not documented, so prefer the host name that ServiceNow gave it`;
}

/** ServiceNow CMDB: devices, network adapters and business applications. */
export const serviceNow = defineConnector({
  type: "serviceNow",
  className: "ServiceNowConnector",
  displayName: "ServiceNow CMDB",
  vendor: "ServiceNow",
  category: "Configuration management",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "ServiceNow CMDB" },
  settings: {
    instance: field({
      displayName: "Instance",
      description: "Host name of the ServiceNow instance, without scheme and path.",
      format: "hostname",
      schema: bareHost({ what: "the host name of your instance", example, refuse }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "basic",
      displayName: "User name and password",
      fields: {
        username: field({
          displayName: "User name",
          description: "User ID of a dedicated user with the role cmdb_read.",
          format: "text",
          schema: basicUserName(),
          example: "msem.reader",
        }),
        password: secret({
          displayName: "Password",
          description: "Password of that user.",
          schema: credentialText(),
          example: "the user's password",
        }),
      },
      identifier: "username",
    },
    {
      kind: "oauth2",
      displayName: "OAuth 2.0 client credentials",
      fields: {
        clientId: field({
          displayName: "Client ID",
          description: "Client ID of the OAuth application registered in the instance.",
          format: "text",
          schema: credentialText(),
          example: "3f1c2b7a9d0e4c55",
        }),
        clientSecret: secret({
          displayName: "Client secret",
          description: "Client secret of that OAuth application.",
          schema: credentialText(),
          example: "the application's client secret",
        }),
      },
      identifier: "clientId",
    },
  ],
  prerequisites: [
    'A dedicated user with the role `cmdb_read`, marked "Web service access only" (Basic), or the OAuth application user with that role (OAuth 2.0).',
    "OAuth 2.0 only: release Washington DC or later, and the plugins `com.snc.platform.security.oauth`, `com.glide.rest`, `com.glide.auth.scope` and `com.glide.rest.auth.scope`.",
    "OAuth 2.0 only: the system property `glide.oauth.inbound.client.credential.grant_type.enabled` is `true` (it is off by default), and the client record names an OAuth Application User.",
  ],
  troubles: [
    {
      symptom: 'Name not resolved, or "Bad URL"',
      meaning: "The host name of the instance is wrong.",
      remedy: "Compare `instance` with the address in the browser; give the host name only.",
    },
    {
      symptom: "401 Unauthorized",
      meaning:
        "Wrong credential, the role `cmdb_read` is missing, or the instance accepts only certain source addresses.",
      remedy: "Check the credential and the role; then the IP address access control of the instance.",
    },
    {
      symptom: '401 with "invalid client"',
      meaning: "The instance does not know the OAuth client, or does not accept the client credentials grant.",
      remedy:
        "Check client ID and secret, the system property of the grant, and the OAuth Application User on the client record.",
    },
    {
      symptom: "403 Forbidden",
      meaning:
        "The user lacks rights for the tables that are read; a browser also gets 403 for a blocked source address.",
      remedy: "Give the user `cmdb_read`; check access rules of the CMDB tables.",
    },
    {
      symptom: "404 Not found",
      meaning: "No such address, or an access rule hides the record.",
      remedy: "Check `instance`, then the rights as for 403.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "A rate limit rule of the instance is exhausted.",
      remedy: "Use a user for this connector alone, and raise the rule for the Table API.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach the instance, without further reason.",
      remedy: "Check host name and credential; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "IP address access control of the instance denies Microsoft's addresses. An instance without such rules needs nothing.",
      remedy: "Allow the ranges of the Azure service tag Scuba, inbound.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/servicenow-data-connector",
  source: "Microsoft Learn, ServiceNow data connector; ServiceNow product documentation (OAuth, access control)",
});
