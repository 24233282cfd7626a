/**
 * Sets of addresses: per family, sorted and disjoint intervals in typed arrays, never adjacent, so that a set has one
 * form only. Made once and never changed. Made to hold 100,000 prefixes: building is linear, a question is log n.
 */
import { type Block, type Family, type Interval, type Prefix, widthOf } from "./address";
import { cutIntervals, type VisitBlock } from "./blocks";
import { addBlock, mergeBounds, newBounds, writeBounds } from "./bounds";
import { compareAt, wordsOf } from "./words";

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
  const bounds = newBounds();
  for (const block of blocks) addBlock(bounds, block);
  return mergeBounds(bounds);
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

const first = new Uint32Array(4);
const last = new Uint32Array(4);

/** How much of the block is in the set, in whatever pieces: log n in the intervals of the set. */
export function coverageOf(set: AddressSet, block: Block): Coverage {
  const family = set[block.family];
  const width = widthOf(block.family);
  writeBounds(block, first, last);
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
      yield {
        family,
        first: wordsOf(firsts, width, index),
        last: wordsOf(lasts, width, index),
      };
    }
  }
}

/** The fewest prefixes that hold exactly this set, sorted. Never widens. */
export function minimalPrefixes(set: AddressSet): Prefix[] {
  const prefixes: Prefix[] = [];
  for (const { family, count, firsts, lasts } of [set.ipv4, set.ipv6]) {
    const add: VisitBlock = (words, length) =>
      prefixes.push({ family, words: wordsOf(words, widthOf(family)), length });
    cutIntervals(count, firsts, lasts, widthOf(family), add);
  }
  return prefixes;
}

/** Whether both sets hold the same addresses. */
export function equalSets(a: AddressSet, b: AddressSet): boolean {
  return equalFamilies(a.ipv4, b.ipv4) && equalFamilies(a.ipv6, b.ipv6);
}

/** The last interval that starts at or before the address; -1 when none does. */
function lastStartingBy(family: FamilySet, address: Uint32Array, width: number): number {
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
