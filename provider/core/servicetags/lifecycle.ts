/**
 * The life of a guarded list of ranges. Nothing is remote: what was accepted last stands in the inputs, where the next
 * check finds it, and a refresh leaves it alone.
 */

import { MsemError } from "../errors";
import { formatPrefix, type Prefix, parsePrefix } from "../ip/index";
import type { Checked, Lifecycle, Problem, Surroundings } from "../lifecycle";
import { readVersioned } from "../state";
import { type GuardOptions, judgeGuardOptions } from "./guardOptions";
import { type Accepted, type JudgedList, judgePublished, type Published, type Withdrawn } from "./guards";
import { formatRefusal, formatStep, labelOf, withdrawnSince } from "./refusal";

/** What the program side passes on: today's list, unjudged. `check` drops it. */
export interface RawPublished extends Omit<Published, "prefixes"> {
  readonly prefixes: readonly string[];
  /** The day on which it was resolved, as `2026-11-24`. */
  readonly asOf: string;
}

/**
 * What is kept. Each fact stands here once: the accepted prefixes are the keys of `prefixes`, and the label of a withdrawn
 * one has the day. (A quarantine beside them would show each withdrawal twice in the engine's diff.)
 */
export interface ServiceTagRangesInputs {
  readonly serviceTag: string;
  /** The tag's change number. */
  readonly changeNumber: number;
  /** Canonical prefix to label: `Scuba`, or `Scuba (withdrawn 2026-11-24, until 2026-12-08)`. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** As given, so that a preview shows when a guard is opened, and a policy can judge it. Absent when none is given. */
  readonly guards?: GuardOptions;
  /** The rest of the memory. The engine shows a key that begins like this only when it changes. */
  readonly __published: { readonly counter: string };
}

export interface ServiceTagRangesState extends ServiceTagRangesInputs {
  readonly stateVersion: 1;
}

export const serviceTagRangesLifecycle: Lifecycle<ServiceTagRangesInputs, ServiceTagRangesState, undefined> = {
  check,
  replaces: (previous, next) => (sameTag(previous, next) ? [] : ["serviceTag"]),
  async observe(_id, state) {
    if (state === undefined) return undefined;
    const { stateVersion: _stateVersion, ...inputs } = state;
    return { inputs, state };
  },
  async ensure(inputs) {
    return { id: inputs.serviceTag, state: { ...inputs, stateVersion: 1 } };
  },
  async sync(_id, _state, inputs) {
    return { ...inputs, stateVersion: 1 };
  },
  async remove() {},
};

/** @throws MSEM_FAULT for state of a newer release; see {@link readVersioned} */
export function readServiceTagRanges(raw: Readonly<Record<string, unknown>>): ServiceTagRangesState | undefined {
  return readVersioned<ServiceTagRangesState>(raw, 1);
}

function check(
  inputs: Readonly<Record<string, unknown>>,
  previous: ServiceTagRangesInputs | undefined,
  surroundings: Surroundings,
): Checked<ServiceTagRangesInputs> {
  const { policy, problems: guardProblems } = judgeGuardOptions(inputs.guards);
  const { published, now, problems: listProblems } = readPublished(inputs.published, surroundings);
  const problems = [...guardProblems, ...listProblems];
  if (problems.length > 0 || published === undefined) return { inputs: nothing(previous), problems, warnings: [] };

  // Another tag is another list: it begins anew.
  const before = previous !== undefined && sameTag(previous, published) ? previous : undefined;
  const accepted = before === undefined ? undefined : readMemory(before);
  const judged = judgePublished({ published, accepted, policy, now });
  if (judged.accepted !== undefined && judged.verdict === "accept") {
    const step = formatStep(published, accepted, judged);
    // A missing tag has no spelling of its own.
    const name = published.changeNumber === undefined ? before?.serviceTag : undefined;
    const next = withGuards(toInputs(name ?? published.serviceTag, judged, judged.accepted), inputs.guards);
    return { inputs: next, problems: [], warnings: [], ...(step === undefined ? {} : { notices: [step] }) };
  }
  const message = formatRefusal(judged.reasons, before === undefined);
  if (before === undefined || policy.onRefused === "fail") {
    return { inputs: nothing(previous), problems: [], warnings: [], refusal: { code: "MSEM_REFUSED", message } };
  }
  const reasons = judged.reasons.map(({ code, message: what }) => `\n  ${code}: ${what}`).join("");
  const kept = Object.keys(before.prefixes).length;
  const warning = `the published list is refused, the last accepted one is kept (change ${before.changeNumber}, ${kept} prefixes)${reasons}`;
  return { inputs: withGuards(before, inputs.guards), problems: [], warnings: [warning] };
}

