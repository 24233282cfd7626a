/**
 * OPNsense's aliases: one entry per line, `!` takes away, what nests is merged into one table of pf. There the longest
 * block decides, over all that was merged: an alias that nests one with `!` is written out here.
 */
import type { Entry, NamedSet, Term, UnknownKind } from "../../core/allowlist/index";
import { type Block, parseBlock, parseWildcard } from "../../core/ip/index";
import { quotable } from "../lines";
import { type AliasStore, aliasSet, unknownEntry } from "../pf/aliases";
import { textIn, wordsIn } from "../pf/elements";
import { aliasId } from "../pf/rules";
import { childNamed, type XmlNode } from "../xml";

interface Notes {
  add(line: number, message: string): void;
}

/** Types whose addresses the device fetches, learns or makes. */
const elsewhere: Readonly<Record<string, UnknownKind>> = {
  url: "external",
  urltable: "external",
  urljson: "external",
  geoip: "geo",
  asn: "external",
  dynipv6host: "dynamic",
  mac: "dynamic",
  authgroup: "dynamic",
  internal: "dynamic",
  external: "external",
  interface_net: "dynamic",
};

const wholeFamily: Readonly<Record<string, Block>> = {
  IPv4: { family: "ipv4", words: [0], length: 0 },
  IPv6: { family: "ipv6", words: [0, 0, 0, 0], length: 0 },
};

/** Intervals that the wildcards of one file may stand for. */
const mostPieces = 131_072;

export interface AliasReader {
  read(node: XmlNode, faulty: boolean): void;
}

export function aliasReader(aliases: AliasStore, notes: Notes): AliasReader {
  const budget = { pieces: mostPieces };
  return {
    read(node, faulty) {
      const name = textIn(node, "name");
      const type = textIn(node, "type");
      if (name === "") return;
      const disabled = textIn(node, "enabled") === "0";
      const content = childNamed(node, "content");
      if (type === "port") {
        aliases.addPorts(name, { words: faulty || disabled ? undefined : wordsIn(content?.text ?? "") });
        return;
      }
      const kind = `${disabled ? "disabled " : ""}${type === "" ? "" : `${type} `}alias`;
      const unread = (): readonly Entry[] | undefined => {
        if (faulty) return [unknownEntry(name, node.line)];
        if (disabled) {
          // A rule that uses it is not loaded: neither "nothing" nor "everything but nothing" would be true.
          notes.add(node.line, `alias ${name.slice(0, 80)} is disabled; rules that use it are not loaded`);
          return [{ ...unknownEntry(name, node.line), term: { kind: "unknown", what: "undefined" } }];
        }
        const what = elsewhere[type];
        if (what !== undefined)
          return [{ text: quotable(`${type} ${name}`), line: node.line, term: unknown(what, node) }];
        if (type === "host" || type === "network" || type === "networkgroup") return undefined;
        notes.add(node.line, `aliases of type ${type.slice(0, 40)} are not understood`);
        return [unknownEntry(name, node.line)];
      };
      aliases.addSet(aliasSet(name, kind, node.line, unread() ?? readContent(content, notes, budget)));
    },
  };
}

function unknown(what: UnknownKind, node: XmlNode): Term {
  const [only, ...more] = wordsIn(textIn(node, "proto"));
  const within = only === undefined || more.length > 0 ? undefined : wholeFamily[only];
  return { kind: "unknown", what, ...(within === undefined ? {} : { within }) };
}

function readContent(content: XmlNode | undefined, notes: Notes, budget: { pieces: number }): Entry[] {
  const entries: Entry[] = [];
  content?.text.split("\n").forEach((written, index) => {
    const line = content.line + index;
    for (const word of wordsIn(written)) {
      const hole = word.startsWith("!");
      const text = quotable(word);
      for (const term of readWord(hole ? word.slice(1) : word, hole, line, notes, budget)) {
        entries.push({ text, line, term, ...(hole ? { hole } : {}) });
      }
    }
  });
  return entries;
}

function readWord(
  word: string,
  hole: boolean,
  line: number,
  notes: Notes,
  budget: { pieces: number },
): readonly Term[] {
  // Behind the slash stands a wildcard, never a netmask: 0.0.255.0 leaves the third octet free.
  if (/\/.*[.:]/.test(word)) {
    const parsed = parseWildcard(word, { hostBits: "clear" });
    if (parsed.ok && parsed.value.length <= budget.pieces) {
      budget.pieces -= parsed.value.length;
      return parsed.value.map((block): Term => ({ kind: "block", block }));
    }
    notes.add(line, parsed.ok ? "more wildcards than are looked at" : parsed.problem.message);
    return [notUnderstood];
  }
  const parsed = parseBlock(word, { hostBits: "clear" });
  // `!` before a range is looked up as a name.
  if (parsed.ok && !(hole && word.includes("-"))) {
    if (parsed.note !== undefined) notes.add(line, parsed.note.message);
    return [{ kind: "block", block: parsed.value }];
  }
  if (!hole && /^[A-Za-z_][A-Za-z0-9_]*$/.test(word)) return [{ kind: "set", id: aliasId(word) }];
  if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(word) && /[a-z]/i.test(word)) return [{ kind: "unknown", what: "fqdn" }];
  notes.add(line, `${word.slice(0, 80)} is not understood in an alias`);
  return [notUnderstood];
}

const notUnderstood: Term = { kind: "unknown", what: "notUnderstood" };

/** Entries that may be written out in all. */
const mostCopies = 200_000;

/** Writes out what nests an alias with holes; all others stay as they are. */
export function merged(sets: readonly NamedSet[]): NamedSet[] {
  const byId = new Map(sets.map((set) => [set.id, set]));
  const users = new Map<string, string[]>();
  for (const { id, entries } of sets) {
    for (const { term } of entries) {
      if (term.kind !== "set") continue;
      const known = users.get(term.id);
      if (known === undefined) users.set(term.id, [id]);
      else known.push(id);
    }
  }
  const hasHoles = ({ entries }: NamedSet): boolean => entries.some(({ hole }) => hole === true);
  const writtenOut = new Set<string>();
  const waiting = sets.filter(hasHoles).map(({ id }) => id);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const user of users.get(next) ?? []) {
      if (writtenOut.has(user)) continue;
      writtenOut.add(user);
      waiting.push(user);
    }
  }
  let left = mostCopies;
  return sets.map((set): NamedSet => {
    const written = writtenOut.has(set.id);
    const entries = written ? reachable(set, byId, left) : set.entries;
    if (entries === undefined) return { ...set, entries: [unknownEntry(set.name, set.line)] };
    if (written) left -= entries.length;
    const whole = { ...set, entries, kind: written ? `merged ${set.kind}` : set.kind };
    return hasHoles(whole) ? { ...whole, holes: "longest-match" } : whole;
  });
}

function reachable(set: NamedSet, byId: ReadonlyMap<string, NamedSet>, limit: number): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  const seen = new Set([set.id]);
  const waiting = [set];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of next.entries) {
      const inner = entry.term.kind === "set" ? byId.get(entry.term.id) : undefined;
      if (inner === undefined) entries.push(entry);
      else if (!seen.has(inner.id)) {
        seen.add(inner.id);
        waiting.push(inner);
      }
      if (entries.length > limit) return undefined;
    }
  }
  return entries;
}
