import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, credentialText, hostOf, portOf, unreachable } from "../hosts";

const example = "us.forescout.cloud";

function warn(value: string): string | undefined {
  const port = portOf(value);
  const remarks = [
    unreachable(hostOf(value)),
    port === undefined ? undefined : `whether the connector takes a port (${port}) is not documented`,
  ].filter((remark) => remark !== undefined);
  return remarks.length === 0 ? undefined : remarks.join("; ");
}

/** Forescout, for operational technology. */
export const forescout = defineConnector({
  type: "forescout",
  className: "ForescoutConnector",
  displayName: "Forescout OT",
  vendor: "Forescout",
  category: "Operational technology",
  availability: "documented",
  portal: { page: "unified", entry: "Forescout" },
  settings: {
    endpoint: field({
      displayName: "Endpoint",
      description: "Host name of your Forescout endpoint, without scheme.",
      format: "hostname",
      schema: bareHost({ what: "the host name of your endpoint", example, port: true, address: true }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "apiKey",
      displayName: "API key",
      fields: {
        apiKey: secret({
          displayName: "API key",
          description: "API key from Forescout.",
          schema: credentialText(),
          example: "the API key",
        }),
      },
    },
  ],
  prerequisites: [
    "Endpoint and API key from Forescout. Microsoft's page names neither product edition nor role, and Forescout publishes no API that takes a key: ask Forescout where yours comes from.",
    "The endpoint is reachable from Microsoft's addresses, also where it stands on your premises.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning: "Wrong or revoked key (our reading; no error list is published).",
      remedy: "Get a new key and put it in place.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The key may not read assets (our reading).",
      remedy: "Ask Forescout for a key that reads assets.",
    },
    {
      symptom: "404 Not found, or name not resolved",
      meaning: "The endpoint is wrong.",
      remedy: "Check `endpoint`.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "Microsoft's page asks for no allowlist, and none is publicly known in Forescout. On premises your own firewall decides.",
      remedy: "Let the ranges of the Azure service tag Scuba through the firewall in front of the endpoint.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/forescout-data-connector",
  source: "Microsoft Learn, Forescout OT data connector; public client code (cloud hosts)",
});
