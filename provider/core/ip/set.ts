/**
 * Sets of addresses: per family, sorted and disjoint intervals in typed arrays, never adjacent, so that a set has one
 * form only. Made once and never changed. Made to hold 100,000 prefixes: building is n log n, a question is log n.
 */
import { allOnes, type Family, type Interval, intervalPrefixes, type Prefix, toInterval, widthOf } from "./address";

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

/** The set of all addresses in these prefixes and intervals, in any order, overlapping or not. */
export function addressSet(blocks: Iterable<Prefix | Interval>): AddressSet {
  const bounds = { ipv4: newBounds(), ipv6: newBounds() };
  for (const block of blocks) {
    const { family, first, last } = "length" in block ? toInterval(block) : block;
    bounds[family].firsts.push(...first);
    bounds[family].lasts.push(...last);
  }
  return { ipv4: merge("ipv4", bounds.ipv4), ipv6: merge("ipv6", bounds.ipv6) };
}

/** Every address that is in any of the sets. */
export function union(...sets: readonly AddressSet[]): AddressSet {
  return addressSet(sets.flatMap((set) => [...intervals(set)]));
}

/** Whether every address of the prefix is in the set. */
export function covers(set: AddressSet, prefix: Prefix): boolean {
  const { first, last } = toInterval(prefix);
  const family = set[prefix.family];
  const index = lastStartingBy(family, first);
  return index >= 0 && compareAt(family.lasts, index, last) >= 0;
}

/** Whether any address of the prefix is in the set. */
export function touches(set: AddressSet, prefix: Prefix): boolean {
  const { first, last } = toInterval(prefix);
  const family = set[prefix.family];
  const index = lastStartingBy(family, last);
  return index >= 0 && compareAt(family.lasts, index, first) >= 0;
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

function merge(family: Family, { firsts, lasts }: Bounds): FamilySet {
  const width = widthOf(family);
  const total = firsts.length / width;
  const order = Uint32Array.from({ length: total }, (_, index) => index);
  const byFirst = (a: number, b: number): number => compareWordsAt(firsts, a, firsts, b, width);
  // Published lists are mostly sorted already; a scan is cheaper than a sort.
  if (order.some((index) => index > 0 && byFirst(index - 1, index) > 0)) order.sort(byFirst);

  const outFirsts = new Uint32Array(firsts.length);
  const outLasts = new Uint32Array(lasts.length);
  let count = 0;
  for (const index of order) {
    const current = count - 1;
    const joins =
      current >= 0 &&
      (compareWordsAt(firsts, index, outLasts, current, width) <= 0 ||
        follows(outLasts, current, firsts, index, width));
    if (!joins) {
      copy(firsts, index, outFirsts, count, width);
      copy(lasts, index, outLasts, count, width);
      count++;
    } else if (compareWordsAt(lasts, index, outLasts, current, width) > 0) {
      copy(lasts, index, outLasts, current, width);
    }
  }
  return { family, count, firsts: outFirsts.slice(0, count * width), lasts: outLasts.slice(0, count * width) };
}

/** Whether the address at `b` is the next one after that at `a`. */
function follows(a: ArrayLike<number>, ai: number, b: ArrayLike<number>, bi: number, width: number): boolean {
  let carried = true;
  for (let word = width - 1; word >= 0; word--) {
    const low = a[ai * width + word] as number;
    const high = b[bi * width + word] as number;
    if (!carried) {
      if (low !== high) return false;
    } else if (low === allOnes) {
      if (high !== 0) return false;
    } else {
      if (high !== low + 1) return false;
      carried = false;
    }
  }
  return !carried;
}

function copy(from: ArrayLike<number>, fi: number, to: Uint32Array, ti: number, width: number): void {
  for (let word = 0; word < width; word++) to[ti * width + word] = from[fi * width + word] as number;
}

function compareWordsAt(a: ArrayLike<number>, ai: number, b: ArrayLike<number>, bi: number, width: number): number {
  for (let word = 0; word < width; word++) {
    const difference = (a[ai * width + word] as number) - (b[bi * width + word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareAt(bounds: Uint32Array, index: number, address: readonly number[]): number {
  return compareWordsAt(bounds, index, address, 0, address.length);
}

/** The last interval that starts at or before the address; -1 when none does. */
function lastStartingBy(family: FamilySet, address: readonly number[]): number {
  let low = 0;
  let high = family.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(family.firsts, middle, address) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function equalFamilies(a: FamilySet, b: FamilySet): boolean {
  if (a.count !== b.count) return false;
  return a.firsts.every((word, i) => word === b.firsts[i]) && a.lasts.every((word, i) => word === b.lasts[i]);
}
