/**
 * What a FortiOS configuration defines, while it is read. References point to objects and not to names, so that `rename`
 * costs nothing and a name may be used before it is defined.
 */

/** An object, or a name that has been used and not defined so far. */
export interface Named {
  name: string;
  /** `firewall address`, `firewall addrgrp`, …; absent: not defined. */
  table?: string;
  line: number;
  values: Map<string, Value>;
  /** Members, exclusions, sources, services: each once, with the line of its mention. */
  refs: Map<string, Map<Named, number>>;
  /** After a rename onto a name that had been used before. */
  same?: Named;
}

export interface Value {
  readonly words: readonly string[];
  readonly line: number;
}

/** Stands among the values of an address whose type was changed: without a value it is not the default one. */
export const retyped = " retyped";

/** Names that share one space: addresses and groups of a family, services and their groups, … */
export type Space =
  | "ipv4"
  | "ipv6"
  | "service"
  | "policy"
  | "policy6"
  | "interface"
  | "zone"
  | "sdwan"
  | "vip"
  | "external";

/** The tables that matter, and the space of their names. */
export const tables: Readonly<Record<string, Space>> = {
  "firewall address": "ipv4",
  "firewall addrgrp": "ipv4",
  "firewall address6": "ipv6",
  "firewall addrgrp6": "ipv6",
  "firewall service custom": "service",
  "firewall service group": "service",
  "firewall policy": "policy",
  "firewall consolidated policy": "policy",
  "firewall policy6": "policy6",
  "firewall vip": "vip",
  "firewall vip6": "vip",
  "firewall vipgrp": "vip",
  "firewall vipgrp6": "vip",
  "system interface": "interface",
  "system zone": "zone",
  "system sdwan zone": "sdwan",
  "system sdwan members": "sdwan",
  "system virtual-wan-link members": "sdwan",
  "router static": "sdwan",
  "system external-resource": "external",
};

/** Settings that name other objects. Those of policies for IPv6 alone have the names of IPv4. */
export function referenceSpace(table: string, key: string): Space | undefined {
  const space = tables[table];
  if (key === "member" || key === "exclude-member") {
    return space === "ipv4" || space === "ipv6" || space === "service" ? space : undefined;
  }
  if (space !== "policy" && space !== "policy6") return undefined;
  if (key === "service") return "service";
  if (key === "srcaddr4" || key === "dstaddr4") return "ipv4";
  if (key === "srcaddr" || key === "dstaddr") return space === "policy6" ? "ipv6" : "ipv4";
  return key === "srcaddr6" || key === "dstaddr6" ? "ipv6" : undefined;
}

/** One VDOM, or the whole where there are none. */
export interface Scope {
  /** Empty where there are no VDOMs. */
  readonly name: string;
  readonly spaces: Map<Space, Map<string, Named>>;
  /** Policies in their order. */
  policies: Named[];
  moves: number;
}

export function newScope(name: string): Scope {
  return { name, spaces: new Map(), policies: [], moves: 0 };
}

export function spaceOf(scope: Scope, space: Space): Map<string, Named> {
  const known = scope.spaces.get(space);
  if (known !== undefined) return known;
  const made = new Map<string, Named>();
  scope.spaces.set(space, made);
  return made;
}

/** What the name stands for now; made when it has not been mentioned before. */
export function named(scope: Scope, space: Space, name: string, line: number): Named {
  const names = spaceOf(scope, space);
  const known = names.get(name);
  if (known !== undefined) return known;
  const made: Named = { name, line, values: new Map(), refs: new Map() };
  names.set(name, made);
  return made;
}

/** `edit NAME`: the object of the name, defined from here on. */
export function define(scope: Scope, table: string, name: string, line: number): Named {
  const space = tables[table] as Space;
  // Zones of SD-WAN, its members and routes are numbered each on their own.
  const object = named(scope, space, space === "sdwan" ? `${table} ${name}` : name, line);
  if (object.table === undefined) {
    object.table = table;
    object.line = line;
    if (space === "policy" || space === "policy6") scope.policies.push(object);
  }
  return object;
}

/** `delete NAME`. An object that is still mentioned stays: the device refuses to delete what is in use. */
export function remove(scope: Scope, table: string, name: string): void {
  const space = tables[table] as Space;
  const object = spaceOf(scope, space).get(name);
  if (object?.table === undefined) return;
  spaceOf(scope, space).delete(name);
  if (space === "policy" || space === "policy6")
    scope.policies[scope.policies.indexOf(object)] = { ...object, table: "" };
}

export function rename(scope: Scope, table: string, from: string, to: string): void {
  const names = spaceOf(scope, tables[table] as Space);
  const object = names.get(from);
  const taken = names.get(to);
  if (object?.table === undefined || from === to || (taken !== undefined && taken.table !== undefined)) return;
  names.delete(from);
  object.name = to;
  names.set(to, object);
  if (taken !== undefined) taken.same = object;
}

/** How often policies may be moved: each time costs their number. */
const mostMoves = 2_000;

/** @returns whether it was done */
export function move(scope: Scope, table: string, name: string, where: string, other: string): boolean {
  const space = tables[table] as Space;
  const object = spaceOf(scope, space).get(name);
  const anchor = spaceOf(scope, space).get(other);
  if (object === undefined || anchor === undefined || object === anchor || scope.moves >= mostMoves) return false;
  if (!scope.policies.includes(object) || !scope.policies.includes(anchor)) return false;
  scope.moves++;
  scope.policies = scope.policies.filter((policy) => policy !== object);
  scope.policies.splice(scope.policies.indexOf(anchor) + (where === "after" ? 1 : 0), 0, object);
  return true;
}

/** The object that a reference means in the end. */
export function target(reference: Named): Named {
  let found = reference;
  for (let steps = 0; found.same !== undefined && steps < 1_000; steps++) found = found.same;
  return found;
}

export const wordOf = (object: Named, key: string): string | undefined => object.values.get(key)?.words[0];
export const isOn = (object: Named, key: string): boolean => wordOf(object, key) === "enable";
export const refsOf = (object: Named, key: string): ReadonlyMap<Named, number> => object.refs.get(key) ?? noRefs;

const noRefs: ReadonlyMap<Named, number> = new Map();
