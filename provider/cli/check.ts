/** `msem check LIST --ranges FILE`: is everything in this list that Microsoft calls from? */
import {
  type ExtraEntry,
  type JudgedPrefix,
  type Judgement,
  judgeList,
  type ListEntry,
  type ListProblem,
  parsePlainList,
} from "../core/allowlist/index";
import { MsemError } from "../core/errors";
import { addressCount, containsPrefix, formatPrefix } from "../core/ip/index";
import type { ResolvedTag } from "../core/servicetags/index";
import { defaultServiceTag } from "../ranges/index";
import { readText } from "../ranges/readText";
import { resolveFile } from "../ranges/resolve";
import { type CommandIo, counted, exitCodes, grouped, guarded, type Style, styleFor } from "./output";

export const checkFormats = ["text", "json"] as const;
export type CheckFormat = (typeof checkFormats)[number];

export interface CheckArguments {
  /** A plain list: one prefix or address per line, comments with `#` or `;`. */
  readonly list: string;
  /** A weekly file, or one with a single tag object. */
  readonly ranges: string;
  readonly tag: string;
  readonly format: CheckFormat;
  /** Lists are not cut. */
  readonly verbose: boolean;
}

/** Prints the verdict and resolves to the exit code: 0 in sync, 2 drift, 1 with a message on stderr. */
export function runCheck(args: CheckArguments, io: CommandIo): Promise<number> {
  return guarded(io, async () => {
    const resolved = await resolveFile(args.ranges, args.tag);
    const { entries, problems } = parsePlainList(await readText(args.list));
    // A verdict on half a list could be wrong in both directions, so there is none.
    if (problems.length > 0) throw unreadable(args, problems);
    const judgement = judgeList(resolved.prefixes, entries);
    const warnings = collectWarnings(args, resolved, entries);
    io.stdout.write(
      args.format === "json"
        ? renderJson(args, resolved, judgement, warnings)
        : renderText(args, resolved, judgement, warnings, styleFor(io.stdout, io.env)),
    );
    return judgement.inSync ? exitCodes.ok : exitCodes.drift;
  });
}

const shownProblems = 20;

function unreadable(args: CheckArguments, problems: readonly ListProblem[]): MsemError {
  const shown = args.verbose ? problems : problems.slice(0, shownProblems);
  const rest = problems.length - shown.length;
  const lines = shown.map(({ line, message }) => `\n  ${args.list}:${line}: ${message}`).join("");
  const more = rest > 0 ? `\n  … and ${grouped(rest)} more (--verbose lists all)` : "";
  const count = counted(problems.length, "entry that is no address", "entries that are no addresses");
  return new MsemError("MSEM_INVALID", `${args.list} has ${count}; nothing was judged${lines}${more}`);
}

/** Wider than any prefix that Microsoft should ever publish: an entry that admits so much deserves a word. */
const widestUsual = { ipv4: 16, ipv6: 40 } as const;

function collectWarnings(args: CheckArguments, resolved: ResolvedTag, entries: readonly ListEntry[]): string[] {
  const wide = entries.filter(
    (entry) =>
      entry.prefix.length < widestUsual[entry.prefix.family] &&
      resolved.prefixes.some((prefix) => entry.prefix.length < prefix.length && containsPrefix(entry.prefix, prefix)),
  );
  return [
    ...resolved.notes.map((note) => `${args.ranges}: ${note}`),
    ...(entries.length === 0 ? [`${args.list} has no entries`] : []),
    ...wide.map(
      ({ text, prefix, line }) =>
        `${args.list}:${line}: ${text} admits ${counted(addressCount(prefix), "address", "addresses")}, ` +
        `far more than ${resolved.serviceTag} has`,
    ),
  ];
}

