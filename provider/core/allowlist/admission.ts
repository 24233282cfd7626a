/**
 * What a selection admits, and what stronger rules take from it. Every answer is three-valued, so an unknown term can
 * make an address undecided and never admitted or refused. Sets are cut down to the desired addresses first: cost is
 * (rules that touch them) × (kinds of traffic that the judged permits are for).
 */
import {
  type AddressSet,
  addressSet,
  type Block,
  difference,
  formatAddress,
  intersection,
  intervalOf,
  intervalPrefixes,
  isEmpty,
  union,
} from "../ip/index";
import type { Model, Operand, Rule, RuleList, ServiceTerm } from "./model";
import { extentOf, type Leaf, noAddress, type Resolved, type Resolver, resolver, restrict } from "./resolve";
import type { SelectedRules, Selection } from "./select";
import { https, type Share, shareOf } from "./service";

/** Entries that list addresses, and those that they surely admit. Rules that use one list share its entries. */
export interface SourceGroup {
  readonly leaves: readonly Leaf[];
  readonly rule?: Rule;
  readonly admitted: AddressSet;
}

/** A stronger deny, and what it takes of the judged traffic. */
export interface Taker {
  readonly rule: Rule;
  readonly sure: AddressSet;
  readonly maybe: AddressSet;
  /** Why it is unsure what the deny takes. */
  readonly unknowns: readonly Leaf[];
}

export interface Admission {
  readonly sure: AddressSet;
  readonly maybe: AddressSet;
  /** What the members or permits list, before stronger rules take from it. */
  readonly listed: AddressSet;
  readonly sources: readonly SourceGroup[];
  readonly unknowns: readonly Leaf[];
  /** Permits that may not be in force or may be for other traffic; their addresses are undecided. */
  readonly unsure: readonly { readonly rule: Rule; readonly why: string; readonly maybe: AddressSet }[];
  readonly takers: readonly Taker[];
  /** The permits that were judged. */
  readonly rules: readonly Rule[];
  readonly warnings: readonly string[];
}

/** @param wanted the desired addresses: nothing outside of them is worth an answer */
export function admissionOf(model: Model, selection: Selection, wanted: AddressSet): Admission {
  const sets = resolver(model);
  const parts: Admission[] = [];
  for (const set of selection.sets) {
    const operand = { entries: [{ text: set.name, line: set.line, term: { kind: "set", id: set.id } as const }] };
    parts.push(ofMembers(restrict(sets.resolve(operand), set.family), undefined, model));
  }
  for (const selected of selection.rules) {
    parts.push(
      ...(selected.membersOnly === true
        ? membersOf(model, selected.list, sets)
        : [ofRules(model, selected, wanted, sets)]),
    );
  }
  return merge(parts);
}

function merge(parts: readonly Admission[]): Admission {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return {
    sure: union(...parts.map(({ sure }) => sure)),
    maybe: union(...parts.map(({ maybe }) => maybe)),
    listed: union(...parts.map(({ listed }) => listed)),
    sources: parts.flatMap(({ sources }) => sources),
    unknowns: [...new Set(parts.flatMap(({ unknowns }) => unknowns))],
    unsure: parts.flatMap(({ unsure }) => unsure),
    takers: parts.flatMap(({ takers }) => takers),
    rules: parts.flatMap(({ rules }) => rules),
    warnings: [...new Set(parts.flatMap(({ warnings }) => warnings))],
  };
}

function ofMembers(resolved: Resolved, rule: Rule | undefined, model: Model): Admission {
  return {
    sure: resolved.sure,
    maybe: resolved.maybe,
    listed: resolved.sure,
    sources: [{ leaves: resolved.leaves, ...(rule === undefined ? {} : { rule }), admitted: resolved.sure }],
    unknowns: resolved.unknowns,
    unsure: [],
    takers: [],
    rules: rule === undefined ? [] : [rule],
    warnings: cycleWarnings(model, resolved),
  };
}

function cycleWarnings(model: Model, { cycles }: Resolved): string[] {
  return cycles.map(
    ({ entry }) => `${model.file}:${entry.line}: ${entry.text} leads back to itself; it adds no addresses`,
  );
}

