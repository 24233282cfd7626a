/** IP Groups of Azure, as the CLI prints them, as the portal exports them, and in templates. */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { idGiver, resourcesIn } from "../arm";
import { cutEntry, readDocument } from "../document";
import { ipGroupsIn } from "./groups";

export function parseIpGroups(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const sets = root === undefined ? [] : ipGroupsIn(resourcesIn(root, notes), notes, idGiver());
  const last = sets.at(-1);
  return {
    file,
    vendor: "azure-ipgroup",
    sets: sets.map((set) =>
      cut !== undefined && set === last ? { ...set, entries: [...set.entries, cutEntry(cut)] } : set,
    ),
    ruleLists: [],
    notes: notes.notes(),
  };
}
