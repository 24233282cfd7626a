/** Canonical text of addresses: dotted quads, and RFC 5952 for IPv6. Equal addresses have equal text. */
import type { Address, Interval, Prefix } from "./address";
import { intervalPrefixes } from "./blocks";

/**
 * Canonical text of an address. IPv6 is RFC 5952: lower case, no leading zeros, `::` for the longest run of at least two
 * zero groups (the first of equals), and the dotted form after the well-known prefix `::ffff:0:0/96` (section 5).
 */
export function formatAddress(address: Address): string {
  return address.family === "ipv4" ? formatQuad(address.words[0] as number) : formatGroups(address.words);
}

/** Canonical text of a prefix; the length is always written. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

/**
 * Canonical text of an interval: a prefix where it is exactly one (a single address is one of full length), otherwise
 * `first-last`. `parseInterval` reads it back.
 */
export function formatInterval({ family, first, last }: Interval): string {
  const [only, ...more] = intervalPrefixes({ family, first, last });
  if (only !== undefined && more.length === 0) return formatPrefix(only);
  return `${formatAddress({ family, words: first })}-${formatAddress({ family, words: last })}`;
}

/** Canonical text of the IPv4 address in a word. */
export function formatQuad(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function formatGroups(words: ArrayLike<number>): string {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${formatQuad(words[3] as number)}`;
  const run = longestZeroRun(words);
  if (run.length < 2) return hexGroups(words, 0, 8);
  return `${hexGroups(words, 0, run.start)}::${hexGroups(words, run.start + run.length, 8)}`;
}

function hexGroups(words: ArrayLike<number>, from: number, to: number): string {
  let text = "";
  for (let index = from; index < to; index++) text += (index > from ? ":" : "") + groupAt(words, index).toString(16);
  return text;
}

function groupAt(words: ArrayLike<number>, index: number): number {
  const word = words[index >> 1] as number;
  return index % 2 === 0 ? word >>> 16 : word & 0xffff;
}

/** The first of the longest. */
export function longestZeroRun(words: ArrayLike<number>): { start: number; length: number } {
  const longest = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= 8; index++) {
    if (index < 8 && groupAt(words, index) === 0) continue;
    if (index - start > longest.length) {
      longest.start = start;
      longest.length = index - start;
    }
    start = index + 1;
  }
  return longest;
}
