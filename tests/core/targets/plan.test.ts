import type { Capability } from "../../../provider/core/targets/capability";
import { observedEntry } from "../../../provider/core/targets/entries";
import type { Plan } from "../../../provider/core/targets/plan";
import { codes, entriesOf, lists, planOf, rows, some, whole, writes } from "./situations";

describe("what a plan does", () => {
  it("adds what is missing, keeps what is there, removes what is ours and no longer wanted, leaves the rest", () => {
    const plan = planOf({
      desired: ["192.0.2.0/29", "192.0.2.16/31"],
      entries: entriesOf(["192.0.2.16/31", "192.0.2.44/32", "203.0.113.10-203.0.113.20", "vpn.example.com"]),
      owned: ["192.0.2.16/31", "192.0.2.44/32"],
    });
    expect(writes(plan)).toEqual(["add 192.0.2.0/29", "remove 192.0.2.44/32"]);
    expect(plan.owned).toEqual(["192.0.2.0/29", "192.0.2.16/31"]);
    expect(plan.refusals).toEqual([]);
  });

  it("knows an entry again however it is written", () => {
    const entries = [
      observedEntry(" 192.0.2.7 "),
      observedEntry("192.0.2.8-192.0.2.11"),
      observedEntry("2001:DB8:0::/48"),
    ];
    const plan = planOf({ desired: ["192.0.2.7/32", "192.0.2.8/30", "2001:db8::/48"], entries });
    expect(writes(plan)).toEqual([]);
  });

  it("does not claim a wanted entry that somebody else made, unless asked to", () => {
    const situation = { desired: ["192.0.2.7/32"], entries: entriesOf(["192.0.2.7/32"]) };
    expect(planOf(situation).owned).toEqual([]);
    expect(planOf({ ...situation, policy: { adopt: true } }).owned).toEqual(["192.0.2.7/32"]);
    expect(planOf({ ...situation, capability: rows, policy: { adopt: true } }).owned).toEqual([]);
  });

  it("switches on what somebody switched off, and adds beside what another owner has switched off", () => {
    const asleep = { inactive: true, marked: true };
    const rest = entriesOf(["198.51.100.1/32"]);
    const ours = planOf({
      capability: rows,
      desired: ["192.0.2.7/32"],
      entries: [...entriesOf(["192.0.2.7/32"], asleep), ...rest],
    });
    expect(writes(ours)).toEqual(["update 192.0.2.7/32"]);
    const theirs = { inactive: true };
    const other = planOf({
      capability: rows,
      desired: ["192.0.2.7/32"],
      entries: [...entriesOf(["192.0.2.7/32"], theirs), ...rest],
    });
    expect(writes(other)).toEqual(["add 192.0.2.7/32"]);
  });

  it("removes a second one of ours where a mark tells, and never one of two equal entries where only state tells", () => {
    const twice = [
      observedEntry("192.0.2.7/32", { id: "a", marked: true }),
      observedEntry("192.0.2.7", { id: "b", marked: true }),
    ];
    expect(writes(planOf({ capability: rows, desired: ["192.0.2.7/32"], entries: twice }))).toEqual([
      "remove 192.0.2.7/32",
    ]);
    const wanted = planOf({ desired: ["192.0.2.7/32"], entries: twice, owned: ["192.0.2.7/32"] });
    expect(writes(wanted)).toEqual([]);
    const unwanted = planOf({ entries: [...twice, ...entriesOf(["198.51.100.1/32"])], owned: ["192.0.2.7/32"] });
    expect(writes(unwanted)).toEqual(["remove 192.0.2.7/32"]);
    expect(unwanted.owned).toEqual([]);
  });

  it("leaves out what the product cannot hold, and says how many and why", () => {
    const capability: Capability = { ...whole, families: ["ipv4"], shortest: { ipv4: 24 }, longest: { ipv4: 31 } };
    const plan = planOf({
      capability,
      desired: ["192.0.2.0/24", "192.0.0.0/23", "192.0.2.6/31", "192.0.2.7/32", "2001:db8::/48"],
      entries: entriesOf(["198.51.100.1/32"]),
    });
    expect(writes(plan)).toEqual(["add 192.0.2.0/24", "add 192.0.2.6/31"]);
    expect(plan.warnings).toEqual([
      "1 left out, prefixes shorter than /24 are refused: 192.0.0.0/23",
      "1 left out, prefixes longer than /31 are refused: 192.0.2.7/32",
      "1 left out, IPv6 is not supported: 2001:db8::/48",
    ]);
  });

  it("removes all of ours, and nothing else, where nothing is wanted", () => {
    const plan = planOf({ entries: entriesOf(["192.0.2.7/32", "198.51.100.1/32"]), owned: ["192.0.2.7/32"] });
    expect(writes(plan)).toEqual(["remove 192.0.2.7/32"]);
    expect(plan.owned).toEqual([]);
  });
});

