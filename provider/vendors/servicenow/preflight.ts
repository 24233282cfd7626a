/**
 * ServiceNow: one id of each table that the connector reads. The limit is applied before the access rules, so an empty
 * answer with status 200 proves nothing.
 */
import { z } from "zod";
import { vendorError } from "../../http/vendor";
import { basic, type Check, definePreflight, inconclusive, ok, type PreflightSession } from "../preflight";
import { serviceNow } from "./connector";

const errorSchema = z.object({
  error: z.union([z.string(), z.object({ message: z.string().optional(), detail: z.string().nullish() })]),
  error_description: z.string().optional(),
});
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().optional() });
const rowsSchema = z.object({ result: z.array(z.unknown()) });

/** What the connector reads, by Microsoft's page, and the tables that hold it. */
const tables = [
  { check: "cmdb", table: "cmdb_ci" },
  { check: "computers", table: "cmdb_ci_computer" },
  { check: "networkAdapters", table: "cmdb_ci_network_adapter" },
  { check: "businessApplications", table: "cmdb_ci_business_app" },
] as const;

const rights = "Give the user the role cmdb_read, and check the access rules of the table.";

export const serviceNowPreflight = definePreflight({
  connector: serviceNow,
  baseUrl: ({ instance = "" }) => `https://${instance}`,
  impossible: {
    blockedBySourceAddress:
      "A blocked address is 401 by Microsoft's page and 403 by ServiceNow's, as wrong credentials and missing rights are.",
  },
  proves: "The credential is good and sees one record of each table that Microsoft's page names.",
  doesNotProve: "That all records are visible. An empty table and one that access rules hide look alike.",
  explain: ({ details: { status, serviceMessage } }, check) => {
    if (check === "token" && (status === 400 || status === 403)) {
      return {
        result: "denied",
        found: "the OAuth client is refused",
        todo: "Check client ID and secret, and that the instance accepts the client credentials grant, which is off by default.",
      };
    }
    // In the instance's own words: the table is not there, or an access rule hides it.
    if (status === 404 && serviceMessage !== undefined) return inconclusive("the table is absent or hidden", rights);
    return undefined;
  },
  open: ({ credentials: { kind, fields } }, { connect }) => {
    let token = "";
    const { username = "", password = "", clientId = "", clientSecret = "" } = fields;
    const common = { readError, retryAfterMs: untilReset };
    const session = connect({
      ...common,
      authorize: () =>
        kind === "basic"
          ? basic(username, password)
          : { headers: { Authorization: `Bearer ${token}` }, secrets: [token] },
    });
    const signIn: Check = {
      name: "token",
      ask: () =>
        connect(common).send({
          method: "POST",
          to: "/oauth_token.do",
          content: {
            type: "application/x-www-form-urlencoded",
            text: new URLSearchParams({
              grant_type: "client_credentials",
              client_id: clientId,
              client_secret: clientSecret,
            }).toString(),
          },
          secrets: [clientSecret],
          answers: {
            200: (answer) => {
              token = answer.json(tokenSchema).access_token;
              return ok("the OAuth client is good");
            },
          },
        }),
    };
    const [first, ...others] = tables.map(({ check, table }) => read(session, check, table));
    if (first === undefined) return [signIn];
    return kind === "basic" ? [first, ...others] : [signIn, first, ...others];
  },
});

function read(session: PreflightSession, name: string, table: string): Check {
  return {
    name,
    ask: () =>
      session.send({
        method: "GET",
        to: `/api/now/table/${table}`,
        query: { sysparm_limit: "1", sysparm_fields: "sys_id", sysparm_no_count: "true" },
        answers: {
          200: (answer) =>
            answer.json(rowsSchema).result.length > 0
              ? ok(`reads ${table}`)
              : inconclusive(
                  `no record of ${table} is visible`,
                  `Either there is none, or access rules hide it. ${rights}`,
                ),
        },
      }),
  };
}

function readError(json: unknown) {
  const { error, error_description: description } = errorSchema.safeParse(json).data ?? {};
  if (error === undefined) return undefined;
  if (typeof error === "string") return vendorError(description ?? error, error);
  const said = [error.message, error.detail].filter((part) => typeof part === "string" && part !== "");
  return vendorError(said.join(": "));
}

/** The customer's rule says when it starts anew, as Unix time. */
function untilReset(header: (name: string) => string | undefined, now: number): number | undefined {
  const reset = Number(header("x-ratelimit-reset") ?? Number.NaN) * 1_000;
  return reset > now ? reset - now : undefined;
}
