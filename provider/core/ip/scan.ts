/**
 * Reads addresses and lengths out of a text, from an offset to another, and says what is wrong with them and where. What
 * it found is in {@link scanned}: reading 100,000 entries allocates nothing but the faults.
 */
import { bitsOf, type Family, maskWord, widthOf } from "./address";

/** What is wrong with a text, without the text. */
export interface Fault {
  readonly at: number;
  readonly what: string;
}

export function fault(at: number, what: string): Fault {
  return { at, what };
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

/** What the last scan without a fault found. The next one writes over it. */
export const scanned: { family: Family; length: number; readonly words: Uint32Array } = {
  family: "ipv4",
  /** Prefix length; full for an address without one. */
  length: 32,
  words: new Uint32Array(4),
};

/** The address from `from` to `end` (excluded). */
export function scanAddress(text: string, from: number, end: number): Fault | undefined {
  if (from === end) return fault(from, "has no address");
  const colon = text.indexOf(":", from);
  const family = colon >= 0 && colon < end ? "ipv6" : "ipv4";
  scanned.family = family;
  scanned.length = bitsOf(family);
  return family === "ipv4" ? scanQuad(text, from, end, 0) : scanGroups(text, from, end);
}

/** An address, or a prefix if there is a slash. Host bits are left as they are. */
export function scanEntry(text: string): Fault | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return scanAddress(text, 0, text.length);
  return scanAddress(text, 0, slash) ?? scanLength(text, slash + 1);
}

/** Whether what was scanned last has bits set after its prefix length. */
export function hasHostBits(): boolean {
  const { family, length, words } = scanned;
  for (let word = 0; word < widthOf(family); word++) {
    if (((words[word] as number) & ~maskWord(length, word)) !== 0) return true;
  }
  return false;
}

/** The prefix length from `from` to the end of the text, for the address before it. */
function scanLength(text: string, from: number): Fault | undefined {
  const highest = scanned.length;
  let length = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < zero || code > nine || length > highest) return strangeLength(text, from, highest);
    length = length * 10 + code - zero;
  }
  const leadingZero = text.length - from > 1 && text.charCodeAt(from) === zero;
  if (from === text.length || leadingZero || length > highest) return strangeLength(text, from, highest);
  scanned.length = length;
  return undefined;
}

function strangeLength(text: string, from: number, highest: number): Fault {
  const digits = text.slice(from);
  if (digits === "") return fault(from, "has no number after the slash");
  if (digits.includes(".") || digits.includes(":")) {
    return fault(from, "has a mask after the slash; write the prefix length as a number");
  }
  const bad = digits.search(/[^0-9]/);
  if (bad >= 0) return fault(from + bad, `has ${nameCharacter(text, from + bad)} in the prefix length`);
  if (digits.length > 1 && digits.startsWith("0")) return fault(from, "has a leading zero in the prefix length");
  return fault(from, `has prefix length ${digits.slice(0, 12)}; the longest is ${highest}`);
}

const zero = 48;
const nine = 57;
const dot = 46;
const colonCode = 58;

/** The dotted quad from `from` to `end` (excluded), as the word at `index`. */
export function scanQuad(text: string, from: number, end: number, index: number): Fault | undefined {
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
    if (at - start !== 1 && (at === start || octet > 255 || text.charCodeAt(start) === zero)) {
      return strangeOctet(text, start, at, octets + 1);
    }
    word = (word << 8) | octet;
    octets++;
    if (at === end) break;
    if (octets === 4) return fault(at, "goes on after the fourth octet");
    at++;
  }
  if (octets < 4) return fault(end, `has ${octets} of 4 octets`);
  // Signed until here; the array takes it as the unsigned word that it is.
  scanned.words[index] = word;
  return undefined;
}

function strangeOctet(text: string, start: number, end: number, ordinal: number): Fault {
  if (start === end) return fault(start, `has an empty octet ${ordinal}`);
  if (text.charCodeAt(start) === zero) {
    return fault(start, `has a leading zero in octet ${ordinal}; some programs would read it as octal`);
  }
  return fault(start, `has ${text.slice(start, Math.min(end, start + 12))} as octet ${ordinal}; the highest is 255`);
}

/** The first eight groups of the IPv6 address that is being read. */
const groups = new Uint16Array(8);

/** The IPv6 address from `from` to `end` (excluded) as four words. */
function scanGroups(text: string, from: number, end: number): Fault | undefined {
  let count = 0;
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
      group = (group << 4) | digit;
    }
    if (at < end && text.charCodeAt(at) === dot) {
      const wrong = scanQuad(text, start, end, 3);
      if (wrong !== undefined) return wrong;
      const word = scanned.words[3] as number;
      // Beyond the eighth there is no place: written nowhere, counted, refused.
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
      at = end;
      break;
    }
    if (at < end && text.charCodeAt(at) !== colonCode) return fault(at, strangeCharacter(text, at));
    if (at === start) return fault(at, "has a colon too many");
    if (at - start > 4) return fault(start, "has a group of more than 4 hexadecimal digits");
    groups[count++] = group;
    if (at === end) break;
    if (text.charCodeAt(at + 1) === colonCode && at + 1 < end) {
      if (gap >= 0) return fault(at, 'has "::" a second time');
      gap = count;
      at += 2;
    } else {
      at++;
      if (at === end) return fault(at - 1, "ends in a single colon");
    }
  }
  return placeGroups(count, gap, end);
}

function placeGroups(count: number, gap: number, end: number): Fault | undefined {
  if (count > 8) return fault(end, `has ${count} groups; the most is 8`);
  if (gap < 0 && count < 8) return fault(end, `has ${count} of 8 groups and no "::"`);
  if (gap >= 0) {
    if (count === 8) return fault(end, 'has 8 groups and a "::" that stands for none');
    groups.copyWithin(8 - count + gap, gap, count);
    groups.fill(0, gap, 8 - count + gap);
  }
  for (let word = 0; word < 4; word++) {
    scanned.words[word] = ((groups[2 * word] as number) << 16) | (groups[2 * word + 1] as number);
  }
  return undefined;
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
