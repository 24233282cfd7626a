/**
 * Guards of a newly published list against the last accepted one. Published lists have gone back, emptied and exploded by
 * mistake; each guard is one such day (docs of the guards name the dates). Pure: the day comes from outside.
 */
import { containsPrefix, type Family, formatPrefix, type Prefix } from "../ip/index";
import type { CounterKind } from "./accept";
import { diffPrefixes, type PrefixDiff } from "./diff";
import type { GuardCode, GuardPolicy } from "./guardOptions";
import { specialPurposeOf } from "./specialPurpose";

/** What a source publishes for one tag today. */
export interface Published {
  readonly serviceTag: string;
  /** Made by {@link counterOf}. */
  readonly counter: string;
  /** Undefined when the source does not have the tag at all. */
  readonly changeNumber?: number;
  /** Sorted, each once. */
  readonly prefixes: readonly Prefix[];
  /** Which edition it is, for messages: `weekly file 346`. */
  readonly edition?: string;
  /** For a missing tag: the names that come close. */
  readonly hint?: string;
}

/** A prefix that Microsoft took out of the list, and that stays allowed for a while. */
export interface Withdrawn {
  readonly prefix: Prefix;
  /** The day on which it was first found missing, as `2026-11-24`. */
  readonly since: string;
}

/** The memory: what was accepted last. */
export interface Accepted {
  readonly counter: string;
  readonly changeNumber: number;
  /** As published then, without those in quarantine. */
  readonly prefixes: readonly Prefix[];
  readonly quarantine: readonly Withdrawn[];
}

/** Why a list is refused. */
export interface Reason {
  readonly code: GuardCode;
  /** One sentence with figures. */
  readonly message: string;
  readonly measured: number;
  readonly limit: number;
  /** What a user who is sure would write to get past this guard. */
  readonly override: string;
}

/** A prefix to allow. */
export interface JudgedPrefix {
  readonly prefix: Prefix;
  /** Only for one in quarantine. It goes on the day `until`. */
  readonly withdrawn?: { readonly since: string; readonly until: string };
}

export interface JudgedList {
  readonly verdict: "accept" | "refuse";
  /** Empty when accepted. */
  readonly reasons: readonly Reason[];
  /** The published list against the last accepted one, whatever the verdict; all added when there is none. */
  readonly diff: PrefixDiff;
  /** What to allow: the published list and the quarantine. When refused, what was allowed before. */
  readonly prefixes: readonly JudgedPrefix[];
  /** The memory to keep. When refused, the old one, untouched; undefined when there was none. */
  readonly accepted: Accepted | undefined;
}

export interface Judging {
  readonly published: Published;
  /** Undefined on create: rollback, republished, spike and removals are not judged then. */
  readonly accepted: Accepted | undefined;
  readonly policy: GuardPolicy;
  /** Only its day counts, in UTC. */
  readonly now: Date;
}

/** Names a counter. Change numbers are compared only when these are equal. */
export function counterOf(kind: CounterKind, cloud: string | undefined, serviceTag: string): string {
  return `${kind}/${(cloud ?? "unknown").toLowerCase()}/${serviceTag.toLowerCase()}`;
}

/** All reasons at once. Nothing is ever removed in a run that refuses. */
export function judgePublished(judging: Judging): JudgedList {
  const { published, accepted, policy } = judging;
  const diff = diffPrefixes(accepted?.prefixes ?? [], published.prefixes);
  const today = judging.now.toISOString().slice(0, 10);
  const reasons = [
    ...judgeEmpty(judging),
    ...judgeNumber(judging, diff),
    ...judgeSteps(judging, diff),
    ...judgeContent(published, policy),
  ];
  if (reasons.length > 0) {
    return { verdict: "refuse", reasons, diff, prefixes: allowedBy(accepted, policy), accepted };
  }
  const quarantine = nextQuarantine(judging, diff, today);
  const next: Accepted = {
    counter: published.counter,
    changeNumber: published.changeNumber ?? accepted?.changeNumber ?? 0,
    prefixes: published.prefixes,
    quarantine,
  };
  return { verdict: "accept", reasons: [], diff, prefixes: allowedBy(next, policy), accepted: next };
}

