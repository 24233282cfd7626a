/** Addresses in rules, in elements of sets and in variables, as entries of the model. */
import type { Entry, NamedSet, Term } from "../../core/allowlist/index";
import { type Family, parseEntry, parseRange } from "../../core/ip/index";
import {
  type Definition,
  type Element,
  type Expression,
  elementsOf,
  type Place,
  type Table,
  type TableSet,
  titleOf,
} from "./ruleset";

export function setId(table: Pick<Table, "family" | "name">, name: string): string {
  return `${titleOf(table)} ${name}`;
}

/** The family that the addresses of a type have; undefined: it is no type of addresses. */
export function familyOfType(type: string): Family | undefined {
  return type === "ipv4_addr" ? "ipv4" : type === "ipv6_addr" ? "ipv6" : undefined;
}

/** @param family what else stands there is not understood */
export function addressTerm(text: string, family: Family | undefined): Term {
  if (text === "*") return { kind: "any", ...(family === undefined ? {} : { family }) };
  const parsed = text.includes("-") ? parseRange(text) : parseEntry(text, { hostBits: "clear" });
  if (parsed.ok) {
    const block = parsed.value;
    if (family === undefined || block.family === family) return { kind: "block", block };
    return { kind: "unknown", what: "notUnderstood", within: block };
  }
  const name = /^[a-z0-9_.-]*[a-z][a-z0-9_.-]*$/i.test(text) && !/^[\d.]+-[\d.]+$/.test(text);
  return { kind: "unknown", what: name ? "fqdn" : "notUnderstood" };
}

export interface AddressContext {
  readonly family: Family | undefined;
  /** Of the rule or the element: what reports quote where the address itself cannot be read. */
  readonly text: string;
  readonly place: Place;
  /** Of the table that names refer to. */
  readonly table: Table;
}

/** The addresses that an expression stands for. */
export function addressEntries(expression: Expression, context: AddressContext): Entry[] {
  const { family, text, place, table } = context;
  switch (expression.kind) {
    case "value": {
      const { line, path } = expression;
      const own = path === undefined ? { line } : { line, path };
      return [{ ...own, text: expression.text, term: addressTerm(expression.text, family) }];
    }
    case "set":
      return expression.elements.flatMap(({ value }) => addressEntries(value, context));
    case "list":
      return expression.items.flatMap((item) => addressEntries(item, context));
    case "reference": {
      const set = table.sets.get(expression.name);
      // What the set is not made for, nft refuses to compare with it.
      if (set !== undefined && !holdsAddresses(set)) return [{ ...place, text, term: notUnderstood }];
      return [{ ...place, text, term: { kind: "set", id: setId(table, expression.name) } }];
    }
    case "variable": {
      const { definition } = expression;
      const id = definition?.id ?? `define:${expression.name}`;
      return [{ ...place, text, term: { kind: "set", id } }];
    }
    default:
      return [{ ...place, text, term: notUnderstood }];
  }
}

const notUnderstood: Term = { kind: "unknown", what: "notUnderstood" };

/** Of one address each, not of an address and something else. */
export function holdsAddresses({ types, maps }: TableSet): boolean {
  const [type, ...more] = types;
  return maps === undefined && more.length === 0 && (type === undefined || familyOfType(type) !== undefined);
}

/** What the renderer has to know of a set, beside what every list has. */
export interface NftSet extends NamedSet {
  readonly nft: {
    /** `inet filter`. */
    readonly table: string;
    /** Why elements cannot be put in and taken out, as a clause. */
    readonly refused?: string;
  };
}

export function isNftSet(set: NamedSet): set is NftSet {
  return "nft" in set;
}

