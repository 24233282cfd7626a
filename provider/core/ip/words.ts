/**
 * Arithmetic on addresses that lie one behind another in an array of words: the address at `i` is at `i * width`. Always
 * the same kind of array: with two kinds, comparing takes several times as long.
 */
import { allOnes } from "./address";

/** Numeric order of the address at `ai` of `a` and that at `bi` of `b`. */
export function compareAt(a: Uint32Array, ai: number, b: Uint32Array, bi: number, width: number): number {
  const from = ai * width;
  const other = bi * width;
  for (let word = 0; word < width; word++) {
    const x = a[from + word] as number;
    const y = b[other + word] as number;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function copyAt(from: Uint32Array, fi: number, to: Uint32Array, ti: number, width: number): void {
  for (let word = 0; word < width; word++) to[ti * width + word] = from[fi * width + word] as number;
}

/** The address at `index`, as an array of its own. */
export function wordsOf(words: Uint32Array, width: number, index = 0): number[] {
  const from = index * width;
  // Spelled out, because Array.from takes ten times as long.
  if (width === 1) return [words[from] as number];
  return [words[from], words[from + 1], words[from + 2], words[from + 3]] as number[];
}

/** Writes the address after the one at `fi`. The one after the last address of the family would be the first. */
export function copyNext(from: Uint32Array, fi: number, to: Uint32Array, ti: number, width: number): void {
  copyAt(from, fi, to, ti, width);
  for (let at = ti * width + width - 1; at >= ti * width; at--) {
    // Stored as an unsigned word: all ones and one more is zero, and carries.
    to[at] = (to[at] as number) + 1;
    if (to[at] !== 0) return;
  }
}

/** Writes the address before the one at `fi`. The one before the first address of the family would be the last. */
export function copyPrevious(from: Uint32Array, fi: number, to: Uint32Array, ti: number, width: number): void {
  copyAt(from, fi, to, ti, width);
  for (let at = ti * width + width - 1; at >= ti * width; at--) {
    to[at] = (to[at] as number) - 1;
    if (to[at] !== allOnes) return;
  }
}

/** Whether the address at `bi` is the next one after that at `ai`. */
export function follows(a: Uint32Array, ai: number, b: Uint32Array, bi: number, width: number): boolean {
  let carried = true;
  for (let word = width - 1; word >= 0; word--) {
    const low = a[ai * width + word] as number;
    const high = b[bi * width + word] as number;
    if (!carried) {
      if (low !== high) return false;
    } else if (low === allOnes) {
      if (high !== 0) return false;
    } else {
      if (high !== (low + 1) >>> 0) return false;
      carried = false;
    }
  }
  return !carried;
}

/**
 * The order of the first `total` addresses, as indexes. Sorted digit by digit (radix): linear, and several times faster
 * than a sort that calls back to compare.
 */
export function ascendingOrder(addresses: Uint32Array, total: number, width: number): Uint32Array {
  let order = new Uint32Array(total);
  let spare = new Uint32Array(total);
  for (let index = 0; index < total; index++) order[index] = index;
  const places = new Uint32Array(256);
  for (let word = width - 1; word >= 0; word--) {
    for (let shift = 0; shift < 32; shift += 8) {
      countDigits(addresses, total, width, word, shift, places);
      // Nothing to do where all have the same digit, as in most words of IPv6 lists.
      if (places.includes(total)) continue;
      distribute(addresses, order, spare, width, word, shift, places);
      const done = spare;
      spare = order;
      order = done;
    }
  }
  return order;
}

function countDigits(
  addresses: Uint32Array,
  total: number,
  width: number,
  word: number,
  shift: number,
  places: Uint32Array,
): void {
  places.fill(0);
  for (let at = word; at < total * width; at += width) {
    const digit = ((addresses[at] as number) >>> shift) & 255;
    places[digit] = (places[digit] as number) + 1;
  }
}

/** From `order` to `next`, by the digit and within a digit as they were. `counts` are used up. */
function distribute(
  addresses: Uint32Array,
  order: Uint32Array,
  next: Uint32Array,
  width: number,
  word: number,
  shift: number,
  counts: Uint32Array,
): void {
  let place = 0;
  for (let digit = 0; digit < 256; digit++) {
    const here = counts[digit] as number;
    counts[digit] = place;
    place += here;
  }
  for (let rank = 0; rank < order.length; rank++) {
    const index = order[rank] as number;
    const digit = ((addresses[index * width + word] as number) >>> shift) & 255;
    const to = counts[digit] as number;
    next[to] = index;
    counts[digit] = to + 1;
  }
}
