/** `msem render FILE --list NAME`: the change that brings a list to the published ranges, in the vendor's language. */
import { describe, entriesFor, type Format, type Plan, planChange, whyUnsupported } from "../core/allowlist/index";
import { MsemError } from "../core/errors";
import { formatPrefix, type Prefix } from "../core/ip/index";
import { readConfig } from "../firewalls/index";
import { readText } from "../ranges/readText";
import type { Resolver } from "../ranges/resolve";
import { subjectOf } from "./check/index";
import { type DesiredOptions, desiredRanges } from "./desired";
import { type CommandIo, counted, exitCodes, guarded } from "./output";
import { commandResolver } from "./rangeSource";

export interface RenderArguments extends DesiredOptions {
  readonly file: string;
  readonly vendor?: string;
  /** Names of lists; absent: the only one, in a format that has no rules. */
  readonly list?: readonly string[];
  /** What takes the change back. */
  readonly rollback: boolean;
  /** The whole list instead of the change. */
  readonly full: boolean;
}

/** Prints the change on stdout, what should be known on stderr. Resolves to 0; 3 when it is refused; 1 on an error. */
export function runRender(
  args: RenderArguments,
  io: CommandIo,
  resolver: Resolver = commandResolver(io),
): Promise<number> {
  return guarded(io, async () => {
    if (args.rollback && args.full) throw new MsemError("MSEM_INVALID", "--rollback and --full exclude each other");
    const { resolved, previous } = await desiredRanges(args, resolver);
    const { prefixes: desired, serviceTag } = resolved;
    const { format, model } = readConfig(await readText(args.file), args.file, args.vendor);
    const { capability } = format;
    const plan = planChange({ model, subject: subjectOf(args), desired, previous, capability });
    for (const { set } of plan.changes) {
      const reason = format.refuse?.(set, model);
      if (reason === undefined) continue;
      throw new MsemError("MSEM_REFUSED", `${args.file}: ${describe(set)} is not changed: ${reason}`);
    }
    const text = args.full
      ? plan.changes.map(({ set }) => format.render.full(fullList(set, desired, format))).join("")
      : plan.changes.map((change) => format.render[args.rollback ? "rollback" : "change"](change, model)).join("");
    io.stdout.write(text);
    for (const line of remarks(plan, desired, format, serviceTag)) io.stderr.write(`note: ${line}\n`);
    return exitCodes.ok;
  });
}

function fullList(set: Plan["changes"][number]["set"], desired: readonly Prefix[], { capability }: Format) {
  const prefixes = desired.filter((prefix) => entriesFor(prefix, capability, set.family) > 0);
  const needed = prefixes.reduce((sum, prefix) => sum + entriesFor(prefix, capability, set.family), 0);
  const limit = Math.min(set.maxEntries ?? Number.POSITIVE_INFINITY, capability.maxEntries ?? Number.POSITIVE_INFINITY);
  if (needed > limit) {
    throw new MsemError("MSEM_REFUSED", `${describe(set)} would have ${needed} entries; it holds ${limit}`, {
      hint: "Spread the prefixes over several lists.",
    });
  }
  return { name: set.name, prefixes };
}

function remarks(
  { changes, left, judgement, warnings }: Plan,
  desired: readonly Prefix[],
  format: Format,
  tag: string,
): string[] {
  const add = changes.reduce((sum, change) => sum + change.add.length, 0);
  const remove = changes.reduce((sum, change) => sum + change.remove.length, 0);
  const keep = changes.reduce((sum, change) => sum + change.keep, 0);
  const families = new Set(changes.map(({ set }) => set.family));
  const [only] = families.size === 1 ? families : [undefined];
  const unsupported = judgement.prefixes.filter(({ verdict }) => verdict === "unsupported");
  return [
    `${tag}: ${counted(add, "entry", "entries")} added, ${remove} removed, ${keep} kept`,
    ...unsupported.map(({ prefix }) => whyUnsupported(prefix, format.capability, only)),
    ...left.map(({ prefix, verdict }) => `${formatPrefix(prefix)} stays ${verdict}: adding it changes nothing`),
    ...warnings,
    ...(desired.length === 0 ? ["nothing is published"] : []),
  ];
}