function withGuards({ guards: _before, ...inputs }: ServiceTagRangesInputs, given: unknown): ServiceTagRangesInputs {
  // Judged before: what stands here is well-formed.
  return isRecord(given) && Object.keys(given).length > 0 ? { ...inputs, guards: given as GuardOptions } : inputs;
}

/** A failed check's inputs are not used. */
function nothing(previous: ServiceTagRangesInputs | undefined): ServiceTagRangesInputs {
  return previous ?? { serviceTag: "", changeNumber: 0, prefixes: {}, __published: { counter: "" } };
}

function sameTag(a: { readonly serviceTag: string }, b: { readonly serviceTag: string }): boolean {
  return a.serviceTag.toLowerCase() === b.serviceTag.toLowerCase();
}

function toInputs(serviceTag: string, judged: JudgedList, accepted: Accepted): ServiceTagRangesInputs {
  return {
    serviceTag,
    changeNumber: accepted.changeNumber,
    prefixes: Object.fromEntries(judged.prefixes.map((one) => [formatPrefix(one.prefix), labelOf(serviceTag, one)])),
    __published: { counter: accepted.counter },
  };
}

/**
 * The accepted list, out of the inputs of the last check.
 *
 * @throws MsemError MSEM_FAULT when it cannot be read: judged as a new list it would pass unguarded
 */
function readMemory({ changeNumber, prefixes, __published: memory }: ServiceTagRangesInputs): Accepted {
  const { counter } = (memory ?? {}) as Partial<ServiceTagRangesInputs["__published"]>;
  if (typeof counter !== "string" || typeof changeNumber !== "number" || !isRecord(prefixes)) {
    throw forgotten("is incomplete");
  }
  const present: Prefix[] = [];
  const quarantine: Withdrawn[] = [];
  for (const [text, label] of Object.entries(prefixes)) {
    const parsed = parsePrefix(text);
    if (!parsed.ok) throw forgotten(`has an entry that is no prefix: ${parsed.problem.message}`);
    const since = withdrawnSince(String(label));
    if (since === undefined) present.push(parsed.value);
    else if (isDay(since)) quarantine.push({ prefix: parsed.value, since });
    else throw forgotten(`has no day for the withdrawn prefix ${text}`);
  }
  return { counter, changeNumber, prefixes: present, quarantine };
}

function forgotten(what: string): MsemError {
  return new MsemError("MSEM_FAULT", `the memory of the accepted list ${what}`, {
    hint: "Was the state edited? Restore it from a backup, or remove the resource from the state and create it anew.",
  });
}

function readPublished(
  raw: unknown,
  surroundings: Surroundings,
): { readonly published?: Published; readonly now: Date; readonly problems: readonly Problem[] } {
  const given = (isRecord(raw) ? raw : {}) as Partial<Record<keyof RawPublished, unknown>>;
  const { serviceTag, counter, changeNumber, prefixes, edition, hint, asOf } = given;
  const now = isDay(asOf) ? new Date(`${asOf}T00:00:00Z`) : surroundings.now();
  const missing = { path: "published", message: "the list that the program resolved is not there" };
  if (typeof serviceTag !== "string" || typeof counter !== "string" || !Array.isArray(prefixes)) {
    return { now, problems: [missing] };
  }
  const problems: Problem[] = [];
  const parsed = prefixes.flatMap((text: unknown, index): Prefix[] => {
    const prefix = parsePrefix(String(text));
    if (prefix.ok) return [prefix.value];
    problems.push({ path: `published.prefixes[${index}]`, message: prefix.problem.message });
    return [];
  });
  const published: Published = {
    serviceTag,
    counter,
    ...(typeof changeNumber === "number" ? { changeNumber } : {}),
    prefixes: parsed,
    ...(typeof edition === "string" ? { edition } : {}),
    ...(typeof hint === "string" ? { hint } : {}),
  };
  return { published, now, problems };
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
