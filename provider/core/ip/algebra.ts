/**
 * Union, intersection and difference of sets: one walk over the intervals of both, because both are sorted. What comes
 * out is sorted, disjoint and never adjacent again.
 */
import { type Family, widthOf } from "./address";
import { familySet, merge } from "./bounds";
import type { AddressSet, FamilySet } from "./set";
import { compareAt, copyAt, copyNext, copyPrevious } from "./words";

/** Every address that is in any of the sets. */
export function union(...sets: readonly AddressSet[]): AddressSet {
  return {
    ipv4: uniteFamilies(
      "ipv4",
      sets.map(({ ipv4 }) => ipv4),
    ),
    ipv6: uniteFamilies(
      "ipv6",
      sets.map(({ ipv6 }) => ipv6),
    ),
  };
}

/** Every address that is in both sets. */
export function intersection(a: AddressSet, b: AddressSet): AddressSet {
  return { ipv4: intersectFamilies(a.ipv4, b.ipv4), ipv6: intersectFamilies(a.ipv6, b.ipv6) };
}

/** Every address of `a` that is not in `b`. */
export function difference(a: AddressSet, b: AddressSet): AddressSet {
  return { ipv4: subtractFamily(a.ipv4, b.ipv4), ipv6: subtractFamily(a.ipv6, b.ipv6) };
}

function uniteFamilies(family: Family, sets: readonly FamilySet[]): FamilySet {
  const filled = sets.filter(({ count }) => count > 0);
  const [only] = filled;
  if (only !== undefined && filled.length === 1) return only;
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  const [firsts, lasts] = [joined(filled.map((set) => set.firsts)), joined(filled.map((set) => set.lasts))];
  return merge(family, total, firsts, lasts);
}

function joined(arrays: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(arrays.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

function intersectFamilies(a: FamilySet, b: FamilySet): FamilySet {
  const width = widthOf(a.family);
  // Each step uses up an interval of one of them.
  const firsts = new Uint32Array((a.count + b.count) * width);
  const lasts = new Uint32Array((a.count + b.count) * width);
  let count = 0;
  for (let i = 0, j = 0; i < a.count && j < b.count; ) {
    const aStartsLater = compareAt(a.firsts, i, b.firsts, j, width) >= 0;
    const aEndsFirst = compareAt(a.lasts, i, b.lasts, j, width) <= 0;
    if (aStartsLater) copyAt(a.firsts, i, firsts, count, width);
    else copyAt(b.firsts, j, firsts, count, width);
    if (aEndsFirst) copyAt(a.lasts, i, lasts, count, width);
    else copyAt(b.lasts, j, lasts, count, width);
    if (compareAt(firsts, count, lasts, count, width) <= 0) count++;
    if (aEndsFirst) i++;
    else j++;
  }
  return familySet(a.family, count, firsts, lasts);
}

function subtractFamily(a: FamilySet, b: FamilySet): FamilySet {
  if (a.count === 0 || b.count === 0) return a;
  const width = widthOf(a.family);
  // Each interval of `b` cuts at most one of `a` in two.
  const firsts = new Uint32Array((a.count + b.count) * width);
  const lasts = new Uint32Array((a.count + b.count) * width);
  let count = 0;
  for (let i = 0, j = 0; i < a.count; i++) {
    // What is left of the interval starts here: at `count`, where it goes when it is not taken away.
    copyAt(a.firsts, i, firsts, count, width);
    while (j < b.count && compareAt(b.lasts, j, firsts, count, width) < 0) j++;
    let left = true;
    while (left && j < b.count && compareAt(b.firsts, j, a.lasts, i, width) <= 0) {
      if (compareAt(b.firsts, j, firsts, count, width) > 0) {
        copyPrevious(b.firsts, j, lasts, count, width);
        count++;
      }
      // The one that goes on beyond may cut the next interval too.
      left = compareAt(b.lasts, j, a.lasts, i, width) < 0;
      if (left) {
        copyNext(b.lasts, j, firsts, count, width);
        j++;
      }
    }
    if (left) {
      copyAt(a.lasts, i, lasts, count, width);
      count++;
    }
  }
  return familySet(a.family, count, firsts, lasts);
}
