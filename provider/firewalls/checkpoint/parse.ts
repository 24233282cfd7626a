/** Answers of Check Point's management API: one, an array of them, or an object of them, in any order and any pages. */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { items, type JsonNode, member, readJson } from "../json";
import { addressesOf } from "./addresses";
import { addPage, type Layer, layerLists } from "./layers";
import { serviceReader } from "./services";
import { type Notes, type ObjectStore, objectStore } from "./store";

export function parseCheckpoint(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, problem } = readJson(text);
  if (problem !== undefined) notes.add(problem.line, problem.message);
  const store = objectStore();
  const layers = new Map<string, Layer>();
  if (root !== undefined) readAnswers(root, store, layers, notes);
  const fault = problem?.line;
  const addresses = addressesOf(store, notes, fault);
  const service = serviceReader(store);
  const ruleLists = layerLists({ store, addresses, service, layers, notes, fault });
  return { file, vendor: "checkpoint", sets: addresses.sets, ruleLists, notes: notes.notes() };
}

/** How deep answers may be wrapped: an object of arrays of pages. */
const deepest = 4;

function readAnswers(root: JsonNode, store: ObjectStore, layers: Map<string, Layer>, notes: Notes): void {
  const pages: JsonNode[] = [];
  const visit = (node: JsonNode, depth: number): void => {
    if (member(node, "rulebase") !== undefined) addPage(layers, node, store);
    else if (member(node, "objects")?.kind === "array") {
      for (const object of items(member(node, "objects"))) store.add(object);
      pages.push(node);
    } else if (member(node, "uid") !== undefined) store.add(node);
    else if (depth < deepest) {
      const inner = node.kind === "object" ? [...node.members.values()] : items(node);
      for (const one of inner) visit(one, depth + 1);
    }
  };
  visit(root, 0);
  notePages(pages, notes);
}

/** An object that is not in the file is unknown where it is used; a page that is missing deserves a word all the same. */
function notePages(pages: readonly JsonNode[], notes: Notes): void {
  const seen = new Map<string, { count: number; readonly total: number; readonly line: number }>();
  for (const page of pages) {
    const total = member(page, "total");
    if (total?.kind !== "number") continue;
    const objects = items(member(page, "objects"));
    const type = member(objects[0], "type");
    const key = `${type?.kind === "string" ? type.value : ""} ${total.value}`;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { count: objects.length, total: total.value, line: page.line });
    else known.count += objects.length;
  }
  for (const { count, total, line } of seen.values()) {
    if (count < total) notes.add(line, `${total - count} of ${total} objects are on pages that are not in the file`);
  }
}
