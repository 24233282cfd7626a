/** A SentinelOne console, as public clients describe it: token details and the count of agents. */
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface SentinelOneStore {
  tokens: { token: string; expiresAt: string | null; seesAgents: boolean }[];
  agents: number;
  /** Which name of the field in the request is understood: clients differ. */
  field: "apiToken" | "token";
}

const api = "/web/api/v2.1";

export const sentinelOneEmulator = defineEmulator<SentinelOneStore>({
  name: "sentinelone",
  displayName: "SentinelOne console",
  store: () => ({
    tokens: [{ token: "sentinelone-token", expiresAt: "2099-01-01T00:00:00.000000Z", seesAgents: true }],
    agents: 310,
    field: "apiToken",
  }),
  problem: (status) => Response.json(refusal(status, `Refused with ${status}`), { status }),
  routes: ({ store, now }) => {
    const app = new Hono();
    const valid = (token: string | undefined) =>
      store().tokens.find(
        (one) => one.token === token && (one.expiresAt === null || Date.parse(one.expiresAt) > now().getTime()),
      );
    const caller = (header: string | undefined) => valid(/^ApiToken (.+)$/.exec(header ?? "")?.[1]);
    app.use(`${api}/*`, async (context, next) => {
      if (caller(context.req.header("authorization")) === undefined) {
        return context.json(refusal(4010010, "Authentication Failed"), 401);
      }
      await next();
    });
    app.post(`${api}/users/api-token-details`, async (context) => {
      const { data = {} } = (await context.req.json()) as { data?: Record<string, string> };
      const asked = data[store().field];
      if (asked === undefined) return context.json(refusal(4000010, "Validation Error"), 400);
      const token = valid(asked);
      if (token === undefined) return context.json(refusal(4040010, "Not found"), 404);
      return context.json({ data: { createdAt: "2026-01-01T00:00:00.000000Z", expiresAt: token.expiresAt } });
    });
    app.get(`${api}/agents/count`, (context) => {
      if (caller(context.req.header("authorization"))?.seesAgents !== true) {
        return context.json(refusal(4030010, "Insufficient permissions"), 403);
      }
      return context.json({ data: { total: store().agents } });
    });
    app.notFound((context) => context.json(refusal(4040010, "Not found"), 404));
    return app;
  },
});

function refusal(code: number, title: string): object {
  return { errors: [{ code, title, detail: null }] };
}
