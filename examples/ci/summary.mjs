/** The summary of a night: Markdown that can be compared, without secrets, and what it means for the open issue. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** @typedef {"in-sync" | "drift" | "refused" | "failed"} Verdict */
/** @typedef {{ code: number | undefined, stdout: string, stderr: string, problem: string | undefined }} Outcome */
/**
 * What one run gave. `content` is what makes a report another one; `body` is that for people.
 * @typedef {{ title: string, verdict: Verdict, body: string[], content: string }} Finding
 */

/** From the harmless to the worst. @type {readonly Verdict[]} */
const order = ["in-sync", "drift", "refused", "failed"];
const headlines = { "in-sync": "✅ In sync", drift: "❌ Drift", refused: "⛔ Refused", failed: "⚠️ Check failed" };

/** Characters. An issue of GitHub holds 65,536, and the pipeline adds a line of its own. */
const summaryLimit = 60_000;
const sectionLines = 300;
const lineLimit = 400;

/**
 * The engine masks secrets and our messages hold none. What the pipeline itself handed to this step goes nowhere either:
 * each line of a variable with a telling name, from 8 characters on.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {(text: string) => string}
 */
export function redactor(env) {
  const values = Object.entries(env)
    .filter(([name]) => /token|secret|passw|passphrase|credential|private|apikey|access_?key|account_?key/i.test(name))
    .flatMap(([, value = ""]) => value.split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line.length >= 8)
    // A longer one first: it may contain another.
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text.replaceAll(/(https?:\/\/[^\s"'?#]+)\?[^\s"']+/g, "$1?[…]");
    for (const value of values) clean = clean.replaceAll(value, "[secret]");
    return clean;
  };
}

/** @param {readonly Verdict[]} verdicts */
export function worst(verdicts) {
  return verdicts.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), "in-sync");
}

/**
 * As it is, never as markup: no text can close the fence.
 *
 * @param {readonly string[]} texts
 */
export function fenced(texts) {
  const all = texts.join("\n").split("\n");
  const lines = all
    .slice(0, sectionLines)
    .map((line) => (line.length > lineLimit ? `${line.slice(0, lineLimit)}…` : line));
  if (all.length > sectionLines) lines.push(`… and ${all.length - sectionLines} more lines in the log`);
  const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence, ""];
}

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[\\`*_[\]<>|#@]/g, "\\$&");
}

/**
 * @param {readonly Finding[]} findings
 * @param {Verdict} verdict
 * @param {string} mark
 */
export function summaryOf(findings, verdict, mark) {
  const parts = [`<!-- ${mark} -->\n# ${headlines[verdict]}\n`];
  let left = summaryLimit;
  // What needs a person comes first, in case not all fits.
  for (const one of [...findings].sort((a, b) => order.indexOf(b.verdict) - order.indexOf(a.verdict))) {
    const heading = `## ${headlines[one.verdict]}: ${escaped(one.title)}\n\n`;
    const text = `${heading}${one.body.join("\n")}`;
    parts.push(
      text.length <= left ? text : `${heading}Too long for this page (${text.length} characters): see the log.\n`,
    );
    left -= Math.min(text.length, left);
  }
  return `${parts.join("\n").trimEnd()}\n`;
}

/**
 * What makes a report another one: not the ids of requests, and not the time of day.
 *
 * @param {readonly Finding[]} findings
 */
export function markOf(findings) {
  const content = JSON.stringify(findings.map(({ title, content }) => [title, content]))
    .replaceAll(/\((client )?request id [^)]*\)/g, "")
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, "");
  return `msem-drift-sha256-${createHash("sha256").update(content).digest("hex")}`;
}

/**
 * @param {Verdict} verdict
 * @param {string} mark
 * @param {string | undefined} file the open issue
 */
export function issueStep(verdict, mark, file) {
  const text = file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
  const open = [...text.matchAll(/msem-drift-sha256-[0-9a-f]{64}/g)].at(-1)?.[0];
  if (verdict === "in-sync") return open === undefined ? "none" : "close";
  if (open === undefined) return "open";
  return open === mark ? "none" : "update";
}
