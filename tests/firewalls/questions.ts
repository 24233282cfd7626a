/** What the test of a format asks of models, judgements and plans. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  entriesFor,
  type Format,
  type Judgement,
  type ListChange,
  type Model,
  type NamedSet,
  type Plan,
  type PrefixVerdict,
  planChange,
  type Subject,
  select,
  writtenAs,
} from "../../provider/core/allowlist/index";
import { MsemError } from "../../provider/core/errors";
import {
  containsPrefix,
  formatInterval,
  formatPrefix,
  intervalOf,
  intervalPrefixes,
  type Prefix,
  parsePrefix,
} from "../../provider/core/ip/index";
import { crowded } from "../core/ip/arbitraries";
import type { Asked, FixtureCase, FormatCases } from "./formatSuite";
import { ends, type Point, Reference, takesHttps } from "./reference";

export const fine: ReadonlySet<PrefixVerdict> = new Set(["present", "covered", "unsupported"]);

export function prefixOf(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  // Expected verdicts are looked up by canonical text.
  if (formatPrefix(parsed.value) !== text) throw new Error(`${text} is not canonical`);
  return parsed.value;
}

function namesOf(list: string | readonly string[]): readonly string[] {
  return typeof list === "string" ? [list] : list;
}

export function subjectOf(asked: Asked | undefined): Subject {
  if (asked === undefined) return { kind: "inbound" };
  if ("rule" in asked) return { kind: "rule", name: asked.rule };
  return { kind: "list", names: namesOf(asked.list) };
}

/** Verdicts in the form of the case: with lines where the case gives lines. */
export function shown(judgement: Judgement, { verdicts }: FixtureCase): Record<string, string> {
  return Object.fromEntries(
    judgement.prefixes.map(({ prefix, verdict, by }) => {
      const text = formatPrefix(prefix);
      const lines = verdicts[text]?.includes(" ") === true ? ` ${by.map(({ line }) => line).join(",")}` : "";
      return [text, `${verdict}${lines}`];
    }),
  );
}

export function tolerant<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof MsemError) return undefined;
    throw error;
  }
}

/** Prefixes that are called present or covered although the second reading does not admit an address of them. */
export function unsound(model: Model, subject: Subject, judgement: Judgement): string[] {
  const reference = new Reference(model);
  const selection = select(model, subject);
  const admits = (point: Point): boolean =>
    selection.sets.some(
      (set) => (set.family ?? point.family) === point.family && reference.set(set, point) === "yes",
    ) ||
    selection.rules.some(({ list, only, membersOnly }) =>
      (only ?? list.rules).some((rule) => {
        if (!rule.enabled || rule.action !== "permit") return false;
        if (membersOnly === true) return reference.operand(rule.source, point) === "yes";
        // A rule for other traffic is judged by its own; the second reading knows HTTPS only.
        return takesHttps(rule) === "no" ? only !== undefined : reference.permits(list, rule, point) === "yes";
      }),
    );
  return judgement.prefixes
    .filter(({ verdict }) => verdict === "present" || verdict === "covered")
    .flatMap(({ prefix, verdict }) => {
      const { family, first, last } = ends(prefix);
      const wrong = [first, (first + last) / 2n, last].filter((value) => !admits({ family, value }));
      return wrong.length === 0 ? [] : [`${formatPrefix(prefix)} is ${verdict}, but not admitted`];
    });
}

export function setsOf(model: Model, list: string | readonly string[]): readonly NamedSet[] {
  const names = namesOf(list);
  return model.sets.filter(({ name, id, scope }) =>
    [name, id, ...(scope === undefined ? [] : [`${scope}/${name}`])].some((one) => names.includes(one)),
  );
}

export function keyOf({ term, text }: NamedSet["entries"][number]): string {
  if (term.kind !== "block") return text;
  const interval = intervalOf(term.block);
  const [only, ...rest] = intervalPrefixes(interval);
  return only !== undefined && rest.length === 0 ? formatPrefix(only) : formatInterval(interval);
}

/** The list's own entries as sorted text: order inside a list means nothing. */
export function membersOf(model: Model, list: string | readonly string[]): string[] {
  return setsOf(model, list)
    .flatMap(({ id, entries }) => entries.map((entry) => `${id} ${entry.hole === true ? "!" : ""}${keyOf(entry)}`))
    .sort();
}

/**
 * The changes with prefixes that a format writes as single addresses in that form, without those that are there already;
 * an address that goes and comes again stays. Where entries may not overlap, with the parts that are not there yet.
 */
export function asWritten({ capability }: Format, changes: readonly ListChange[]): ListChange[] {
  return changes.map((change) => {
    const { set, add, remove } = change;
    if (capability.disjoint === true) {
      const parts = partsNotThere(change);
      const [going, coming] = [new Set(remove.map(keyOf)), new Set(parts.map(formatPrefix))];
      return {
        ...change,
        add: parts.filter((part) => !going.has(formatPrefix(part))),
        remove: remove.filter((entry) => !coming.has(keyOf(entry))),
      };
    }
    if (capability.longerAsSingles !== true) return change;
    const wanted = new Map(add.flatMap((one) => writtenAs(one, capability)).map((one) => [formatPrefix(one), one]));
    const present = new Set(set.entries.map(keyOf));
    return {
      ...change,
      add: [...wanted].filter(([key]) => !present.has(key)).map(([, prefix]) => prefix),
      remove: remove.filter((entry) => !wanted.has(keyOf(entry))),
    };
  });
}

