/**
 * Entries in canonical order, each with the narrowest wider one around it, so that the entries that admit a prefix are
 * found in log n. Ranges that are no prefix stand as their pieces: prefixes nest or are apart, ranges need not.
 */
import {
  type AddressSet,
  comparePrefixes,
  containsPrefix,
  formatPrefix,
  intervalOf,
  intervalPrefixes,
  type Prefix,
  prefixAround,
  touches,
} from "../ip/index";
import type { SourceGroup } from "./admission";
import type { Rule } from "./model";
import { extentOf, type Leaf } from "./resolve";

/** An entry that has to do with the desired prefixes, by one of the rules that use it. */
export interface Source {
  readonly leaf: Leaf;
  readonly rule?: Rule;
  readonly admitted: AddressSet;
}

export interface SourceIndex {
  /** The entries that are exactly this prefix, in the order of the file. */
  exact(prefix: Prefix): readonly Source[];
  /** The narrowest entry that contains the prefix and passes the test. */
  around(prefix: Prefix, test: (source: Source) => boolean): Source | undefined;
  /** The entries that touch the prefix without one that contains it, each once, narrower ones inside others left out. */
  pieces(prefix: Prefix): readonly Source[];
}

interface Node {
  readonly prefix: Prefix;
  readonly source: Source;
  readonly parent: Node | undefined;
}

/** The prefixes that make an entry: one, unless it is a range that is no prefix, or every address of both families. */
export function prefixesOf({ entry }: Leaf): readonly Prefix[] {
  if (entry.term.kind === "set") return [];
  return extentOf(entry.term).flatMap((block) => ("length" in block ? [block] : intervalPrefixes(block)));
}

/** The prefix that an entry is, also when it is written as first and last address. */
export function prefixOf({ entry: { term } }: Leaf): Prefix | undefined {
  if (term.kind !== "block") return undefined;
  if ("length" in term.block) return term.block;
  const { family, first, last } = intervalOf(term.block);
  const bits = family === "ipv4" ? 32 : 128;
  let same = 0;
  for (let word = 0; word < first.length; word++) {
    const zeros = Math.clz32((first[word] as number) ^ (last[word] as number));
    same += zeros;
    if (zeros < 32) break;
  }
  const prefix = prefixAround({ family, words: first }, Math.min(same, bits));
  const pieces = intervalPrefixes(term.block);
  return pieces.length === 1 && comparePrefixes(pieces[0] as Prefix, prefix) === 0 ? prefix : undefined;
}

/** @param wanted the desired addresses: entries outside of them are left out, so that the index stays small */
export function indexSources(groups: readonly SourceGroup[], wanted: AddressSet): SourceIndex {
  const sources = sourcesOf(groups, wanted);
  const exact = new Map<string, Source[]>();
  const flat: { prefix: Prefix; source: Source; at: number }[] = [];
  sources.forEach((source, at) => {
    const prefix = prefixOf(source.leaf);
    if (prefix !== undefined) {
      const text = formatPrefix(prefix);
      const same = exact.get(text);
      if (same === undefined) exact.set(text, [source]);
      else same.push(source);
    }
    for (const piece of prefix === undefined ? prefixesOf(source.leaf) : [prefix])
      flat.push({ prefix: piece, source, at });
  });
  flat.sort((a, b) => comparePrefixes(a.prefix, b.prefix) || a.at - b.at);
  const nodes: Node[] = [];
  for (const { prefix, source } of flat) nodes.push({ prefix, source, parent: enclosing(nodes.at(-1), prefix) });

  return {
    exact: (prefix) => exact.get(formatPrefix(prefix)) ?? [],
    around(prefix, test) {
      let node = enclosing(nodes[firstAfter(nodes, prefix) - 1], prefix);
      while (node !== undefined && !test(node.source)) node = node.parent;
      return node?.source;
    },
    pieces(prefix) {
      const found = new Map<Leaf, Source>();
      const take = ({ source }: Node): void => {
        if (!found.has(source.leaf)) found.set(source.leaf, source);
      };
      const from = firstAfter(nodes, prefix);
      for (let node = enclosing(nodes[from - 1], prefix); node !== undefined; node = node.parent) take(node);
      for (let at = from; at < nodes.length; at++) {
        const node = nodes[at] as Node;
        if (!containsPrefix(prefix, node.prefix)) break;
        if (node.parent === undefined || !containsPrefix(prefix, node.parent.prefix)) take(node);
      }
      return [...found.values()];
    },
  };
}

/** Each list of entries is looked through once, however many rules use it. */
function sourcesOf(groups: readonly SourceGroup[], wanted: AddressSet): Source[] {
  const relevant = new Map<readonly Leaf[], readonly Leaf[]>();
  return groups.flatMap(({ leaves, rule, admitted }) => {
    const known =
      relevant.get(leaves) ??
      leaves.filter(({ entry: { term } }) => term.kind !== "set" && extentOf(term).some((one) => touches(wanted, one)));
    relevant.set(leaves, known);
    return known.map((leaf) => ({ leaf, ...(rule === undefined ? {} : { rule }), admitted }));
  });
}

/** The narrowest of `from` and the entries around it that contains the prefix. */
function enclosing(from: Node | undefined, prefix: Prefix): Node | undefined {
  let candidate = from;
  while (candidate !== undefined && !containsPrefix(candidate.prefix, prefix)) candidate = candidate.parent;
  return candidate;
}

/** Index of the first node after the prefix in canonical order. */
function firstAfter(nodes: readonly Node[], prefix: Prefix): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePrefixes((nodes[middle] as Node).prefix, prefix) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
