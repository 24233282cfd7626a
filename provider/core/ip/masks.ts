/**
 * IPv4 addresses with a mask beside them, as firewalls write them. The same four octets mean opposite things as a
 * netmask (set bits are the network) and as a wildcard (set bits are free), so the caller must know which one it reads.
 */
import { type Interval, type Prefix, prefixAround } from "./address";
import { formatQuad } from "./format";
import { failed, judgeHostBits, type Parsed, type ParseOptions } from "./parse";
import { type Fault, fault, scanned, scanQuad } from "./scan";

/** The most intervals that a wildcard may stand for. `0.255.255.0` is exactly as many. */
export const wildcardLimit = 65_536;

/**
 * An address and its netmask, separated by a slash or by blanks: `192.0.2.0 255.255.255.0`, `192.0.2.0/255.255.255.0`.
 * Contiguous masks only; host bits are judged as those of a prefix.
 */
export function parseNetmask(text: string, options?: ParseOptions): Parsed<Prefix> {
  const masked = scanMasked(text, "netmask");
  if ("what" in masked) return failed(text, masked);
  const { word, mask, maskAt } = masked;
  const length = Math.clz32(~mask);
  if (mask !== netmaskOf(length)) {
    const inverse = ~mask >>> 0;
    const way = isNetmask(inverse)
      ? `it looks like a wildcard; the netmask is ${formatQuad(inverse)}`
      : "a netmask has its set bits before all others, as 255.255.255.0";
    return failed(text, fault(maskAt, `has ${formatQuad(mask)} as netmask; ${way}`));
  }
  const prefix = prefixAround({ family: "ipv4", words: [word] }, length);
  const network = prefix.words[0] as number;
  if (network === word) return { ok: true, value: prefix };
  return judgeHostBits(text, prefix, `network is ${formatQuad(network)} ${formatQuad(mask)}`, options);
}

/**
 * An address and its wildcard (inverse mask), separated by a slash or by blanks: `192.0.2.0 0.0.0.255`. A contiguous
 * wildcard gives one interval, which is a prefix. Any other gives all its intervals, ascending and apart, if they are at
 * most {@link wildcardLimit}. Address bits that the wildcard leaves free are judged as host bits.
 */
export function parseWildcard(text: string, options?: ParseOptions): Parsed<readonly Interval[]> {
  const masked = scanMasked(text, "wildcard");
  if ("what" in masked) return failed(text, masked);
  const { word, mask: wildcard, maskAt } = masked;
  const size = 2 ** trailingOnes(wildcard);
  const scattered = scatteredBits(wildcard);
  const count = 2 ** scattered.length;
  if (count > wildcardLimit) return failed(text, fault(maskAt, tooMany(wildcard, count)));

  const start = (word & ~wildcard) >>> 0;
  const value: Interval[] = [];
  for (let which = 0; which < count; which++) {
    const first = start + scatter(which, scattered);
    value.push({ family: "ipv4", first: [first], last: [first + size - 1] });
  }
  if (start === word) return { ok: true, value };
  return judgeHostBits(text, value, `pattern is ${formatQuad(start)} ${formatQuad(wildcard)}`, options);
}

interface Masked {
  readonly word: number;
  readonly mask: number;
  readonly maskAt: number;
}

function scanMasked(text: string, kind: "netmask" | "wildcard"): Masked | Fault {
  const separator = text.search(/[/ \t]/);
  const end = separator < 0 ? text.length : separator;
  const colon = text.indexOf(":");
  if (colon >= 0) return fault(colon, `is IPv6, which has no ${kind}; write the prefix length as a number`);
  if (end === 0) return fault(0, "has no address");
  const wrongAddress = scanQuad(text, 0, end, 0);
  if (wrongAddress !== undefined) return wrongAddress;
  let maskAt = end + 1;
  if (text[end] !== "/") while (text[maskAt] === " " || text[maskAt] === "\t") maskAt++;
  if (maskAt >= text.length) return fault(text.length, `has no ${kind}; it stands after the address and a blank`);
  if (/^\d+$/.test(text.slice(maskAt))) return fault(maskAt, `has a prefix length where a ${kind} is meant`);
  const wrongMask = scanQuad(text, maskAt, text.length, 1);
  if (wrongMask !== undefined) return wrongMask;
  const [word, mask] = scanned.words as unknown as [number, number];
  return { word, mask, maskAt };
}

function tooMany(wildcard: number, count: number): string {
  const [measured, most] = [count, wildcardLimit].map((number) => number.toLocaleString("en-US"));
  const way = isNetmask(wildcard)
    ? `it looks like a netmask; the wildcard is ${formatQuad(~wildcard)}`
    : "write it as prefixes or ranges";
  return `has wildcard ${formatQuad(wildcard)}, which stands for ${measured} intervals; the most is ${most}; ${way}`;
}

function netmaskOf(length: number): number {
  // A shift by 32 is a shift by 0 in JavaScript.
  return length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
}

function isNetmask(word: number): boolean {
  return word === netmaskOf(Math.clz32(~word));
}

function trailingOnes(word: number): number {
  const rest = ~word;
  return rest === 0 ? 32 : 31 - Math.clz32(rest & -rest);
}

/** The values of the free bits above the trailing ones, ascending. */
function scatteredBits(wildcard: number): number[] {
  const bits: number[] = [];
  for (let bit = trailingOnes(wildcard); bit < 32; bit++) if ((wildcard >>> bit) & 1) bits.push(2 ** bit);
  return bits;
}

/** Spreads the bits of `which` over these places. Ascending in `which`, as the places ascend. */
function scatter(which: number, places: readonly number[]): number {
  return places.reduce((sum, place, index) => sum + ((which >>> index) & 1) * place, 0);
}
