/** Sets of ipset, as `ipset save` prints them, and the commands that change them; iptables files may hold them too. */
import type { Entry, ListChange, NamedSet, Term } from "../../core/allowlist/index";
import { type Block, type Family, formatInterval, intervalOf, parseBlock, prefixAround } from "../../core/ip/index";
import { quotable, wordsOf } from "../lines";

interface OpenSet {
  readonly name: string;
  readonly type: string;
  readonly family: Family | undefined;
  readonly maxEntries: number | undefined;
  /** Single addresses stand for the prefix of this length around them. */
  readonly netmask: number | undefined;
  readonly line: number;
  /** By what they stand for: a set holds each once. */
  readonly entries: Map<string, Entry>;
}

export interface SetReader {
  /** Whether the line was one of ipset. */
  read(line: string, number: number): boolean;
  sets(): NamedSet[];
}

type Notes = { add(line: number, message: string): void };

export const setId = (name: string): string => `ipset:${name}`;

/** What hash types hold when they are made without `maxelem`. Source: ipset(8). */
const usualMaximum = 65_536;

const verbs: Readonly<Record<string, string>> = {
  "-N": "create",
  "-n": "create",
  "-A": "add",
  "-D": "del",
  "-F": "flush",
  "-X": "destroy",
};

const setLine =
  /^\s*(?:ipset (?:-(?:exist|!) )?|)(create|add|del|flush|destroy|swap|rename) |^\s*ipset (?:-(?:exist|!) )?(-[NADFXEW]) /;

export function setReader(notes: Notes): SetReader {
  const sets = new Map<string, OpenSet>();
  return {
    read(raw, line) {
      const match = setLine.exec(raw);
      if (match === null) return false;
      const verb = match[1] ?? verbs[match[2] as string] ?? "swap";
      const [name, ...rest] = wordsOf(raw.slice(match[0].length));
      if (name === undefined) return true;
      if (verb === "create") create(sets, name, rest, line);
      else if (verb === "destroy") sets.delete(name);
      else if (verb === "swap" || verb === "rename") notes.add(line, `${verb} is not followed`);
      else {
        const set = sets.get(name);
        if (set === undefined) notes.add(line, `set ${name.slice(0, 80)} is not made in this file`);
        else if (verb === "flush") set.entries.clear();
        else change(set, verb, rest, line, notes);
      }
      return true;
    },
    sets: () => [...sets.values()].map(finish),
  };
}

function create(sets: Map<string, OpenSet>, name: string, [type, ...options]: readonly string[], line: number): void {
  if (type === undefined || sets.has(name)) return;
  const option = (word: string): string | undefined => {
    const at = options.indexOf(word);
    return at < 0 ? undefined : options[at + 1];
  };
  const number = (text: string | undefined): number | undefined =>
    /^\d{1,9}$/.test(text ?? "") ? Number(text) : undefined;
  const addresses = /^(hash|bitmap):(ip|net)/.test(type);
  const family = !addresses ? undefined : option("family") === "inet6" ? "ipv6" : "ipv4";
  sets.set(name, {
    name,
    type,
    family,
    maxEntries: type.startsWith("hash:") ? (number(option("maxelem")) ?? usualMaximum) : undefined,
    netmask: number(option("netmask")),
    line,
    entries: new Map(),
  });
}

function change(set: OpenSet, verb: string, words: readonly string[], line: number, notes: Notes): void {
  const [word, ...options] = words;
  if (word === undefined) return;
  const text = quotable(words.join(" "));
  const { term, note } = termOf(set, word);
  const key = term.kind === "block" ? formatInterval(intervalOf(term.block)) : word;
  if (verb === "del") {
    set.entries.delete(key);
    return;
  }
  if (note !== undefined) notes.add(line, note);
  const comment = options.indexOf("comment");
  const marks = comment < 0 ? options : options.slice(0, comment);
  if (marks.includes("timeout")) notes.add(line, "this entry expires; it counts as long as the file has it");
  set.entries.set(key, { text, line, term, ...(marks.includes("nomatch") ? { hole: true } : {}) });
}

function termOf({ type, netmask, family }: OpenSet, word: string): { readonly term: Term; readonly note?: string } {
  if (type === "list:set") return { term: { kind: "set", id: setId(word) } };
  const [address = "", ...others] = word.split(",");
  const parsed = parseBlock(address, { hostBits: "clear" });
  if (!parsed.ok || family === undefined || intervalOf(parsed.value).family !== family) {
    const note = parsed.ok ? `${address.slice(0, 80)} is not of this set's family` : parsed.problem.message;
    return { term: { kind: "unknown", what: "notUnderstood" }, note };
  }
  // Ports, interfaces and second addresses decide as well.
  if (others.length > 0 || type.includes(","))
    return { term: { kind: "unknown", what: "dynamic", within: parsed.value } };
  return { term: { kind: "block", block: widened(parsed.value, netmask) } };
}

function widened(block: Block, netmask: number | undefined): Block {
  const { family, first } = intervalOf(block);
  return netmask === undefined || netmask > (family === "ipv4" ? 32 : 128)
    ? block
    : prefixAround({ family, words: first }, netmask);
}

function finish({ name, type, family, maxEntries, line, entries }: OpenSet): NamedSet {
  return {
    id: setId(name),
    name,
    kind: type,
    line,
    entries: [...entries.values()],
    holes: "longest-match",
    ...(family === undefined ? {} : { family }),
    ...(maxEntries === undefined ? {} : { maxEntries }),
  };
}

export function refuseSet({ kind }: NamedSet): string | undefined {
  if (kind === "hash:net") return undefined;
  return kind === "list:set"
    ? "it holds sets; name one of them"
    : `a ${kind} does not hold prefixes as such; use a hash:net`;
}

/** Lines for `ipset restore`: new entries go in before old ones go out. */
export function setCommands(
  { set: { name } }: ListChange,
  added: readonly string[],
  removed: readonly string[],
): string {
  const first = (text: string): string => text.split(" ")[0] as string;
  return [
    ...added.map((entry) => `add ${name} ${entry}\n`),
    ...removed.map((entry) => `del ${name} ${first(entry)}\n`),
  ].join("");
}
