/**
 * Lists of Cloudflare's rules: the items that the API gives, page by page, the body that replaces them, and lists with their
 * items. A page that says that others follow is a part of a list, and what it lacks is undecided.
 */
import { type Entry, type Model, type NamedSet, noteCollector, type Term } from "../../core/allowlist/index";
import { parseEntry } from "../../core/ip/index";
import { items, type JsonNode, member, readJson, textOf } from "../json";
import { quotable } from "../lines";

/** Cloudflare's limit for a comment; more of it is not kept. */
const longestComment = 500;

/** A list, or what the file has of it. */
interface Part {
  readonly name: string;
  readonly id?: string;
  /** `ip`, `hostname`, `asn`, `redirect`. */
  readonly kind: string;
  readonly node: JsonNode;
  readonly path: string;
  readonly items: readonly (readonly [node: JsonNode, path: string])[];
  /** How many items are elsewhere, or that some are. */
  readonly lacks?: string;
}

/** What an item is known by; `text` of its entry, in JSON. */
export interface Item {
  readonly id?: string;
  readonly ip: string;
  readonly comment?: string;
}

export function parseCloudflareList(text: string, file: string): Model {
  const { root, problem } = readJson(text);
  const notes = noteCollector();
  const parts = partsOf(root);
  const sets = parts.map((part, at): NamedSet => {
    const entries = part.items.map(([node, path]) => {
      const { entry, note } = readItem(node, path);
      if (note !== undefined) notes.add(node.line, note);
      return entry;
    });
    if (part.lacks !== undefined) {
      notes.add(part.node.line, part.lacks);
      entries.push({ text: part.lacks, line: part.node.line, term: { kind: "unknown", what: "external" } });
    }
    if (problem !== undefined && at === parts.length - 1) {
      entries.push({ text: "the rest", line: problem.line, term: { kind: "unknown", what: "notUnderstood" } });
    }
    const { name, id, kind, path } = part;
    return { id: id ?? `list ${name} ${path}`.trim(), name, kind: `${kind} list`, line: part.node.line, entries };
  });
  if (problem !== undefined) notes.add(problem.line, problem.message);
  return { file, vendor: "cloudflare-list", sets: distinct(sets), ruleLists: [], notes: notes.notes() };
}

function distinct(sets: readonly NamedSet[]): NamedSet[] {
  const seen = new Set<string>();
  return sets.map((set, at) => {
    const id = seen.has(set.id) ? `${set.id} ${at}` : set.id;
    seen.add(id);
    return { ...set, id };
  });
}

function partsOf(root: JsonNode | undefined): Part[] {
  if (root === undefined) return [];
  if (root.kind === "array") {
    const [first] = root.items;
    // Pages that were put into one file, one after the other, are one list.
    if (root.items.length > 0 && root.items.every((page) => member(page, "result") !== undefined)) {
      const pages = root.items.map((page, at) => pageOf(page, `[${at}].`));
      const last = root.items.at(-1);
      return [partOf(root, "", pages.flat(), followed(last))];
    }
    if (isList(first)) return root.items.flatMap((list, at) => (isList(list) ? [listOf(list, `[${at}]`)] : []));
    return [partOf(root, "", withPaths(root, ""))];
  }
  const result = member(root, "result");
  if (result?.kind === "array") {
    if (isList(result.items[0])) {
      return result.items.flatMap((list, at) => (isList(list) ? [listOf(list, `result[${at}]`)] : []));
    }
    return [partOf(root, "", pageOf(root, ""), followed(root))];
  }
  if (isList(result)) return [listOf(result as JsonNode, "result")];
  return isList(root) ? [listOf(root, "")] : [];
}

function withPaths(node: JsonNode | undefined, path: string): [JsonNode, string][] {
  return items(node).map((item, at) => [item, `${path}[${at}]`]);
}

function pageOf(page: JsonNode, path: string): [JsonNode, string][] {
  return withPaths(member(page, "result"), `${path}result`);
}

/** A list is known by its kind, an item has none. */
function isList(node: JsonNode | undefined): boolean {
  return textOf(member(node, "kind")) !== undefined && textOf(member(node, "ip")) === undefined;
}

function followed(page: JsonNode | undefined): string | undefined {
  const after = textOf(member(member(member(page, "result_info"), "cursors"), "after"));
  return after === undefined || after === "" ? undefined : "another page of items follows, which is not in the file";
}

function partOf(node: JsonNode, path: string, found: Part["items"], lacks?: string): Part {
  return { name: "", kind: kindOf(found), node, path, items: found, ...(lacks === undefined ? {} : { lacks }) };
}

/** Items say by themselves what they are. */
function kindOf(found: Part["items"]): string {
  const [node] = found[0] ?? [];
  return ["hostname", "asn", "redirect"].find((kind) => member(node, kind) !== undefined) ?? "ip";
}

function listOf(node: JsonNode, path: string): Part {
  const found = withPaths(member(node, "items"), path === "" ? "items" : `${path}.items`);
  const count = member(node, "num_items");
  const lacking = count?.kind === "number" ? count.value - found.length : 0;
  const id = textOf(member(node, "id"));
  return {
    name: textOf(member(node, "name")) ?? "",
    ...(id === undefined ? {} : { id }),
    kind: textOf(member(node, "kind")) ?? "ip",
    node,
    path,
    items: found,
    ...(lacking > 0 ? { lacks: `${lacking} items of the list are not in the file` } : {}),
  };
}

function readItem(node: JsonNode, path: string): { readonly entry: Entry; readonly note?: string } {
  const ip = textOf(member(node, "ip"));
  const made = (text: string, term: Term, note?: string): { entry: Entry; note?: string } => ({
    entry: { text, line: node.line, path, term },
    ...(note === undefined ? {} : { note }),
  });
  if (ip !== undefined) {
    const parsed = parseEntry(ip);
    if (parsed.ok) return made(itemText(node, ip), { kind: "block", block: parsed.value });
    const cleared = parseEntry(ip, { hostBits: "clear" });
    const within = cleared.ok ? { within: cleared.value } : {};
    return made(quotable(ip), { kind: "unknown", what: "notUnderstood", ...within }, parsed.problem.message);
  }
  const hostname = member(node, "hostname");
  if (hostname !== undefined) {
    const name = textOf(member(hostname, "url_hostname")) ?? textOf(hostname) ?? "";
    return made(quotable(`hostname ${name}`), { kind: "unknown", what: "fqdn" });
  }
  const asn = member(node, "asn");
  if (asn !== undefined) {
    const number = asn.kind === "number" ? String(asn.value) : "";
    return made(`asn ${number}`, { kind: "unknown", what: "dynamic" });
  }
  return made(path, { kind: "unknown", what: "notUnderstood" }, `${path} has no ip`);
}

/** Enough to delete the item, and to make it again. */
function itemText(node: JsonNode, ip: string): string {
  const id = textOf(member(node, "id"))?.slice(0, 64);
  const comment = textOf(member(node, "comment"))?.slice(0, longestComment);
  const item: Item = {
    ...(id === undefined ? {} : { id }),
    ip,
    ...(comment === undefined ? {} : { comment }),
  };
  return JSON.stringify(item);
}
