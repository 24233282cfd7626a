/** Tenable's API access security, as its OpenAPI document and help pages describe it. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { Hono } from "hono";
import { defineEmulator } from "../emulate";

export interface TenableStore {
  users: { accessKey: string; secretKey: string; role: number }[];
  /** Address from which the caller is seen; what a self lock-out is judged by. */
  callerAddress: string;
  allowedIpv4: string;
  allowedIpv6: string;
}

const administrator = 64;

export const tenableEmulator = defineEmulator<TenableStore>({
  name: "tenable",
  displayName: "Tenable Vulnerability Management",
  store: () => ({
    users: [{ accessKey: "a".repeat(64), secretKey: "b".repeat(64), role: administrator }],
    callerAddress: "198.51.100.7",
    allowedIpv4: "",
    allowedIpv6: "",
  }),
  requestIdHeader: "x-request-uuid",
  problem: (status) =>
    // Tenable's 429 is a page, not JSON.
    status === 429
      ? new Response("<html><head><title>429 Too Many Requests</title></head></html>", {
          status,
          headers: { "content-type": "text/html" },
        })
      : Response.json({ statusCode: status, error: "Error", message: `Refused with ${status}` }, { status }),
  routes: ({ store }) => {
    const app = new Hono();
    const path = "/access-control/v1/api-security-settings";
    app.use("*", async (context, next) => {
      const user = userOf(store(), context.req.header("x-apikeys") ?? "");
      // One answer for a wrong key and for an address that is not allowed.
      if (user === undefined || !mayCall(store())) {
        return context.json({ statusCode: 401, error: "Unauthorized", message: "Invalid Credentials" }, 401);
      }
      if (user.role < administrator) {
        return context.json({ statusCode: 403, error: "Forbidden", message: "Insufficient permission" }, 403);
      }
      await next();
    });
    app.get(path, (context) =>
      context.json({ allowed_ipv4_addresses: store().allowedIpv4, allowed_ipv6_addresses: store().allowedIpv6 }),
    );
    app.put(path, async (context) => {
      const refuse = (message: string) => context.json({ statusCode: 400, error: "Bad Request", message }, 400);
      let body: Record<string, unknown>;
      try {
        body = (await context.req.json()) as Record<string, unknown>;
      } catch {
        return refuse("Malformed request body");
      }
      const ipv4 = body.allowed_ipv4_addresses ?? store().allowedIpv4;
      const ipv6 = body.allowed_ipv6_addresses ?? store().allowedIpv6;
      if (typeof ipv4 !== "string" || typeof ipv6 !== "string") return refuse("Invalid parameters");
      const bad = [...wrong(ipv4, 4), ...wrong(ipv6, 6)];
      if (bad.length > 0) return refuse(`Invalid IP addresses: ${bad.join(", ")}`);
      const next = { ...store(), allowedIpv4: ipv4, allowedIpv6: ipv6 };
      if (!mayCall(next)) return refuse("The IP address of the requestor must be in the list of allowed addresses");
      Object.assign(store(), { allowedIpv4: spaced(ipv4), allowedIpv6: spaced(ipv6) });
      return context.body(null, 204);
    });
    return app;
  },
});

function userOf(store: TenableStore, header: string): TenableStore["users"][number] | undefined {
  const [, accessKey, secretKey] = /^accessKey=([^;]*);\s*secretKey=([^;]*);?$/.exec(header) ?? [];
  return store.users.find((user) => user.accessKey === accessKey && user.secretKey === secretKey);
}

function mayCall({ callerAddress, allowedIpv4, allowedIpv6 }: TenableStore): boolean {
  const family = isIPv6(callerAddress) ? 6 : 4;
  const list = family === 6 ? allowedIpv6 : allowedIpv4;
  if (list.trim() === "") return true;
  const allowed = new BlockList();
  for (const entry of entriesOf(list)) add(allowed, entry, family);
  return allowed.check(callerAddress, family === 6 ? "ipv6" : "ipv4");
}

function entriesOf(list: string): string[] {
  return list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function wrong(list: string, family: 4 | 6): string[] {
  return entriesOf(list).filter((entry) => {
    try {
      return !add(new BlockList(), entry, family);
    } catch {
      return true;
    }
  });
}

/** By the platform's own BlockList: another judgement than the client's. */
function add(list: BlockList, entry: string, family: 4 | 6): boolean {
  const type = family === 6 ? "ipv6" : "ipv4";
  const isAddress = family === 6 ? isIPv6 : isIPv4;
  const [first = "", last] = entry.split("-").map((part) => part.trim());
  if (last !== undefined) {
    if (!isAddress(first) || !isAddress(last)) return false;
    list.addRange(first, last, type);
    return true;
  }
  const [network = "", bits] = entry.split("/");
  if (!isAddress(network)) return false;
  if (bits === undefined) list.addAddress(network, type);
  else if (/^\d{1,3}$/.test(bits)) list.addSubnet(network, Number(bits), type);
  else return false;
  return true;
}

/** It gives lists back with a space after each comma, as its samples show. */
function spaced(list: string): string {
  return entriesOf(list).join(", ");
}
