/** From options to inputs that a plan can be made of. All problems at once, in the words of the command line. */
import { checkAllowlist } from "../../allowlists/check";
import type { AllowlistInputs, TargetInputs } from "../../allowlists/inputs";
import { closeNames } from "../../core/closeNames";
import { type Authentication, hasAuthenticationUnion } from "../../core/connector/define";
import { MsemError } from "../../core/errors";
import type { Problem } from "../../core/lifecycle";
import { type GuardPolicy, judgeGuardOptions } from "../../core/servicetags/index";
import type { TargetDescriptor } from "../../core/targets/target";
import type { ListArguments, PlanArguments } from "./arguments";
import { credentialFlag, defaultVariable, flagsOf, settingFlag, wayOf } from "./options";

/** What a judgement may know. */
export interface Known {
  readonly targets: readonly TargetDescriptor[];
  readonly environment: (name: string) => string | undefined;
  readonly now: Date;
}

/** @throws MSEM_INVALID */
export function targetOf(args: Pick<ListArguments, "target">, { targets }: Pick<Known, "targets">): TargetDescriptor {
  const found = targets.find(({ kind }) => kind.toLowerCase() === args.target.toLowerCase());
  if (found !== undefined) return found;
  const kinds = targets.map(({ kind }) => kind);
  const [near] = closeNames(args.target, kinds, 1);
  throw new MsemError("MSEM_INVALID", `--target ${args.target}: must be one of ${kinds.join(", ")}`, {
    hint:
      near === undefined
        ? "For a product without an API for its list, print what to enter: msem ranges FILE --format text."
        : `Did you mean ${near}?`,
  });
}

/** A target argument without a secret in it: credentials that must stay secret are references. */
export interface NamedTarget {
  readonly inputs: TargetInputs;
  readonly problems: readonly Problem[];
  /** Paths that `problems` speaks of already. */
  readonly missing: readonly string[];
}

