import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of the repository that these scripts belong to. */
export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/**
 * Names of the environment variables between the set-up and the scripts it starts.
 *
 * The first is read, the others are set for the task (`demo`, `test`, `bench`), where the same folders also lead PATH.
 */
export const SETUP_ENVIRONMENT = Object.freeze({
  /** Read: the cache folder to use instead of the user's own (see {@link userCacheFolder}). */
  cacheDirectory: "PULUMI_MSEM_CACHE_DIR",
  /** Set: the folder that holds the Pulumi CLI. */
  cliDirectory: "PULUMI_MSEM_CLI_DIR",
  /** Set: full path of the Pulumi CLI. */
  cliExecutable: "PULUMI_MSEM_CLI",
  /** Set: version of the Pulumi CLI, without a leading `v`. */
  cliVersion: "PULUMI_MSEM_CLI_VERSION",
});

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * The folder in which this project caches what is dear to obtain: `pulumi-msem` in the user's cache folder, that is
 * `$XDG_CACHE_HOME` or `~/.cache` on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 *
 * @param {Environment} [env] Default: the environment of this process.
 * @param {string} [platform] As in `process.platform`. Default: this machine's.
 * @param {string} [home] Default: the user's home folder.
 * @returns {string} An absolute path; the folder need not exist.
 */
export function userCacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  const chosen = env[SETUP_ENVIRONMENT.cacheDirectory];
  if (chosen) return path.resolve(chosen);
  const join = platform === "win32" ? path.win32.join : path.posix.join;
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "pulumi-msem");
  if (platform === "darwin") return join(home, "Library", "Caches", "pulumi-msem");
  // The XDG specification tells programs to ignore a relative path here.
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && path.posix.isAbsolute(xdg) ? xdg : join(home, ".cache"), "pulumi-msem");
}

/**
 * The value of PATH, whatever its spelling: Windows calls it `Path` and compares names without regard to case, but a
 * copy of `process.env` does not.
 *
 * @param {Environment} env
 * @returns {string}
 */
export function pathOf(env) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH");
  return (name && env[name]) || "";
}

/**
 * A copy of an environment with folders put before all others on PATH, each folder once.
 *
 * @param {Environment} env
 * @param {readonly string[]} folders First one first.
 * @returns {Environment}
 */
export function withPathFirst(env, folders) {
  const rest = pathOf(env).split(path.delimiter);
  const copy = Object.fromEntries(Object.entries(env).filter(([key]) => key.toUpperCase() !== "PATH"));
  copy.PATH = [...new Set([...folders, ...rest])].filter((folder) => folder !== "").join(path.delimiter);
  return copy;
}

/**
 * Full path of the Node that the root package.json pins through the npm package `node`.
 *
 * @param {string} root Root of the repository.
 * @returns {string} The file need not exist.
 */
export function pinnedNode(root) {
  return path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

/**
 * Folders that a task finds first on PATH: the pinned Node, then the tools of the repository. Children that run `node`
 * by name (the Pulumi engine's provider host does) then get the pinned one.
 *
 * @param {string} root Root of the repository.
 * @returns {string[]}
 */
export function toolFolders(root) {
  return [path.dirname(pinnedNode(root)), path.join(root, "node_modules", ".bin")];
}

/**
 * Every file of a program's name in the folders of PATH, in order.
 *
 * @param {string} program Without extension.
 * @param {Environment} env
 * @param {string} [platform] As in `process.platform`. Default: this machine's.
 * @returns {string[]} Full paths.
 */
export function findOnPath(program, env, platform = process.platform) {
  const names = platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
  const folders = [...new Set(pathOf(env).split(path.delimiter))].filter((folder) => folder !== "");
  return folders.flatMap((folder) =>
    names.map((name) => path.resolve(folder, name)).filter((file) => existsSync(file)),
  );
}
