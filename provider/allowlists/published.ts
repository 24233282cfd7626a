/** What should be in a list, by what Microsoft publishes. */
import { isAbsent } from "../core/connector/fields";
import { isRecord } from "../core/connector/inputs";
import { parsePrefix } from "../core/ip/index";
import type { Problem, Refusal, Surroundings } from "../core/lifecycle";
import { isUnknown } from "../core/unknown";
import type { AllowlistInputs, PublishedMemory } from "./inputs";

export interface Desired {
  readonly serviceTag: unknown;
  readonly changeNumber: unknown;
  /** Canonical prefix → label; unknown as a whole where it is not known yet. */
  readonly prefixes: unknown;
  readonly guards?: unknown;
  readonly memory?: PublishedMemory;
  readonly warnings: readonly string[];
  readonly notices: readonly string[];
  readonly refusal?: Refusal;
}

const nothing = { serviceTag: undefined, changeNumber: undefined, prefixes: {}, warnings: [], notices: [] };

/** From `ranges` of a ServiceTagRanges, which has judged them. */
export function foldPublished(
  given: Readonly<Record<string, unknown>>,
  previous: AllowlistInputs | undefined,
  _surroundings: Surroundings,
  problems: Problem[],
): Desired {
  const { ranges } = given;
  if (isUnknown(ranges)) return { ...nothing, serviceTag: ranges, changeNumber: ranges, prefixes: ranges };
  if (!isRecord(ranges)) {
    problems.push({ path: "ranges", message: "must be the `ranges` of a ServiceTagRanges, or left out" });
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
    notices: step(String(serviceTag), changeNumber, prefixes, previous),
  };
}

/** One line on what changes for this list: `Scuba 30 -> 31: 9 added, 0 removed, 251 kept`. */
function step(
  serviceTag: string,
  changeNumber: unknown,
  prefixes: Readonly<Record<string, unknown>>,
  previous: AllowlistInputs | undefined,
): string[] {
  const before = previous?.changeNumber;
  if (before === undefined || before === changeNumber || previous === undefined) return [];
  const kept = Object.keys(prefixes).filter((text) => text in previous.prefixes).length;
  const added = Object.keys(prefixes).length - kept;
  const gone = Object.entries(previous.prefixes).filter(
    ([text, label]) => label.startsWith(serviceTag) && !(text in prefixes),
  ).length;
  return [`${serviceTag} ${before} -> ${String(changeNumber)}: ${added} added, ${gone} removed, ${kept} kept`];
}
