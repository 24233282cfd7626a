import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Signals that a person or a supervisor stops us with. SIGHUP is sent when a terminal is closed.
 *
 * @type {readonly NodeJS.Signals[]}
 */
const STOP_SIGNALS = process.platform === "win32" ? ["SIGINT", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * The exit code that shells give a process ended by a signal.
 *
 * @param {NodeJS.Signals} signal
 * @returns {number} 128 and the signal's number.
 */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

/**
 * Listens for the signals that stop us, until it is told to end.
 *
 * @param {(signal: NodeJS.Signals) => void} listener
 * @returns {() => void} Ends the listening.
 */
export function onStopSignal(listener) {
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, listener);
  };
}

/**
 * Runs a command in front, on our own input and output, passes on the signals that stop us and waits for its end.
 *
 * Ctrl-C in a terminal reaches the command without us, as it does every process in front. Passing it on as well would
 * make two of one, and the second interrupt is what Pulumi takes as "stop at once, without tidying up"; so SIGINT is
 * passed on only where no terminal is.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: Record<string, string | undefined> }} options
 * @returns {Promise<{ code: number, stopped: boolean }>} The command's exit code, 128 and the number of the signal that
 *   ended it, or 127 when it could not be started; and whether we were told to stop meanwhile.
 */
export function runInFront(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    let stopped = false;
    const child = spawn(command, [...args], { cwd, env, stdio: "inherit" });
    const end = onStopSignal((signal) => {
      stopped = true;
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
    child.on("error", (error) => {
      end();
      console.error(`${command} could not be started: ${error.message}`);
      resolve({ code: 127, stopped });
    });
    child.on("exit", (code, signal) => {
      end();
      resolve({ code: signal ? exitCodeOf(signal) : (code ?? 1), stopped });
    });
  });
}
