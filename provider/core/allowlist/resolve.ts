/**
 * What addresses an operand or a set stands for. Three-valued: an address is surely in it, surely not, or undecided
 * because of a term that cannot be resolved. Sets without holes are flattened in one walk that visits each once, so cost
 * is linear in what is reachable, and depth costs no stack.
 */
import {
  type AddressSet,
  addressSet,
  type Block,
  difference,
  type Family,
  intersection,
  intervalPrefixes,
  type Prefix,
  union,
} from "../ip/index";
import type { Entry, Model, NamedSet, Operand, Term } from "./model";

/** One entry that is not a reference, and how it was reached. */
export interface Leaf {
  readonly entry: Entry;
  /** The sets from the outermost to the one that holds the entry. */
  readonly via: Via | undefined;
  /** What the holes of the sets around it leave of what is in them; absent: there are none. */
  readonly bound?: AddressSet;
}

/** A link of the chain from an entry outwards. */
export interface Via {
  readonly set: NamedSet;
  readonly outer: Via | undefined;
}

export interface Resolved {
  /** Surely in it. */
  readonly sure: AddressSet;
  /** Possibly in it; holds `sure`. */
  readonly maybe: AddressSet;
  /** Blocks and `any` that are no holes, in the order of the file. */
  readonly leaves: readonly Leaf[];
  /** Terms that cannot be resolved, holes among them. */
  readonly unknowns: readonly Leaf[];
  /** References of a set to itself that add nothing: the set is the same without them. */
  readonly cycles: readonly Leaf[];
  /** How many holes were applied. */
  readonly holes: number;
}

export interface Resolver {
  set(id: string): NamedSet | undefined;
  resolve(operand: Operand): Resolved;
}

const wholeOf = (family: Family): Prefix => ({
  family,
  words: family === "ipv4" ? [0] : [0, 0, 0, 0],
  length: 0,
});

/** Every address of one family. */
export const everyAddressOf: Readonly<Record<Family, AddressSet>> = {
  ipv4: addressSet([wholeOf("ipv4")]),
  ipv6: addressSet([wholeOf("ipv6")]),
};

/** Every address there is. */
export const everyAddress: AddressSet = union(everyAddressOf.ipv4, everyAddressOf.ipv6);

export const noAddress: AddressSet = addressSet([]);

/** The blocks that a term stands for, or may at most stand for when it is unknown. */
export function extentOf(term: Exclude<Term, { kind: "set" }>): readonly Block[] {
  if (term.kind === "block") return [term.block];
  if (term.kind === "unknown" && term.within !== undefined) return [term.within];
  const family = term.kind === "any" ? term.family : undefined;
  return family === undefined ? [wholeOf("ipv4"), wholeOf("ipv6")] : [wholeOf(family)];
}

/** Resolves sets of one model; what was resolved once is kept. */
export function resolver(model: Model): Resolver {
  const sets = new Map<string, NamedSet>();
  // The first of equal ids counts; parsers make ids unique, and a fuzzed file must not make a verdict depend on order.
  for (const set of model.sets) if (!sets.has(set.id)) sets.set(set.id, set);
  const context: Context = { sets, done: new Map(), open: new Set() };
  const named = new Map<string, Resolved>();
  return {
    set: (id) => sets.get(id),
    resolve(operand) {
      const key = operand.negated === true ? undefined : onlyReference(operand);
      const known = key === undefined ? undefined : named.get(key);
      if (known !== undefined) return known;
      const resolved = negate(resolveEntries(operand.entries, undefined, "subtract", context), operand);
      if (key !== undefined) named.set(key, resolved);
      return resolved;
    },
  };
}

function onlyReference({ entries }: Operand): string | undefined {
  const [only] = entries;
  // A hole is no reference that can be shared: it stands for the opposite.
  if (entries.length !== 1 || only?.term.kind !== "set" || only.hole === true) return undefined;
  return only.term.id;
}

function negate(resolved: Resolved, { negated }: Operand): Resolved {
  if (negated !== true) return resolved;
  return {
    ...resolved,
    sure: difference(everyAddress, resolved.maybe),
    maybe: difference(everyAddress, resolved.sure),
    leaves: [],
    holes: resolved.holes + resolved.leaves.length,
  };
}

interface Context {
  readonly sets: ReadonlyMap<string, NamedSet>;
  /** Results of sets with holes; the others are flattened where they are used. */
  readonly done: Map<string, Resolved>;
  /** Sets with holes that are being resolved: a reference to one is a cycle. */
  readonly open: Set<string>;
}

