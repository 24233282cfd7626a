/** One cloud of CrowdStrike Falcon: tokens, and the queries of Discover and Spotlight. */
import { type Context, Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface CrowdStrikeStore {
  /** `region` is where the client belongs: a cloud that is asked for a client of another one names it. */
  clients: { id: string; secret: string; region: string; scopes: string[] }[];
  region: string;
  /** False: the account's IP allowlist does not hold the caller. */
  admitsCaller: boolean;
  assets: string[];
  vulnerabilities: string[];
}

const discover = "/discover/queries/hosts/v1";
const spotlight = "/spotlight/queries/vulnerabilities/v1";
const denied = "access denied, authorization failed";

export const crowdStrikeEmulator = defineEmulator<CrowdStrikeStore>({
  name: "crowdstrike",
  displayName: "CrowdStrike Falcon",
  store: () => ({
    clients: [
      { id: "client-1", secret: "falcon-secret", region: "eu-1", scopes: ["assets:read", "vulnerabilities:read"] },
    ],
    region: "eu-1",
    admitsCaller: true,
    assets: ["asset-1", "asset-2", "asset-3"],
    vulnerabilities: ["vulnerability-1"],
  }),
  requestIdHeader: "x-cs-traceid",
  problem: (status) => Response.json(refusal(status, `Refused with ${status}`), { status }),
  routes: ({ store }) => {
    const app = new Hono();
    app.post("/oauth2/token", async (context) => {
      const form = new URLSearchParams(await context.req.text());
      const { clients, region, admitsCaller } = store();
      const client = clients.find(
        ({ id, secret }) => id === form.get("client_id") && secret === form.get("client_secret"),
      );
      context.header("x-cs-region", client?.region ?? region);
      if (client === undefined) return context.json(refusal(400, "access denied, invalid bearer token"), 400);
      if (!admitsCaller) return context.json(refusal(403, denied), 403);
      const token = { access_token: `token-of-${client.id}`, expires_in: 1799, token_type: "bearer" };
      return context.json(token, 201);
    });
    const query = (context: Context, scope: string, ids: readonly string[]) => {
      const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
      const client = store().clients.find(({ id }) => token === `token-of-${id}`);
      if (client === undefined) return context.json(refusal(401, "access denied, invalid bearer token"), 401);
      if (!client.scopes.includes(scope)) return context.json(refusal(403, denied), 403);
      const limit = Number(context.req.query("limit") ?? "100");
      if (!(limit >= 1 && limit <= 100)) return context.json(refusal(400, "limit must be from 1 to 100"), 400);
      return context.json({
        meta: { query_time: 0.01, pagination: { limit, total: ids.length } },
        resources: ids.slice(0, limit),
        errors: [],
      });
    };
    app.get(discover, (context) => query(context, "assets:read", store().assets));
    app.get(spotlight, (context) => {
      const filter = context.req.query("filter") ?? "";
      if (!/^\w+:'[^'*]+'$/.test(filter)) return context.json(refusal(400, "filter is mandatory"), 400);
      return query(context, "vulnerabilities:read", store().vulnerabilities);
    });
    app.notFound((context) => context.json(refusal(404, "404: Page Not Found"), 404));
    return app;
  },
});

function refusal(code: number, message: string): object {
  return { meta: { query_time: 0.01 }, errors: [{ code, message }] };
}
