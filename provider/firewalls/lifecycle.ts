/**
 * The life of a judged configuration. Nothing is remote and nothing is written: check reads the configuration, judges
 * it, and keeps its name, its digest, the verdicts and the change in the vendor's own language. The text itself, which
 * may hold secrets, goes no further.
 */

import { createHash } from "node:crypto";
import { type Judgement, judge, planChange, type Question, type Subject } from "../core/allowlist/index";
import { refuseUnknownNames } from "../core/connector/fields";
import { isRecord } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import { comparePrefixes, formatInterval, formatPrefix, intervalOf, type Prefix, parsePrefix } from "../core/ip/index";
import type { Checked, Lifecycle, Problem, Refusal, Surroundings } from "../core/lifecycle";
import type { Owner } from "../core/ownership";
import { readVersioned } from "../core/state";
import { isUnknown } from "../core/unknown";
import { configSource } from "./asset";
import { type Config, readConfig } from "./index";

type Given = Readonly<Record<string, unknown>>;

export interface FirewallInputs {
  /** Which text was judged. Never the text. */
  readonly config: { readonly name: string; readonly sha256: string };
  /** Id of the format. */
  readonly vendor: string;
  readonly list?: readonly string[];
  readonly rule?: string;
  readonly onDrift: "warn" | "fail";
  readonly serviceTag: string;
  readonly changeNumber: number;
  readonly inSync: boolean;
  /** Canonical prefix → `present`, `missing`, …; entries left over from an earlier list are `stale`. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** The change in the vendor's own language; absent when there is none, or rules were judged. */
  readonly remediation?: string;
  readonly rollback?: string;
  readonly owner?: Owner;
}

export interface FirewallState extends FirewallInputs {
  readonly stateVersion: 1;
}

/** @param readFile text of a file of the program's folder. Throws MsemError when there is none. */
export function firewallLifecycle(
  readFile: (path: string) => string,
): Lifecycle<FirewallInputs, FirewallState, undefined> {
  const settled = (inputs: FirewallInputs): FirewallState => ({ ...inputs, stateVersion: 1 });
  return {
    check: (given, previous, surroundings) => check(given, previous, surroundings, readFile),
    replaces: () => [],
    async observe(_id, state) {
      if (state === undefined) return undefined;
      const { stateVersion: _version, ...inputs } = state;
      return { inputs, state };
    },
    ensure: async (inputs) => ({ id: `${inputs.vendor}:${inputs.config.name}`, state: settled(inputs) }),
    sync: async (_id, _state, inputs) => settled(inputs),
    async remove() {},
  };
}

/** @throws MSEM_FAULT for state of a newer release; see {@link readVersioned} */
export function readFirewallState(raw: Readonly<Record<string, unknown>>): FirewallState | undefined {
  return readVersioned<FirewallState>(raw, 1);
}

const names = ["config", "name", "vendor", "list", "rule", "ranges", "onDrift"] as const;
/** What the program side and a refresh put among the inputs. */
const ours = ["owner", "inSync", "verdicts", "remediation", "rollback", "serviceTag", "changeNumber"];

function check(
  given: Given,
  previous: FirewallInputs | undefined,
  _surroundings: Surroundings,
  readFile: (path: string) => string,
): Checked<FirewallInputs> {
  const problems: Problem[] = [];
  const named = Object.entries(given).filter(([name]) => !name.startsWith("__") && !ours.includes(name));
  refuseUnknownNames(Object.fromEntries(named), names, "", "FirewallAllowlist has no such property", problems);
  const question = readQuestion(given, problems);
  const unknown = [given.config, given.ranges, given.list, given.rule, given.vendor, given.onDrift].find(isUnknown);
  if (unknown !== undefined || (isRecord(given.ranges) && Object.values(given.ranges).some(isUnknown))) {
    return {
      inputs: undecided(given, unknown ?? Object.values(given.ranges as Given).find(isUnknown)),
      problems,
      warnings: [],
    };
  }
  const text = readText(given, readFile, problems);
  if (problems.length > 0 || text === undefined)
    return { inputs: previous ?? undecided(given, ""), problems, warnings: [] };
  try {
    return judged(given, question, text, previous);
  } catch (error) {
    if (!(error instanceof MsemError)) throw error;
    const [what = "", ...rest] = error.message.split("\n");
    problems.push({
      path: "config",
      message: [what.replace(/^MSEM_[A-Z_]+ /, ""), ...rest.map((line) => line.trim())].join(". "),
    });
    return { inputs: previous ?? undecided(given, ""), problems, warnings: [] };
  }
}

