#!/usr/bin/env node
/**
 * Drift detection for a pipeline: runs `pulumi preview` and `msem check`, gives one verdict as exit code, a summary in
 * Markdown with the reasons, and says whether an issue has to be opened, updated, closed or left alone. It changes
 * nothing. Plain Node, no packages: copy this folder into your repository.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { judgePreview } from "./preview.mjs";
import { fenced, issueStep, markOf, redactor, summaryOf, worst } from "./summary.mjs";

/** @import { Finding, Outcome, Verdict } from "./summary.mjs" */

const help = `Usage: node detect-drift.mjs [options] [-- FILE… [msem check options]]…

Runs \`pulumi preview --refresh --diff --expect-no-changes --non-interactive\`, and \`msem check\` for whatever follows a
\`--\`; each further \`--\` begins another check. Nothing is changed.

Options:
  --project DIR      folder of the Pulumi project (default: .)
  --stack NAME       the stack (default: the selected one)
  --no-preview       only the checks
  --summary FILE     where the summary goes; in GitHub Actions it is in the job's summary too
  --sarif FILE       what the checks found, for code scanning; not written when a check failed to give a verdict
  --reported FILE    the open issue as it is, in any format; absent or without our mark: there is none
  --pulumi PROGRAM   the Pulumi CLI (default: pulumi); a .js, .mjs or .cjs file runs on this Node
  --msem PROGRAM     the msem command (default: that of the project's node_modules, else msem)
  --timeout MINUTES  for each program; then it is ended and counts as failed (default: 60)
  --help

Examples:
  $ node detect-drift.mjs --stack prod --summary drift.md
  $ node detect-drift.mjs --project infra --stack prod -- configs/edge-asa.cfg --rule outside_in
  $ node detect-drift.mjs --no-preview --sarif drift.sarif -- edge.cfg --list SCUBA -- branch.conf --list SCUBA-V4

Exit codes, the worst of all runs (1 before 3 before 2):
  0  in sync
  2  drift: changes proposed (Pulumi's 7), MSEM_DRIFT, or a config that lacks prefixes
  3  refused: a guard holds (MSEM_REFUSED)
  1  a program failed, or wrong usage

Outputs, for later steps ($GITHUB_OUTPUT, or output variables in Azure Pipelines):
  verdict  in-sync, drift, refused or failed
  issue    open, update, close or none: what to do, given --reported. The same content is never reported twice
  mark     names the content; stands in the summary, and has to stand in the issue`;

const exitCodes = { "in-sync": 0, drift: 2, refused: 3, failed: 1 };
/** Characters of a program's output that are kept, 16 million: a preview of 10,000 resources has less. */
const outputLimit = 16_000_000;

/**
 * Never throws: a program that cannot start or does not end is an outcome too.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 * @returns {Promise<Outcome>}
 */
function run(program, args, timeoutMs) {
  const script = /\.[cm]?js$/.test(program);
  return new Promise((settle) => {
    const child = spawn(script ? process.execPath : program, script ? [program, ...args] : args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    const kept = { stdout: "", stderr: "" };
    let late = false;
    for (const name of /** @type {const} */ (["stdout", "stderr"])) {
      child[name].setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        kept[name] = (kept[name] + text).slice(-outputLimit);
      });
    }
    // A first signal lets Pulumi end its plugins.
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    }, timeoutMs);
    child.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      clearTimeout(timer);
      const why = error.code === "ENOENT" ? "was not found" : `could not start (${error.code})`;
      settle({ ...kept, code: undefined, problem: `${program} ${why}` });
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (late) return settle({ ...kept, code: undefined, problem: `${program} did not end in time` });
      if (signal !== null) return settle({ ...kept, code: undefined, problem: `${program} was ended by ${signal}` });
      settle({ ...kept, code: code ?? undefined, problem: undefined });
    });
  });
}

/**
 * @param {Outcome} outcome
 * @param {string} title
 * @returns {Finding}
 */
function judgeCheck({ code, stdout, stderr, problem }, title) {
  const verdicts = /** @type {Record<number, Verdict>} */ ({ 0: "in-sync", 2: "drift", 3: "refused" });
  const verdict = problem === undefined ? (verdicts[code ?? 1] ?? "failed") : "failed";
  const errors = [problem, stderr.trim()].filter((text) => text !== undefined && text !== "");
  return {
    title,
    verdict,
    // The report's headings come below ours.
    body: [
      ...(errors.length > 0 ? fenced(/** @type {string[]} */ (errors)) : []),
      ...(stdout.trim() === ""
        ? []
        : stdout
            .trimEnd()
            .replaceAll(/^(#+) /gm, "#$1 ")
            .split("\n")),
      "",
    ],
    content: JSON.stringify([verdict, errors, stdout]),
  };
}

/**
 * One log with one run: code scanning takes several runs of one tool for several analyses.
 *
 * @param {readonly string[]} texts
 */
function mergedSarif(texts) {
  const [first, ...more] = texts.map((text) => JSON.parse(text));
  for (const log of more) first.runs[0].results.push(...log.runs[0].results);
  return `${JSON.stringify(first, undefined, 2)}\n`;
}

/**
 * A program's output in the log, where no line of it may be taken for a command to the runner.
 *
 * @param {string} text
 */
function echo(text) {
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() !== "") console.log(`| ${line.replaceAll(/##(?=vso|\[)/gi, "# #")}`);
  }
}

