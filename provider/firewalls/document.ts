/** What parsers of JSON documents share: members of the wrong kind are told from absent ones, and a cut is never silent. */
import type { Entry, Rule, Term } from "../core/allowlist/index";
import { anyService, type noteCollector } from "../core/allowlist/index";
import { type Family, parseEntry } from "../core/ip/index";
import { type JsonNode, type JsonReading, member, readJson } from "./json";
import { quotable } from "./lines";

export type Notes = ReturnType<typeof noteCollector>;

export interface Document {
  readonly root: JsonNode | undefined;
  /** Where reading stopped, if it did: what follows is not known. */
  readonly cut: JsonReading["problem"];
}

/** Reads the document, and notes where it stops. */
export function readDocument(text: string, notes: Notes): Document {
  const { root, problem } = text.trim() === "" ? { root: undefined, problem: undefined } : readJson(text);
  if (problem !== undefined) notes.add(problem.line, `${problem.message}; what follows is not read`);
  return { root, cut: problem };
}

/** A node and the way to it, as reports name it: `SecurityGroups[0].IpPermissions[1]`. */
export interface Place {
  readonly node: JsonNode;
  readonly path: string;
}

export function placeOf(place: Place, name: string): Place | undefined {
  const node = member(place.node, name);
  if (node === undefined || node.kind === "null") return undefined;
  return { node, path: place.path === "" ? name : `${place.path}.${name}` };
}

/** The items of an array, each with its path; undefined when it is something else. */
export function placesIn({ node, path }: Place): Place[] | undefined {
  return node.kind === "array" ? node.items.map((item, at) => ({ node: item, path: `${path}[${at}]` })) : undefined;
}

/** The items of a member that should be an array; `wrong` hears of a member that is none. Absent: no items. */
export function itemsOf(place: Place, name: string, wrong: (at: Place) => void): Place[] {
  const found = placeOf(place, name);
  if (found === undefined) return [];
  const places = placesIn(found);
  if (places === undefined) wrong(found);
  return places ?? [];
}

/** Text in one line and of a length that can be shown. */
export function shownText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name in a document may hold any character
  return quotable(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " "));
}

/** A node as a report quotes it. */
export function shownNode(node: JsonNode): string {
  if (node.kind === "string") return shownText(node.value);
  if (node.kind === "object" || node.kind === "array") return node.kind === "object" ? "{…}" : "[…]";
  return node.kind === "null" ? "null" : String(node.value);
}

export const notUnderstood: Term = { kind: "unknown", what: "notUnderstood" };

/** An entry whose term could not be read. */
export function unreadable({ node, path }: Place): Entry {
  return { text: shownNode(node), line: node.line, path, term: notUnderstood };
}

export interface CidrOptions {
  /** The only family that may stand here. */
  readonly family?: Family;
  readonly hostBits?: "refuse" | "clear";
}

/** An address or a prefix as a term; what it is not becomes unknown, with a note, and bounded where its extent is known. */
export function cidrTerm(text: string, line: number, notes: Notes, options: CidrOptions = {}): Term {
  const parsed = parseEntry(text, { hostBits: options.hostBits ?? "refuse" });
  if (parsed.ok && (options.family ?? parsed.value.family) === parsed.value.family) {
    if (parsed.note !== undefined) notes.add(line, parsed.note.message);
    return { kind: "block", block: parsed.value };
  }
  const word = options.family === "ipv4" ? "IPv4" : "IPv6";
  notes.add(line, parsed.ok ? `${shownText(text)} stands where ${word} belongs` : parsed.problem.message);
  const cleared = parseEntry(text, { hostBits: "clear" });
  return { kind: "unknown", what: "notUnderstood", ...(cleared.ok ? { within: cleared.value } : {}) };
}

/** What a document that stops early may still hold: one more member. */
export function cutEntry(cut: NonNullable<JsonReading["problem"]>): Entry {
  return { text: "(the rest of the document)", line: cut.line, term: notUnderstood };
}

/** Rules that a document that stops early may still hold, stronger than all others. */
export function cutRules(cut: NonNullable<JsonReading["problem"]>, actions: readonly Rule["action"][]): Rule[] {
  return actions.map((action) => ({
    text: "(the rest of the document)",
    line: cut.line,
    action,
    source: { entries: [cutEntry(cut)] },
    destination: { entries: [{ text: "any", line: cut.line, term: { kind: "any" } }] },
    service: anyService,
    enabled: true,
    priority: 0,
    uncertain: "the document stops early",
  }));
}
