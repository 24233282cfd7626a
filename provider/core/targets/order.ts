/**
 * In which order a plan is carried out, so that a run that ends after any write leaves a list that is safe: additions
 * come first, what lets the caller in comes before everything else, and a full table gives up only rows that may go.
 */
import {
  type AddressSet,
  addressSet,
  difference,
  type Family,
  type Interval,
  intersection,
  isEmpty,
  touches,
} from "../ip/index";
import { type Block, compareBlocks, type ObservedAllowlist, type ObservedEntry } from "./entries";
import type { Add, Edit, PlanRequest } from "./plan";
import { compartmentsOf, startsOf } from "./safety";

/** What one call of the product does, all at once or not at all. */
export type Step = readonly (Add | Edit)[];

/** In the order of blocks; what has none comes last, by its text. */
export function sorted<Item extends { readonly block?: Block; readonly entry?: ObservedEntry }>(
  items: readonly Item[],
): Item[] {
  return [...items].sort((a, b) => {
    if (a.block !== undefined && b.block !== undefined) {
      return compareBlocks(a.block, b.block) || compareEntries(a.entry, b.entry);
    }
    if (a.block === undefined && b.block === undefined) return compareEntries(a.entry, b.entry);
    return a.block === undefined ? 1 : -1;
  });
}

