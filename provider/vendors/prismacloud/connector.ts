import { closeNames } from "../../core/closeNames";
import { defineConnector, field, secret } from "../../core/connector/define";
import { credentialText, governmentCloud, hostOf, httpsUrl, typically, uuidLike } from "../hosts";

const example = "api.eu.prismacloud.io";
const governmentHost = "api.gov.prismacloud.io";
const stacks = [
  "api",
  "api2",
  "api3",
  "api4",
  "api.anz",
  "api.eu",
  "api2.eu",
  "api.gov",
  "api.ca",
  "api.sg",
  "api.uk",
  "api.ind",
  "api.jp",
  "api.fr",
  "api.id",
] as const;

/** API hosts of Prisma Cloud, from Palo Alto's own list. */
export const prismaCloudHosts: readonly string[] = [
  ...stacks.map((stack) => `${stack}.prismacloud.io`),
  "api.prismacloud.cn",
];

function refuse(host: string): string | undefined {
  const console = /^app(\d*(?:\.[a-z]+)?\.prismacloud\.(?:io|cn))$/.exec(host);
  return console === null ? undefined : `"${host}" is the web console; its API is api${console[1]}`;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  if (host === governmentHost) return governmentCloud(host, "Prisma Cloud for government");
  if (prismaCloudHosts.includes(host)) return undefined;
  const near = closeNames(host, prismaCloudHosts, 1)[0];
  return `"${host}" is not among the API hosts that Palo Alto Networks lists${near === undefined ? "" : `; the nearest is ${near}`}`;
}

/** Palo Alto Networks Prisma Cloud. */
export const prismaCloud = defineConnector({
  type: "prismaCloud",
  className: "PrismaCloudConnector",
  displayName: "Palo Alto Prisma Cloud",
  vendor: "Palo Alto Networks",
  category: "Cloud security",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Palo Alto" },
  settings: {
    endpoint: field({
      displayName: "Endpoint",
      description:
        "Prisma Cloud's API for your tenant, as a host name or with https:// before it. The page documents no form, so the text goes to the service as written. The web console (app…) has another host.",
      format: "hostname",
      schema: httpsUrl({ what: "the API host of your tenant", example, scheme: "optional", refuse }),
      warn,
      example,
    }),
  },
  authentication: [
    {
      kind: "accessKey",
      displayName: "Access key",
      fields: {
        accessKeyId: field({
          displayName: "Access key ID",
          description: "ID of the access key (Settings > Access Control > Access Keys).",
          format: "text",
          schema: credentialText(),
          warn: typically(
            uuidLike,
            "is not of the form of a UUID, as Prisma Cloud's access key IDs are; was the secret key put here? This argument is not secret",
          ),
          example: "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00",
        }),
        secretKey: secret({
          displayName: "Secret key",
          description: "Secret of that access key; Prisma Cloud shows it once.",
          schema: credentialText(),
          warn: typically(
            /^[a-z0-9+/]+={0,2}$/i,
            "is not base64 text, as Prisma Cloud's secret keys are in its own sample",
          ),
          example: "the secret key",
        }),
      },
      identifier: "accessKeyId",
    },
  ],
  prerequisites: [
    "A service account for this connector and its access key. Creating one takes the role System Admin; the key has the rights of its own role.",
    "Microsoft's page names no minimal role: one that reads assets and vulnerabilities is our reading, not a documented fact.",
  ],
  troubles: [
    {
      symptom: "401 Authorization failure",
      meaning: "Wrong or expired access key, or missing rights; also where single sign-on is enforced for the user.",
      remedy: "Check key ID and secret, the expiry of the key, and the role of the account.",
    },
    {
      symptom: "403 Access forbidden",
      meaning: "The account lacks rights for what is read.",
      remedy: "Give its role read access to assets and vulnerabilities.",
    },
    {
      symptom: "404 Not found",
      meaning: "The endpoint does not serve the API.",
      remedy: "Give the API host that belongs to your console: app.eu… has api.eu….",
    },
    {
      symptom: "429 Too many requests",
      meaning: "Prisma Cloud limits the requests of a user at each endpoint.",
      remedy: "Use an account for this connector alone.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach Prisma Cloud, without further reason.",
      remedy: "Check endpoint and credential; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "Trusted login IP addresses gate console and API where they are enabled. Microsoft's page does not mention an allowlist.",
      remedy:
        "Where they are enabled, add the ranges of the Azure service tag Scuba; the alert list (trusted network addresses) is another one and does not help.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/palo-alto-prisma-data-connector",
  source: "Microsoft Learn, Palo Alto Prisma data connector; Palo Alto Networks developer documentation (hosts, login)",
});
