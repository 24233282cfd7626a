import { constants } from "node:fs";
import { access, chmod, copyFile, mkdir, readdir, readFile, realpath, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { CLI_FILE, CLI_VERSION, GO_VERSION, obtainFromGo, obtainFromInstaller } from "./obtain.mjs";
import { findOnPath, REPOSITORY, userCacheFolder } from "./paths.mjs";
import { lastLines, run, SetupError } from "./run.mjs";
import { isAtLeast, parseVersion } from "./version.mjs";

/** The script by which the engine starts dynamic providers. It is no npm command, so that nothing puts it on PATH. */
const PROVIDER_SCRIPT =
  process.platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";
/** A CLI that starts slowly (cold disk, virus scanner) needs a few seconds; one that hangs must not stop us. */
const VERSION_MS = 15_000;

/**
 * @typedef {object} ObtainOptions
 * @property {(line: string) => void} [log] Gets a line for whatever takes long. Default: nothing is said.
 * @property {Record<string, string | undefined>} [env] Default: the environment of this process.
 * @property {string} [cacheDir] Default: the user's cache folder, see `userCacheFolder`.
 * @property {string} [minimumVersion] Oldest CLI that is good enough. Default: 3.259.0, which is also what is obtained.
 * @property {string} [root] Root of the repository. Default: the one this file is in.
 * @property {AbortSignal} [signal] Ends whatever is under way.
 * @property {readonly string[]} [installerCommand] Run with `probe` and `install …` instead of our own script.
 * @property {readonly string[]} [goCommand] Run instead of `go`.
 * @property {number} [versionTimeoutMs] How long `pulumi version` may take. Default: 15 s.
 * @property {number} [heartbeatMs] Time between two lines while something takes long. Default: 15 s.
 */

/**
 * @typedef {object} PulumiCli
 * @property {string} directory The folder that holds the CLI.
 * @property {string} executable Full path of the CLI.
 * @property {string} version Without a leading `v`.
 * @property {"path" | "cache" | "installer" | "go"} source Where it came from this time.
 * @property {string[]} pathEntries Folders to put first on PATH: the CLI's, and one with the script that starts dynamic
 *   providers when the CLI's own folder lacks it.
 */

/**
 * Finds the Pulumi CLI or obtains it: PATH, then this project's cache, then the official installer, then a build from
 * Go modules. What is obtained is put into the cache, so that the next call finds it there.
 *
 * The user's own Pulumi folder and login are neither read nor written.
 *
 * @param {ObtainOptions} [options]
 * @returns {Promise<PulumiCli>}
 * @throws {SetupError} when no way works; its message names each way, why it failed, and what to do.
 */
export async function obtainPulumiCli(options = {}) {
  const cacheDir = path.resolve(options.cacheDir ?? userCacheFolder(options.env));
  try {
    return await findOrObtain(cacheDir, options);
  } finally {
    await rm(pulumiHome(cacheDir), { recursive: true, force: true });
  }
}

/**
 * @param {string} cacheDir
 * @param {ObtainOptions} options
 * @returns {Promise<PulumiCli>}
 */
async function findOrObtain(cacheDir, options) {
  const { log = () => {}, env = process.env, root = REPOSITORY, minimumVersion = CLI_VERSION, signal } = options;
  const probe = { env, cacheDir, minimumVersion, signal, timeoutMs: options.versionTimeoutMs ?? VERSION_MS };
  /** @type {[string, string][]} */
  const tried = [];

  const onPath = await findCliOnPath(probe);
  if (onPath.found) return withProviderScript(onPath.found, "path", root, cacheDir);
  tried.push(["PATH", onPath.reason]);

  const home = path.join(cacheDir, "cli", CLI_VERSION);
  const cached = await findCliInCache(home, probe);
  if (cached.found) return withProviderScript(cached.found, "cache", root, cacheDir);

  const lock = path.join(cacheDir, "cli", `${CLI_VERSION}.lock`);
  const waiting = (/** @type {{ pid: number }} */ owner) =>
    log(`waiting for another set-up (process ${owner.pid}), which obtains the same Pulumi CLI`);
  const obtained = await withLock(lock, { waiting, signal }, async () => {
    // Somebody may have filled the cache while we waited.
    const again = await findCliInCache(home, probe);
    if (again.found) return withProviderScript(again.found, "cache", root, cacheDir);
    tried.push(["cache", again.reason]);
    await removeLeftovers(cacheDir);
    const commonContext = { root, env: { ...env, PULUMI_HOME: pulumiHome(cacheDir) }, log, signal };
    for (const way of /** @type {const} */ (["installer", "go"])) {
      const target = path.join(cacheDir, "cli", `${CLI_VERSION}.partial-${process.pid}`);
      try {
        await mkdir(path.join(target, "bin"), { recursive: true });
        const context = { ...commonContext, target, heartbeatMs: options.heartbeatMs };
        const attempt =
          way === "installer"
            ? await obtainFromInstaller(context, options.installerCommand)
            : await obtainFromGo(context, options.goCommand);
        const made = attempt.ok ? await checkCli(path.join(target, "bin", CLI_FILE), probe) : attempt;
        if (signal?.aborted) throw new SetupError("Interrupted.");
        if ("found" in made && made.found) {
          await replace(target, home);
          const cli = { executable: path.join(home, "bin", CLI_FILE), version: made.found.version };
          return withProviderScript(cli, way, root, cacheDir);
        }
        tried.push([way === "go" ? "Go build" : "installer", made.reason]);
        if (way === "installer") log(`the official installer does not work here: ${made.reason}`);
      } finally {
        await rm(target, { recursive: true, force: true });
      }
    }
    return undefined;
  });
  if (obtained) return obtained;
  throw new SetupError(explain(tried, minimumVersion));
}

/**
 * @typedef {object} Probe
 * @property {Record<string, string | undefined>} env
 * @property {string} cacheDir
 * @property {string} minimumVersion
 * @property {number} timeoutMs
 * @property {AbortSignal} [signal]
 */

/** @typedef {{ executable: string, version: string }} FoundCli */
/** @typedef {{ found?: FoundCli, reason: string }} Search */

/**
 * @param {Probe} probe
 * @returns {Promise<Search>}
 */
async function findCliOnPath(probe) {
  // The npm package `pulumi` puts a launcher into .bin that downloads when it is first run; it is no CLI yet.
  const launchers = path.join("node_modules", ".bin");
  const own = probe.cacheDir + path.sep;
  const candidates = findOnPath("pulumi", probe.env).filter(
    (file) => !path.dirname(file).endsWith(launchers) && !file.startsWith(own),
  );
  if (candidates.length === 0) return { reason: "no `pulumi` there" };
  /** @type {string[]} */
  const reasons = [];
  for (const file of candidates) {
    const search = await checkCli(file, probe);
    if (search.found) return search;
    reasons.push(search.reason);
  }
  return { reason: reasons.join("; ") };
}

/**
 * @param {string} home Folder of one version in the cache.
 * @param {Probe} probe
 * @returns {Promise<Search>}
 */
async function findCliInCache(home, probe) {
  const executable = path.join(home, "bin", CLI_FILE);
  if (!(await isThere(executable))) return { reason: `nothing in ${home}` };
  return checkCli(executable, probe);
}

/**
 * Asks a CLI for its version: only one that runs here and now is any good.
 *
 * @param {string} executable
 * @param {Probe} probe
 * @returns {Promise<Search>}
 */
async function checkCli(executable, { env, cacheDir, minimumVersion, timeoutMs, signal }) {
  const outcome = await run(executable, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: pulumiHome(cacheDir) },
    deadlineMs: timeoutMs,
    signal,
  });
  if (!outcome.ok) {
    const detail = lastLines(outcome.output, 1).trim();
    return { reason: `${executable}: \`pulumi version\` ${outcome.problem}${detail && ` (${detail.slice(0, 200)})`}` };
  }
  const version = parseVersion(outcome.stdout);
  const minimum = parseVersion(minimumVersion);
  if (!minimum) throw new SetupError(`"${minimumVersion}" is not a version.`);
  if (!version) return { reason: `${executable}: \`pulumi version\` printed no version` };
  if (version.major !== minimum.major) {
    return { reason: `${executable} is version ${version.text}; the SDK speaks with ${minimum.major}.x` };
  }
  if (!isAtLeast(version, minimum)) {
    return { reason: `${executable} is version ${version.text}, older than ${minimum.text}` };
  }
  return { found: { executable, version: version.text }, reason: "" };
}

