/** Aliases of pfSense and OPNsense as they are collected: sets of addresses, and sets of ports. */
import type { Entry, NamedSet } from "../../core/allowlist/index";
import type { PortAlias } from "./ports";
import { aliasId } from "./rules";

export interface AliasStore {
  /** A second definition makes both unknown: which one counts is not for us to guess. */
  addSet(set: NamedSet): void;
  addPorts(name: string, ports: PortAlias): void;
  sets(): NamedSet[];
  readonly ports: ReadonlyMap<string, PortAlias>;
}

export function aliasStore(notes: { add(line: number, message: string): void }): AliasStore {
  const sets = new Map<string, NamedSet>();
  const ports = new Map<string, PortAlias>();
  return {
    addSet(set) {
      const same = sets.get(set.id);
      if (same === undefined) {
        sets.set(set.id, set);
        return;
      }
      notes.add(set.line, `alias ${set.name} is defined twice`);
      sets.set(set.id, { ...same, entries: [unknownEntry(set.name, set.line)] });
    },
    addPorts(name, alias) {
      ports.set(name, ports.has(name) ? { words: undefined } : alias);
    },
    sets: () => [...sets.values()],
    ports,
  };
}

export function unknownEntry(name: string, line: number): Entry {
  return { text: name, line, term: { kind: "unknown", what: "notUnderstood" } };
}

export function aliasSet(name: string, kind: string, line: number, entries: readonly Entry[]): NamedSet {
  return { id: aliasId(name), name, kind, line, entries };
}
