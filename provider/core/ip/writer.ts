/**
 * Canonical text of many prefixes, written as bytes and cut into pieces. A text put together from octets would be a tree
 * of nine strings, and the collector would walk them all: that took longer than parsing.
 */
import { longestZeroRun } from "./format";

/** Texts that share one buffer: it is about 16 KB, kept as long as one of them is. */
const together = 1000;
/** Bytes: a mapped address is written shorter than eight groups, and a length has three digits. */
const longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128".length;
const decoder = new TextDecoder();

export interface Writer {
  /** Words of the network address, one for IPv4 or four for IPv6, and the length. */
  add(words: Uint32Array, length: number): void;
  /** Appends what is left to the texts. */
  flush(): void;
}

/** Appends to `texts`, some at a time. */
export function newWriter(texts: string[]): Writer {
  const bytes = new Uint8Array(together * longest);
  const ends: number[] = [];
  let at = 0;
  const flush = (): void => {
    const text = decoder.decode(bytes.subarray(0, at));
    let from = 0;
    for (const end of ends) {
      texts.push(text.slice(from, end));
      from = end;
    }
    ends.length = 0;
    at = 0;
  };
  return {
    add(words, length) {
      at = words.length === 1 ? writeQuad(bytes, at, words[0] as number) : writeGroups(bytes, at, words);
      bytes[at++] = slash;
      at = writeNumber(bytes, at, length);
      if (ends.push(at) === together) flush();
    },
    flush,
  };
}

const slash = 47;
const dot = 46;
const colon = 58;
const zero = 48;
const hexDigits = new TextEncoder().encode("0123456789abcdef");

function writeQuad(bytes: Uint8Array, from: number, word: number): number {
  let at = writeNumber(bytes, from, word >>> 24);
  bytes[at++] = dot;
  at = writeNumber(bytes, at, (word >>> 16) & 255);
  bytes[at++] = dot;
  at = writeNumber(bytes, at, (word >>> 8) & 255);
  bytes[at++] = dot;
  return writeNumber(bytes, at, word & 255);
}

/** Writes a number below 1,000. @returns the place after */
function writeNumber(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  if (value >= 100) bytes[at++] = zero + Math.floor(value / 100);
  if (value >= 10) bytes[at++] = zero + (Math.floor(value / 10) % 10);
  bytes[at++] = zero + (value % 10);
  return at;
}

function writeGroups(bytes: Uint8Array, from: number, words: Uint32Array): number {
  let at = from;
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  const run = mapped ? { start: 0, length: 5 } : longestZeroRun(words);
  for (let index = 0; index < (mapped ? 6 : 8); index++) {
    if (run.length >= 2 && index === run.start) {
      bytes[at++] = colon;
      bytes[at++] = colon;
      index += run.length - 1;
      continue;
    }
    if (index > 0 && !(run.length >= 2 && index === run.start + run.length)) bytes[at++] = colon;
    at = writeHex(bytes, at, words, index);
  }
  if (!mapped) return at;
  bytes[at++] = colon;
  return writeQuad(bytes, at, words[3] as number);
}

function writeHex(bytes: Uint8Array, from: number, words: Uint32Array, index: number): number {
  let at = from;
  const word = words[index >> 1] as number;
  const group = index % 2 === 0 ? word >>> 16 : word & 0xffff;
  for (let shift = 12; shift >= 0; shift -= 4) {
    if (shift === 0 || group >>> shift !== 0) bytes[at++] = hexDigits[(group >>> shift) & 15] as number;
  }
  return at;
}
