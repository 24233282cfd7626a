/**
 * Judges a list of entries against the prefixes that should be in it. The words have one meaning everywhere:
 * `present` is one entry that is exactly the prefix; `covered` is a wider entry, or several that together make it;
 * `partial` is some of its addresses; `missing` is none. Of the other entries, `duplicate` repeats an earlier one and
 * `foreign` has no address in common with what is desired.
 */
import {
  type AddressSet,
  addressSet,
  comparePrefixes,
  containsPrefix,
  covers,
  formatPrefix,
  type Prefix,
  touches,
} from "../ip/index";
import type { ListEntry } from "./text";

/** What became of a desired prefix. A plain list knows the first four; firewall configurations all seven. */
export type PrefixVerdict = "present" | "covered" | "partial" | "missing" | "shadowed" | "undecided" | "unsupported";

/** What an entry is that the desired prefixes do not account for. */
export type ExtraVerdict = "stale" | "foreign" | "overbroad" | "duplicate";

export interface JudgedPrefix {
  readonly prefix: Prefix;
  readonly verdict: PrefixVerdict;
  /** The entries that admit it: the exact one, else the narrowest wider one, else the pieces. */
  readonly by: readonly ListEntry[];
}

export interface ExtraEntry {
  readonly entry: ListEntry;
  readonly verdict: ExtraVerdict;
  /** For a duplicate: the entry that it repeats. */
  readonly first?: ListEntry;
}

/** `desired` is the sum of the seven verdicts on prefixes; the four on other entries stand apart. */
export type Summary = Readonly<Record<"desired" | PrefixVerdict | ExtraVerdict, number>>;

export interface Judgement {
  /** All prefixes are present or covered. Foreign and duplicate entries do not make a list out of sync. */
  readonly inSync: boolean;
  readonly summary: Summary;
  /** In canonical order. */
  readonly prefixes: readonly JudgedPrefix[];
  /** In order of line. */
  readonly extra: readonly ExtraEntry[];
}

/** Judges `entries` against `desired`. Pure; n log n in both. */
export function judgeList(desired: readonly Prefix[], entries: readonly ListEntry[]): Judgement {
  const { unique, duplicates } = separateDuplicates(entries);
  const admitted = addressSet(unique.map(({ prefix }) => prefix));
  const nested = nest(unique);
  const prefixes = [...desired].sort(comparePrefixes).map((prefix) => judgePrefix(prefix, nested, admitted));

  const wanted = addressSet(desired);
  const foreign = unique
    .filter(({ prefix }) => !touches(wanted, prefix))
    .map((entry): ExtraEntry => ({ entry, verdict: "foreign" }));
  const place = new Map(entries.map((entry, index) => [entry, index]));
  const extra = [...foreign, ...duplicates].sort(
    (a, b) => (place.get(a.entry) as number) - (place.get(b.entry) as number),
  );

  const summary = summarise(prefixes, extra);
  return { inSync: summary.present + summary.covered === summary.desired, summary, prefixes, extra };
}

function separateDuplicates(entries: readonly ListEntry[]): { unique: ListEntry[]; duplicates: ExtraEntry[] } {
  const seen = new Map<string, ListEntry>();
  const duplicates: ExtraEntry[] = [];
  for (const entry of entries) {
    const text = formatPrefix(entry.prefix);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, entry);
    else duplicates.push({ entry, verdict: "duplicate", first });
  }
  return { unique: [...seen.values()], duplicates };
}

/** Entries in canonical order, each with the narrowest wider entry around it. Prefixes nest or are apart. */
interface Nested {
  readonly entry: ListEntry;
  readonly parent: Nested | undefined;
}

function nest(unique: readonly ListEntry[]): Nested[] {
  const nested: Nested[] = [];
  for (const entry of [...unique].sort((a, b) => comparePrefixes(a.prefix, b.prefix))) {
    const parent = around(nested.at(-1), entry.prefix);
    nested.push({ entry, parent });
  }
  return nested;
}

/** The narrowest of `from` and the entries around it that contains the prefix. */
function around(from: Nested | undefined, prefix: Prefix): Nested | undefined {
  let candidate = from;
  while (candidate !== undefined && !containsPrefix(candidate.entry.prefix, prefix)) candidate = candidate.parent;
  return candidate;
}

function judgePrefix(prefix: Prefix, nested: readonly Nested[], admitted: AddressSet): JudgedPrefix {
  const next = firstAfter(nested, prefix);
  const container = around(nested[next - 1], prefix)?.entry;
  if (container !== undefined) {
    const exact = comparePrefixes(container.prefix, prefix) === 0;
    return { prefix, verdict: exact ? "present" : "covered", by: [container] };
  }
  if (!touches(admitted, prefix)) return { prefix, verdict: "missing", by: [] };
  return { prefix, verdict: covers(admitted, prefix) ? "covered" : "partial", by: pieces(prefix, nested, next) };
}

/** The entries inside the prefix that no other entry inside it contains. In canonical order they follow it directly. */
function pieces(prefix: Prefix, nested: readonly Nested[], from: number): ListEntry[] {
  const found: ListEntry[] = [];
  for (let index = from; index < nested.length; index++) {
    const { entry, parent } = nested[index] as Nested;
    if (!containsPrefix(prefix, entry.prefix)) break;
    if (parent === undefined || !containsPrefix(prefix, parent.entry.prefix)) found.push(entry);
  }
  return found;
}

/** Index of the first entry after the prefix in canonical order. */
function firstAfter(nested: readonly Nested[], prefix: Prefix): number {
  let low = 0;
  let high = nested.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePrefixes((nested[middle] as Nested).entry.prefix, prefix) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function summarise(prefixes: readonly JudgedPrefix[], extra: readonly ExtraEntry[]): Summary {
  const counts = {
    desired: prefixes.length,
    present: 0,
    covered: 0,
    partial: 0,
    missing: 0,
    shadowed: 0,
    undecided: 0,
    unsupported: 0,
    stale: 0,
    foreign: 0,
    overbroad: 0,
    duplicate: 0,
  };
  for (const { verdict } of prefixes) counts[verdict]++;
  for (const { verdict } of extra) counts[verdict]++;
  return counts;
}
