/**
 * The smallest change that brings a list to the desired prefixes: what is not surely admitted is added, stale entries are
 * removed, foreign ones never. What is planned has been judged again on the changed model, so a plan is never a guess.
 */
import { MsemError } from "../errors";
import { type Block, comparePrefixes, formatPrefix, type Prefix } from "../ip/index";
import { disjointParts, entriesFor, limitOf } from "./capability";
import type { ExtraEntry } from "./extras";
import { type JudgedPrefix, type Judgement, judge, type Question } from "./judge";
import type { Entry, Model, NamedSet } from "./model";
import { describe } from "./select";

/** What becomes of one list. */
export interface ListChange {
  readonly set: NamedSet;
  /** In canonical order; none of them is an entry of the list now. */
  readonly add: readonly Prefix[];
  /** Entries of the list itself, as the model has them. */
  readonly remove: readonly Entry[];
  /** How many entries stay. */
  readonly keep: number;
}

export interface Plan {
  /** One for each list, also when nothing changes there. */
  readonly changes: readonly ListChange[];
  /** The verdict before. */
  readonly judgement: Judgement;
  /** Supported prefixes that the change does not bring in: a hole or an unknown term is stronger. */
  readonly left: readonly JudgedPrefix[];
  readonly warnings: readonly string[];
}

/**
 * @throws MsemError `MSEM_REFUSED` when the subject is no list of addresses, or the change would not fit;
 * `MSEM_INVALID` when there is no such list
 */
export function planChange(question: Question): Plan {
  const { model } = question;
  const before = judge(question);
  const { sets } = before;
  if (sets.length === 0) throw noList(model, before);
  const removals = removalsOf(before.extra, sets);
  const kept = sets.map((set): ListChange => {
    const remove = removals.get(set) ?? [];
    return { set, add: [], remove, keep: set.entries.length - remove.length };
  });
  const lacking = lackingIn(judge({ ...question, model: applyChanges(model, kept) }));
  const tried = spread(
    lacking.map(({ prefix }) => prefix),
    kept,
    question,
  );
  const left = lackingIn(judge({ ...question, model: applyChanges(model, tried) }));
  // An entry that would not help is not added.
  const useless = new Set(left.map(({ prefix }) => formatPrefix(prefix)));
  const changes = tried.map((change) => ({
    ...change,
    add: change.add.filter((prefix) => !useless.has(formatPrefix(prefix))),
  }));
  for (const change of changes) {
    refuseOverfull(model, change, question);
    refuseEmptied(model, change, question);
  }
  const stuck = before.extra.filter(({ leaf, verdict }) => verdict === "stale" && !isDirect(leaf.via, sets));
  return { changes, judgement: before, left, warnings: stuck.map((extra) => stuckWarning(model, extra)) };
}

function lackingIn({ prefixes }: Judgement): JudgedPrefix[] {
  const lacking = new Set(["missing", "partial", "undecided"]);
  return prefixes.filter(({ verdict }) => lacking.has(verdict));
}

/** Each prefix goes into the first list that can hold it and has room; where none has, into the first, which is refused. */
function spread(lacking: readonly Prefix[], kept: readonly ListChange[], { capability }: Question): ListChange[] {
  const homes = kept.map((change) => {
    const limit = limitOf(capability, change.set) ?? Number.POSITIVE_INFINITY;
    return { change, add: [] as Prefix[], room: limit - change.keep };
  });
  for (const prefix of [...lacking].sort(comparePrefixes)) {
    const needed = ({ change }: (typeof homes)[number]): number => entriesFor(prefix, capability, change.set.family);
    const able = homes.filter((one) => needed(one) > 0);
    const home = able.find((one) => needed(one) <= one.room) ?? able[0];
    if (home === undefined) continue;
    home.add.push(prefix);
    home.room -= needed(home);
  }
  return homes.map(({ change, add }) => ({ ...change, add }));
}

function isDirect(via: ExtraEntry["leaf"]["via"], sets: readonly NamedSet[]): boolean {
  return via !== undefined && via.outer === undefined && sets.includes(via.set);
}

