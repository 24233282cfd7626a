import { closeNames } from "../../core/closeNames";
import { defineConnector, field, secret } from "../../core/connector/define";
import { bareHost, basicUserName, credentialText, governmentCloud, hostOf } from "../hosts";
import { otherServiceOf, platforms } from "./platforms";

const example = "qualysapi.qg2.apps.qualys.eu";
const identification = "https://www.qualys.com/platform-identification/";

function refuse(host: string): string | undefined {
  const other = otherServiceOf(host);
  if (other !== undefined) {
    return `"${host}" is ${other.what} of ${other.platform.name}; its API server is ${other.platform.apiServer}`;
  }
  const kind = host.startsWith("qualysguard.")
    ? "a web console"
    : host.startsWith("gateway.")
      ? "an API gateway"
      : undefined;
  if (kind === undefined) return undefined;
  return `"${host}" is ${kind} of a platform that we do not know; give its API server, whose name starts with qualysapi. (${identification})`;
}

function warn(value: string): string | undefined {
  const host = hostOf(value);
  const known = platforms.find((platform) => platform.apiServer === host);
  if (known !== undefined) return known.government ? governmentCloud(host, known.name) : undefined;
  if (host === "qualysapi.qg1.apps.qualys.sa") {
    return `"${host}" is an API server of KSA platform 1 by one public client only; others write qualysapi.qg1.apps.qualysksa.com`;
  }
  const near = closeNames(
    host,
    platforms.map((platform) => platform.apiServer),
    1,
  )[0];
  const hint = near === undefined ? "" : ` The nearest known one is ${near}.`;
  return `"${host}" is not the API server of a platform that we know. A private platform has its own host; otherwise look yours up: ${identification}.${hint}`;
}

/** Qualys Vulnerability Management: assets and their vulnerability findings. */
export const qualys = defineConnector({
  type: "qualys",
  className: "QualysConnector",
  displayName: "Qualys VM",
  vendor: "Qualys",
  category: "Vulnerability management",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Qualys" },
  settings: {
    apiServer: field({
      displayName: "API server",
      description:
        "Host name of the API server of your Qualys platform (Help > About > Security Operations Center). It starts with qualysapi.; the web console and the API gateway are other hosts.",
      format: "hostname",
      schema: bareHost({ what: "the API server of your platform", example, refuse }),
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
          description: "Login of a Qualys user for this connector alone, with API access.",
          format: "text",
          schema: basicUserName(),
          example: "msem-reader",
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
  ],
  prerequisites: [
    "A user with the role Manager, or with Reader and a role that has API Access and, for the module Asset View, Read Asset.",
    'Full scope: "Allow user view access to all objects". Assets out of scope are not read.',
    "The right to use the KnowledgeBase API. Manager, Unit Manager, Scanner and Reader have it, Auditor does not; downloading is also granted per subscription.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning:
        "Wrong credential, no API access, or the API server of another platform: Qualys answers alike (code 2000).",
      remedy: "Check user name and password, API Access of the role, and the platform of `apiServer`.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The user lacks Read Asset, is inactive (code 2002), or the licence does not cover the API (code 2012).",
      remedy: "Add the role with Read Asset and full scope; for 2012 ask Qualys.",
    },
    {
      symptom: "404 Not found",
      meaning: "The host does not serve the API.",
      remedy: "Check `apiServer`.",
    },
    {
      symptom: "409 Conflict",
      meaning:
        "Read by Microsoft as a missing right to the KnowledgeBase. Qualys also uses 409 for concurrency (code 1960), rate limit (1965), unfinished registration (2003) and a user with SecurID (2011).",
      remedy: "Let the user read the KnowledgeBase; finish the registration; use a user for this connector alone.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "The subscription's limit for the API is exhausted.",
      remedy: "Use a user for this connector alone, and move other API jobs to other hours.",
    },
    {
      symptom: "Temporarily disconnected",
      meaning: "The service could not reach Qualys, without further reason.",
      remedy: "Check API server and credential; if both are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "The subscription allows only certain addresses (Users > Setup > Security). One that does not restrict addresses needs nothing.",
      remedy:
        "Add the ranges of the Azure service tag Scuba there, and keep your own address in the list: without it you cannot log in again.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/qualys-data-connector",
  source:
    "Microsoft Learn, Qualys data connector; Qualys API documentation and public API clients (platforms, error codes)",
});
