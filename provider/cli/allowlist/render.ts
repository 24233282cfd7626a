/** What `msem allowlist` prints: first the verdict, then what to do, then detail. */
import { createHash } from "node:crypto";
import type { AllowlistInputs } from "../../allowlists/inputs";
import type { Reason } from "../../core/servicetags/index";
import { describePlan } from "../../core/targets/format";
import { type Plan, type PlanRefusal, writesOf } from "../../core/targets/plan";
import type { TargetDescriptor } from "../../core/targets/target";
import { counted, grouped, type Style } from "../output";
import type { PlanFormat } from "./arguments";

/** A plan and what it is about. */
export interface PlannedList {
  readonly descriptor: TargetDescriptor;
  readonly place: string;
  readonly inputs: AllowlistInputs;
  readonly plan: Plan;
  readonly warnings: readonly string[];
  /** What changed in the published list; undefined when nothing did. */
  readonly step?: string;
}

/** Short enough to be copied, long enough to tell one plan from another. */
const digestLength = 16;

/** Equal for equal plans for the same list: everything that would be written, and what should be there afterwards. */
export function digestOf({ place, inputs, plan }: Pick<PlannedList, "place" | "inputs" | "plan">): string {
  const writes = writesOf(plan).map((change) =>
    change.verb === "add"
      ? [change.verb, change.block.text, change.list?.name ?? ""]
      : [change.verb, change.block.text, change.entry.text, change.entry.id ?? ""],
  );
  const { mode, serviceTag, prefixes } = inputs;
  const text = JSON.stringify([place, mode, serviceTag, Object.keys(prefixes), writes]);
  return createHash("sha256").update(text).digest("hex").slice(0, digestLength);
}

export function renderPlan(planned: PlannedList, format: PlanFormat, verbose: boolean, style: Style): string {
  return format === "json" ? planJson(planned, verdictOf(planned.plan)) : planText(planned, verbose, style);
}

/** After it was carried out and read again. */
export function renderApplied(planned: PlannedList, format: PlanFormat, style: Style): string {
  if (format === "json") return planJson(planned, "applied");
  const writes = writesOf(planned.plan).length;
  const count = counted(Object.keys(planned.inputs.prefixes).length, "prefix", "prefixes");
  const done = writes === 0 ? "nothing to write" : `${counted(writes, "change", "changes")} written`;
  return `\n${style.good("IN SYNC")}  ${done}, read again: all ${count} are there\n`;
}

function planJson(planned: PlannedList, verdict: ReturnType<typeof verdictOf> | "applied"): string {
  const { descriptor, place, inputs, plan, warnings } = planned;
  return json({
    schemaVersion: 1,
    verdict,
    target: descriptor.kind,
    place,
    tag: inputs.serviceTag,
    changeNumber: inputs.changeNumber ?? null,
    digest: digestOf(planned),
    changes: writesOf(plan).map((change) => ({
      verb: change.verb,
      entry: change.block.text,
      why: change.why,
      ours: change.verb === "add" || change.ours,
      ...(change.verb === "add" && change.list !== undefined ? { list: change.list.name } : {}),
    })),
    kept: keptOf(plan),
    skipped: plan.skipped,
    warnings: [...warnings, ...plan.warnings],
    refusals: plan.refusals.map((refusal) => ({ ...refusal, option: optionFor(refusal) ?? null })),
  });
}

function planText(planned: PlannedList, verbose: boolean, style: Style): string {
  const { descriptor, place, inputs, plan, warnings, step } = planned;
  const verdict = verdictOf(plan);
  const word =
    verdict === "refused" ? style.bad("REFUSED") : verdict === "changes" ? style.bad("CHANGES") : style.good("IN SYNC");
  const count = counted(Object.keys(inputs.prefixes).length, "prefix", "prefixes");
  const number = inputs.changeNumber === undefined ? "" : ` change ${inputs.changeNumber}`;
  return sections([
    [`${word}  ${descriptor.displayName} (${place})  to ${inputs.serviceTag}${number}, ${count}`],
    plan.refusals.flatMap(refusalLines),
    verdict === "changes"
      ? [`  Digest:   ${digestOf(planned)}  (msem allowlist apply … --plan-digest takes this plan only)`]
      : [],
    step === undefined ? [] : [`  ${step}`],
    changeLines(plan, verbose),
    [...warnings, ...plan.warnings].map((warning) => `  warning: ${warning}`),
  ]);
}

function changeLines(plan: Plan, verbose: boolean): string[] {
  const { headline, changes, left } = describePlan(plan);
  return [
    `  ${headline}`,
    ...cut(
      changes.map((line) => `    ${line}`),
      verbose,
    ),
    ...left.map((line) => `    ${line}`),
  ];
}

function keptOf({ changes }: Plan): { readonly ours: number; readonly others: number } {
  const kept = changes.filter((change) => change.verb === "keep");
  const ours = kept.filter((change) => change.ours).length;
  return { ours, others: kept.length - ours };
}

