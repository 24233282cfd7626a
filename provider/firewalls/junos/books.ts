/** Address books of SRX: global, attached to zones, and of the zones themselves; prefix lists. */
import type { Entry, NamedSet, Term } from "../../core/allowlist/index";
import { type Block, type Parsed, parseEntry, parseRange, parseWildcard } from "../../core/ip/index";
import { quotable } from "../lines";
import { active, at, type Node } from "./tree";

export type Notes = { add(line: number, message: string): void };

export interface Book {
  /** As commands have it, with a blank behind each word: `security address-book global `. */
  readonly path: string;
  readonly scope: string;
  readonly node: Node;
}

export interface Books {
  readonly all: readonly Book[];
  /** Where names are looked up in policies from or to the zone; global policies have none. */
  of(zone: string | undefined): readonly Book[];
}

export function booksOf(system: Node, prefix: string): Books {
  const all: Book[] = [];
  const zones = new Map<string, Book[]>();
  const put = (zone: string, book: Book): void => {
    zones.set(zone, [...(zones.get(zone) ?? []), book]);
  };
  let global: Book | undefined;
  for (const node of active(at(system, "security", "address-book"))) {
    const book = { path: `${prefix}security address-book ${node.name} `, scope: scopeOf(prefix, node.name), node };
    all.push(book);
    if (node.name === "global") global = book;
    for (const zone of active(at(node, "attach", "zone"))) put(zone.name, book);
  }
  for (const zone of active(at(system, "security", "zones", "security-zone"))) {
    const node = at(zone, "address-book");
    if (node === undefined) continue;
    const path = `${prefix}security zones security-zone ${zone.name} address-book `;
    const book = { path, scope: scopeOf(prefix, `zone ${zone.name}`), node };
    all.push(book);
    put(zone.name, book);
  }
  const last = global === undefined ? [] : [global];
  return { all, of: (zone) => (zone === undefined ? last : [...(zones.get(zone) ?? []), ...last]) };
}

function scopeOf(prefix: string, name: string): string {
  return `${prefix}${name}`;
}

export const setId = (kind: "address" | "address-set", { path }: Book, name: string): string =>
  `${kind}:${path}${kind} ${name}`;

export function setsOfBook(book: Book, notes: Notes): NamedSet[] {
  const base = (kind: "address" | "address-set", { name, line }: Node) => ({
    id: setId(kind, book, name),
    name,
    kind,
    scope: book.scope,
    line,
  });
  return [
    ...active(at(book.node, "address")).map((one) => ({ ...base("address", one), entries: entriesOf(one, notes) })),
    ...active(at(book.node, "address-set")).map((one) => ({
      ...base("address-set", one),
      entries: membersOf(one, book),
    })),
  ];
}

/** More blocks than this of one wildcard are unknown. */
const mostBlocks = 1_024;

function entriesOf(address: Node, notes: Notes): Entry[] {
  for (const value of active(address)) {
    const { name, line } = value;
    const text = quotable(`address ${address.name} ${[name, ...active(value).map((one) => one.name)].join(" ")}`);
    const [inner] = active(value);
    if (name === "description" || name.startsWith("apply-")) continue;
    if (name === "dns-name") return [{ text, line, term: { kind: "unknown", what: "fqdn" } }];
    if (name === "range-address") {
      const high = active(at(inner, "to"))[0]?.name;
      return [{ text, line, term: known(parseRange(`${inner?.name}-${high ?? inner?.name}`), line, notes) }];
    }
    if (name === "wildcard-address") {
      const blocks = wildcardOf(inner?.name ?? "");
      if (blocks.ok && blocks.value.length <= mostBlocks) {
        return blocks.value.map((block) => ({ text, line, term: { kind: "block", block } }));
      }
      notes.add(line, blocks.ok ? "this wildcard stands for too many blocks" : blocks.problem.message);
      return [{ text, line, term: { kind: "unknown", what: "notUnderstood" } }];
    }
    return [{ text, line, term: known(parseEntry(name, { hostBits: "clear" }), line, notes) }];
  }
  notes.add(address.line, `address ${address.name.slice(0, 80)} has no address`);
  return [{ text: quotable(address.name), line: address.line, term: { kind: "unknown", what: "undefined" } }];
}

/** `192.168.0.7/255.255.0.255`: set bits of the mask count, as in a netmask, but anywhere. */
export function wildcardOf(text: string): ReturnType<typeof parseWildcard> {
  const [address, mask] = text.split("/");
  const inverse = (mask ?? "").replace(/\d+/g, (octet) => String(255 - Math.min(Number(octet), 255)));
  const octets =
    /^\d{1,3}(\.\d{1,3}){3}$/.test(mask ?? "") && (mask ?? "").split(".").every((one) => Number(one) < 256);
  return parseWildcard(octets ? `${address}/${inverse}` : text, { hostBits: "clear" });
}

export function known(parsed: Parsed<Block>, line: number, notes: Notes): Term {
  if (!parsed.ok) {
    notes.add(line, parsed.problem.message);
    return { kind: "unknown", what: "notUnderstood" };
  }
  if (parsed.note !== undefined) notes.add(line, parsed.note.message);
  return { kind: "block", block: parsed.value };
}

/** The notes of an address belong to its own line. */
const silent: Notes = { add: () => undefined };

/** Members of an address set. One that is an address stands as its block, so that it can be taken out. */
function membersOf(set: Node, book: Book): Entry[] {
  const entries: Entry[] = [];
  for (const { name, line } of active(at(set, "address"))) {
    const address = at(book.node, "address", name);
    const [only, ...more] = address === undefined ? [] : entriesOf(address, silent);
    const reference: Term = { kind: "set", id: setId("address", book, name) };
    const term = only !== undefined && more.length === 0 ? only.term : reference;
    entries.push({ text: quotable(name), line, term });
  }
  for (const { name, line } of active(at(set, "address-set"))) {
    entries.push({
      text: quotable(`address-set ${name}`),
      line,
      term: { kind: "set", id: setId("address-set", book, name) },
    });
  }
  return entries;
}

export const prefixListId = (prefix: string, name: string): string =>
  `prefix-list:${prefix}policy-options prefix-list ${name}`;

export function prefixListsOf(system: Node, prefix: string, notes: Notes): NamedSet[] {
  return active(at(system, "policy-options", "prefix-list")).map((list) => ({
    id: prefixListId(prefix, list.name),
    name: list.name,
    kind: "prefix-list",
    ...(prefix === "" ? {} : { scope: prefix.trim() }),
    line: list.line,
    entries: active(list)
      .filter(({ name }) => name !== "description" && !name.startsWith("apply-groups"))
      .map(({ name, line }): Entry => {
        const text = quotable(name);
        // The addresses of other parts of the configuration, by a pattern.
        if (name === "apply-path") return { text, line, term: { kind: "unknown", what: "dynamic" } };
        return { text, line, term: known(parseEntry(name, { hostBits: "clear" }), line, notes) };
      }),
  }));
}
