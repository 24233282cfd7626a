import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pinnedNode, toolFolders, withPathFirst } from "./paths.mjs";
import { formatDuration, run, SetupError } from "./run.mjs";
import { computeStamp, listFiles, readStamp, stampFolder, writeStamp } from "./stamp.mjs";

/** How long the compiler may take: 5 minutes. It takes 2 to 10 s otherwise. */
const DEADLINE_MS = 5 * 60_000;

/** Stands for the hash while a build is under way or after one that failed: it equals none. */
const UNFINISHED = "";

/** Folders of the packages that are compiled, each to its own `dist`. */
const PACKAGES = ["provider", "policy"];

/**
 * @param {string} root
 * @returns {string[]} Those of the packages that are there.
 */
function packagesOf(root) {
  return PACKAGES.filter((folder) => existsSync(path.join(root, folder, "tsconfig.json")));
}

/**
 * @param {string} root
 * @returns {string[]} The sources of the packages, relative to the root.
 */
function sources(root) {
  return packagesOf(root).flatMap((folder) => listFiles(root, folder, (name) => name.endsWith(".ts")));
}

/**
 * What the output depends on: every source, the compiler's settings and version, and the package files.
 *
 * @param {string} root
 * @returns {import("./stamp.mjs").Stamp}
 */
export function buildStamp(root) {
  let compiler = "none";
  try {
    compiler = JSON.parse(readFileSync(path.join(root, "node_modules/typescript/package.json"), "utf8")).version;
  } catch {
    // Not installed: the build itself will say so.
  }
  const settings = packagesOf(root).flatMap((folder) => [`${folder}/tsconfig.json`, `${folder}/package.json`]);
  return computeStamp(root, [...sources(root), ...settings], [compiler]);
}

/**
 * Why the packages have to be built, if they have to.
 *
 * @param {string} root
 * @returns {"never built" | "last build failed" | "sources changed" | "sources removed" | "output missing" | undefined}
 *   Undefined when it is up to date.
 */
export function whyBuild(root) {
  const before = readStamp(root, "build");
  if (!before) return "never built";
  const now = buildStamp(root);
  const files = new Set(now.files);
  if (before.files.some((file) => !files.has(file))) return "sources removed";
  const built = before.files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
  if (!built.every((file) => existsSync(path.join(root, outputOf(file))))) return "output missing";
  if (before.hash === UNFINISHED) return "last build failed";
  return before.hash === now.hash ? undefined : "sources changed";
}

/**
 * @param {string} source Relative to the root, with `/`.
 * @returns {string} The JavaScript that the compiler makes of it.
 */
function outputOf(source) {
  return source.replace(/^[^/]+\//, "$&dist/").replace(/\.ts$/, ".js");
}

/**
 * Compiles the packages, each to its `dist`, on the pinned Node, and makes the command line executable.
 *
 * @param {string} root
 * @param {{ env: Record<string, string | undefined>, log: (line: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 * @throws {SetupError} with the compiler's messages.
 */
export async function buildPackages(root, { env, log, signal }) {
  const why = whyBuild(root);
  const stamp = buildStamp(root);
  if (why === "never built" || why === "sources removed" || why === "output missing") {
    // What a removed source left behind would still be loaded and packed. The compiler believes its own notes on what
    // it has emitted, so that dist must not go without them.
    for (const folder of packagesOf(root)) {
      rmSync(path.join(root, folder, "dist"), { recursive: true, force: true });
      rmSync(path.join(stampFolder(root), `${folder}.tsbuildinfo`), { force: true });
    }
  }
  // The compiler emits what it can also when it finds mistakes: the next build may go on from there.
  writeStamp(root, "build", { hash: UNFINISHED, files: stamp.files });
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  for (const folder of packagesOf(root)) {
    const outcome = await run(pinnedNode(root), [compiler, "-p", `${folder}/tsconfig.json`, "--pretty", "false"], {
      cwd: root,
      env: withPathFirst(env, toolFolders(root)),
      deadlineMs: DEADLINE_MS,
      signal,
      heartbeat: (seconds) => log(`the compiler is still at work, ${formatDuration(seconds * 1000)} so far`),
    });
    if (!outcome.ok) {
      throw new SetupError(`Compiling ${folder}/ failed: ${outcome.problem}.\n${outcome.output.trimEnd()}`);
    }
  }
  const cli = path.join(root, "provider", "dist", "cli", "main.js");
  if (existsSync(cli)) chmodSync(cli, 0o755);
  writeStamp(root, "build", stamp);
}
