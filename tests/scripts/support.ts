import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Root of the repository: the tests run there. */
export const repository = process.cwd();

/** How a driver ended: a small program that uses the set-up's modules, which are ES modules that jest does not load. */
export interface DriverResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A driver under way. */
export interface Driver {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when standard output holds the text; rejects when the driver ends before. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<DriverResult>;
}

const folders: string[] = [];
/** Drivers under way: a test that fails must not leave one behind, nor wait for it for ever. */
const drivers = new Set<ChildProcess>();

/** A folder of the test's own, removed by {@link removeFolders}. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-msem-test-"));
  folders.push(folder);
  return folder;
}

/** Removes all temporary folders and ends the drivers that still run, with their children; for `afterEach`. */
export function removeFolders(): void {
  for (const { pid } of drivers) {
    if (pid !== undefined) process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  }
  drivers.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes a file and the folders above it. */
export function write(folder: string, file: string, content: string): string {
  const full = path.join(folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** Puts a program into a folder: a launcher by the program's name, and the JavaScript that it runs. */
export function fakeProgram(folder: string, name: string, script: string): string {
  const source = write(folder, `${name}.fake.cjs`, script);
  if (process.platform === "win32") {
    return write(folder, `${name}.cmd`, `@"${process.execPath}" "${source}" %*\r\n`);
  }
  const launcher = write(folder, name, `#!/bin/sh\nexec "${process.execPath}" "${source}" "$@"\n`);
  chmodSync(launcher, 0o755);
  return launcher;
}

/**
 * Starts a driver.
 *
 * @param module - File name in scripts/setup; its exports are in scope as `setup`.
 * @param body - Statements of an ES module; `input` is in scope.
 */
export function startDriver(module: string, body: string, input: unknown = null, env = process.env): Driver {
  const url = pathToFileURL(path.join(repository, "scripts", "setup", module)).href;
  const source = `const setup = await import(${JSON.stringify(url)});\nconst input = ${JSON.stringify(input)};\n${body}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    cwd: repository,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  drivers.add(child);
  child.on("exit", () => drivers.delete(child));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<DriverResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text)) return;
        child.stdout.off("data", look);
        resolve();
      };
      child.stdout.on("data", look);
      ended.then(() => reject(new Error(`ended without printing "${text}": ${stdout}${stderr}`)), reject);
      look();
    });
  return { kill: (signal) => child.kill(signal), printed, ended };
}

/** Runs an expression in a driver and returns its value, which has to be JSON. */
export async function evaluate<T>(
  module: string,
  expression: string,
  input: unknown = null,
  env = process.env,
): Promise<T> {
  const body = `console.log("\\u0001" + JSON.stringify((await (${expression})) ?? null));`;
  const { code, stdout, stderr } = await startDriver(module, body, input, env).ended;
  const marked = stdout.split("\u0001")[1];
  if (code !== 0 || marked === undefined) throw new Error(`The driver ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(marked) as T;
}

/** Waits until a condition holds, at most 10 s. */
export async function until(condition: () => boolean): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    if (Date.now() - started > 10_000) throw new Error("The condition did not come true within 10 s.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
