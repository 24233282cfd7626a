/**
 * Strict parsing of addresses and prefixes. Own, because the npm libraries misread bad input without a word: `010.0.0.1`
 * as 8.0.0.1, `10.1/16` as 0.0.0.0/16, `/33` as `/32`, `10.0.0.1-10.0.0.9` as some other address. What is not plainly
 * one address is an error here that says what is wrong and where.
 *
 * Grammar: a dotted quad of decimal octets without leading zeros; RFC 4291 IPv6 with `::` and an embedded dotted quad,
 * without a zone; `/n` in decimal without leading zeros. No white space.
 */
import { type Address, bitsOf, hostPrefix, type Prefix, prefixAround } from "./address";
import { formatPrefix } from "./format";

/** Why a text is not an address. */
export interface AddressProblem {
  /** What is wrong, the text quoted (cut when long), the position counted from 1. */
  readonly message: string;
  /** Offset into the text, counted from 0. */
  readonly at: number;
}

/** Either the value or the reason why there is none. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: AddressProblem };

/** One address, without a length: `192.0.2.1`, `2001:db8::1`. */
export function parseAddress(text: string): Parsed<Address> {
  const slash = text.indexOf("/");
  if (slash >= 0) return failed(text, fault(slash, "has a prefix length where a single address is meant"));
  const address = scanAddress(text, text.length);
  return isFault(address) ? failed(text, address) : { ok: true, value: address };
}

/** One prefix, with its length: `192.0.2.0/24`, `2001:db8::/32`. Host bits that are set are an error. */
export function parsePrefix(text: string): Parsed<Prefix> {
  const prefix = scanPrefix(text);
  return isFault(prefix) ? failed(text, prefix) : { ok: true, value: prefix };
}

/** An address or a prefix, as lists hold them; a bare address is a prefix of full length (/32, /128). */
export function parseEntry(text: string): Parsed<Prefix> {
  if (text.includes("/")) return parsePrefix(text);
  const address = parseAddress(text);
  return address.ok ? { ok: true, value: hostPrefix(address.value) } : address;
}

interface Fault {
  readonly at: number;
  readonly what: string;
}

function fault(at: number, what: string): Fault {
  return { at, what };
}

function isFault(value: object | number): value is Fault {
  return typeof value === "object" && "what" in value;
}

function failed<Value>(text: string, { at, what }: Fault): Parsed<Value> {
  return { ok: false, problem: { at, message: `${quote(text)} ${what} (character ${at + 1})` } };
}

