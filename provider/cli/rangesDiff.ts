/** `msem ranges diff OLD NEW`: what changed in a service tag, and whether the guards would let it through. */
import { MsemError } from "../core/errors";
import { formatPrefix, type Prefix } from "../core/ip/index";
import {
  type Accepted,
  type JudgedList,
  judgeGuardOptions,
  judgePublished,
  type Published,
} from "../core/servicetags/index";
import { toPublished } from "../ranges/published";
import { type LookedUp, lookUpRanges, type Resolver } from "../ranges/resolve";
import { type CommandIo, exitCodes, grouped, guarded, type Style, styleFor } from "./output";
import { commandResolver, type SourceOptions, wantedRanges } from "./rangeSource";

export const rangesDiffFormats = ["text", "json", "markdown"] as const;
export type RangesDiffFormat = (typeof rangesDiffFormats)[number];

export interface RangesDiffArguments extends SourceOptions {
  /** `downloadCenter`, `serviceTagApi`, an address, or a file. */
  readonly old: string;
  readonly new: string;
  readonly format: RangesDiffFormat;
  /** Lists are not cut. */
  readonly verbose: boolean;
}

/** One side: what is published there, and where that is from. */
interface Side {
  readonly published: Published;
  readonly lookedUp: LookedUp;
}

interface Comparison {
  readonly from: Side;
  readonly to: Side;
  readonly judged: JudgedList;
  /** `Scuba 30 -> 31: 9 added, 0 removed, 251 kept`. */
  readonly step: string;
}

/** Prints what changed and resolves to the exit code: 0 equal, 2 changes, 3 refused by a guard, 1 error. */
export function runRangesDiff(
  args: RangesDiffArguments,
  io: CommandIo,
  resolver: Resolver = commandResolver(io),
): Promise<number> {
  return guarded(io, async () => {
    const [from, to] = [await sideOf(args.old, args, resolver), await sideOf(args.new, args, resolver)];
    const comparison = compare(args, from, to);
    if (from.published.counter !== to.published.counter) {
      io.stderr.write(
        `note: change numbers are not compared, because these are different counters: ${from.published.counter} and ${to.published.counter}\n`,
      );
    }
    io.stdout.write(render(comparison, args, styleFor(io.stdout, io.env)));
    return exitCodeOf(comparison);
  });
}

async function sideOf(text: string, args: RangesDiffArguments, resolver: Resolver): Promise<Side> {
  const wanted = wantedRanges(text, args);
  const lookedUp = await lookUpRanges(wanted, resolver);
  return { published: toPublished(wanted, lookedUp), lookedUp };
}

function compare(args: RangesDiffArguments, from: Side, to: Side): Comparison {
  const { counter, changeNumber, prefixes, hint } = from.published;
  if (changeNumber === undefined) {
    throw new MsemError("MSEM_INVALID", `${args.old} has no service tag ${JSON.stringify(args.tag)}`, {
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const accepted: Accepted = { counter, changeNumber, prefixes, quarantine: [] };
  const { policy } = judgeGuardOptions(undefined);
  // No prefix of OLD is in quarantine, so that the day does not matter.
  const judged = judgePublished({ published: to.published, accepted, policy, now: new Date(0) });
  const { added, removed, kept } = judged.diff;
  const numbers = to.published.changeNumber ?? "missing";
  const step = `${from.published.serviceTag} ${changeNumber} -> ${numbers}: ${grouped(added.length)} added, ${grouped(removed.length)} removed, ${grouped(kept.length)} kept`;
  return { from, to, judged, step };
}

function exitCodeOf({ judged }: Comparison): number {
  if (judged.verdict === "refuse") return exitCodes.refused;
  return judged.diff.added.length + judged.diff.removed.length === 0 ? exitCodes.ok : exitCodes.drift;
}

function render(comparison: Comparison, args: RangesDiffArguments, style: Style): string {
  switch (args.format) {
    case "json":
      return json(comparison);
    case "markdown":
      return markdown(comparison);
    case "text":
      return text(comparison, args.verbose, style);
  }
}

function json({ from, to, judged }: Comparison): string {
  const document = {
    from: describe(from),
    to: describe(to),
    added: judged.diff.added.map(formatPrefix),
    removed: judged.diff.removed.map(formatPrefix),
    verdict: judged.verdict,
    reasons: judged.reasons,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function describe({ published, lookedUp }: Side): object {
  const { source, cloud, fileChangeNumber, fileDate } = lookedUp.provenance;
  return {
    changeNumber: published.changeNumber ?? null,
    tag: published.serviceTag,
    cloud: cloud ?? null,
    counter: lookedUp.document.counter,
    fileChangeNumber: fileChangeNumber ?? null,
    fileDate: fileDate ?? null,
    source,
    prefixes: published.prefixes.length,
  };
}

/** First the verdict, then what to do, then the lists. */
function text({ judged, step }: Comparison, verbose: boolean, style: Style): string {
  const { added, removed } = judged.diff;
  const lines = [`${verdictOf(judged, style)}  ${step}`];
  for (const { code, message, override } of judged.reasons) {
    lines.push("", `  ${code}: ${message}`, `  if you are sure: ${override}`);
  }
  const list = [...cut(removed, "-", verbose), ...cut(added, "+", verbose)];
  if (list.length > 0) lines.push("", ...list);
  return `${lines.join("\n")}\n`;
}

function verdictOf({ verdict, diff }: JudgedList, style: Style): string {
  if (verdict === "refuse") return style.bad("REFUSED");
  return diff.added.length + diff.removed.length === 0 ? style.good("EQUAL") : style.good("ACCEPT");
}

const shownPrefixes = 20;

function cut(prefixes: readonly Prefix[], mark: string, verbose: boolean): string[] {
  const shown = verbose ? prefixes : prefixes.slice(0, shownPrefixes);
  const lines = shown.map((prefix) => `  ${mark} ${formatPrefix(prefix)}`);
  const rest = prefixes.length - shown.length;
  return rest > 0 ? [...lines, `  ${mark} … and ${grouped(rest)} more (--verbose lists all)`] : lines;
}

/** For a pull request or a ticket: whole lists, folded away. */
function markdown({ judged, step }: Comparison): string {
  const { added, removed } = judged.diff;
  const reasons = judged.reasons.map(
    ({ code, message, override }) => `- **${code}**: ${message} If you are sure: \`${override}\``,
  );
  return `${[
    `### ${step}`,
    `Verdict: **${judged.verdict}**`,
    ...(reasons.length === 0 ? [] : [reasons.join("\n")]),
    ...folded("Removed", removed),
    ...folded("Added", added),
  ].join("\n\n")}\n`;
}

function folded(title: string, prefixes: readonly Prefix[]): string[] {
  if (prefixes.length === 0) return [];
  const list = prefixes.map(formatPrefix).join("\n");
  return [`<details><summary>${title}: ${grouped(prefixes.length)}</summary>\n\n\`\`\`\n${list}\n\`\`\`\n\n</details>`];
}
