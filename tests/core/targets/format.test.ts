/** Whole plans as people read them. */
import { observedEntry } from "../../../provider/core/targets/entries";
import { formatPlan } from "../../../provider/core/targets/format";
import { expectGolden } from "./goldens";
import { entriesOf, lists, planOf, rows, type Situation, some, whole } from "./situations";

describe("a plan as text", () => {
  const office = ["203.0.113.10-203.0.113.20", "198.51.100.7", "2001:db8:ffff::/48"];
  const goldens: Readonly<Record<string, Situation>> = {
    "first-run": { desired: ["192.0.2.0/29", "192.0.2.16/31", "2001:db8::/48"], entries: entriesOf(office) },
    "in-sync": {
      desired: some(3),
      entries: entriesOf([...some(3), "198.51.100.7"]),
      owned: some(3).slice(1),
      enforced: { ipv4: true, ipv6: true },
    },
    "weekly-change": {
      desired: [...some(6), "192.0.2.64/28"],
      entries: entriesOf([...some(6), ...office, "192.0.2.200/30", "vpn.example.com"]),
      owned: [...some(6), "192.0.2.200/30"],
    },
    "out-of-band-edits": {
      capability: { ...rows, maxEntries: 1_000 },
      desired: some(3),
      entries: [
        ...entriesOf(some(1), { marked: true, inactive: true }),
        ...entriesOf(some(1, 1), { marked: true }),
        ...entriesOf(["192.0.2.77/32"], { marked: true }),
        ...entriesOf(office),
      ],
    },
    "lists-of-two": {
      capability: lists,
      desired: some(4),
      lists: [
        { id: "l1", name: "msem lab/prod/scuba 1", marked: true },
        { id: "x1", name: "office", marked: false },
      ],
      entries: [
        observedEntry("192.0.2.0/32", { id: "l1", marked: true }),
        observedEntry("192.0.2.9/32", { id: "l1", marked: true }),
        observedEntry("198.51.100.7", { id: "x1", marked: false }),
      ],
    },
    exclusive: {
      desired: some(2),
      entries: entriesOf([...some(2), ...office, "203.0.113.99"]),
      owned: some(2),
      policy: { mode: "exclusive", caller: ["198.51.100.7/32"] },
    },
    destroy: { entries: entriesOf([...some(3)]), owned: some(3), policy: { caller: ["192.0.2.1/32"] } },
    "refused-open-list": { desired: ["192.0.2.0/29", "2001:db8::/48"], policy: { caller: ["198.51.100.7/32"] } },
    "refused-lock-out": {
      desired: ["192.0.2.0/29", "2001:db8::/48"],
      policy: { startEnforcement: true, caller: ["198.51.100.7/32", "203.0.113.1/32"] },
    },
    "refused-capacity": {
      capability: { ...rows, families: ["ipv4"], maxEntries: 12 },
      desired: [...some(10), ...["2001:db8::/48", "2001:db8:1::/48"]],
      entries: entriesOf(office),
    },
    "refused-lists": {
      capability: lists,
      desired: some(5),
      lists: [{ id: "x1", name: "office", marked: false }],
      entries: [observedEntry("198.51.100.7", { id: "x1", marked: false })],
    },
    "refused-foreign-removals": {
      desired: some(1),
      entries: entriesOf([...some(1), ...some(20, 100)]),
      owned: some(1),
      policy: { mode: "exclusive", caller: ["192.0.2.0/32"] },
    },
    "refused-no-safe-order": {
      capability: { ...rows, maxEntries: 1 },
      desired: ["192.0.2.8/30"],
      entries: entriesOf(["192.0.2.8/31"], { marked: true }),
    },
    "refused-unknown-caller": {
      capability: { ...whole, selfLockoutGuard: "none" },
      desired: ["192.0.2.0/29"],
      policy: { startEnforcement: true },
    },
    "refused-nothing-fits": {
      capability: { ...whole, families: ["ipv4"] },
      desired: ["2001:db8::/48"],
      entries: entriesOf(some(1)),
    },
  };

  it.each(Object.entries(goldens))("reads well: %s", (name, situation) => {
    expectGolden(name, formatPlan(planOf(situation)));
  });

  it("does not depend on the order in which a product gives its entries", () => {
    const situation = goldens["weekly-change"] as Situation;
    const turned = { ...situation, entries: [...(situation.entries ?? [])].reverse() };
    expect(formatPlan(planOf(turned))).toBe(formatPlan(planOf(situation)));
  });
});