/**
 * A folder of our own for what the CLI keeps in `~/.pulumi`. Even `pulumi version` writes a log file there, so that it
 * is removed at the end.
 *
 * @param {string} cacheDir
 * @returns {string}
 */
function pulumiHome(cacheDir) {
  return path.join(cacheDir, `pulumi-home.${process.pid}`);
}

/**
 * Sees that the script that starts dynamic providers lies where the engine looks for it: beside our own CLI always as
 * the SDK ships it; for a CLI of the user's, whose folder is not ours to write to, in a folder of the cache.
 *
 * @param {FoundCli} cli
 * @param {PulumiCli["source"]} source
 * @param {string} root
 * @param {string} cacheDir
 * @returns {Promise<PulumiCli>}
 */
async function withProviderScript(cli, source, root, cacheDir) {
  const directory = path.dirname(cli.executable);
  const result = { directory, executable: cli.executable, version: cli.version, source, pathEntries: [directory] };
  if (source !== "path") {
    await refreshProviderScript(root, directory);
    return result;
  }
  const real = path.dirname(await realpath(cli.executable));
  if ((await isThere(path.join(directory, PROVIDER_SCRIPT))) || (await isThere(path.join(real, PROVIDER_SCRIPT)))) {
    return result;
  }
  const scripts = path.join(cacheDir, "provider-script");
  await refreshProviderScript(root, scripts);
  result.pathEntries.push(scripts);
  return result;
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function refreshProviderScript(root, folder) {
  const sdk = path.join(root, "node_modules", "@pulumi", "pulumi");
  const places = [path.join(sdk, PROVIDER_SCRIPT), path.join(sdk, "dist", PROVIDER_SCRIPT)];
  const found = await Promise.all(places.map(isThere));
  const source = places.find((_, index) => found[index]);
  if (!source) {
    throw new SetupError(
      `The npm package @pulumi/pulumi lacks ${PROVIDER_SCRIPT}. Run \`npm install\` in ${root}, then the same again.`,
    );
  }
  const target = path.join(folder, PROVIDER_SCRIPT);
  const [wanted, present] = await Promise.all([readFile(source), readFile(target).catch(() => undefined)]);
  if (present?.equals(wanted) && (await isExecutable(target))) return;
  await mkdir(folder, { recursive: true });
  // Renamed into place: an engine that starts just now must not read half a script.
  const fresh = `${target}.${process.pid}`;
  await copyFile(source, fresh);
  await chmod(fresh, 0o755);
  await rename(fresh, target);
}

/**
 * Puts a finished folder in the place of whatever is there.
 *
 * @param {string} fresh
 * @param {string} home
 */
async function replace(fresh, home) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rm(home, { recursive: true, force: true });
      await rename(fresh, home);
      return;
    } catch (error) {
      // On Windows a virus scanner holds new programs open for a moment.
      if (attempt >= 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    }
  }
}

