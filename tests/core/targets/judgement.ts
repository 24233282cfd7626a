/** What must hold after every single write, whatever the plan was. */

import type { Family } from "../../../provider/core/ip/index";
import type { Capability } from "../../../provider/core/targets/capability";
import type { Policy } from "../../../provider/core/targets/plan";
import { bitsOfSpan, type Picture, type Product, prefixText, type Span } from "./simulator";

/** Cheaper than `expect`, which these histories would call a million times. */
function hold(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

export function judge(
  { granularity, maxEntries, emptyMeans, compartments, ownership }: Capability,
  { mode, startEnforcement, caller }: Omit<Policy, "caller"> & { readonly caller: readonly Span[] },
  before: Picture,
  after: Picture,
): void {
  if (mode === "additive" && ownership !== "state") {
    const kept = new Set(after.foreign);
    for (const one of before.foreign) hold(kept.has(one), () => `${one}, of somebody else, is gone`);
  }
  const grown = (limit: number, count: (picture: Picture) => number): boolean =>
    count(after) > limit && count(after) > count(before);
  if (maxEntries !== undefined) {
    hold(!grown(maxEntries, ({ total }) => total), () => `${after.total} entries of ${maxEntries}`);
  }
  if (granularity.kind === "lists") {
    hold(!grown(granularity.lists, ({ lists }) => lists), () => `${after.lists} lists of ${granularity.lists}`);
    hold(!grown(granularity.entriesPerList, ({ fullestOfOurs }) => fullestOfOurs), () => "a list is too long");
  }
  const parts: readonly (readonly Family[])[] = compartments === "family" ? [["ipv4"], ["ipv6"]] : [["ipv4", "ipv6"]];
  for (const families of parts) {
    const full = ({ active }: Picture) => families.some((family) => active[family] > 0);
    const inForce = ({ enforced }: Picture) => families.some((family) => enforced[family]);
    hold(!(inForce(before) && full(before)) || full(after), () => `the ${families} list in force became empty`);
    const started = emptyMeans === "open" && !inForce(before) && inForce(after);
    hold(!started || startEnforcement, () => `the restriction of ${families} began unasked`);
    for (const family of families) {
      const reach = ({ enforced, admitted }: Picture) => (enforced[family] ? admitted[family] : 0xffff_ffff);
      for (const span of caller) {
        const lost = span.family === family && (bitsOfSpan(span) & reach(before) & ~reach(after)) !== 0;
        hold(!lost, () => `the caller ${prefixText(span)} was locked out`);
      }
    }
  }
}

/** Where nothing tells equal entries apart: of each text at least as many are left as other people made. */
export function keptCounts(before: Map<string, number>, product: Product, foreign: readonly string[]): void {
  const after = product.counts();
  for (const text of before.keys()) {
    const theirs = foreign.filter((one) => one === text).length;
    hold((after.get(text) ?? 0) >= theirs, () => `${text}, of somebody else, is gone`);
  }
}