/** Everything that depends on what is not known yet is not known either. */
function undecided(given: Given, unknown: unknown): FirewallInputs {
  return {
    ...kept(given),
    config: unknown,
    vendor: given.vendor ?? unknown,
    onDrift: given.onDrift ?? "warn",
    serviceTag: unknown,
    changeNumber: unknown,
    inSync: unknown,
    verdicts: unknown,
    remediation: unknown,
    rollback: unknown,
  } as unknown as FirewallInputs;
}

/** Arguments that stay as they are. */
function kept({ list, rule, owner }: Given): Record<string, unknown> {
  return {
    ...(list === undefined || list === null ? {} : { list: typeof list === "string" ? [list] : list }),
    ...(rule === undefined || rule === null ? {} : { rule }),
    ...(owner === undefined ? {} : { owner }),
  };
}

interface Asked {
  readonly subject: Subject;
  readonly desired: readonly Prefix[];
  readonly serviceTag: string;
  readonly changeNumber: number;
}

function readQuestion({ list, rule, ranges, onDrift, vendor, name }: Given, problems: Problem[]): Asked {
  for (const [path, value] of Object.entries({ rule, vendor, name })) {
    if (value !== undefined && value !== null && typeof value !== "string")
      problems.push({ path, message: "must be text" });
  }
  const lists = typeof list === "string" ? [list] : Array.isArray(list) ? list : [];
  if (
    list !== undefined &&
    list !== null &&
    !isUnknown(list) &&
    (lists.length === 0 || lists.some((one) => typeof one !== "string"))
  ) {
    problems.push({ path: "list", message: "must be the name of a list, or several for one per family" });
  }
  if (lists.length > 0 && typeof rule === "string" && !isUnknown(list)) {
    problems.push({ path: "rule", message: "excludes `list`: a list is judged by its members alone" });
  }
  if (onDrift !== undefined && onDrift !== "warn" && onDrift !== "fail" && !isUnknown(onDrift)) {
    problems.push({ path: "onDrift", message: 'must be "warn" or "fail"' });
  }
  const subject: Subject =
    lists.length > 0
      ? { kind: "list", names: lists as string[] }
      : typeof rule === "string"
        ? { kind: "rule", name: rule }
        : { kind: "inbound" };
  return { subject, ...readRanges(ranges, problems) };
}

