/** A ruleset while it is read: what the text and the JSON of nftables say, in one form, before rules are understood. */
import { formatInterval, intervalOf, parseEntry, parseRange } from "../../core/ip/index";
import type { Verdict } from "../netfilter/chains";

/** Where something stands: JSON is found by path, since `nft -j` prints it in one line. */
export interface Place {
  readonly line: number;
  readonly path?: string;
}

/** The right side of a condition, or an element of a set. */
export type Expression =
  /** An address, a prefix, a range `a-b`, a port, a name: as nft writes it. */
  | (Place & { readonly kind: "value"; readonly text: string })
  | { readonly kind: "set"; readonly elements: readonly Element[] }
  /** `@name`. */
  | { readonly kind: "reference"; readonly name: string }
  /** `$name`; without a definition where the file has none. */
  | { readonly kind: "variable"; readonly name: string; readonly definition?: Definition }
  | { readonly kind: "concat"; readonly parts: readonly Expression[] }
  /** `a,b` or `a|b`. */
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "unknown"; readonly text: string };

export interface Element extends Place {
  readonly value: Expression;
  /** In maps that decide. */
  readonly verdict?: Verdict;
  /** As `add element` takes it, with what belongs to it. */
  readonly text: string;
  readonly expires?: boolean;
}

/** `define NAME = …`. */
export interface Definition extends Place {
  readonly id: string;
  readonly name: string;
  readonly value: Expression;
}

export type Operator = "==" | "!=" | "<" | ">" | "<=" | ">=" | "in";

export type Statement =
  /** Several selectors: a concatenation. */
  | {
      readonly kind: "match";
      readonly selectors: readonly string[];
      readonly mask?: Expression;
      readonly operator: Operator;
      readonly value: Expression;
    }
  | { readonly kind: "verdictMap"; readonly selectors: readonly string[]; readonly map: Expression }
  /** `text` where the word is another one: `reject`. */
  | { readonly kind: "verdict"; readonly verdict: Verdict; readonly text?: string }
  /** Nothing in the file decides it: rates, quotas, programs. */
  | { readonly kind: "condition"; readonly text: string }
  /** `masquerade` and `snat`: beyond the interface is the outside. `dnat` and `redirect`: packets go elsewhere. */
  | { readonly kind: "translate"; readonly to: "source" | "destination" };

export interface TableRule extends Place {
  readonly text: string;
  readonly comment?: string;
  readonly handle?: number;
  readonly statements: readonly Statement[];
}

export interface BaseChain {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly devices: readonly string[];
}

export interface TableChain extends Place {
  readonly name: string;
  base?: BaseChain;
  policy?: { readonly verdict: string; readonly line: number };
  rules: TableRule[];
}

export interface TableSet extends Place {
  readonly name: string;
  /** Of one element, part by part: `ipv4_addr`, `inet_service`. Empty: the file does not say. */
  types: readonly string[];
  /** For maps: what an element leads to. */
  maps?: string;
  flags: readonly string[];
  merges: boolean;
  /** A time after which an element goes that does not say otherwise. */
  timeout: boolean;
  size?: number;
  elements: Element[];
  /** Made for the first deletion: a file without one pays nothing. */
  index?: Map<string, Element[]>;
  readonly gone: Set<Element>;
}

export const tableFamilies: ReadonlySet<string> = new Set(["ip", "ip6", "inet", "arp", "bridge", "netdev"]);

export interface Table extends Place {
  readonly family: string;
  readonly name: string;
  dormant: boolean;
  readonly chains: Map<string, TableChain>;
  readonly sets: Map<string, TableSet>;
}

/** What stands in no table. */
export interface Ruleset {
  readonly tables: Map<string, Table>;
  readonly definitions: Definition[];
  /** Why there may be rules that are not here: nothing is sure then. */
  readonly doubts: (Place & { readonly why: string })[];
}

/** `inet filter`: what users call a table. */
export function titleOf({ family, name }: Pick<Table, "family" | "name">): string {
  return `${family} ${name}`;
}

export function tableOf({ tables }: Ruleset, family: string, name: string, place: Place): Table {
  const title = titleOf({ family, name });
  const known = tables.get(title);
  if (known !== undefined) return known;
  const table: Table = { ...place, family, name, dormant: false, chains: new Map(), sets: new Map() };
  tables.set(title, table);
  return table;
}

export function chainOf({ chains }: Table, name: string, place: Place): TableChain {
  const known = chains.get(name);
  if (known !== undefined) return known;
  const chain: TableChain = { ...place, name, rules: [] };
  chains.set(name, chain);
  return chain;
}

export function setOf({ sets }: Table, name: string, place: Place): TableSet {
  const known = sets.get(name);
  if (known !== undefined) return known;
  const set: TableSet = {
    ...place,
    name,
    types: [],
    flags: [],
    merges: false,
    timeout: false,
    elements: [],
    gone: new Set(),
  };
  sets.set(name, set);
  return set;
}

/** What an element is known by, however it is spelled. */
function keyOf({ value, text }: Element): string {
  if (value.kind !== "value") return text;
  const parsed = value.text.includes("-") ? parseRange(value.text) : parseEntry(value.text, { hostBits: "clear" });
  return parsed.ok ? formatInterval(intervalOf(parsed.value)) : value.text;
}

export function addElements(set: TableSet, elements: readonly Element[]): void {
  for (const element of elements) {
    set.elements.push(element);
    if (set.index !== undefined) file(set.index, keyOf(element), element);
  }
}

/** The elements that were not there: nft refuses the whole file then. */
export function deleteElements(set: TableSet, elements: readonly Element[]): Element[] {
  set.index ??= indexOf(set);
  const absent: Element[] = [];
  for (const element of elements) {
    const key = keyOf(element);
    const found = set.index.get(key);
    if (found === undefined) absent.push(element);
    for (const one of found ?? []) set.gone.add(one);
    set.index.delete(key);
  }
  return absent;
}

/** Those that were not deleted again. */
export function elementsOf({ elements, gone }: TableSet): readonly Element[] {
  return gone.size === 0 ? elements : elements.filter((element) => !gone.has(element));
}

export function emptySet(set: TableSet): void {
  set.elements = [];
  set.gone.clear();
  delete set.index;
}

function indexOf(set: TableSet): Map<string, Element[]> {
  const index = new Map<string, Element[]>();
  for (const element of elementsOf(set)) file(index, keyOf(element), element);
  return index;
}

function file(index: Map<string, Element[]>, key: string, element: Element): void {
  const same = index.get(key);
  if (same === undefined) index.set(key, [element]);
  else same.push(element);
}
