/**
 * Sets of addresses: per family, sorted and disjoint intervals in typed arrays, never adjacent, so that a set has one
 * form only. Made once and never changed. Made to hold 100,000 prefixes: building is linear, a question is log n.
 */
import { type Block, type Family, type Interval, intervalOf, intervalPrefixes, type Prefix, widthOf } from "./address";
import { ascendingOrder, compareAt, copyAt, follows } from "./words";

/** The intervals of one family. Interval `i` has its words at `i * width` of both arrays. */
export interface FamilySet {
  readonly family: Family;
  /** How many intervals. */
  readonly count: number;
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;
}

/** A set of addresses of both families. */
export interface AddressSet {
  readonly ipv4: FamilySet;
  readonly ipv6: FamilySet;
}

/** How much of a block is in a set: not one of its addresses, some, or all. */
export type Coverage = "none" | "partial" | "full";

/** The set of all addresses in these prefixes and intervals, in any order, overlapping or not. */
export function addressSet(blocks: Iterable<Block>): AddressSet {
  const bounds = { ipv4: newBounds(), ipv6: newBounds() };
  for (const block of blocks) {
    const { first, last } = intervalOf(block);
    const { firsts, lasts } = bounds[block.family];
    for (let word = 0; word < first.length; word++) {
      firsts.push(first[word] as number);
      lasts.push(last[word] as number);
    }
  }
  return { ipv4: merge("ipv4", bounds.ipv4), ipv6: merge("ipv6", bounds.ipv6) };
}

/** Whether there is no address in the set. */
export function isEmpty(set: AddressSet): boolean {
  return set.ipv4.count === 0 && set.ipv6.count === 0;
}

/** How many addresses the set holds, of both families. A BigInt, because IPv6 goes beyond 2⁵³; for messages. */
export function countAddresses(set: AddressSet): bigint {
  let total = 0n;
  for (const { first, last } of intervals(set)) total += toBigInt(last) - toBigInt(first) + 1n;
  return total;
}

/** How much of the block is in the set, in whatever pieces: log n in the intervals of the set. */
export function coverageOf(set: AddressSet, block: Block): Coverage {
  const { first, last } = intervalOf(block);
  const family = set[block.family];
  const width = widthOf(block.family);
  // Neighbours are merged: what is covered at all is covered by one interval, and no later one starts in the block.
  const index = lastStartingBy(family, last, width);
  if (index < 0 || compareAt(family.lasts, index, first, 0, width) < 0) return "none";
  const whole =
    compareAt(family.firsts, index, first, 0, width) <= 0 && compareAt(family.lasts, index, last, 0, width) >= 0;
  return whole ? "full" : "partial";
}

/** {@link coverageOf} for each of the blocks, in their order. */
export function coverage(set: AddressSet, blocks: readonly Block[]): Coverage[] {
  return blocks.map((block) => coverageOf(set, block));
}

/** Whether every address of the block is in the set. */
export function covers(set: AddressSet, block: Block): boolean {
  return coverageOf(set, block) === "full";
}

/** Whether any address of the block is in the set. */
export function touches(set: AddressSet, block: Block): boolean {
  return coverageOf(set, block) !== "none";
}

/** The intervals of the set, IPv4 first, ascending. */
export function* intervals(set: AddressSet): Generator<Interval> {
  for (const { family, count, firsts, lasts } of [set.ipv4, set.ipv6]) {
    const width = widthOf(family);
    for (let index = 0; index < count; index++) {
      const from = index * width;
      yield {
        family,
        first: Array.from(firsts.subarray(from, from + width)),
        last: Array.from(lasts.subarray(from, from + width)),
      };
    }
  }
}

/** The fewest prefixes that hold exactly this set, sorted. Never widens. */
export function minimalPrefixes(set: AddressSet): Prefix[] {
  const prefixes: Prefix[] = [];
  for (const interval of intervals(set)) prefixes.push(...intervalPrefixes(interval));
  return prefixes;
}

/** Whether both sets hold the same addresses. */
export function equalSets(a: AddressSet, b: AddressSet): boolean {
  return equalFamilies(a.ipv4, b.ipv4) && equalFamilies(a.ipv6, b.ipv6);
}

interface Bounds {
  readonly firsts: number[];
  readonly lasts: number[];
}

function newBounds(): Bounds {
  return { firsts: [], lasts: [] };
}

/** The set of these intervals, in any order, overlapping or not. Words as in {@link FamilySet}. */
export function merge(family: Family, { firsts, lasts }: Pick<FamilySet, "firsts" | "lasts"> | Bounds): FamilySet {
  const width = widthOf(family);
  const total = firsts.length / width;
  // Published lists are mostly sorted already.
  const order = isAscending(firsts, total, width) ? undefined : ascendingOrder(firsts, total, width);
  const outFirsts = new Uint32Array(firsts.length);
  const outLasts = new Uint32Array(lasts.length);
  let count = 0;
  for (let rank = 0; rank < total; rank++) {
    const index = order === undefined ? rank : (order[rank] as number);
    const current = count - 1;
    const joins =
      current >= 0 &&
      (compareAt(firsts, index, outLasts, current, width) <= 0 || follows(outLasts, current, firsts, index, width));
    if (!joins) {
      copyAt(firsts, index, outFirsts, count, width);
      copyAt(lasts, index, outLasts, count, width);
      count++;
    } else if (compareAt(lasts, index, outLasts, current, width) > 0) {
      copyAt(lasts, index, outLasts, current, width);
    }
  }
  return familySet(family, count, outFirsts, outLasts);
}

/** The first `count` intervals as a set: they must be sorted, disjoint and apart. */
export function familySet(family: Family, count: number, firsts: Uint32Array, lasts: Uint32Array): FamilySet {
  const words = count * widthOf(family);
  return { family, count, firsts: firsts.slice(0, words), lasts: lasts.slice(0, words) };
}

function isAscending(addresses: ArrayLike<number>, total: number, width: number): boolean {
  for (let index = 1; index < total; index++) {
    if (compareAt(addresses, index - 1, addresses, index, width) > 0) return false;
  }
  return true;
}

/** The last interval that starts at or before the address; -1 when none does. */
function lastStartingBy(family: FamilySet, address: readonly number[], width: number): number {
  let low = 0;
  let high = family.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(family.firsts, middle, address, 0, width) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function equalFamilies(a: FamilySet, b: FamilySet): boolean {
  if (a.count !== b.count) return false;
  return a.firsts.every((word, i) => word === b.firsts[i]) && a.lasts.every((word, i) => word === b.lasts[i]);
}

function toBigInt(words: readonly number[]): bigint {
  return words.reduce((value, word) => value * 0x1_0000_0000n + BigInt(word), 0n);
}
