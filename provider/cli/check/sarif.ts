/** `--format sarif`: SARIF 2.1.0, with a result at a line for everything that is not as it should be. */
import { formatPrefix } from "../../core/ip/index";
import type { CheckedFile, Report } from "./report";
import { extraLine, prefixLine } from "./words";

type Level = "error" | "warning" | "note";

/** Every finding is a rule of its own, so that a reader can filter by it. Present and covered are no findings. */
const rules = {
  missing: { level: "error", text: "A published prefix is not let in" },
  partial: { level: "error", text: "A published prefix is let in only in part" },
  shadowed: { level: "error", text: "A stronger deny rule takes a published prefix" },
  undecided: { level: "warning", text: "A term that is not in the file decides whether a published prefix is let in" },
  unsupported: { level: "note", text: "This format or list cannot hold a published prefix" },
  stale: { level: "warning", text: "An entry is left over from an earlier published list" },
  foreign: { level: "note", text: "An entry has nothing to do with the published list" },
  overbroad: { level: "warning", text: "An entry lets in far more than it needs to" },
  duplicate: { level: "note", text: "An entry stands there twice" },
} as const satisfies Record<string, { level: Level; text: string }>;

type RuleId = keyof typeof rules;

const ruleIds = Object.keys(rules) as RuleId[];

export function renderSarif(report: Report): string {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "msem",
            informationUri: "https://learn.microsoft.com/security-exposure-management/configure-data-connectors",
            rules: ruleIds.map((id) => ({
              id,
              shortDescription: { text: rules[id].text },
              defaultConfiguration: { level: rules[id].level },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: report.files.flatMap((file) => resultsOf(report, file)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultsOf({ resolved }: Report, checked: CheckedFile) {
  const { prefixes, extra, sets, rules: judged } = checked.judgement;
  // What is missing stands nowhere: the head of its list is where it belongs.
  const home = sets[0]?.line ?? judged[0]?.line ?? 1;
  const prefixResults = prefixes.flatMap((one) => {
    if (one.verdict === "present" || one.verdict === "covered") return [];
    const message = `${resolved.serviceTag} ${one.verdict}: ${prefixLine(checked, one, 4)}`;
    return [result(checked.file, one.verdict, message, one.by[0]?.line ?? home, formatPrefix(one.prefix))];
  });
  const extraResults = extra.map((one) => {
    const message = `${one.verdict}: ${extraLine(checked, one, resolved.serviceTag)}`;
    return result(checked.file, one.verdict, message, one.leaf.entry.line, one.leaf.entry.text);
  });
  return [...prefixResults, ...extraResults];
}

function result(file: string, ruleId: RuleId, text: string, startLine: number, subject: string) {
  return {
    ruleId,
    ruleIndex: ruleIds.indexOf(ruleId),
    level: rules[ruleId].level,
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine } } }],
    // Lines move; the finding is the same while its subject is.
    partialFingerprints: { "msem/v1": `${ruleId} ${subject}` },
  };
}

/** A relative path as a URI reference: slashes, and everything else encoded that is no part of a path. */
function uriOf(file: string): string {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}
