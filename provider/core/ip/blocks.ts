/** Cuts intervals into the fewest prefixes that hold exactly their addresses. */
import { type Interval, maskWord, type Prefix, widthOf } from "./address";
import { compareAt, copyAt, copyNext, wordsOf } from "./words";

/** Takes one prefix: its words, which change after the call, and its length. */
export type VisitBlock = (words: Uint32Array, length: number) => void;

/**
 * Calls `visit` with each of the fewest prefixes of each of these intervals, in order. The intervals are as in a set:
 * that at `i` has its words at `i * width`.
 */
export function cutIntervals(
  count: number,
  firsts: Uint32Array,
  lasts: Uint32Array,
  width: number,
  visit: VisitBlock,
): void {
  const start = new Uint32Array(width);
  const end = new Uint32Array(width);
  for (let index = 0; index < count; index++) {
    copyAt(firsts, index, start, 0, width);
    for (;;) {
      const length = widestLength(start, lasts, index, width);
      for (let word = 0; word < width; word++) end[word] = (start[word] as number) | ~maskWord(length, word);
      visit(start, length);
      if (compareAt(end, 0, lasts, index, width) >= 0) break;
      copyNext(end, 0, start, 0, width);
    }
  }
}

/** The fewest prefixes that hold exactly the addresses of an interval, in order. */
export function intervalPrefixes({ family, first, last }: Interval): Prefix[] {
  const prefixes: Prefix[] = [];
  cutIntervals(1, Uint32Array.from(first), Uint32Array.from(last), widthOf(family), (words, length) => {
    prefixes.push({ family, words: wordsOf(words, widthOf(family)), length });
  });
  return prefixes;
}

/** The length of the widest prefix that starts at `start` and does not go beyond the address at `index` of `lasts`. */
function widestLength(start: Uint32Array, lasts: Uint32Array, index: number, width: number): number {
  // As many host bits as `start` has zeros at its end, and as the difference has room for: its length in bits, less one
  // unless all its bits are set.
  let zeros = 0;
  let stillZero = true;
  let borrow = 0;
  let room = 0;
  let full = true;
  for (let word = width - 1, place = 0; word >= 0; word--, place += 32) {
    const low = start[word] as number;
    if (stillZero && low !== 0) {
      zeros = place + 31 - Math.clz32(low & -low);
      stillZero = false;
    }
    const high = lasts[index * width + word] as number;
    const difference = (high - low - borrow) | 0;
    borrow = high - low < borrow ? 1 : 0;
    const bits = 32 - Math.clz32(difference);
    if (bits > 0) {
      full = full && room === place && ((difference + 1) & difference) === 0;
      room = place + bits;
    }
  }
  const most = full ? room : room - 1;
  return 32 * width - (stillZero ? most : Math.min(zeros, most));
}
