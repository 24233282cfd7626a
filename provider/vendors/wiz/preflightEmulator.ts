/** What Wiz's pre-flight reads: tokens, and findings over GraphQL, whose errors come with status 200. */
import { Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface WizReadStore {
  accounts: { id: string; secret: string; scopes: string[] }[];
  audience: string;
  /** False: the token's answer leaves its scopes out. */
  tellsScopes: boolean;
  findings: number;
  /** What the next queries fail with, whoever asks. */
  failure?: { code: string; message: string };
}

export function preflightRoutes({ store }: EmulatorTools<WizReadStore>): Hono {
  const app = new Hono();
  app.post("/oauth/token", async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const { accounts, audience, tellsScopes } = store();
    const account = accounts.find(
      ({ id, secret }) => id === form.get("client_id") && secret === form.get("client_secret"),
    );
    const asked = form.get("grant_type") === "client_credentials" && form.get("audience") === audience;
    if (account === undefined || !asked) {
      return context.json({ error: "access_denied", error_description: "Unauthorized" }, 401);
    }
    const told = tellsScopes ? { scope: account.scopes.join(" ") } : {};
    return context.json({ access_token: `token-of-${account.id}`, token_type: "Bearer", expires_in: 86_400, ...told });
  });
  app.post("/graphql", async (context) => {
    const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    const { accounts, findings, failure } = store();
    const account = accounts.find(({ id }) => token === `token-of-${id}`);
    if (account === undefined) return context.json({ error: "unauthorized" }, 401);
    const fail = (code: string, message: string) =>
      context.json({ data: null, errors: [{ message, path: ["vulnerabilityFindings"], extensions: { code } }] });
    if (failure !== undefined) return fail(failure.code, failure.message);
    const { query } = (await context.req.json()) as { query?: string };
    const first = Number(/vulnerabilityFindings\(first: (\d+)\)/.exec(query ?? "")?.[1] ?? "0");
    if (first === 0) return fail("GRAPHQL_VALIDATION_FAILED", "Unknown query");
    if (!account.scopes.some((scope) => scope === "read:vulnerabilities" || scope === "read:all")) {
      return fail("UNAUTHORIZED", "access denied, at least one of the following is required: read:vulnerabilities");
    }
    const nodes = Array.from({ length: Math.min(first, findings) }, (_, index) => ({ id: `finding-${index}` }));
    return context.json({ data: { vulnerabilityFindings: { nodes } } });
  });
  app.notFound((context) => context.json({ error: "not_found" }, 404));
  return app;
}

export const wizPreflightEmulator = defineEmulator<WizReadStore>({
  name: "wiz",
  displayName: "Wiz",
  store: () => ({ accounts: [], audience: "wiz-api", tellsScopes: true, findings: 40 }),
  problem: (status) => Response.json({ error: "refused", error_description: `Refused with ${status}` }, { status }),
  routes: preflightRoutes,
});
