import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pinnedNode } from "./paths.mjs";
import { formatDuration, lastLines, run, SetupError } from "./run.mjs";
import { computeStamp, listFiles, readStamp, writeStamp } from "./stamp.mjs";

/** How long npm may take: 15 minutes, for slow networks. It takes 10 to 60 s otherwise. */
const DEADLINE_MS = 15 * 60_000;

/**
 * What node_modules depends on: the package files and the lock, and the platform, since packages hold binaries.
 *
 * @param {string} root
 * @returns {import("./stamp.mjs").Stamp}
 */
export function installStamp(root) {
  const examples = listFiles(root, "examples", (name) => name === "package.json").filter(
    (file) => file.split("/").length === 3,
  );
  const files = ["package.json", "package-lock.json", "provider/package.json", "policy/package.json", ...examples];
  return computeStamp(root, files, [process.platform, process.arch]);
}

/**
 * @param {string} root
 * @returns {boolean} Whether node_modules is missing, belongs to other package files, or lacks the pinned Node.
 */
export function isInstallNeeded(root) {
  return !existsSync(pinnedNode(root)) || readStamp(root, "install")?.hash !== installStamp(root).hash;
}

/**
 * Installs the npm packages with the npm that is there.
 *
 * `npm ci` would be the natural command, but it refuses a lock file that lacks optional packages of other platforms
 * (EUSAGE, "Missing: … from lock file"); `npm install --no-save` installs the same tree and leaves the lock as it is.
 *
 * @param {string} root
 * @param {{ env: Record<string, string | undefined>, log: (line: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 * @throws {SetupError} with npm's whole output when it fails; with the way out when the pinned Node does not run.
 */
export async function installPackages(root, { env, log, signal }) {
  const stamp = installStamp(root);
  const [npm, first] = findNpm(env);
  const args = [...first, "install", "--no-save", "--loglevel=error", "--no-audit", "--no-fund", "--include=dev"];
  const outcome = await run(npm, args, {
    cwd: root,
    env: cleanEnvironment(env),
    deadlineMs: DEADLINE_MS,
    signal,
    heartbeat: (seconds) => log(`npm is still at work, ${formatDuration(seconds * 1000)} so far`),
  });
  if (!outcome.ok) {
    throw new SetupError(
      `npm install failed: ${outcome.problem}.\n${outcome.output.trimEnd()}\nSee what npm says above; ` +
        "a registry or proxy is set with `npm config`. Then run the same command again.",
    );
  }
  await verifyPinnedNode(root, env, signal);
  writeStamp(root, "install", stamp);
}

/**
 * The npm that started us, else the one that belongs to this Node, else the one on PATH.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {[string, string[]]} Command and first arguments.
 */
function findNpm(env) {
  const bin = path.dirname(process.execPath);
  const candidates = [
    env.npm_execpath ?? "", // yarn and pnpm set it too, to themselves
    path.join(bin, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(bin, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const cli = candidates.find((file) => path.basename(file) === "npm-cli.js" && existsSync(file));
  if (cli) return [process.execPath, [cli]];
  return [process.platform === "win32" ? "npm.cmd" : "npm", []];
}

/**
 * Inside `npm run -w …` npm hands its own choice of workspaces to children; it must not narrow the installation.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Record<string, string | undefined>}
 */
function cleanEnvironment(env) {
  const foreign = /^npm_(package_|lifecycle_|config_(workspaces?|include_workspace_root|local_prefix|global)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

/**
 * The package `node` gets its binary by an installation of its own, outside the lock file; that may be switched off or
 * give a binary that does not run here, and npm reports success all the same.
 *
 * @param {string} root
 * @param {Record<string, string | undefined>} env
 * @param {AbortSignal} [signal]
 */
async function verifyPinnedNode(root, env, signal) {
  const node = pinnedNode(root);
  const wanted = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).devDependencies?.node;
  const outcome = existsSync(node)
    ? await run(node, ["--version"], { env, deadlineMs: 30_000, signal })
    : { ok: false, stdout: "", output: "", problem: "its binary is missing" };
  const version = outcome.stdout.trim();
  if (outcome.ok && (!wanted || version === `v${wanted}`)) return;
  const why = outcome.ok ? `it is ${version}, not v${wanted}` : outcome.problem;
  const detail = lastLines(outcome.output, 5);
  throw new SetupError(
    `The pinned Node (npm package "node" ${wanted ?? ""}) is not usable: ${why}.${detail && `\n${detail}`}\n` +
      "Its binary comes by an install script. See that `npm config get ignore-scripts` says false and that package.json\n" +
      'has "node": true in "allowScripts"; then remove node_modules/node and run the same command again. On Linux it\n' +
      "needs glibc: Alpine and other musl systems have to use an image with glibc.",
  );
}
