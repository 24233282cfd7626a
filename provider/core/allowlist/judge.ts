/**
 * The one verdict engine. For each desired prefix: `present` is one entry that is exactly the prefix; `covered` a wider
 * entry, or several that together make it; `partial` some of its addresses; `missing` none; `shadowed` a stronger deny of
 * the same traffic takes it; `undecided` a term that cannot be resolved could change the answer; `unsupported` the list
 * cannot hold it. Pure; n log n in prefixes and entries.
 */
import {
  type AddressSet,
  addressSet,
  type Block,
  comparePrefixes,
  coverageOf,
  covers,
  difference,
  intersection,
  isEmpty,
  type Prefix,
  touches,
} from "../ip/index";
import { type Admission, admissionOf, type Taker } from "./admission";
import { type Capability, type Capacity, entriesFor, limitOf } from "./capability";
import { type ExtraEntry, type ExtraVerdict, findExtras } from "./extras";
import type { Model, NamedSet, Rule } from "./model";
import { indexSources, type Source, type SourceIndex } from "./nesting";
import { extentOf, type Leaf, pathOf } from "./resolve";
import { type Selection, type Subject, select } from "./select";

/** What became of a desired prefix. */
export type PrefixVerdict = "present" | "covered" | "partial" | "missing" | "shadowed" | "undecided" | "unsupported";

export const prefixVerdicts: readonly PrefixVerdict[] = [
  "present",
  "covered",
  "partial",
  "missing",
  "shadowed",
  "undecided",
  "unsupported",
];

export const extraVerdicts: readonly ExtraVerdict[] = ["stale", "foreign", "overbroad", "duplicate"];

/** An entry or a rule that a verdict rests on. */
export interface Evidence {
  readonly text: string;
  readonly line: number;
  readonly path?: string;
  /** Why it decides nothing: for undecided prefixes. */
  readonly why?: string;
}

export interface JudgedPrefix {
  readonly prefix: Prefix;
  readonly verdict: PrefixVerdict;
  /** The entries that admit it, the denies that take it, or the terms that leave it undecided. */
  readonly by: readonly Evidence[];
}

/** `desired` is the sum of the seven verdicts on prefixes; the four on other entries stand apart. */
export type Summary = Readonly<Record<"desired" | PrefixVerdict | ExtraVerdict, number>>;

export interface Judgement {
  /** All supported prefixes are present or covered. Other entries do not make a list out of sync. */
  readonly inSync: boolean;
  readonly title: string;
  readonly summary: Summary;
  /** In canonical order. */
  readonly prefixes: readonly JudgedPrefix[];
  /** In the order of the file. */
  readonly extra: readonly ExtraEntry[];
  /** The rules that were judged; none for a list. */
  readonly rules: readonly Evidence[];
  /** The lists that were judged; none for rules. A change is planned for them. */
  readonly sets: readonly NamedSet[];
  /** Names of the lists where a change would go, the likeliest first: the judged ones, or those that the rules use. */
  readonly remedies: readonly string[];
  readonly capacity: Capacity;
  readonly warnings: readonly string[];
}

export interface Question {
  readonly model: Model;
  readonly subject: Subject;
  readonly desired: readonly Prefix[];
  readonly capability: Capability;
  /** Prefixes of earlier lists: an entry that is one of them, and not desired any more, is stale. */
  readonly previous?: readonly Prefix[];
}

/** @throws MsemError `MSEM_INVALID` when the subject is not in the model */
export function judge({ model, subject, desired, capability, previous = [] }: Question): Judgement {
  const selection = select(model, subject);
  const sorted = distinct(desired);
  const wanted = addressSet(sorted);
  const admission = admissionOf(model, selection, wanted);
  const index = indexSources(admission.sources, wanted);
  const prefixes = sorted.map((prefix) => judgePrefix(prefix, { model, selection, capability, admission, index }));
  const lists = [...new Set(admission.sources.map(({ leaves }) => leaves))];
  const extra = findExtras({ lists, desired: sorted, wanted, previous, narrow: selection.narrow });
  const summary = summarise(prefixes, extra);
  return {
    inSync: summary.present + summary.covered + summary.unsupported === summary.desired,
    title: selection.title,
    summary,
    prefixes,
    extra,
    rules: admission.rules.map(ruleEvidence),
    sets: selection.sets,
    remedies: remediesOf(selection, lists, wanted),
    capacity: capacityOf(prefixes, selection, capability),
    warnings: [...selection.warnings, ...admission.warnings, ...holeWarnings(lists, prefixes)],
  };
}