describe("capacity", () => {
  const capability: Capability = { ...whole, maxEntries: 10 };
  const foreign = entriesOf(some(4, 100));

  it("may be used to the last place, other people's entries counted", () => {
    expect(codes(planOf({ capability, entries: foreign, desired: some(6) }))).toEqual([]);
  });

  it("is refused one over, with the count and the limit", () => {
    const plan = planOf({ capability, entries: foreign, desired: some(7) });
    expect(plan.refusals).toMatchObject([{ code: "capacity", measured: 11, limit: 10 }]);
    expect(plan.refusals[0]?.message).toContain("4 of them made by others");
  });

  it("counts what goes in the same plan", () => {
    const entries = [...foreign, ...entriesOf(some(6, 50))];
    expect(codes(planOf({ capability, entries, owned: some(6, 50), desired: some(6) }))).toEqual([]);
    expect(codes(planOf({ capability, entries, owned: some(5, 50), desired: some(6) }))).toEqual(["capacity"]);
  });

  it("does not keep anybody from removing where others have filled the list beyond it", () => {
    const plan = planOf({ capability, entries: [...entriesOf(some(12, 100)), ...entriesOf(some(1))], owned: some(1) });
    expect(codes(plan)).toEqual([]);
    expect(writes(plan)).toEqual(["remove 192.0.2.0/32"]);
  });

  it("of a full table frees no more rows at first than it needs", () => {
    const entries = [...entriesOf(some(7, 100)), ...entriesOf(some(3, 50), { marked: true })];
    const plan = planOf({ capability: { ...rows, maxEntries: 11 }, entries, desired: some(3) });
    expect(writes(plan)).toEqual([
      "add 192.0.2.0/32",
      "remove 192.0.2.50/32",
      "add 192.0.2.1/32",
      "remove 192.0.2.51/32",
      "add 192.0.2.2/32",
      "remove 192.0.2.52/32",
    ]);
  });

  it("of a full table never frees the caller's row or the last row of a list in force first", () => {
    const full: Capability = { ...rows, maxEntries: 2 };
    const force = { ipv4: true, ipv6: true };
    const marked = { marked: true };
    const [a, b] = ["192.0.2.8/31", "192.0.2.44/32"];
    const swap = planOf({
      capability: full,
      enforced: force,
      entries: entriesOf([a, b], marked),
      desired: ["192.0.2.8/30", "192.0.2.45/32"],
      policy: { caller: ["192.0.2.9/32"] },
    });
    expect(writes(swap)).toEqual([
      "remove 192.0.2.44/32",
      "add 192.0.2.8/30",
      "remove 192.0.2.8/31",
      "add 192.0.2.45/32",
    ]);
    const stuck = planOf({
      capability: full,
      enforced: force,
      entries: [...entriesOf(["203.0.113.1/32"]), ...entriesOf([a], marked)],
      desired: ["192.0.2.8/30"],
      policy: { caller: ["192.0.2.9/32"] },
    });
    expect(codes(stuck)).toEqual(["noSafeOrder"]);
    expect(stuck.refusals[0]?.message).toMatch(/^every place is taken, .* Free one place in the product$/);
    const only = { capability: { ...full, maxEntries: 1 }, enforced: force, desired: ["192.0.2.8/30"] };
    expect(codes(planOf({ ...only, entries: entriesOf([a], marked) }))).toEqual(["noSafeOrder"]);
    expect(codes(planOf({ ...only, enforced: { ipv4: false, ipv6: false }, entries: entriesOf([a], marked) }))).toEqual(
      [],
    );
  });
});