/**
 * Removes what set-ups that were killed have left half done. Called under the lock, so that none is under way.
 *
 * @param {string} cacheDir
 */
async function removeLeftovers(cacheDir) {
  const folder = path.join(cacheDir, "cli");
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(`${CLI_VERSION}.partial-`));
  await Promise.all(leftovers.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/**
 * @param {readonly [string, string][]} tried
 * @param {string} minimumVersion
 * @returns {string}
 */
function explain(tried, minimumVersion) {
  const width = Math.max(...tried.map(([way]) => way.length)) + 2;
  return [
    `No Pulumi CLI ${minimumVersion} or newer was found or could be obtained. Tried:`,
    ...tried.map(([way, reason]) => `  ${way.padEnd(width)}${reason}`),
    "Any one of these helps; then run the same command again:",
    `  - install the Pulumi CLI (https://www.pulumi.com/docs/install), so that \`pulumi version\` says ${minimumVersion} or newer;`,
    "  - let this machine reach the installer, https://get.pulumi.com (HTTPS_PROXY is honoured);",
    `  - install Go ${GO_VERSION} or newer (https://go.dev/dl), so that the CLI can be built; GOPROXY is honoured.`,
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

/**
 * @param {string} file
 * @returns {Promise<boolean>}
 */
function isExecutable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
