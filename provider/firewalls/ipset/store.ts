/**
 * Sets while the lines of `ipset save` are read, or commands that change them. Shared with iptables, whose dump may have
 * the sets in the same file. Sources: ipset(8); lookups go from the longest prefix to the shortest and the first one
 * found decides, which is what makes `nomatch` a hole.
 */
import type { Entry, NamedSet, noteCollector, Term } from "../../core/allowlist/index";
import {
  bitsOf,
  type Family,
  formatInterval,
  intervalOf,
  parseAddress,
  parseEntry,
  parseRange,
  prefixAround,
} from "../../core/ip/index";
import { quotable, wordsOf } from "../lines";

/** An entry and what it is known by: the same element added again is the same entry. */
interface Element {
  readonly key: string;
  readonly entry: Entry;
}

interface OpenSet {
  name: string;
  /** `hash:net`; `ipset` when the file does not create it. */
  readonly kind: string;
  readonly line: number;
  readonly family: Family | undefined;
  readonly maxEntries: number | undefined;
  /** `hash:ip` with `netmask`: what each address stands for. */
  readonly netmask: number | undefined;
  elements: Map<string, Element[]>;
  expires: boolean;
}

export interface IpsetStore {
  /** Whether the line was one of ours. */
  read(raw: string, line: number): boolean;
  /** In the order of the file. */
  sets(): NamedSet[];
}

export function ipsetId(name: string): string {
  return `ipset:${name}`;
}

/** Of hash types; `list:set` has 8. */
const defaultMaxelem = 65_536;

/** Types whose elements are addresses or sets and nothing else. */
export const plainKinds: ReadonlySet<string> = new Set(["hash:ip", "hash:net", "bitmap:ip", "list:set"]);

/** Types whose elements begin with an address; what follows (a port, an interface, a second address) is a condition. */
const addressFirst = /^(hash:(ip|net)|bitmap:ip),/;

const verbs: Readonly<Record<string, string>> = {
  create: "create",
  "-N": "create",
  add: "add",
  "-A": "add",
  del: "del",
  "-D": "del",
  flush: "flush",
  "-F": "flush",
  destroy: "destroy",
  "-X": "destroy",
  swap: "swap",
  "-W": "swap",
  rename: "rename",
  "-E": "rename",
};