/** The sources of a list's enabled permits, whatever denies there are. */
function membersOf(model: Model, list: RuleList, sets: Resolver): Admission[] {
  return list.rules
    .filter((rule) => rule.enabled && rule.action === "permit" && rule.isDefault !== true)
    .map((rule) => ofMembers(restrict(sets.resolve(rule.source), rule.family), rule, model));
}

/** A rule in its turn: what it says of the wanted addresses. */
interface Turn {
  readonly rule: Rule;
  readonly sure: AddressSet;
  readonly maybe: AddressSet;
  readonly resolved: Resolved;
}

/** Permits for the same traffic to the same destination: one walk over the list decides for all of them. */
interface Flow {
  readonly permits: Set<Rule>;
  readonly traffic: readonly ServiceTerm[];
  readonly destination: Resolved;
  readonly destinationKey: string;
  readonly sample: Rule;
}

function ofRules(model: Model, { list, only }: SelectedRules, wanted: AddressSet, sets: Resolver): Admission {
  const turns = turnsOf(list, wanted, sets);
  const keys = operandKeys();
  const chosen = choose(list, only);
  const flows = flowsOf(chosen, keys, sets);
  const parts = flows.map((flow) => walk(model, flow, turns, keys, sets));
  const whole = merge(parts);
  return { ...whole, rules: list.rules.filter((rule) => chosen.has(rule)), warnings: [...new Set(whole.warnings)] };
}

/** The permits to judge and their traffic: HTTPS where they admit it; else, when nothing else was asked for, their own. */
function choose(list: RuleList, only: readonly Rule[] | undefined): Map<Rule, readonly ServiceTerm[]> {
  const permits = (only ?? list.rules).filter(
    (rule) => rule.enabled && rule.action === "permit" && (only !== undefined || rule.direction !== "out"),
  );
  const chosen = new Map<Rule, readonly ServiceTerm[]>();
  for (const rule of permits) {
    const share = shareOf(rule.service, [https]);
    if (share === "all" || share === "maybe") chosen.set(rule, [https]);
    else if (only !== undefined) chosen.set(rule, rule.service.terms);
  }
  return chosen;
}

function flowsOf(
  chosen: ReadonlyMap<Rule, readonly ServiceTerm[]>,
  keys: (operand: Operand) => string,
  sets: Resolver,
) {
  const flows = new Map<string, Flow>();
  for (const [rule, traffic] of chosen) {
    const destinationKey = keys(rule.destination);
    const key = JSON.stringify([destinationKey, rule.from ?? null, rule.to ?? null, traffic]);
    const known = flows.get(key);
    if (known !== undefined) known.permits.add(rule);
    else {
      const destination = sets.resolve(rule.destination);
      flows.set(key, { permits: new Set([rule]), traffic, destination, destinationKey, sample: rule });
    }
  }
  return [...flows.values()];
}

/** The enabled rules that touch the wanted addresses, strongest first. */
function turnsOf(list: RuleList, wanted: AddressSet, sets: Resolver): Turn[] {
  const turns: Turn[] = [];
  // Rules that use one list share its answer.
  const known = new Map<Resolved, Pick<Turn, "sure" | "maybe">>();
  for (const rule of list.rules) {
    if (!rule.enabled) continue;
    const resolved = sets.resolve(rule.source);
    const here = known.get(resolved) ?? {
      sure: intersection(resolved.sure, wanted),
      maybe: intersection(resolved.maybe, wanted),
    };
    known.set(resolved, here);
    const { sure, maybe } = restrict(here, rule.family);
    // A permit that lists nothing wanted still has entries to report; a deny that touches nothing has no part in this.
    if (isEmpty(maybe) && rule.action === "deny") continue;
    turns.push({ rule, sure, maybe, resolved });
  }
  const defaults = turns.filter(({ rule }) => rule.isDefault === true);
  const others = turns.filter(({ rule }) => rule.isDefault !== true);
  return [...byStrength(others, list), ...defaults];
}

