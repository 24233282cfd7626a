/** `--format junit`: a test case for each published prefix. */
import { formatPrefix } from "../../core/ip/index";
import type { CheckedFile, Report } from "./report";
import { extraLine, prefixLine, titleOf } from "./words";

export function renderJunit(report: Report): string {
  const suites = report.files.map((file) => suiteOf(report, file));
  return `${['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>"].join("\n")}\n`;
}

function suiteOf(report: Report, checked: CheckedFile): string {
  const { prefixes, extra, summary } = checked.judgement;
  const failures = summary.missing + summary.partial + summary.shadowed + summary.undecided;
  const cases = prefixes.map((one) => {
    const open = `    <testcase classname="${escaped(checked.file)}" name="${formatPrefix(one.prefix)}"`;
    if (one.verdict === "present" || one.verdict === "covered") return `${open}/>`;
    if (one.verdict === "unsupported")
      return `${open}><skipped message="unsupported by ${checked.format.id}"/></testcase>`;
    const message = escaped(`${one.verdict}: ${prefixLine(checked, one, 4)}`);
    return `${open}><failure type="${one.verdict}" message="${message}"/></testcase>`;
  });
  const others = extra
    .map((one) => `${one.verdict}: ${extraLine(checked, one, report.resolved.serviceTag)}\n`)
    .join("");
  return [
    `  <testsuite name="${escaped(titleOf(report, checked))}" tests="${summary.desired}" failures="${failures}" errors="0" skipped="${summary.unsupported}">`,
    ...cases,
    ...(others === "" ? [] : [`    <system-out>${escaped(others)}</system-out>`]),
    "  </testsuite>",
  ].join("\n");
}

/** XML has no way to write most control characters: they become a question mark. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
