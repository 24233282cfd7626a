/**
 * Whatever is wanted, whoever else edits the list, wherever a run ends: after every single write of every plan the list
 * is safe. Random histories on a product in memory, for each shape of capability that ships and some that do not.
 */
import fc from "fast-check";
import { type Prefix, parsePrefix } from "../../../provider/core/ip/index";
import { type Capability, misfit } from "../../../provider/core/targets/capability";
import { formatPlan } from "../../../provider/core/targets/format";
import { type Plan, type PlanRefusal, planAllowlist } from "../../../provider/core/targets/plan";
import { targets } from "../../../provider/vendors/targets";
import { type Event, type History, history } from "./histories";
import { judge, keptCounts } from "./judgement";
import { type Entry, elsewhere, Product, prefixText, rangeText, type Span } from "./simulator";

jest.setTimeout(300_000);

const runs = 1_000;
/** The same at every run: by these it is judged whether the histories do enough, which must not depend on luck. */
const fixedRuns = 250;
const seed = 20_261_124;

const base = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix"],
  granularity: { kind: "list" },
  ownership: "state",
  compartments: "family",
  emptyMeans: "open",
  selfLockoutGuard: "server",
  concurrency: "none",
  source: "made up",
  lastVerified: "never",
} as const satisfies Capability;

const shapes: Readonly<Record<string, Capability>> = {
  "a whole list of at most 5": { ...base, maxEntries: 5 },
  "a whole list for both families, no guard": { ...base, compartments: "whole", selfLockoutGuard: "none" },
  "rows with a mark, at most 5": { ...base, granularity: { kind: "entry" }, ownership: "mark", maxEntries: 5 },
  "rows with a mark, harmless when empty, at most 6": {
    ...base,
    granularity: { kind: "entry" },
    ownership: "mark",
    emptyMeans: "harmless",
    compartments: "whole",
    maxEntries: 6,
  },
  "rows known from state, no guard": {
    ...base,
    granularity: { kind: "entry" },
    compartments: "whole",
    selfLockoutGuard: "none",
  },
  "3 lists of 2": {
    ...base,
    granularity: { kind: "lists", entriesPerList: 2, lists: 3 },
    ownership: "list",
    compartments: "whole",
  },
  "3 lists of 2, a part for each family": {
    ...base,
    granularity: { kind: "lists", entriesPerList: 2, lists: 3 },
    ownership: "list",
    emptyMeans: "harmless",
  },
  "IPv4 only, /30 and narrower": { ...base, families: ["ipv4"], shortest: { ipv4: 30 }, maxEntries: 7 },
  ...Object.fromEntries(targets.map(({ kind, capability }) => [`the target ${kind}`, capability])),
};

interface Tally {
  plans: number;
  writes: number;
  stopped: number;
  readonly refusals: Map<PlanRefusal["code"], number>;
}

const emptyTally = (): Tally => ({ plans: 0, writes: 0, stopped: 0, refusals: new Map() });
const seen = new Map<string, Tally>();

describe.each(Object.entries(shapes))("after every write, with %s", (name, capability) => {
  it(`holds what must hold in ${runs} random histories`, () => {
    const lived = fc.property(history, (one) => live(capability, one, emptyTally()));
    fc.assert(lived, { numRuns: runs });
  });

  it("is asked often enough: a property that is never asked holds always", () => {
    const tally = emptyTally();
    seen.set(name, tally);
    const lived = fc.property(history, (one) => live(capability, one, tally));
    fc.assert(lived, { numRuns: fixedRuns, seed });
    expect(tally.plans).toBeGreaterThan(fixedRuns / 2);
    expect(tally.writes).toBeGreaterThan(fixedRuns / 2);
    expect(tally.stopped).toBeGreaterThan(fixedRuns / 20);
  });
});

it("these histories meet every refusal", () => {
  const codes = new Set([...seen.values()].flatMap(({ refusals }) => [...refusals.keys()]));
  expect([...codes].sort()).toEqual([
    "callerLockedOut",
    "callerUnknown",
    "capacity",
    "foreignRemovals",
    "lists",
    "noSafeOrder",
    "nothingFits",
    "startEnforcement",
  ]);
});

