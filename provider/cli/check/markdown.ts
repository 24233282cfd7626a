/** `--format markdown`: a summary for the page of a job, an issue or a comment. Deterministic, so that it can be compared. */
import { grouped } from "../output";
import type { CheckedFile, Report } from "./report";
import { extraLine, prefixLine, remedies, shownExtras, shownVerdicts, titleOf } from "./words";

const shownItems = 100;

export function renderMarkdown(report: Report): string {
  return report.files.map((file) => section(report, file)).join("\n");
}

function section(report: Report, checked: CheckedFile): string {
  const { judgement, warnings } = checked;
  const { summary } = judgement;
  const counts = [...shownVerdicts, ...shownExtras].filter((word) => summary[word] > 0);
  const commands = remedies(report, checked);
  return [
    `## ${judgement.inSync ? "✅ In sync" : "❌ Drift"}: ${escaped(titleOf(report, checked))}`,
    "",
    "| Verdict | Count |",
    "|---|---:|",
    ...counts.map((word) => `| ${word} | ${grouped(summary[word])} |`),
    "",
    ...(commands.length === 0
      ? []
      : ["```", ...commands.map(([label, text]) => `${`${label}:`.padEnd(7)}${text}`), "```", ""]),
    ...details(report, checked),
    ...(warnings.length === 0
      ? []
      : ["Warnings:", "", ...warnings.slice(0, shownItems).map((text) => `- ${escaped(text)}`), ""]),
  ].join("\n");
}

function details({ resolved }: Report, checked: CheckedFile): string[] {
  const { prefixes, extra } = checked.judgement;
  const groups = [
    ...shownVerdicts
      .filter((word) => word !== "present" && word !== "covered")
      .map((word) => ({
        word,
        items: prefixes.filter(({ verdict }) => verdict === word).map((one) => prefixLine(checked, one, 4)),
      })),
    ...shownExtras.map((word) => ({
      word,
      items: extra.filter(({ verdict }) => verdict === word).map((one) => extraLine(checked, one, resolved.serviceTag)),
    })),
  ].filter(({ items }) => items.length > 0);
  return groups.flatMap(({ word, items }) => {
    const rest = items.length - shownItems;
    return [
      `<details><summary>${grouped(items.length)} ${word}</summary>`,
      "",
      ...items.slice(0, shownItems).map((item) => `- ${code(item)}`),
      ...(rest > 0 ? [`- and ${grouped(rest)} more`] : []),
      "",
      "</details>",
      "",
    ];
  });
}

/** A configuration's text is shown as it is and never as markup. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const gap = longest > 0 ? " " : "";
  return `${fence}${gap}${text}${gap}${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#@]/g, (char) => `\\${char}`);
}
