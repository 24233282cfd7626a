/** Groups of addresses of IOS and NX-OS: members with and without sequence numbers, and their removal. */
import type { Entry, NamedSet } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { columnOf, quotable } from "../lines";
import { type Budget, readAddress, type Style } from "./addresses";
import { addMember, membersOf, type OpenSet, openSet, removeMember, removeNumber } from "./members";

export interface Group {
  readonly set: OpenSet;
  readonly family: Family;
}

export const groupId = (family: Family, name: string): string => `object-group:${family}:${name}`;

export interface Groups {
  open(family: Family, name: string, kind: string, line: number): Group;
  delete(family: Family, name: string): void;
  all(): NamedSet[];
}

export function addressGroups(): Groups {
  const groups = new Map<string, Group>();
  return {
    open(family, name, kind, line) {
      const id = groupId(family, name);
      const known = groups.get(id);
      if (known !== undefined) return known;
      const group: Group = { set: openSet(id, name, kind, line), family };
      groups.set(id, group);
      return group;
    },
    delete: (family, name) => groups.delete(groupId(family, name)),
    all: () =>
      [...groups.values()].map(({ set, family }) => {
        const { id, name, kind, line } = set;
        return { id, name, kind, line, family, entries: membersOf(set) };
      }),
  };
}

/** A line of the file, without `no`. */
export interface Line {
  readonly raw: string;
  readonly line: number;
  readonly words: readonly string[];
  readonly negated: boolean;
}

export interface Reader {
  readonly mask: Style["mask"];
  readonly budget: Budget;
  readonly notes: { add(line: number, message: string): void };
}

/** A line inside of a group. */
export function readMember({ set, family }: Group, { raw, line, words, negated }: Line, reader: Reader): void {
  const number = words[0];
  const sequence = number !== undefined && /^\d{1,10}$/.test(number) ? Number(number) : undefined;
  const own = sequence === undefined ? words : words.slice(1);
  if (own[0]?.toLowerCase() === "description") return;
  if (own.length === 0) {
    if (negated && sequence !== undefined) removeNumber(set, sequence);
    return;
  }
  const { terms, note } = termsOf(own, family, reader);
  if (negated) {
    for (const term of terms) removeMember(set, term);
    return;
  }
  if (note !== undefined) reader.notes.add(line, note);
  const column = columnOf(raw);
  for (const term of terms) addMember(set, { text: quotable(raw), term, line, column }, sequence);
}

interface Terms {
  readonly terms: readonly Entry["term"][];
  readonly note?: string;
}

function termsOf(words: readonly string[], family: Family, { mask, budget }: Reader): Terms {
  const [first, second] = words;
  if (first === "group-object" && second !== undefined)
    return { terms: [{ kind: "set", id: groupId(family, second) }] };
  const read = readAddress(words, { family, mask, bare: true }, budget);
  if (read !== undefined && read.used >= words.length) return read;
  return {
    terms: [{ kind: "unknown", what: "notUnderstood" }],
    note: `${first} is not understood in a group of addresses`,
  };
}
