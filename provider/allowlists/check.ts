/**
 * Judges an allowlist's inputs and folds what should be in the list into one map, so that a preview shows each prefix
 * that comes or goes on a line of its own. Pure: no network.
 */

import { accessNames, checkAccess, isAbsent, keep, refuseUnknownNames } from "../core/connector/fields";
import { isRecord } from "../core/connector/inputs";
import { checkConfirmation } from "../core/handOff";
import { comparePrefixes, formatPrefix, type Prefix, parsePrefix } from "../core/ip/index";
import type { Checked, Problem, Surroundings } from "../core/lifecycle";
import { misfit } from "../core/targets/capability";
import type { TargetDescriptor } from "../core/targets/target";
import { isUnknown } from "../core/unknown";
import type { AllowlistInputs } from "./inputs";
import { isManual, isManualProduct, manualKind, manualProducts } from "./manual";
import { type Desired, foldPublished } from "./published";

type Given = Readonly<Record<string, unknown>>;

const names = [
  "target",
  "ranges",
  "mode",
  "families",
  "guards",
  "startEnforcement",
  "adopt",
  "additionalPrefixes",
  "callerPrefixes",
  "verifyConnections",
  "confirmed",
] as const;

/** What the program side and a refresh put among the inputs. */
const ours = ["owner", "prefixes", "serviceTag", "changeNumber"];

export function checkAllowlist(
  targets: readonly TargetDescriptor[],
  given: Given,
  previous: AllowlistInputs | undefined,
  surroundings: Surroundings,
): Checked<AllowlistInputs> {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const inputs: Record<string, unknown> = {};
  const named = Object.entries(given).filter(([name]) => !name.startsWith("__") && !ours.includes(name));
  refuseUnknownNames(Object.fromEntries(named), names, "", "IpAllowlist has no such property", problems);

  inputs.target = checkTarget(targets, given.target, { problems, warnings, surroundings });
  inputs.mode = oneOf("mode", given.mode ?? "additive", ["additive", "exclusive"], problems);
  inputs.families = checkFamilies(given.families ?? ["ipv4", "ipv6"], problems);
  inputs.startEnforcement = flag("startEnforcement", given.startEnforcement ?? false, problems);
  inputs.adopt = flag("adopt", given.adopt ?? false, problems);
  keep(inputs, "callerPrefixes", checkPrefixList("callerPrefixes", given.callerPrefixes, problems));
  keep(inputs, "verifyConnections", checkTexts("verifyConnections", given.verifyConnections, problems));
  // Of a list that is written by itself nobody needs a word.
  if (isRecord(inputs.target) && isManual({ kind: String(inputs.target.kind) })) {
    keep(inputs, "confirmed", checkConfirmation(given.confirmed, surroundings.now(), problems));
  }
  keep(inputs, "owner", given.owner);
  keep(inputs, "__seen", previous?.__seen);

  const desired = foldPublished(given, previous, problems);
  keep(inputs, "guards", desired.guards);
  inputs.serviceTag = desired.serviceTag;
  keep(inputs, "changeNumber", desired.changeNumber);
  const additional = checkAdditional(given.additionalPrefixes, problems, warnings);
  const target = targets.find(({ kind }) => isRecord(inputs.target) && inputs.target.kind === kind);
  const folded = fold(desired, additional, inputs.families, target, warnings);
  inputs.prefixes = folded;
  if (target !== undefined && problems.length === 0 && isRecord(folded)) {
    problems.push(...misfits(target, folded, previous));
  }
  return {
    inputs: inputs as unknown as AllowlistInputs,
    problems,
    warnings,
    notices: desired.notices,
  };
}

function checkTarget(
  targets: readonly TargetDescriptor[],
  given: unknown,
  judge: Parameters<typeof checkAccess>[4],
): unknown {
  const { problems, warnings } = judge;
  const kinds = [...targets.map(({ kind }) => kind), manualKind];
  if (isUnknown(given)) return given;
  if (!isRecord(given)) {
    problems.push({ path: "target", message: `is missing: msem.targets.${kinds.join("(…), msem.targets.")}(…)` });
    return given;
  }
  if (isUnknown(given.kind)) return given;
  if (given.kind === manualKind) {
    if (!isManualProduct(given.product) && !isUnknown(given.product)) {
      const known = Object.keys(manualProducts).join(", ");
      problems.push({ path: "target.product", message: `must be one of ${known}` });
    }
    return { kind: manualKind, product: given.product };
  }
  const target = targets.find(({ kind }) => kind === given.kind);
  if (target === undefined) {
    problems.push({ path: "target.kind", message: `must be one of ${kinds.join(", ")}` });
    return given;
  }
  refuseUnknownNames(
    given,
    ["kind", "experimental", ...accessNames(target)],
    "target.",
    `the target ${target.kind} has no such property`,
    problems,
  );
  if (target.experimental !== undefined) {
    if (given.experimental !== true) {
      problems.push({ path: "target.experimental", message: `must be true to use it: ${target.experimental}` });
    } else warnings.push(`target ${target.kind} is experimental: ${target.experimental}`);
  }
  return {
    kind: target.kind,
    ...(target.experimental === undefined ? {} : { experimental: given.experimental }),
    ...checkAccess(target, given, "target.", undefined, judge),
  };
}