describe("several lists", () => {
  const ours = { id: "l1", name: "msem lab/prod/scuba 1", marked: true };
  const second = { id: "l2", name: "msem lab/prod/scuba 2", marked: true };
  const theirs = { id: "x1", name: "office", marked: false };
  const inList = (id: string, texts: readonly string[]) =>
    texts.map((text) => observedEntry(text, { id, marked: id !== "x1" }));
  const targets = (plan: Plan) =>
    plan.changes.flatMap((change) =>
      change.verb === "add" ? [`${change.block.text} -> ${change.list?.id ?? "new"} ${change.list?.name}`] : [],
    );

  it("may be used to the last one, and are refused one over", () => {
    const situation = { capability: lists, lists: [theirs], entries: inList("x1", ["198.51.100.1/32"]) };
    expect(codes(planOf({ ...situation, desired: some(4) }))).toEqual([]);
    const over = planOf({ ...situation, desired: some(5) });
    expect(over.refusals).toMatchObject([{ code: "lists", measured: 4, limit: 3 }]);
    expect(over.refusals[0]?.message).toContain("1 of them made by others");
  });

  it("change in one place for one change: the list that loses an entry takes the new one", () => {
    const plan = planOf({
      capability: lists,
      lists: [ours, second],
      entries: [...inList("l1", ["192.0.2.0/32", "192.0.2.1/32"]), ...inList("l2", ["192.0.2.2/32"])],
      desired: ["192.0.2.1/32", "192.0.2.2/32", "192.0.2.9/32"],
    });
    expect(targets(plan)).toEqual(["192.0.2.9/32 -> l1 msem lab/prod/scuba 1"]);
  });

  it("are filled before a new one is made, and a new one never takes a name that is in use", () => {
    const taken = { id: "x2", name: "msem lab/prod/scuba 2", marked: false };
    const plan = planOf({
      capability: lists,
      lists: [ours, taken],
      entries: [...inList("l1", ["192.0.2.0/32"]), ...inList("x2", ["198.51.100.1/32"])],
      desired: some(3),
    });
    expect(targets(plan)).toEqual([
      "192.0.2.1/32 -> l1 msem lab/prod/scuba 1",
      "192.0.2.2/32 -> new msem lab/prod/scuba 3",
    ]);
  });

  it("give the caller its new place before they take its old one", () => {
    const plan = planOf({
      capability: { ...lists, granularity: { kind: "lists", entriesPerList: 2, lists: 2 } },
      enforced: { ipv4: true, ipv6: true },
      lists: [ours, second],
      entries: [...inList("l1", ["192.0.2.0/32", "192.0.2.9/32"]), ...inList("l2", ["192.0.2.2/32", "192.0.2.3/32"])],
      desired: ["192.0.2.0/32", "192.0.2.8/31", "192.0.2.3/32", "192.0.2.4/32"],
      policy: { caller: ["192.0.2.9/32"] },
    });
    expect(targets(plan)).toEqual([
      "192.0.2.8/31 -> l2 msem lab/prod/scuba 2",
      "192.0.2.4/32 -> l1 msem lab/prod/scuba 1",
    ]);
    expect(codes(plan)).toEqual([]);
  });

  it("are refused where two callers would have to change places between them", () => {
    const plan = planOf({
      capability: { ...lists, granularity: { kind: "lists", entriesPerList: 1, lists: 2 } },
      enforced: { ipv4: true, ipv6: true },
      lists: [ours, second],
      entries: [...inList("l1", ["192.0.2.9/32"]), ...inList("l2", ["192.0.2.1/32"])],
      desired: ["192.0.2.8/31", "192.0.2.0/31"],
      policy: { caller: ["192.0.2.9/32", "192.0.2.1/32"] },
    });
    expect(codes(plan)).toEqual(["noSafeOrder"]);
  });
});

