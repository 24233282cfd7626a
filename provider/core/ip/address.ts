/**
 * Addresses and prefixes as unsigned 32-bit words. IPv6 is four words rather than a BigInt: BigInt arithmetic costs more
 * for 10,000 IPv6 prefixes than words cost for 100,000 IPv4 ones, and the same code serves both families.
 */

export type Family = "ipv4" | "ipv6";

/** One address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is an IPv6 address. */
export interface Address {
  readonly family: Family;
  /** Unsigned 32-bit words, most significant first: one for IPv4, four for IPv6. */
  readonly words: readonly number[];
}

/** A block of addresses. `words` is the network address: no host bits are set. */
export interface Prefix extends Address {
  /** Length in bits: 0–32 for IPv4, 0–128 for IPv6. */
  readonly length: number;
}

/** A block of addresses by its first and last one, both included. */
export interface Interval {
  readonly family: Family;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Addresses that follow one another: a prefix, or from the first to the last. */
export type Block = Prefix | Interval;

/** The highest word. */
export const allOnes = 0xffff_ffff;

/** Words per address. */
export function widthOf(family: Family): number {
  return family === "ipv4" ? 1 : 4;
}

/** Bits per address. */
export function bitsOf(family: Family): number {
  return family === "ipv4" ? 32 : 128;
}

/** What a mask of `length` bits leaves in the word at `index`, as the signed word that bit operations work on. */
export function maskWord(length: number, index: number): number {
  const bits = length - 32 * index;
  // A shift by 32 is a shift by 0 in JavaScript.
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/** The prefix of `length` bits that holds the address: its host bits are cleared. */
export function prefixAround(address: Address, length: number): Prefix {
  const words = address.words.map((word, index) => (word & maskWord(length, index)) >>> 0);
  return { family: address.family, words, length };
}

/** First and last address of a prefix. */
export function toInterval(prefix: Prefix): Interval {
  const last = prefix.words.map((word, index) => (word | ~maskWord(prefix.length, index)) >>> 0);
  return { family: prefix.family, first: prefix.words, last };
}

/** First and last address of a block. */
export function intervalOf(block: Block): Interval {
  return "length" in block ? toInterval(block) : block;
}

/** How many addresses a prefix holds. A BigInt, because an IPv6 prefix may hold more than 2⁵³; for messages. */
export function addressCount(prefix: Prefix): bigint {
  return 1n << BigInt(bitsOf(prefix.family) - prefix.length);
}

/** Numeric order of two addresses of one family. */
export function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The order of every list that we print: IPv4 before IPv6, then by address, then the wider first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family === "ipv4" ? -1 : 1;
  return compareWords(a.words, b.words) || a.length - b.length;
}

/** Whether every address of `inner` is in `outer`. A prefix contains itself. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return compareWords(outer.words, prefixAround(inner, outer.length).words) === 0;
}
