/** Addresses and groups of FortiOS as terms and sets. Defaults are left out of its configurations: no type is `ipmask`. */
import type { Entry, NamedSet, Term, UnknownKind } from "../../core/allowlist/index";
import {
  type Family,
  formatInterval,
  type Interval,
  parseEntry,
  parseNetmask,
  parseRange,
  parseWildcard,
} from "../../core/ip/index";
import { isOn, type Named, refsOf, retyped, type Scope, spaceOf, target, wordOf } from "./tables";

/** A wildcard of more intervals than this stands as what it lies within. */
const mostPieces = 1_024;

const kinds: Readonly<Record<string, UnknownKind>> = {
  fqdn: "fqdn",
  "wildcard-fqdn": "fqdn",
  geography: "geo",
  dynamic: "dynamic",
  "interface-subnet": "dynamic",
  mac: "dynamic",
  "route-tag": "dynamic",
  device: "dynamic",
  template: "dynamic",
};

export interface AddressReader {
  /** What a reference stands for. */
  entry(scope: Scope, family: Family, reference: Named, line: number): Entry;
  /** The groups. To be asked for last: wildcards with holes that were met become sets too. */
  sets(scope: Scope): NamedSet[];
}

export function setId(scope: Scope, family: Family, name: string): string {
  const id = `${family === "ipv4" ? "addrgrp" : "addrgrp6"}:${name}`;
  return scope.name === "" ? id : `${scope.name}/${id}`;
}

const isGroup = ({ table }: Named): boolean => table === "firewall addrgrp" || table === "firewall addrgrp6";

interface Reading {
  readonly term: Term;
  /** What the line says, without the name. */
  readonly text: string;
  readonly line: number;
  readonly note?: string;
}

/** @param externals names of lists that the device fetches */
export function addressReader(
  externals: ReadonlySet<string>,
  notes: { add(line: number, message: string): void },
): AddressReader {
  const known = new Map<Named, Reading>();
  /** Wildcards with holes: several blocks that come and go together, so each is a set. */
  const patterns = new Map<Scope, Map<string, NamedSet>>();

  const read = (scope: Scope, family: Family, object: Named): Reading => {
    const before = known.get(object);
    if (before !== undefined) return before;
    const reading = readObject(object, family, (pieces, value) => {
      const id = `${scope.name}${scope.name === "" ? "" : "/"}address:${object.name}`;
      const sets = patterns.get(scope) ?? new Map<string, NamedSet>();
      patterns.set(scope, sets);
      const entries = pieces.map(
        (block): Entry => ({ text: value.text, line: value.line, term: { kind: "block", block } }),
      );
      sets.set(id, {
        ...scoped(scope),
        id,
        name: object.name,
        kind: "firewall address",
        family,
        line: object.line,
        entries,
      });
      return id;
    });
    known.set(object, reading);
    if (reading.note !== undefined) notes.add(reading.line, reading.note);
    return reading;
  };

  const entryOf = (scope: Scope, family: Family, reference: Named, line: number): Entry => {
    const object = target(reference);
    const quoted = JSON.stringify(object.name.slice(0, 80));
    if (object.table === undefined)
      return { text: quoted, line, path: object.name, term: undefinedTerm(object, family) };
    if (isGroup(object)) {
      return { text: quoted, line, path: object.name, term: { kind: "set", id: setId(scope, family, object.name) } };
    }
    const { term, text, line: at } = read(scope, family, object);
    return { text: `${quoted} ${text}`, line: at, path: object.name, term };
  };

  const undefinedTerm = ({ name }: Named, family: Family): Term => {
    // These two are there without being in every file.
    if (name === "all") return { kind: "any", family };
    if (name === "none" && family === "ipv4") return nothing;
    return { kind: "unknown", what: externals.has(name) ? "external" : "undefined" };
  };

  return {
    entry: entryOf,
    sets(scope) {
      const sets: NamedSet[] = [];
      for (const family of ["ipv4", "ipv6"] as const) {
        for (const object of spaceOf(scope, family).values()) {
          if (!isGroup(object)) continue;
          const members = [...refsOf(object, "member")].map(([one, line]) => entryOf(scope, family, one, line));
          const holes = isOn(object, "exclude") ? [...refsOf(object, "exclude-member")] : [];
          const taken = holes.map(([one, line]): Entry => ({ ...entryOf(scope, family, one, line), hole: true }));
          sets.push({
            ...scoped(scope),
            id: setId(scope, family, object.name),
            name: object.name,
            kind: object.table as string,
            family,
            line: object.line,
            entries: [...members, ...filterEntries(object), ...taken],
          });
        }
      }
      return [...sets, ...(patterns.get(scope)?.values() ?? [])];
    },
  };
}