function live(capability: Capability, { inForce, room, events, shuffle }: History, tally: Tally): void {
  const product = new Product({ capability, inForce });
  const spans = new Map<string, Span>();
  const textOf = (span: Span): string => {
    const text = prefixText(span);
    spans.set(text, span);
    return text;
  };
  const spanOf = (text: string): Span => spans.get(text) as Span;
  let owned: ReadonlySet<string> = new Set();
  if (room !== undefined) crowd(product, capability, room);

  for (const one of events) {
    if (one.kind !== "apply") {
      edit(product, capability, one, textOf);
      if (capability.ownership === "state") settle(product, owned);
      continue;
    }
    const caller = one.policy.caller.map(textOf).map(prefixOf);
    const request = {
      desired: Object.fromEntries(one.desired.map((span) => [textOf(span), "wanted"])),
      owned,
      capability,
      policy: { ...one.policy, caller },
      listName: (ordinal: number) => `ours ${ordinal}`,
    };
    const observed = product.read();
    const plan = planAllowlist({ ...request, observed });
    const mixed = planAllowlist({ ...request, observed: { ...observed, ...shuffled(observed, shuffle) } });
    expect(formatPlan(mixed)).toBe(formatPlan(plan));
    for (const { code } of plan.refusals) tally.refusals.set(code, (tally.refusals.get(code) ?? 0) + 1);
    if (plan.refusals.length > 0) continue;

    tally.plans++;
    if (one.policy.mode === "exclusive") {
      const foreign = plan.changes.filter((change) => change.verb === "remove" && !change.ours).length;
      const limit = Math.max(5, Math.floor(observed.entries.length / 10), one.policy.acceptForeignRemovals ?? 0);
      expect(foreign).toBeLessThanOrEqual(limit);
    }
    const steps = product.writesOf(plan);
    tally.writes += steps.length;
    const until = Math.min(steps.length, one.ends?.after ?? steps.length);
    const adopted = adoptedBy(plan, owned);
    for (const step of steps.slice(0, until)) {
      const before = product.picture();
      const countsBefore = product.counts();
      product.take(step, spanOf);
      judge(capability, one.policy, before, product.picture());
      if (capability.ownership === "state" && one.policy.mode === "additive") {
        keptCounts(countsBefore, product, before.foreign);
      }
    }
    const whole = until === steps.length && one.ends?.how !== "killed";
    if (until < steps.length) tally.stopped++;
    if (whole) {
      owned = new Set(plan.owned);
      if (capability.ownership === "state") {
        for (const entry of product.entries) if (adopted.has(entry.text)) entry.ours = true;
      }
      const again = planAllowlist({ ...request, owned, observed: product.read() });
      expect(formatPlan(again)).toMatch(/^nothing to do(\n|$)/);
      expect(plan.skipped.map(({ prefix }) => prefix).sort()).toEqual(
        Object.keys(request.desired)
          .filter((text) => misfit(capability, prefixOf(text)) !== undefined)
          .sort(),
      );
      const there = new Set(product.entries.filter(({ active }) => active).map(({ text }) => text));
      const skipped = new Set(plan.skipped.map(({ prefix }) => prefix));
      for (const text of Object.keys(request.desired))
        expect([text, there.has(text) || skipped.has(text)]).toEqual([text, true]);
    } else if (one.ends?.how === "failed") {
      const there = product.counts();
      const claimed = new Set([
        ...owned,
        ...plan.owned,
        ...plan.changes.flatMap((c) => (c.verb === "add" ? [c.block.text] : [])),
      ]);
      owned = new Set([...claimed].filter((text) => there.has(text)));
    }
    if (capability.ownership === "state") settle(product, owned);
  }
}