function byStrength(turns: Turn[], { evaluation }: RuleList): Turn[] {
  const permitted = ({ rule }: Turn): number => (rule.action === "permit" ? 1 : 0);
  switch (evaluation) {
    case "first-match":
      return turns;
    case "last-match":
      return [
        ...turns.filter(({ rule }) => rule.quick === true),
        ...turns.filter(({ rule }) => rule.quick !== true).reverse(),
      ];
    case "priority": {
      // A rule without a number comes after all that have one.
      const numberOf = ({ rule }: Turn): number => rule.priority ?? Number.MAX_SAFE_INTEGER;
      return turns.sort((a, b) => numberOf(a) - numberOf(b) || permitted(a) - permitted(b));
    }
    case "allow-wins":
      return turns.sort((a, b) => permitted(b) - permitted(a));
    case "longest-match":
      return longestFirst(turns, permitted);
  }
}

/** Each turn split by the length of its blocks. What is unknown may be of any length, so it goes first. */
function longestFirst(turns: readonly Turn[], permitted: (turn: Turn) => number): Turn[] {
  const split = turns.flatMap((turn) => {
    const levels = new Map<number, { blocks: Block[]; leaves: Leaf[] }>();
    for (const leaf of turn.resolved.leaves) {
      const { term } = leaf.entry;
      if (term.kind === "set") continue;
      for (const block of extentOf(term)) {
        for (const prefix of "length" in block ? [block] : intervalPrefixes(block)) {
          const level = levels.get(prefix.length) ?? { blocks: [], leaves: [] };
          level.blocks.push(prefix);
          if (level.leaves.at(-1) !== leaf) level.leaves.push(leaf);
          levels.set(prefix.length, level);
        }
      }
    }
    const known = [...levels].map(([length, { blocks, leaves }]) => {
      const level = addressSet(blocks);
      const sure = intersection(turn.sure, level);
      return { length, turn: { ...turn, sure, maybe: sure, resolved: { ...turn.resolved, leaves, unknowns: [] } } };
    });
    const unknown = difference(turn.maybe, turn.sure);
    const rest = { ...turn, sure: noAddress, maybe: unknown, resolved: { ...turn.resolved, leaves: [] } };
    return isEmpty(unknown) ? known : [...known, { length: 129, turn: rest }];
  });
  return split.sort((a, b) => b.length - a.length || permitted(a.turn) - permitted(b.turn)).map(({ turn }) => turn);
}

function walk(model: Model, flow: Flow, turns: readonly Turn[], keys: (operand: Operand) => string, sets: Resolver) {
  let denied = noAddress;
  let maybeDenied = noAddress;
  let permitted = noAddress;
  let maybePermitted = noAddress;
  const own: Admission[] = [];
  const strong: OpenTaker[] = [];
  const partly: { rule: Rule; sure: AddressSet }[] = [];
  for (const { rule, sure, maybe, resolved } of turns) {
    const mine = flow.permits.has(rule);
    const share = mine ? ownShare(rule, flow) : shareOfFlow(rule, flow, keys, sets);
    if (share === "none") continue;
    const certain = share === "all" && rule.uncertain === undefined;
    if (rule.action === "deny") {
      if (share === "partly") {
        partly.push({ rule, sure: maybe });
        continue;
      }
      const takes = certain ? difference(sure, maybePermitted) : noAddress;
      const mayTake = difference(maybe, permitted);
      if (isEmpty(mayTake)) continue;
      strong.push({ rule, takes, mayTake, sure: noAddress, maybe: noAddress, unknowns: resolved.unknowns });
      denied = union(denied, takes);
      maybeDenied = union(maybeDenied, mayTake);
      continue;
    }
    if (share === "partly") continue;
    const admits = certain ? difference(sure, maybeDenied) : noAddress;
    const mayAdmit = difference(maybe, denied);
    if (mine) loseTo(strong, difference(maybe, admits));
    if (mine) own.push(ownTurn(model, { rule, sure, maybe, resolved }, { admits, mayAdmit, certain, share }));
    permitted = union(permitted, admits);
    maybePermitted = union(maybePermitted, mayAdmit);
  }
  const whole = merge(own);
  const warnings = partly
    .filter(({ sure }) => !isEmpty(intersection(sure, whole.listed)))
    .map(({ rule }) => `${model.file}:${rule.line}: ${rule.text} denies a part of this traffic`);
  const takers = strong.filter((taker) => !isEmpty(taker.maybe));
  return { ...whole, takers, warnings: [...whole.warnings, ...warnings] };
}

