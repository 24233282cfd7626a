import { checkAllowlist } from "../../../provider/allowlists/check";
import { targets } from "../../../provider/vendors/targets";
import type { WizStore } from "../../../provider/vendors/wiz/emulator";
import { wiz } from "../../conformance/profiles/wiz";
import { callerAt, openTarget, prefixes, type TargetLab } from "../targetLab";

const caller = [callerAt("198.51.100.7/32")];
const update = "/graphql/updateIPRestrictions";
const read = "/graphql/ipRestrictions";

describe("Wiz's IP restrictions", () => {
  let lab: TargetLab<WizStore>;
  const open = async (change?: (store: WizStore) => void) => {
    lab = await openTarget<WizStore>(wiz, (store) => {
      wiz.restrict(store);
      change?.(store);
    });
    return lab;
  };

  afterEach(() => lab.close());

  it("adds to what is there in one write, and leaves what others wrote as they wrote it", async () => {
    const { apply, vendor, writes } = await open();
    await apply(prefixes(100));
    expect(vendor.store.serviceAccounts).toEqual(["198.51.100.7", "203.0.113.0/24", ...prefixes(100)]);
    expect(writes()).toHaveLength(1);
  });

  it("sends the list of users back as it was read", async () => {
    const { apply, vendor } = await open((store) => {
      store.users = ["0.0.0.0/0", "192.0.2.1"];
    });
    const before = [...vendor.store.users];
    await apply(prefixes(3));
    await apply(prefixes(2));
    await apply([]);
    expect(vendor.store.users).toEqual(before);
  });

  it("writes nothing when all is there", async () => {
    const { apply, writes } = await open();
    await apply(prefixes(12));
    writes();
    expect((await apply(prefixes(12))).writes).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("removes only what it added", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(5));
    wiz.addForeign(vendor.store, "192.0.2.200/32");
    await apply(prefixes(2));
    expect(lab.admitted()).toEqual(["198.51.100.7/32", "203.0.113.0/24", "192.0.2.200/32", ...prefixes(2)].sort());
    await apply([]);
    expect(lab.admitted()).toEqual(["192.0.2.200/32", "198.51.100.7/32", "203.0.113.0/24"]);
  });

  it("does not fill an empty list unless asked, and then only with the caller in it", async () => {
    const { apply, vendor, writes } = await open(wiz.unrestrict as (store: WizStore) => void);
    await expect(apply(prefixes(2))).rejects.toThrow(/startEnforcement: the list is empty/);
    await expect(apply(prefixes(2), { policy: { startEnforcement: true } })).rejects.toThrow(/callerUnknown/);
    await expect(apply(prefixes(2), { policy: { startEnforcement: true, caller } })).rejects.toThrow(/callerLockedOut/);
    expect(writes()).toEqual([]);
    await apply(["198.51.100.7/32", ...prefixes(2)], { policy: { startEnforcement: true, caller } });
    expect(vendor.store.serviceAccounts).toEqual([...prefixes(2), "198.51.100.7/32"]);
  });

  it("never empties a list in force", async () => {
    const { apply, vendor } = await open((store) => {
      store.serviceAccounts = [];
      store.callerAddress = "10.0.0.1";
    });
    const policy = { startEnforcement: true, caller: [callerAt("10.0.0.1/32")] };
    await apply(prefixes(2), { policy });
    const { plan } = await apply([], { policy });
    expect(vendor.store.serviceAccounts).toEqual(["10.0.0.0/28"]);
    expect(plan.warnings.join()).toContain("kept 10.0.0.0/28");
  });

  it("stays below three requests per second", async () => {
    const { apply, vendor, clock } = await open();
    for (let round = 1; round <= 4; round++) {
      await apply(prefixes(round));
      clock.advance(1_000);
    }
    // Sign-in, read, write and read again, each time.
    expect(vendor.requests().map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
  });

  it("waits out a rate limit", async () => {
    const { apply, vendor } = await open();
    vendor.faults.add({ when: { path: update }, effect: { kind: "status", status: 429, retryAfter: 2 }, times: 2 });
    expect((await apply(prefixes(2))).failure).toBeUndefined();
  });

  it("takes an error for one although its status is 200, and names scope and message", async () => {
    const { apply, vendor } = await open((store) => {
      for (const client of store.clients) client.scopes = ["read:security_settings"];
    });
    const outcome = await apply(prefixes(2));
    expect(outcome.failure?.message).toMatch(
      /^MSEM_FORBIDDEN Wiz: POST \/graphql: FORBIDDEN: access denied, .*admin:security_settings/,
    );
    expect(outcome.failure?.message).toContain("lacks a scope");
    for (const client of vendor.store.clients) client.scopes = [];
    await expect(apply(prefixes(2))).rejects.toThrow(/MSEM_FORBIDDEN/);
  });

  it("says that the schema may differ when it does", async () => {
    const { apply, vendor } = await open();
    // The list of users goes back as it is; this stands for whatever a tenant may refuse.
    vendor.store.users.push("2001:db8::/32");
    const outcome = await apply(prefixes(2));
    expect(outcome.failure?.message).toMatch(/^MSEM_REJECTED Wiz: POST \/graphql: BAD_USER_INPUT: Invalid CIDR\./);
    expect(outcome.failure?.message).toContain("experimental");
  });

  it.each(["dropAfter", "truncate", "expiredToken", "html"] as const)("gets over %s at a write", async (kind) => {
    const { apply, vendor } = await open();
    vendor.faults.add({ when: { path: update }, effect: { kind }, times: 1 });
    expect((await apply(prefixes(3))).failure).toBeUndefined();
    expect(lab.admitted()).toHaveLength(5);
  });

  it("gets over a stale read after a write, without losing what is ours", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(3));
    vendor.faults.add({ when: { path: read, call: 2 }, effect: { kind: "staleRead" }, times: 1 });
    expect((await apply(prefixes(3, 2))).failure).toBeUndefined();
    expect(lab.admitted()).toEqual(["198.51.100.7/32", "203.0.113.0/24", ...prefixes(3, 2)].sort());
    await apply([]);
    expect(lab.admitted()).toEqual(["198.51.100.7/32", "203.0.113.0/24"]);
  });

  it("asks the token server for the audience that belongs to it", async () => {
    const { apply, vendor } = await open();
    vendor.store.audience = "beyond-api";
    await expect(apply(prefixes(1))).rejects.toThrow(/MSEM_REJECTED Wiz: POST \/oauth\/token: 400 invalid_request/);
  });

  it("names a client that is not known, without its secret", async () => {
    const { apply } = await open();
    const error = await apply(prefixes(1), { target: { clientSecret: "hush-hush" } }).catch(String);
    expect(error).toContain("MSEM_UNAUTHENTICATED Wiz: POST /oauth/token: 401 access_denied");
    expect(error).not.toContain("hush-hush");
  });

  it("takes an endpoint with /graphql at its end for the one without", async () => {
    const { apply, vendor } = await open();
    await apply(prefixes(1), { target: { apiEndpoint: `${vendor.url}/graphql` } });
    expect(lab.admitted()).toContain(prefixes(1)[0]);
  });

  it("works only with experimental: true, and warns then", async () => {
    const { vendor } = await open();
    const check = (experimental: unknown) =>
      checkAllowlist(
        targets,
        {
          target: { ...wiz.target(vendor.url), experimental },
          ranges: { serviceTag: "Scuba", changeNumber: 1, prefixes: { "192.0.2.0/29": "Scuba" } },
        },
        undefined,
        { environment: () => undefined } as never,
      );
    expect(check(undefined).problems).toMatchObject([{ path: "target.experimental" }]);
    expect(check("true").problems).toHaveLength(1);
    expect(check(true).problems).toEqual([]);
    expect(check(true).warnings.join()).toContain("target wiz is experimental");
  });
});
