import type { ServiceNowStore } from "../../../provider/vendors/servicenow/emulator";
import { blockOf, serviceNow } from "../../conformance/profiles/servicenow";
import { callerAt, openTarget, prefixes, type TargetLab } from "../targetLab";

const mark = "pulumi-msem shop/prod/list";
const table = "/api/now/table/ip_access";

describe("ServiceNow's IP address access control", () => {
  let lab: TargetLab<ServiceNowStore>;
  const open = async (change?: (store: ServiceNowStore) => void) => {
    lab = await openTarget<ServiceNowStore>(serviceNow, (store) => {
      serviceNow.restrict(store);
      change?.(store);
    });
    return lab;
  };
  const ours = () => lab.vendor.store.rows.filter(({ description }) => description === mark);
  const blocks = () => ours().map(blockOf).sort();
  const calls = () => lab.writes().map(({ method }) => method);

  afterEach(() => lab.close());

  it("adds a row with first and last address for each prefix, allowing inbound, marked as ours", async () => {
    const { apply } = await open();
    await apply(["192.0.2.0/29", "192.0.2.44/32"]);
    expect(ours()).toMatchObject([
      { type: "allow", direction: "inbound", active: "true", range_start: "192.0.2.0", range_end: "192.0.2.7" },
      { type: "allow", direction: "inbound", active: "true", range_start: "192.0.2.44", range_end: "192.0.2.44" },
    ]);
    expect(calls()).toEqual(["POST", "POST"]);
  });

  it("writes nothing when all is there", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(12));
    writes();
    expect((await apply(prefixes(12))).writes).toBe(0);
    expect(writes()).toEqual([]);
  });

  it.each([
    ["as labels", { Allow: "Allow", Deny: "Deny", Inbound: "Inbound", Bidirectional: "Bidirectional" }],
    ["in capitals", { Allow: "ALLOW", Deny: "DENY", Inbound: "INBOUND", Bidirectional: "BIDIR" }],
    ["as numbers", { Allow: "1", Deny: "2", Inbound: "1", Bidirectional: "3" }],
  ])("writes the database values of this instance, %s", async (_name, values: Record<string, string>) => {
    const { apply, vendor } = await open((store) => {
      store.rows = [];
      for (const choice of store.choices) choice.value = values[choice.label] ?? choice.value;
    });
    await apply(["198.51.100.0/24"]);
    expect(ours()).toMatchObject([{ type: values.Allow, direction: values.Inbound }]);
    const [row] = vendor.store.rows;
    vendor.store.rows.push({
      ...(row as typeof row & object),
      sys_id: "d",
      type: values.Deny ?? "",
      range_start: "0.0.0.0",
      range_end: "255.255.255.255",
      description: "",
    });
    // The instance itself takes the row for one that allows: the caller is not blocked.
    expect((await apply(["198.51.100.0/24"])).observed.enforced).toEqual({ ipv4: true, ipv6: false });
  });

  it.each([
    ["its rows are hidden", (store: ServiceNowStore) => void (store.users[0] as { roles: string[] }).roles.pop()],
    ["it has none for the table", (store: ServiceNowStore) => void store.choices.splice(0)],
  ])("does nothing when sys_choice gives no values, because %s", async (_name, change) => {
    const { apply, writes } = await open(change);
    await expect(apply(prefixes(1))).rejects.toThrow(/MSEM_FORBIDDEN ServiceNow: /);
    expect(writes()).toEqual([]);
  });

  it("never touches a row that denies, an outbound one, or one of somebody else", async () => {
    const { apply, vendor } = await open((store) => {
      const [first] = store.rows as [ServiceNowStore["rows"][number]];
      store.rows.push({ ...first, sys_id: "out", direction: "outbound", description: mark });
      store.rows.push({
        ...first,
        sys_id: "deny",
        type: "deny",
        range_start: "192.0.2.1",
        range_end: "192.0.2.1",
        description: mark,
      });
    });
    const before = structuredClone(vendor.store.rows);
    await apply(prefixes(5));
    await apply(prefixes(5, 3));
    await apply([]);
    expect(vendor.store.rows).toEqual(before);
  });

  it("knows from rows that deny whether the list is in force", async () => {
    const { apply, vendor } = await open();
    expect((await apply(prefixes(1))).observed.enforced).toEqual({ ipv4: true, ipv6: false });
    for (const row of vendor.store.rows) if (row.type === "deny") row.active = "false";
    expect((await apply(prefixes(1))).observed.enforced).toEqual({ ipv4: false, ipv6: false });
  });

  it("keeps the last row of a list in force", async () => {
    const { apply, vendor } = await open((store) => {
      store.rows = [];
      store.callerAddress = "10.0.0.1";
    });
    await apply(prefixes(3));
    vendor.store.rows.push({
      ...(ours()[0] as ServiceNowStore["rows"][number]),
      sys_id: "d",
      type: "deny",
      range_start: "0.0.0.0",
      range_end: "255.255.255.255",
      description: "",
    });
    const { plan } = await apply([]);
    expect(plan.warnings.join()).toContain("kept 10.0.0.0/28: it is the last entry of a list in force");
    expect(blocks()).toEqual(["10.0.0.0/28"]);
  });

  it("keeps the row that lets the caller in", async () => {
    const { apply, vendor } = await open((store) => {
      store.rows = store.rows.filter(({ type }) => type === "deny");
      store.rows.push({
        ...(store.rows[0] as ServiceNowStore["rows"][number]),
        sys_id: "a",
        type: "allow",
        range_start: "198.51.100.0",
        range_end: "198.51.100.255",
        description: mark,
      });
    });
    const outcome = await apply(prefixes(2), { policy: { caller: [callerAt("198.51.100.7/32")] } });
    expect(outcome.failure).toBeUndefined();
    expect(lab.admitted()).toContain("198.51.100.0/24");
    expect(vendor.requests().map(({ status }) => status)).not.toContain(403);
  });

  it("asks for the caller before it removes rows of others, because no guard of ServiceNow's is documented for that", async () => {
    const { apply } = await open();
    const exclusive = { mode: "exclusive" } as const;
    await expect(apply(prefixes(2), { policy: exclusive })).rejects.toThrow(/callerUnknown/);
    const caller = [callerAt("198.51.100.7/32")];
    await apply(prefixes(2), { policy: { ...exclusive, caller } });
    expect(lab.admitted()).toEqual(["198.51.100.7/32", ...prefixes(2)].sort());
  });

  it("switches a row of ours on again with one PATCH", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(2));
    (ours()[0] as { active: string }).active = "false";
    writes();
    await apply(prefixes(2));
    expect(calls()).toEqual(["PATCH"]);
    expect(ours().map(({ active }) => active)).toEqual(["true", "true"]);
  });

  it("replaces a row of ours whose addresses somebody changed", async () => {
    const { apply } = await open();
    await apply(prefixes(2));
    (ours()[0] as { range_end: string }).range_end = "10.255.255.255";
    await apply(prefixes(2));
    expect(blocks()).toEqual(prefixes(2));
  });

  it("leaves IPv6 out and says so", async () => {
    const { apply } = await open();
    const { plan } = await apply(["192.0.2.0/29", "2001:db8::/48"]);
    expect(plan.warnings).toEqual(["1 left out, IPv6 is not supported: 2001:db8::/48"]);
  });

  it.each([249, 250, 251, 500, 501])("reads all of %i rows, in pages of 250", async (count) => {
    const { apply, vendor } = await open((store) => {
      const [first] = store.rows as [ServiceNowStore["rows"][number]];
      for (let at = store.rows.length; at < count - 1; at++) {
        store.rows.push({
          ...first,
          sys_id: `f${String(at).padStart(31, "0")}`,
          range_start: `172.16.${at >> 8}.${at & 255}`,
          range_end: `172.16.${at >> 8}.${at & 255}`,
        });
      }
      // Sorted last, so that it stands on the last page.
      store.rows.push({
        ...first,
        sys_id: "z".repeat(32),
        range_start: "10.0.0.0",
        range_end: "10.0.0.15",
        description: mark,
      });
    });
    expect(vendor.store.rows).toHaveLength(count);
    expect((await apply(prefixes(1))).writes).toBe(0);
    const reads = vendor.requests().filter(({ method, path }) => method === "GET" && path === table);
    expect(reads).toHaveLength(Math.ceil(count / 250));
  });

  it("does nothing when access rules hide rows: a hidden one might be ours, or deny", async () => {
    const { apply, vendor, writes } = await open();
    vendor.store.hidden = [(vendor.store.rows[0] as { sys_id: string }).sys_id];
    await expect(apply(prefixes(1))).rejects.toThrow(
      /MSEM_FORBIDDEN ServiceNow: the account sees 2 of the 3 rows of ip_access/,
    );
    expect(writes()).toEqual([]);
  });

  it("carries on after row 17 of 40 was refused", async () => {
    const { apply, vendor, writes } = await open();
    vendor.faults.add({
      when: { method: "POST", path: table, call: 17 },
      effect: { kind: "status", status: 403 },
      times: 1,
    });
    const outcome = await apply(prefixes(40));
    expect(outcome.failure?.code).toBe("MSEM_FORBIDDEN");
    expect(blocks()).toEqual(prefixes(16).sort());
    expect(outcome.observed.entries).toHaveLength(18);
    writes();
    expect((await apply(prefixes(40))).failure).toBeUndefined();
    expect(calls()).toHaveLength(24);
    expect(blocks()).toEqual(prefixes(40).sort());
  });

  it.each(["dropAfter", "truncate"] as const)("ends with one row although an answer was lost (%s)", async (kind) => {
    const { apply, vendor } = await open();
    vendor.faults.add({ when: { method: "POST", path: table, call: 2 }, effect: { kind }, times: 1 });
    expect((await apply(prefixes(3))).failure).toBeUndefined();
    expect(blocks()).toEqual(prefixes(3));
  });

  it("ends with one row although a read lagged behind a write", async () => {
    const { apply, vendor } = await open();
    vendor.faults.add({ when: { path: table, call: 2 }, effect: { kind: "staleRead" }, times: 1 });
    expect((await apply(prefixes(3))).failure).toBeUndefined();
    expect(blocks()).toEqual(prefixes(3));
  });

  it("takes a row that is gone already for removed", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(2));
    vendor.faults.add({ when: { method: "DELETE", path: `${table}/{id}` }, effect: { kind: "dropAfter" }, times: 1 });
    expect((await apply(prefixes(1))).failure).toBeUndefined();
    expect(blocks()).toEqual(prefixes(1));
  });

  it("waits as long as a rate limit says", async () => {
    const { apply, vendor, waits } = await open();
    vendor.store.rateLimit = { requests: 10, windowSeconds: 60, rule: "rule1" };
    expect((await apply(prefixes(12))).failure).toBeUndefined();
    expect(waits).toEqual([60_000]);
    expect(blocks()).toEqual(prefixes(12).sort());
  });

  it("takes back a row whose mark the instance cut off, and says what is too long", async () => {
    const { apply, vendor } = await open((store) => {
      store.descriptionLength = mark.length - 1;
    });
    const outcome = await apply(prefixes(2));
    expect(outcome.failure?.message).toMatch(/^MSEM_PROTOCOL ServiceNow kept 25 of 26 characters/);
    expect(vendor.store.rows).toHaveLength(3);
    vendor.store.descriptionLength = mark.length;
    expect((await apply(prefixes(2))).failure).toBeUndefined();
  });

  it("cuts a long mark to 100 characters and still tells two of them apart", async () => {
    const { apply, vendor } = await open();
    const long = "x".repeat(200);
    await apply(prefixes(1), { name: `${long}a` });
    await apply(prefixes(1, 1), { name: `${long}b` });
    await apply([], { name: `${long}a` });
    expect(lab.admitted()).toContain(prefixes(1, 1)[0]);
    expect(lab.admitted()).not.toContain(prefixes(1)[0]);
    expect(Math.max(...vendor.store.rows.map(({ description }) => description.length))).toBe(100);
  });

  describe("with OAuth", () => {
    const oauth = { authentication: { kind: "oauth2", clientId: "client", clientSecret: "secret" } };
    const tokens = () => lab.vendor.requests().filter(({ path }) => path === "/oauth_token.do").length;

    it("gets one token for a whole run", async () => {
      const { apply } = await open();
      await apply(prefixes(5), { target: oauth });
      expect(tokens()).toBe(1);
      expect(blocks()).toEqual(prefixes(5).sort());
    });

    it("gets another one when the instance ends it in the middle, and before its own end", async () => {
      const { apply, vendor } = await open();
      vendor.faults.add({ when: { method: "POST", path: table, call: 3 }, effect: { kind: "expiredToken" }, times: 1 });
      vendor.faults.add({
        when: { method: "POST", path: table, call: 6 },
        effect: { kind: "status", status: 429, retryAfter: 100 },
        times: 1,
      });
      vendor.store.tokenSeconds = 110;
      expect((await apply(prefixes(8), { target: oauth })).failure).toBeUndefined();
      expect(tokens()).toBe(3);
      expect(vendor.requests().filter(({ status }) => status === 401)).toHaveLength(1);
      expect(blocks()).toEqual(prefixes(8).sort());
    });

    it("names a client that is not known, without its secret", async () => {
      const { apply, vendor } = await open();
      vendor.store.grantEnabled = false;
      const error = await apply(prefixes(1), { target: oauth }).catch((reason: unknown) => String(reason));
      expect(error).toContain("MSEM_UNAUTHENTICATED ServiceNow: POST /oauth_token.do: 401 invalid_client");
      expect(error).not.toContain("=secret");
    });
  });

  it("says that a refusal may be about the address as well", async () => {
    const { apply, vendor } = await open();
    vendor.store.callerAddress = "203.0.113.99";
    await expect(apply(prefixes(1))).rejects.toThrow(/MSEM_FORBIDDEN .*does not let this machine's address in/s);
  });
});
