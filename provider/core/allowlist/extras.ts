/** What the other entries are: left over from an earlier list, somebody else's, too wide, or there twice. */
import {
  type AddressSet,
  addressCount,
  comparePrefixes,
  containsPrefix,
  formatAddress,
  formatPrefix,
  intervalOf,
  type Prefix,
  touches,
} from "../ip/index";
import type { Source } from "./admission";
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
  readonly sources: readonly Source[];
  /** Sorted, each once. */
  readonly desired: readonly Prefix[];
  readonly wanted: AddressSet;
  readonly previous: readonly Prefix[];
  /** Foreign entries are only worth a word where one list or rule was asked for. */
  readonly narrow: boolean;
}

/** In the order of the file. */
export function findExtras({ sources, desired, wanted, previous, narrow }: ExtraQuestion): ExtraEntry[] {
  const now = new Set(desired.map(formatPrefix));
  const before = new Set(previous.map(formatPrefix));
  const counts = runningCounts(desired);
  const seen = new Map<string, Leaf>();
  const rules = new Map<unknown, number>();
  const extra: ExtraEntry[] = [];
  for (const source of sources) {
    const { leaf, rule } = source;
    // The same address in two rules is no duplicate: they may be for different traffic.
    if (!rules.has(rule)) rules.set(rule, rules.size);
    const key = `${rules.get(rule)} ${keyOf(source)}`;
    const first = seen.get(key);
    if (first !== undefined) {
      extra.push({ leaf, verdict: "duplicate", first });
      continue;
    }
    seen.set(key, leaf);
    const prefix = prefixOf(source);
    const text = prefix === undefined ? undefined : formatPrefix(prefix);
    if (text !== undefined && before.has(text) && !now.has(text)) extra.push({ leaf, verdict: "stale" });
    else if (!prefixesOf(source).some((piece) => touches(wanted, piece))) {
      if (narrow) extra.push({ leaf, verdict: "foreign" });
    } else if (text === undefined || !now.has(text)) {
      const wide = overbroad(source, desired, counts);
      if (wide !== undefined) extra.push({ leaf, verdict: "overbroad", ...wide });
    }
  }
  return extra;
}

function keyOf(source: Source): string {
  const { term } = source.leaf.entry;
  if (term.kind !== "block") return `any ${term.kind === "any" ? (term.family ?? "") : ""}`;
  const { family, first, last } = intervalOf(term.block);
  return `${formatAddress({ family, words: first })}-${formatAddress({ family, words: last })}`;
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

function overbroad(source: Source, desired: readonly Prefix[], counts: readonly bigint[]) {
  let admits = 0n;
  let needed = 0;
  let addresses = 0n;
  let wideIpv6 = false;
  for (const prefix of prefixesOf(source)) {
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
  const [only] = prefixesOf(source);
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