/** A deny during the walk: what it would take, and what of that a judged permit listed later. */
interface OpenTaker extends Omit<Taker, "sure" | "maybe"> {
  readonly takes: AddressSet;
  readonly mayTake: AddressSet;
  sure: AddressSet;
  maybe: AddressSet;
}

/** Books what a permit lists and does not surely admit on the denies before it. */
function loseTo(strong: readonly OpenTaker[], lost: AddressSet): void {
  if (isEmpty(lost)) return;
  for (const taker of strong) {
    taker.sure = union(taker.sure, intersection(taker.takes, lost));
    taker.maybe = union(taker.maybe, intersection(taker.mayTake, lost));
  }
}

interface OwnAnswer {
  readonly admits: AddressSet;
  readonly mayAdmit: AddressSet;
  readonly certain: boolean;
  readonly share: Share;
}

function ownTurn(model: Model, turn: Turn, { admits, mayAdmit, certain, share }: OwnAnswer): Admission {
  const { rule, resolved } = turn;
  const unknownService = `its service is not all known (${(rule.service.unknown ?? []).join(", ")})`;
  const why = rule.uncertain ?? (share === "maybe" ? unknownService : "");
  return {
    sure: admits,
    maybe: mayAdmit,
    listed: certain ? turn.sure : noAddress,
    sources: [{ leaves: resolved.leaves, rule, admitted: admits }],
    unknowns: resolved.unknowns,
    unsure: certain ? [] : [{ rule, why, maybe: turn.maybe }],
    takers: [],
    rules: [rule],
    warnings: cycleWarnings(model, resolved),
  };
}

function ownShare(rule: Rule, { traffic }: Flow): Share {
  return shareOf(rule.service, traffic) === "all" ? "all" : "maybe";
}

/** How much of the flow the rule takes: service, destination, zones. `partly` changes nothing but deserves a word. */
function shareOfFlow(rule: Rule, flow: Flow, keys: (operand: Operand) => string, sets: Resolver): Share {
  const zones = [zoneShare(rule.from, flow.sample.from), zoneShare(rule.to, flow.sample.to)];
  if (zones.includes("none")) return "none";
  const service = shareOf(rule.service, flow.traffic);
  if (service === "none") return "none";
  const destination =
    keys(rule.destination) === flow.destinationKey
      ? "all"
      : destinationShare(sets.resolve(rule.destination), flow.destination);
  const shares: readonly Share[] = [...zones, service, destination];
  for (const share of ["none", "partly", "maybe"] as const) if (shares.includes(share)) return share;
  return "all";
}

function zoneShare(outer: readonly string[] | undefined, inner: readonly string[] | undefined): Share {
  if (outer === undefined) return "all";
  if (inner === undefined) return "partly";
  if (inner.every((zone) => outer.includes(zone))) return "all";
  return inner.some((zone) => outer.includes(zone)) ? "partly" : "none";
}

function destinationShare(outer: Resolved, inner: Resolved): Share {
  if (isEmpty(difference(inner.maybe, outer.sure))) return "all";
  if (isEmpty(intersection(outer.maybe, inner.maybe))) return "none";
  // What the unknown may add could make it whole.
  if (isEmpty(difference(inner.sure, outer.maybe))) return "maybe";
  return "partly";
}

/** Equal keys mean equal addresses, unknown ones included. */
function operandKeys(): (operand: Operand) => string {
  const known = new Map<Operand, string>();
  return (operand) => {
    const have = known.get(operand);
    if (have !== undefined) return have;
    const terms = operand.entries.map(({ term, text, hole }) => {
      const sign = hole === true ? "!" : "";
      if (term.kind === "set") return `${sign}@${term.id}`;
      if (term.kind === "any") return `${sign}any ${term.family ?? ""}`;
      if (term.kind === "unknown") return `${sign}?${term.what} ${text}`;
      const { family, first, last } = intervalOf(term.block);
      return `${sign}${formatAddress({ family, words: first })}-${formatAddress({ family, words: last })}`;
    });
    const key = `${operand.negated === true ? "not " : ""}${terms.sort().join("|")}`;
    known.set(operand, key);
    return key;
  };
}
