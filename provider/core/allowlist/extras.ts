/** What the other entries are: left over from an earlier list, somebody else's, too wide, or there twice. */
import {
  type AddressSet,
  addressCount,
  comparePrefixes,
  containsPrefix,
  formatPrefix,
  intervalOf,
  type Prefix,
  touches,
} from "../ip/index";
import type { Entry } from "./model";
import { prefixesOf, prefixOf } from "./nesting";
import type { Leaf } from "./resolve";

/** What an entry is that the desired prefixes do not account for. */
export type ExtraVerdict = "stale" | "foreign" | "overbroad" | "duplicate";

export interface ExtraEntry {
  readonly leaf: Leaf;
  readonly verdict: ExtraVerdict;
  /** For a duplicate: the entry that it repeats. */
  readonly first?: Leaf;
  /** For an overbroad one: how many addresses it admits, and how many desired prefixes are in it. */
  readonly admits?: bigint;
  readonly needed?: number;
}

export interface ExtraQuestion {
  /** The entries of each list, once for all rules that use it. */
  readonly lists: readonly (readonly Leaf[])[];
  /** Sorted, each once. */
  readonly desired: readonly Prefix[];
  readonly wanted: AddressSet;
  readonly previous: readonly Prefix[];
  /** Foreign entries are only worth a word where one list or rule was asked for. */
  readonly narrow: boolean;
}

/** In the order of the file, list by list. */
export function findExtras({ lists, desired, wanted, previous, narrow }: ExtraQuestion): ExtraEntry[] {
  const now = new Set(desired.map(formatPrefix));
  const before = new Set(previous.map(formatPrefix));
  const counts = runningCounts(desired);
  const extra: ExtraEntry[] = [];
  const told = new Set<Entry>();
  for (const leaves of lists) {
    // The same address in two lists is no duplicate: they may be for different traffic.
    const seen = new Map<string, Leaf>();
    for (const leaf of leaves) {
      const key = keyOf(leaf);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, leaf);
      const found =
        first === undefined
          ? judgeEntry(leaf, { desired, wanted, now, before, counts, narrow })
          : duplicate(leaf, first);
      // A list that is part of several others is told once.
      if (found === undefined || told.has(leaf.entry)) continue;
      told.add(leaf.entry);
      extra.push(found);
    }
  }
  return extra;
}

function duplicate(leaf: Leaf, first: Leaf): ExtraEntry {
  return { leaf, verdict: "duplicate", first };
}

interface Known {
  readonly desired: readonly Prefix[];
  readonly wanted: AddressSet;
  readonly now: ReadonlySet<string>;
  readonly before: ReadonlySet<string>;
  readonly counts: readonly bigint[];
  readonly narrow: boolean;
}

function judgeEntry(leaf: Leaf, { desired, wanted, now, before, counts, narrow }: Known): ExtraEntry | undefined {
  const pieces = prefixesOf(leaf);
  const near = pieces.some((piece) => touches(wanted, piece));
  if (!near && before.size === 0) return narrow ? { leaf, verdict: "foreign" } : undefined;
  const prefix = prefixOf(leaf);
  const text = prefix === undefined ? undefined : formatPrefix(prefix);
  if (text !== undefined && now.has(text)) return undefined;
  if (text !== undefined && before.has(text)) return { leaf, verdict: "stale" };
  if (!near) return narrow ? { leaf, verdict: "foreign" } : undefined;
  const wide = overbroad(pieces, desired, counts);
  return wide === undefined ? undefined : { leaf, verdict: "overbroad", ...wide };
}

/** Equal for equal blocks; made of numbers, because text costs more than all the rest. */
function keyOf({ entry: { term } }: Leaf): string {
  if (term.kind !== "block") return `any ${term.kind === "any" ? (term.family ?? "") : ""}`;
  const { first, last } = intervalOf(term.block);
  return `${first.join(".")}-${last.join(".")}`;
}

/** Addresses of the first n desired prefixes, for each n. */
function runningCounts(desired: readonly Prefix[]): readonly bigint[] {
  const counts = [0n];
  for (const prefix of desired) counts.push((counts.at(-1) as bigint) + addressCount(prefix));
  return counts;
}

/**
 * Far more than it needs: more than 256 IPv4 addresses for each one that is needed, or an IPv6 prefix shorter than /64,
 * the size of one network. A /24 for a single poller is usual; a /8 for thirty of them is not.
 */
const widestShare = 256n;
const usualNetwork = 64;

function overbroad(pieces: readonly Prefix[], desired: readonly Prefix[], counts: readonly bigint[]) {
  let admits = 0n;
  let needed = 0;
  let addresses = 0n;
  let wideIpv6 = false;
  for (const prefix of pieces) {
    const from = firstNotBefore(desired, prefix);
    let to = from;
    let high = desired.length;
    while (to < high) {
      const middle = (to + high) >>> 1;
      if (containsPrefix(prefix, desired[middle] as Prefix)) to = middle + 1;
      else high = middle;
    }
    admits += addressCount(prefix);
    if (to === from) continue;
    needed += to - from;
    addresses += (counts[to] as bigint) - (counts[from] as bigint);
    if (prefix.family === "ipv6" && prefix.length < usualNetwork) wideIpv6 = true;
  }
  const [only] = pieces;
  const wideIpv4 = only?.family === "ipv4" && admits > widestShare * addresses;
  return needed > 0 && (wideIpv4 || wideIpv6) ? { admits, needed } : undefined;
}

/** Index of the first desired prefix that does not come before this one in canonical order. */
function firstNotBefore(desired: readonly Prefix[], prefix: Prefix): number {
  let low = 0;
  let high = desired.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePrefixes(desired[middle] as Prefix, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
