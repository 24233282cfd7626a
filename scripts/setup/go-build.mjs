import path from "node:path";
import { formatDuration, lastLine, lastLines, run } from "./run.mjs";

/** 10 s on warm Go caches, 1 to 6 minutes on empty ones on 2 cores: 20 minutes. */
const DEADLINE_MS = 20 * 60_000;

/**
 * @typedef {object} GoTool
 * @property {string} root Root of the repository.
 * @property {string} folder Folder below tools/ whose go.mod pins the tool.
 * @property {string} module What is built.
 * @property {string} output Full path of the program.
 * @property {string} versionVariable `path.Variable=value` for the linker.
 * @property {string} what For the line that says what takes so long.
 * @property {Record<string, string | undefined>} env
 * @property {(line: string) => void} log
 * @property {AbortSignal} [signal]
 * @property {number} [heartbeatMs]
 */

/**
 * Builds a program from the Go modules that a go.mod of ours pins.
 *
 * @param {GoTool} tool
 * @param {readonly string[]} [command] What is run instead of `go`.
 * @returns {Promise<import("./obtain.mjs").Attempt>}
 */
export async function buildGoTool(tool, command = ["go"]) {
  const { root, folder, module, output, versionVariable, what, log, signal, heartbeatMs } = tool;
  const [program = "", ...first] = command;
  // A workspace file in a folder above would replace our go.mod; GOOS and GOARCH would build for another machine.
  const { GOOS: _os, GOARCH: _arch, ...inherited } = tool.env;
  const env = { ...inherited, GOWORK: "off" };
  const cwd = path.join(root, "tools", folder);
  const version = await run(program, [...first, "version"], { env, cwd, signal, deadlineMs: 30_000 });
  if (version.problem === "not found") return { ok: false, reason: "`go` is not on PATH" };
  if (!version.ok) return { ok: false, reason: `\`go version\` failed: ${lastLine(version)}` };
  log(`building ${what}`);
  const flags = ["-tags", "osusergo,grpcnotrace", "-ldflags", `-s -w -X ${versionVariable}`];
  const outcome = await run(program, [...first, "build", "-o", output, ...flags, module], {
    env,
    cwd,
    signal,
    deadlineMs: DEADLINE_MS,
    heartbeat: (seconds) => log(`still building, ${formatDuration(seconds * 1000)} so far`),
    heartbeatMs,
  });
  if (outcome.ok) return { ok: true, reason: "" };
  const detail = lastLines(outcome.output, 8);
  const found = version.stdout.trim();
  return { ok: false, reason: `the build failed: ${outcome.problem} (${found})${detail && `\n${detail}`}` };
}
