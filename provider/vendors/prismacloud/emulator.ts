/** Prisma Cloud's sign-in and trusted login addresses, as its OpenAPI documents describe them. */
import { createHmac } from "node:crypto";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { type Context, Hono } from "hono";
import { defineEmulator, type EmulatorTools } from "../emulate";

export interface PrismaList {
  id: string;
  name: string;
  description: string;
  cidr: string[];
  lastModifiedTs: number;
  /** Reads of all lists that do not show it yet. */
  hiddenFor: number;
}

export interface PrismaStore {
  keys: { accessKeyId: string; secretKey: string }[];
  /** Address from which the caller is seen; what a self lock-out is judged by. */
  callerAddress: string;
  /** Whether only listed addresses get in. */
  enabled: boolean;
  lists: PrismaList[];
  /** 403 for all of it while the feature is off. */
  featureEnabled: boolean;
  /** How many reads a new list stays unseen. */
  lag: number;
  /** Per user and endpoint: calls at once, and calls that come back per second. */
  rate: { burstCapacity: number; replenishRate: number };
  buckets: Record<string, { tokens: number; at: number }>;
  /** Signs tokens; another value ends all that were given. */
  signingKey: string;
}

type Tools = EmulatorTools<PrismaStore>;

const path = "/ip_allow_list_login";
const mostLists = 50;
const mostEntries = 10;
const tokenSeconds = 600;

export const prismaCloudEmulator = defineEmulator<PrismaStore>({
  name: "prismacloud",
  displayName: "Palo Alto Prisma Cloud",
  store: () => ({
    keys: [{ accessKeyId: "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00", secretKey: "c2VjcmV0LWtleS1vZi10aGUtZW11bGF0b3I=" }],
    callerAddress: "198.51.100.7",
    enabled: false,
    lists: [],
    featureEnabled: true,
    lag: 0,
    rate: { burstCapacity: 1_000, replenishRate: 100 },
    buckets: {},
    signingKey: "emulator",
  }),
  requestIdHeader: "x-redlock-request-id",
  problem: (status) =>
    refusal(status, status === 401 ? "token_expired" : status === 429 ? "rate_limit" : "internal_error"),
  routes: (tools) => {
    const { store } = tools;
    const app = new Hono();
    app.use("*", async (context, next) => {
      // What a caller outside the list gets is not documented; that both console and API are closed to it is.
      if (store().enabled && !admits(store().lists, store().callerAddress)) return refusal(403, "access_denied");
      const user = context.req.path === "/login" ? "" : userOf(tools, context.req.header("x-redlock-auth") ?? "");
      if (user === undefined) return refusal(401, "token_expired");
      const template = context.req.path.replace(/(\/ip_allow_list_login\/)(?!status$).+/, "$1{id}");
      const rate = take(tools, `${user} ${context.req.method} ${template}`);
      if (rate.refused) return refusal(429, "rate_limit", rate.headers);
      if (context.req.path !== "/login" && !store().featureEnabled)
        return refusal(403, listCode("feature_flag_disabled"));
      await next();
      for (const [name, value] of Object.entries(rate.headers)) context.res.headers.set(name, value);
      return undefined;
    });
    app.post("/login", async (context) => {
      const { username, password } = await bodyOf(context);
      const known = store().keys.some((key) => key.accessKeyId === username && key.secretKey === password);
      if (!known) return refusal(401, "invalid_credentials");
      return context.json({ token: tokenFor(tools, String(username)), message: "login_successful", customerNames: [] });
    });
    app.get("/auth_token/extend", (context) =>
      context.json({ token: tokenFor(tools, userOf(tools, context.req.header("x-redlock-auth") ?? "") ?? "") }),
    );
    mountStatus(app, tools);
    mountLists(app, tools);
    return app;
  },
});

function mountStatus(app: Hono, { store }: Tools): void {
  app.get(`${path}/status`, (context) => context.json({ enabled: store().enabled }));
  app.patch(`${path}/status`, async (context) => {
    const { enabled } = await bodyOf(context);
    if (enabled === true && store().lists.length === 0) return refusal(400, listCode("enable_not_allowed_empty_list"));
    if (enabled === true && !admits(store().lists, store().callerAddress)) {
      return refusal(400, listCode("enable_not_allowed_ip_absent"));
    }
    store().enabled = enabled === true;
    return context.json({ enabled: store().enabled });
  });
}