/** Everything that a memory allows, in the order of our lists. */
function allowedBy(accepted: Accepted | undefined, { quarantineDays }: GuardPolicy): JudgedPrefix[] {
  if (accepted === undefined) return [];
  const withdrawn = new Map(accepted.quarantine.map(({ prefix, since }) => [formatPrefix(prefix), since]));
  // What is in both lists stands among the added ones of an empty list compared with both together.
  const all = diffPrefixes([], [...accepted.prefixes, ...accepted.quarantine.map(({ prefix }) => prefix)]).added;
  return all.map((prefix) => {
    const since = withdrawn.get(formatPrefix(prefix));
    return since === undefined ? { prefix } : { prefix, withdrawn: { since, until: dayAfter(since, quarantineDays) } };
  });
}

/** A prefix that came back leaves the quarantine; one whose time is over goes; one that is newly missing enters. */
function nextQuarantine({ accepted, published, policy }: Judging, diff: PrefixDiff, today: string): Withdrawn[] {
  const entering = diff.removed.map((prefix) => ({ prefix, since: today }));
  const present = new Set(published.prefixes.map(formatPrefix));
  return [...(accepted?.quarantine ?? []), ...entering].filter(
    ({ prefix, since }) => !present.has(formatPrefix(prefix)) && today < dayAfter(since, policy.quarantineDays),
  );
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether the user takes an empty or missing tag at its word. */
function emptyAccepted({ published, accepted, policy }: Judging): boolean {
  return published.prefixes.length === 0 && policy.acceptEmpty && accepted !== undefined;
}

function judgeEmpty(judging: Judging): Reason[] {
  const { published, accepted } = judging;
  if (published.prefixes.length > 0 || emptyAccepted(judging)) return [];
  const override = accepted === undefined ? "another serviceTag" : "guards.acceptEmpty: true";
  const figures = { measured: 0, limit: 1, override };
  const before = accepted === undefined ? "" : `; the list accepted before has ${counted(accepted.prefixes.length)}`;
  if (published.changeNumber === undefined) {
    const hint = published.hint === undefined ? "" : ` ${published.hint}`;
    const message = `The service tag ${published.serviceTag} is missing${edition(published, "from")}${before}.${hint}`;
    return [{ code: "missing", message, ...figures }];
  }
  const message = `The service tag ${published.serviceTag} is empty${edition(published, "in")}${before}.`;
  return [{ code: "empty", message, ...figures }];
}

function judgeNumber({ published, accepted, policy }: Judging, diff: PrefixDiff): Reason[] {
  const { changeNumber, serviceTag } = published;
  if (accepted === undefined || changeNumber === undefined || accepted.counter !== published.counter) return [];
  if (changeNumber < accepted.changeNumber && policy.acceptRollbackTo !== changeNumber) {
    return [
      {
        code: "rollback",
        message: `${serviceTag}'s change number is ${changeNumber}, the one accepted before is ${accepted.changeNumber}${aside(published)}.`,
        measured: changeNumber,
        limit: accepted.changeNumber,
        override: `guards.acceptRollbackTo: ${changeNumber}`,
      },
    ];
  }
  const differing = diff.added.length + diff.removed.length;
  if (changeNumber === accepted.changeNumber && differing > 0 && policy.acceptRepublished !== changeNumber) {
    return [
      {
        code: "republished",
        message: `${serviceTag}'s change number is ${changeNumber} as before, but ${counted(differing)} differ: ${diff.added.length} added, ${diff.removed.length} removed${aside(published)}.`,
        measured: differing,
        limit: 0,
        override: `guards.acceptRepublished: ${changeNumber}`,
      },
    ];
  }
  return [];
}

/** A list may double, a short one may grow by 64; a tenth may go, of a short one 5. Scuba's largest real step is +88 at 159. */
function judgeSteps(judging: Judging, diff: PrefixDiff): Reason[] {
  const { published, accepted, policy } = judging;
  if (accepted === undefined || published.prefixes.length === 0) return [];
  const size = accepted.prefixes.length;
  const reasons: Reason[] = [];
  const waiting = new Set(accepted.quarantine.map(({ prefix }) => formatPrefix(prefix)));
  // One that comes back out of quarantine was allowed all the time.
  const additions = diff.added.filter((prefix) => !waiting.has(formatPrefix(prefix))).length;
  const mostAdditions = policy.acceptAdditions ?? Math.max(64, size);
  if (additions > mostAdditions) {
    reasons.push({
      code: "spike",
      message: `${published.serviceTag} has ${counted(additions)} more than the ${size} accepted before; at most ${mostAdditions} may come at once${aside(published)}.`,
      measured: additions,
      limit: mostAdditions,
      override: `guards.acceptAdditions: ${additions}`,
    });
  }
  const removals = diff.removed.length;
  const mostRemovals = policy.acceptRemovals ?? Math.max(5, Math.floor(size / 10));
  if (removals > mostRemovals) {
    reasons.push({
      code: "removals",
      message: `${published.serviceTag} lacks ${counted(removals)} of the ${size} accepted before; at most ${mostRemovals} may go at once${aside(published)}.`,
      measured: removals,
      limit: mostRemovals,
      override: `guards.acceptRemovals: ${removals}`,
    });
  }
  return reasons;
}

function judgeContent(published: Published, policy: GuardPolicy): Reason[] {
  return [
    ...judgeWidth(published, "ipv4", policy),
    ...judgeWidth(published, "ipv6", policy),
    ...judgePurpose(published, policy),
  ];
}

function judgeWidth({ serviceTag, prefixes }: Published, family: Family, { shortest }: GuardPolicy): Reason[] {
  const limit = shortest[family];
  const wide = prefixes.filter((prefix) => prefix.family === family && prefix.length < limit);
  if (wide.length === 0) return [];
  const measured = wide.reduce((least, { length }) => Math.min(least, length), limit);
  return [
    {
      code: "overWide",
      message: `${serviceTag} has ${counted(wide.length)} wider than /${limit}: ${listed(wide.map(formatPrefix))}.`,
      measured,
      limit,
      override: `guards.acceptWide: { ${family}: ${measured} }`,
    },
  ];
}

function judgePurpose({ serviceTag, prefixes }: Published, { acceptSpecialPurpose }: GuardPolicy): Reason[] {
  const special = prefixes.flatMap((prefix) => {
    const what = specialPurposeOf(prefix);
    if (what === undefined || acceptSpecialPurpose.some((block) => containsPrefix(block, prefix))) return [];
    return [{ text: formatPrefix(prefix), what }];
  });
  if (special.length === 0) return [];
  const shown = listed(special.map(({ text, what }) => `${text} (${what})`));
  return [
    {
      code: "specialPurpose",
      message: `${serviceTag} has ${counted(special.length)} that nobody on the Internet calls from: ${shown}.`,
      measured: special.length,
      limit: 0,
      override: `guards.acceptSpecialPurpose: ${JSON.stringify(special.map(({ text }) => text))}`,
    },
  ];
}

const shownPrefixes = 5;

function listed(texts: readonly string[]): string {
  const rest = texts.length - shownPrefixes;
  return `${texts.slice(0, shownPrefixes).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "prefix" : "prefixes"}`;
}

function edition({ edition: name }: Published, preposition: string): string {
  return name === undefined ? "" : ` ${preposition} ${name}`;
}

function aside({ edition: name }: Published): string {
  return name === undefined ? "" : ` (${name})`;
}