/** Settings as given, credentials by the names of their variables. */
export function nameTarget(
  target: TargetDescriptor,
  { access, experimental }: ListArguments,
  known: Known,
): NamedTarget {
  const problems: Problem[] = [];
  const missing: string[] = [];
  const way = wayOf(target, access["--authentication"]);
  const taken = flagsOf(target, way);
  for (const flag of Object.keys(access)) {
    if (taken.includes(flag)) continue;
    problems.push({ path: flag, message: `${describe(target, way)} has no such option; it has ${taken.join(", ")}` });
  }
  const settings = Object.keys(target.settings).flatMap((name) => {
    const value = access[settingFlag(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  if (way === undefined) {
    const kinds = target.authentication.map(({ kind }) => kind).join(" or ");
    problems.push({ path: "--authentication", message: `must be ${kinds}` });
    missing.push("target.authentication");
  }
  const union = hasAuthenticationUnion(target);
  const credentials = Object.entries(way?.fields ?? {}).flatMap(([name, { secret, displayName }]) => {
    const flag = credentialFlag(name);
    const variable = access[flag] ?? defaultVariable(target.kind, name);
    const value = known.environment(variable);
    if (value !== undefined && value !== "") return [[name, secret ? { fromEnvironment: variable } : value] as const];
    missing.push(union ? `target.authentication.${name}` : `target.${name}`);
    // A given name is not quoted: it may be a secret that was put there by mistake.
    const which =
      access[flag] === undefined ? `the environment variable ${variable}` : "the environment variable of that name";
    const what = value === undefined ? "not set" : "empty";
    const message = /^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)
      ? `${which} is ${what}; it should hold: ${displayName}`
      : "must be the name of an environment variable, not a value";
    problems.push({ path: flag, message });
    return [];
  });
  const signIn = Object.fromEntries(credentials);
  return {
    inputs: {
      kind: target.kind,
      ...(experimental ? { experimental } : {}),
      ...Object.fromEntries(settings),
      ...(union ? { authentication: { kind: way?.kind, ...signIn } } : signIn),
    },
    problems,
    missing,
  };
}

function describe(target: TargetDescriptor, way: Authentication | undefined): string {
  const signIn = way === undefined || !hasAuthenticationUnion(target) ? "" : ` with --authentication ${way.kind}`;
  return `the target ${target.kind}${signIn}`;
}

export interface Judged {
  readonly inputs: AllowlistInputs;
  readonly warnings: readonly string[];
}

/** @throws MSEM_INVALID with all problems */
export function judgeInputs(
  args: PlanArguments,
  target: TargetDescriptor,
  name: string,
  ranges: object,
  known: Known,
): Judged {
  const named = nameTarget(target, args, known);
  const problems: Problem[] = [...named.problems];
  const additional = readAdditional(args.additional, problems);
  const foreign = args.acceptForeignRemovals;
  const checked = checkAllowlist(
    known.targets,
    {
      target: named.inputs,
      ranges,
      mode: args.mode,
      families: args.families.split(",").map((family) => family.trim()),
      startEnforcement: args.startEnforcement,
      adopt: args.adopt,
      ...(Object.keys(additional).length === 0 ? {} : { additionalPrefixes: additional }),
      ...(args.caller.length === 0 ? {} : { callerPrefixes: args.caller }),
      ...(foreign === undefined
        ? {}
        : { guards: { acceptForeignRemovals: /^\d{1,9}$/.test(foreign) ? Number(foreign) : foreign } }),
      owner: { project: "msem", stack: "cli", name },
    },
    undefined,
    { environment: known.environment, now: () => known.now },
  );
  problems.push(
    ...checked.problems
      .filter(({ path }) => !named.missing.includes(path))
      .map(({ path, message }) => ({ path: flagFor(path, args), message })),
  );
  refuse(problems);
  return { inputs: checked.inputs, warnings: checked.warnings };
}

/** The guards of the published list. @throws MSEM_INVALID with all problems */
export function judgeGuards({ guards, guardOptions }: Pick<PlanArguments, "guards" | "guardOptions">): GuardPolicy {
  const problems: Problem[] = [];
  let given: unknown = {};
  try {
    given = guards === undefined ? {} : JSON.parse(guards);
  } catch {
    problems.push({ path: "--guards", message: `must be JSON, such as '{"onRefused":"keepLast"}'` });
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    problems.push({ path: "--guards", message: `must be an object, such as '{"onRefused":"keepLast"}'` });
    given = {};
  }
  const single = Object.entries(guardOptions).map(([name, value]) => [
    name,
    typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value,
  ]);
  const judged = judgeGuardOptions({ ...(given as object), ...Object.fromEntries(single) }, "guards");
  problems.push(
    ...judged.problems.map(({ path, message }) => {
      const name = path.replace(/^guards\.?/, "");
      return { path: Object.hasOwn(guardOptions, name) ? settingFlag(name) : `--guards ${name}`.trim(), message };
    }),
  );
  refuse(problems);
  return judged.policy;
}

/** @throws MSEM_INVALID when there is a problem */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ path, message }) => `\n  ${path}: ${message}`).join("");
  throw new MsemError("MSEM_INVALID", `${problems.length === 1 ? "1 problem" : `${problems.length} problems`}${lines}`);
}

function readAdditional(texts: readonly string[], problems: Problem[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const prefix = (at === -1 ? text : text.slice(0, at)).trim();
    if (Object.hasOwn(all, prefix)) problems.push({ path: `--additional ${prefix}`, message: "stands there twice" });
    all[prefix] = at === -1 ? "" : text.slice(at + 1).trim();
  }
  return all;
}

/** The option behind a path of the inputs. */
function flagFor(path: string, { additional, caller }: PlanArguments): string {
  const prefix = /^additionalPrefixes\["(.*)"\]$/.exec(path)?.[1];
  if (prefix !== undefined) return `--additional ${prefix}${additional.includes(prefix) ? "=…" : ""}`;
  const index = /^callerPrefixes\[(\d+)\]$/.exec(path)?.[1];
  if (index !== undefined) return `--caller ${caller[Number(index)]}`;
  if (path === "target.experimental") return "--experimental";
  if (path.startsWith("target.authentication.")) return credentialFlag(path.slice("target.authentication.".length));
  if (path.startsWith("guards.")) return settingFlag(path.slice("guards.".length));
  if (path.startsWith("target.")) return settingFlag(path.slice("target.".length));
  return ["mode", "families"].includes(path) ? settingFlag(path) : path;
}