function distinct(desired: readonly Prefix[]): Prefix[] {
  const sorted = [...desired].sort(comparePrefixes);
  return sorted.filter((prefix, at) => at === 0 || comparePrefixes(sorted[at - 1] as Prefix, prefix) !== 0);
}

interface Grounds {
  readonly model: Model;
  readonly selection: Selection;
  readonly capability: Capability;
  readonly admission: Admission;
  readonly index: SourceIndex;
}

function judgePrefix(prefix: Prefix, grounds: Grounds): JudgedPrefix {
  const { admission, index } = grounds;
  const supported = isSupported(prefix, grounds);
  if (covers(admission.sure, prefix)) {
    const admits = ({ admitted, leaf: { bound } }: Source): boolean =>
      covers(admitted, prefix) && (bound === undefined || covers(bound, prefix));
    const exact = index.exact(prefix).find(admits);
    // What the list cannot hold as such may still be admitted by wider entries; it is never present.
    if (exact !== undefined && supported) return { prefix, verdict: "present", by: [evidenceOf(exact.leaf)] };
    const wider = index.around(prefix, admits);
    const by = wider === undefined ? index.pieces(prefix) : [wider];
    return { prefix, verdict: "covered", by: by.map(({ leaf }) => evidenceOf(leaf)) };
  }
  const doubtful = doubts(prefix, admission);
  if (!supported && doubtful.length === 0 && !touches(admission.sure, prefix)) {
    return { prefix, verdict: "unsupported", by: [] };
  }
  if (doubtful.length > 0) return { prefix, verdict: "undecided", by: doubtful };
  const takers = admission.takers.filter(({ sure }) => touches(sure, prefix));
  const listed = coverageOf(admission.listed, prefix);
  if (listed !== "none" && takers.length > 0 && isTaken(prefix, listed, admission)) {
    return { prefix, verdict: "shadowed", by: takers.map(({ rule }) => ruleEvidence(rule)) };
  }
  if (!touches(admission.sure, prefix)) return { prefix, verdict: supported ? "missing" : "unsupported", by: [] };
  return { prefix, verdict: "partial", by: index.pieces(prefix).map(({ leaf }) => evidenceOf(leaf)) };
}

/** All of it is listed and a deny takes some, or some is listed and the deny leaves nothing of that. */
function isTaken(prefix: Prefix, listed: "partial" | "full", { sure }: Admission): boolean {
  return listed === "full" || !touches(sure, prefix);
}

function isSupported(prefix: Prefix, { selection, capability }: Grounds): boolean {
  if (selection.sets.length === 0) return entriesFor(prefix, capability) > 0;
  return selection.sets.some(({ family }) => entriesFor(prefix, capability, family) > 0);
}

/** The terms and rules because of which the prefix may be admitted, though it is not surely so. Empty: it is decided. */
function doubts(prefix: Prefix, admission: Admission): Evidence[] {
  const here = addressSet([prefix]);
  const open = intersection(difference(admission.maybe, admission.sure), here);
  if (isEmpty(open)) return [];
  const meets = (blocks: readonly Block[]): boolean => blocks.some((block) => touches(open, block));
  const terms = admission.unknowns.filter(({ entry: { term } }) => term.kind !== "set" && meets(extentOf(term)));
  const unsure = admission.unsure.filter(({ maybe }) => !isEmpty(intersection(maybe, open)));
  const takers = admission.takers.filter((taker) => mayTake(taker, open));
  return [
    ...terms.map((leaf) => ({ ...evidenceOf(leaf), why: whyUnknown(leaf) })),
    ...unsure.map(({ rule, why }) => ({ ...ruleEvidence(rule), why })),
    ...takers.flatMap(({ rule, unknowns }) => [
      { ...ruleEvidence(rule), why: rule.uncertain ?? "it may deny this" },
      ...unknowns.map((leaf) => ({ ...evidenceOf(leaf), why: whyUnknown(leaf) })),
    ]),
  ];
}

