import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoTool } from "./go-build.mjs";
import { pinnedNode } from "./paths.mjs";
import { formatDuration, lastLine, run } from "./run.mjs";

/** The newest CLI that both the installer and the Go modules have, and the one this project was measured with. */
export const CLI_VERSION = "3.259.0";
/** What that version's go.mod asks for. */
export const GO_VERSION = "1.25.11";

const GO_MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** The probe itself gives up after 10 s; this ends a process that hangs in a name look-up. */
const PROBE_DEADLINE_MS = 12_000;
/** About 100 MB have to come down: 15 minutes. */
const INSTALL_DEADLINE_MS = 15 * 60_000;

/** The CLI's file name on this platform. */
export const CLI_FILE = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/**
 * How a way to obtain a program was tried.
 *
 * @typedef {object} Attempt
 * @property {boolean} ok
 * @property {string} reason Why it did not work; empty when it did.
 */

/**
 * @typedef {object} ObtainContext
 * @property {string} root Root of the repository.
 * @property {string} target Empty folder to put `bin/pulumi` into.
 * @property {Record<string, string | undefined>} env
 * @property {(line: string) => void} log
 * @property {AbortSignal} [signal]
 * @property {number} [heartbeatMs]
 */

/**
 * Runs the official installer through the SDK, after a probe of at most 10 s whether its host can be reached.
 *
 * @param {ObtainContext} context
 * @param {readonly string[]} [command] What is run with `probe` or `install …`. Default: our script on the pinned Node.
 * @returns {Promise<Attempt>}
 */
export async function obtainFromInstaller(context, command) {
  const { root, target, log, signal, heartbeatMs } = context;
  const child = fileURLToPath(new URL("./installer-child.mjs", import.meta.url));
  const [program = "", ...first] = command ?? [pinnedNode(root), child];
  // Node ignores HTTPS_PROXY unless told; the installer's own downloads honour it.
  const env = { ...context.env, NODE_USE_ENV_PROXY: "1" };
  const probe = await run(program, [...first, "probe"], { env, signal, deadlineMs: PROBE_DEADLINE_MS });
  if (!probe.ok) return { ok: false, reason: `its host cannot be reached: ${lastLine(probe)}` };
  log(`downloading the Pulumi CLI ${CLI_VERSION} with the official installer (about 100 MB)`);
  const outcome = await run(program, [...first, "install", target, CLI_VERSION, root], {
    env,
    signal,
    deadlineMs: INSTALL_DEADLINE_MS,
    heartbeat: (seconds) => log(`still downloading, ${formatDuration(seconds * 1000)} so far`),
    heartbeatMs,
  });
  return outcome.ok ? { ok: true, reason: "" } : { ok: false, reason: `it failed: ${lastLine(outcome)}` };
}

/**
 * Builds the CLI from the Go modules that tools/pulumi/go.mod pins.
 *
 * @param {ObtainContext} context
 * @param {readonly string[]} [command] What is run instead of `go`.
 * @returns {Promise<Attempt>}
 */
export function obtainFromGo(context, command) {
  return buildGoTool(
    {
      ...context,
      folder: "pulumi",
      output: path.join(context.target, "bin", CLI_FILE),
      module: GO_MODULE,
      versionVariable: `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${CLI_VERSION}`,
      what: `the Pulumi CLI ${CLI_VERSION} from Go modules (3 to 6 minutes the first time, 1.5 GB of modules)`,
    },
    command,
  );
}
