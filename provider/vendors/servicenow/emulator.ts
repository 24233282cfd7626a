/**
 * ServiceNow's Table API over `ip_access` and `sys_choice`, and its OAuth endpoint, as its documentation describes them.
 * How a refused insert is reported is not documented: 403, as for other records that a rule of the instance aborts.
 */
import { createHmac } from "node:crypto";
import { BlockList, isIP, isIPv6 } from "node:net";
import { type Context, Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface ServiceNowRow {
  sys_id: string;
  type: string;
  direction: string;
  active: string;
  range_start: string;
  range_end: string;
  description: string;
  sys_updated_on: string;
}

export interface ServiceNowStore {
  users: { username: string; password: string; roles: string[] }[];
  clients: { clientId: string; clientSecret: string; roles: string[] }[];
  /** `glide.oauth.inbound.client.credential.grant_type.enabled`. */
  grantEnabled: boolean;
  /** Address from which the caller is seen. */
  callerAddress: string;
  rows: ServiceNowRow[];
  /** Database values by label; which letter case an instance has is not public. */
  choices: { element: string; label: string; value: string; language: string; inactive: string }[];
  /** Rows that access rules hide; counted all the same, because rules are applied after the limit. */
  hidden: string[];
  /** Longer texts are cut in silence. */
  descriptionLength: number;
  tokenSeconds: number;
  /** A rule of the customer's; none by default. */
  rateLimit: { requests: number; windowSeconds: number; rule: string } | null;
  used: { window: number; requests: number };
  /** Signs tokens; another value ends all that were given. */
  signingKey: string;
}

type Tools = EmulatorTools<ServiceNowStore>;
type Row = Record<string, string>;

const tables = "/api/now/table";
const defaultLimit = 10_000;

export const serviceNowEmulator = defineEmulator<ServiceNowStore>({
  name: "servicenow",
  displayName: "ServiceNow",
  store: () => ({
    users: [{ username: "allowlist.admin", password: "password", roles: ["admin"] }],
    clients: [{ clientId: "client", clientSecret: "secret", roles: ["admin"] }],
    grantEnabled: true,
    callerAddress: "198.51.100.7",
    rows: [],
    choices: [
      ...choicesOf("type", { Allow: "allow", Deny: "deny" }),
      ...choicesOf("direction", { Inbound: "inbound", Outbound: "outbound", Bidirectional: "bidirectional" }),
    ],
    hidden: [],
    descriptionLength: 1_000,
    tokenSeconds: 1_800,
    rateLimit: null,
    used: { window: 0, requests: 0 },
    signingKey: "emulator",
  }),
  problem: (status) => refusal(status, status === 401 ? "User Not Authenticated" : `Refused with ${status}`),
  routes: (tools) => {
    const { store } = tools;
    const app = new Hono();
    app.use("*", async (context, next) => {
      const limited = overLimit(tools);
      if (limited !== undefined) return limited;
      if (blocked(store(), store().rows)) return refusal(403, "Access restricted by IP address");
      if (context.req.path === "/oauth_token.do") return next();
      const roles = rolesOf(tools, context.req.header("authorization") ?? "");
      if (roles === undefined) {
        return refusal(401, "User Not Authenticated", "Required to provide Auth information");
      }
      const admin = roles.includes("admin");
      if (!admin && context.req.method !== "GET") return refusal(403, "Operation Failed", "ACL Exception");
      context.set("admin" as never, admin as never);
      return next();
    });
    app.post("/oauth_token.do", async (context) => {
      const form = new URLSearchParams(await context.req.text());
      const client = store().clients.find(
        ({ clientId, clientSecret }) =>
          clientId === form.get("client_id") && clientSecret === form.get("client_secret"),
      );
      const granted = form.get("grant_type") === "client_credentials" && store().grantEnabled;
      if (client === undefined || !granted) {
        return context.json({ error: "invalid_client", error_description: "access_denied" }, 401);
      }
      const { tokenSeconds } = store();
      return context.json({
        access_token: tokenFor(tools, client.clientId),
        token_type: "Bearer",
        expires_in: tokenSeconds,
        scope: "useraccount",
      });
    });
    app.get(`${tables}/sys_choice`, (context) =>
      list(
        context,
        store().choices.map((choice) => ({ name: "ip_access", ...choice })),
        () => !isAdmin(context),
      ),
    );
    mountAccess(app, tools);
    app.all(`${tables}/:table`, () => refusal(400, "Invalid table"));
    return app;
  },
});

function isAdmin(context: Context): boolean {
  return context.get("admin" as never) === true;
}

function mountAccess(app: Hono, { store, now, nextId }: Tools): void {
  const path = `${tables}/ip_access`;
  const stamp = () => now().toISOString().slice(0, 19).replace("T", " ");
  const find = (context: Context) =>
    store().rows.find(({ sys_id }) => sys_id === context.req.param("id") && !store().hidden.includes(sys_id));
  const none = () => refusal(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval");
  const cut = (row: ServiceNowRow): ServiceNowRow => ({
    ...row,
    description: row.description.slice(0, store().descriptionLength),
    sys_updated_on: stamp(),
  });
  const aborted = (what: string) => refusal(403, "Operation Failed", what);
  app.get(path, (context) =>
    list(
      context,
      store().rows.map((row) => ({ ...row })),
      ({ sys_id = "" }) => !isAdmin(context) || store().hidden.includes(sys_id),
    ),
  );
  app.post(path, async (context) => {
    const body = await bodyOf(context);
    if (body === undefined) return refusal(400, "Exception while reading request");
    const row = cut({ ...empty, ...known(body), sys_id: nextId() });
    const wrong = wrongRange(row);
    if (wrong !== undefined) return aborted(wrong);
    if (blocked(store(), [...store().rows, row])) return aborted("This would block your current IP address");
    store().rows.push(row);
    return context.json({ result: row }, 201, { location: `${path}/${row.sys_id}` });
  });
  app.get(`${path}/:id`, (context) => {
    const row = find(context);
    return row === undefined ? none() : context.json({ result: row });
  });
  app.on(["PATCH", "PUT"], `${path}/:id`, async (context) => {
    const row = find(context);
    if (row === undefined) return none();
    const body = await bodyOf(context);
    if (body === undefined) return refusal(400, "Exception while reading request");
    const next = cut({ ...row, ...known(body) });
    const wrong = wrongRange(next);
    if (wrong !== undefined) return aborted(wrong);
    const rows = store().rows.map((other) => (other === row ? next : other));
    if (blocked(store(), rows)) return aborted("This would block your current IP address");
    Object.assign(row, next);
    return context.json({ result: row });
  });
  // Whether the removal of a row is guarded is not documented; it is not here, the worse case.
  app.delete(`${path}/:id`, (context) => {
    const row = find(context);
    if (row === undefined) return none();
    store().rows = store().rows.filter((other) => other !== row);
    return context.body(null, 204);
  });
}

const empty: Omit<ServiceNowRow, "sys_id"> = {
  type: "",
  direction: "",
  active: "true",
  range_start: "",
  range_end: "",
  description: "",
  sys_updated_on: "",
};

function known(body: Record<string, unknown>): Partial<ServiceNowRow> {
  const names = ["type", "direction", "active", "range_start", "range_end", "description"];
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (names.includes(name) ? [[name, String(value)]] : [])),
  );
}

