import { existsSync } from "node:fs";
import path from "node:path";

/** @typedef {"install" | "build" | "cli" | "yaml"} Step `yaml`, after `cli`: the language host that imports need. */

/**
 * What a task of the root package.json needs and runs.
 *
 * @typedef {object} Task
 * @property {string} purpose One phrase for the list of tasks.
 * @property {readonly Step[] | ((args: readonly string[]) => readonly Step[])} needs Steps done before, in this order.
 * @property {(root: string, args: readonly string[]) => string[][]} commands Argument lists for the pinned Node, run one
 *   after the other; the first exit code that is not 0 counts, but all are run.
 */

const jest = ["node_modules", "jest", "bin", "jest.js"];
const biome = ["node_modules", "@biomejs", "biome", "bin", "biome"];
const tsc = ["node_modules", "typescript", "bin", "tsc"];

/**
 * Whether these arguments of jest select the test of imports: all tests do, and whatever names a folder above it.
 *
 * @param {readonly string[]} args
 * @returns {boolean}
 */
function runsImports(args) {
  const patterns = args.filter((argument) => !argument.startsWith("-"));
  return patterns.length === 0 || patterns.some((pattern) => matches("tests/engine/import.test.ts", pattern));
}

/**
 * @param {string} file
 * @param {string} pattern As jest takes it: a regular expression.
 * @returns {boolean}
 */
function matches(file, pattern) {
  try {
    return new RegExp(pattern).test(file);
  } catch {
    return false; // jest says what is wrong with it
  }
}

/** @type {Readonly<Record<string, Task>>} */
export const TASKS = Object.freeze({
  demo: {
    purpose: "shows the connectors on the real Pulumi engine against an emulated tenant",
    needs: ["install", "build", "cli"],
    commands: (root, args) => [[path.join(root, "scripts", "demo.ts"), ...args]],
  },
  "demo:portal": {
    purpose: "shows the portal hand-off on the real Pulumi engine: what a person is asked, and how it is confirmed",
    needs: ["install", "build", "cli"],
    commands: (root, args) => [[path.join(root, "scripts", "demoPortal.ts"), ...args]],
  },
  test: {
    purpose: "runs all tests, or those that match the arguments",
    needs: (args) => ["install", "build", "cli", ...(runsImports(args) ? /** @type {const} */ (["yaml"]) : [])],
    commands: (root, args) => {
      const own = path.join(root, "scripts", "test.ts");
      return [[existsSync(own) ? own : path.join(root, ...jest), ...args]];
    },
  },
  bench: {
    purpose: "measures the engine with and without our provider",
    needs: ["install", "build", "cli"],
    commands: (root, args) => [[path.join(root, "bench", "index.ts"), ...args]],
  },
  build: {
    purpose: "compiles provider/ and policy/, each to its dist",
    needs: ["install", "build"],
    commands: () => [],
  },
  generate: {
    purpose: "writes the generated files, such as the OpenAPI document",
    needs: ["install", "build"],
    commands: (root, args) => [[path.join(root, "scripts", "generate.ts"), ...args]],
  },
  lint: {
    purpose: "checks style and format; `-- --write` repairs",
    needs: ["install"],
    commands: (root, args) => [[path.join(root, ...biome), "check", ...args]],
  },
  typecheck: {
    purpose: "checks the types of the packages, the tests, the scripts and the examples",
    // The examples import the package by its name, that is from provider/dist.
    needs: ["install", "build"],
    commands: (root) => [
      [path.join(root, ...tsc), "-p", path.join(root, "provider", "tsconfig.json"), "--noEmit"],
      [path.join(root, ...tsc), "-p", path.join(root, "policy", "tsconfig.json"), "--noEmit"],
      [path.join(root, ...tsc), "-p", path.join(root, "tsconfig.json")],
    ],
  },
});

/**
 * @param {Readonly<Record<string, Task>>} tasks
 * @returns {string} The list of tasks, for whoever named none or an unknown one.
 */
export function usage(tasks) {
  const names = Object.keys(tasks);
  const width = Math.max(...names.map((name) => name.length));
  return [
    "Usage: node scripts/bootstrap.mjs TASK [arguments…]   (or: npm run TASK -- [arguments…])",
    ...names.map((name) => `  ${name.padEnd(width)}  ${tasks[name]?.purpose}`),
  ].join("\n");
}