/** Quoted and escaped, so that control characters of a binary file reach no terminal; 50 characters are enough. */
function quote(text: string): string {
  const shown = text.length > 50 ? `${text.slice(0, 49)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function scanPrefix(text: string): Prefix | Fault {
  const slash = text.indexOf("/");
  if (slash < 0) return fault(text.length, "has no prefix length; a single address is written with /32 or /128");
  const address = scanAddress(text, slash);
  if (isFault(address)) return address;
  const length = scanLength(text, slash + 1, bitsOf(address.family));
  if (isFault(length)) return length;
  const prefix = prefixAround(address, length);
  if (prefix.words.some((word, index) => word !== address.words[index])) {
    return fault(0, `has host bits set; the prefix is ${formatPrefix(prefix)}`);
  }
  return prefix;
}

function scanLength(text: string, from: number, highest: number): number | Fault {
  const digits = text.slice(from);
  if (digits === "") return fault(from, "has no number after the slash");
  if (digits.includes(".") || digits.includes(":")) {
    return fault(from, "has a mask after the slash; write the prefix length as a number");
  }
  const bad = digits.search(/[^0-9]/);
  if (bad >= 0) return fault(from + bad, `has ${nameCharacter(text, from + bad)} in the prefix length`);
  if (digits.length > 1 && digits.startsWith("0")) return fault(from, "has a leading zero in the prefix length");
  const length = Number(digits);
  if (length > highest) return fault(from, `has prefix length ${digits.slice(0, 12)}; the longest is ${highest}`);
  return length;
}

function scanAddress(text: string, end: number): Address | Fault {
  if (end === 0) return fault(0, "has no address");
  const colon = text.indexOf(":");
  if (colon >= 0 && colon < end) {
    const words = scanGroups(text, end);
    return isFault(words) ? words : { family: "ipv6", words };
  }
  const word = scanQuad(text, 0, end);
  return isFault(word) ? word : { family: "ipv4", words: [word] };
}

const zero = 48;
const nine = 57;
const dot = 46;
const colonCode = 58;

/** The dotted quad from `from` to `end` (excluded) as one unsigned word. */
function scanQuad(text: string, from: number, end: number): number | Fault {
  let word = 0;
  let octets = 0;
  let at = from;
  for (;;) {
    const start = at;
    let octet = 0;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code < zero || code > nine) break;
      octet = octet * 10 + code - zero;
    }
    if (at < end && text.charCodeAt(at) !== dot) return fault(at, strangeCharacter(text, at));
    const problem = judgeOctet(text, start, at, octet, octets + 1);
    if (problem !== undefined) return problem;
    // Multiplied, not shifted: a shift would make words above 2³¹ negative.
    word = word * 256 + octet;
    octets++;
    if (at === end) break;
    if (octets === 4) return fault(at, "goes on after the fourth octet");
    at++;
  }
  if (octets < 4) return fault(end, `has ${octets} of 4 octets`);
  return word;
}

function judgeOctet(text: string, start: number, end: number, octet: number, ordinal: number): Fault | undefined {
  if (start === end) return fault(start, `has an empty octet ${ordinal}`);
  if (end - start > 1 && text.charCodeAt(start) === zero) {
    return fault(start, `has a leading zero in octet ${ordinal}; some programs would read it as octal`);
  }
  if (octet > 255)
    return fault(start, `has ${text.slice(start, Math.min(end, start + 12))} as octet ${ordinal}; the highest is 255`);
  return undefined;
}

/** The IPv6 address up to `end` (excluded) as four words. */
function scanGroups(text: string, end: number): readonly number[] | Fault {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === colonCode) {
    if (text.charCodeAt(1) !== colonCode) return fault(0, "starts with a single colon");
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const start = at;
    let group = 0;
    for (; at < end; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      group = (group * 16 + digit) % 0x1_0000_0000;
    }
    if (at < end && text.charCodeAt(at) === dot) {
      const word = scanQuad(text, start, end);
      if (isFault(word)) return word;
      groups.push(word >>> 16, word & 0xffff);
      at = end;
      break;
    }
    if (at < end && text.charCodeAt(at) !== colonCode) return fault(at, strangeCharacter(text, at));
    if (at === start) return fault(at, "has a colon too many");
    if (at - start > 4) return fault(start, "has a group of more than 4 hexadecimal digits");
    groups.push(group);
    if (at === end) break;
    if (text.charCodeAt(at + 1) === colonCode && at + 1 < end) {
      if (gap >= 0) return fault(at, 'has "::" a second time');
      gap = groups.length;
      at += 2;
    } else {
      at++;
      if (at === end) return fault(at - 1, "ends in a single colon");
    }
  }
  return expandGroups(groups, gap, end);
}

function expandGroups(groups: number[], gap: number, end: number): readonly number[] | Fault {
  if (groups.length > 8) return fault(end, `has ${groups.length} groups; the most is 8`);
  if (gap < 0 && groups.length < 8) return fault(end, `has ${groups.length} of 8 groups and no "::"`);
  if (gap >= 0) {
    if (groups.length === 8) return fault(end, 'has 8 groups and a "::" that stands for none');
    groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  }
  const words: number[] = [];
  for (let index = 0; index < 8; index += 2) {
    words.push((groups[index] as number) * 0x1_0000 + (groups[index + 1] as number));
  }
  return words;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function strangeCharacter(text: string, at: number): string {
  const char = text[at];
  if (char === "%") return "has a zone; zones mean something on one host only";
  if (char === "-") return "is a range, or has a hyphen; write it as prefixes";
  if (at === 0) return `is no address: it starts with ${nameCharacter(text, at)}`;
  return `has ${nameCharacter(text, at)} where none belongs`;
}

function nameCharacter(text: string, at: number): string {
  const code = text.codePointAt(at) as number;
  if (code === 32 || code === 9) return "white space";
  if (code > 32 && code < 127) return `"${String.fromCodePoint(code)}"`;
  return `character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
