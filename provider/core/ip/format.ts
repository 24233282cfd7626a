/** Canonical text of addresses: dotted quads, and RFC 5952 for IPv6. Equal addresses have equal text. */
import { type Address, type Interval, type Prefix, soleLength } from "./address";

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
  const length = soleLength({ family, first, last });
  if (length !== undefined) return formatPrefix({ family, words: first, length });
  return `${formatAddress({ family, words: first })}-${formatAddress({ family, words: last })}`;
}

/** Canonical text of the IPv4 address in a word. */
export function formatQuad(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function formatGroups(words: readonly number[]): string {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${formatQuad(words[3] as number)}`;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (run === undefined) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    const length = index - start;
    if (length >= 2 && length > (best?.length ?? 0)) best = { start, length };
    start = index + 1;
  }
  return best;
}
