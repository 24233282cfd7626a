/** `nft list ruleset` as text or as JSON, files for `nft -f`, and commands of nft: one ruleset, one model. */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { namedDefinitions, namedSet } from "./addresses";
import { readJsonRuleset } from "./json";
import { listsOf } from "./lists";
import type { Ruleset } from "./ruleset";
import { elementsOf, titleOf } from "./ruleset";
import { readText } from "./text";

export function parseNftables(text: string, file: string): Model {
  const notes = noteCollector();
  const ruleset: Ruleset = { tables: new Map(), definitions: [], doubts: [] };
  if (/^\s*\{/.test(text)) readJsonRuleset(text, ruleset, notes);
  else readText(text, ruleset, notes.add);
  const tables = [...ruleset.tables.values()];
  for (const table of tables) {
    for (const set of table.sets.values()) {
      const expiring = elementsOf(set).find(({ expires }) => expires === true);
      const name = `${set.name.slice(0, 80)} of table ${titleOf(table).slice(0, 80)}`;
      if (expiring !== undefined)
        notes.add(expiring.line, `elements of ${name} expire (timeout); taken as they are now`);
      else if (set.timeout) notes.add(set.line, `elements of ${name} expire (timeout); taken as they are now`);
      else if (set.flags.includes("dynamic")) notes.add(set.line, `rules change ${name}; taken as it is now`);
    }
  }
  const { sets, ruleLists } = listsOf(ruleset, notes.add);
  return {
    file,
    vendor: "nftables",
    sets: [
      ...tables.flatMap((table) => [...table.sets.values()].flatMap((set) => namedSet(table, set) ?? [])),
      ...namedDefinitions(ruleset.definitions),
      ...sets,
    ],
    ruleLists,
    notes: notes.notes(),
  };
}