describe("a list in force", () => {
  it("keeps its last entry", () => {
    const plan = planOf({ entries: entriesOf(some(2)), owned: some(2) });
    expect(writes(plan)).toEqual(["remove 192.0.2.1/32"]);
    expect(plan.owned).toEqual(["192.0.2.0/32"]);
    expect(plan.warnings[0]).toBe(
      "kept 192.0.2.0/32: it is the last entry of a list in force. Switch the restriction off in the product, then remove it there",
    );
  });

  it("keeps one for each family where each has a list of its own, and one for both where it is one list", () => {
    const entries = entriesOf(["192.0.2.7/32", "2001:db8::/48"]);
    const owned = ["192.0.2.7/32", "2001:db8::/48"];
    expect(writes(planOf({ entries, owned }))).toEqual([]);
    expect(writes(planOf({ capability: { ...whole, compartments: "whole" }, entries, owned }))).toEqual([
      "remove 2001:db8::/48",
    ]);
  });

  it("does not count an entry that is switched off", () => {
    const entries = [
      ...entriesOf(["192.0.2.7/32"], { marked: true }),
      ...entriesOf(["198.51.100.1/32"], { inactive: true }),
    ];
    expect(writes(planOf({ capability: rows, entries }))).toEqual([]);
  });

  it("may lose its last entry where it is not in force", () => {
    const plan = planOf({
      capability: rows,
      enforced: { ipv4: false, ipv6: false },
      entries: entriesOf(some(1), { marked: true }),
    });
    expect(writes(plan)).toEqual(["remove 192.0.2.0/32"]);
  });
});

describe("the caller", () => {
  const entries = entriesOf(["192.0.2.0/25", "192.0.2.128/25", "198.51.100.1/32"]);
  const owned = ["192.0.2.0/25", "192.0.2.128/25"];

  it("keeps the entry that lets it in, and no other", () => {
    const plan = planOf({ entries, owned, policy: { caller: ["192.0.2.9/32"] } });
    expect(writes(plan)).toEqual(["remove 192.0.2.128/25"]);
    expect(plan.warnings[0]).toBe("kept 192.0.2.0/25: without it this machine (callerPrefixes) would be locked out");
  });

  it("needs it no longer when another entry lets it in", () => {
    const plan = planOf({ entries, owned, desired: ["192.0.2.8/29"], policy: { caller: ["192.0.2.9/32"] } });
    expect(writes(plan)).toEqual(["add 192.0.2.8/29", "remove 192.0.2.0/25", "remove 192.0.2.128/25"]);
  });

  it("keeps every part of a wide range that is let in", () => {
    const plan = planOf({ entries, owned, policy: { caller: ["192.0.0.0/22"] } });
    expect(writes(plan)).toEqual([]);
  });

  it("is kept in exclusive mode too, by an entry of somebody else", () => {
    const plan = planOf({
      entries,
      desired: ["192.0.2.128/25"],
      policy: { mode: "exclusive", caller: ["198.51.100.1/32"] },
    });
    expect(writes(plan)).toEqual(["remove 192.0.2.0/25"]);
  });

  it("is not kept by an entry that is switched off", () => {
    const plan = planOf({
      capability: rows,
      entries: [...entriesOf(["192.0.2.9/32"], { marked: true, inactive: true }), ...entriesOf(["198.51.100.1/32"])],
      policy: { caller: ["192.0.2.9/32"] },
    });
    expect(writes(plan)).toEqual(["remove 192.0.2.9/32"]);
  });
});

