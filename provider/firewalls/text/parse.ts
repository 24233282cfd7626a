/**
 * A plain list: one prefix, address or range per line, or several with commas or white space between, comments from `#`
 * or `;` to the end of the line. Netmasks (`192.0.2.0/255.255.255.0`), quotes and a header row are understood.
 */
import { type Entry, type Model, noteCollector, type Term } from "../../core/allowlist/index";
import { type Block, parseBlock, parseEntry, parseNetmask } from "../../core/ip/index";
import { eachLine, quotable } from "../lines";

/** The one list of the file has no name; this is its id. */
export const listId = "list";

/** Words that head a column of addresses. */
const headers = /^(ip|ips|address(es)?|prefix(es)?|cidrs?|network|range|subnet|ip[ _-]?address|addressprefix(es)?)$/i;

const hostName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+\.?$/i;

export function parseText(text: string, file: string): Model {
  const entries: Entry[] = [];
  const notes = noteCollector();
  let first = true;
  eachLine(text, (content, line) => {
    for (const { word, text: written, column } of wordsIn(content)) {
      const heads = first && headers.test(word);
      if (!heads) {
        first = false;
        const { term, problem } = readWord(word);
        entries.push({ text: quotable(written), term, line, column });
        if (problem !== undefined) notes.add(line, problem);
      }
    }
  });
  return {
    file,
    vendor: "text",
    sets: [{ id: listId, name: "", kind: "list", line: 1, entries }],
    ruleLists: [],
    notes: notes.notes(),
  };
}

/** Anything that only a list of addresses could hold; used for detection too. */
export function readWord(word: string): { readonly term: Term; readonly problem?: string } {
  const block = readBlock(word);
  if (block !== undefined) return { term: { kind: "block", block } };
  if (hostName.test(word) && /[a-z]/i.test(word) && !word.includes("..")) {
    return { term: { kind: "unknown", what: "fqdn" }, problem: `${word.slice(0, 80)} is a name, not addresses` };
  }
  const parsed = word.includes("-") ? parseBlock(word) : parseEntry(word);
  // Programs disagree on host bits: some read the prefix around it, some the address, some nothing.
  const cleared = parseEntry(word, { hostBits: "clear" });
  return {
    term: { kind: "unknown", what: "notUnderstood", ...(cleared.ok ? { within: cleared.value } : {}) },
    ...(parsed.ok ? {} : { problem: parsed.problem.message }),
  };
}

function readBlock(word: string): Block | undefined {
  if (word.includes("-")) {
    const range = parseBlock(word, { blanks: "allow" });
    return range.ok ? range.value : undefined;
  }
  const prefix = parseEntry(word);
  if (prefix.ok) return prefix.value;
  if (!word.includes("/")) return undefined;
  const masked = parseNetmask(word);
  return masked.ok ? masked.value : undefined;
}

/** An entry of a line, and where it stands. */
export interface Word {
  /** In the one spelling that is parsed: `a-b`, `address/mask`. */
  readonly word: string;
  /** As written. */
  readonly text: string;
  /** Counted from 1. */
  readonly column: number;
}

/** A line that is one word: nearly all lines of long lists. */
const bare = /^[\w.:/-]+$/;

/** The words of a line outside of its comment; `a - b` and `address mask` are one. */
export function wordsIn(content: string): Word[] {
  if (bare.test(content)) return [{ word: content, text: content, column: 1 }];
  const comment = content.search(/[#;]/);
  const listed = comment < 0 ? content : content.slice(0, comment);
  const spans: { word: string; from: number; to: number }[] = [];
  for (const match of listed.matchAll(/[^\s,]+/g)) {
    const opening = /^["']*/.exec(match[0])?.[0].length ?? 0;
    const word = match[0].slice(opening).replace(/["']+$/, "");
    const from = match.index + opening;
    if (word === "") continue;
    const last = spans.at(-1);
    const together = last === undefined ? undefined : joined(last.word, word);
    if (last === undefined || together === undefined) spans.push({ word, from, to: from + word.length });
    else spans[spans.length - 1] = { word: together, from: last.from, to: from + word.length };
  }
  return spans.map(({ word, from, to }) => ({ word, text: listed.slice(from, to), column: from + 1 }));
}

/** `192.0.2.1 -` and `192.0.2.9`; `192.0.2.0` and `255.255.255.0`. */
function joined(last: string, word: string): string | undefined {
  const hyphen = last.endsWith("-") !== word.startsWith("-") && last !== "-";
  if (hyphen && /^[\d.:a-f]+-[\d.:a-f]*$/i.test(last + word)) return last + word;
  const mask = /^255\.\d+\.\d+\.\d+$/.test(word) && /^[\d.]+$/.test(last);
  return mask && parseNetmask(`${last}/${word}`).ok ? `${last}/${word}` : undefined;
}
