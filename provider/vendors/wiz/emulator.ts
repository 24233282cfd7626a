/**
 * Wiz's token server and the part of its GraphQL API that restricts addresses. No public document describes the latter:
 * this stands in for what an audit event shows and what the client's page names as inferred. Where nothing is known, the
 * worse case is played: no guard against a lock-out, and a field that is left out empties its list.
 */
import { createHmac } from "node:crypto";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { Hono } from "hono";
import { type CallOnTheWire, defineEmulator, type EmulatorTools } from "../emulate";

export interface WizStore {
  clients: { clientId: string; clientSecret: string; scopes: string[] }[];
  audience: string;
  /** Address from which the caller is seen. */
  callerAddress: string;
  /** Empty: from everywhere. */
  serviceAccounts: string[];
  users: string[];
  tokenSeconds: number;
  /** Of the whole tenant. */
  requestsPerSecond: number;
  /** When the last requests came. */
  recent: number[];
  /** Signs tokens; another value ends all that were given. */
  signingKey: string;
}

type Tools = EmulatorTools<WizStore>;

const readScopes = ["read:security_settings", "admin:security_settings"];
const writeScopes = ["admin:security_settings"];

export const wizEmulator = defineEmulator<WizStore>({
  name: "wiz",
  displayName: "Wiz",
  store: () => ({
    clients: [{ clientId: "client", clientSecret: "secret", scopes: [...readScopes] }],
    audience: "wiz-api",
    callerAddress: "198.51.100.7",
    serviceAccounts: [],
    users: [],
    tokenSeconds: 86_400,
    requestsPerSecond: 3,
    recent: [],
    signingKey: "emulator",
  }),
  problem: (status) => Response.json({ errors: [{ message: `Refused with ${status}` }] }, { status }),
  meaning,
  routes: (tools) => {
    const { store } = tools;
    const app = new Hono();
    app.use("*", async (context, next) => {
      if (tooFast(tools)) return context.json({ errors: [{ message: "Rate limit exceeded" }] }, 429);
      return next();
    });
    app.post("/oauth/token", async (context) => {
      const form = new URLSearchParams(await context.req.text());
      const client = store().clients.find(
        ({ clientId, clientSecret }) =>
          clientId === form.get("client_id") && clientSecret === form.get("client_secret"),
      );
      if (form.get("grant_type") !== "client_credentials" || form.get("audience") !== store().audience) {
        return context.json({ error: "invalid_request", error_description: "unknown grant or audience" }, 400);
      }
      if (client === undefined) return context.json({ error: "access_denied", error_description: "Unauthorized" }, 401);
      const { clientId, scopes } = client;
      return context.json({
        access_token: tokenFor(tools, clientId),
        token_type: "Bearer",
        expires_in: store().tokenSeconds,
        scope: scopes.join(" "),
      });
    });
    app.post("/graphql", async (context) => {
      const client = clientOf(tools, context.req.header("authorization") ?? "");
      if (client === undefined) return context.json({ errors: [{ message: "Unauthenticated" }] }, 401);
      if (!admits(store().serviceAccounts, store().callerAddress)) {
        return context.json({ errors: [{ message: "Access from this address is not allowed" }] }, 403);
      }
      return Response.json(execute(store(), client.scopes, await context.req.text()));
    });
    return app;
  },
});

/** The operation's root field, and GET for a query: the wire has one path and one method for all. */
function meaning({ method, path, body }: CallOnTheWire): { method: string; path: string } {
  if (path !== "/graphql") return { method, path };
  const { kind, field } = operationOf(requestOf(body).query);
  return { method: kind === "mutation" ? "POST" : "GET", path: `/graphql/${field}` };
}

function requestOf(body: string): { query: string; variables: Record<string, unknown> } {
  try {
    const { query, variables } = JSON.parse(body) as { query?: unknown; variables?: Record<string, unknown> };
    return { query: typeof query === "string" ? query : "", variables: variables ?? {} };
  } catch {
    return { query: "", variables: {} };
  }
}

