/** CrowdStrike: a token, then one id of an asset and of a vulnerability: the two scopes that the connector needs. */
import { z } from "zod";
import type { MsemError } from "../../core/errors";
import type { Finding } from "../../core/preflight";
import type { Answer } from "../../http/answer";
import { vendorError } from "../../http/vendor";
import { hostOf } from "../hosts";
import { anonymous, type Check, definePreflight, inconclusive, ok, refuse } from "../preflight";
import { crowdStrike, crowdStrikeClouds } from "./connector";

const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string() })).min(1),
});
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().optional() });
const idsSchema = z.object({
  resources: z.array(z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
  meta: z.object({ pagination: z.object({ total: z.number().optional() }).optional() }).optional(),
});

export const crowdStrikePreflight = definePreflight({
  connector: crowdStrike,
  // A bare host is accepted as a setting, too.
  baseUrl: ({ baseUrl = "" }) => `https://${hostOf(baseUrl)}`,
  impossible: {},
  proves: "The API client is good in this cloud and reads assets and vulnerabilities.",
  doesNotProve: "That there is something to read: no id is an answer, too.",
  explain,
  open: ({ settings, credentials }, { connect }) => {
    const { clientId = "", clientSecret = "" } = credentials.fields;
    let token = "";
    const session = connect({
      authorize: () => (token === "" ? anonymous : { headers: { Authorization: `Bearer ${token}` }, secrets: [token] }),
      requestIdHeaders: ["x-cs-traceid"],
      readError: (json) => {
        const [first] = errorsSchema.safeParse(json).data?.errors ?? [];
        return first === undefined ? undefined : vendorError(first.message, first.code);
      },
      retryAfterMs: (header, now) => untilRetry(header("x-ratelimit-retryafter"), now),
    });
    const inRegion =
      (read: (answer: Answer) => Finding) =>
      (answer: Answer): Finding =>
        wrongRegion(answer, settings.baseUrl ?? "") ?? read(answer);
    const ids = (name: string, scope: string, to: string, query: Readonly<Record<string, string>>): Check => ({
      name,
      ask: () =>
        session.send({
          method: "GET",
          to,
          query: { limit: "1", ...query },
          answers: { 200: (answer) => readIds(answer, name, scope) },
        }),
    });
    return [
      {
        name: "token",
        ask: () =>
          session.send({
            method: "POST",
            to: "/oauth2/token",
            content: {
              type: "application/x-www-form-urlencoded",
              text: new URLSearchParams({ client_id: clientId, client_secret: clientSecret }).toString(),
            },
            secrets: [clientSecret],
            answers: {
              201: inRegion((answer) => {
                token = answer.json(tokenSchema).access_token;
                return ok("the API client is good");
              }),
              400: inRegion(refuse),
              401: inRegion(refuse),
              403: inRegion(refuse),
            },
          }),
      },
      ids("assets", "Assets (Read)", "/discover/queries/hosts/v1", {}),
      // A filter is mandatory, and neither wildcards nor empty values pass.
      ids("vulnerabilities", "Vulnerabilities (Read)", "/spotlight/queries/vulnerabilities/v1", {
        filter: "status:'open'",
      }),
    ];
  },
});

/** An answer 200 may carry errors: then it answers nothing. */
function readIds(answer: Answer, name: string, scope: string): Finding {
  const { resources, errors, meta } = answer.json(idsSchema);
  const [error] = errors ?? [];
  if (error !== undefined) {
    const unanswered = inconclusive(`${name} came with an error`, `Check the scope ${scope}; then run it again.`);
    return { ...unanswered, says: answer.redact(error.message) };
  }
  const total = meta?.pagination?.total ?? (resources ?? []).length;
  return ok(`reads ${name}; ${total.toLocaleString("en-US")} visible`);
}

/** Clouds name themselves: the client of another cloud is told where it belongs. */
function wrongRegion(answer: Answer, baseUrl: string): Finding | undefined {
  const region = answer.header("x-cs-region");
  const host = region === undefined ? undefined : crowdStrikeClouds[region];
  if (region === undefined || host === undefined || host === hostOf(baseUrl)) return undefined;
  return {
    result: "wrongEndpoint",
    found: `this API client belongs to the cloud ${region}`,
    todo: `Set baseUrl to https://${host}.`,
  };
}

/** What CrowdStrike's own client library takes for an allowlist of addresses, on this call. */
const blocked = /access denied, authorization failed/i;

function explain({ details }: MsemError, check: string): Partial<Finding> | undefined {
  const { status, serviceMessage = "" } = details;
  if (check === "token") {
    if (status === 403 && blocked.test(serviceMessage)) {
      return {
        result: "blockedBySourceAddress",
        found: "the account's IP allowlist does not hold this machine's address",
        todo: "Add it there, for the API. If the account has no allowlist, check client ID and secret: the answer is not unique.",
      };
    }
    if (status === 400 || status === 403) {
      return {
        result: "denied",
        found: "the API client is refused",
        todo: "Check client ID, secret and cloud; the account's IP allowlist may also not hold this machine's address.",
      };
    }
    return undefined;
  }
  if (status !== 403) return undefined;
  const scope = check === "assets" ? "Assets (Read)" : "Vulnerabilities (Read)";
  return {
    found: `the scope ${scope} is missing`,
    todo: `Grant it to the API client. If it is granted, look at the account's IP allowlist: CrowdStrike answers alike.`,
  };
}

/** The specification says milliseconds since 1970, CrowdStrike's own parser reads seconds: the magnitude decides. */
function untilRetry(value: string | undefined, now: number): number | undefined {
  if (value === undefined || !/^\d{1,16}$/.test(value)) return undefined;
  const time = Number(value) > 100_000_000_000 ? Number(value) : Number(value) * 1_000;
  return time > now ? time - now : undefined;
}