/** The set as a list; undefined for sets of something else, and for maps. */
export function namedSet(table: Table, set: TableSet): NftSet | undefined {
  const part = set.types.findIndex((type) => familyOfType(type) !== undefined);
  if (set.maps !== undefined || (part < 0 && set.types.length > 0)) return undefined;
  const family = part < 0 ? undefined : familyOfType(set.types[part] as string);
  const elements = elementsOf(set);
  const entries =
    set.types.length > 1
      ? elements.map((element) => boundedEntry(element, part, family))
      : elementEntries(elements, family, table);
  const refused = refusalOf(set, elements);
  return {
    id: setId(table, set.name),
    name: set.name,
    kind: "set",
    scope: titleOf(table),
    line: set.line,
    ...(family === undefined ? {} : { family }),
    ...(set.size === undefined || set.size === 0 ? {} : { maxEntries: set.size }),
    entries,
    nft: { table: titleOf(table), ...(refused === undefined ? {} : { refused }) },
  };
}

function elementEntries(elements: readonly Element[], family: Family | undefined, table: Table): Entry[] {
  const entries: Entry[] = [];
  for (const { value, text, line, path } of elements) {
    if (value.kind !== "value") {
      const place = path === undefined ? { line } : { line, path };
      for (const entry of addressEntries(value, { family, text, place, table })) entries.push(entry);
      continue;
    }
    // Objects are written out here: spread, they are most of the time that a large set takes.
    const term = addressTerm(value.text, family);
    entries.push(path === undefined ? { text, term, line } : { text, term, line, path });
  }
  return entries;
}

/** An element of an address and something else: within the address, the rest decides. */
function boundedEntry({ value, text, line, path }: Element, part: number, family: Family | undefined): Entry {
  const place = path === undefined ? { line } : { line, path };
  const address = value.kind === "concat" ? value.parts[part] : undefined;
  const term = address?.kind === "value" ? addressTerm(address.text, family) : notUnderstood;
  const within = term.kind === "block" ? { within: term.block } : {};
  return { ...place, text, term: { kind: "unknown", what: "notUnderstood", ...within } };
}

function refusalOf({ types, flags, merges, timeout }: TableSet, elements: readonly Element[]): string | undefined {
  if (types.length === 0) return "its definition is not in the file";
  if (types.length > 1) return "its elements are more than an address; use a set of addresses alone";
  if (!flags.includes("interval"))
    return "it holds single addresses; give it `flags interval`, so that it takes prefixes";
  if (flags.includes("constant")) return "it is constant; define it without that flag";
  if (merges) return "it has `auto-merge`: what is added melts into its neighbours and could not be taken out again";
  if (timeout) return "its elements expire (`timeout`); use a set without it";
  const variable = elements.some(({ value }) => value.kind !== "value");
  return variable ? "its elements come from a variable; change that in the file" : undefined;
}

/** Variables with addresses, as lists: those for ports, interfaces and the like are none. */
export function namedDefinitions(definitions: readonly Definition[]): NamedSet[] {
  // In the order of the file: a variable sees only those before it.
  const known = new Map<Definition, boolean>();
  const holds = (expression: Expression): boolean => {
    switch (expression.kind) {
      case "value":
        return addressTerm(expression.text, undefined).kind === "block";
      case "set":
        return expression.elements.some(({ value }) => holds(value));
      case "list":
        return expression.items.some(holds);
      case "variable":
        return expression.definition !== undefined && known.get(expression.definition) === true;
      default:
        return false;
    }
  };
  return definitions.flatMap((definition) => {
    const { id, name, line, path, value } = definition;
    known.set(definition, holds(value));
    if (known.get(definition) !== true) return [];
    const place = path === undefined ? { line } : { line, path };
    const elements = value.kind === "set" ? value.elements : [{ ...place, value, text: `define ${name}` }];
    const entries = elementEntries(elements, undefined, noTable);
    return [{ id, name, kind: "define", line, entries }];
  });
}

/** Variables refer to no set. */
const noTable: Table = { family: "", name: "", line: 1, dormant: false, chains: new Map(), sets: new Map() };
