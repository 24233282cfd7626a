import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, credentialText, hostOf, typically, unreachable, uuidLike } from "../hosts";

const example = "contoso.platform.dragos.cloud";

function refuse(host: string): string | undefined {
  if (host !== "portal.dragos.com") return undefined;
  return `"${host}" is WorldView, Dragos's threat intelligence, which has no assets; give the host name of your platform, such as ${example}`;
}

/** Dragos Platform, for operational technology. */
export const dragos = defineConnector({
  type: "dragos",
  className: "DragosConnector",
  displayName: "Dragos OT",
  vendor: "Dragos",
  category: "Operational technology",
  availability: "documented",
  portal: { page: "unified", entry: "Dragos" },
  settings: {
    hostname: field({
      displayName: "Hostname",
      description: "Host name of your Dragos Platform (cloud or on premises), without scheme.",
      format: "hostname",
      schema: bareHost({ what: "the host name of your platform", example, address: true, refuse }),
      warn: (value) => unreachable(hostOf(value)),
      example,
    }),
  },
  authentication: [
    {
      kind: "apiKey",
      displayName: "API key",
      fields: {
        apiKey: field({
          displayName: "API key",
          description: "The key's ID (Admin > Users > API Keys): the half that may be shown.",
          format: "text",
          schema: credentialText(),
          warn: typically(
            uuidLike,
            "is not of the form of a UUID, as Dragos's key IDs are in third-party samples; was the API secret put here? This argument is not secret",
          ),
          example: "7d3e9a10-4c5b-4f2e-8b1a-6f0c2d4e8a91",
        }),
        apiSecret: secret({
          displayName: "API secret",
          description: "The secret of that key.",
          schema: credentialText(),
          example: "the API secret",
        }),
      },
      identifier: "apiKey",
    },
  ],
  prerequisites: [
    "An API key of a Dragos user that may read assets. Microsoft's page names no role; `asset:read` is what a third-party summary of the API calls it.",
    "The platform is reachable from Microsoft's addresses, also where it stands on your premises.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning: "Wrong or revoked key (our reading; no error list is published).",
      remedy: "Make a new API key and put both halves in place.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The key's user may not read assets (our reading).",
      remedy: "Give the user read access to assets.",
    },
    {
      symptom: "404 Not found",
      meaning: "The host does not serve the platform's API.",
      remedy: "Check `hostname`; WorldView (portal.dragos.com) is another product.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "Microsoft's page asks for no allowlist, and none is publicly known in Dragos. On premises your own firewall decides.",
      remedy: "Let the ranges of the Azure service tag Scuba through the firewall in front of the platform.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/dragos-data-connector",
  source: "Microsoft Learn, Dragos OT data connector; third-party documentation (hosts, key form)",
});