async function bodyOf(context: Context): Promise<Record<string, unknown> | undefined> {
  try {
    const body: unknown = await context.req.json();
    return typeof body === "object" && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A page of a table: conditions, order and columns as in an encoded query; rules of access after the limit. */
function list(context: Context, all: readonly Row[], hides: (row: Row) => boolean): Response {
  const query = context.req.query();
  let rows = [...all];
  for (const term of (query.sysparm_query ?? "").split("^").filter((part) => part !== "")) {
    const [, order] = /^ORDERBY(\w+)$/.exec(term) ?? [];
    const [, field = "", operator = "", value = ""] = /^(\w+?)(=|IN)(.*)$/.exec(term) ?? [];
    if (order !== undefined) rows.sort((a, b) => ((a[order] ?? "") < (b[order] ?? "") ? -1 : 1));
    else if (operator === "") return refusal(400, "Invalid query");
    else rows = rows.filter((row) => (operator === "=" ? [value] : value.split(",")).includes(row[field] ?? ""));
  }
  const limit = Number(query.sysparm_limit ?? defaultLimit);
  const offset = Number(query.sysparm_offset ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(offset) || offset < 0) {
    return refusal(400, "Invalid paging parameter");
  }
  const columns = query.sysparm_fields?.split(",");
  const result = rows
    .slice(offset, offset + limit)
    .filter((row) => !hides(row))
    .map((row) => (columns === undefined ? row : Object.fromEntries(columns.map((name) => [name, row[name] ?? ""]))));
  const link = (at: number, rel: string) => {
    const url = new URL(context.req.url);
    url.searchParams.set("sysparm_offset", String(at));
    return `<${url.href}>;rel="${rel}"`;
  };
  const lastOffset = Math.max(0, Math.ceil(rows.length / limit) - 1) * limit;
  const links = [
    link(0, "first"),
    ...(offset > 0 ? [link(Math.max(0, offset - limit), "prev")] : []),
    ...(offset + limit < rows.length ? [link(offset + limit, "next")] : []),
    link(lastOffset, "last"),
  ];
  const count: Record<string, string> =
    query.sysparm_no_count === "true" ? {} : { "x-total-count": String(rows.length), link: links.join(",") };
  return context.json({ result }, 200, count);
}

function refusal(status: number, message: string, detail: string | null = null): Response {
  return Response.json({ error: { message, detail }, status: "failure" }, { status });
}

function wrongRange({ range_start, range_end }: ServiceNowRow): string | undefined {
  // IPv6 is not stated for this table.
  if (isIP(range_start) !== 4 || isIP(range_end) !== 4) return "Invalid IP address";
  try {
    new BlockList().addRange(range_start, range_end, "ipv4");
    return undefined;
  } catch {
    return "Range end must not be before range start";
  }
}

/** A rule that denies blocks, unless one that allows matches too. Values count as they stand in the database. */
function blocked({ choices, callerAddress }: ServiceNowStore, rows: readonly ServiceNowRow[]): boolean {
  const valueFor = (label: string) => choices.find((choice) => choice.label === label)?.value;
  const inbound = [valueFor("Inbound"), valueFor("Bidirectional")];
  const matches = (type: string | undefined): boolean => {
    const addresses = new BlockList();
    for (const row of rows) {
      if (row.type === type && row.active === "true" && inbound.includes(row.direction)) {
        addresses.addRange(row.range_start, row.range_end, "ipv4");
      }
    }
    return addresses.check(callerAddress, isIPv6(callerAddress) ? "ipv6" : "ipv4");
  };
  return matches(valueFor("Deny")) && !matches(valueFor("Allow"));
}

function rolesOf({ store, now }: Tools, header: string): string[] | undefined {
  const [scheme = "", value = ""] = header.split(" ");
  if (scheme === "Basic") {
    const given = Buffer.from(value, "base64").toString("utf8");
    return store().users.find(({ username, password }) => `${username}:${password}` === given)?.roles;
  }
  const [payload = "", signature = ""] = value.split(".");
  if (scheme !== "Bearer" || sign(store(), payload) !== signature) return undefined;
  const [until, client] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [number, string];
  return until > now().getTime() ? store().clients.find(({ clientId }) => clientId === client)?.roles : undefined;
}

function tokenFor({ store, now, nextId }: Tools, client: string): string {
  const until = now().getTime() + store().tokenSeconds * 1_000;
  const payload = Buffer.from(JSON.stringify([until, client, nextId()])).toString("base64url");
  return `${payload}.${sign(store(), payload)}`;
}

function sign({ signingKey }: ServiceNowStore, payload: string): string {
  return createHmac("sha256", signingKey).update(payload).digest("base64url");
}

function overLimit({ store, now }: Tools): Response | undefined {
  const { rateLimit, used } = store();
  if (rateLimit === null) return undefined;
  const length = rateLimit.windowSeconds * 1_000;
  const window = Math.floor(now().getTime() / length);
  if (used.window !== window) Object.assign(used, { window, requests: 0 });
  used.requests += 1;
  if (used.requests <= rateLimit.requests) return undefined;
  const reset = ((window + 1) * length) / 1_000;
  const response = refusal(429, "Rate limit exceeded");
  response.headers.set("retry-after", String(Math.ceil(reset - now().getTime() / 1_000)));
  response.headers.set("x-ratelimit-limit", String(rateLimit.requests));
  response.headers.set("x-ratelimit-reset", String(reset));
  response.headers.set("x-ratelimit-rule", rateLimit.rule);
  return response;
}

function choicesOf(element: string, values: Readonly<Record<string, string>>): ServiceNowStore["choices"] {
  return Object.entries(values).map(([label, value]) => ({ element, label, value, language: "en", inactive: "false" }));
}