interface Parts {
  readonly leaves: Leaf[];
  readonly holes: Leaf[];
  readonly unknowns: Leaf[];
  readonly cycles: Leaf[];
  /** Results of sets with holes of their own. */
  readonly closed: Resolved[];
  /** The same, where the reference to them is a hole. */
  readonly closedHoles: Resolved[];
}

function resolveEntries(
  entries: readonly Entry[],
  via: Via | undefined,
  holes: "subtract" | "longest-match",
  context: Context,
): Resolved {
  const parts = flatten(entries, via, context);
  const { closed, closedHoles } = parts;
  const inner = [...closed, ...closedHoles];
  return {
    ...(holes === "longest-match" ? longestMatch(parts) : subtracted(parts)),
    leaves: closed.length === 0 ? parts.leaves : parts.leaves.concat(...closed.map(({ leaves }) => leaves)),
    unknowns: inner.length === 0 ? parts.unknowns : parts.unknowns.concat(...inner.map(({ unknowns }) => unknowns)),
    cycles: inner.length === 0 ? parts.cycles : parts.cycles.concat(...inner.map(({ cycles }) => cycles)),
    holes: parts.holes.length + closedHoles.length + closed.reduce((sum, one) => sum + one.holes, 0),
  };
}

/** Surely in it, possibly in it. */
export type Answer = Pick<Resolved, "sure" | "maybe">;

function extents(leaves: readonly Leaf[]): AddressSet {
  return addressSet(leaves.flatMap(({ entry }) => (entry.term.kind === "set" ? [] : extentOf(entry.term))));
}

function unknownExtents({ unknowns }: Parts, holes: boolean): AddressSet {
  return extents(unknowns.filter(({ entry }) => (entry.hole === true) === holes));
}

/** All members first, then all holes: a member that is a set with holes of its own loses to ours too. */
function subtracted(parts: Parts): Answer {
  const { leaves, holes, unknowns, closed, closedHoles } = parts;
  const known = extents(leaves);
  // The usual case: no holes, nothing unknown, nothing nested that has holes.
  if (holes.length + unknowns.length + closed.length + closedHoles.length === 0) return { sure: known, maybe: known };
  const taken = extents(holes);
  return {
    sure: difference(
      union(known, ...closed.map(({ sure }) => sure)),
      union(taken, unknownExtents(parts, true), ...closedHoles.map(({ maybe }) => maybe)),
    ),
    maybe: difference(
      union(known, unknownExtents(parts, false), ...closed.map(({ maybe }) => maybe)),
      union(taken, ...closedHoles.map(({ sure }) => sure)),
    ),
  };
}

/**
 * Wider blocks first, longer ones over them; at equal length a hole is stronger. At most 129 lengths. What is unknown
 * may be of any length, so it is stronger and weaker than all; so are sets with holes of their own.
 */
function longestMatch(parts: Parts): Answer {
  const { leaves, holes, closed, closedHoles } = parts;
  const levels = new Map<number, { members: Prefix[]; holes: Prefix[] }>();
  const sort = (from: readonly Leaf[], into: "members" | "holes"): void => {
    for (const { entry } of from) {
      if (entry.term.kind === "set") continue;
      for (const block of extentOf(entry.term)) {
        for (const prefix of "length" in block ? [block] : intervalPrefixes(block)) {
          // The families never meet: one number serves for the lengths of both.
          const level = levels.get(prefix.length) ?? { members: [], holes: [] };
          level[into].push(prefix);
          levels.set(prefix.length, level);
        }
      }
    }
  };
  sort(leaves, "members");
  sort(holes, "holes");
  let known = noAddress;
  for (const length of [...levels.keys()].sort((a, b) => a - b)) {
    const level = levels.get(length) as { members: Prefix[]; holes: Prefix[] };
    known = difference(union(known, addressSet(level.members)), addressSet(level.holes));
  }
  return {
    sure: difference(
      union(known, ...closed.map(({ sure }) => sure)),
      union(unknownExtents(parts, true), ...closedHoles.map(({ maybe }) => maybe)),
    ),
    maybe: difference(
      union(known, unknownExtents(parts, false), ...closed.map(({ maybe }) => maybe)),
      union(...closedHoles.map(({ sure }) => sure)),
    ),
  };
}

