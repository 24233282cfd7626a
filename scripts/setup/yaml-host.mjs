import { access, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { buildGoTool } from "./go-build.mjs";
import { withLock } from "./lock.mjs";
import { GO_VERSION } from "./obtain.mjs";
import { findOnPath, REPOSITORY, userCacheFolder } from "./paths.mjs";
import { SetupError } from "./run.mjs";

/** The version this project was measured with; also in tools/pulumi-yaml/go.mod. */
export const YAML_HOST_VERSION = "1.32.0";

const PROGRAM = "pulumi-language-yaml";
const FILE = process.platform === "win32" ? `${PROGRAM}.exe` : PROGRAM;
const MODULE = "github.com/pulumi/pulumi-yaml";

/**
 * @typedef {object} YamlHostOptions
 * @property {readonly string[]} [beside] Folders to look into first: that of the Pulumi CLI, which the official
 *   distribution ships together with its language hosts.
 * @property {(line: string) => void} [log] Gets a line for whatever takes long. Default: nothing is said.
 * @property {Record<string, string | undefined>} [env] Default: the environment of this process.
 * @property {string} [cacheDir] Default: the user's cache folder, see `userCacheFolder`.
 * @property {string} [root] Root of the repository. Default: the one this file is in.
 * @property {AbortSignal} [signal] Ends whatever is under way.
 * @property {readonly string[]} [goCommand] Run instead of `go`.
 * @property {number} [heartbeatMs] Time between two lines while something takes long. Default: 15 s.
 */

/**
 * @typedef {object} YamlHost
 * @property {string} directory The folder that holds it: to be on PATH.
 * @property {"path" | "cache" | "go"} source Where it came from this time.
 */

/**
 * Finds Pulumi's YAML language host or obtains it: beside the CLI or on PATH, then in this project's cache, then by a
 * build from Go modules, which goes into the cache. Only an import needs it: programs here run inline, without a host.
 *
 * @param {YamlHostOptions} [options]
 * @returns {Promise<YamlHost>}
 * @throws {SetupError} when it is nowhere and cannot be built, with what to do.
 */
export async function obtainYamlHost(options = {}) {
  const { beside = [], log = () => {}, env = process.env, root = REPOSITORY, signal } = options;
  for (const folder of beside) if (await isThere(path.join(folder, FILE))) return { directory: folder, source: "path" };
  const [found] = findOnPath(PROGRAM, env);
  if (found) return { directory: path.dirname(found), source: "path" };
  const home = path.join(path.resolve(options.cacheDir ?? userCacheFolder(env)), "yaml-host", YAML_HOST_VERSION);
  const executable = path.join(home, FILE);
  if (await isThere(executable)) return { directory: home, source: "cache" };
  const waiting = (/** @type {{ pid: number }} */ owner) =>
    log(`waiting for another set-up (process ${owner.pid}), which builds the same language host`);
  return withLock(`${home}.lock`, { waiting, signal }, async () => {
    // Somebody may have filled the cache while we waited.
    if (await isThere(executable)) return { directory: home, source: "cache" };
    await mkdir(home, { recursive: true });
    const partial = `${executable}.partial`;
    try {
      const attempt = await buildGoTool(
        {
          root,
          folder: "pulumi-yaml",
          module: `${MODULE}/cmd/${PROGRAM}`,
          output: partial,
          versionVariable: `${MODULE}/pkg/version.Version=v${YAML_HOST_VERSION}`,
          what: `Pulumi's YAML language host ${YAML_HOST_VERSION} from Go modules (1 to 2 minutes the first time)`,
          env,
          log,
          signal,
          heartbeatMs: options.heartbeatMs,
        },
        options.goCommand,
      );
      if (signal?.aborted) throw new SetupError("Interrupted.");
      if (!attempt.ok) throw new SetupError(explain(attempt.reason));
      await rename(partial, executable);
      return { directory: home, source: "go" };
    } finally {
      await rm(partial, { force: true });
    }
  });
}

/**
 * @param {string} reason
 * @returns {string}
 */
function explain(reason) {
  return [
    `There is no ${PROGRAM}, which the test of imports needs, and it could not be built: ${reason}`,
    "Any one of these helps; then run the same command again:",
    "  - install the Pulumi CLI (https://www.pulumi.com/docs/install), which brings it along;",
    `  - install Go ${GO_VERSION} or newer (https://go.dev/dl), so that it can be built; GOPROXY is honoured.`,
  ].join("\n");
}

/**
 * @param {string} file
 * @returns {Promise<boolean>}
 */
function isThere(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}
