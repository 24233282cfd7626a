/**
 * From what should be there and what is there to what must be done. Pure and deterministic: sorted, same input, same
 * plan; what is printed are the very objects that a target then carries out.
 *
 * Four things hold for every plan, whatever the inputs: in additive mode no entry of anybody else is removed; a list that
 * is in force never becomes empty; the caller's own address stays in; enforcement never starts unless asked for.
 */
import { type Prefix, parsePrefix, toInterval } from "../ip/index";
import { type Capability, misfit } from "./capability";
import { type Block, compareBlocks, type ObservedAllowlist, type ObservedEntry, toBlock } from "./entries";
import { type PackedList, pack } from "./packing";
import { foreignRemovals, judgeEnforcement, keepCaller, keepLast, nothingFits } from "./safety";

/** An entry to be made. */
export interface Add {
  readonly verb: "add";
  readonly block: Block;
  readonly why: string;
  /** Which list takes it, where the product has several. */
  readonly list?: PackedList;
}

/** An entry to be changed. `update` switches one of ours on again. */
export interface Edit {
  readonly verb: "update" | "remove";
  readonly block: Block;
  readonly why: string;
  readonly entry: ObservedEntry;
  readonly ours: boolean;
}

/** An entry to be left. Without a block: one that we do not understand. */
export interface Keep {
  readonly verb: "keep";
  readonly block?: Block;
  readonly why: string;
  readonly entry: ObservedEntry;
  readonly ours: boolean;
}

/** One thing to do, or to leave. */
export type Change = Add | Edit | Keep;

/** What a plan must not do; nothing is written while there is one. */
export interface PlanRefusal {
  readonly code:
    | "capacity"
    | "lists"
    | "startEnforcement"
    | "callerUnknown"
    | "callerLockedOut"
    | "foreignRemovals"
    | "nothingFits";
  /** What, why, and the way out. */
  readonly message: string;
  readonly measured?: number;
  readonly limit?: number;
  /** The argument that overrides it. */
  readonly override?: string;
}

export interface Policy {
  /** `additive`: only entries of ours are ever removed. `exclusive`: everybody else's are drift. */
  readonly mode: "additive" | "exclusive";
  /** Whether an unrestricted list may be filled, which shuts out everybody who is not in it. */
  readonly startEnforcement: boolean;
  /** Addresses from which we call the product; empty when nobody said. */
  readonly caller: readonly Prefix[];
  /** Takes over entries that stand there already and are wanted, where only state tells ours. */
  readonly adopt: boolean;
  /** Exclusive mode: as many removals of other people's entries at once are fine. */
  readonly acceptForeignRemovals?: number;
}

export interface PlanRequest {
  /** Canonical prefix → why it should be there. Empty: remove what is ours. */
  readonly desired: Readonly<Record<string, string>>;
  readonly observed: ObservedAllowlist;
  /** Canonical texts of the blocks that we added, where only state tells. */
  readonly owned: ReadonlySet<string>;
  readonly capability: Capability;
  readonly policy: Policy;
  /** Name of our n-th list, from 1, where the product has several. */
  readonly listName?: (ordinal: number) => string;
}

/** A wanted prefix that the product cannot hold. */
export interface Skipped {
  readonly prefix: string;
  readonly reason: string;
}

