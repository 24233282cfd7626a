/** The command itself, start-up included: `msem check` of a large and of a small configuration, beside `node -e 0`. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { addressOf, type Generator } from "./generators.ts";
import { msemCommand } from "./ours.ts";

export interface CommandTimes {
  /** Milliseconds, the fastest of its turns. */
  readonly ms: number;
  /** Milliseconds of a Node that does nothing, in the same turns. */
  readonly nodeMs: number;
  readonly peakMb: number;
}

const preload = pathToFileURL(fileURLToPath(new URL("peak.mjs", import.meta.url))).href;

/** A weekly file whose one tag is a part of what the configurations admit, so that there is something to find. */
function writeTags(folder: string, objects: number): string {
  const addressPrefixes = Array.from({ length: Math.min(250, objects) }, (_, at) => `${addressOf(at)}/32`);
  const properties = { changeNumber: 1, region: "", systemService: "Scuba", addressPrefixes };
  const file = join(folder, "tags.json");
  writeFileSync(
    file,
    JSON.stringify({ changeNumber: 1, cloud: "Public", values: [{ name: "Scuba", id: "Scuba", properties }] }),
  );
  return file;
}

/** @throws Error when the verdict is another one than in sync: all that is asked for stands in the list */
export async function timeCommand(
  generator: Generator,
  objects: number,
  folder: string,
  turns: number,
  signal: AbortSignal,
): Promise<CommandTimes> {
  const { text, list } = generator.generate(objects);
  const file = join(folder, "checked.cfg");
  writeFileSync(file, text);
  const tags = writeTags(folder, objects);
  const peakFile = join(folder, "peak");
  const named = list === "" ? [] : ["--list", list];
  const check = [msemCommand, "check", file, "--vendor", generator.id, ...named, "--ranges", tags];
  const times: number[] = [];
  const idle: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    idle.push(await timed(["-e", "0"], signal));
    times.push(await timed(check, signal));
  }
  await timed(["--import", preload, ...check], signal, { MSEM_BENCH_PEAK: peakFile });
  return { ms: Math.min(...times), nodeMs: Math.min(...idle), peakMb: Number(readFileSync(peakFile, "utf8")) };
}

function timed(args: readonly string[], signal: AbortSignal, more: Record<string, string> = {}): Promise<number> {
  const started = performance.now();
  return new Promise((settle, reject) => {
    const env = { ...process.env, ...more };
    execFile(process.execPath, args, { env, signal, maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      const took = performance.now() - started;
      if (error === null) settle(took);
      else reject(new Error(`msem check ended with ${error.code}:\n${stdout.slice(0, 500)}${stderr.slice(0, 500)}`));
    });
  });
}