/** @param {readonly string[]} argv */
function readArguments(argv) {
  const groups = argv.reduce(
    (all, argument) => {
      if (argument === "--") all.push([]);
      else all.at(-1)?.push(argument);
      return all;
    },
    /** @type {string[][]} */ ([[]]),
  );
  const [own = [], ...checks] = groups;
  const text = /** @type {const} */ ({ type: "string" });
  const { values } = parseArgs({
    args: own,
    strict: true,
    options: {
      project: { ...text, default: "." },
      stack: text,
      "no-preview": { type: "boolean", default: false },
      summary: text,
      sarif: text,
      reported: text,
      pulumi: { ...text, default: "pulumi" },
      msem: text,
      timeout: { ...text, default: "60" },
      help: { type: "boolean", default: false },
    },
  });
  const minutes = Number(values.timeout);
  const problems = [
    ...(minutes > 0 && minutes <= 1440 ? [] : [`--timeout ${values.timeout} is not between 0 and 1,440 minutes`]),
    ...(values["no-preview"] && checks.length === 0 ? ["--no-preview leaves nothing to do: add -- FILE…"] : []),
    ...(values.sarif !== undefined && checks.length === 0 ? ["--sarif needs a check: add -- FILE…"] : []),
    ...(checks.some((args) => args.length === 0) ? ["there is no FILE after a --"] : []),
    ...(checks.flat().some((arg) => /^--format(=|$)/.test(arg)) ? ["--format is chosen here: leave it out"] : []),
  ];
  return { values, checks, problems, timeoutMs: minutes * 60_000 };
}

/** @param {readonly string[]} argv */
async function main(argv) {
  const { values, checks, problems, timeoutMs } = readArguments(argv);
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const redact = redactor(process.env);
  const installed = join(values.project, "node_modules", "pulumi-msem", "bin", "msem.js");
  const msem = values.msem ?? (existsSync(installed) ? installed : "msem");
  /** @param {string} program @param {readonly string[]} args */
  const runClean = async (program, args) => {
    const outcome = await run(program, args, timeoutMs);
    return { ...outcome, stdout: redact(outcome.stdout), stderr: redact(outcome.stderr) };
  };

  /** @type {Finding[]} */
  const findings = [];
  if (!values["no-preview"]) {
    const preview = ["preview", "--refresh", "--diff", "--expect-no-changes", "--non-interactive", "--color", "never"];
    const where = ["--cwd", values.project, ...(values.stack === undefined ? [] : ["--stack", values.stack])];
    const outcome = await runClean(values.pulumi, [...preview, ...where]);
    echo(`${outcome.stdout}\n${outcome.stderr}`);
    findings.push(judgePreview(outcome, values.stack === undefined ? "stack" : `stack ${values.stack}`));
  }
  const sarif = [];
  for (const args of checks) {
    const outcome = await runClean(msem, ["check", ...args, "--format", "markdown"]);
    echo(`${outcome.stdout}\n${outcome.stderr}`);
    findings.push(judgeCheck(outcome, redact(args.join(" "))));
    if (values.sarif === undefined) continue;
    const scanned = await runClean(msem, ["check", ...args, "--format", "sarif"]);
    if (scanned.code === 0 || scanned.code === 2) sarif.push(scanned.stdout);
  }
  // Half a log would close the alerts of what is not in it.
  if (values.sarif !== undefined && sarif.length === checks.length) writeFileSync(values.sarif, mergedSarif(sarif));

  const verdict = worst(findings.map((one) => one.verdict));
  const mark = markOf(findings);
  const summary = summaryOf(findings, verdict, mark);
  report(summary, { verdict, issue: issueStep(verdict, mark, values.reported), mark }, values.summary);
  return exitCodes[verdict];
}

/**
 * @param {string} summary
 * @param {Readonly<Record<string, string>>} outputs
 * @param {string | undefined} file
 */
function report(summary, outputs, file) {
  const { GITHUB_STEP_SUMMARY: page, GITHUB_OUTPUT: variables, TF_BUILD: azure } = process.env;
  if (file !== undefined) writeFileSync(file, summary);
  if (page) appendFileSync(page, summary);
  if (!page && file === undefined) echo(summary);
  const pairs = Object.entries(outputs);
  if (variables) appendFileSync(variables, pairs.map(([name, value]) => `${name}=${value}\n`).join(""));
  if (azure) {
    if (file !== undefined) console.log(`##vso[task.uploadsummary]${resolve(file)}`);
    for (const [name, value] of pairs) console.log(`##vso[task.setvariable variable=${name};isOutput=true]${value}`);
  }
  console.log(pairs.map(([name, value]) => `${name}: ${value}`).join("\n"));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  console.error("node detect-drift.mjs --help shows what there is");
  process.exitCode = 1;
}