export function ipsetStore(notes: ReturnType<typeof noteCollector>): IpsetStore {
  const sets = new Map<string, OpenSet>();
  const named = (name: string, line: number): OpenSet => {
    const known = sets.get(name);
    if (known !== undefined) return known;
    notes.add(
      line,
      `the set ${name.slice(0, 80)} is not created in this file; its type and other entries are not known`,
    );
    const set = open(name, "ipset", [], line);
    sets.set(name, set);
    return set;
  };
  return {
    read(raw, line) {
      // The text of a comment could look like options.
      const words = wordsOf(raw.replace(/(\scomment\s+)"[^"]*"?/g, "")).filter((word) => !/^-(!|exist)$/.test(word));
      if (words[0] === "ipset") words.shift();
      const [verb, name, subject, ...options] = words;
      switch (verbs[verb ?? ""]) {
        case "create":
          if (name === undefined || subject === undefined) return false;
          // With `-exist` a set that is there already stays as it is.
          if (!sets.has(name)) sets.set(name, open(name, subject, options, line));
          return true;
        case "add":
          if (name === undefined || subject === undefined) return false;
          add(named(name, line), subject, options, { raw, line, notes });
          return true;
        case "del":
          if (name === undefined || subject === undefined) return false;
          sets.get(name)?.elements.delete(keyOf(termOf(sets.get(name) as OpenSet, subject).term, subject));
          return true;
        case "flush":
        case "destroy":
          for (const one of name === undefined ? [...sets.keys()] : [name]) {
            if (verbs[verb as string] === "destroy") sets.delete(one);
            else sets.get(one)?.elements.clear();
          }
          return true;
        case "swap":
        case "rename":
          if (name === undefined || subject === undefined) return false;
          exchange(sets, name, subject);
          return true;
        default:
          return false;
      }
    },
    sets: () => [...sets.values()].map(finish),
  };
}

function open(name: string, kind: string, options: readonly string[], line: number): OpenSet {
  const after = (word: string): string | undefined => {
    const at = options.indexOf(word);
    return at < 0 ? undefined : options[at + 1];
  };
  const number = (word: string): number | undefined => {
    const text = after(word);
    return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  const six = after("family") === "inet6" || after("family") === "ipv6" || options.includes("-6");
  const family: Family | undefined = /^(hash|bitmap):/.test(kind) ? (six ? "ipv6" : "ipv4") : undefined;
  const netmask = number("netmask");
  const fits = family !== undefined && netmask !== undefined && netmask >= 1 && netmask <= bitsOf(family);
  const limit =
    kind === "list:set"
      ? (number("size") ?? 8)
      : kind.startsWith("hash:")
        ? (number("maxelem") ?? defaultMaxelem)
        : undefined;
  return {
    name,
    kind,
    line,
    family,
    maxEntries: limit === 0 ? undefined : limit,
    netmask: fits ? netmask : undefined,
    elements: new Map(),
    expires: false,
  };
}

interface Place {
  readonly raw: string;
  readonly line: number;
  readonly notes: ReturnType<typeof noteCollector>;
}

function add(set: OpenSet, subject: string, options: readonly string[], { raw, line, notes }: Place): void {
  const { term, problem } = termOf(set, subject);
  if (problem !== undefined) notes.add(line, problem);
  const hole = options.includes("nomatch");
  const timeout = options[options.indexOf("timeout") + 1];
  if (options.includes("timeout") && timeout !== "0" && !set.expires) {
    set.expires = true;
    notes.add(line, `entries of ${set.name.slice(0, 80)} expire (timeout); taken as they are now`);
  }
  const key = keyOf(term, subject);
  const entry: Entry = { text: quotable(raw), term, line, ...(hole ? { hole } : {}) };
  const same = set.elements.get(key);
  // Added again with the other meaning, an element changes it.
  if (same === undefined || same.some(({ entry: before }) => (before.hole === true) !== hole))
    set.elements.set(key, [{ key, entry }]);
  else same.push({ key, entry });
}

function termOf(set: OpenSet, subject: string): { readonly term: Term; readonly problem?: string } {
  if (set.kind === "list:set") return { term: { kind: "set", id: ipsetId(subject) } };
  const dimensions = addressFirst.test(set.kind);
  const written = dimensions ? subject.slice(0, subject.indexOf(",") < 0 ? undefined : subject.indexOf(",")) : subject;
  const range = written.includes("-");
  const parsed = range ? parseRange(written) : parseEntry(written, { hostBits: "clear" });
  if (!parsed.ok) {
    const name = !range && /^[a-z0-9_.-]*[a-z][a-z0-9_.-]*$/i.test(written) && !written.includes("..");
    return { term: { kind: "unknown", what: name ? "fqdn" : "notUnderstood" }, problem: parsed.problem.message };
  }
  const block = parsed.value;
  if (set.family !== undefined && block.family !== set.family) {
    const problem = `${written} is not of the family of ${set.name.slice(0, 80)}`;
    return { term: { kind: "unknown", what: "notUnderstood", within: block }, problem };
  }
  if (dimensions || !(plainKinds.has(set.kind) || set.kind === "ipset")) {
    const problem = dimensions
      ? `${subject.slice(0, 80)} is for a part of the traffic`
      : `${set.kind} is not understood`;
    return { term: { kind: "unknown", what: "notUnderstood", within: block }, problem };
  }
  const address = set.netmask === undefined ? undefined : parseAddress(written);
  if (address?.ok === true)
    return { term: { kind: "block", block: prefixAround(address.value, set.netmask as number) } };
  return { term: { kind: "block", block } };
}

function keyOf(term: Term, subject: string): string {
  return term.kind === "block" ? formatInterval(intervalOf(term.block)) : subject;
}

/** `swap` changes the contents of two sets, `rename` the name of one. */
function exchange(sets: Map<string, OpenSet>, from: string, to: string): void {
  const first = sets.get(from);
  const second = sets.get(to);
  if (first === undefined) return;
  sets.delete(from);
  sets.set(to, { ...first, name: to });
  if (second !== undefined) sets.set(from, { ...second, name: from });
}

function finish({ name, kind, line, family, maxEntries, elements }: OpenSet): NamedSet {
  const entries = [...elements.values()].flat().map(({ entry }) => entry);
  return {
    id: ipsetId(name),
    name,
    kind,
    line,
    ...(family === undefined ? {} : { family }),
    ...(maxEntries === undefined ? {} : { maxEntries }),
    ...(entries.some(({ hole }) => hole === true) ? { holes: "longest-match" as const } : {}),
    entries: entries.sort((a, b) => a.line - b.line),
  };
}
