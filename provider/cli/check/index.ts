/** `msem check FILE…`: does this configuration let in everybody who calls from the published addresses? */
import { judge, type Model, type Subject } from "../../core/allowlist/index";
import { MsemError } from "../../core/errors";
import type { ResolvedTag } from "../../core/servicetags/index";
import { readConfig } from "../../firewalls/index";
import { readText } from "../../ranges/readText";
import type { Resolver } from "../../ranges/resolve";
import { desiredRanges } from "../desired";
import { type CommandIo, describeError, exitCodes, grouped, guarded, styleFor } from "../output";
import { commandResolver } from "../rangeSource";
import { renderJson } from "./document";
import { renderJunit } from "./junit";
import { renderMarkdown } from "./markdown";
import type { CheckArguments, CheckedFile, Report } from "./report";
import { renderSarif } from "./sarif";
import { renderText } from "./text";

/**
 * Prints the verdict and resolves to the exit code: 0 in sync, 2 drift, 1 with a message on stderr. With several files
 * each that can be judged is; an error of one makes the code 1, because silence about it would look like a verdict.
 */
export function runCheck(
  args: CheckArguments,
  io: CommandIo,
  resolver: Resolver = commandResolver(io),
): Promise<number> {
  return guarded(io, async () => {
    if (args.list !== undefined && args.rule !== undefined) {
      throw new MsemError(
        "MSEM_INVALID",
        "--list and --rule exclude each other: a list is judged by its members alone",
      );
    }
    const { resolved, previous } = await desiredRanges(args, resolver);
    const files: CheckedFile[] = [];
    const failures: unknown[] = [];
    for (const file of args.files) {
      try {
        files.push(checkFile(file, await readText(file), args, resolved, previous));
      } catch (error) {
        failures.push(error);
      }
    }
    const report: Report = { args, resolved, files };
    if (files.length > 0) io.stdout.write(render(report, io));
    for (const error of failures) io.stderr.write(`${describeError(error, styleFor(io.stderr, io.env))}\n`);
    if (failures.length > 0) return exitCodes.error;
    return files.every(({ judgement }) => judgement.inSync) ? exitCodes.ok : exitCodes.drift;
  });
}

export function subjectOf({ list, rule }: Pick<CheckArguments, "list" | "rule">): Subject {
  if (list !== undefined) return { kind: "list", names: list };
  return rule === undefined ? { kind: "inbound" } : { kind: "rule", name: rule };
}

function checkFile(
  file: string,
  content: string,
  args: CheckArguments,
  resolved: ResolvedTag,
  previous: Parameters<typeof judge>[0]["previous"],
): CheckedFile {
  const { format, model } = readConfig(content, file, args.vendor);
  const judgement = judge({
    model,
    subject: subjectOf(args),
    desired: resolved.prefixes,
    capability: format.capability,
    ...(previous === undefined ? {} : { previous }),
  });
  const warnings = [
    ...resolved.notes.map((note) => `${args.ranges}: ${note}`),
    ...judgement.sets
      .filter(({ entries }) => entries.length === 0)
      .map(({ name }) => (name === "" ? `${file} has no entries` : `${file}: ${name} has no entries`)),
    ...judgement.warnings,
    ...noteWarnings(model, args.verbose),
  ];
  return { file, format, model, judgement, warnings };
}

const shownNotes = 20;

function noteWarnings({ file, notes }: Model, verbose: boolean): string[] {
  const shown = verbose ? notes.first : notes.first.slice(0, shownNotes);
  const rest = notes.count - shown.length;
  const more = verbose ? "" : " (--verbose lists more)";
  return [
    ...shown.map(({ line, message }) => `${file}:${line}: ${message}`),
    ...(rest > 0 ? [`${file}: … and ${grouped(rest)} more lines of this kind${more}`] : []),
  ];
}

function render(report: Report, io: CommandIo): string {
  switch (report.args.format) {
    case "text":
      return report.files.map((file) => renderText(report, file, styleFor(io.stdout, io.env))).join("\n");
    case "json":
      return renderJson(report);
    case "markdown":
      return renderMarkdown(report);
    case "sarif":
      return renderSarif(report);
    case "junit":
      return renderJunit(report);
  }
}
