import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, credentialText, hostOf } from "../hosts";

const example = "eu.api.insight.rapid7.com";
const suffix = ".api.insight.rapid7.com";

/** Regions that Rapid7's own documentation or plug-in names. */
export const rapid7Regions = ["us", "us2", "us3", "eu", "ca", "au", "ap"] as const;

/** Regions of third-party copies of the specification and of public clients. */
const reportedRegions = ["aps2", "me1", "ap-south-2", "me-central-1"];

function refuse(host: string): string | undefined {
  if (host === suffix.slice(1)) return `"${host}" names no region; write the region in front, such as ${example}`;
  if (host === "insight.rapid7.com" || (host.endsWith(".insight.rapid7.com") && !host.endsWith(suffix))) {
    return `"${host}" is a web console of the Insight platform; give the API endpoint of your region, such as ${example}`;
  }
  return undefined;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (!host.endsWith(suffix)) {
    return `"${host}" is not an endpoint of the Insight platform, which has the form <region>${suffix}; an on-premises Security Console does not serve this connector`;
  }
  const region = host.slice(0, -suffix.length);
  if (rapid7Regions.some((known) => known === region)) return undefined;
  if (reportedRegions.includes(region)) {
    return `the region "${region}" is named by third parties only; make sure that your Rapid7 account is there`;
  }
  return `"${region}" is not a region that we know (${rapid7Regions.join(", ")})`;
}

/** Rapid7 InsightVM in the cloud: assets and their vulnerabilities. */
export const rapid7 = defineConnector({
  type: "rapid7",
  className: "Rapid7Connector",
  displayName: "Rapid7 InsightVM",
  vendor: "Rapid7",
  category: "Vulnerability management",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Rapid7" },
  settings: {
    endpoint: field({
      displayName: "Endpoint",
      description: "Host name of the Insight platform's API in your region, without scheme.",
      format: "hostname",
      schema: bareHost({ what: "the API endpoint of your region", example, refuse }),
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
          description:
            "A user key or an organization key of the Insight platform. A user key has its user's rights, an organization key those of the whole organization.",
          schema: credentialText(),
          example: "the API key",
        }),
      },
    },
  ],
  prerequisites: [
    "An API key whose user may read assets and vulnerabilities, or an organization key.",
    "InsightVM on the Insight platform; the region of the account is that of the endpoint.",
  ],
  troubles: [
    {
      symptom: "Name not resolved",
      meaning: "There is no such endpoint.",
      remedy: "Check the region in `endpoint`.",
    },
    {
      symptom: "401 Unauthorized",
      meaning: "The key is wrong or of another region, the account is locked, or rights are missing.",
      remedy: "Check the key and the region. Microsoft found organization keys to work more often than user keys.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The user of the key may not read the data.",
      remedy: "Give the user access to InsightVM assets and vulnerabilities.",
    },
    { symptom: "404 Not found", meaning: "The endpoint does not serve the API.", remedy: "Check `endpoint`." },
    {
      symptom: "Temporary connectivity issues",
      meaning: "The service could not reach Rapid7, without further reason.",
      remedy: "Check endpoint and key; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning: "Microsoft's page mentions an allowlist; no place for one is publicly known in the Insight platform.",
      remedy: "If yours restricts addresses all the same, allow the ranges of the Azure service tag Scuba.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/rapid7-data-connector",
  source: "Microsoft Learn, Rapid7 data connector; Rapid7 Insight platform API documentation",
  remarks: [
    "apiKey: an organization key reads everything of all products in the organization. Microsoft recommends one because it connects more reliably; a user key with the rights of a reader is the smaller risk.",
  ],
});
