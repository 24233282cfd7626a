/** Reads what `pulumi preview --diff` prints: the verdict, the reasons, and the differences of our resources. */
import { escaped, fenced, worst } from "./summary.mjs";

/** @import { Finding, Outcome, Verdict } from "./summary.mjs" */

/** What the engine says because of another error, or because of the changes themselves. */
const consequences = /^(preview|update) failed$|^no changes were expected|resource monitor (is|has|was|shut)/i;
const diagnostic = /^ {0,4}(error|warning): (.*)$/;
/** A resource in the engine's diff: `    ~ pulumi-nodejs:dynamic/msem:QualysConnector: (update)`. */
const resource = /^(\s*)(\S*)\s*(\S+:\S+:\S+): \(([a-z-]+)\)/;
const ours = /^pulumi-nodejs:dynamic\/msem:/;
/** Our line of what a new list brings: `'scuba': Scuba 30 -> 31: 2 added, …`. */
const news = /^\s*'[^']+': \S/;

/**
 * @typedef {{ level: "error" | "warning" | "info", text: string[] }} Message
 * @typedef {{ head: string, type: string, lines: string[] }} Block
 * @param {string} output of `pulumi preview --diff`
 * @returns {{ messages: Message[], blocks: Block[] }}
 */
export function readPreview(output) {
  /** @type {Message[]} */
  const messages = [];
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[] | undefined} */
  let sink;
  for (const line of output.split(/\r?\n/)) {
    const said = diagnostic.exec(line);
    const found = resource.exec(line);
    if (said !== null || news.test(line)) {
      const level = /** @type {Message["level"]} */ (said?.[1] ?? "info");
      sink = [said?.[2] ?? line.trim()];
      messages.push({ level, text: sink });
    } else if (found !== null) {
      const [, , sign = "", type = "", op = ""] = found;
      sink = undefined;
      // What is only read again or stays is no change.
      if (["same", "refresh", "read"].includes(op)) continue;
      sink = [];
      blocks.push({ head: `${sign} ${type.replace(ours, "")}: (${op})`.trim(), type, lines: sink });
    } else if (line.trim() === "" || /^\s*--outputs:--|^Resources:|^Diagnostics:|^\S.*:$/.test(line)) {
      sink = undefined;
    } else if (sink !== undefined) {
      sink.push(line);
    }
  }
  return { messages, blocks };
}

/**
 * @param {Outcome} outcome
 * @param {string} title
 * @returns {Finding}
 */
export function judgePreview({ code, stdout, stderr, problem }, title) {
  const { messages, blocks } = readPreview(`${stdout}\n${stderr}`);
  const errors = messages.filter(({ level, text }) => level === "error" && !consequences.test(text[0] ?? ""));
  const verdict = problem === undefined ? previewVerdict(code, errors) : "failed";
  const shown = blocks.filter(({ type }) => ours.test(type)).map(diffOf);
  const others = blocks.filter(({ type }) => !ours.test(type)).map(({ head, lines }) => `${head} ${nameOf(lines)}`);
  const reasons = messages
    .filter((one) => errors.includes(one) || one.level === "info" || /^'|MSEM_/.test(one.text[0] ?? ""))
    .map(({ level, text }) =>
      [level === "info" ? (text[0] ?? "") : `${level}: ${text[0]}`, ...text.slice(1)].join("\n"),
    );
  const why = problem ?? (verdict === "failed" ? `pulumi preview ended with exit code ${code}` : "");
  // Resources come in whatever order they were ready in.
  const parts = [[...new Set(reasons)], shown, others].map((texts) => texts.sort());
  const [told = [], diff = [], rest = []] = parts;
  return {
    title,
    verdict,
    body: [
      ...(why === "" ? [] : [escaped(`${why}.`), ""]),
      ...(told.length > 0 ? fenced(told) : []),
      ...(diff.length > 0 ? fenced(diff) : []),
      // Values of resources that are not ours are left to the log of the engine.
      ...(rest.length > 0 ? ["Other resources that differ:", "", ...fenced(rest)] : []),
      ...(verdict === "failed" && told.length === 0 ? fenced(lastLines(`${stdout}\n${stderr}`)) : []),
    ],
    content: JSON.stringify([verdict, why, parts]),
  };
}

/**
 * Pulumi ends with 7 for proposed changes, and with one code for every failure, which the errors have to tell apart.
 *
 * @param {number | undefined} code
 * @param {readonly Message[]} errors
 * @returns {Verdict}
 */
function previewVerdict(code, errors) {
  if (code === 0) return "in-sync";
  if (code === 7) return "drift";
  return errors.length === 0 ? "failed" : worst(errors.map(errorVerdict));
}

/**
 * @param {Message} error
 * @returns {Verdict}
 */
function errorVerdict({ text: [first = ""] }) {
  const code = /^(?:.* has a problem: )?(MSEM_[A-Z_]+)\b/.exec(first)?.[1];
  if (code === "MSEM_DRIFT") return "drift";
  return code === "MSEM_REFUSED" ? "refused" : "failed";
}

/** @param {Block} block */
function diffOf({ head, lines }) {
  const kept = lines.filter((line) => !/^\s*\[(id|urn|provider)=/.test(line));
  const indent = Math.min(...kept.map((line) => line.search(/\S/)).filter((at) => at >= 0), 40);
  const [what = "", op = ""] = head.split(/: (?=\([a-z-]+\)$)/);
  return [
    `${what} ${nameOf(lines)}: ${op}`,
    ...kept.map((line) => `  ${line.slice(Math.min(indent, line.length))}`),
  ].join("\n");
}

/** @param {readonly string[]} lines */
function nameOf(lines) {
  const urn = lines.map((line) => /^\s*\[urn=(.*)\]$/.exec(line)?.[1]).find((found) => found !== undefined);
  return urn?.split("::").at(-1) ?? "";
}

/** @param {string} text */
function lastLines(text) {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-20);
}