function readRanges(ranges: unknown, problems: Problem[]): Omit<Asked, "subject"> {
  const nothing = { desired: [], serviceTag: "", changeNumber: 0 };
  if (isUnknown(ranges)) return nothing;
  const { serviceTag, changeNumber, prefixes } = isRecord(ranges) ? ranges : {};
  if (isUnknown(prefixes)) return nothing;
  if (typeof serviceTag !== "string" || typeof changeNumber !== "number" || !isRecord(prefixes)) {
    problems.push({ path: "ranges", message: "must be the `ranges` of a ServiceTagRanges" });
    return nothing;
  }
  const desired = Object.keys(prefixes).flatMap((text): Prefix[] => {
    const parsed = parsePrefix(text);
    if (parsed.ok) return [parsed.value];
    problems.push({ path: `ranges.prefixes["${text}"]`, message: parsed.problem.message });
    return [];
  });
  return { desired: desired.sort(comparePrefixes), serviceTag, changeNumber };
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

function readText(
  { config, name }: Given,
  readFile: (path: string) => string,
  problems: Problem[],
): NamedText | undefined {
  const source = configSource(config);
  if (source.kind === "other") {
    problems.push({ path: "config", message: source.why });
    return undefined;
  }
  const given = typeof name === "string" ? name : undefined;
  if (source.kind === "text") return { name: given ?? "config", text: source.text };
  try {
    return { name: given ?? source.path, text: readFile(source.path) };
  } catch (error) {
    if (!(error instanceof MsemError)) throw error;
    problems.push({ path: "config", message: (error.message.split("\n")[0] ?? "").replace(/^MSEM_[A-Z_]+ /, "") });
    return undefined;
  }
}

function judged(
  given: Given,
  { subject, desired, serviceTag, changeNumber }: Asked,
  { name, text }: NamedText,
  previous: FirewallInputs | undefined,
): Checked<FirewallInputs> {
  const config = readConfig(text, name, typeof given.vendor === "string" ? given.vendor : undefined);
  const question: Question = {
    model: config.model,
    subject,
    desired,
    capability: config.format.capability,
    previous: earlierOf(previous),
  };
  const judgement = judge(question);
  const change = changeOf(question, config, judgement);
  const onDrift = given.onDrift === "fail" ? "fail" : "warn";
  const inputs: FirewallInputs = {
    ...kept(given),
    config: { name, sha256: createHash("sha256").update(text).digest("hex") },
    vendor: config.format.id,
    onDrift,
    serviceTag,
    changeNumber,
    inSync: judgement.inSync,
    verdicts: verdictsOf(judgement),
    ...change.texts,
  };
  const drift = driftOf(name, judgement, `${serviceTag} change ${changeNumber}`);
  const warnings = [...judgement.warnings, ...change.warnings];
  if (drift === undefined) return { inputs, problems: [], warnings };
  if (onDrift === "warn") return { inputs, problems: [], warnings: [drift, ...warnings] };
  const refusal: Refusal = { code: "MSEM_DRIFT", message: drift };
  return { inputs, problems: [], warnings, refusal };
}

/** What earlier checks knew: an entry that is one of them, and not wanted any more, is stale. */
function earlierOf(previous: FirewallInputs | undefined): Prefix[] {
  if (previous === undefined || !isRecord(previous.verdicts)) return [];
  return Object.keys(previous.verdicts).flatMap((text) => {
    const parsed = parsePrefix(text);
    return parsed.ok ? [parsed.value] : [];
  });
}

/** Extras that are somebody else's are counted in reports, and named nowhere. */
function verdictsOf({ prefixes, extra }: Judgement): Record<string, string> {
  const stale = extra.flatMap(({ verdict, leaf: { entry } }) =>
    verdict === "stale" && entry.term.kind === "block" ? [[formatInterval(intervalOf(entry.term.block)), "stale"]] : [],
  );
  return Object.fromEntries([...prefixes.map(({ prefix, verdict }) => [formatPrefix(prefix), verdict]), ...stale]);
}

function changeOf(
  question: Question,
  { format, model }: Config,
  judgement: Judgement,
): { readonly texts: Pick<FirewallInputs, "remediation" | "rollback">; readonly warnings: readonly string[] } {
  if (judgement.sets.length === 0) return { texts: {}, warnings: [] };
  try {
    const plan = planChange(question);
    const refused = plan.changes.map(({ set }) => format.refuse?.(set, model)).find((reason) => reason !== undefined);
    if (refused !== undefined) return { texts: {}, warnings: [`no change is rendered: ${refused}`] };
    const text = (way: "change" | "rollback"): string =>
      plan.changes.map((change) => format.render[way](change, model)).join("");
    const remediation = text("change");
    return { texts: remediation === "" ? {} : { remediation, rollback: text("rollback") }, warnings: plan.warnings };
  } catch (error) {
    if (!(error instanceof MsemError) || error.code !== "MSEM_REFUSED") throw error;
    return {
      texts: {},
      warnings: [(error.message.split("\n")[0] ?? "").replace("MSEM_REFUSED ", "no change is rendered: ")],
    };
  }
}

const shownPrefixes = 6;

function driftOf(
  name: string,
  { inSync, summary, title, prefixes, remedies }: Judgement,
  against: string,
): string | undefined {
  if (inSync) return undefined;
  const groups = (["missing", "partial", "shadowed", "undecided"] as const)
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => {
      const texts = prefixes.filter((one) => one.verdict === verdict).map(({ prefix }) => formatPrefix(prefix));
      const rest = texts.length - shownPrefixes;
      const more = rest > 0 ? `, … and ${rest} more` : "";
      return `\n  ${summary[verdict]} ${verdict}: ${texts.slice(0, shownPrefixes).join(", ")}${more}`;
    });
  const [list] = remedies;
  const fix = list === undefined ? "" : `\n  Fix: msem render ${name} --list ${list} (and --rollback to undo it)`;
  return `${name} ${title} lacks ${against}${groups.join("")}${fix}`;
}
