/**
 * Customer-managed prefix lists of Amazon VPC: entries (`get-managed-prefix-list-entries`), descriptions
 * (`describe-managed-prefix-lists`), or both put together. The file of the entries alone does not name its list.
 */
import { type Entry, type Model, type NamedSet, noteCollector } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { describedText } from "../described";
import {
  cidrTerm,
  cutEntry,
  itemsOf,
  type Notes,
  type Place,
  placeOf,
  placesIn,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { type JsonNode, textOf } from "../json";

/** Where the file has entries and does not say whose. */
export const unnamed = "PREFIX_LIST_ID";

interface List {
  name?: string;
  family?: Family;
  maxEntries?: number;
  version?: number;
  line: number;
  readonly entries: Entry[];
}

export function parsePrefixLists(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const lists = new Map<string, List>();
  if (root !== undefined) readRoot({ node: root, path: "" }, lists, notes);
  const sets = [...lists].map(([id, list]) => setOf(id, list));
  return {
    file,
    vendor: "aws-prefix-list",
    // The document may have stopped inside any list: entries stand beside their description, before or after it.
    sets: cut === undefined ? sets : sets.map((set) => ({ ...set, entries: [...set.entries, cutEntry(cut)] })),
    ruleLists: [],
    notes: notes.notes(),
  };
}

/** One answer, or several in an array. */
function readRoot(root: Place, lists: Map<string, List>, notes: Notes): void {
  const places = placesIn(root) ?? [root];
  if (places.some((place) => placeOf(place, "Cidr") !== undefined)) {
    for (const place of places) addEntry(listAt(lists, unnamed, root.node.line), place, notes);
    return;
  }
  const described = places.map((place) => describeAll(place, lists, notes));
  const all = [...new Set(described.flat())];
  const filled = new Set<string>();
  places.forEach((place, at) => {
    if (placeOf(place, "NextToken") !== undefined) notes.add(place.node.line, "there are more pages than this one");
    const entries = placeOf(place, "Entries");
    if (entries === undefined) return;
    // Entries belong to the one list that the same answer describes, or the only one of the file.
    const own = described[at]?.length === 0 ? all : (described[at] ?? []);
    const id = own.length === 1 ? (own[0] as string) : unnamed;
    filled.add(id);
    readEntries(listAt(lists, id, entries.node.line), entries, notes);
  });
  for (const id of all) {
    const list = lists.get(id);
    if (filled.has(id) || list === undefined) continue;
    list.entries.push({
      text: "entries of another file",
      line: list.line,
      term: { kind: "unknown", what: "external" },
    });
  }
}

function describeAll(place: Place, lists: Map<string, List>, notes: Notes): string[] {
  const wrong = ({ node, path }: Place): void => notes.add(node.line, `${path} is no list`);
  const alone = placeOf(place, "PrefixList");
  const found = [...itemsOf(place, "PrefixLists", wrong), ...(alone === undefined ? [] : [alone]), place];
  const ids = found.map((one) => describeList(one, lists)).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

function readEntries(list: List, place: Place, notes: Notes): void {
  const items = placesIn(place);
  if (items === undefined) {
    notes.add(place.node.line, `${place.path} is no list`);
    list.entries.push(unreadable(place));
  }
  for (const item of items ?? []) addEntry(list, item, notes);
}

function listAt(lists: Map<string, List>, id: string, line: number): List {
  const known = lists.get(id);
  if (known !== undefined) return known;
  const list: List = { line, entries: [] };
  lists.set(id, list);
  return list;
}

function describeList(place: Place, lists: Map<string, List>): string | undefined {
  const id = textOf(placeOf(place, "PrefixListId")?.node);
  if (id === undefined) return undefined;
  const list = listAt(lists, id, place.node.line);
  const name = textOf(placeOf(place, "PrefixListName")?.node);
  if (name !== undefined) list.name = shownText(name);
  const family = textOf(placeOf(place, "AddressFamily")?.node)?.toLowerCase();
  if (family === "ipv4" || family === "ipv6") list.family = family;
  const most = wholeNumber(placeOf(place, "MaxEntries")?.node);
  if (most !== undefined) list.maxEntries = most;
  const version = wholeNumber(placeOf(place, "Version")?.node);
  if (version !== undefined) list.version = version;
  return id;
}

function wholeNumber(node: JsonNode | undefined): number | undefined {
  return node?.kind === "number" && Number.isSafeInteger(node.value) && node.value >= 0 ? node.value : undefined;
}

function addEntry({ entries, family }: List, place: Place, notes: Notes): void {
  const at = placeOf(place, "Cidr");
  const cidr = textOf(at?.node);
  if (at === undefined || cidr === undefined) {
    notes.add(place.node.line, "an entry without Cidr");
    entries.push(unreadable(place));
    return;
  }
  const { line } = at.node;
  const term = cidrTerm(cidr, line, notes, { hostBits: "clear", ...(family === undefined ? {} : { family }) });
  const description = textOf(placeOf(place, "Description")?.node);
  const text = describedText({ cidr: shownText(cidr), ...(description === undefined ? {} : { description }) });
  entries.push({ text, term, line, path: at.path });
}

function setOf(id: string, { name, family, maxEntries, version, line, entries }: List): NamedSet {
  const [first] = entries;
  const held = family ?? (first?.term.kind === "block" ? first.term.block.family : undefined);
  return {
    id,
    name: name ?? id,
    kind: "prefix list",
    ...(version === undefined ? {} : { token: String(version) }),
    ...(held === undefined ? {} : { family: held }),
    ...(maxEntries === undefined ? {} : { maxEntries }),
    line,
    entries,
  };
}
