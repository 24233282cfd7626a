import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, credentialText, hostOf } from "../hosts";

const example = "contoso.armis.com";

/** Hosts of Armis that belong to no tenant. */
const shared = ["armis.com", "www.armis.com", "api.armis.com", "moose.armis.com"];

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (shared.includes(host)) return `"${host}" is a host that all of Armis shares; the tenant's is like ${example}`;
  if (/^[a-z0-9-]+\.armis\.com$/.test(host)) return undefined;
  return `"${host}" is not of the form <tenant>.armis.com`;
}

/** Armis, for operational technology. */
export const armis = defineConnector({
  type: "armis",
  className: "ArmisConnector",
  displayName: "Armis OT",
  vendor: "Armis",
  category: "Operational technology",
  availability: "documented",
  portal: { page: "unified", entry: "Armis" },
  settings: {
    hostname: field({
      displayName: "Tenant hostname",
      description: "Host name of your Armis tenant, without scheme.",
      format: "hostname",
      schema: bareHost({ what: "the host name of your tenant", example }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "oauth2",
      displayName: "Client credentials",
      fields: {
        clientId: field({
          displayName: "Client ID",
          description:
            "Client ID from Armis. In Armis's own client library it is the e-mail address of the user who made the secret; that the connector means the same is our reading.",
          format: "text",
          schema: credentialText(),
          example: "msem-reader@contoso.com",
        }),
        clientSecret: secret({
          displayName: "Client secret",
          description: "Client secret from Armis.",
          schema: credentialText(),
          example: "the client secret",
        }),
      },
      identifier: "clientId",
    },
  ],
  prerequisites: [
    "Client ID and client secret of an Armis user that reads devices. Microsoft's page names neither role nor scope.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning:
        "Wrong or expired client ID or secret. Microsoft's page lists no errors; this is what Armis's own client library does.",
      remedy: "Make a new secret in Armis and put it in place.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The user may not read devices (our reading; no error list is published).",
      remedy: "Give the user read access to assets.",
    },
    {
      symptom: "404 Not found",
      meaning: "The host name is not that of a tenant.",
      remedy: "Check `hostname`.",
    },
    {
      symptom: "Blocked source address",
      meaning: "Microsoft's page asks for no allowlist, and none is publicly known in Armis.",
      remedy: "Only if something between restricts addresses: allow the ranges of the Azure service tag Scuba.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/armis-data-connector",
  source: "Microsoft Learn, Armis OT data connector; Armis's own client library (sign-in)",
});
