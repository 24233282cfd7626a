/**
 * An external dynamic list of addresses as a firewall fetches it: an address, prefix or range at the start of each line;
 * from the first blank on everything is a comment, with a sign before it or without.
 * Source: Palo Alto Networks, "Formatting Guidelines for an External Dynamic List".
 */
import { type Entry, type Model, noteCollector, type Term } from "../../core/allowlist/index";
import { parseBlock, parseEntry, parseNetmask } from "../../core/ip/index";
import { eachLine, quotable } from "../lines";

/** The one list of the file has no name; this is its id. */
export const listId = "list";

/** What stands before the first blank, and what after it. */
export interface EdlLine {
  readonly word: string;
  /** Counted from 1. */
  readonly column: number;
  /** Without the blanks around it. */
  readonly comment: string;
  /** Why it is unsure that the firewall reads the line as it looks. */
  readonly doubt?: string;
}

/** Undefined for empty lines and for those that are nothing but a comment. */
export function readEdlLine(content: string): EdlLine | undefined {
  const match = /^(\s*)(\S+)(\s*)(.*)$/u.exec(content);
  if (match === null) return undefined;
  const [, before = "", word = "", after = "", comment = ""] = match;
  if (word.startsWith("#") || word.startsWith(";")) return undefined;
  const doubt =
    before !== ""
      ? "a blank stands before the entry, and a blank begins a comment"
      : after !== "" && comment !== "" && !after.startsWith(" ")
        ? "no space ends the entry"
        : undefined;
  return { word, column: before.length + 1, comment: comment.trim(), ...(doubt === undefined ? {} : { doubt }) };
}

export function parseEdl(text: string, file: string): Model {
  const entries: Entry[] = [];
  const notes = noteCollector();
  eachLine(text, (content, line) => {
    const read = readEdlLine(content);
    if (read === undefined) return;
    const { term, problem } = termOf(read);
    entries.push({ text: quotable(read.word), term, line, column: read.column });
    if (problem !== undefined) notes.add(line, problem);
  });
  return {
    file,
    vendor: "panos-edl",
    sets: [{ id: listId, name: "", kind: "external dynamic list", line: 1, entries }],
    ruleLists: [],
    notes: notes.notes(),
  };
}

const hostName = /^(https?:\/\/)?(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*(\/.*)?$/i;

function termOf({ word, doubt }: EdlLine): { readonly term: Term; readonly problem?: string } {
  const parsed = word.includes("-") ? parseBlock(word) : parseEntry(word);
  if (parsed.ok) {
    const block = parsed.value;
    if (doubt === undefined) return { term: { kind: "block", block } };
    return {
      term: { kind: "unknown", what: "notUnderstood", within: block },
      problem: `${word.slice(0, 80)}: ${doubt}`,
    };
  }
  if (hostName.test(word)) {
    const problem = `${word.slice(0, 80)} is a name; a list of addresses holds none`;
    return { term: { kind: "unknown", what: "fqdn" }, problem };
  }
  // The guidelines say "IP/Mask" and show lengths alone: whether a netmask or host bits are taken is not documented.
  const clear = { hostBits: "clear" } as const;
  const around = word.includes("/255.") ? parseNetmask(word, clear) : parseEntry(word, clear);
  const within = around.ok ? { within: around.value } : {};
  return { term: { kind: "unknown", what: "notUnderstood", ...within }, problem: parsed.problem.message };
}