/** Everything that the entries reach, each set once; a stack of our own, because groups may nest without bound. */
function flatten(entries: readonly Entry[], via: Via | undefined, context: Context): Parts {
  const parts: Parts = { leaves: [], holes: [], unknowns: [], cycles: [], closed: [], closedHoles: [] };
  const visited = new Set<string>();
  const onPath = new Set<string>();
  for (let outer = via; outer !== undefined; outer = outer.outer) onPath.add(outer.set.id);
  const stack: { entries: readonly Entry[]; at: number; via: Via | undefined }[] = [{ entries, at: 0, via }];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const entry = frame.entries[frame.at++];
    if (entry === undefined) {
      stack.pop();
      if (frame.via !== undefined && stack.length > 0) onPath.delete(frame.via.set.id);
      continue;
    }
    if (entry.term.kind !== "set") {
      put(parts, { entry, via: frame.via });
      continue;
    }
    const set = context.sets.get(entry.term.id);
    const cyclic = set !== undefined && (onPath.has(set.id) || context.open.has(set.id));
    if (cyclic && context.open.size === 0 && entry.hole !== true) {
      // Without holes the smallest set that satisfies the definition is the one without this reference.
      parts.cycles.push({ entry, via: frame.via });
      continue;
    }
    if (set === undefined || cyclic) {
      const what = set === undefined ? "undefined" : "cyclic";
      put(parts, { entry: { ...entry, term: { kind: "unknown", what } }, via: frame.via });
      continue;
    }
    const link: Via = { set, outer: frame.via };
    if (entry.hole === true) parts.closedHoles.push(close(set, link, context));
    else if (hasHoles(set)) {
      if (!visited.has(set.id)) parts.closed.push(close(set, link, context));
      visited.add(set.id);
    } else if (!visited.has(set.id)) {
      visited.add(set.id);
      const [only] = set.entries;
      // Most sets of large configurations are objects of one address: nothing below them could lead back.
      if (only !== undefined && set.entries.length === 1 && only.term.kind !== "set")
        put(parts, { entry: only, via: link });
      else {
        onPath.add(set.id);
        stack.push({ entries: set.entries, at: 0, via: link });
      }
    }
  }
  return parts;
}

function put(parts: Parts, leaf: Leaf): void {
  if (leaf.entry.term.kind === "unknown") parts.unknowns.push(leaf);
  else if (leaf.entry.hole === true) parts.holes.push(leaf);
  else parts.leaves.push(leaf);
}

function hasHoles(set: NamedSet): boolean {
  return set.holes === "longest-match" || set.entries.some(({ hole }) => hole === true);
}

/** How deep sets with holes may nest in one another. Deeper ones are unknown: no device allows as much. */
const deepestHoles = 256;

/** A set with its own holes applied. The chain outwards is that of the first use. */
function close(set: NamedSet, link: Via, context: Context): Resolved {
  const known = context.done.get(set.id);
  if (known !== undefined) return known;
  if (context.open.size >= deepestHoles) {
    const entry: Entry = { text: set.name, line: set.line, term: { kind: "unknown", what: "notUnderstood" } };
    return { sure: noAddress, maybe: everyAddress, leaves: [], unknowns: [{ entry, via: link }], cycles: [], holes: 0 };
  }
  context.open.add(set.id);
  const inside = resolveEntries(set.entries, link, set.holes ?? "subtract", context);
  context.open.delete(set.id);
  // An entry that a hole cuts is not what it says: no verdict may rest on it alone.
  const bound = (leaf: Leaf): Leaf => ({
    ...leaf,
    bound: leaf.bound === undefined ? inside.sure : intersection(leaf.bound, inside.sure),
  });
  const resolved = { ...inside, leaves: inside.leaves.map(bound) };
  // A result that met a cycle depends on where the walk began, so it is not kept.
  if (!resolved.unknowns.some(({ entry }) => entry.term.kind === "unknown" && entry.term.what === "cyclic")) {
    context.done.set(set.id, resolved);
  }
  return resolved;
}

/** The part of an answer that is of one family. */
export function restrict<Value extends Answer>(answer: Value, family: Family | undefined): Value {
  if (family === undefined) return answer;
  return {
    ...answer,
    sure: intersection(answer.sure, everyAddressOf[family]),
    maybe: intersection(answer.maybe, everyAddressOf[family]),
  };
}

/** How many sets of a path are named: beyond that the middle says nothing to a reader. */
const longestPath = 8;

/** `object-group SCUBA > object HQ`: the sets from the outermost to the one that holds the entry. */
export function pathOf({ entry, via }: Leaf): string | undefined {
  const names: string[] = [];
  for (let link = via; link !== undefined; link = link.outer) {
    if (link.set.name !== "") names.push(`${link.set.kind} ${link.set.name}`);
  }
  names.reverse();
  if (names.length > longestPath) names.splice(longestPath / 2, names.length - longestPath, "…");
  if (entry.path !== undefined) names.push(entry.path);
  return names.length === 0 ? undefined : names.join(" > ");
}
