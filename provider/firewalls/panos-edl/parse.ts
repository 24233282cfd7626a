/**
 * An external dynamic list of type IP: one address, prefix or range per line. The first blank behind it starts the comment,
 * with or without a sign. Source: PAN-OS administrator's guide, formatting guidelines for an external dynamic list.
 */
import { type Entry, type Model, noteCollector, type Term } from "../../core/allowlist/index";
import { parseBlock, parseEntry } from "../../core/ip/index";
import { eachLine } from "../lines";

/** The one list of the file has no name; this is its id. */
export const listId = "list";

export function parseEdl(text: string, file: string): Model {
  const entries: Entry[] = [];
  const notes = noteCollector();
  eachLine(text, (raw, line) => {
    const { word, column } = wordOf(raw);
    if (word === "") return;
    const { term, problem } = readEntry(word);
    entries.push({ text: word.slice(0, 120), term, line, column });
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

/** What stands before the first blank; nothing where the line is a comment. */
export function wordOf(raw: string): { readonly word: string; readonly column: number } {
  const [, before = "", word = ""] = /^([ \t]*)([^ \t]*)/.exec(raw) ?? [];
  return { word: /^([#;]|\/\/)/.test(word) ? "" : word, column: before.length + 1 };
}

export function readEntry(word: string): { readonly term: Term; readonly problem?: string } {
  const parsed = parseBlock(word);
  if (parsed.ok) return { term: { kind: "block", block: parsed.value } };
  // The firewall skips what it cannot read; what it does with host bits is not documented.
  const cleared = parseEntry(word, { hostBits: "clear" });
  const within = cleared.ok ? { within: cleared.value } : {};
  return { term: { kind: "unknown", what: "notUnderstood", ...within }, problem: parsed.problem.message };
}