function renderJson(
  args: CheckArguments,
  resolved: ResolvedTag,
  { inSync, summary, prefixes, extra }: Judgement,
  warnings: readonly string[],
): string {
  const document = {
    schemaVersion: 1,
    file: args.list,
    vendor: "text",
    list: null,
    tag: resolved.serviceTag,
    changeNumber: resolved.changeNumber,
    inSync,
    summary,
    prefixes: prefixes.map(({ prefix, verdict, by }) => ({
      prefix: formatPrefix(prefix),
      verdict,
      by: by.map(({ text, line }) => ({ entry: text, line })),
    })),
    extra: extra.map(({ entry, verdict }) => ({ entry: entry.text, verdict, line: entry.line })),
    warnings,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function renderText(
  args: CheckArguments,
  resolved: ResolvedTag,
  judgement: Judgement,
  warnings: readonly string[],
  style: Style,
): string {
  const verdict = judgement.inSync ? style.good("IN SYNC") : style.bad("DRIFT");
  const against = `${resolved.serviceTag} change ${resolved.changeNumber}`;
  const count = counted(judgement.summary.desired, "prefix", "prefixes");
  const sections = [
    [`${verdict}  ${args.list}  against ${against}, ${count}`],
    whatToDo(args, resolved, judgement),
    details(args, judgement),
    warnings.map((warning) => `  warning: ${warning}`),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function whatToDo(args: CheckArguments, { serviceTag }: ResolvedTag, { inSync, summary }: Judgement): string[] {
  if (inSync) return [];
  const lacking = [
    ...(summary.missing > 0 ? [`${grouped(summary.missing)} missing`] : []),
    ...(summary.partial > 0 ? [`${grouped(summary.partial)} partial`] : []),
  ];
  const noun = summary.missing + summary.partial === 1 ? "prefix" : "prefixes";
  const tag = serviceTag === defaultServiceTag ? "" : ` --tag ${serviceTag}`;
  // A path with a blank in it is quoted, so that the line can be pasted.
  const ranges = /\s/.test(args.ranges) ? `"${args.ranges}"` : args.ranges;
  return [
    `  To do:    add the ${lacking.join(" and ")} ${noun} to ${args.list}`,
    `  In full:  msem ranges ${ranges}${tag} --format text`,
  ];
}

function details(args: CheckArguments, { prefixes, extra, summary }: Judgement): string[] {
  const at = ({ text, line }: ListEntry): string => `${args.list}:${line} ${text}`;
  const named = ({ prefix }: JudgedPrefix): string => formatPrefix(prefix);
  const admitted = ({ prefix, by }: JudgedPrefix): string =>
    `${formatPrefix(prefix)}  by ${cut(by.map(at), args.verbose, shownEntries).join(", ")}`;
  const repeated = ({ entry, first }: ExtraEntry): string =>
    first === undefined ? at(entry) : `${at(entry)}  (already in line ${first.line})`;
  const judged = (verdict: JudgedPrefix["verdict"]) => prefixes.filter((one) => one.verdict === verdict);
  const others = (verdict: ExtraEntry["verdict"]) => extra.filter((one) => one.verdict === verdict);
  const groups = [
    { word: "missing", items: judged("missing").map(named) },
    { word: "partial", items: judged("partial").map(admitted) },
    { word: "present", items: [] },
    { word: "covered", items: judged("covered").map(admitted) },
    { word: "foreign", items: others("foreign").map(({ entry }) => at(entry)) },
    { word: "duplicate", items: others("duplicate").map(repeated) },
  ] as const;
  const shown = groups.filter(({ word }) => summary[word] > 0);
  const width = Math.max(...shown.map(({ word }) => grouped(summary[word]).length));
  return shown.flatMap(({ word, items }) => [
    `  ${grouped(summary[word]).padStart(width)} ${word}`,
    ...cut(items, args.verbose, shownItems).map((item) => `${" ".repeat(width + 3)}${item}`),
  ]);
}

const shownItems = 10;
const shownEntries = 4;

/** A list of at most `most` items and the count of the rest; a rest of one is shown instead of counted. */
function cut(items: readonly string[], verbose: boolean, most: number): string[] {
  if (verbose || items.length <= most + 1) return [...items];
  return [...items.slice(0, most), `… and ${grouped(items.length - most)} more (--verbose lists all)`];
}
