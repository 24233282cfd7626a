/** `--format json`: the stable document. */
import { type Evidence, pathOf } from "../../core/allowlist/index";
import { bitsOf, type Family, formatPrefix } from "../../core/ip/index";
import type { CheckedFile, Report } from "./report";
import type { CheckDocument } from "./schema";

/** One document; an array of them when several files were asked for, even if only one could be judged. */
export function renderJson(report: Report): string {
  const documents = report.files.map((file) => documentOf(report, file));
  return `${JSON.stringify(report.args.files.length === 1 ? documents[0] : documents, undefined, 2)}\n`;
}

export function documentOf({ args, resolved }: Report, checked: CheckedFile): CheckDocument {
  const { judgement, format } = checked;
  const { capacity } = judgement;
  const longest = (family: Family): number | null =>
    format.capability.families.includes(family) ? (format.capability.longest?.[family] ?? bitsOf(family)) : null;
  return {
    schemaVersion: 1,
    file: checked.file,
    vendor: format.id,
    list: args.list === undefined ? null : args.list.join(","),
    rule: args.rule ?? null,
    tag: resolved.serviceTag,
    changeNumber: resolved.changeNumber,
    inSync: judgement.inSync,
    summary: judgement.summary,
    prefixes: judgement.prefixes.map(({ prefix, verdict, by }) => ({
      prefix: formatPrefix(prefix),
      verdict,
      by: by.map(evidence),
    })),
    extra: judgement.extra.map(({ leaf, verdict }) => ({
      entry: leaf.entry.text,
      verdict,
      line: leaf.entry.line,
      path: pathOf(leaf) ?? null,
    })),
    rules: judgement.rules.map(evidence),
    capacity: {
      families: [...format.capability.families],
      longest: { ipv4: longest("ipv4"), ipv6: longest("ipv6") },
      entries: capacity.entries,
      additional: capacity.additional,
      limit: capacity.limit ?? null,
      fits: capacity.fits,
    },
    warnings: [...checked.warnings],
  };
}

function evidence({ text, line, path, why }: Evidence) {
  return { entry: text, line, path: path ?? null, ...(why === undefined ? {} : { why }) };
}