function verdictOf(plan: Plan): "inSync" | "changes" | "refused" {
  if (plan.refusals.length > 0) return "refused";
  return writesOf(plan).length === 0 ? "inSync" : "changes";
}

function refusalLines(refusal: PlanRefusal): string[] {
  const option = optionFor(refusal);
  return [
    `  ${refusal.code}: ${refusal.message}.`,
    ...(option === undefined ? [] : [`    On the command line: ${option}`]),
  ];
}

/** The option behind an override of a plan. */
function optionFor({ override, measured }: PlanRefusal): string | undefined {
  switch (override) {
    case "startEnforcement":
      return "--start-enforcement";
    case "callerPrefixes":
      return "--caller PREFIX";
    case "additionalPrefixes":
      return '--additional "PREFIX=this machine"';
    case "guards.acceptForeignRemovals":
      return `--accept-foreign-removals ${measured}`;
    default:
      return undefined;
  }
}

/** A published list that a guard refuses. */
export function renderRefused(
  reasons: readonly Reason[],
  hasMemory: boolean,
  format: PlanFormat,
  style: Style,
): string {
  if (format === "json") {
    return json({
      schemaVersion: 1,
      verdict: "refused",
      reasons: reasons.map((reason) => ({ ...reason, option: guardOption(reason.override) })),
    });
  }
  const names = [...new Set(reasons.map(({ code }) => code))].join(", ");
  const ways = hasMemory ? "  Or go on with the list that was accepted last: --on-refused keepLast" : "";
  return sections([
    [
      `${style.bad("REFUSED")}  the published list, by the guard${names.includes(",") ? "s" : ""} ${names}. Nothing was changed.`,
    ],
    reasons.flatMap(({ code, message, override }) => [
      `  ${code}: ${message}`,
      `    If you are sure: ${guardOption(override)}`,
    ]),
    [
      "  Wait for the next file: published lists have been wrong before, and were put right within days.",
      ...(ways === "" ? [] : [ways]),
    ],
  ]);
}

/** `guards.acceptRollbackTo: 16` as the option `--accept-rollback-to 16`; what is no number as JSON. */
export function guardOption(override: string): string {
  const [, name, value] = /^guards\.(\w+): (.*)$/.exec(override) ?? [];
  if (name === undefined || value === undefined) return `--tag: ${override}`;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (/^\d+$/.test(value)) return `${flag} ${value}`;
  if (value === "true") return flag;
  const asJson = value
    .replace(/(\w+):/g, '"$1":')
    .replace(/^\{ /, "{")
    .replace(/ \}$/, "}");
  return `--guards '{"${name}":${name === "acceptSpecialPurpose" ? value : asJson}}'`;
}

/** What is there against what was accepted. */
export interface DriftedList {
  readonly descriptor: TargetDescriptor;
  readonly place: string;
  readonly serviceTag: string;
  readonly changeNumber: number;
  readonly desired: number;
  /** Accepted, and not there. */
  readonly missing: readonly string[];
  /** There, and not accepted: ours or, of an exclusive list, anybody's. */
  readonly extra: readonly { readonly entry: string; readonly why: string }[];
}

export function renderDrift(drift: DriftedList, format: PlanFormat, verbose: boolean, style: Style): string {
  const { descriptor, place, serviceTag, changeNumber, desired, missing, extra } = drift;
  const inSync = missing.length + extra.length === 0;
  if (format === "json") {
    return json({
      schemaVersion: 1,
      verdict: inSync ? "inSync" : "drift",
      target: descriptor.kind,
      place,
      tag: serviceTag,
      changeNumber,
      desired,
      missing,
      extra,
    });
  }
  const word = inSync ? style.good("IN SYNC") : style.bad("DRIFT");
  const count = counted(desired, "prefix", "prefixes");
  return sections([
    [`${word}  ${descriptor.displayName} (${place})  against accepted ${serviceTag} change ${changeNumber}, ${count}`],
    inSync ? [] : ["  To do:    msem allowlist apply, with the options of the last time"],
    [
      ...(missing.length === 0
        ? []
        : [
            `  ${grouped(missing.length)} missing`,
            ...cut(
              missing.map((text) => `    ${text}`),
              verbose,
            ),
          ]),
      ...(extra.length === 0
        ? []
        : [
            `  ${grouped(extra.length)} extra`,
            ...cut(
              extra.map(({ entry, why }) => `    ${entry}  ${why}`),
              verbose,
            ),
          ]),
    ],
  ]);
}

const shownLines = 20;

/** A rest of one is shown instead of counted. */
function cut(lines: readonly string[], verbose: boolean): string[] {
  if (verbose || lines.length <= shownLines + 1) return [...lines];
  return [...lines.slice(0, shownLines), `    … and ${grouped(lines.length - shownLines)} more (--verbose lists all)`];
}

function sections(parts: readonly (readonly string[])[]): string {
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

function json(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