describe("an empty list", () => {
  const start = { startEnforcement: true };

  it("that is open to everybody is not filled unless asked for", () => {
    const plan = planOf({ desired: ["192.0.2.0/29", "192.0.2.16/31"] });
    expect(plan.refusals).toMatchObject([
      { code: "startEnforcement", measured: 2, limit: 0, override: "startEnforcement" },
    ]);
    expect(codes(planOf({ desired: ["192.0.2.0/29"], policy: { ...start, caller: ["192.0.2.1/32"] } }))).toEqual([]);
  });

  it("is judged for each family apart where each has a list of its own", () => {
    const situation = { desired: ["192.0.2.0/29", "2001:db8::/48"], entries: entriesOf(["198.51.100.1/32"]) };
    expect(planOf(situation).refusals).toMatchObject([{ code: "startEnforcement", measured: 1 }]);
    expect(codes(planOf({ ...situation, capability: { ...whole, compartments: "whole" } }))).toEqual([]);
  });

  it("that is harmless may be filled", () => {
    expect(codes(planOf({ capability: rows, desired: some(2) }))).toEqual([]);
  });

  it("is not filled by switching an entry of ours on either", () => {
    const entries = entriesOf(["192.0.2.7/32"], { marked: true, inactive: true });
    const enforced = { ipv4: false, ipv6: false };
    const plan = planOf({ capability: { ...rows, emptyMeans: "open" }, entries, enforced, desired: ["192.0.2.7/32"] });
    expect(codes(plan)).toEqual(["startEnforcement"]);
  });

  it("is not filled without the caller in it", () => {
    const plan = planOf({ desired: ["192.0.2.0/29"], policy: { ...start, caller: ["192.0.2.8/32"] } });
    expect(plan.refusals).toMatchObject([{ code: "callerLockedOut", measured: 1, override: "additionalPrefixes" }]);
  });

  it("is filled row by row beginning with the caller's", () => {
    const open: Capability = { ...rows, emptyMeans: "open" };
    const caller = ["192.0.2.44/32"];
    const plan = planOf({ capability: open, desired: [...some(2), ...caller], policy: { ...start, caller } });
    expect(writes(plan)).toEqual(["add 192.0.2.44/32", "add 192.0.2.0/32", "add 192.0.2.1/32"]);
    const two = planOf({ capability: open, desired: some(2), policy: { ...start, caller: some(2) } });
    expect(codes(two)).toEqual(["noSafeOrder"]);
  });

  it("where the product has no guard needs to know from where we call; where it has one, that is a warning", () => {
    const desired = ["192.0.2.0/29"];
    const unguarded = planOf({ capability: { ...whole, selfLockoutGuard: "none" }, desired, policy: start });
    expect(unguarded.refusals).toMatchObject([{ code: "callerUnknown", override: "callerPrefixes" }]);
    const guarded = planOf({ desired, policy: start });
    expect(codes(guarded)).toEqual([]);
    expect(guarded.warnings[0]).toContain("callerPrefixes is not given");
  });

  it("of the other family is pointed out", () => {
    const plan = planOf({ desired: ["192.0.2.0/29"], entries: entriesOf(["192.0.2.0/29"]), owned: ["192.0.2.0/29"] });
    expect(plan.warnings).toEqual(["only IPv4 is restricted, IPv6 is open to everybody: restrict both or neither"]);
  });
});

describe("exclusive mode", () => {
  const exclusive = { mode: "exclusive", caller: ["192.0.2.0/32"] } as const;
  const crowd = (foreign: number, ours: number) => ({
    entries: [...entriesOf(some(foreign, 500)), ...entriesOf(some(ours))],
    owned: some(ours),
    desired: some(ours),
  });

  it("removes up to five entries of other owners, and refuses six", () => {
    expect(codes(planOf({ ...crowd(5, 3), policy: exclusive }))).toEqual([]);
    const plan = planOf({ ...crowd(6, 3), policy: exclusive });
    expect(plan.refusals).toMatchObject([
      { code: "foreignRemovals", measured: 6, limit: 5, override: "guards.acceptForeignRemovals" },
    ]);
  });

  it("removes up to a tenth of a longer list, and refuses one more", () => {
    expect(codes(planOf({ ...crowd(8, 72), policy: exclusive }))).toEqual([]);
    expect(codes(planOf({ ...crowd(9, 71), policy: exclusive }))).toEqual(["foreignRemovals"]);
  });

  it("removes as many as the guard accepts, and refuses one more", () => {
    const policy = { ...exclusive, acceptForeignRemovals: 7 };
    expect(codes(planOf({ ...crowd(7, 3), policy }))).toEqual([]);
    expect(codes(planOf({ ...crowd(8, 3), policy }))).toEqual(["foreignRemovals"]);
  });

  it("leaves what is switched off and what is no address", () => {
    const entries = [
      ...entriesOf(some(1), { marked: true }),
      ...entriesOf(["198.51.100.1/32"], { inactive: true }),
      observedEntry("vpn.example.com"),
    ];
    expect(writes(planOf({ capability: rows, entries, desired: some(1), policy: exclusive }))).toEqual([]);
  });

  it("where the product has no guard needs to know from where we call", () => {
    const capability: Capability = { ...whole, selfLockoutGuard: "none" };
    const plan = planOf({ ...crowd(1, 3), capability, policy: { mode: "exclusive" } });
    expect(codes(plan)).toEqual(["callerUnknown"]);
  });
});

it("a list of which nothing fits is never taken as an empty one", () => {
  const capability: Capability = { ...whole, families: ["ipv4"] };
  const plan = planOf({ capability, desired: ["2001:db8::/48"], entries: entriesOf(some(2)), owned: some(2) });
  expect(plan.refusals).toMatchObject([{ code: "nothingFits", measured: 0, limit: 1 }]);
});
