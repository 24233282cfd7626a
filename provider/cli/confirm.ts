/**
 * `msem confirm`: what does a stack wait for a person to do by hand, and a person's word that it is done. The word goes to
 * the stack's configuration, a file that is reviewed and kept with the program; the next `up` takes it from there.
 */
import { z } from "zod";
import { closeNames } from "../core/closeNames";
import { MsemError } from "../core/errors";
import { type CommandIo, counted, exitCodes, guarded, styleFor } from "./output";
import { runPulumi } from "./pulumi";
import { exportStack, resourcesOfExport } from "./stack";

export interface ConfirmArguments {
  /** Logical names; none to see what waits. */
  readonly names: readonly string[];
  /** Undefined for the selected stack. */
  readonly stack?: string;
}

interface Waiting {
  readonly name: string;
  readonly text: string;
  /** RFC 3339: the newest request. What is confirmed earlier would not settle it. */
  readonly requestedDateTime: string;
}

const actionSchema = z.object({
  text: z.string(),
  fields: z.array(z.object({ requestedDateTime: z.string() })).min(1),
});

/** Prints what waits (exit code 2), or that nothing does; with names, records that it is done. */
export function runConfirm(args: ConfirmArguments, io: CommandIo, now: () => Date = () => new Date()): Promise<number> {
  return guarded(io, async () => {
    const { stack, names } = args;
    const resources = resourcesOfExport(await exportStack(stack, io.env))
      .map(({ name, outputs }) => ({
        name,
        waiting: waitingOf(name, outputs.actionRequired),
        // Only what is done by hand has it: `null` when there is nothing to do.
        handedOff: outputs.actionRequired !== undefined,
      }))
      // A state is in the order in which things happened to be done.
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
    const waiting = resources.flatMap((one) => one.waiting ?? []);
    if (names.length === 0) return report(waiting, io);
    const known = resources.filter(({ handedOff }) => handedOff).map(({ name }) => name);
    requireKnown(names, known);
    const chosen = waiting.filter(({ name }) => names.includes(name));
    await record(chosen, stack, now(), io);
    for (const name of new Set(names)) {
      if (!chosen.some((one) => one.name === name)) io.stdout.write(`${name}: nothing waits to be confirmed\n`);
    }
    if (chosen.length > 0)
      io.stdout.write("\nRun `pulumi up` to take it into the stack, and commit the changed file.\n");
    return exitCodes.ok;
  });
}

function report(waiting: readonly Waiting[], io: CommandIo): number {
  const style = styleFor(io.stdout, io.env);
  if (waiting.length === 0) {
    io.stdout.write(`${style.good("Nothing waits to be done by hand.")}\n`);
    return exitCodes.ok;
  }
  const title = `${counted(waiting.length, "resource waits", "resources wait")} for somebody to do something by hand.`;
  io.stdout.write(`${style.bad(title)}\n`);
  for (const { name, text, requestedDateTime } of waiting) {
    io.stdout.write(`\n${name}: ${text}\n  ${style.dim(`Asked    ${requestedDateTime}`)}\n`);
  }
  return exitCodes.drift;
}

function waitingOf(name: string, action: unknown): Waiting | undefined {
  const parsed = actionSchema.safeParse(action);
  if (!parsed.success) return undefined;
  const { text, fields } = parsed.data;
  const times = fields.map(({ requestedDateTime }) => requestedDateTime).sort();
  return { name, text, requestedDateTime: times[times.length - 1] ?? "" };
}

/** @throws MSEM_INVALID with every name that cannot be confirmed */
function requireKnown(names: readonly string[], known: readonly string[]): void {
  const problems = [...new Set(names)].flatMap((name) => {
    const count = known.filter((one) => one === name).length;
    if (count === 1) return [];
    if (count > 1) {
      return [`${name}: ${count} resources have this name; confirm each by its argument \`confirmed\` in the program`];
    }
    const [near] = closeNames(name, known, 1);
    return [`${name}: nothing of this name was handed off${near === undefined ? "" : `; did you mean ${near}?`}`];
  });
  if (problems.length === 0) return;
  const hint =
    known.length === 0 ? "This stack hands nothing off: see docs/portal.md." : `There are ${known.join(", ")}.`;
  throw new MsemError("MSEM_INVALID", `nothing was confirmed\n${problems.map((one) => `  ${one}`).join("\n")}`, {
    hint,
  });
}

async function record(chosen: readonly Waiting[], stack: string | undefined, now: Date, io: CommandIo): Promise<void> {
  for (const { name, requestedDateTime } of chosen) {
    // A clock that is behind must not make the word older than the request that it answers.
    const asked = new Date(requestedDateTime);
    const time = (now > asked ? now : asked).toISOString();
    // Not `set-all`: it takes a "=" in a name for the end of the key.
    const args = ["config", "set", "--path", `msem:confirmed["${quoted(name)}"]`, time, "--plaintext"];
    await runPulumi(args, stack, io.env);
    io.stdout.write(`${name}: confirmed at ${time}\n`);
  }
}

/** As a key in a path of Pulumi's. */
function quoted(name: string): string {
  return name.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
