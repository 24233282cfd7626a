/** Groups of addresses while they are read. Removed members leave a gap, so that `no` costs no search. */
import type { Entry, Term } from "../../core/allowlist/index";
import { formatInterval, intervalOf } from "../../core/ip/index";

export interface OpenSet {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly line: number;
  entries: (Entry | undefined)[];
  /** Where each member stands, by what it means and by its number; made at the first `no`. */
  places: Map<string, number[]> | undefined;
  /** Sequence numbers of the members that have one; made at the first: most sets are objects of one member. */
  numbers: Map<number, number> | undefined;
}

export function openSet(id: string, name: string, kind: string, line: number): OpenSet {
  return { id, name, kind, line, entries: [], places: undefined, numbers: undefined };
}

export function addMember(set: OpenSet, entry: Entry, sequence?: number): void {
  if (set.places !== undefined) place(set.places, keyOf(entry.term), set.entries.length);
  if (sequence !== undefined) {
    set.numbers ??= new Map();
    set.numbers.set(sequence, set.entries.length);
  }
  set.entries.push(entry);
}

/** Takes the last member out that means this. */
export function removeMember(set: OpenSet, term: Term): void {
  if (set.places === undefined) {
    const places = new Map<string, number[]>();
    set.entries.forEach((entry, index) => {
      if (entry !== undefined) place(places, keyOf(entry.term), index);
    });
    set.places = places;
  }
  const same = set.places.get(keyOf(term));
  // A member that went by its number is still in the index.
  for (let index = same?.pop(); index !== undefined; index = same?.pop()) {
    if (set.entries[index] === undefined) continue;
    set.entries[index] = undefined;
    return;
  }
}

export function removeNumber(set: OpenSet, sequence: number): void {
  const index = set.numbers?.get(sequence);
  if (index !== undefined) set.entries[index] = undefined;
}

export function membersOf({ entries }: OpenSet): Entry[] {
  return entries.filter((entry) => entry !== undefined);
}

function place(places: Map<string, number[]>, key: string, index: number): void {
  const same = places.get(key);
  if (same === undefined) places.set(key, [index]);
  else same.push(index);
}

function keyOf(term: Term): string {
  switch (term.kind) {
    case "block":
      return formatInterval(intervalOf(term.block));
    case "set":
      return term.id;
    default:
      return term.kind;
  }
}
