import { closeNames } from "../../core/closeNames";
import { defineConnector, field, secret } from "../../core/connector/define";
import { credentialText, governmentCloud, hostOf, httpsUrl } from "../hosts";

const example = "https://api.eu-1.crowdstrike.com";

/** API hosts of CrowdStrike's clouds, from the vendor's own client library. */
export const crowdStrikeClouds: Readonly<Record<string, string>> = {
  "us-1": "api.crowdstrike.com",
  "us-2": "api.us-2.crowdstrike.com",
  "us-3": "api.us-3.crowdstrike.com",
  "eu-1": "api.eu-1.crowdstrike.com",
  "gov-1": "api.laggar.gcw.crowdstrike.com",
  "gov-2": "api.us-gov-2.crowdstrike.mil",
};

function refuse(host: string): string | undefined {
  const console = /^falcon(\.(?:[a-z0-9-]+\.){0,2}crowdstrike\.(?:com|mil))$/.exec(host);
  return console === null ? undefined : `"${host}" is the web console; its API is api${console[1]}`;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  const cloud = Object.entries(crowdStrikeClouds).find(([, known]) => known === host);
  if (cloud !== undefined) {
    return cloud[0].startsWith("gov-")
      ? governmentCloud(host, `CrowdStrike's government cloud ${cloud[0]}`)
      : undefined;
  }
  const near = closeNames(host, Object.values(crowdStrikeClouds), 1)[0];
  return `"${host}" is not the API of a CrowdStrike cloud that we know${near === undefined ? "" : `; the nearest is ${near}`}`;
}

/** CrowdStrike Falcon. */
export const crowdStrike = defineConnector({
  type: "crowdStrike",
  className: "CrowdStrikeConnector",
  displayName: "CrowdStrike Falcon",
  vendor: "CrowdStrike",
  category: "Endpoint security",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "CrowdStrike" },
  settings: {
    baseUrl: field({
      displayName: "API base URL",
      description:
        "Base URL that CrowdStrike shows with the API client. A bare host name is accepted as well; the text goes to the service as written.",
      format: "url",
      schema: httpsUrl({ what: "the API base URL of your cloud", example, scheme: "optional", refuse }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "oauth2",
      displayName: "API client",
      fields: {
        clientId: field({
          displayName: "API client ID",
          description: "Client ID of the OAuth2 API client (Support and resources > API clients and keys).",
          format: "text",
          schema: credentialText(),
          example: "9f2c4e6a8b0d4f1e9a7c5d3b1f0e2a4c",
        }),
        clientSecret: secret({
          displayName: "Secret",
          description: "Secret of that API client; CrowdStrike shows it once.",
          schema: credentialText(),
          example: "the client's secret",
        }),
      },
      identifier: "clientId",
    },
  ],
  prerequisites: [
    "An OAuth2 API client for this connector alone; creating one takes a Falcon user who may manage API clients.",
    "The API scopes Assets (Read) and Vulnerabilities (Read).",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning: "Wrong client ID or secret, the base URL of another cloud, or missing scopes.",
      remedy: "Check client, secret, cloud and scopes.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "A scope is missing, or the source address is not allowed: CrowdStrike's answer is the same for both.",
      remedy: "Grant Assets (Read) and Vulnerabilities (Read); then look at the IP allowlist of the account.",
    },
    {
      symptom: "404 Not found",
      meaning: "The base URL does not serve the API.",
      remedy: "Copy the base URL from the API client's page.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "The API client's budget of requests per minute is used up.",
      remedy: "Use an API client for this connector alone; the header X-Ratelimit-Remaining tells what is left.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach CrowdStrike, without further reason.",
      remedy: "Check base URL and credential; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning: "The account's IP allowlist for API access is in use. Without one nothing is needed.",
      remedy: "Add the ranges of the Azure service tag Scuba to an allowlist group for the API, in the console.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/crowdstrike-data-connector",
  source: "Microsoft Learn, CrowdStrike Falcon data connector; CrowdStrike's own client libraries (clouds, errors)",
});
