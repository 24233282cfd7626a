import type { PrismaStore } from "../../../provider/vendors/prismacloud/emulator";
import { edited, listWrites } from "../../../provider/vendors/prismacloud/lists";
import { prismaCloud } from "../../conformance/profiles/prismacloud";
import { callerAt, openTarget, prefixes, type TargetLab } from "../targetLab";

const mark = "pulumi-msem shop/prod/list";

describe("Prisma Cloud's trusted login addresses", () => {
  let lab: TargetLab<PrismaStore>;
  const open = async (seed?: (store: PrismaStore) => void) => {
    lab = await openTarget<PrismaStore>(prismaCloud, seed);
    return lab;
  };
  const lists = () => Object.fromEntries(lab.vendor.store.lists.map(({ name, cidr }) => [name, cidr.length]));
  const listOf = (ordinal: number) => lab.vendor.store.lists.find(({ name }) => name === `${mark} #${ordinal}`);
  const calls = () => lab.writes().map(({ method, path }) => `${method} ${path.split("/")[1]}`);
  const foreign = () => lab.vendor.store.lists.filter(({ name }) => name.startsWith("offices"));

  afterEach(() => lab.close());

  it("packs entries into lists of ten, beside those of the tenant", async () => {
    const { apply } = await open();
    const before = structuredClone(foreign());
    await apply(prefixes(23));
    expect(lists()).toEqual({ "offices 1": 2, [`${mark} #1`]: 10, [`${mark} #2`]: 10, [`${mark} #3`]: 3 });
    expect(foreign()).toEqual(before);
    expect(calls()).toEqual(Array.from({ length: 3 }, () => "POST ip_allow_list_login"));
    expect(listOf(1)?.description).toContain("by hand is removed");
  });

  it("writes nothing when all is there", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(12));
    writes();
    expect((await apply(prefixes(12))).writes).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("touches one list, with one call, when one entry of a full list is replaced", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(30));
    writes();
    const untouched = structuredClone([listOf(1), listOf(3)]);
    await apply([...prefixes(30).filter((text) => text !== prefixes(1, 14)[0]), "192.0.2.0/29"]);
    expect(calls()).toEqual(["PUT ip_allow_list_login"]);
    expect(listOf(2)?.cidr).toContain("192.0.2.0/29");
    expect([listOf(1), listOf(3)]).toEqual(untouched);
  });

  it("deletes a list that becomes empty, after all additions", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(13));
    writes();
    await apply(prefixes(10));
    expect(calls()).toEqual(["DELETE ip_allow_list_login"]);
    expect(lists()).toEqual({ "offices 1": 2, [`${mark} #1`]: 10 });
  });

  it("keeps the last entry of a list in force, and everything while it is off goes", async () => {
    const { apply, warnings, vendor } = await open((store) => {
      prismaCloud.unrestrict(store);
    });
    await apply(prefixes(11));
    vendor.store.enabled = true;
    vendor.store.callerAddress = "10.0.0.1";
    const kept = await apply([]);
    expect(lab.admitted()).toEqual(["10.0.0.0/28"]);
    expect(kept.plan.warnings.join()).toContain("kept 10.0.0.0/28: it is the last entry of a list in force");
    vendor.store.enabled = false;
    await apply([]);
    expect(lists()).toEqual({});
    expect(vendor.store.enabled).toBe(false);
    expect(warnings).toEqual([]);
  });

  it("never touches the switch", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(3));
    await apply([]);
    expect(vendor.requests().filter(({ method }) => method === "PATCH")).toEqual([]);
    expect(vendor.store.enabled).toBe(true);
  });

  it("fills 49 lists beside one of the tenant's, and refuses one entry more before anything is written", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(490));
    expect(Object.keys(lists())).toHaveLength(50);
    writes();
    await expect(apply(prefixes(491))).rejects.toThrow(
      /MSEM_REFUSED .*\n {2}lists: 51 lists of 10 would be needed, 1 of them made by others; the limit is 50/,
    );
    expect(writes()).toEqual([]);
  });

  it("leaves IPv6 out and says so", async () => {
    const { apply } = await open();
    const { plan } = await apply(["192.0.2.0/29", "2001:db8::/48"]);
    expect(plan.warnings).toEqual(["1 left out, IPv6 is not supported: 2001:db8::/48"]);
    expect(lab.admitted()).not.toContain("2001:db8::/48");
  });

  it("removes what somebody put into a list of ours, and nothing from the lists of others", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(3));
    listOf(1)?.cidr.push("192.0.2.99/32");
    prismaCloud.addForeign(vendor.store, "192.0.2.100/32");
    await apply(prefixes(3));
    expect(lab.admitted()).not.toContain("192.0.2.99/32");
    expect(lab.admitted()).toContain("192.0.2.100/32");
  });

  it("removes from lists of others only when it is told to, and leaves their names and descriptions", async () => {
    const { apply, vendor } = await open();
    const caller = [callerAt("198.51.100.7/32")];
    await apply(prefixes(3), { policy: { mode: "exclusive", caller } });
    expect(lab.admitted()).toEqual(["198.51.100.7/32", ...prefixes(3)].sort());
    expect(foreign()).toMatchObject([{ name: "offices 1", description: "entered by a person" }]);
    expect(vendor.store.enabled).toBe(true);
  });

  it("tells its lists from those of a resource whose name begins alike", async () => {
    const { apply } = await open();
    await apply(prefixes(2), { name: "list" });
    await apply(prefixes(2, 5), { name: "list #1" });
    await apply([], { name: "list" });
    expect(lists()).toEqual({ "offices 1": 2, "pulumi-msem shop/prod/list #1 #1": 2 });
  });

  it("cuts a long name and still tells two of them apart", async () => {
    const { apply, vendor } = await open();
    const long = "x".repeat(300);
    await apply(prefixes(1), { name: `${long}a` });
    await apply(prefixes(1, 1), { name: `${long}b` });
    const names = vendor.store.lists.map(({ name }) => name).filter((name) => name.startsWith("pulumi"));
    expect(new Set(names).size).toBe(2);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(203);
    await apply([], { name: `${long}a` });
    expect(lab.admitted()).toContain(prefixes(1, 1)[0]);
    expect(lab.admitted()).not.toContain(prefixes(1)[0]);
  });

  it("waits until a new list shows", async () => {
    const { apply, vendor, waits, warnings } = await open();
    vendor.store.lag = 6;
    const outcome = await apply(prefixes(12));
    expect(outcome.failure).toBeUndefined();
    expect(outcome.writes).toBe(1);
    expect(waits).toEqual(Array.from({ length: 6 }, () => 500));
    expect(warnings).toEqual([]);
  });

  it("gives up waiting after ten seconds, and the next run finds what was made", async () => {
    const { apply, vendor } = await open();
    vendor.store.lag = 40;
    const outcome = await apply(prefixes(3));
    expect(outcome.failure?.message).toMatch(/^MSEM_TIMEOUT Prisma Cloud took 1 new lists .* after 10 s/);
    const again = await apply(prefixes(3));
    expect(again.failure).toBeUndefined();
    expect(lists()).toEqual({ "offices 1": 2, [`${mark} #1`]: 3 });
  });

  it.each(["dropAfter", "truncate"] as const)("makes a list once although the answer was lost (%s)", async (kind) => {
    const { apply, vendor } = await open();
    vendor.faults.add({ when: { method: "POST", path: "/ip_allow_list_login" }, effect: { kind }, times: 1 });
    expect((await apply(prefixes(3))).failure).toBeUndefined();
    expect(lists()).toEqual({ "offices 1": 2, [`${mark} #1`]: 3 });
  });

  it("signs in again when the token ends, also in the middle of its writes", async () => {
    const { apply, vendor } = await open();
    vendor.faults.add({
      when: { method: "POST", path: "/ip_allow_list_login", call: 2 },
      effect: { kind: "expiredToken" },
      times: 1,
    });
    expect((await apply(prefixes(30))).failure).toBeUndefined();
    expect(vendor.requests().filter(({ path }) => path === "/login")).toHaveLength(2);
    expect(lab.admitted()).toHaveLength(32);
  });

  it("signs in before a token of ten minutes ends: no 401", async () => {
    const { apply, vendor, clock } = await open();
    vendor.store.lag = 3;
    const original = clock.advance;
    // Each wait for a list takes four minutes here.
    clock.advance = () => original(240_000);
    expect((await apply(prefixes(3))).failure).toBeUndefined();
    clock.advance = original;
    expect(vendor.requests().filter(({ status }) => status === 401)).toEqual([]);
    expect(vendor.requests().filter(({ path }) => path === "/login")).toHaveLength(2);
  });

  it("names a wrong key", async () => {
    const { apply } = await open();
    await expect(apply(prefixes(1), { target: { secretKey: "bad" } })).rejects.toThrow(
      /MSEM_UNAUTHENTICATED Prisma Cloud: POST \/login: 401 invalid_credentials: the access key is not known/,
    );
  });

  it("names the lock-out that Prisma Cloud itself refuses, and leaves the rest as it was", async () => {
    const { apply, vendor } = await open((store) => {
      prismaCloud.unrestrict(store);
    });
    await apply(["198.51.100.0/24", ...prefixes(2)]);
    vendor.store.enabled = true;
    const outcome = await apply(prefixes(2));
    expect(outcome.failure?.message).toMatch(
      /400 login_ip_allow_list_not_allowed_ip_present: the caller's address would be shut out/,
    );
    expect(outcome.failure?.message).toContain("additionalPrefixes");
    expect(lab.admitted()).toContain("198.51.100.0/24");
  });

  it("keeps what lets the caller in when it is known", async () => {
    const { apply, vendor } = await open((store) => {
      prismaCloud.unrestrict(store);
    });
    await apply(["198.51.100.0/24", ...prefixes(2)]);
    vendor.store.enabled = true;
    const outcome = await apply(prefixes(2), { policy: { caller: [callerAt("198.51.100.7/32")] } });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.plan.warnings.join()).toContain("kept 198.51.100.0/24");
  });

  it("waits out a rate limit", async () => {
    const { apply, vendor } = await open();
    vendor.store.rate = { burstCapacity: 3, replenishRate: 1 };
    expect((await apply(prefixes(60))).failure).toBeUndefined();
    expect(vendor.requests().some(({ status }) => status === 429)).toBe(true);
    expect(lab.admitted()).toHaveLength(62);
  });

  it("carries on where a run ended in the middle", async () => {
    const { apply, vendor } = await open();
    vendor.faults.add({
      when: { method: "POST", path: "/ip_allow_list_login", call: 3 },
      effect: { kind: "status", status: 400 },
      times: 1,
    });
    const outcome = await apply(prefixes(40));
    expect(outcome.failure?.code).toBe("MSEM_REJECTED");
    expect(lists()).toEqual({ "offices 1": 2, [`${mark} #1`]: 10, [`${mark} #2`]: 10 });
    await apply(prefixes(40));
    expect(lists()).toMatchObject({ [`${mark} #1`]: 10, [`${mark} #4`]: 10 });
    expect(lab.admitted()).toHaveLength(42);
  });
});

