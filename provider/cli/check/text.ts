/** `--format text`, for a person: the verdict, what to do, then the details grouped, each with file and line. */
import { grouped, type Style } from "../output";
import type { CheckedFile, Report } from "./report";
import { extraLine, prefixLine, remedies, shownExtras, shownVerdicts, titleOf } from "./words";

const shownItems = 10;
const shownPlaces = 4;

export function renderText(report: Report, checked: CheckedFile, style: Style): string {
  const { judgement } = checked;
  const verdict = judgement.inSync ? style.good("IN SYNC") : style.bad("DRIFT");
  const sections = [
    [`${verdict}  ${titleOf(report, checked)}`],
    remedies(report, checked).map(([label, text]) => `  ${`${label}:`.padEnd(9)} ${text}`),
    details(report, checked),
    judgedRules(checked, report.args.verbose),
    capacity(checked),
    checked.warnings.map((warning) => `  warning: ${warning}`),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function details({ args, resolved }: Report, checked: CheckedFile): string[] {
  const { prefixes, extra, summary } = checked.judgement;
  const groups = [
    ...shownVerdicts.map((word) => ({
      word,
      // What is as it should be is counted; the rest is shown.
      items:
        word === "present"
          ? []
          : prefixes
              .filter(({ verdict }) => verdict === word)
              .map((one) => prefixLine(checked, one, args.verbose ? Number.POSITIVE_INFINITY : shownPlaces)),
    })),
    ...shownExtras.map((word) => ({
      word,
      items: extra.filter(({ verdict }) => verdict === word).map((one) => extraLine(checked, one, resolved.serviceTag)),
    })),
  ].filter(({ word }) => summary[word] > 0);
  const width = Math.max(...groups.map(({ word }) => grouped(summary[word]).length));
  return groups.flatMap(({ word, items }) => [
    `  ${grouped(summary[word]).padStart(width)} ${word}`,
    ...cut(items, args.verbose, shownItems).map((item) => `${" ".repeat(width + 3)}${item}`),
  ]);
}

/** Which rules the verdict is about, when nobody named them all. */
function judgedRules({ file, judgement: { rules } }: CheckedFile, verbose: boolean): string[] {
  if (rules.length === 0) return [];
  const lines = rules.map(({ line, text }) => `    ${file}:${line} ${text}`);
  return [`  Judged by ${rules.length === 1 ? "this rule" : "these rules"}:`, ...cut(lines, verbose, shownPlaces)];
}

function capacity({ judgement: { capacity: room } }: CheckedFile): string[] {
  if (room.fits || room.limit === undefined) return [];
  return [
    `  too many: ${grouped(room.entries + room.additional)} entries would be in a list that holds ${grouped(room.limit)}`,
  ];
}

/** A list of at most `most` items and the count of the rest; a rest of one is shown instead of counted. */
function cut(items: readonly string[], verbose: boolean, most: number): string[] {
  if (verbose || items.length <= most + 1) return [...items];
  return [...items.slice(0, most), `… and ${grouped(items.length - most)} more (--verbose lists all)`];
}
