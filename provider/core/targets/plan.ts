/**
 * From what should be there and what is there to what must be done. Pure and deterministic: sorted, same input, same
 * plan; what is printed are the very objects that a target then carries out.
 *
 * Four things hold for every plan, whatever the inputs: in additive mode no entry of anybody else is removed; a list that
 * is in force never becomes empty; the caller's own address stays in; enforcement never starts unless asked for.
 */
import { type Prefix, parsePrefix, toInterval } from "../ip/index";
import { type Capability, misfit } from "./capability";
import { type Block, type ObservedAllowlist, type ObservedEntry, toBlock } from "./entries";
import { callerTest, compareEntries, orderRows, type Sorted, sorted, stepsOfLists, wrongBetween } from "./order";
import { type PackedList, pack } from "./packing";
import {
  foreignRemovals,
  judgeEnforcement,
  keepCaller,
  keepLast,
  noSafeOrder,
  nothingFits,
  tooMany,
  tooManyLists,
} from "./safety";

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
  /** `retained`: it should go, and a rule of safety keeps it. */
  readonly kept: "wanted" | "foreign" | "notUnderstood" | "retained";
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
    | "noSafeOrder"
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
    const entries = (byText.get(block.text) ?? []).toSorted(compareEntries);
    const active = entries.filter(({ inactive }) => inactive !== true);
    const chosen = active.find(ours) ?? active[0];
    const asleep = chosen === undefined ? entries.find(ours) : undefined;
    if (chosen !== undefined) {
      const claimed = ours(chosen) || (policy.adopt && byState);
      keeps.push({ verb: "keep", kept: "wanted", block, why, entry: chosen, ours: claimed });
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
      } else keeps.push({ verb: "keep", kept: "foreign", block, why: "not ours", entry, ours: false });
    }
  }

  const known = new Set(wanted.map(({ block }) => block.text));
  const isOneOfOurs = (entry: ObservedEntry, { text }: Block): boolean => {
    if (!ours(entry)) return false;
    const equal = byState ? byText.get(text) : undefined;
    return equal === undefined || equal.length === 1 || equal.toSorted(compareEntries)[0] === entry;
  };
  for (const entry of observed.entries) {
    const { block } = entry;
    if (block === undefined) {
      keeps.push({ verb: "keep", kept: "notUnderstood", why: "not understood, so left alone", entry, ours: false });
    } else if (known.has(block.text)) {
      // Seen above.
    } else if (isOneOfOurs(entry, block)) {
      removes.push({ verb: "remove", block, why: "no longer wanted", entry, ours: true });
    } else if (policy.mode === "exclusive" && entry.inactive !== true) {
      removes.push({ verb: "remove", block, why: "not ours, and the list is exclusive", entry, ours: false });
    } else {
      keeps.push({ verb: "keep", kept: "foreign", block, why: "not ours", entry, ours: false });
    }
  }
  return { adds, updates, removes: sorted(removes), keeps };
}

function skippedWarnings(skipped: readonly Skipped[]): string[] {
  return [...Map.groupBy(skipped, ({ reason }) => reason)].map(
    ([reason, group]) => `${group.length} left out, ${reason}: ${listed(group.map(({ prefix }) => prefix))}`,
  );
}

/** Order, lists and capacity. Adds come first: nobody loses access while entries move. */
function arrange(request: PlanRequest, draft: Draft): { changes: Change[]; refusals: PlanRefusal[] } {
  const { capability, observed } = request;
  const { granularity, maxEntries } = capability;
  const parts = { adds: sorted(draft.adds), updates: sorted(draft.updates), removes: sorted(draft.removes) };
  const keeps = keptLast(draft.keeps);
  const total = observed.entries.length + parts.adds.length - parts.removes.length;
  const foreign = keeps.filter(({ ours }) => !ours).length;
  const plain = [...parts.adds, ...parts.updates, ...parts.removes];
  if (maxEntries !== undefined && total > maxEntries && parts.adds.length > 0) {
    return { changes: [...plain, ...keeps], refusals: [tooMany(total, foreign, maxEntries)] };
  }
  if (granularity.kind === "list") return { changes: [...plain, ...keeps], refusals: [] };
  const { writes, refusals } = granularity.kind === "lists" ? inLists(request, parts) : inRows(request, parts);
  return { changes: [...writes, ...keeps], refusals };
}

/** What concerns us in order, then what others have, as the product gives it: there may be thousands. */
function keptLast(keeps: readonly Keep[]): Keep[] {
  const ours = ({ kept }: Keep): boolean => kept === "wanted" || kept === "retained";
  return [...sorted(keeps.filter(ours)), ...keeps.filter((keep) => !ours(keep))];
}

interface Ordered {
  readonly writes: (Add | Edit)[];
  readonly refusals: PlanRefusal[];
}

function inRows(request: PlanRequest, parts: Sorted): Ordered {
  const writes = orderRows(request, parts);
  if (writes === undefined) {
    return { writes: [...parts.adds, ...parts.updates, ...parts.removes], refusals: [noSafeOrder("full")] };
  }
  const wrong = wrongBetween(
    request,
    writes.map((write) => [write]),
  );
  return { writes, refusals: wrong === undefined ? [] : [noSafeOrder(wrong)] };
}

function inLists(request: PlanRequest, { adds, updates, removes }: Sorted): Ordered {
  const { capability, observed, listName } = request;
  const { granularity } = capability;
  if (granularity.kind !== "lists") return { writes: [], refusals: [] };
  const ofCaller = callerTest(request);
  const callersFirst = [...adds.filter(ofCaller), ...adds.filter((add) => !ofCaller(add))];
  const packed = pack({
    ...granularity,
    observed,
    adds: callersFirst,
    removes,
    ofCaller,
    listName: listName ?? String,
  });
  const writes = [...packed.adds, ...updates, ...removes];
  if (packed.lists > granularity.lists && adds.length > 0) {
    return { writes, refusals: [tooManyLists(packed.lists, packed.foreign, granularity)] };
  }
  const wrong = wrongBetween(request, stepsOfLists(writes, observed, granularity.entriesPerList));
  return { writes, refusals: wrong === undefined ? [] : [noSafeOrder(wrong)] };
}

const shown = 5;

/** A list for a message, cut with a count; a rest of one is shown instead of counted. */
export function listed(texts: readonly string[]): string {
  const rest = texts.length - shown;
  return rest <= 1 ? texts.join(", ") : `${texts.slice(0, shown).join(", ")} and ${rest} more`;
}
