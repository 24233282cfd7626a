/**
 * `npm run bench`: what our provider costs beside one that does nothing, on the real engine; how fast our sets of
 * addresses and our reading of firewall configurations are beside those of others; and whether another reader of
 * configurations finds the same addresses in them. `npm run bench -- addresses`, `-- firewalls`, `-- opinions` and
 * `-- engine` run one suite; `--quick` leaves out what takes longest. Writes bench/results/latest.json and latest.md, or
 * those of the one suite. See docs/bench.md.
 *
 * Exit code 0 when everything was measured, also when an aim was missed; 1 when something broke, or a second opinion
 * differs and nobody has found out why; 2 for a wrong argument.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { addressSuite } from "./addresses/index.ts";
import { connectorSuite } from "./connectors.ts";
import { firewallSuite } from "./firewalls/index.ts";
import { opinionSuite } from "./opinions/index.ts";
import type { Suite } from "./suite.ts";
import { toMarkdown } from "./table.ts";

const suites: readonly Suite[] = [addressSuite, firewallSuite, opinionSuite, connectorSuite];
const results = join("bench", "results");

async function main(chosen: readonly Suite[], quick: boolean, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const say = (line: string): void => console.log(`[${elapsed(started)}] ${line}`);
  const before = loadavg()[0] ?? 0;
  say(`load of the machine before: ${before.toFixed(2)} on ${availableParallelism()} cores`);
  const machine = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    pulumi: process.env.PULUMI_MSEM_CLI_VERSION ?? "unknown",
    loadBefore: before,
  };
  const measured: { name: string; lines: unknown; remarks: unknown; details: unknown; failures: unknown }[] = [];
  const failed: string[] = [];
  const report = [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, Pulumi CLI ${machine.pulumi}, load before ${before.toFixed(2)}.`,
    ...(before > 0.5 ? ["The machine was not quiet: take the figures with care."] : []),
  ];
  for (const suite of chosen) {
    const { heading, lines, remarks, details, failures = [] } = await suite.measure({ quick, signal, say });
    measured.push({ name: suite.name, lines, remarks, details, failures });
    failed.push(...failures);
    report.push(
      "",
      heading,
      "",
      toMarkdown(lines),
      ...(remarks.length > 0 ? [""] : []),
      ...remarks.map((one) => `- ${one}`),
      ...(failures.length > 0 ? [""] : []),
      ...failures.map((one) => `- **FAILED** ${one}`),
    );
  }
  const measuredAt = new Date(started).toISOString();
  const [only] = chosen;
  const name = chosen.length === 1 && only !== undefined ? only.name : "latest";
  mkdirSync(results, { recursive: true });
  writeFileSync(
    join(results, `${name}.json`),
    `${JSON.stringify({ measuredAt, machine, suites: measured }, undefined, 2)}\n`,
  );
  writeFileSync(join(results, `${name}.md`), `# Bench of ${measuredAt}\n\n${report.join("\n")}\n`);
  console.log(`\n${report.join("\n")}\n`);
  say(`written to ${join(results, `${name}.json`)} and ${name}.md`);
  if (failed.length > 0) throw new Error(failed.join("\n"));
}

function elapsed(since: number): string {
  const all = Math.round((Date.now() - since) / 1000);
  return `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
}

const given = process.argv.slice(2);
const wrong = given.filter((argument) => argument !== "--quick" && !suites.some(({ name }) => name === argument));
const named = suites.filter(({ name }) => given.includes(name));
const stop = new AbortController();
// A stopped child fails its operation, so that everything is closed and removed on the way out.
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

if (wrong.length > 0) {
  console.error(
    `The bench does not know ${wrong.join(" ")}. It takes ${suites.map(({ name }) => name).join(" or ")}, to run one suite, and --quick, to leave out what takes longest.`,
  );
  process.exitCode = 2;
} else {
  try {
    await main(named.length > 0 ? named : suites, given.includes("--quick"), stop.signal);
  } catch (error) {
    console.error(`\nThe bench broke: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
