/**
 * Strict parsing of addresses, prefixes and ranges. Own, because the npm libraries misread bad input without a word:
 * `010.0.0.1` as 8.0.0.1, `10.1/16` as 0.0.0.0/16, `/33` as `/32`, `10.0.0.1-10.0.0.9` as some other address. What is
 * not plainly what is meant is an error here that says what is wrong and where.
 *
 * Grammar: a dotted quad of decimal octets without leading zeros; RFC 4291 IPv6 with `::` and an embedded dotted quad,
 * without a zone; `/n` in decimal without leading zeros; `first-last`. No white space. Masks are in masks.ts.
 */
import { type Address, compareWords, type Interval, intervalOf, type Prefix, prefixAround, widthOf } from "./address";
import { formatAddress, formatPrefix } from "./format";
import { describeFault, type Fault, fault, hasHostBits, scanAddress, scanEntry, scanned } from "./scan";
import { wordsOf } from "./words";

/** Why a text is not what is asked for. */
export interface AddressProblem {
  /** What is wrong, the text quoted (cut when long), the position counted from 1. */
  readonly message: string;
  /** Offset into the text, counted from 0. */
  readonly at: number;
}

/** Either the value or the reason why there is none. */
export type Parsed<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      /** What an option let pass, and what it was read as. Absent: the text was strict. */
      readonly note?: AddressProblem;
    }
  | { readonly ok: false; readonly problem: AddressProblem };

/** What a format allows beyond the strict grammar. Nothing by default. */
export interface ParseOptions {
  /**
   * `"clear"`: a prefix with host bits set (`10.1.2.3/8`) is read as the prefix around it, and the answer carries a
   * `note`. Default `"refuse"`: it is an error that names that prefix.
   */
  readonly hostBits?: "refuse" | "clear";
  /** `"allow"`: spaces and tabs around the hyphen of a range. Default `"refuse"`. */
  readonly blanks?: "refuse" | "allow";
}

/** One address, without a length: `192.0.2.1`, `2001:db8::1`. */
export function parseAddress(text: string): Parsed<Address> {
  const slash = text.indexOf("/");
  if (slash >= 0) return failed(text, fault(slash, "has a prefix length where a single address is meant"));
  const wrong = scanAddress(text, 0, text.length);
  return wrong === undefined ? { ok: true, value: scannedAddress() } : failed(text, wrong);
}

/** One prefix, with its length: `192.0.2.0/24`, `2001:db8::/32`. Host bits that are set are an error by default. */
export function parsePrefix(text: string, options?: ParseOptions): Parsed<Prefix> {
  if (!text.includes("/")) {
    return failed(text, fault(text.length, "has no prefix length; a single address is written with /32 or /128"));
  }
  return parseEntry(text, options);
}

/** An address or a prefix, as lists hold them; a bare address is a prefix of full length (/32, /128). */
export function parseEntry(text: string, options?: ParseOptions): Parsed<Prefix> {
  const wrong = scanEntry(text);
  if (wrong !== undefined) return failed(text, wrong);
  const { family, words } = scannedAddress();
  const { length } = scanned;
  if (!hasHostBits()) return { ok: true, value: { family, words, length } };
  const prefix = prefixAround({ family, words }, length);
  return judgeHostBits(text, prefix, `prefix is ${formatPrefix(prefix)}`, options);
}

/**
 * A range, both ends included: `192.0.2.1-192.0.2.9`. The ends are addresses of one family in ascending order; they may
 * be equal.
 */
export function parseRange(text: string, options?: ParseOptions): Parsed<Interval> {
  const range = scanRange(text, options?.blanks === "allow");
  return "what" in range ? failed(text, range) : { ok: true, value: range };
}

/** A prefix or a range, as {@link formatInterval} writes them. */
export function parseInterval(text: string, options?: ParseOptions): Parsed<Interval> {
  if (text.includes("-")) return parseRange(text, options);
  return asInterval(parsePrefix(text, options));
}

/** An address, a prefix or a range. */
export function parseBlock(text: string, options?: ParseOptions): Parsed<Interval> {
  if (text.includes("-")) return parseRange(text, options);
  return asInterval(parseEntry(text, options));
}

/** The answer where host bits are set: `cleared`, with a note, if the options let it pass. `written` is its text. */
export function judgeHostBits<Value>(
  text: string,
  cleared: Value,
  written: `${"prefix" | "network" | "pattern"} is ${string}`,
  options: ParseOptions | undefined,
): Parsed<Value> {
  if (options?.hostBits !== "clear") return failed(text, fault(0, `has host bits set; the ${written}`));
  return {
    ok: true,
    value: cleared,
    note: describeFault(text, fault(0, `has host bits set; cleared: the ${written}`)),
  };
}

export function failed<Value>(text: string, why: Fault): Parsed<Value> {
  return { ok: false, problem: describeFault(text, why) };
}

function scannedAddress(): Address {
  const { family, words } = scanned;
  return { family, words: wordsOf(words, widthOf(family)) };
}

function asInterval(parsed: Parsed<Prefix>): Parsed<Interval> {
  return parsed.ok ? { ...parsed, value: intervalOf(parsed.value) } : parsed;
}

function scanRange(text: string, blanks: boolean): Interval | Fault {
  const hyphen = text.indexOf("-");
  if (hyphen < 0) return fault(text.length, "has no hyphen; a range is written first-last");
  const more = text.indexOf("-", hyphen + 1);
  if (more >= 0) return fault(more, "has a second hyphen; a range is written first-last");
  let end = hyphen;
  let start = hyphen + 1;
  if (blanks) {
    while (isBlank(text, end - 1)) end--;
    while (isBlank(text, start)) start++;
  }
  if (end === 0) return fault(0, "has no address before the hyphen");
  if (start === text.length) return fault(start, "has no address after the hyphen");
  const wrongFirst = scanAddress(text, 0, end);
  if (wrongFirst !== undefined) return wrongFirst;
  const first = scannedAddress();
  const wrongLast = scanAddress(text, start, text.length);
  if (wrongLast !== undefined) return wrongLast;
  const last = scannedAddress();
  if (first.family !== last.family) {
    return fault(start, "goes from one family to the other; IPv4 and IPv6 are ranges of their own");
  }
  if (compareWords(first.words, last.words) > 0) {
    return fault(start, `is reversed; the range is ${formatAddress(last)}-${formatAddress(first)}`);
  }
  return { family: first.family, first: first.words, last: last.words };
}

function isBlank(text: string, at: number): boolean {
  const char = text[at];
  return char === " " || char === "\t";
}
