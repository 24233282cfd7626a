/**
 * Which of several small lists takes an entry. Stable: entries never move between lists, a list that loses an entry in
 * the same plan is filled first (it is written anyway), then the fullest, then new ones; so one change touches one list.
 */
import type { ObservedAllowlist, ObservedEntry, ObservedList } from "./entries";
import { compareTexts } from "./order";
import type { Add, Edit } from "./plan";

/** A list that takes an entry: one that exists, or one to be made. */
export interface PackedList {
  /** Absent for a list to be made. */
  readonly id?: string;
  readonly name: string;
}

export interface Packing {
  readonly entriesPerList: number;
  readonly observed: ObservedAllowlist;
  /** In order. */
  readonly adds: readonly Add[];
  readonly removes: readonly Edit[];
  /** What lets the caller in or did so: its new place is written before its old one is given up. */
  readonly ofCaller: (change: Add | Edit) => boolean;
  readonly listName: (ordinal: number) => string;
}

export interface Packed {
  /** The same additions, each with its list. */
  readonly adds: readonly Add[];
  /** Lists that will stand there, those of other people included. */
  readonly lists: number;
  readonly foreign: number;
}

export function pack({ entriesPerList, observed, adds, removes, ofCaller, listName }: Packing): Packed {
  const lists = observed.lists ?? [];
  const count = (entries: readonly ObservedEntry[], list: ObservedList): number =>
    entries.filter(({ id }) => id === list.id).length;
  const leaving = removes.map(({ entry }) => entry);
  const delicate = new Set(removes.filter(ofCaller).map(({ entry }) => entry.id));
  const ours = lists
    .filter(({ marked }) => marked)
    .map((list) => {
      const lost = count(leaving, list);
      return { list, lost, filled: count(observed.entries, list) - lost };
    })
    .sort(
      (a, b) =>
        Number(b.lost > 0) - Number(a.lost > 0) ||
        Number(delicate.has(a.list.id)) - Number(delicate.has(b.list.id)) ||
        b.filled - a.filled ||
        compareTexts(a.list.name, b.list.name) ||
        compareTexts(a.list.id, b.list.id),
    );

  const slots: PackedList[] = ours.flatMap(({ list, filled }) =>
    Array.from({ length: Math.max(0, entriesPerList - filled) }, () => ({ id: list.id, name: list.name })),
  );
  const taken = new Set(lists.map(({ name }) => name));
  let ordinal = 0;
  let next = 0;
  const packed = adds.map((add) => {
    if (next === slots.length) {
      do ordinal += 1;
      while (taken.has(listName(ordinal)));
      const name = listName(ordinal);
      taken.add(name);
      slots.push(...Array.from({ length: entriesPerList }, () => ({ name })));
    }
    const list = slots[next++] as PackedList;
    return { ...add, list };
  });

  const used = new Set(packed.map(({ list }) => list.name));
  const emptied = ours.filter(({ list, lost, filled }) => lost > 0 && filled === 0 && !used.has(list.name)).length;
  const made = [...used].filter((name) => !lists.some((list) => list.name === name)).length;
  return { adds: packed, lists: lists.length - emptied + made, foreign: lists.filter(({ marked }) => !marked).length };
}