/** Stale entries that stand in the lists themselves, with their repetitions. */
function removalsOf(extra: readonly ExtraEntry[], sets: readonly NamedSet[]): Map<NamedSet, Entry[]> {
  const removals = new Map<NamedSet, Entry[]>();
  const stale = new Set<Entry>();
  for (const { leaf, verdict, first } of extra) {
    const goes = verdict === "stale" || (verdict === "duplicate" && first !== undefined && stale.has(first.entry));
    if (!goes) continue;
    stale.add(leaf.entry);
    if (leaf.via === undefined || !isDirect(leaf.via, sets)) continue;
    const list = removals.get(leaf.via.set);
    if (list === undefined) removals.set(leaf.via.set, [leaf.entry]);
    else list.push(leaf.entry);
  }
  return removals;
}

/** The model after the changes: added prefixes at the end of their list, removed entries gone. Nothing else changes. */
export function applyChanges(model: Model, changes: readonly ListChange[]): Model {
  const bySet = new Map(changes.map((change) => [change.set, change]));
  return {
    ...model,
    sets: model.sets.map((set) => {
      const change = bySet.get(set);
      if (change === undefined) return set;
      const gone = new Set(change.remove);
      const added = change.add.map(
        (prefix): Entry => ({
          text: formatPrefix(prefix),
          line: set.line,
          term: { kind: "block", block: prefix },
        }),
      );
      return { ...set, entries: [...set.entries.filter((entry) => !gone.has(entry)), ...added] };
    }),
  };
}

/** Entries of the list that stay, as far as they are addresses. */
export function stayingBlocks({ set, remove }: ListChange): Block[] {
  const gone = new Set(remove);
  return set.entries.flatMap((entry) => (entry.term.kind === "block" && !gone.has(entry) ? [entry.term.block] : []));
}

function refuseOverfull(model: Model, change: ListChange, { capability }: Question): void {
  const { set, add, remove } = change;
  const limit = limitOf(capability, set);
  if (limit === undefined) return;
  const more =
    capability.disjoint === true
      ? disjointParts(add, stayingBlocks(change)).length
      : add.reduce((sum, prefix) => sum + entriesFor(prefix, capability, set.family), 0);
  const after = set.entries.length + more - remove.length;
  if (after <= limit || more === 0) return;
  throw new MsemError(
    "MSEM_REFUSED",
    `${model.file}: ${describe(set)} would have ${after} entries; it holds ${limit}. Nothing was rendered`,
    { hint: "Spread the prefixes over several lists, or make room first." },
  );
}

function refuseEmptied(model: Model, { set, add, remove, keep }: ListChange, { capability }: Question): void {
  if (capability.neverEmpty === undefined || remove.length === 0 || keep + add.length > 0) return;
  throw new MsemError(
    "MSEM_REFUSED",
    `${model.file}: ${describe(set)} would have no entry left, and then ${capability.neverEmpty}. Nothing was rendered`,
    { hint: "Disable or delete what uses the list, if nothing is to be admitted any more." },
  );
}

function stuckWarning(model: Model, { leaf }: ExtraEntry): string {
  const where = leaf.via === undefined ? "" : ` of ${describe(leaf.via.set)}`;
  return `${model.file}:${leaf.entry.line}: ${leaf.entry.text} is stale, but an entry${where}: remove it there if nothing else uses it`;
}

function noList(model: Model, { title }: Judgement): MsemError {
  // Sets without a name stand for conditions; nobody can ask for one.
  const all = model.sets.map(({ name }) => name).filter((name) => name !== "");
  const names = all.slice(0, 8);
  return new MsemError("MSEM_REFUSED", `${model.file}: ${title} is no list of addresses; rules are not rewritten`, {
    hint:
      names.length === 0
        ? "Move the addresses into a list of their own first."
        : `Name the list with --list: ${names.join(", ")}${all.length > 8 ? ", …" : ""}.`,
  });
}