function mayTake({ sure, maybe }: Taker, open: AddressSet): boolean {
  return !isEmpty(intersection(difference(maybe, sure), open));
}

const unknownWords = {
  fqdn: "a name, not addresses",
  dynamic: "its members are not in the file",
  geo: "a country, not addresses",
  external: "a list that is not in the file",
  serviceTag: "a service tag, not addresses",
  undefined: "not defined in the file",
  cyclic: "leads back to itself",
  notUnderstood: "not understood",
} as const;

export function whyUnknown({ entry: { term } }: Leaf): string {
  return term.kind === "unknown" ? unknownWords[term.what] : "";
}

export function evidenceOf(leaf: Leaf): Evidence {
  const path = pathOf(leaf);
  return { text: leaf.entry.text, line: leaf.entry.line, ...(path === undefined ? {} : { path }) };
}

function ruleEvidence({ text, line, path }: Rule): Evidence {
  return { text, line, ...(path === undefined ? {} : { path }) };
}

/** A prefix that is listed in full and still not admitted, though no rule denies it: a hole takes it away. */
function holeWarnings(lists: readonly (readonly Leaf[])[], prefixes: readonly JudgedPrefix[]): string[] {
  const lacking = prefixes.filter(({ verdict }) => verdict === "missing" || verdict === "partial");
  if (lacking.length === 0) return [];
  const listed = addressSet(blocksOf(lists));
  const holed = lacking.filter(({ prefix }) => covers(listed, prefix));
  const [first] = holed;
  if (first === undefined) return [];
  return [`${holed.length} of the prefixes are listed, but an exclusion takes them out again`];
}

function* blocksOf(lists: readonly (readonly Leaf[])[]): Generator<Block> {
  for (const leaves of lists) {
    for (const { entry } of leaves) if (entry.term.kind === "block") yield entry.term.block;
  }
}

/** For rules: the sets that their sources name, by how many of their entries have to do with the desired prefixes. */
function remediesOf({ sets }: Selection, lists: readonly (readonly Leaf[])[], wanted: AddressSet): string[] {
  if (sets.length > 0) return [...new Set(sets.map(({ name }) => name))];
  const weights = new Map<string, number>();
  for (const leaf of lists.flat()) {
    let outermost = leaf.via;
    while (outermost?.outer !== undefined) outermost = outermost.outer;
    if (outermost === undefined) continue;
    const { term } = leaf.entry;
    const weight = term.kind === "block" && touches(wanted, term.block) ? 1 : 0;
    weights.set(outermost.set.name, (weights.get(outermost.set.name) ?? 0) + weight);
  }
  return [...weights].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function capacityOf(prefixes: readonly JudgedPrefix[], { sets }: Selection, capability: Capability): Capacity {
  const entries = sets.reduce((sum, set) => sum + set.entries.length, 0);
  const additional = prefixes
    .filter(({ verdict }) => verdict === "missing" || verdict === "partial" || verdict === "undecided")
    .reduce((sum, { prefix }) => sum + Math.max(1, entriesFor(prefix, capability)), 0);
  const limits = sets.map((set) => limitOf(capability, set));
  if (sets.length === 0 || limits.includes(undefined)) return { entries, additional, fits: true };
  const limit = (limits as number[]).reduce((sum, one) => sum + one, 0);
  return { entries, additional, limit, fits: entries + additional <= limit };
}

function summarise(prefixes: readonly JudgedPrefix[], extra: readonly ExtraEntry[]): Summary {
  const counts = { desired: prefixes.length } as Record<keyof Summary, number>;
  for (const verdict of [...prefixVerdicts, ...extraVerdicts]) counts[verdict] = 0;
  for (const { verdict } of prefixes) counts[verdict]++;
  for (const { verdict } of extra) counts[verdict]++;
  return counts;
}
