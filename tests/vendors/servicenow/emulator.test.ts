import { type ManualClock, manualClock } from "../../../provider/emulator/clock";
import { createVendorEmulator, type RunningVendor } from "../../../provider/emulator/vendor";
import { type ServiceNowStore, serviceNowEmulator } from "../../../provider/vendors/servicenow/emulator";
import { rawClient } from "../raw";

const table = "/api/now/table/ip_access";
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("the emulated ServiceNow", () => {
  let vendor: RunningVendor<ServiceNowStore>;
  let clock: ManualClock;
  let authorization = "";
  const call = rawClient(
    () => vendor.url,
    () => ({ authorization }),
  );
  const row = (range_start: string, range_end: string, more: object = {}) => ({
    type: "allow",
    direction: "inbound",
    active: "true",
    range_start,
    range_end,
    description: "test",
    ...more,
  });
  const add = (first: string, last: string, more?: object) => call("POST", table, row(first, last, more));
  const idOf = ({ json }: { json: unknown }) => (json as { result: { sys_id: string } }).result.sys_id;
  const token = (form: string) =>
    call("POST", "/oauth_token.do", form, { "content-type": "application/x-www-form-urlencoded" });

  beforeEach(async () => {
    clock = manualClock();
    authorization = basic("allowlist.admin:password");
    vendor = await createVendorEmulator(serviceNowEmulator, { clock });
  });

  afterEach(() => vendor.close());

  it("creates with 201 and Location, reads, changes with 200 and deletes with 204", async () => {
    const made = await add("192.0.2.0", "192.0.2.7");
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`${table}/${idOf(made)}`);
    const one = `${table}/${idOf(made)}`;
    expect((await call("GET", one)).json).toMatchObject({ result: { range_end: "192.0.2.7", active: "true" } });
    for (const method of ["PATCH", "PUT"]) {
      const changed = await call(method, one, { active: "false" });
      expect([changed.status, changed.json]).toMatchObject([200, { result: { active: "false" } }]);
    }
    expect((await call("DELETE", one)).status).toBe(204);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const gone = await call(method, one, method === "PATCH" ? {} : undefined);
      expect([gone.status, gone.json]).toMatchObject([
        404,
        { error: { message: "No Record found" }, status: "failure" },
      ]);
    }
  });

  it("answers an empty table with 200 and an empty array", async () => {
    const reply = await call("GET", table);
    expect([reply.status, reply.json, reply.headers.get("x-total-count")]).toEqual([200, { result: [] }, "0"]);
  });

  it("pages with limit and offset, counts, and links to its neighbours", async () => {
    for (let at = 0; at < 5; at++) await add(`192.0.2.${at}`, `192.0.2.${at}`);
    const page = await call("GET", `${table}?sysparm_limit=2&sysparm_offset=2&sysparm_fields=range_start`);
    expect(page.json).toEqual({ result: [{ range_start: "192.0.2.2" }, { range_start: "192.0.2.3" }] });
    expect(page.headers.get("x-total-count")).toBe("5");
    const links = [...(page.headers.get("link") ?? "").matchAll(/sysparm_offset=(\d+)[^>]*>;rel="(\w+)"/g)];
    expect(links.map(([, offset, rel]) => `${rel} ${offset}`)).toEqual(["first 0", "prev 0", "next 4", "last 4"]);
    const last = await call("GET", `${table}?sysparm_limit=2&sysparm_offset=4&sysparm_no_count=true`);
    expect([(last.json as { result: unknown[] }).result.length, last.headers.get("x-total-count")]).toEqual([1, null]);
    expect((await call("GET", `${table}?sysparm_limit=0`)).status).toBe(400);
  });

  it("orders and filters by an encoded query", async () => {
    await add("192.0.2.9", "192.0.2.9");
    await add("192.0.2.1", "192.0.2.1", { type: "deny" });
    const ordered = await call("GET", `${table}?sysparm_query=ORDERBYrange_start&sysparm_fields=range_start`);
    expect(ordered.json).toEqual({ result: [{ range_start: "192.0.2.1" }, { range_start: "192.0.2.9" }] });
    const denied = await call("GET", `${table}?sysparm_query=type=deny&sysparm_fields=type`);
    expect(denied.json).toEqual({ result: [{ type: "deny" }] });
    const query = "name=ip_access^elementINtype,direction^language=en^inactive=false";
    const choices = await call("GET", `/api/now/table/sys_choice?sysparm_query=${query}&sysparm_fields=label`);
    expect((choices.json as { result: unknown[] }).result).toHaveLength(5);
  });

  it("hides rows after the limit was applied, so that a page is short and the count is not", async () => {
    for (let at = 0; at < 3; at++) await add(`192.0.2.${at}`, `192.0.2.${at}`);
    vendor.store.hidden = [(vendor.store.rows[0] as { sys_id: string }).sys_id];
    const page = await call("GET", `${table}?sysparm_limit=2`);
    expect((page.json as { result: unknown[] }).result).toHaveLength(1);
    expect(page.headers.get("x-total-count")).toBe("3");
  });

  it("asks for a credential with 401, and for the role with 403", async () => {
    authorization = "";
    expect((await call("GET", table)).json).toEqual({
      error: { message: "User Not Authenticated", detail: "Required to provide Auth information" },
      status: "failure",
    });
    authorization = basic("allowlist.admin:wrong");
    expect((await call("GET", table)).status).toBe(401);
    vendor.store.users.push({ username: "reader", password: "p", roles: [] });
    authorization = basic("reader:p");
    expect((await add("192.0.2.0", "192.0.2.7")).status).toBe(403);
    expect((await call("GET", table)).json).toEqual({ result: [] });
  });

  it.each([
    ["a prefix", "192.0.2.0/24", "192.0.2.255"],
    ["an asterisk", "192.0.2.*", "192.0.2.*"],
    ["reversed", "192.0.2.9", "192.0.2.1"],
    ["IPv6", "2001:db8::", "2001:db8::ff"],
    ["no end", "192.0.2.1", ""],
  ])("refuses a range that is %s", async (_name, first, last) => {
    expect((await add(first, last)).status).toBe(403);
    expect(vendor.store.rows).toEqual([]);
  });

  it("refuses what is no JSON, and tables that it does not have, with 400", async () => {
    expect((await call("POST", table, "{")).status).toBe(400);
    expect((await call("GET", "/api/now/table/nothing")).status).toBe(400);
  });

  it("refuses a rule that would block the caller, and lets a rule that allows win", async () => {
    expect((await add("0.0.0.0", "255.255.255.255", { type: "deny" })).status).toBe(403);
    const allowed = await add("198.51.100.0", "198.51.100.255");
    expect((await add("0.0.0.0", "255.255.255.255", { type: "deny" })).status).toBe(201);
    expect((await call("GET", table)).status).toBe(200);
    expect((await call("PATCH", `${table}/${idOf(allowed)}`, { active: "false" })).status).toBe(403);
    // Nothing is documented for a removal.
    expect((await call("DELETE", `${table}/${idOf(allowed)}`)).status).toBe(204);
    expect((await call("GET", table)).status).toBe(403);
  });

  it("does not heed a rule that is off, outbound, or has a type that it does not know", async () => {
    for (const more of [{ active: "false" }, { direction: "outbound" }, { type: "DENY" }]) {
      expect((await add("0.0.0.0", "255.255.255.255", { type: "deny", ...more })).status).toBe(201);
    }
    expect((await call("GET", table)).status).toBe(200);
  });

  it("cuts a description in silence", async () => {
    vendor.store.descriptionLength = 3;
    expect((await add("192.0.2.0", "192.0.2.7")).json).toMatchObject({ result: { description: "tes" } });
  });

  it("gives a token for the client credentials grant, until it ends", async () => {
    const reply = await token("grant_type=client_credentials&client_id=client&client_secret=secret");
    expect(reply.json).toMatchObject({ token_type: "Bearer", expires_in: 1_800, scope: "useraccount" });
    authorization = `Bearer ${(reply.json as { access_token: string }).access_token}`;
    clock.advance(1_799_999);
    expect((await call("GET", table)).status).toBe(200);
    clock.advance(1);
    expect((await call("GET", table)).status).toBe(401);
  });

  it("gives none for a wrong secret, another grant, or while the grant is off", async () => {
    const right = "grant_type=client_credentials&client_id=client&client_secret=secret";
    expect((await token(right.replace("=secret", "=wrong"))).status).toBe(401);
    expect((await token(right.replace("client_credentials", "password"))).status).toBe(401);
    vendor.store.grantEnabled = false;
    expect([(await token(right)).json]).toMatchObject([{ error: "invalid_client" }]);
  });

  it("limits requests as a rule says, and tells which and until when", async () => {
    vendor.store.rateLimit = { requests: 2, windowSeconds: 60, rule: "abc" };
    clock.advance(15_000);
    for (const status of [200, 200, 429]) expect((await call("GET", table)).status).toBe(status);
    const { headers } = await call("GET", table);
    const reset = Math.floor(clock.now().getTime() / 1_000) + 45;
    expect(headers.get("retry-after")).toBe("45");
    expect(headers.get("x-ratelimit-limit")).toBe("2");
    expect(headers.get("x-ratelimit-reset")).toBe(String(reset));
    expect(headers.get("x-ratelimit-rule")).toBe("abc");
    clock.advance(45_000);
    expect((await call("GET", table)).status).toBe(200);
  });

  it("tells what was there before the last write, when a stale read is asked for", async () => {
    await add("192.0.2.0", "192.0.2.7");
    vendor.faults.add({ when: { path: table }, effect: { kind: "staleRead" }, times: 1 });
    expect((await call("GET", table)).json).toEqual({ result: [] });
    expect((await call("GET", table)).json).toMatchObject({ result: [{ range_start: "192.0.2.0" }] });
  });
});
