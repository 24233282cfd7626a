/** One contestant at one configuration, in a process of its own. */
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Generator } from "./generators.ts";
import { type PeerName, peerFolder, programOf } from "./peers.ts";

const execute = promisify(execFile);
/** Milliseconds a process may take: 5 minutes. */
const timeout = 5 * 60_000;
const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export type Contestant = "ours" | "split" | PeerName;

export interface Run {
  /** Milliseconds of each call. */
  readonly times: readonly number[];
  /** Peak of the process' memory. */
  readonly peakMb: number;
  /** The work of a program took less than its start, and cannot be told from it. */
  readonly lost?: boolean;
  /** Only of ours: what is in the list. */
  readonly answer?: readonly string[];
}

export interface Input {
  readonly generator: Generator;
  readonly file: string;
  readonly list: string;
  readonly folder: string;
  readonly calls: number;
  readonly signal: AbortSignal;
}

/** What a contestant calls the format; undefined: it does not read it. */
export function dialectOf(contestant: Contestant, generator: Generator): string | undefined {
  if (contestant === "ours" || contestant === "split") return generator.id;
  return contestant === "hier_config" ? generator.hierConfig : generator[contestant];
}

/** @throws Error with what the process printed when it failed. */
export async function runContestant(contestant: Contestant, input: Input): Promise<Run> {
  const { file, list, calls } = input;
  const dialect = dialectOf(contestant, input.generator) ?? "";
  switch (contestant) {
    case "ours":
    case "split":
      return answered(input, (answer) => [
        process.execPath,
        [own("worker.ts"), contestant, file, dialect, list, answer, String(calls)],
      ]);
    case "hier_config":
    case "netutils":
      return answered(
        input,
        (answer) => ["python3", [own("tasks/python.py"), contestant, dialect, file, answer, String(calls)]],
        contestant,
      );
    case "fwshift":
      return runProgram(contestant, input, ["inspect", "--from", dialect, file], ["--version"]);
    case "ciscoconfparse2":
      return runProgram(
        contestant,
        input,
        ["parent", "--syntax", dialect, "--args", `object-group network ${list}`, file],
        ["--help"],
      );
  }
}

/** A program is charged for its work, not for its start. */
async function runProgram(
  name: "fwshift" | "ciscoconfparse2",
  input: Input,
  work: readonly string[],
  idle: readonly string[],
): Promise<Run> {
  const timed = (args: readonly string[], calls: number): Promise<Run> =>
    answered(
      input,
      (answer) => ["python3", [own("tasks/program.py"), answer, String(calls), ...programOf(name), ...args]],
      name,
    );
  const start = Math.min(...(await timed(idle, 3)).times);
  const { times, peakMb } = await timed(work, input.calls);
  const charged = times.map((time) => time - start);
  return { times: charged, peakMb, ...(Math.min(...charged) < start ? { lost: true } : {}) };
}

async function answered(
  { folder, signal }: Input,
  command: (answerFile: string) => readonly [string, readonly string[]],
  peer?: PeerName,
): Promise<Run> {
  const answerFile = join(folder, "answer.json");
  rmSync(answerFile, { force: true });
  const [program, args] = command(answerFile);
  const env = peer === undefined ? process.env : { ...process.env, PYTHONPATH: peerFolder(peer) };
  await execute(program, args, { env, signal, timeout, maxBuffer: 10_000_000 });
  return JSON.parse(readFileSync(answerFile, "utf8")) as Run;
}
