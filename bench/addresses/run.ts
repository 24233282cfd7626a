/** One contestant at one case, in a process of its own. */
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { PeerName } from "./cases.ts";
import { pythonFolder } from "./peers.ts";

const execute = promisify(execFile);
/** Milliseconds a process may take: 5 minutes. The slowest takes half a minute. */
const timeout = 5 * 60_000;

export type Contestant = "ours" | PeerName;

export interface Run {
  /** Milliseconds of each call. The first one is cold. */
  readonly times: readonly number[];
  /** By how much the first call raised the peak of the process' memory, and that peak. */
  readonly memoryMb: number;
  readonly peakMb: number;
  readonly answer: readonly string[];
}

export interface RunSettings {
  readonly contestant: Contestant;
  readonly id: string;
  readonly inputFile: string;
  readonly folder: string;
  readonly calls: number;
  readonly signal: AbortSignal;
}

/** @throws Error with what the process printed when it failed. */
export async function runContestant({ contestant, id, inputFile, folder, calls, signal }: RunSettings): Promise<Run> {
  const answerFile = join(folder, "answer.json");
  rmSync(answerFile, { force: true });
  const python = contestant === "netaddr" || contestant === "ipaddress";
  const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const rest = [id, inputFile, answerFile, String(calls)];
  const [command, args] = python
    ? ["python3", [own("tasks/python.py"), contestant, ...rest]]
    : [process.execPath, [own("worker.ts"), own(`tasks/${contestant}.ts`), ...rest]];
  const env = python ? { ...process.env, PYTHONPATH: pythonFolder } : process.env;
  await execute(command, args, { env, signal, timeout, maxBuffer: 1_000_000 });
  return JSON.parse(readFileSync(answerFile, "utf8")) as Run;
}
