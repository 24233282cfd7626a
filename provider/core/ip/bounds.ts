/** Builds sets: collects first and last addresses in typed arrays, then sorts and joins them. */
import { type Block, type Family, maskWord, widthOf } from "./address";
import type { AddressSet, FamilySet } from "./set";
import { ascendingOrder, compareAt, copyAt, follows } from "./words";

/** Blocks of one family as they came. */
interface FamilyBounds {
  count: number;
  firsts: Uint32Array;
  lasts: Uint32Array;
}

/** Blocks as they came. */
export type Bounds = Readonly<Record<Family, FamilyBounds>>;

export function newBounds(): Bounds {
  const empty = (): FamilyBounds => ({ count: 0, firsts: new Uint32Array(64), lasts: new Uint32Array(64) });
  return { ipv4: empty(), ipv6: empty() };
}

export function addBlock(bounds: Bounds, block: Block): void {
  const family = bounds[block.family];
  const at = reserve(family, widthOf(block.family));
  writeBounds(block, family.firsts, family.lasts, at);
}

/** Writes the first and the last address of a block, from the word at `at`. */
export function writeBounds(block: Block, firsts: Uint32Array, lasts: Uint32Array, at = 0): void {
  const width = widthOf(block.family);
  for (let word = 0; word < width; word++) {
    if ("length" in block) {
      firsts[at + word] = block.words[word] as number;
      lasts[at + word] = (block.words[word] as number) | ~maskWord(block.length, word);
    } else {
      firsts[at + word] = block.first[word] as number;
      lasts[at + word] = block.last[word] as number;
    }
  }
}

/** Adds a prefix by its words and its length. */
export function addPrefix(bounds: Bounds, name: Family, words: Uint32Array, length: number): void {
  const family = bounds[name];
  const width = widthOf(name);
  const at = reserve(family, width);
  for (let word = 0; word < width; word++) {
    family.firsts[at + word] = words[word] as number;
    family.lasts[at + word] = (words[word] as number) | ~maskWord(length, word);
  }
}

export function mergeBounds({ ipv4, ipv6 }: Bounds): AddressSet {
  return {
    ipv4: merge("ipv4", ipv4.count, ipv4.firsts, ipv4.lasts),
    ipv6: merge("ipv6", ipv6.count, ipv6.firsts, ipv6.lasts),
  };
}

/** Room for one more. @returns where its words go */
function reserve(family: FamilyBounds, width: number): number {
  const at = family.count * width;
  if (at + width > family.firsts.length) {
    family.firsts = doubled(family.firsts);
    family.lasts = doubled(family.lasts);
  }
  family.count++;
  return at;
}

function doubled(words: Uint32Array): Uint32Array {
  const more = new Uint32Array(words.length * 2);
  more.set(words);
  return more;
}

/** The set of these intervals, in any order, overlapping or not. Words as in {@link FamilySet}. */
export function merge(family: Family, total: number, firsts: Uint32Array, lasts: Uint32Array): FamilySet {
  const width = widthOf(family);
  // Published lists are mostly sorted already.
  const order = isAscending(firsts, total, width) ? undefined : ascendingOrder(firsts, total, width);
  const outFirsts = new Uint32Array(total * width);
  const outLasts = new Uint32Array(total * width);
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

function isAscending(addresses: Uint32Array, total: number, width: number): boolean {
  for (let index = 1; index < total; index++) {
    if (compareAt(addresses, index - 1, addresses, index, width) > 0) return false;
  }
  return true;
}