/** Enough of GraphQL for one operation with one root field. */
function operationOf(query: string): { kind: string; field: string } {
  const [, kind = "query", field = ""] = /^\s*(?:(query|mutation)\b[^{]*)?\{\s*(\w+)/.exec(query) ?? [];
  return { kind, field };
}

function execute(store: WizStore, scopes: readonly string[], body: string): object {
  const { query, variables } = requestOf(body);
  const { kind, field } = operationOf(query);
  const may = (needed: readonly string[]) => needed.some((scope) => scopes.includes(scope));
  if (kind === "query" && field === "ipRestrictions") {
    return may(readScopes) ? { data: { ipRestrictions: shown(store) } } : denied(readScopes);
  }
  if (kind === "mutation" && field === "updateIPRestrictions") {
    if (!may(writeScopes)) return denied(writeScopes);
    const { serviceAccountAccessAllowedIPs = [], userAccessAllowedIPs = [] } = (variables.input ?? {}) as Record<
      string,
      unknown
    >;
    const lists = [serviceAccountAccessAllowedIPs, userAccessAllowedIPs];
    if (!lists.every((list) => Array.isArray(list) && list.every(isEntry))) {
      return refusal("Invalid CIDR", "BAD_USER_INPUT");
    }
    store.serviceAccounts = [...(serviceAccountAccessAllowedIPs as string[])];
    store.users = [...(userAccessAllowedIPs as string[])];
    return { data: { updateIPRestrictions: { ipRestrictions: shown(store) } } };
  }
  const type = kind === "mutation" ? "Mutation" : "Query";
  return refusal(`Cannot query field "${field}" on type "${type}".`, "GRAPHQL_VALIDATION_FAILED");
}

function shown({ serviceAccounts, users }: WizStore): object {
  return { serviceAccountAccessAllowedIPs: serviceAccounts, userAccessAllowedIPs: users };
}

/** With status 200, as public clients report it. */
function refusal(message: string, code: string): object {
  return { errors: [{ message, extensions: { code } }], data: null };
}

function denied(scopes: readonly string[]): object {
  return refusal(`access denied, at least one of the following scopes is required: ${scopes.join(", ")}`, "FORBIDDEN");
}

function isEntry(entry: unknown): boolean {
  const [network = "", bits, ...rest] = (typeof entry === "string" ? entry : "").split("/");
  return isIPv4(network) && rest.length === 0 && (bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32));
}

function admits(list: readonly string[], address: string): boolean {
  if (list.length === 0) return true;
  const allowed = new BlockList();
  for (const entry of list) {
    const [network = "", bits = "32"] = entry.split("/");
    allowed.addSubnet(network, Number(bits), "ipv4");
  }
  return allowed.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function tooFast({ store, now }: Tools): boolean {
  const at = now().getTime();
  const recent = store().recent.filter((time) => time > at - 1_000);
  const refused = recent.length >= store().requestsPerSecond;
  store().recent = refused ? recent : [...recent, at];
  return refused;
}

function tokenFor({ store, now, nextId }: Tools, client: string): string {
  const until = now().getTime() + store().tokenSeconds * 1_000;
  const payload = Buffer.from(JSON.stringify([until, client, nextId()])).toString("base64url");
  return `${payload}.${sign(store(), payload)}`;
}

function clientOf({ store, now }: Tools, header: string): WizStore["clients"][number] | undefined {
  const [payload = "", signature = ""] = header.replace(/^Bearer /, "").split(".");
  if (sign(store(), payload) !== signature) return undefined;
  const [until, client] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [number, string];
  return until > now().getTime() ? store().clients.find(({ clientId }) => clientId === client) : undefined;
}

function sign({ signingKey }: WizStore, payload: string): string {
  return createHmac("sha256", signingKey).update(payload).digest("base64url");
}
