/** SentinelOne: what the token is, with its end, then the count of agents. */
import { z } from "zod";
import { vendorError } from "../../http/vendor";
import { definePreflight, inconclusive, ok, refuse } from "../preflight";
import { sentinelOne } from "./connector";

const errorsSchema = z.object({
  errors: z
    .array(
      z.object({
        code: z.union([z.string(), z.number()]).optional(),
        title: z.string().optional(),
        message: z.string().optional(),
        detail: z.string().nullish(),
      }),
    )
    .min(1),
});
const detailsSchema = z.object({ data: z.object({ expiresAt: z.string().nullish() }) });
const countSchema = z.object({ data: z.object({ total: z.number() }) });

export const sentinelOnePreflight = definePreflight({
  connector: sentinelOne,
  // With or without the API's path: both are accepted as settings.
  baseUrl: ({ apiUrl = "" }) => new URL(apiUrl).origin,
  impossible: {
    blockedBySourceAddress: "No list of allowed addresses and no answer that would name one is publicly known.",
  },
  proves: "The token is good until the day that is shown, and counts agents.",
  doesNotProve: "The reads of other inventories; which ones the connector makes is not public.",
  open: ({ credentials }, { connect }) => {
    const { apiToken = "" } = credentials.fields;
    const session = connect({
      authorize: () => ({ headers: { Authorization: `ApiToken ${apiToken}` }, secrets: [apiToken] }),
      readError: (json) => {
        const [first] = errorsSchema.safeParse(json).data?.errors ?? [];
        if (first === undefined) return undefined;
        const said = [first.title ?? first.message, first.detail].filter((part) => typeof part === "string");
        return vendorError(said.join(": "), first.code);
      },
    });
    // Two public clients name the field differently: the other one is tried when the first is not understood.
    const details = (fields: readonly string[]): Promise<ReturnType<typeof ok>> => {
      const [field = "apiToken", ...others] = fields;
      return session
        .send({
          method: "POST",
          to: "/web/api/v2.1/users/api-token-details",
          body: { data: { [field]: apiToken } },
          secrets: [apiToken],
          answers: {
            200: (answer) => {
              const { expiresAt } = answer.json(detailsSchema).data;
              if (typeof expiresAt !== "string") return ok("the token is good; no end of it is told");
              return ok(`the token is good until ${expiresAt}`, { expiresDateTime: expiresAt });
            },
            400: (answer) => (others.length === 0 ? refuse(answer) : undefined),
          },
        })
        .then((found) => found ?? details(others));
    };
    return [
      { name: "token", ask: () => details(["apiToken", "token"]) },
      {
        name: "agents",
        ask: () =>
          session.send({
            method: "GET",
            to: "/web/api/v2.1/agents/count",
            answers: {
              200: (answer) => {
                const { total } = answer.json(countSchema).data;
                if (total > 0) return ok(`counts ${total.toLocaleString("en-US")} agents`);
                return inconclusive(
                  "no agent is visible",
                  "Either there is none yet, or the token's user sees none: its role must reach the account or the site.",
                );
              },
            },
          }),
      },
    ];
  },
});
