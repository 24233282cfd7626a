/**
 * `npm run bench`: what our provider costs beside one that does nothing, on the real engine. `--quick` leaves out the
 * 1,000 connectors. Writes bench/results/latest.json and latest.md. See docs/bench.md.
 *
 * Exit code 0 when everything was measured, also when an aim was missed; 1 when something broke; 2 for a wrong argument.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { measureImports } from "./imports.ts";
import { growthLines, importLines, type Line, ratioLines, stateLines, toMarkdown } from "./report.ts";
import { measureRounds } from "./rounds.ts";

const few = 100;
const many = 1000;
const rounds = 3;
const importRounds = 15;
const results = join("bench", "results");

async function main(quick: boolean, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const say = (line: string): void => console.log(`[${elapsed(started)}] ${line}`);
  const before = loadavg()[0] ?? 0;
  say(`load of the machine before: ${before.toFixed(2)} on ${availableParallelism()} cores`);

  say(`imports, ${importRounds} fresh processes each`);
  const imports = await measureImports(importRounds);
  const common = { signal, say };
  const atFew = await measureRounds({
    ...common,
    names: ["connectors", "trivial", "floor"],
    count: few,
    rounds,
    previews: 2,
  });
  const atMany = quick
    ? undefined
    : await measureRounds({ ...common, names: ["connectors", "trivial"], count: many, rounds: 1, previews: 1 });

  const lines: Line[] = [
    ...ratioLines(atFew),
    ...stateLines(atFew),
    ...importLines(imports),
    ...(atMany === undefined ? [] : growthLines(atFew, atMany)),
  ];
  const machine = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    pulumi: process.env.PULUMI_MSEM_CLI_VERSION ?? "unknown",
    loadBefore: before,
  };
  const report = [
    `${few} connectors: medians of ${rounds} rounds. ${machine.cores} cores (${machine.processor}), Node ${machine.node}, Pulumi CLI ${machine.pulumi}, load before ${before.toFixed(2)}.`,
    ...(before > 0.5 ? ["The machine was not quiet: take the figures with care."] : []),
    "",
    toMarkdown(lines),
  ].join("\n");
  const measuredAt = new Date(started).toISOString();
  mkdirSync(results, { recursive: true });
  writeFileSync(
    join(results, "latest.json"),
    `${JSON.stringify({ measuredAt, machine, lines, imports, atFew, atMany }, undefined, 2)}\n`,
  );
  writeFileSync(join(results, "latest.md"), `# Bench of ${measuredAt}\n\n${report}\n`);
  console.log(`\n${report}\n`);
  say(`written to ${join(results, "latest.json")} and latest.md`);
}

function elapsed(since: number): string {
  const all = Math.round((Date.now() - since) / 1000);
  return `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
}

const wrong = process.argv.slice(2).filter((argument) => argument !== "--quick");
const stop = new AbortController();
// A stopped child fails its operation, so that everything is closed and removed on the way out.
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

if (wrong.length > 0) {
  console.error(`The bench does not know ${wrong.join(" ")}. It takes --quick: without the ${many} connectors.`);
  process.exitCode = 2;
} else {
  try {
    await main(process.argv.includes("--quick"), stop.signal);
  } catch (error) {
    console.error(`\nThe bench broke: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