/** Entries of others that a plan takes over, as it was asked to. */
function adoptedBy({ changes }: Plan, owned: ReadonlySet<string>): Set<string> {
  return new Set(
    changes.flatMap((change) =>
      change.verb === "keep" && change.ours && change.block !== undefined && !owned.has(change.block.text)
        ? [change.entry.text]
        : [],
    ),
  );
}

/** Where nothing in the product tells, ours is what state names, one entry of each; all else belongs to others. */
function settle(product: Product, owned: ReadonlySet<string>): void {
  for (const [text, entries] of Map.groupBy(product.entries, ({ text: written }) => written)) {
    const ours = entries.find(({ ours: known }) => known) ?? entries[0];
    for (const entry of entries) entry.ours = owned.has(text) && entry === ours;
  }
}

function edit(
  product: Product,
  capability: Capability,
  one: Exclude<Event, { kind: "apply" }>,
  textOf: (span: Span) => string,
): void {
  const { granularity } = capability;
  const pick = (at: number): Entry | undefined => product.entries[at % Math.max(1, product.entries.length)];
  const put = (text: string, span: Span | undefined, at: number): void => {
    if (granularity.kind !== "lists") {
      product.put(text, span, false);
      return;
    }
    // Into a list of theirs, or into one of ours: then it is ours.
    const open = product.lists.filter(
      ({ id }) => product.entries.filter(({ list }) => list === id).length < granularity.entriesPerList,
    );
    const list = open[at % Math.max(1, open.length + 1)];
    if (list !== undefined) product.put(text, span, list.marked, list.id);
    else if (product.lists.length < granularity.lists)
      product.put(text, span, false, product.makeList("theirs", false));
  };
  switch (one.kind) {
    case "hostName":
      if (capability.compartments === "family" && granularity.kind !== "lists") put("vpn.example.com", undefined, 0);
      return;
    case "foreign": {
      const size = one.span.last - one.span.first + 1;
      const whole = Number.isInteger(Math.log2(size)) && one.span.first % size === 0;
      put(whole && !one.range ? textOf(one.span) : asRange(one.span, whole, textOf), one.span, one.at);
      return;
    }
    case "foreignTwin": {
      const twin = pick(one.at);
      if (twin?.span !== undefined && twin.span !== elsewhere) put(twin.text, twin.span, one.at);
      return;
    }
    case "removed": {
      const entry = pick(one.at);
      if (entry !== undefined) product.drop(entry);
      return;
    }
    case "switchedOff": {
      const entry = pick(one.at);
      if (entry !== undefined && granularity.kind === "entry") entry.active = false;
      return;
    }
    case "moved": {
      const entry = pick(one.at);
      if (entry === undefined) return;
      entry.text = textOf(one.span);
      entry.span = one.span;
    }
  }
}

/** A range that is a prefix is the same block to everybody. */
function asRange(span: Span, whole: boolean, textOf: (span: Span) => string): string {
  return whole ? textOf(span) : rangeText(span);
}

/** Other people's entries, outside the neighbourhood, up to a few places below the capacity. */
function crowd(product: Product, { maxEntries, granularity }: Capability, room: number): void {
  const limit = granularity.kind === "lists" ? granularity.lists * granularity.entriesPerList : (maxEntries ?? 0);
  const listSize = granularity.kind === "lists" ? granularity.entriesPerList : 1;
  const count = Math.max(0, limit - room);
  let list: string | undefined;
  for (let index = 0; index < count; index++) {
    if (granularity.kind === "lists" && index % listSize === 0) list = product.makeList(`theirs ${index}`, false);
    product.put(`10.0.${index >>> 8}.${index & 255}/32`, elsewhere, false, list);
  }
}

function shuffled(
  { entries, lists }: ReturnType<Product["read"]>,
  seed: number,
): Pick<ReturnType<Product["read"]>, "entries" | "lists"> {
  const mix = <Item>(items: readonly Item[]): Item[] =>
    items
      .map((item, index) => ({ item, rank: Math.imul(index + 1, (seed | 1) * 2_654_435_761) >>> 0 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  return { entries: mix(entries), ...(lists === undefined ? {} : { lists: mix(lists) }) };
}

function prefixOf(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}
