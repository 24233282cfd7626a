/** Access lists of IOS and NX-OS while they are read: sequence numbers, removals, resequencing, and where they apply. */
import type { Family } from "../../core/ip/index";
import { quotable } from "../lines";

export interface AclLine {
  /** Without its number and without what `show` adds. */
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
  sequence: number;
  removed: boolean;
  /** `show` says that its time range is over. */
  readonly inactive: boolean;
  /** Another line has its number: the device refuses one of them. */
  readonly contested: boolean;
}

export interface AccessList {
  readonly name: string;
  readonly family: Family;
  /** Lines are sources only, for any traffic. */
  readonly standard: boolean;
  readonly kind: string;
  readonly line: number;
  readonly lines: AclLine[];
  readonly numbers: Map<number, AclLine>;
  /** By their words; made at the first `no`. */
  places: Map<string, AclLine[]> | undefined;
  highest: number;
}

export interface Place {
  readonly raw: string;
  readonly line: number;
  readonly negated: boolean;
}

/** How often lists may be numbered anew: each time costs their length. */
const mostResequences = 200;

export interface AccessLists {
  /** In the order of the file. */
  all(): Iterable<AccessList>;
  open(list: Pick<AccessList, "name" | "family" | "standard" | "kind" | "line">): AccessList;
  delete(family: Family, name: string): void;
  read(list: AccessList, words: readonly string[], place: Place): void;
  /** @returns whether it was done */
  resequence(family: Family, name: string, start: number, step: number): boolean;
  bind(family: Family, name: string, direction: string | undefined, place: Place): void;
  use(list: AccessList): "inbound" | "outbound" | "unbound";
  /** Lists that are applied somewhere and stand nowhere. */
  missing(): readonly { readonly family: Family; readonly name: string; readonly line: number }[];
}

const keyOf = (family: Family, name: string): string => `${family} ${name}`;

export function accessLists(): AccessLists {
  const lists = new Map<string, AccessList>();
  const bindings = new Map<string, { family: Family; name: string; line: number; directions: Map<string, number> }>();
  let resequences = 0;
  return {
    all: () => lists.values(),
    open(head) {
      const key = keyOf(head.family, head.name);
      const known = lists.get(key);
      if (known !== undefined) return known;
      const list: AccessList = { ...head, lines: [], numbers: new Map(), places: undefined, highest: 0 };
      lists.set(key, list);
      return list;
    },
    delete: (family, name) => lists.delete(keyOf(family, name)),
    read: readLine,
    resequence(family, name, start, step) {
      const list = lists.get(keyOf(family, name));
      if (list === undefined || step < 1 || resequences >= mostResequences) return false;
      resequences++;
      const kept = inOrder(list);
      list.lines.splice(0, list.lines.length);
      list.numbers.clear();
      for (const [index, line] of kept.entries()) {
        line.sequence = start + index * step;
        list.lines.push(line);
        list.numbers.set(line.sequence, line);
      }
      list.highest = kept.at(-1)?.sequence ?? 0;
      return true;
    },
    bind(family, name, direction, { line, negated }) {
      if (direction !== "in" && direction !== "out") return;
      const key = keyOf(family, name);
      const known = bindings.get(key) ?? { family, name, line, directions: new Map<string, number>() };
      bindings.set(key, known);
      known.directions.set(direction, Math.max(0, (known.directions.get(direction) ?? 0) + (negated ? -1 : 1)));
    },
    use({ family, name }) {
      const directions = bindings.get(keyOf(family, name))?.directions;
      if ((directions?.get("in") ?? 0) > 0) return "inbound";
      return (directions?.get("out") ?? 0) > 0 ? "outbound" : "unbound";
    },
    missing: () => [...bindings.values()].filter(({ family, name }) => !lists.has(keyOf(family, name))),
  };
}

/** The lines that stand, in the order in which they are evaluated. */
export function inOrder({ lines }: AccessList): AclLine[] {
  return lines.filter(({ removed }) => !removed).sort((a, b) => a.sequence - b.sequence);
}

function readLine(list: AccessList, words: readonly string[], { raw, line, negated }: Place): void {
  const { own, sequence, inactive } = strip(words);
  if (negated) {
    const found =
      own.length === 0 && sequence !== undefined
        ? list.numbers.get(sequence)
        : placesOf(list).get(own.join(" "))?.shift();
    if (found === undefined) return;
    found.removed = true;
    if (list.numbers.get(found.sequence) === found) list.numbers.delete(found.sequence);
    return;
  }
  if (own.length === 0) return;
  const before = sequence === undefined ? undefined : list.numbers.get(sequence);
  if (before !== undefined && before.words.join(" ") === own.join(" ")) return;
  // A remark without a number takes none; it decides nothing.
  if (own[0] === "remark" && sequence === undefined) return;
  const read: AclLine = {
    words: own,
    text: quotable(raw),
    line,
    sequence: sequence ?? list.highest + 10,
    removed: false,
    inactive,
    contested: before !== undefined,
  };
  list.lines.push(read);
  if (before === undefined) list.numbers.set(read.sequence, read);
  list.highest = Math.max(list.highest, read.sequence);
  if (list.places !== undefined) putPlace(list.places, read);
}

function placesOf(list: AccessList): Map<string, AclLine[]> {
  if (list.places === undefined) {
    list.places = new Map();
    for (const line of list.lines) if (!line.removed) putPlace(list.places, line);
  }
  return list.places;
}

function putPlace(places: Map<string, AclLine[]>, line: AclLine): void {
  const key = line.words.join(" ");
  const same = places.get(key);
  if (same === undefined) places.set(key, [line]);
  else same.push(line);
}

/** The number before (`10 …`, `sequence 10 …`) or behind (`… sequence 10`), and the marks of `show`: `(5 matches)`. */
function strip(words: readonly string[]): { own: string[]; sequence?: number; inactive: boolean } {
  const own: string[] = [];
  let sequence: number | undefined;
  let inactive = false;
  let marked = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (marked || word.startsWith("(")) {
      marked = !word.endsWith(")");
      inactive ||= word === "(inactive)";
    } else if (word.startsWith("[match=")) continue;
    else if (at === 0 && isNumber(word)) sequence = Number(word);
    else if (word === "sequence" && isNumber(words[at + 1])) sequence = Number(words[++at]);
    else if (word === "remark" && own.length === 0) {
      own.push(...words.slice(at));
      break;
    } else own.push(word);
  }
  return { own, inactive, ...(sequence === undefined ? {} : { sequence }) };
}

function isNumber(word: string | undefined): boolean {
  return word !== undefined && /^\d{1,10}$/.test(word);
}
