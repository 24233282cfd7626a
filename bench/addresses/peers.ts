/** Other people's libraries, installed for the bench alone in a folder below .work. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const folder = resolve(".work", "bench-peers");
export const pythonFolder = join(folder, "python");

/** Exact, so that a ratio means the same next year. cidr-tools 13.0.0 did not install when this was written. */
const npmPackages = { "cidr-tools": "12.0.3", "fast-cidr-tools": "0.3.4" } as const;
const pythonPackage = "netaddr==1.3.0";
/** Milliseconds: 5 minutes, for slow networks. It takes seconds. */
const timeout = 5 * 60_000;

export interface Peers {
  /** Those that cannot take part here, with the reason. */
  readonly absent: ReadonlyMap<string, string>;
}

/** Installs what is missing. What cannot be installed does not take part, and the report says so. */
export async function installPeers(signal: AbortSignal): Promise<Peers> {
  const absent = new Map<string, string>();
  mkdirSync(folder, { recursive: true });
  if (!Object.keys(npmPackages).every((name) => existsSync(join(folder, "node_modules", name)))) {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: npmPackages }));
    const failure = await attempt("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], signal);
    if (failure !== undefined) for (const name of Object.keys(npmPackages)) absent.set(name, failure);
  }
  const noPython = await attempt("python3", ["-c", "import ipaddress"], signal);
  if (noPython !== undefined) {
    for (const name of ["netaddr", "ipaddress"]) absent.set(name, noPython);
  } else if (!existsSync(join(pythonFolder, "netaddr"))) {
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--target", pythonFolder, pythonPackage];
    const failure = await attempt("python3", pip, signal);
    if (failure !== undefined) absent.set("netaddr", failure);
  }
  return { absent };
}

/** Loads an npm package out of the peers' folder. */
export async function fromPeers(name: string): Promise<unknown> {
  const { resolve: find } = createRequire(join(folder, "package.json"));
  return import(pathToFileURL(find(name)).href);
}

async function attempt(command: string, args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    await execute(command, args, { cwd: folder, signal, timeout, shell: process.platform === "win32" });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    return `${command}: ${first}`;
  }
}
