import { defineConnector, field, secret } from "../../core/connector/define";
import { credentialText, typically } from "../hosts";

const keyForm = /^[0-9a-f]{64}$/i;

/** Tenable Vulnerability Management (the cloud product). */
export const tenable = defineConnector({
  type: "tenable",
  className: "TenableConnector",
  displayName: "Tenable Vulnerability Management",
  vendor: "Tenable",
  category: "Vulnerability management",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Tenable" },
  settings: {},
  authentication: [
    {
      kind: "apiKey",
      displayName: "Access key and secret key",
      fields: {
        accessKey: field({
          displayName: "Access key",
          description:
            "Access key of the Tenable user (My Account > API Keys). It may be shown, but does not need to be.",
          format: "text",
          schema: credentialText(),
          warn: typically(keyForm, "is not 64 hexadecimal digits, as Tenable's access keys are in its own samples"),
          example: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        }),
        secretKey: secret({
          displayName: "Secret key",
          description: "Secret key of the same pair. Generating a new pair in Tenable ends the old one.",
          schema: credentialText(),
          warn: typically(keyForm, "is not 64 hexadecimal digits, as Tenable's secret keys are in its own samples"),
          example: "the secret key",
        }),
      },
      identifier: "accessKey",
    },
  ],
  prerequisites: [
    "A Tenable Vulnerability Management user with the role Basic, Scan Operator, Standard, Scan Manager or Administrator, and its API keys.",
    "Permission to view all assets; with less, only a part of the assets is read.",
    "Tenable Lumin, for the criticality of assets only. Tenable Security Center (on premises) is not supported.",
  ],
  troubles: [
    {
      symptom: "401 Unauthorized",
      meaning:
        "Wrong or replaced keys, or a source address that API access security does not allow: Tenable answers alike.",
      remedy: "Check both keys (a new pair ends the old one); then Settings > Access Control > API Access Security.",
    },
    {
      symptom: "403 Forbidden",
      meaning: "The user lacks the right to read or export.",
      remedy: "Give the user one of the roles above and the permission to view all assets.",
    },
    {
      symptom: "409 Conflict",
      meaning:
        "Missing rights or a temporary failure, by Microsoft's page. Tenable also uses 409 for a duplicate export.",
      remedy: "Check the keys and their rights; if they are right and it stays, ask Microsoft support.",
    },
    {
      symptom: "429 Too many requests",
      meaning: "Tenable limits the requests and concurrent exports of a user and a container.",
      remedy: "Use a Tenable user for this connector alone.",
    },
    {
      symptom: "Blocked source address",
      meaning:
        "API access security lists allowed addresses. An empty list allows all: then nothing is needed, and the first entry would shut out everybody else.",
      remedy: "If the lists are in use, add the ranges of the Azure service tag Scuba to both families.",
    },
  ],
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/tenable-data-connector",
  source: "Microsoft Learn, Tenable data connector; Tenable's published OpenAPI documents",
});
