/** What should be in a list, by what Microsoft publishes. The ServiceTagRanges that gives it has judged it. */
import { isAbsent } from "../core/connector/fields";
import { isRecord } from "../core/connector/inputs";
import { parsePrefix } from "../core/ip/index";
import type { Problem } from "../core/lifecycle";
import { isUnknown } from "../core/unknown";
import type { AllowlistInputs } from "./inputs";

type Given = Readonly<Record<string, unknown>>;

export interface Desired {
  readonly serviceTag: unknown;
  readonly changeNumber: unknown;
  /** Canonical prefix → label; unknown as a whole where it is not known yet. */
  readonly prefixes: unknown;
  readonly guards?: unknown;
  readonly notices: readonly string[];
}

const nothing: Desired = { serviceTag: undefined, changeNumber: undefined, prefixes: {}, notices: [] };

/** The one guard on what stands in the product; all others judge what is published. */
const foreignGuard = "acceptForeignRemovals";

export function foldPublished(given: Given, previous: AllowlistInputs | undefined, problems: Problem[]): Desired {
  const guards = given.guards ?? {};
  if (isUnknown(guards)) return takeJudged(given.ranges, previous, problems);
  if (!isRecord(guards)) {
    problems.push({ path: "guards", message: "must be an object" });
    return nothing;
  }
  const { [foreignGuard]: foreign, ...others } = guards;
  for (const name of Object.keys(others)) {
    problems.push({
      path: `guards.${name}`,
      message: "judges what is published: give it to the ServiceTagRanges that these ranges come from",
    });
  }
  const judged = takeJudged(given.ranges, previous, problems);
  if (isAbsent(foreign)) return judged;
  if (!isUnknown(foreign) && !(Number.isInteger(foreign) && (foreign as number) >= 0)) {
    problems.push({ path: `guards.${foreignGuard}`, message: "must be a whole number, 0 or more" });
  }
  return { ...judged, guards: { [foreignGuard]: foreign } };
}

/** `ranges` of a ServiceTagRanges. */
function takeJudged(ranges: unknown, previous: AllowlistInputs | undefined, problems: Problem[]): Desired {
  if (isUnknown(ranges)) return { ...nothing, serviceTag: ranges, changeNumber: ranges, prefixes: ranges };
  if (!isRecord(ranges)) {
    problems.push({ path: "ranges", message: "must be the `ranges` of a ServiceTagRanges" });
    return nothing;
  }
  const { serviceTag, changeNumber, prefixes } = ranges;
  if (isUnknown(prefixes)) return { ...nothing, serviceTag, changeNumber, prefixes };
  if (!isRecord(prefixes)) {
    problems.push({ path: "ranges.prefixes", message: "must be a map of prefix to label" });
    return nothing;
  }
  for (const text of Object.keys(prefixes)) {
    const parsed = parsePrefix(text);
    if (!parsed.ok) problems.push({ path: `ranges.prefixes["${text}"]`, message: parsed.problem.message });
  }
  if (typeof serviceTag !== "string" && !isUnknown(serviceTag)) {
    problems.push({ path: "ranges.serviceTag", message: "must be the name of a service tag" });
  }
  return {
    ...nothing,
    serviceTag,
    changeNumber: isAbsent(changeNumber) ? undefined : changeNumber,
    prefixes,
    notices: stepOf(String(serviceTag), changeNumber, prefixes, previous),
  };
}

/** One line on what changes for this list: `Scuba 30 -> 31: 9 added, 0 removed, 251 kept`. */
function stepOf(
  serviceTag: string,
  changeNumber: unknown,
  prefixes: Given,
  previous: AllowlistInputs | undefined,
): string[] {
  const before = previous?.changeNumber;
  if (previous === undefined || before === undefined || before === changeNumber) return [];
  const kept = Object.keys(prefixes).filter((text) => text in previous.prefixes).length;
  const added = Object.keys(prefixes).length - kept;
  const gone = Object.entries(previous.prefixes).filter(
    ([text, label]) => label.startsWith(serviceTag) && !(text in prefixes),
  ).length;
  return [`${serviceTag} ${before} -> ${String(changeNumber)}: ${added} added, ${gone} removed, ${kept} kept`];
}
