/** Addresses of PAN-OS: objects, members of groups, and what may stand in a rule in place of an object. */
import type { Entry, NamedSet, Term } from "../../core/allowlist/index";
import { type Block, type Parsed, parseBlock, parseEntry, parseRange, parseWildcard } from "../../core/ip/index";
import { quotable } from "../lines";
import { type Found, type Scopes, scopeText, setId } from "./scopes";
import { type PanObject, type Scope, type Value, valuesOf } from "./store";

export interface Context {
  readonly scopes: Scopes;
  readonly notes: { add(line: number, message: string): void };
}

/** More blocks than this of one wildcard are unknown: no allowlist is written so. */
const mostBlocks = 1_024;

/** Every address object, group and external list as a set. */
export function setsOf(scope: Scope, context: Context): NamedSet[] {
  const text = scopeText(scope);
  const base = (kind: "address" | "address-group" | "external-list", { name, line }: PanObject) => ({
    id: setId(kind, scope, name),
    name,
    kind,
    line,
    ...(text === "" ? {} : { scope: text }),
  });
  return [
    ...[...scope.objects.address.values()].map((object) => ({
      ...base("address", object),
      entries: entriesOf(object, context),
    })),
    ...[...scope.objects["address-group"].values()].map((object) => ({
      ...base("address-group", object),
      entries: membersOf(object, scope, context),
    })),
    ...[...scope.objects["external-list"].values()].map((object) => ({
      ...base("external-list", object),
      entries: [{ text: object.name, line: object.line, term: { kind: "unknown", what: "external" } as const }],
    })),
  ];
}

const addressTypes = ["ip-netmask", "ip-range", "ip-wildcard", "fqdn"] as const;

/** What an address object stands for: one entry, or the blocks of a wildcard. */
function entriesOf(object: PanObject, { notes }: Context): Entry[] {
  for (const type of addressTypes) {
    const [value] = valuesOf(object, type);
    if (value === undefined) continue;
    const at = { text: quotable(`${type} ${value.text}`), line: value.line, ...columnOf(value) };
    switch (type) {
      case "ip-netmask":
        return [{ ...at, term: known(parseEntry(value.text, { hostBits: "clear" }), value, notes) }];
      case "ip-range":
        return [{ ...at, term: known(parseRange(value.text, { blanks: "allow" }), value, notes) }];
      case "ip-wildcard": {
        const blocks = parseWildcard(value.text, { hostBits: "clear" });
        if (blocks.ok && blocks.value.length <= mostBlocks) {
          return blocks.value.map((block) => ({ ...at, term: { kind: "block", block } }));
        }
        notes.add(value.line, blocks.ok ? `${value.text} stands for too many blocks` : blocks.problem.message);
        return [{ ...at, term: notUnderstood }];
      }
      case "fqdn":
        return [{ ...at, term: { kind: "unknown", what: "fqdn" } }];
    }
  }
  notes.add(object.line, `address ${object.name.slice(0, 80)} has no address`);
  return [{ text: quotable(object.name), line: object.line, term: { kind: "unknown", what: "undefined" } }];
}

const notUnderstood: Term = { kind: "unknown", what: "notUnderstood" };

function known(parsed: Parsed<Block>, { line }: Value, notes: Context["notes"]): Term {
  if (!parsed.ok) {
    notes.add(line, parsed.problem.message);
    return notUnderstood;
  }
  if (parsed.note !== undefined) notes.add(line, parsed.note.message);
  return { kind: "block", block: parsed.value };
}

function columnOf({ column }: Value) {
  return column === undefined ? {} : { column };
}

/** Members of a group. One that is an address stands as its block, so that it can be planned with and taken out. */
function membersOf(group: PanObject, scope: Scope, context: Context): Entry[] {
  const [filter] = valuesOf(group, "dynamic filter");
  if (filter !== undefined) {
    const text = quotable(`dynamic filter ${filter.text}`);
    return [{ text, line: filter.line, term: { kind: "unknown", what: "dynamic" } }];
  }
  return valuesOf(group, "static").map((value): Entry => {
    const at = { text: quotable(value.text), line: value.line, ...columnOf(value) };
    return { ...at, term: memberTerm(value.text, scope, context) };
  });
}

/** Silent while members are read: the notes of an address belong to its own line. */
const silent = { add: () => undefined };

function memberTerm(name: string, scope: Scope, context: Context): Term {
  const address = context.scopes.find(scope, "address", name);
  if (address !== undefined) {
    const [only, ...more] = entriesOf(address.object, { ...context, notes: silent });
    return only !== undefined && more.length === 0 ? only.term : reference("address", address);
  }
  const group = context.scopes.find(scope, "address-group", name);
  if (group !== undefined) return reference("address-group", group);
  return { kind: "set", id: `undefined:${scopeText(scope)}/${name}` };
}

function reference(kind: "address" | "address-group" | "external-list", { scope, object }: Found): Term {
  return { kind: "set", id: setId(kind, scope, object.name) };
}

/** What stands in a rule. A name counts before its looks: an object may be called `192.0.2.1` and be another address. */
export function ruleTerm({ text, line }: Value, scope: Scope, { scopes, notes }: Context): Term {
  for (const kind of ["address", "address-group", "external-list"] as const) {
    const found = scopes.find(scope, kind, text);
    if (found !== undefined) return reference(kind, found);
  }
  if (text === "any") return { kind: "any" };
  if (scopes.find(scope, "region", text) !== undefined || /^[A-Z]{2}$/.test(text)) {
    return { kind: "unknown", what: "geo" };
  }
  const literal = parseBlock(text, { hostBits: "clear" });
  if (literal.ok) {
    if (literal.note !== undefined) notes.add(line, literal.note.message);
    return { kind: "block", block: literal.value };
  }
  if (/^[\d.]+[-/]|^[\da-f]*:/i.test(text)) notes.add(line, literal.problem.message);
  return { kind: "set", id: `undefined:${scopeText(scope)}/${text}` };
}
