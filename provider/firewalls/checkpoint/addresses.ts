/** Objects as sets of addresses. Members of a group that are one block stand in it as that block, by their name. */
import type { Entry, NamedSet, Operand, Term, UnknownKind } from "../../core/allowlist/index";
import { type Block, parseAddress, parsePrefix, parseRange, parseWildcard } from "../../core/ip/index";
import { items, type JsonNode, member, textOf } from "../json";
import { quotable } from "../lines";
import { type CpObject, isFaulty, type Notes, type ObjectStore, uidOf } from "./store";

/** Fixed in every installation. */
export const anyUid = "97aeb369-9aea-11d5-bd16-0090272ccb30";

export interface Addresses {
  readonly sets: readonly NamedSet[];
  operand(references: JsonNode | undefined, negated: boolean, line: number, path: string): Operand;
}

export function addressesOf(store: ObjectStore, notes: Notes, fault: number | undefined): Addresses {
  const sets: NamedSet[] = [];
  const entriesByUid = new Map<string, readonly Entry[]>();
  const groups: CpObject[] = [];
  for (const object of store.all()) {
    if (object.type === "group" || object.type === "group-with-exclusion") groups.push(object);
    else if (isAddressType(object.type)) entriesByUid.set(object.uid, ownEntries(object, notes, fault));
  }
  const reference = (node: JsonNode, path: string): Entry => {
    const uid = uidOf(node) ?? "";
    const object = store.get(uid);
    const at = { text: quotable(object?.name ?? uid), line: node.line, path };
    if (uid === anyUid || object?.type === "CpmiAnyObject") return { ...at, term: { kind: "any" } };
    const own = entriesByUid.get(uid);
    const [only] = own ?? [];
    // A set of its own only where the object has both families.
    if (own?.length === 1 && only !== undefined) return { ...at, term: only.term };
    return { ...at, term: { kind: "set", id: uid } };
  };
  for (const object of store.all()) {
    const entries = entriesByUid.get(object.uid);
    if (entries !== undefined) sets.push(setOf(object, entries));
  }
  for (const group of groups) {
    if (isFaulty(group.node, fault)) sets.push(setOf(group, [unknown(group, "notUnderstood")]));
    else if (group.type === "group") sets.push(setOf(group, membersOf(group, reference)));
    else sets.push(setOf(group, withoutExclusion(group, reference)));
  }
  return {
    sets,
    operand: (references, negated, line, path) => ({
      entries:
        references === undefined
          ? [{ text: path, line, path, term: { kind: "unknown", what: "notUnderstood" } }]
          : items(references).map((node, at) => reference(node, `${path}[${at}]`)),
      ...(negated ? { negated } : {}),
    }),
  };
}

function setOf({ uid, name, type, scope, node }: CpObject, entries: readonly Entry[]): NamedSet {
  return { id: uid, name, kind: type, ...(scope === undefined ? {} : { scope }), line: node.line, entries };
}

function unknown({ name, node }: CpObject, what: UnknownKind): Entry {
  return { text: quotable(name), line: node.line, term: { kind: "unknown", what } };
}

type Reference = (node: JsonNode, path: string) => Entry;

function membersOf(group: CpObject, reference: Reference): readonly Entry[] {
  const members = member(group.node, "members");
  // The standard level of details, and the dictionary of rules, leave members out.
  if (members?.kind !== "array") return [unknown(group, "undefined")];
  return members.items.map((node, at) => reference(node, `members[${at}]`));
}

function withoutExclusion(group: CpObject, reference: Reference): readonly Entry[] {
  const [include, except] = [member(group.node, "include"), member(group.node, "except")];
  if (include === undefined || except === undefined) return [unknown(group, "undefined")];
  return [reference(include, "include"), { ...reference(except, "except"), hole: true }];
}

/** What the API calls things whose addresses are elsewhere. */
const elsewhere: Readonly<Record<string, UnknownKind>> = {
  "dns-domain": "fqdn",
  "dynamic-object": "dynamic",
  "security-zone": "dynamic",
  "access-role": "dynamic",
  "updatable-object": "serviceTag",
  "data-center-object": "external",
  "data-center-query": "external",
  "generic-data-center-object": "external",
  "network-feed": "external",
};

const located =
  /^(host|network|address-range|multicast-address-range|wildcard|checkpoint-host|Cpmi.*(Host|Gateway|Cluster).*)$/;

function isAddressType(type: string): boolean {
  return located.test(type) || /^(simple-(gateway|cluster)|lsm-gateway)$/.test(type) || elsewhere[type] !== undefined;
}

function ownEntries(object: CpObject, notes: Notes, fault: number | undefined): readonly Entry[] {
  const { node, type, name } = object;
  const what = elsewhere[type];
  if (what !== undefined) return [unknown(object, what)];
  if (isFaulty(node, fault)) return [unknown(object, "notUnderstood")];
  const blocks: Block[] = [];
  let failed = false;
  for (const text of writtenBlocks(node, type)) {
    const read = readBlocks(text, notes, node.line);
    if (read === undefined) {
      notes.add(node.line, `${type} ${name.slice(0, 80)}: ${text.slice(0, 80)} is not understood`);
      failed = true;
    } else blocks.push(...read);
  }
  const entries = blocks.map((block): Entry => {
    const term: Term = { kind: "block", block };
    return { text: quotable(name), line: node.line, term };
  });
  if (failed) return [...entries, unknown(object, "notUnderstood")];
  return entries.length === 0 ? [unknown(object, "undefined")] : entries;
}

/** In the spellings that are parsed: `a`, `a/n`, `a-b`, `a w` for a wildcard. What is empty is not there. */
function writtenBlocks(node: JsonNode, type: string): string[] {
  const text = (name: string): string => {
    const value = member(node, name);
    return value?.kind === "number" ? String(value.value) : (textOf(value) ?? "");
  };
  const written: string[] = [];
  for (const family of ["4", "6"]) {
    const subnet = text(`subnet${family}`);
    if (subnet !== "") written.push(`${subnet}/${text(`mask-length${family}`)}`);
    const first = text(`ipv${family}-address-first`);
    if (first !== "") written.push(`${first}-${text(`ipv${family}-address-last`)}`);
    const address = text(`ipv${family}-address`);
    if (address === "") continue;
    if (type !== "wildcard") written.push(address);
    else written.push(`${address} ${text(`ipv${family}-mask-wildcard`)}`);
  }
  // What is written when it is created, and kept by some exports.
  if (written.length === 0 && text("subnet") !== "") written.push(`${text("subnet")}/${text("mask-length")}`);
  if (written.length === 0 && text("ip-address") !== "") written.push(text("ip-address"));
  return written;
}

function readBlocks(text: string, notes: Notes, line: number): readonly Block[] | undefined {
  if (text.includes(" ")) {
    const wildcard = parseWildcard(text, { hostBits: "clear" });
    return wildcard.ok ? wildcard.value : undefined;
  }
  if (text.includes("-")) {
    const range = parseRange(text);
    return range.ok ? [range.value] : undefined;
  }
  if (text.includes("/")) {
    const prefix = parsePrefix(text, { hostBits: "clear" });
    if (prefix.ok && prefix.note !== undefined) notes.add(line, prefix.note.message);
    return prefix.ok ? [prefix.value] : undefined;
  }
  const address = parseAddress(text);
  return address.ok ? [{ ...address.value, length: address.value.family === "ipv4" ? 32 : 128 }] : undefined;
}
