/** What a PAN-OS configuration defines, whatever it is written in: objects by scope, rules in their order, zones. */

/** A value and where it stands. */
export interface Value {
  readonly text: string;
  readonly line: number;
  readonly column?: number;
}

/** An object or a rule: values by attribute path (`ip-netmask`, `protocol tcp port`), each once, in their order. */
export interface PanObject {
  readonly name: string;
  readonly line: number;
  readonly attributes: Map<string, Map<string, Value>>;
}

export const objectKinds = [
  "address",
  "address-group",
  "service",
  "service-group",
  "external-list",
  "region",
  "application-group",
  "zone",
] as const;

export type ObjectKind = (typeof objectKinds)[number];

export type Position = "pre" | "local" | "post";

export interface Scope {
  /** Name of a vsys or device group, `shared`, or empty where the file has one vsys without a name. */
  readonly name: string;
  readonly kind: "vsys" | "device-group" | "shared";
  readonly objects: Readonly<Record<ObjectKind, Map<string, PanObject>>>;
  readonly books: Readonly<Record<Position, RuleBook>>;
  /** Overridden default rules: `interzone-default`. */
  readonly defaults: Map<string, PanObject>;
  /** The device group that this one is in. */
  parent: string | undefined;
}

export interface Store {
  scope(kind: Scope["kind"], name: string): Scope;
  scopes(): Iterable<Scope>;
  /** Static routes by their path. */
  readonly routes: Map<string, PanObject>;
}

export function panStore(): Store {
  const scopes = new Map<string, Scope>();
  return {
    routes: new Map(),
    scopes: () => scopes.values(),
    scope(kind, name) {
      const key = `${kind} ${name}`;
      const known = scopes.get(key);
      if (known !== undefined) return known;
      const objects = Object.fromEntries(objectKinds.map((one) => [one, new Map<string, PanObject>()]));
      const made: Scope = {
        name,
        kind,
        objects: objects as Record<ObjectKind, Map<string, PanObject>>,
        books: { pre: ruleBook(), local: ruleBook(), post: ruleBook() },
        defaults: new Map(),
        parent: undefined,
      };
      scopes.set(key, made);
      return made;
    },
  };
}

export function objectIn(objects: Map<string, PanObject>, name: string, line: number): PanObject {
  const known = objects.get(name);
  if (known !== undefined) return known;
  const made: PanObject = { name, line, attributes: new Map() };
  objects.set(name, made);
  return made;
}

/** Attributes that hold several values: a further `set` adds to them. */
const lists =
  /^(static|members?|source|destination|from|to|application|service|source-user|category|tag|source-hip|destination-hip|hip-profiles|target devices|network (layer3|layer2|tap|virtual-wire))$/;

/** An address is of one type, a group static or dynamic: what is set last counts. Each with those that it displaces. */
const exclusive: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ["ip-netmask", "ip-range", "ip-wildcard", "fqdn"],
    ["static", "dynamic filter"],
  ].flatMap((group) => group.map((one) => [one, group.filter((other) => other !== one)] as const)),
);

export function setValues(object: PanObject, attribute: string, values: readonly Value[]): void {
  for (const other of exclusive.get(attribute) ?? []) object.attributes.delete(other);
  let held = lists.test(attribute) ? object.attributes.get(attribute) : undefined;
  if (held === undefined) {
    held = new Map();
    object.attributes.set(attribute, held);
  }
  for (const value of values) if (!held.has(value.text)) held.set(value.text, value);
}

export function valuesOf(object: PanObject, attribute: string): readonly Value[] {
  return [...(object.attributes.get(attribute)?.values() ?? [])];
}

/** The only value, or the first. */
export function firstValue(object: PanObject, attribute: string): string | undefined {
  return object.attributes.get(attribute)?.values().next().value?.text;
}

/** Rules in their order, in which each can be moved without a search. */
export interface RuleBook {
  rules(): readonly PanObject[];
  /** The rule; a new one goes to the end. */
  rule(name: string, line: number): PanObject;
  get(name: string): PanObject | undefined;
  remove(name: string): void;
  /** Before the rule, or to the end when it is undefined. */
  moveBefore(name: string, next: string | undefined): void;
  moveAfter(name: string, previous: string): void;
  moveTop(name: string): void;
}

interface Link {
  readonly object: PanObject | undefined;
  before: Link;
  after: Link;
}

function ruleBook(): RuleBook {
  const links = new Map<string, Link>();
  const ring = { object: undefined } as { object: undefined; before: Link; after: Link };
  ring.before = ring;
  ring.after = ring;
  const insert = (link: Link, next: Link): void => {
    link.before = next.before;
    link.after = next;
    next.before.after = link;
    next.before = link;
  };
  const unlink = (link: Link): void => {
    link.before.after = link.after;
    link.after.before = link.before;
  };
  const move = (name: string, next: (link: Link) => Link | undefined): void => {
    const link = links.get(name);
    if (link === undefined) return;
    const target = next(link);
    if (target === undefined || target === link) return;
    unlink(link);
    insert(link, target);
  };
  return {
    rules() {
      const all: PanObject[] = [];
      for (let link = ring.after; link.object !== undefined; link = link.after) all.push(link.object);
      return all;
    },
    rule(name, line) {
      const known = links.get(name)?.object;
      if (known !== undefined) return known;
      const object: PanObject = { name, line, attributes: new Map() };
      const link = { object, before: ring, after: ring } as Link;
      insert(link, ring);
      links.set(name, link);
      return object;
    },
    get: (name) => links.get(name)?.object,
    remove(name) {
      const link = links.get(name);
      if (link === undefined) return;
      unlink(link);
      links.delete(name);
    },
    moveBefore: (name, next) => move(name, () => (next === undefined ? ring : links.get(next))),
    moveAfter: (name, previous) =>
      move(name, (link) => {
        const target = links.get(previous);
        return target === undefined || target === link ? undefined : target.after;
      }),
    moveTop: (name) => move(name, () => ring.after),
  };
}
