import { spawn } from "node:child_process";
import path from "node:path";

/** Output of a set-up command kept for its error message: 200 KB, the end of it. */
const KEPT_OUTPUT = 200_000;
/** Time between SIGTERM and SIGKILL for a command that is stopped: 5 s. */
const GRACE_MS = 5_000;
/** Time between two signs of life of a long command: 15 s. */
export const HEARTBEAT_MS = 15_000;

/**
 * How a set-up command ended.
 *
 * @typedef {object} Outcome
 * @property {number | null} code Exit code; null when it was killed or never started.
 * @property {boolean} ok It ran and exited with 0.
 * @property {string} output Standard output and standard error as they came, the last 200 KB.
 * @property {string} stdout Standard output alone, the last 200 KB.
 * @property {string} problem One phrase of why it is not ok; empty when it is.
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] Default: the environment of this process.
 * @property {number} [deadlineMs] Milliseconds after which the command and its children are killed. Default: none.
 * @property {AbortSignal} [signal] Kills the command and its children when it fires.
 * @property {(seconds: number) => void} [heartbeat] Called every `heartbeatMs` with the seconds that have passed.
 * @property {number} [heartbeatMs] Default: 15 s.
 */

/**
 * Runs a set-up command quietly and waits for it. It never throws: how it ended is in the result.
 *
 * The command leads a process group of its own, so that a deadline or an interrupt also ends what it started (npm and
 * the installer would otherwise leave their children behind).
 *
 * @param {string} command A program on PATH or a full path. A `.cmd` file runs through the Windows command processor.
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  const { cwd, env = process.env, deadlineMs, signal, heartbeat, heartbeatMs = HEARTBEAT_MS } = options;
  if (signal?.aborted) return Promise.resolve(failure("interrupted", "", "", null));
  return new Promise((resolve) => {
    const started = Date.now();
    let output = "";
    let stdout = "";
    let stopped = "";
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    const [file, argv, verbatim] = forPlatform(command, args);
    const child = spawn(file, argv, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    /** @param {string} why */
    const stop = (why) => {
      if (stopped !== "") return;
      stopped = why;
      killTree(child.pid, "SIGTERM");
      killTimer = setTimeout(() => killTree(child.pid, "SIGKILL"), GRACE_MS);
    };
    const onAbort = () => stop("interrupted");
    signal?.addEventListener("abort", onAbort, { once: true });
    const deadline = deadlineMs
      ? setTimeout(() => stop(`did not finish within ${formatDuration(deadlineMs)}`), deadlineMs)
      : undefined;
    const beat = heartbeat
      ? setInterval(() => heartbeat(Math.round((Date.now() - started) / 1000)), heartbeatMs)
      : undefined;
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stdout = (stdout + text).slice(-KEPT_OUTPUT);
      output = (output + text).slice(-KEPT_OUTPUT);
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      clearTimeout(deadline);
      clearTimeout(killTimer);
      clearInterval(beat);
      signal?.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    child.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      settle(failure(error.code === "ENOENT" ? "not found" : `could not start (${error.code})`, output, stdout, null));
    });
    // Not "close": a grandchild that keeps the pipes open would hold up a command that has already been killed.
    child.on("exit", (code, killedBy) => {
      const end = () => {
        // Whatever the leader left in its group goes with it.
        if (stopped !== "") killTree(child.pid, "SIGKILL");
        if (stopped !== "") return settle(failure(stopped, output, stdout, code));
        if (code === 0) return settle({ code, ok: true, output, stdout, problem: "" });
        return settle(failure(killedBy ? `was ended by ${killedBy}` : `exit code ${code}`, output, stdout, code));
      };
      const drained = setTimeout(end, 500);
      child.on("close", () => {
        clearTimeout(drained);
        end();
      });
    });
  });
}

/**
 * @param {string} problem
 * @param {string} output
 * @param {string} stdout
 * @param {number | null} code
 * @returns {Outcome}
 */
function failure(problem, output, stdout, code) {
  return { code, ok: false, output, stdout, problem };
}

/**
 * Node refuses to start `.cmd` files without a shell (CVE-2024-27980), and its `shell` option quotes nothing.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[], boolean]}
 */
function forPlatform(command, args) {
  if (process.platform !== "win32" || path.extname(command).toLowerCase() !== ".cmd")
    return [command, [...args], false];
  const line = [command, ...args].map((part) => `"${part}"`).join(" ");
  return [process.env.ComSpec || "cmd.exe", ["/d", "/s", "/c", `"${line}"`], true];
}

/**
 * @param {number | undefined} pid Leader of the group.
 * @param {NodeJS.Signals} signal
 */
function killTree(pid, signal) {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on("error", () => {});
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
}

/**
 * A duration for people: `850 ms`, `17 s`, `3 min 12 s`.
 *
 * @param {number} ms Milliseconds.
 * @returns {string}
 */
export function formatDuration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * The end of a command's output, indented for a message.
 *
 * @param {string} output
 * @param {number} lines How many lines, counted from the end.
 * @returns {string} Empty when there was no output.
 */
export function lastLines(output, lines) {
  const all = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  return all
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join("\n");
}

/**
 * What a command that failed said last, or how it ended when it said nothing.
 *
 * @param {Outcome} outcome
 * @returns {string}
 */
export function lastLine(outcome) {
  return lastLines(outcome.output, 1).trim() || outcome.problem;
}

/** A failure of the set-up that a person can act on: its message stands alone, without a stack. */
export class SetupError extends Error {
  /** @param {string} message What went wrong and what to do. */
  constructor(message) {
    super(message);
    this.name = "SetupError";
  }
}