export interface Plan {
  /** In order of execution; what is kept stands at the end. */
  readonly changes: readonly Change[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  readonly refusals: readonly PlanRefusal[];
  /** Canonical texts of the blocks that are ours once the plan is carried out, in order. */
  readonly owned: readonly string[];
}

/** The changes that write; none: the product is as it should be. */
export function writesOf({ changes }: Pick<Plan, "changes">): (Add | Edit)[] {
  return changes.filter((change) => change.verb !== "keep");
}

export function planAllowlist(request: PlanRequest): Plan {
  const { wanted, skipped } = sortWanted(request);
  const draft = compare(request, wanted);
  const warnings = [...skippedWarnings(skipped), ...keepCaller(request, draft), ...keepLast(request, draft)];
  const safety = judgeEnforcement(request, draft);
  const { changes, refusals } = arrange(request, draft);
  const owned = changes.filter((change) => change.verb === "add" || (change.verb !== "remove" && change.ours));
  return {
    changes,
    skipped,
    warnings: [...warnings, ...safety.warnings],
    refusals: [
      ...(wanted.length === 0 && skipped.length > 0 ? [nothingFits(skipped.length)] : []),
      ...foreignRemovals(request, draft),
      ...safety.refusals,
      ...refusals,
    ],
    owned: [...new Set(sorted(owned).map(({ block }) => block?.text ?? ""))],
  };
}

interface Wanted {
  readonly block: Block;
  readonly why: string;
}

function sortWanted({ desired, capability }: PlanRequest): { wanted: Wanted[]; skipped: Skipped[] } {
  const wanted: Wanted[] = [];
  const skipped: Skipped[] = [];
  for (const { prefix, block, why } of sorted(Object.entries(desired).map(readWanted))) {
    const reason = misfit(capability, prefix);
    if (reason === undefined) wanted.push({ block, why });
    else skipped.push({ prefix: block.text, reason });
  }
  return { wanted, skipped };
}

function readWanted([text, why]: readonly [string, string]): Wanted & { readonly prefix: Prefix } {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return { prefix: parsed.value, block: toBlock(toInterval(parsed.value)), why };
}

/** A plan before order, lists and capacity. The rules of safety turn removals into entries that are kept. */
export interface Draft {
  readonly adds: readonly Add[];
  readonly updates: readonly Edit[];
  removes: Edit[];
  readonly keeps: Keep[];
}

function compare({ observed, owned, capability, policy }: PlanRequest, wanted: readonly Wanted[]): Draft {
  const byState = capability.ownership === "state";
  const ours = ({ block, marked }: ObservedEntry): boolean =>
    byState ? block !== undefined && owned.has(block.text) : marked === true;
  const adds: Add[] = [];
  const updates: Edit[] = [];
  const removes: Edit[] = [];
  const keeps: Keep[] = [];

  const byText = Map.groupBy(observed.entries, ({ block }) => block?.text);
  for (const { block, why } of wanted) {
    const entries = byText.get(block.text) ?? [];
    const active = entries.filter(({ inactive }) => inactive !== true);
    const chosen = active.find(ours) ?? active[0];
    const asleep = chosen === undefined ? entries.find(ours) : undefined;
    if (chosen !== undefined) {
      const claimed = ours(chosen) || (policy.adopt && byState);
      keeps.push({ verb: "keep", block, why, entry: chosen, ours: claimed });
    } else if (asleep !== undefined) {
      updates.push({ verb: "update", block, why: "somebody switched it off", entry: asleep, ours: true });
    } else {
      adds.push({ verb: "add", block, why });
    }
    for (const entry of entries) {
      if (entry === chosen || entry === asleep) continue;
      // Where only state tells, one of two equal entries may be somebody else's.
      if (!byState && ours(entry)) {
        removes.push({ verb: "remove", block, why: "ours, a second time", entry, ours: true });
      } else keeps.push({ verb: "keep", block, why: "not ours", entry, ours: false });
    }
  }

  const known = new Set(wanted.map(({ block }) => block.text));
  for (const entry of observed.entries) {
    const { block } = entry;
    if (block === undefined) {
      keeps.push({ verb: "keep", why: "not understood, so left alone", entry, ours: false });
    } else if (known.has(block.text)) {
      // Seen above.
    } else if (ours(entry)) {
      removes.push({ verb: "remove", block, why: "no longer wanted", entry, ours: true });
    } else if (policy.mode === "exclusive" && entry.inactive !== true) {
      removes.push({ verb: "remove", block, why: "not ours, and the list is exclusive", entry, ours: false });
    } else {
      keeps.push({ verb: "keep", block, why: "not ours", entry, ours: false });
    }
  }
  return { adds, updates, removes, keeps };
}

function skippedWarnings(skipped: readonly Skipped[]): string[] {
  return [...Map.groupBy(skipped, ({ reason }) => reason)].map(
    ([reason, group]) => `${group.length} left out, ${reason}: ${listed(group.map(({ prefix }) => prefix))}`,
  );
}

/** Order, lists and capacity. Adds come first: nobody loses access while rows move. */
function arrange(
  { capability, observed, listName }: PlanRequest,
  draft: Draft,
): { changes: Change[]; refusals: PlanRefusal[] } {
  const { granularity, maxEntries } = capability;
  const adds = sorted(draft.adds);
  const updates = sorted(draft.updates);
  const removes = sorted(draft.removes);
  const keeps = sorted(draft.keeps);
  const refusals: PlanRefusal[] = [];
  const total = observed.entries.length + adds.length - removes.length;
  const foreign = keeps.filter(({ ours }) => !ours).length;
  if (maxEntries !== undefined && total > maxEntries && adds.length > 0) {
    refusals.push({
      code: "capacity",
      message: `${total} entries would stand in the list, ${foreign} of them of other owners; the limit is ${maxEntries}`,
      measured: total,
      limit: maxEntries,
    });
  }
  if (granularity.kind === "lists") {
    const packed = pack({ ...granularity, observed, adds, removes, listName: listName ?? String });
    if (packed.lists > granularity.lists && adds.length > 0) {
      refusals.push({
        code: "lists",
        message: `${packed.lists} lists of ${granularity.entriesPerList} would be needed, ${packed.foreign} of them of other owners; the limit is ${granularity.lists}`,
        measured: packed.lists,
        limit: granularity.lists,
      });
    }
    return { changes: [...packed.adds, ...updates, ...removes, ...keeps], refusals };
  }
  // A full table takes a new row only after an old one has gone: no more of those than must.
  const room = granularity.kind === "entry" && maxEntries !== undefined ? maxEntries : Number.POSITIVE_INFINITY;
  const early = Math.max(0, Math.min(removes.length, observed.entries.length + adds.length - room));
  return {
    changes: [...removes.slice(0, early), ...adds, ...updates, ...removes.slice(early), ...keeps],
    refusals,
  };
}

/** In the order of blocks; what has none comes last, by its text. */
function sorted<Item extends { readonly block?: Block; readonly entry?: ObservedEntry }>(
  items: readonly Item[],
): Item[] {
  return [...items].sort((a, b) => {
    if (a.block !== undefined && b.block !== undefined) {
      return compareBlocks(a.block, b.block) || compareTexts(a.entry?.id ?? "", b.entry?.id ?? "");
    }
    if (a.block === undefined && b.block === undefined) return compareTexts(a.entry?.text ?? "", b.entry?.text ?? "");
    return a.block === undefined ? 1 : -1;
  });
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const shown = 5;

/** A list for a message, cut with a count; a rest of one is shown instead of counted. */
export function listed(texts: readonly string[]): string {
  const rest = texts.length - shown;
  return rest <= 1 ? texts.join(", ") : `${texts.slice(0, shown).join(", ")} and ${rest} more`;
}
