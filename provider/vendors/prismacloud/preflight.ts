/** Prisma Cloud: the sign-in, and who the key is: the cheapest proof of a role. */
import { z } from "zod";
import type { Finding } from "../../core/preflight";
import type { Answer } from "../../http/answer";
import { vendorError } from "../../http/vendor";
import { hostOf } from "../hosts";
import { anonymous, definePreflight, inconclusive, ok } from "../preflight";
import { statusesIn } from "./allowlist";
import { prismaCloud } from "./connector";

const tokenSchema = z.object({ token: z.string().min(1) });
const roleSchema = z.object({ name: z.string().optional() });
const userSchema = z.object({
  enabled: z.boolean().optional(),
  accessKeysAllowed: z.boolean().optional(),
  activeRole: roleSchema.nullish(),
  roles: z.array(roleSchema).nullish(),
});

export const prismaCloudPreflight = definePreflight({
  connector: prismaCloud,
  // With or without a scheme: both are accepted as settings.
  baseUrl: ({ endpoint = "" }) => `https://${hostOf(endpoint)}`,
  impossible: {
    blockedBySourceAddress:
      "Trusted login addresses gate the API, too, but what it answers to another address is not documented.",
  },
  proves: "The access key is good in this stack, its account is enabled and has a role.",
  doesNotProve: "That the role reads assets and vulnerabilities: Microsoft's page names none.",
  explain: ({ details: { serviceCode } }) =>
    serviceCode === "sso_enabled_password_login_attempt"
      ? {
          found: "the account must sign in by single sign-on",
          todo: "Use a service account's access key: single sign-on is enforced for this one.",
        }
      : undefined,
  open: ({ credentials }, { connect }) => {
    const { accessKeyId = "", secretKey = "" } = credentials.fields;
    let token = "";
    const session = connect({
      authorize: () => (token === "" ? anonymous : { headers: { "x-redlock-auth": token }, secrets: [token] }),
      requestIdHeaders: ["x-redlock-request-id", "trace-id"],
      // The reason stands in a header, as a JSON array.
      readError: (_json, { headers }) => {
        const [first] = statusesIn(headers["x-redlock-status"]) ?? [];
        return first === undefined ? undefined : vendorError(first.i18nKey, first.i18nKey);
      },
    });
    return [
      {
        name: "login",
        ask: () =>
          session.send({
            method: "POST",
            to: "/login",
            body: { username: accessKeyId, password: secretKey },
            secrets: [secretKey],
            answers: {
              200: (answer) => {
                token = answer.json(tokenSchema).token;
                return ok("the access key is good in this stack");
              },
            },
          }),
      },
      {
        name: "role",
        ask: () => session.send({ method: "GET", to: "/user/me", answers: { 200: readRole } }),
      },
    ];
  },
});

function readRole(answer: Answer): Finding {
  const { enabled, accessKeysAllowed, activeRole, roles } = answer.json(userSchema);
  if (enabled === false) {
    return {
      result: "denied",
      found: "the account is disabled",
      todo: "Enable it in Settings > Access Control > Users.",
    };
  }
  if (accessKeysAllowed === false) {
    return { result: "denied", found: "the account may not use access keys", todo: "Allow access keys for it." };
  }
  if (activeRole === undefined && roles === undefined) {
    return inconclusive("the answer names no role", "Look at the account's role in Settings > Access Control.");
  }
  const [role] = [activeRole, ...(roles ?? [])].filter((one) => one !== undefined && one !== null);
  if (role === undefined) {
    return {
      result: "missingScope",
      found: "the account has no role",
      todo: "Give it one that reads assets and vulnerabilities.",
    };
  }
  return ok(role.name === undefined ? "has a role" : `has the role ${answer.redact(role.name)}`);
}