describe("writes of whole lists", () => {
  const entries = (id: string, texts: readonly string[]) => texts.map((text) => ({ text, id }));
  const add = (text: string, list: object) => ({ verb: "add", block: { text }, why: "", list });
  const remove = (text: string, id: string) => ({ verb: "remove", why: "", entry: { text, id }, block: { text } });
  const plan = (...changes: object[]) => ({ changes }) as never;

  it("add to every list before they remove from any", () => {
    const observed = { entries: [...entries("a", ["1", "2"]), ...entries("b", ["3"])], enforced: {} } as never;
    const writes = listWrites(plan(add("9", { id: "a", name: "A" }), remove("1", "a"), remove("3", "b")), observed, 3);
    expect(writes).toEqual({
      create: [],
      edit: [
        { id: "a", add: ["9"], remove: [] },
        { id: "a", add: [], remove: ["1"] },
        { id: "b", add: [], remove: ["3"] },
      ],
    });
  });

  it("replace in one write where a list is full, after those that have room", () => {
    const observed = { entries: [...entries("a", ["1", "2"]), ...entries("b", ["3"])], enforced: {} } as never;
    const { edit } = listWrites(plan(add("8", { id: "a" }), add("9", { id: "b" }), remove("1", "a")), observed, 2);
    expect(edit).toEqual([
      { id: "b", add: ["9"], remove: [] },
      { id: "a", add: ["8"], remove: ["1"] },
    ]);
  });

  it("remove one of two equal entries, and keep what came meanwhile", () => {
    expect(edited(["1", "1", "7"], { id: "a", add: ["2", "7"], remove: ["1", "5"] })).toEqual(["1", "7", "2"]);
  });
});
