/** Reads addresses and lengths out of a text, from an offset to another, and says what is wrong with them and where. */
import type { Address } from "./address";

/** What is wrong with a text, without the text. */
export interface Fault {
  readonly at: number;
  readonly what: string;
}

export function fault(at: number, what: string): Fault {
  return { at, what };
}

export function isFault(value: object | number): value is Fault {
  return typeof value === "object" && "what" in value;
}

/** The fault as people read it. */
export function describeFault(text: string, { at, what }: Fault): { message: string; at: number } {
  return { at, message: `${quote(text)} ${what} (character ${at + 1})` };
}

/** Quoted and escaped, so that control characters of a binary file reach no terminal; 50 characters are enough. */
function quote(text: string): string {
  const shown = text.length > 50 ? `${text.slice(0, 49)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** The prefix length from `from` to the end of the text, at most `highest`. */
export function scanLength(text: string, from: number, highest: number): number | Fault {
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

/** The address from `from` to `end` (excluded). */
export function scanAddress(text: string, from: number, end: number): Address | Fault {
  if (from === end) return fault(from, "has no address");
  const colon = text.indexOf(":", from);
  if (colon >= 0 && colon < end) {
    const words = scanGroups(text, from, end);
    return isFault(words) ? words : { family: "ipv6", words };
  }
  const word = scanQuad(text, from, end);
  return isFault(word) ? word : { family: "ipv4", words: [word] };
}

const zero = 48;
const nine = 57;
const dot = 46;
const colonCode = 58;

/** The dotted quad from `from` to `end` (excluded) as one unsigned word. */
export function scanQuad(text: string, from: number, end: number): number | Fault {
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

/** The IPv6 address from `from` to `end` (excluded) as four words. */
function scanGroups(text: string, from: number, end: number): readonly number[] | Fault {
  const groups: number[] = [];
  let gap = -1;
  let at = from;
  if (text.charCodeAt(from) === colonCode) {
    if (from + 1 === end || text.charCodeAt(from + 1) !== colonCode) return fault(from, "starts with a single colon");
    gap = 0;
    at = from + 2;
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
