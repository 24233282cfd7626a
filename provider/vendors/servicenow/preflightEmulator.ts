/** What ServiceNow's pre-flight reads: tokens, and tables over the Table API. */
import { Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface ServiceNowReadStore {
  users: { name: string; password: string }[];
  clients: { id: string; secret: string }[];
  /** Off by default in a real instance. */
  acceptsClientCredentials: boolean;
  /** Records by table; a table that is not here does not exist. */
  records: Record<string, number>;
  /** Tables whose access rules refuse, and those whose access rules hide every record. */
  refused: string[];
  hidden: string[];
  /** Seconds until the customer's rate limit rule starts anew; 0 is no limit in force. */
  limitedFor: number;
}

export function preflightRoutes({ store, now }: EmulatorTools<ServiceNowReadStore>): Hono {
  const app = new Hono();
  const isUser = (header = ""): boolean => {
    const [scheme, value = ""] = header.split(" ");
    if (scheme === "Bearer") return store().clients.some(({ id }) => value === `token-of-${id}`);
    const [name, ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
    return store().users.some((user) => user.name === name && user.password === password.join(":"));
  };
  app.post("/oauth_token.do", async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const client = store().clients.find(
      ({ id, secret }) => id === form.get("client_id") && secret === form.get("client_secret"),
    );
    const granted = store().acceptsClientCredentials && form.get("grant_type") === "client_credentials";
    if (client === undefined || !granted) {
      return context.json({ error: "access_denied", error_description: "access_denied: invalid client" }, 401);
    }
    return context.json({ access_token: `token-of-${client.id}`, token_type: "Bearer", expires_in: 1799 });
  });
  app.get("/api/now/table/:table", (context) => {
    if (!isUser(context.req.header("authorization"))) {
      return refusal(401, "User Not Authenticated", "Required to provide Auth information");
    }
    const { records, refused, hidden, limitedFor } = store();
    if (limitedFor > 0) {
      const reset = Math.ceil(now().getTime() / 1_000) + limitedFor;
      const limited = refusal(429, "Rate limit exceeded");
      limited.headers.set("x-ratelimit-reset", String(reset));
      return limited;
    }
    const table = context.req.param("table");
    const count = records[table];
    if (count === undefined) return refusal(404, `Invalid table ${table}`);
    if (refused.includes(table)) return refusal(403, "Operation Failed", "ACL Exception");
    const limit = Number(context.req.query("sysparm_limit") ?? "10000");
    const visible = hidden.includes(table) ? 0 : Math.min(limit, count);
    return context.json({ result: Array.from({ length: visible }, (_, index) => ({ sys_id: `${table}-${index}` })) });
  });
  app.notFound(() => new Response("<html><title>Page not found</title></html>", { status: 404 }));
  return app;
}

function refusal(status: number, message: string, detail: string | null = null): Response {
  return Response.json({ error: { message, detail }, status: "failure" }, { status });
}

export const serviceNowPreflightEmulator = defineEmulator<ServiceNowReadStore>({
  name: "servicenow",
  displayName: "ServiceNow instance",
  store: () => ({
    users: [],
    clients: [],
    acceptsClientCredentials: true,
    records: { cmdb_ci: 900, cmdb_ci_computer: 300, cmdb_ci_network_adapter: 600, cmdb_ci_business_app: 12 },
    refused: [],
    hidden: [],
    limitedFor: 0,
  }),
  problem: (status) => refusal(status, `Refused with ${status}`),
  routes: preflightRoutes,
});
