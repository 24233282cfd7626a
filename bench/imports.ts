/** What loading the package costs, in fresh processes that take turns. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { median } from "./statistics.ts";

const execute = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

/** Milliseconds, medians. The start of Node itself is not in them. */
export interface ImportTimes {
  /** `@pulumi/pulumi` alone. */
  readonly sdk: number;
  /** `pulumi-msem`, which loads `@pulumi/pulumi`. */
  readonly ours: number;
  /** `pulumi-msem/runtime`: once per provider process. */
  readonly runtime: number;
  /** What the first call to the service loads on top of the runtime: once per provider process. */
  readonly client: number;
}

/** @throws Error when a module does not load. */
export async function measureImports(rounds: number): Promise<ImportTimes> {
  const entry = resolve("pulumi-msem");
  const runtime = resolve("pulumi-msem/runtime");
  const client = join(dirname(entry), "connections", "client.js");
  const cases = {
    sdk: [resolve("@pulumi/pulumi")],
    ours: [entry],
    runtime: [runtime],
    client: [client, runtime],
  } as const;
  const times: Record<keyof ImportTimes, number[]> = { sdk: [], ours: [], runtime: [], client: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, [what, before]] of Object.entries(cases) as [keyof ImportTimes, readonly string[]][]) {
      times[name].push(await timed(what as string, before));
    }
  }
  return {
    sdk: median(times.sdk),
    ours: median(times.ours),
    runtime: median(times.runtime),
    client: median(times.client),
  };
}

async function timed(module: string, before: string | undefined): Promise<number> {
  const script = [
    ...(before === undefined ? [] : [`require(${JSON.stringify(before)});`]),
    "const started = performance.now();",
    `require(${JSON.stringify(module)});`,
    "console.log(performance.now() - started);",
    "process.exit(0);",
  ].join("\n");
  const { stdout } = await execute(process.execPath, ["--input-type=commonjs", "--eval", script]);
  return Number(stdout);
}
