/** Junos in both forms: SRX policies with their address books, firewall filters, prefix lists; logical systems and tenants. */
import { type Model, type NamedSet, noteCollector, type RuleList } from "../../core/allowlist/index";
import { booksOf, prefixListsOf, setsOfBook } from "./books";
import { filtersOf } from "./filters";
import { applyGroups } from "./groups";
import { policyListsOf } from "./policies";
import { active, at, type Node, readTree } from "./tree";

export function parseJunos(text: string, file: string): Model {
  const notes = noteCollector();
  const root = readTree(text, notes);
  applyGroups(root, notes);
  const sets: NamedSet[] = [];
  const ruleLists: RuleList[] = [];
  const read = (system: Node, prefix: string): void => {
    const books = booksOf(system, prefix);
    const prefixLists = prefixListsOf(system, prefix, notes);
    const filters = filtersOf(system, prefix, prefixLists, notes);
    for (const book of books.all) sets.push(...setsOfBook(book, notes));
    sets.push(...prefixLists, ...filters.sets);
    ruleLists.push(...policyListsOf(system, prefix, books, notes), ...filters.ruleLists);
  };
  read(root, "");
  for (const kind of ["logical-systems", "tenants"]) {
    for (const system of active(at(root, kind))) read(system, `${kind} ${system.name} `);
  }
  return { file, vendor: "junos", sets, ruleLists, notes: notes.notes() };
}