/** Entries that admit the same: by their id, then as written. */
export function compareEntries(a: ObservedEntry | undefined, b: ObservedEntry | undefined): number {
  return compareTexts(a?.id ?? "", b?.id ?? "") || compareTexts(a?.text ?? "", b?.text ?? "");
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a change is about the caller's own address. */
export function callerTest({ policy }: Pick<PlanRequest, "policy">): (change: { readonly block: Block }) => boolean {
  if (policy.caller.length === 0) return () => false;
  const caller = addressSet(policy.caller);
  return ({ block }) => touches(caller, block.interval);
}

export interface Sorted {
  readonly adds: readonly Add[];
  readonly updates: readonly Edit[];
  readonly removes: readonly Edit[];
}

/** Rows, one after another. Undefined when a full table allows no order that is safe at each row. */
export function orderRows(request: PlanRequest, { adds, updates, removes }: Sorted): (Add | Edit)[] | undefined {
  const { capability, observed } = request;
  const ofCaller = callerTest(request);
  const first = <Change extends Add | Edit>(changes: readonly Change[], wanted: boolean): Change[] =>
    changes.filter((change) => ofCaller(change) === wanted);
  const puts = [...first(updates, true), ...first(adds, true), ...first(adds, false), ...first(updates, false)];
  const room = capability.maxEntries ?? Number.POSITIVE_INFINITY;
  let total = observed.entries.length;
  if (total + adds.length <= room) return [...puts, ...removes];

  // A full table takes a new row only after an old one has gone: no more of those than must, the caller's own last.
  const left = countActive(request);
  const early = [...first(removes, false), ...first(removes, true)];
  const order: (Add | Edit)[] = [];
  const gone = new Set<Edit>();
  let callersToCome = first(adds, true).length;
  for (const put of puts) {
    while (put.verb === "add" && total >= room) {
      const next = early.find(
        (edit) => !gone.has(edit) && (callersToCome === 0 || !ofCaller(edit)) && left.mayLose(edit),
      );
      if (next === undefined) return undefined;
      gone.add(next);
      left.change(next);
      order.push(next);
      total--;
    }
    left.change(put);
    order.push(put);
    if (put.verb !== "add") continue;
    total++;
    if (ofCaller(put)) callersToCome--;
  }
  return [...order, ...removes.filter((edit) => !gone.has(edit))];
}

/**
 * Writes of whole lists: new ones, then additions to lists that have room for them, then lists in which old entries make
 * room for new ones in one write, then removals. So nothing is outside while it moves from one list to another.
 */
export function stepsOfLists(
  changes: readonly (Add | Edit)[],
  { entries }: ObservedAllowlist,
  entriesPerList: number,
): Step[] {
  const steps: [Step[], Step[], Step[], Step[]] = [[], [], [], []];
  const idOf = (change: Add | Edit) => (change.verb === "add" ? change.list?.id : change.entry.id);
  const byList = Map.groupBy(
    changes,
    (change) => idOf(change) ?? (change.verb === "add" ? change.list : undefined)?.name,
  );
  for (const step of byList.values()) {
    const id = idOf(step[0] as Add | Edit);
    const adds = step.filter(({ verb }) => verb !== "remove");
    const removes = step.filter(({ verb }) => verb === "remove");
    const room = entriesPerList - entries.filter((entry) => entry.id === id).length;
    if (id === undefined) steps[0].push(step);
    else if (adds.length > room) steps[2].push(step);
    else {
      if (adds.length > 0) steps[1].push(adds);
      if (removes.length > 0) steps[3].push(removes);
    }
  }
  return steps.flat();
}

/** What would be wrong between two steps although the end is right. */
export function wrongBetween(request: PlanRequest, steps: readonly Step[]): "caller" | "empty" | undefined {
  if (steps.length < 2 || isPlainlySafe(request, steps)) return undefined;
  const left = countActive(request);
  const watch = watchCaller(request, steps);
  for (const step of steps.slice(0, -1)) {
    for (const change of step) left.change(change);
    if (left.emptied()) return "empty";
    if (watch(step)) return "caller";
  }
  return undefined;
}

/** While nothing goes before everything has come, each list between is wider than the last one, which is safe. */
function isPlainlySafe(request: PlanRequest, steps: readonly Step[]): boolean {
  const flat = steps.flat();
  const firstGone = flat.findIndex(({ verb }) => verb === "remove");
  const lastCome = flat.findLastIndex(({ verb }) => verb !== "remove");
  return (firstGone < 0 || lastCome < firstGone) && !startsOf(request, flat);
}

/** Counts entries that let somebody in, for each part of a list that is in force. */
function countActive({ capability, observed }: PlanRequest): {
  change(change: Add | Edit): void;
  mayLose(edit: Edit): boolean;
  emptied(): boolean;
} {
  const parts = compartmentsOf(capability).map((families) => ({
    families,
    inForce: families.some((family) => observed.enforced[family]),
    count: 0,
  }));
  const partOf = (family: Family) => parts.find(({ families }) => families.includes(family));
  for (const { block, inactive } of observed.entries) {
    const part = block === undefined || inactive === true ? undefined : partOf(block.interval.family);
    if (part !== undefined) part.count++;
  }
  const had = new Set(parts.filter(({ inForce, count }) => inForce && count > 0));
  return {
    change: (change) => {
      const part = partOf(change.block.interval.family);
      if (part === undefined) return;
      if (change.verb !== "remove") part.count++;
      else if (change.entry.inactive !== true) part.count--;
    },
    mayLose: ({ block, entry }) => {
      const part = partOf(block.interval.family);
      return entry.inactive === true || part === undefined || !had.has(part) || part.count > 1;
    },
    emptied: () => [...had].some(({ count }) => count <= 0),
  };
}

/** Follows what of the caller's addresses gets in, and tells when a step shuts out some that the end lets in. */
function watchCaller(request: PlanRequest, steps: readonly Step[]): (step: Step) => boolean {
  const { capability, observed, policy } = request;
  const ofCaller = callerTest(request);
  const admitted = new Map<object, Interval>();
  for (const entry of observed.entries) {
    const { block, inactive } = entry;
    if (block !== undefined && inactive !== true && ofCaller({ block })) admitted.set(entry, block.interval);
  }
  const apply = (into: Map<object, Interval>, step: Step): void => {
    for (const change of step) {
      if (change.verb === "remove") into.delete(change.entry);
      else if (ofCaller(change)) into.set(change, change.block.interval);
    }
  };
  const end = new Map(admitted);
  for (const step of steps) apply(end, step);
  const reached = addressSet(end.values());
  const restricted = new Set<Family>(
    capability.emptyMeans === "open"
      ? (["ipv4", "ipv6"] as const).filter((family) => observed.enforced[family])
      : ["ipv4", "ipv6"],
  );
  let inside: AddressSet = intersection(addressSet(admitted.values()), reached);
  return (step) => {
    apply(admitted, step);
    for (const families of compartmentsOf(capability)) {
      const starts = step.some(({ verb, block }) => verb !== "remove" && families.includes(block.interval.family));
      if (!starts || families.some((family) => restricted.has(family))) continue;
      for (const family of families) restricted.add(family);
      // Nobody was kept out until now.
      inside = intersection(addressSet(policy.caller.filter(({ family }) => restricted.has(family))), reached);
    }
    return !isEmpty(difference(inside, addressSet(admitted.values())));
  };
}