/** One map of everything that should be there. Unknown as a whole while a part of it is. */
function fold(
  desired: Desired,
  additional: unknown,
  families: unknown,
  target: TargetDescriptor | undefined,
  warnings: string[],
): unknown {
  if (isUnknown(desired.prefixes)) return desired.prefixes;
  if (isUnknown(additional)) return additional;
  const all = new Map<string, { readonly prefix: Prefix; readonly why: string }>();
  const left = new Map<string, number>();
  for (const [text, why] of [
    ...Object.entries(desired.prefixes as Given),
    ...Object.entries((additional ?? {}) as Given),
  ]) {
    const parsed = parsePrefix(text);
    if (!parsed.ok) continue;
    const prefix = parsed.value;
    if (Array.isArray(families) && !families.includes(prefix.family)) continue;
    const reason = target === undefined ? undefined : misfit(target.capability, prefix);
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1);
    else if (!all.has(formatPrefix(prefix))) all.set(formatPrefix(prefix), { prefix, why: String(why) });
  }
  for (const [reason, count] of left) {
    warnings.push(
      `${count === 1 ? "1 prefix is" : `${count} prefixes are`} left out of ${target?.displayName}: ${reason}`,
    );
  }
  const sorted = [...all].sort(([, a], [, b]) => comparePrefixes(a.prefix, b.prefix));
  return Object.fromEntries(sorted.map(([text, { why }]) => [text, why]));
}

/** Whether the list would fit, by what was there when we looked last. The plan before the first write looks again. */
function misfits(
  { capability, displayName }: TargetDescriptor,
  prefixes: object,
  previous: AllowlistInputs | undefined,
): Problem[] {
  const count = Object.keys(prefixes).length;
  const foreign = previous?.__seen?.foreign ?? 0;
  const foreignLists = previous?.__seen?.foreignLists ?? 0;
  const others = (what: number, noun: string): string => (what === 0 ? "" : ` and ${what} ${noun} of other owners`);
  const { maxEntries, granularity } = capability;
  const problems: Problem[] = [];
  if (count === 0) {
    problems.push({
      path: "prefixes",
      message: `none is left for ${displayName}; that is never taken as "remove all"`,
    });
  }
  if (maxEntries !== undefined && count + foreign > maxEntries) {
    problems.push({
      path: "prefixes",
      message: `${count} prefixes${others(foreign, "entries")} do not fit into ${displayName}: the limit is ${maxEntries}`,
    });
  }
  if (granularity.kind === "lists") {
    const needed = Math.ceil(count / granularity.entriesPerList);
    if (needed + foreignLists > granularity.lists) {
      problems.push({
        path: "prefixes",
        message: `${count} prefixes need ${needed} lists of ${granularity.entriesPerList}${others(foreignLists, "lists")}; ${displayName} has ${granularity.lists}`,
      });
    }
  }
  return problems;
}

function checkAdditional(given: unknown, problems: Problem[], warnings: string[]): unknown {
  if (isAbsent(given) || isUnknown(given)) return given;
  if (!isRecord(given)) {
    problems.push({
      path: "additionalPrefixes",
      message: 'must be a map of prefix to reason, such as { "198.51.100.7/32": "CI" }',
    });
    return undefined;
  }
  for (const [text, why] of Object.entries(given)) {
    const path = `additionalPrefixes["${text.length > 60 ? `${text.slice(0, 60)}…` : text}"]`;
    const parsed = parsePrefix(text);
    if (!parsed.ok) problems.push({ path, message: parsed.problem.message });
    else if (parsed.value.length < (parsed.value.family === "ipv4" ? 16 : 40)) {
      warnings.push(`${path}: this is far wider than anything that Microsoft publishes`);
    }
    if (typeof why !== "string" || why === "") problems.push({ path, message: "must have a reason as its value" });
  }
  return given;
}

/** The one guard that is about the list itself; those about what is published belong to whoever reads it. */
function checkPrefixList(path: string, given: unknown, problems: Problem[]): unknown {
  if (isAbsent(given) || isUnknown(given)) return given;
  const texts = checkTexts(path, given, problems);
  if (!Array.isArray(texts)) return texts;
  texts.forEach((text, index) => {
    if (typeof text !== "string" || isUnknown(text)) return;
    const parsed = parsePrefix(text);
    if (!parsed.ok) problems.push({ path: `${path}[${index}]`, message: parsed.problem.message });
  });
  return texts;
}

function checkTexts(path: string, given: unknown, problems: Problem[]): unknown {
  if (isAbsent(given) || isUnknown(given)) return given;
  if (!Array.isArray(given)) {
    problems.push({ path, message: "must be a list" });
    return given;
  }
  given.forEach((text, index) => {
    if (typeof text !== "string" || text === "") problems.push({ path: `${path}[${index}]`, message: "must be text" });
  });
  return given;
}

function checkFamilies(given: unknown, problems: Problem[]): unknown {
  if (isUnknown(given)) return given;
  const known = ["ipv4", "ipv6"];
  if (!Array.isArray(given) || given.length === 0 || given.some((family) => !known.includes(family as string))) {
    problems.push({ path: "families", message: 'must be a list of "ipv4", "ipv6", or both' });
    return given;
  }
  return known.filter((family) => given.includes(family));
}

function oneOf(path: string, given: unknown, values: readonly string[], problems: Problem[]): unknown {
  if (!isUnknown(given) && !values.includes(given as string)) {
    problems.push({ path, message: `must be ${values.map((value) => `"${value}"`).join(" or ")}` });
  }
  return given;
}

function flag(path: string, given: unknown, problems: Problem[]): unknown {
  if (typeof given !== "boolean" && !isUnknown(given)) problems.push({ path, message: "must be true or false" });
  return given;
}
