/** What a format or one of its lists can hold, and whether the desired prefixes fit. */
import {
  addressSet,
  type Block,
  bitsOf,
  comparePrefixes,
  containsPrefix,
  difference,
  type Family,
  formatPrefix,
  intersection,
  minimalPrefixes,
  type Prefix,
  touches,
} from "../ip/index";
import type { NamedSet } from "./model";

/** How an entry may be written. */
export type EntryForm = "prefix" | "range" | "single";

/** The limits of a format: facts with a source, shown in the docs and used in every verdict. */
export interface Capability {
  readonly families: readonly Family[];
  readonly forms: readonly EntryForm[];
  /** Shortest and longest prefix that an entry may have, per family. Default: 0 and full length. */
  readonly shortest?: Partial<Readonly<Record<Family, number>>>;
  readonly longest?: Partial<Readonly<Record<Family, number>>>;
  /**
   * A prefix longer than the longest is written as its single addresses (Azure Storage: /31 and /32 are refused, single
   * addresses are not). Default: it is unsupported.
   */
  readonly longerAsSingles?: boolean;
  /** Whether one list can hold both families. Default: true. */
  readonly mixedFamilies?: boolean;
  /** No two entries of a list may have an address in common: of a prefix only what is not there yet can be added. */
  readonly disjoint?: boolean;
  /** Entries per list; absent: no limit is documented. */
  readonly maxEntries?: number;
  /** What becomes of a list that has lost its last entry, where a change must not do that: `it admits everybody`. */
  readonly neverEmpty?: string;
  /** What happens to host bits that are set in an entry: read as the prefix around, or refused. */
  readonly hostBits: "ignored" | "refused";
  /** Where the figures are from. */
  readonly source: string;
  /** How and when they were last looked at: `documentation, 2026-11`. */
  readonly lastVerified: string;
}

/** How many entries the prefix takes in a list; 0 when it cannot be written there. */
export function entriesFor(prefix: Prefix, capability: Capability, family?: Family): number {
  if (family !== undefined && prefix.family !== family) return 0;
  if (!capability.families.includes(prefix.family)) return 0;
  const full = prefix.family === "ipv4" ? 32 : 128;
  if (prefix.length < (capability.shortest?.[prefix.family] ?? 0)) return 0;
  const longest = capability.longest?.[prefix.family] ?? full;
  if (prefix.length > longest) return capability.longerAsSingles === true ? 2 ** (full - prefix.length) : 0;
  if (capability.forms.includes("prefix") || capability.forms.includes("range")) return 1;
  return prefix.length === full ? 1 : 0;
}

/** The entries that the prefix is written as: itself, or its single addresses. Never more than {@link entriesFor} says. */
export function writtenAs(prefix: Prefix, capability: Capability): readonly Prefix[] {
  const count = entriesFor(prefix, capability);
  if (count <= 1) return count === 0 ? [] : [prefix];
  const length = bitsOf(prefix.family);
  const last = prefix.words.length - 1;
  // Fewer than 32 bits are left where lists take single addresses, so that only the last word differs.
  return Array.from({ length: count }, (_, at) => ({
    family: prefix.family,
    length,
    words: prefix.words.map((word, index) => (index === last ? word + at : word)),
  }));
}

/**
 * Prefixes as they are added where entries are {@link Capability.disjoint}: each whole, if nothing of it is there, else
 * the parts that are not. One that lies in another is left out.
 *
 * @param staying what the list has and keeps
 */
export function disjointParts(prefixes: readonly Prefix[], staying: Iterable<Block>): readonly Prefix[] {
  const there = addressSet(staying);
  const parts: Prefix[] = [];
  let wider: Prefix | undefined;
  for (const prefix of [...prefixes].sort(comparePrefixes)) {
    if (wider !== undefined && containsPrefix(wider, prefix)) continue;
    wider = prefix;
    if (!touches(there, prefix)) parts.push(prefix);
    else {
      const whole = addressSet([prefix]);
      parts.push(...minimalPrefixes(difference(whole, intersection(whole, there))));
    }
  }
  return parts;
}

/** Why {@link entriesFor} is 0, for messages. */
export function whyUnsupported(prefix: Prefix, capability: Capability, family?: Family): string {
  const text = formatPrefix(prefix);
  const word = prefix.family === "ipv4" ? "IPv4" : "IPv6";
  if (family !== undefined && prefix.family !== family) return `${text}: this list holds no ${word}`;
  if (!capability.families.includes(prefix.family)) return `${text}: this format holds no ${word}`;
  const shortest = capability.shortest?.[prefix.family] ?? 0;
  if (prefix.length < shortest) return `${text}: the shortest ${word} prefix here is /${shortest}`;
  return `${text}: the longest ${word} prefix here is /${capability.longest?.[prefix.family] ?? 0}`;
}

/** Would the full list fit? */
export interface Capacity {
  /** Entries in the list now, nested ones not counted. */
  readonly entries: number;
  /** Entries that the desired prefixes take that are not in it yet. */
  readonly additional: number;
  /** The lowest limit that applies; absent: none is known. */
  readonly limit?: number;
  readonly fits: boolean;
}

/** The lower of the format's limit and the list's own. */
export function limitOf(capability: Capability, set: NamedSet | undefined): number | undefined {
  const limits = [capability.maxEntries, set?.maxEntries].filter((limit) => limit !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}