function mountLists(app: Hono, { store, now, nextId }: Tools): void {
  const found = (context: Context) => store().lists.find(({ id }) => id === context.req.param("id"));
  const shutsOut = (lists: readonly PrismaList[]) => store().enabled && !admits(lists, store().callerAddress);
  app.get(path, (context) => {
    const shown = store().lists.filter(({ hiddenFor }) => hiddenFor === 0);
    for (const list of store().lists) list.hiddenFor = Math.max(0, list.hiddenFor - 1);
    return context.json(shown.map(toWire));
  });
  app.get(`${path}/:id`, (context) => {
    const list = found(context);
    return list === undefined ? refusal(404, "not_found") : context.json(toWire(list));
  });
  app.post(path, async (context) => {
    const body = await bodyOf(context);
    const wrong = problemOf(body);
    if (wrong !== undefined) return wrong;
    if (store().lists.some(({ name }) => name === body.name)) return refusal(409, listCode("duplicate_key"));
    if (store().lists.length >= mostLists) return refusal(400, listCode("size_exceeded"));
    const list: PrismaList = {
      ...fieldsOf(body),
      id: nextId(),
      lastModifiedTs: now().getTime(),
      hiddenFor: store().lag,
    };
    store().lists.push(list);
    return context.json(toWire(list));
  });
  app.put(`${path}/:id`, async (context) => {
    const list = found(context);
    if (list === undefined) return refusal(404, "not_found");
    const body = await bodyOf(context);
    const wrong = problemOf(body);
    if (wrong !== undefined) return wrong;
    if (store().lists.some((other) => other !== list && other.name === body.name))
      return refusal(409, listCode("duplicate_name"));
    const next: PrismaList = { ...list, ...fieldsOf(body), lastModifiedTs: now().getTime() };
    if (shutsOut(store().lists.map((other) => (other === list ? next : other)))) {
      return refusal(400, listCode("not_allowed_ip_present"));
    }
    Object.assign(list, next);
    return context.json(toWire(list));
  });
  app.delete(`${path}/:id`, (context) => {
    const list = found(context);
    if (list === undefined) return refusal(404, "not_found");
    const left = store().lists.filter((other) => other !== list);
    if (store().enabled && left.length === 0) return refusal(400, listCode("size_only_one_entry"));
    if (shutsOut(left)) return refusal(400, listCode("not_allowed_ip_present"));
    store().lists = left;
    return context.body(null, 200);
  });
}

function listCode(code: string): string {
  return `login_ip_allow_list_${code}`;
}

/** The reason stands in a header, as a JSON array; the body is empty. */
function refusal(status: number, i18nKey: string, headers: Readonly<Record<string, string>> = {}): Response {
  const reason = JSON.stringify([{ i18nKey, severity: "error", subject: null }]);
  return new Response(null, { status, headers: { "x-redlock-status": reason, ...headers } });
}

async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await context.req.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function problemOf({ name, cidr }: Record<string, unknown>): Response | undefined {
  if (typeof name !== "string" || name === "") return refusal(400, "missing_name_field");
  if (!Array.isArray(cidr) || cidr.length === 0) return refusal(400, listCode("missing_cidr_field"));
  if (cidr.length > mostEntries) return refusal(400, listCode("cidr_list_size_exceeded"));
  return cidr.every(isEntry) ? undefined : refusal(400, listCode("invalid_cidr_format"));
}

function fieldsOf({
  name,
  cidr,
  description,
}: Record<string, unknown>): Pick<PrismaList, "name" | "cidr" | "description"> {
  return {
    name: String(name),
    cidr: [...(cidr as string[])],
    description: typeof description === "string" ? description : "",
  };
}

/** As the sibling list for alerts demands it: dotted IPv4, /1 to /32, no host bits. */
function isEntry(entry: unknown): boolean {
  const [, network = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(typeof entry === "string" ? entry : "") ?? [];
  const length = Number(bits);
  if (!isIPv4(network) || length < 1 || length > 32) return false;
  const value = network.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return value % 2 ** (32 - length) === 0;
}

function admits(lists: readonly PrismaList[], address: string): boolean {
  if (isIPv6(address)) return false;
  const allowed = new BlockList();
  for (const entry of lists.flatMap(({ cidr }) => cidr)) {
    const [network = "", bits = "32"] = entry.split("/");
    allowed.addSubnet(network, Number(bits), "ipv4");
  }
  return allowed.check(address, "ipv4");
}

function toWire({ hiddenFor: _, ...list }: PrismaList): Omit<PrismaList, "hiddenFor"> {
  return list;
}

/** A JWT, good for ten minutes. It names its number, so that two of one second differ. */
function tokenFor({ store, now, nextId }: Tools, sub: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(now().getTime() / 1_000) + tokenSeconds;
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub, exp, jti: nextId() })}`;
  return `${signed}.${createHmac("sha256", store().signingKey).update(signed).digest("base64url")}`;
}

function userOf({ store, now }: Tools, token: string): string | undefined {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const right = createHmac("sha256", store().signingKey).update(`${head}.${payload}`).digest("base64url");
  if (signature !== right) return undefined;
  const { sub, exp } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string; exp: number };
  return exp * 1_000 > now().getTime() ? sub : undefined;
}

/** A bucket of tokens per user and endpoint. */
function take({ store, now }: Tools, bucket: string): { refused: boolean; headers: Record<string, string> } {
  const { burstCapacity, replenishRate } = store().rate;
  const at = now().getTime();
  const before = store().buckets[bucket] ?? { tokens: burstCapacity, at };
  const tokens = Math.min(burstCapacity, before.tokens + ((at - before.at) / 1_000) * replenishRate);
  const refused = tokens < 1;
  const left = refused ? tokens : tokens - 1;
  store().buckets[bucket] = { tokens: left, at };
  const headers = {
    "x-ratelimit-remaining": String(Math.floor(left)),
    "x-ratelimit-replenish-rate": String(replenishRate),
    "x-ratelimit-burst-capacity": String(burstCapacity),
    "x-ratelimit-requested-tokens": "1",
  };
  return { refused, headers };
}
