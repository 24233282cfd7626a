/**
 * `msem allowlist plan|apply|drift`: keeps a product's list equal to a published one without Pulumi. The same life as the
 * resource's, with a state file for its memory.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openAccount, placeOf, planFor, policyOf } from "../../allowlists/account";
import type { AllowlistContext } from "../../allowlists/context";
import { type AllowlistInputs, type AllowlistState, stateVersion } from "../../allowlists/inputs";
import { allowlistLifecycle } from "../../allowlists/lifecycle";
import { MsemError, PartialFailure } from "../../core/errors";
import { type Plan, writesOf } from "../../core/targets/plan";
import type { TargetDescriptor } from "../../core/targets/target";
import { type CommandIo, counted, exitCodes, guarded, styleFor } from "../output";
import type { ApplyArguments, ListArguments, PlanArguments } from "./arguments";
import { judgeGuards, judgeInputs, type Known, nameTarget, refuse, targetOf } from "./inputs";
import { locked } from "./lock";
import { type AcceptedList, judgeList, publishedFor } from "./published";
import { digestOf, type PlannedList, renderApplied, renderDrift, renderPlan, renderRefused } from "./render";
import { emptyMemoryName, formatMemory, type Memory, readMemory, writeMemory } from "./stateFile";

/** The surroundings of a run. */
export interface AllowlistIo extends CommandIo {
  readonly targets: readonly TargetDescriptor[];
  /** Asks a person; absent where nobody sits. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** What is there, what should be, and what would be done. Writes nothing. 0, 2 changes, 3 refused, 1 error. */
export function runPlan(args: PlanArguments, io: AllowlistIo): Promise<number> {
  return guarded(io, async () => {
    const prepared = await prepare(args, io);
    if (typeof prepared === "number") return prepared;
    const planned = await planNow(prepared, io);
    io.stdout.write(renderPlan(planned, args.format, args.verbose, styleFor(io.stdout, io.env)));
    return exitCodeOf(planned.plan);
  });
}

/** Plans anew, and carries it out once somebody has agreed. 0, 2 not agreed, 3 refused, 1 error. */
export function runApply(args: ApplyArguments, io: AllowlistIo): Promise<number> {
  return guarded(io, () => locked(args.state, () => apply(args, io)));
}

/** What is there against what was accepted last. 0, 2 drift, 1 error. */
export function runDrift(args: ListArguments, io: AllowlistIo): Promise<number> {
  return guarded(io, async () => {
    const descriptor = targetOf(args, io);
    const memory = await readMemory(args.state);
    if (memory === undefined) {
      throw new MsemError("MSEM_INVALID", `--state ${args.state}: there is no such file, so nothing was accepted yet`, {
        hint: "msem allowlist apply makes it.",
      });
    }
    const known = knownOf(io);
    const { inputs: target, problems } = nameTarget(descriptor, args, known);
    refuse(problems);
    const state = stateOf(memory, { ...descriptor.defaults, ...target, kind: descriptor.kind });
    requirePlace(args, io, memory, state.target);
    const context = contextOf(io);
    const found = await reading(io, descriptor, () => allowlistLifecycle(io.targets).observe("", state, context));
    const there = found?.inputs.prefixes ?? {};
    const drift = {
      descriptor,
      place: memory.place,
      serviceTag: memory.serviceTag,
      changeNumber: memory.published.changeNumber,
      desired: Object.keys(memory.prefixes).length,
      missing: Object.keys(memory.prefixes).filter((text) => !(text in there)),
      extra: Object.entries(there).flatMap(([entry, why]) => (entry in memory.prefixes ? [] : [{ entry, why }])),
    };
    io.stdout.write(renderDrift(drift, args.format, args.verbose, styleFor(io.stdout, io.env)));
    return drift.missing.length + drift.extra.length === 0 ? exitCodes.ok : exitCodes.drift;
  });
}

/** Everything that is known before the product is asked. */
interface Prepared {
  readonly descriptor: TargetDescriptor;
  readonly name: string;
  readonly memory: Memory | undefined;
  readonly accepted: AcceptedList;
  readonly inputs: AllowlistInputs;
  readonly warnings: readonly string[];
}

/** A number when a guard refuses the published list: the exit code. */
async function prepare(args: PlanArguments, io: AllowlistIo): Promise<Prepared | number> {
  const descriptor = targetOf(args, io);
  const policy = judgeGuards(args);
  const memory = await readMemory(args.state);
  const known = knownOf(io);
  const accepted = judgeList(await publishedFor(args, io), memory, policy, known.now);
  if ("refused" in accepted) {
    const style = styleFor(io.stdout, io.env);
    io.stdout.write(renderRefused(accepted.refused, memory !== undefined, args.format, style));
    return exitCodes.refused;
  }
  const name = memory?.name ?? args.name ?? emptyMemoryName(args.state);
  if (args.name !== undefined && args.name !== name) {
    throw new MsemError("MSEM_INVALID", `--name ${args.name}: this state file's entries are marked ${name}`, {
      hint: "Leave --name out: another name would not find them again.",
    });
  }
  const judged = judgeInputs(args, descriptor, name, accepted.ranges, known);
  if (memory !== undefined) requirePlace(args, io, memory, judged.inputs.target);
  const kept = accepted.kept.map(({ code, message }) => `${code}: ${message} The last accepted list is kept`);
  return { descriptor, name, memory, accepted, inputs: judged.inputs, warnings: [...kept, ...judged.warnings] };
}

function requirePlace(args: ListArguments, io: AllowlistIo, memory: Memory, target: AllowlistInputs["target"]): void {
  const place = placeOf(io.targets, target);
  if (place === memory.place) return;
  throw new MsemError("MSEM_OTHER_TENANT", `the state file ${args.state} is of ${memory.place}, not of ${place}`, {
    hint: "One state file is for one list: name another file with --state.",
  });
}

async function planNow(prepared: Prepared, io: AllowlistIo): Promise<PlannedList> {
  const { descriptor, inputs, memory, accepted, warnings } = prepared;
  const context = contextOf(io);
  const account = openAccount(inputs, context);
  const observed = await reading(io, descriptor, () => account.session.read());
  const owned = new Set(memory?.owned ?? []);
  const plan = planFor(account, observed, { desired: inputs.prefixes, owned, policy: policyOf(inputs, context) });
  const step = accepted.step === undefined ? {} : { step: accepted.step };
  return { descriptor, place: account.place, inputs, plan, warnings, ...step };
}

async function apply(args: ApplyArguments, io: AllowlistIo): Promise<number> {
  const prepared = await prepare(args, io);
  if (typeof prepared === "number") return prepared;
  const planned = await planNow(prepared, io);
  const { plan } = planned;
  const style = styleFor(io.stdout, io.env);
  const digest = digestOf(planned);
  // In JSON there is one document, at the end.
  if (args.format === "text") io.stdout.write(renderPlan(planned, args.format, args.verbose, style));
  if (plan.refusals.length > 0) {
    if (args.format === "json") io.stdout.write(renderPlan(planned, args.format, args.verbose, style));
    return exitCodes.refused;
  }
  if (args.planDigest !== undefined && args.planDigest !== digest) {
    throw new MsemError("MSEM_REFUSED", `the plan is ${digest} now, not ${args.planDigest}; nothing was changed`, {
      hint: "The list, the published ranges or the options differ from those of that plan: plan again and look at it.",
    });
  }
  const writes = writesOf(plan);
  if (writes.length > 0 && !(await agreed(args, io, writes.length, planned))) {
    io.stderr.write("Nothing was changed.\n");
    return exitCodes.drift;
  }
  await carry(args, io, prepared, planned);
  io.stdout.write(renderApplied(planned, args.format, style));
  return exitCodes.ok;
}

/** A plan that was named by its digest has been looked at. */
async function agreed(
  args: ApplyArguments,
  io: AllowlistIo,
  writes: number,
  { descriptor, place }: PlannedList,
): Promise<boolean> {
  if (args.yes) return true;
  if (io.confirm !== undefined) {
    return io.confirm(`Write ${counted(writes, "change", "changes")} to ${descriptor.displayName} (${place})?`);
  }
  if (args.planDigest !== undefined) return true;
  throw new MsemError("MSEM_INVALID", "nobody can be asked here: this is no terminal; nothing was changed", {
    hint: "Say --yes, or --plan-digest with the digest of a plan that was looked at.",
  });
}

/**
 * Writes the state file before the product: a process that ends in between leaves a file that calls too much ours, and
 * not entries that nobody knows.
 */
async function carry(
  args: ApplyArguments,
  io: AllowlistIo,
  prepared: Prepared,
  { plan: approved, place, descriptor, inputs }: PlannedList,
): Promise<void> {
  const lifecycle = allowlistLifecycle(io.targets);
  const before = prepared.memory;
  const keep = memoryKeeper(args.state, prepared, place);
  const byState = descriptor.capability.ownership === "state";
  const beforeWrite = async (plan: Plan): Promise<void> => {
    requireApproved(plan, approved);
    const added = writesOf(plan).flatMap(({ verb, block }) => (verb === "add" ? [block.text] : []));
    await keep(inputs, byState ? [...new Set([...(before?.owned ?? []), ...plan.owned, ...added])] : []);
  };
  const context = { ...contextOf(io), beforeWrite };
  const state = before === undefined ? undefined : stateOf(before, inputs.target);
  const writes = writesOf(approved).length;
  try {
    const reached = await ticking(
      io,
      writes === 0 ? undefined : `Writing ${counted(writes, "change", "changes")} to ${descriptor.displayName}`,
      async () =>
        state === undefined
          ? (await lifecycle.ensure(inputs, context)).state
          : lifecycle.sync("", state, inputs, context),
    );
    await keep(inputs, reached.owned);
  } catch (error) {
    if (error instanceof PartialFailure) await keep(inputs, (error.state as AllowlistState).owned);
    throw error;
  }
}

/** Only what was agreed to: after a lost race the rest of it may be written, and nothing else. */
function requireApproved(plan: Plan, approved: Plan): void {
  const key = (change: ReturnType<typeof writesOf>[number]): string => `${change.verb} ${change.block.text}`;
  const known = new Set(writesOf(approved).map(key));
  const others = writesOf(plan).filter((change) => !known.has(key(change)));
  if (others.length === 0) return;
  throw new MsemError(
    "MSEM_REFUSED",
    `somebody else changed the list in the meantime: ${counted(others.length, "change", "changes")} would be written that nobody agreed to`,
    { hint: "Plan again and look at it." },
  );
}

/** Writes the state file when it differs from what is in it. */
function memoryKeeper(file: string, { name, memory, accepted }: Prepared, place: string) {
  let last = memory === undefined ? undefined : formatMemory(memory);
  return async (inputs: AllowlistInputs, owned: readonly string[]): Promise<void> => {
    const next: Memory = {
      msemAllowlist: 1,
      place,
      name,
      serviceTag: accepted.ranges.serviceTag,
      published: accepted.memory,
      mode: inputs.mode,
      families: [...inputs.families],
      prefixes: { ...inputs.prefixes },
      owned: [...owned],
    };
    const text = formatMemory(next);
    if (text === last) return;
    await writeMemory(file, next);
    last = text;
  };
}

/** The memory as the lifecycle knows it. */
function stateOf(memory: Memory, target: AllowlistInputs["target"]): AllowlistState {
  const { place, name, serviceTag, published, mode, families, prefixes, owned } = memory;
  return {
    target,
    mode,
    families,
    startEnforcement: false,
    adopt: false,
    serviceTag,
    changeNumber: published.changeNumber,
    prefixes,
    owner: { project: "msem", stack: "cli", name },
    stateVersion,
    place,
    owned,
    status: "applied",
  };
}

function knownOf(io: AllowlistIo): Known {
  return { targets: io.targets, environment: (name) => io.env[name], now: new Date((io.now ?? Date.now)()) };
}

function contextOf(io: AllowlistIo): AllowlistContext {
  return {
    targets: io.targets,
    environment: (name) => io.env[name],
    warn: (message) => io.stderr.write(`warning: ${message}\n`),
    now: io.now ?? Date.now,
    sleep: io.sleep ?? (async (ms) => void (await sleep(ms))),
    // No option names a connection, so that nobody asks.
    testConnection: async () => "not asked",
  };
}

function reading<Result>(io: AllowlistIo, { displayName }: TargetDescriptor, read: () => Promise<Result>) {
  return ticking(io, `Reading ${displayName}`, read);
}

const tickMs = 10_000;

/** Says on stderr what it waits for, and every ten seconds that it still does. */
async function ticking<Result>(io: AllowlistIo, what: string | undefined, run: () => Promise<Result>): Promise<Result> {
  if (what === undefined) return run();
  io.stderr.write(`${what} …\n`);
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += tickMs / 1000;
    io.stderr.write(`${what}: ${seconds} s so far\n`);
  }, tickMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

function exitCodeOf(plan: Plan): number {
  if (plan.refusals.length > 0) return exitCodes.refused;
  return writesOf(plan).length === 0 ? exitCodes.ok : exitCodes.drift;
}