const scoped = ({ name }: Scope): { scope?: string } => (name === "" ? {} : { scope: name });

/** Groups whose members the device makes from tags. */
function filterEntries(object: Named): Entry[] {
  const category = wordOf(object, "category");
  if (category === undefined || category === "default") return [];
  const line = object.values.get("category")?.line ?? object.line;
  return [{ text: `category ${category}`, line, term: { kind: "unknown", what: "dynamic" } }];
}

/** `none` is 0.0.0.0/32: an address that nobody has. */
const nothing: Term = { kind: "block", block: { family: "ipv4", words: [0], length: 32 } };

function readObject(
  object: Named,
  family: Family,
  patternSet: (pieces: readonly Interval[], value: { text: string; line: number }) => string,
): Reading {
  const type = wordOf(object, "type") ?? (family === "ipv4" ? "ipmask" : "ipprefix");
  const value = (key: string) => object.values.get(key)?.words.join(" ") ?? "";
  const lineOf = (key: string) => object.values.get(key)?.line ?? object.line;
  switch (type) {
    case "ipmask":
    case "ipprefix": {
      const key = type === "ipmask" ? "subnet" : "ip6";
      const text = value(key);
      const line = lineOf(key);
      if (text === "" && object.values.has(retyped)) {
        return unread("(type changed)", line, "the type of this address was changed, and no address given after");
      }
      if (text === "") return { term: { kind: "any", family }, text: "(every address)", line };
      const parsed = text.includes(" ") ? parseNetmask(text, clear) : parseEntry(text, clear);
      if (!parsed.ok) return unread(text, line, parsed.problem.message);
      if (parsed.value.family !== family) return unread(text, line, "an address of the other family stands here");
      const note = parsed.note === undefined ? {} : { note: parsed.note.message };
      return { term: { kind: "block", block: parsed.value }, text, line, ...note };
    }
    case "iprange": {
      const text = `${value("start-ip")}-${value("end-ip")}`;
      const line = lineOf("start-ip");
      const parsed = parseRange(text);
      if (!parsed.ok) return unread(text, line, parsed.problem.message);
      if (parsed.value.family !== family) return unread(text, line, "an address of the other family stands here");
      return { term: { kind: "block", block: parsed.value }, text, line };
    }
    case "wildcard":
      return readPattern(value("wildcard"), lineOf("wildcard"), patternSet);
    default: {
      const what = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
      if (what !== undefined) return { term: { kind: "unknown", what }, text: type, line: lineOf("type") };
      return unread(type.slice(0, 40), lineOf("type"), `addresses of the type ${type.slice(0, 40)} are not understood`);
    }
  }
}

const clear = { hostBits: "clear" } as const;

/** The set bits of the mask must match, as those of a netmask; they need not be the first. */
function readPattern(
  text: string,
  line: number,
  patternSet: (pieces: readonly Interval[], value: { text: string; line: number }) => string,
): Reading {
  const [address = "", mask = ""] = text.split(" ");
  const wildcard = mask.split(".").map((octet) => (/^\d{1,3}$/.test(octet) ? 255 - Number(octet) : "x"));
  const parsed = parseWildcard(`${address} ${wildcard.join(".")}`, clear);
  if (!parsed.ok) return unread(text.slice(0, 60), line, `the wildcard ${text.slice(0, 60)} is not understood`);
  const [first] = parsed.value as readonly [Interval, ...Interval[]];
  const last = parsed.value.at(-1) as Interval;
  if (parsed.value.length === 1) return { term: { kind: "block", block: first }, text, line };
  if (parsed.value.length <= mostPieces)
    return { term: { kind: "set", id: patternSet(parsed.value, { text, line }) }, text, line };
  const within: Interval = { family: "ipv4", first: first.first, last: last.last };
  const note = `the wildcard ${text} stands for ${parsed.value.length} intervals within ${formatInterval(within)}`;
  return { term: { kind: "unknown", what: "notUnderstood", within }, text, line, note };
}

function unread(text: string, line: number, note: string): Reading {
  return { term: { kind: "unknown", what: "notUnderstood" }, text, line, note };
}