/** Prefix by prefix, wider ones first: halved until a piece is all new or all there. */
function partsNotThere({ set, add, remove }: ListChange): Prefix[] {
  const blocks = set.entries
    .filter((entry) => !remove.includes(entry))
    .flatMap(({ term }) => (term.kind === "block" ? [ends(term.block)] : []));
  const parts: Prefix[] = [];
  for (const prefix of [...add].sort((a, b) => a.length - b.length)) {
    const waiting = [prefix];
    for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
      const { family, first, last } = ends(piece);
      const near = blocks.filter((one) => one.family === family && one.first <= last && one.last >= first);
      if (near.length === 0) {
        parts.push(piece);
        blocks.push({ family, first, last });
      } else if (!near.some((one) => one.first <= first && one.last >= last)) waiting.push(...halves(piece));
    }
  }
  return parts;
}

function halves({ family, words, length }: Prefix): Prefix[] {
  const word = length >> 5;
  const upper = words.map((one, at) => (at === word ? (one | (1 << (31 - (length & 31)))) >>> 0 : one));
  return [words, upper].map((half) => ({ family, words: half, length: length + 1 }));
}

/** What a change must leave alone: other sets, and the rules. */
export function everythingElse(model: Model, list: string | readonly string[], defined: ReadonlySet<string> = none) {
  const changed = new Set(setsOf(model, list));
  return {
    sets: model.sets
      .filter((set) => !changed.has(set) && !defined.has(set.id))
      .map(({ id, entries }) => [id, ...entries.map(keyOf)]),
    rules: model.ruleLists.map(({ id, use, rules }) => [id, use, ...rules.map(({ text }) => text)]),
  };
}

const none: ReadonlySet<string> = new Set();

/**
 * Objects that a change had to define, where a list holds names: each is one of the prefixes that were added and nothing
 * else. Any other new set counts as a change of something else.
 */
export function definedObjects(before: Model, after: Model, { changes }: Plan): ReadonlySet<string> {
  const there = new Set(before.sets.map(({ id }) => id));
  const added = new Set(changes.flatMap(({ add }) => add.map(formatPrefix)));
  return new Set(
    after.sets
      .filter(
        ({ id, entries }) => !there.has(id) && entries.length === 1 && entries.every((one) => added.has(keyOf(one))),
      )
      .map(({ id }) => id),
  );
}

export function planFor(
  format: Format,
  model: Model,
  list: string | readonly string[],
  desired: readonly Prefix[],
  previous: readonly Prefix[],
): Plan {
  const subject = subjectOf({ list });
  return planChange({ model, subject, desired, previous, capability: format.capability });
}

export function rendered(format: Format, plan: Plan, model: Model, way: "change" | "rollback"): string {
  return plan.changes.map((change) => format.render[way](change, model)).join("");
}

export function desiredArbitrary(format: Format, own: readonly Prefix[]): fc.Arbitrary<Prefix[]> {
  const any = crowded.filter((prefix) => entriesFor(prefix, format.capability) > 0);
  const source = own.length === 0 ? any : fc.oneof(any, fc.constantFrom(...own));
  return fc.uniqueArray(source, { maxLength: 14, selector: formatPrefix });
}

interface RoundTrip {
  readonly text: string;
  readonly model: Model;
  readonly list: string | readonly string[];
  readonly desired: readonly Prefix[];
  readonly previous: readonly Prefix[];
}

/** A fixture's list, with desired prefixes at random and out of the list, and with some of the list's as previous ones. */
export function roundTripQuestion(
  format: Format,
  { roundTrips }: FormatCases,
  modelOf: (text: string) => Model,
  textOf: (fixture: string) => string,
): fc.Arbitrary<RoundTrip> {
  return fc.constantFrom(...roundTrips).chain(({ fixture, list }) => {
    const text = textOf(fixture);
    const model = modelOf(text);
    const own = setsOf(model, list)
      .flatMap(({ entries }) => entries)
      .flatMap(({ term }) => (term.kind === "block" ? intervalPrefixes(intervalOf(term.block)) : []));
    const previous = own.length === 0 ? fc.constant<Prefix[]>([]) : fc.subarray(own);
    const question = fc
      .tuple(desiredArbitrary(format, own), previous)
      .map(([desired, before]) => ({ text, model, list, desired, previous: before }));
    // Written as single addresses, one may stand for a prefix and for a wider one around it. Published lists never nest.
    if (format.capability.longerAsSingles === true) return question.filter(({ desired }) => !nests(desired));
    // A list that must not be emptied is not asked to be: the plan refuses, which has a test of its own.
    if (format.capability.neverEmpty === undefined) return question;
    return question.filter(
      (one) => tolerant(() => planFor(format, model, list, one.desired, one.previous)) !== undefined,
    );
  });
}

/** Formats with one list per family write one at a time. */
export function fullFamilies({ capability }: Format): readonly (Prefix["family"] | undefined)[] {
  return capability.mixedFamilies === false ? capability.families : [undefined];
}

export function foreignFixtures(folder: string, id: string): string[] {
  const path = join(folder, "..", id, "fixtures");
  return readdirSync(path).map((name) => join(path, name));
}

/** Processor time in milliseconds, the least of five runs. */
export function leastTime(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function nests(prefixes: readonly Prefix[]): boolean {
  return prefixes.some((outer) => prefixes.some((inner) => inner !== outer && containsPrefix(outer, inner)));
}
