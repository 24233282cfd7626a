import { type ManualClock, manualClock } from "../../../provider/emulator/clock";
import { createVendorEmulator, type RunningVendor } from "../../../provider/emulator/vendor";
import { type PrismaStore, prismaCloudEmulator } from "../../../provider/vendors/prismacloud/emulator";
import { type RawReply, rawClient } from "../raw";

const path = "/ip_allow_list_login";
const caller = "198.51.100.7/32";

describe("the emulated Prisma Cloud", () => {
  let vendor: RunningVendor<PrismaStore>;
  let clock: ManualClock;
  let token = "";
  const call = rawClient(
    () => vendor.url,
    (): Record<string, string> => (token === "" ? {} : { "x-redlock-auth": token }),
  );
  const reason = ({ status, headers }: RawReply) => {
    const [first] = JSON.parse(headers.get("x-redlock-status") ?? "[{}]") as { i18nKey?: string; severity?: string }[];
    return [status, first?.i18nKey];
  };
  const login = async () => {
    const [key] = vendor.store.keys;
    const reply = await call("POST", "/login", { username: key?.accessKeyId, password: key?.secretKey });
    token = (reply.json as { token: string }).token;
    return reply;
  };
  const make = async (name: string, cidr: readonly string[] = [caller]) =>
    ((await call("POST", path, { name, cidr })).json as { id: string }).id;

  beforeEach(async () => {
    clock = manualClock();
    token = "";
    vendor = await createVendorEmulator(prismaCloudEmulator, { clock });
    await login();
  });

  afterEach(() => vendor.close());

  it("gives a token for a key, and 401 invalid_credentials for a wrong one", async () => {
    expect((await login()).status).toBe(200);
    expect(token.split(".")).toHaveLength(3);
    expect(reason(await call("POST", "/login", { username: "x", password: "y" }))).toEqual([
      401,
      "invalid_credentials",
    ]);
    expect(reason(await call("POST", "/login", "no json"))).toEqual([401, "invalid_credentials"]);
  });

  it("ends a token after exactly ten minutes, and extends it before", async () => {
    clock.advance(599_999);
    const extended = await call("GET", "/auth_token/extend");
    clock.advance(1);
    expect(reason(await call("GET", path))).toEqual([401, "token_expired"]);
    expect(reason(await call("GET", "/auth_token/extend"))).toEqual([401, "token_expired"]);
    token = (extended.json as { token: string }).token;
    expect((await call("GET", path)).status).toBe(200);
  });

  it("takes no token that it did not sign, and none at all", async () => {
    token = `${token.slice(0, -4)}AAAA`;
    expect(reason(await call("GET", path))).toEqual([401, "token_expired"]);
    token = "";
    expect(reason(await call("GET", path))).toEqual([401, "token_expired"]);
  });

  it("makes, shows, replaces and deletes a list", async () => {
    const made = await call("POST", path, { name: "a", cidr: [caller], description: "d" });
    expect(made.status).toBe(200);
    const { id } = made.json as { id: string };
    expect((await call("GET", path)).json).toEqual([
      { id, name: "a", description: "d", cidr: [caller], lastModifiedTs: clock.now().getTime() },
    ]);
    clock.advance(5);
    const put = await call("PUT", `${path}/${id}`, { name: "b", cidr: ["192.0.2.0/24"] });
    expect(put.status).toBe(200);
    expect((await call("GET", `${path}/${id}`)).json).toMatchObject({
      name: "b",
      cidr: ["192.0.2.0/24"],
      lastModifiedTs: clock.now().getTime(),
    });
    expect((await call("DELETE", `${path}/${id}`)).status).toBe(200);
    for (const [method, body] of [["GET"], ["PUT", { name: "b", cidr: [caller] }], ["DELETE"]] as const) {
      expect((await call(method, `${path}/${id}`, body)).status).toBe(404);
    }
  });

  it("takes ten entries in a list and refuses eleven, none, and an empty list", async () => {
    const cidr = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.${index}/32`);
    expect((await call("POST", path, { name: "ten", cidr: cidr(10) })).status).toBe(200);
    expect(reason(await call("POST", path, { name: "x", cidr: cidr(11) }))).toEqual([
      400,
      "login_ip_allow_list_cidr_list_size_exceeded",
    ]);
    expect(reason(await call("POST", path, { name: "x", cidr: [] }))).toEqual([
      400,
      "login_ip_allow_list_missing_cidr_field",
    ]);
    expect(reason(await call("POST", path, { name: "x" }))).toEqual([400, "login_ip_allow_list_missing_cidr_field"]);
    expect(reason(await call("POST", path, { cidr: cidr(1) }))).toEqual([400, "missing_name_field"]);
  });

  it("takes fifty lists and refuses the next", async () => {
    for (let number = 1; number <= 50; number++) await make(`list ${number}`);
    expect(reason(await call("POST", path, { name: "51", cidr: [caller] }))).toEqual([
      400,
      "login_ip_allow_list_size_exceeded",
    ]);
  });

  it.each([
    "192.0.2.0/33",
    "192.0.2.0/0",
    "192.0.2.1/24",
    "192.0.2.1",
    "192.0.2.1-192.0.2.9",
    "2001:db8::/32",
    "a.example",
    "",
    7,
  ])("does not take %p as an entry", async (entry) => {
    expect(reason(await call("POST", path, { name: "x", cidr: [entry] }))).toEqual([
      400,
      "login_ip_allow_list_invalid_cidr_format",
    ]);
  });

  it("keeps names unique", async () => {
    await make("a");
    const id = await make("b");
    expect(reason(await call("POST", path, { name: "a", cidr: [caller] }))).toEqual([
      409,
      "login_ip_allow_list_duplicate_key",
    ]);
    expect(reason(await call("PUT", `${path}/${id}`, { name: "a", cidr: [caller] }))).toEqual([
      409,
      "login_ip_allow_list_duplicate_name",
    ]);
    expect((await call("PUT", `${path}/${id}`, { name: "b", cidr: [caller] })).status).toBe(200);
  });

  it("switches on only with a list that lets the caller in", async () => {
    const on = () => call("PATCH", `${path}/status`, { enabled: true });
    expect(reason(await on())).toEqual([400, "login_ip_allow_list_enable_not_allowed_empty_list"]);
    await make("others", ["192.0.2.0/24"]);
    expect(reason(await on())).toEqual([400, "login_ip_allow_list_enable_not_allowed_ip_absent"]);
    expect((await call("GET", `${path}/status`)).json).toEqual({ enabled: false });
    await make("us", ["198.51.100.0/24"]);
    expect((await on()).status).toBe(200);
    expect((await call("GET", `${path}/status`)).json).toEqual({ enabled: true });
  });

  it("keeps a caller from shutting itself out, and the last list while it is on", async () => {
    const us = await make("us");
    await call("PATCH", `${path}/status`, { enabled: true });
    expect(reason(await call("DELETE", `${path}/${us}`))).toEqual([400, "login_ip_allow_list_size_only_one_entry"]);
    const others = await make("others", ["192.0.2.0/24"]);
    expect(reason(await call("DELETE", `${path}/${us}`))).toEqual([400, "login_ip_allow_list_not_allowed_ip_present"]);
    const put = await call("PUT", `${path}/${us}`, { name: "us", cidr: ["203.0.113.0/24"] });
    expect(reason(put)).toEqual([400, "login_ip_allow_list_not_allowed_ip_present"]);
    expect((await call("DELETE", `${path}/${others}`)).status).toBe(200);
    await call("PATCH", `${path}/status`, { enabled: false });
    expect((await call("DELETE", `${path}/${us}`)).status).toBe(200);
  });

  it("answers 403 to a caller that is not listed, at sign-in too, and while the feature is off", async () => {
    await make("us");
    await call("PATCH", `${path}/status`, { enabled: true });
    vendor.store.callerAddress = "203.0.113.9";
    expect((await call("GET", path)).status).toBe(403);
    expect((await call("POST", "/login", {})).status).toBe(403);
    vendor.store.callerAddress = "198.51.100.7";
    vendor.store.featureEnabled = false;
    expect(reason(await call("GET", path))).toEqual([403, "login_ip_allow_list_feature_flag_disabled"]);
  });

  it("shows a new list only after so many reads", async () => {
    vendor.store.lag = 2;
    const id = await make("late");
    for (const shown of [0, 0, 1]) expect((await call("GET", path)).json).toHaveLength(shown);
    expect((await call("GET", `${path}/${id}`)).status).toBe(200);
  });

  it("limits the calls of a user at each endpoint, says how, and gives them back with time", async () => {
    vendor.store.rate = { burstCapacity: 2, replenishRate: 1 };
    const first = await call("GET", path);
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith("x-ratelimit")))).toEqual({
      "x-ratelimit-burst-capacity": "2",
      "x-ratelimit-remaining": "1",
      "x-ratelimit-replenish-rate": "1",
      "x-ratelimit-requested-tokens": "1",
    });
    await call("GET", path);
    const refused = await call("GET", path);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect((await call("GET", `${path}/status`)).status).toBe(200);
    clock.advance(1_000);
    expect((await call("GET", path)).status).toBe(200);
    expect((await call("GET", path)).status).toBe(429);
  });

  it("names each request", async () => {
    const ids = [await call("GET", path), await call("GET", path)].map(({ headers }) =>
      headers.get("x-redlock-request-id"),
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(null);
  });

  it.each([
    [{ kind: "status", status: 503 }, 503],
    [{ kind: "expiredToken" }, 401],
    [{ kind: "html" }, 200],
  ] as const)("takes the fault %p", async (effect, status) => {
    vendor.faults.add({ when: { method: "GET", path }, effect, times: 1 });
    const struck = await call("GET", path);
    expect(struck.status).toBe(status);
    expect((await call("GET", path)).json).toEqual([]);
  });
});
