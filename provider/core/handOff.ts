/**
 * What a person is asked to do, and what of it was confirmed. Pure: names and times only, so that no secret is ever
 * compared or kept here.
 */

import type { Problem } from "./lifecycle";
import { isUnknown } from "./unknown";

/** One field of a pane as it should be. Of a secret only where it is. */
export interface WantedField {
  /** Argument that it comes from: `apiServer`, `authentication.clientSecret`, `name`. */
  readonly field: string;
  /** Label in the pane. */
  readonly label: string;
  /** What to enter; absent where it is secret. */
  readonly value?: string;
  /** Where the secret is kept; never the secret. */
  readonly from?: string;
  /** What else to know of it. */
  readonly note?: string;
}

/** One field that waits for a person. */
export interface AskedField extends WantedField {
  /** What stood there when it was confirmed last, where that may be shown. */
  readonly was?: string;
  /** RFC 3339: since when this value is asked for. */
  readonly requestedDateTime: string;
}

/** Where things stand between the program and a person. */
export interface HandOff {
  /** In the order of the pane; empty when nothing is left to do. */
  readonly asked: readonly AskedField[];
  /** RFC 3339: the confirmation that counted last; absent while nothing was ever confirmed. */
  readonly confirmedDateTime?: string;
}

export interface HandOffStep {
  /** How the pane should be now, in its order. */
  readonly wanted: readonly WantedField[];
  /** Where things stood; absent when nothing was ever asked. */
  readonly before?: HandOff & { readonly wanted: readonly WantedField[] };
  /** Fields whose value differs from the one before. */
  readonly changed: ReadonlySet<string>;
  /** RFC 3339: when a person says to have done what was asked by then. */
  readonly confirmed?: string;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * What is asked after a step. A confirmation settles what was asked no later than it: a value that changed since is
 * asked again, and only that one. What is open stays open, with its time, until it is confirmed: also when its value
 * goes back to what it was, for a person may have entered the other one meanwhile.
 */
export function advance({ wanted, before, changed, confirmed, now }: HandOffStep): HandOff {
  // A confirmation from before the first request is of something else: what was asked for in an earlier life.
  if (before === undefined) return { asked: wanted.map((one) => ({ ...one, requestedDateTime: now })) };
  const counts = before.asked.some(({ requestedDateTime }) => covers(confirmed, requestedDateTime));
  const confirmedDateTime = counts ? confirmed : before.confirmedDateTime;
  const open = new Map(
    before.asked
      .filter(({ requestedDateTime }) => !covers(confirmed, requestedDateTime))
      .map((one) => [one.field, one] as const),
  );
  const shown = new Map(before.wanted.map(({ field, value }) => [field, value]));
  const asked = wanted.flatMap((one): AskedField[] => {
    const waiting = open.get(one.field);
    const isChanged = changed.has(one.field);
    if (waiting === undefined && !isChanged) return [];
    const requestedDateTime = waiting === undefined || isChanged ? now : waiting.requestedDateTime;
    const was = waiting === undefined ? shown.get(one.field) : waiting.was;
    // Of what has become secret the old value is not told either.
    const told = one.value === undefined || was === one.value ? undefined : was;
    return [{ ...one, ...(told === undefined ? {} : { was: told }), requestedDateTime }];
  });
  return { asked, ...(confirmedDateTime === undefined ? {} : { confirmedDateTime }) };
}

/** By the clock, not by the text: times come with different zones and precisions. */
function covers(confirmed: string | undefined, requested: string): boolean {
  return confirmed !== undefined && Date.parse(confirmed) >= Date.parse(requested);
}

/** The argument `confirmed`, if there is one. */
export function checkConfirmation(value: unknown, now: Date, problems: Problem[]): unknown {
  if (value === undefined || value === null || isUnknown(value)) return value;
  const wrong = judgeConfirmation(value, now);
  if (wrong !== undefined) problems.push({ path: "confirmed", message: wrong });
  return value;
}

/** Clocks differ: what is this much ahead is still taken for now. */
const clockTolerance = 10 * 60_000;

/** What is wrong with the time of a confirmation; undefined when nothing is. */
function judgeConfirmation(value: unknown, now: Date): string | undefined {
  const example = "2026-11-24T10:00:00Z";
  if (typeof value !== "string" || !dateTime.test(value) || Number.isNaN(Date.parse(value))) {
    return `must be a time with its zone, such as ${example}: when somebody did in the portal what was asked`;
  }
  if (Date.parse(value) - now.getTime() > clockTolerance) {
    return `"${value}" is in the future: it would confirm what nobody has seen yet`;
  }
  return undefined;
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
