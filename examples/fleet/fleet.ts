#!/usr/bin/env node
/** One program for many tenants. `node fleet.ts --help` says the rest. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { help, type RunArguments, readArguments } from "./arguments.ts";
import { startChild } from "./child.ts";
import { openJournal } from "./journal.ts";
import { readTenants, type Tenant } from "./list.ts";
import { exitCodeOf, formatReport, mergeReports, type Report } from "./report.ts";
import { packageVersion, programDigest, revisionOf } from "./revision.ts";
import { environmentFor, redactor, startRun } from "./run.ts";
import { partOf } from "./shard.ts";

const here = dirname(fileURLToPath(import.meta.url));
/** For the calls that an engine has under way when it is told to end. */
const graceMs = 10_000;

async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given.command === "help") {
    console.log(help);
    return 0;
  }
  const tenants = readTenants(given.list);
  const report =
    given.command === "summary"
      ? mergeReports(
          given.reports.map((file) => ({ file, content: readReport(file) })),
          tenants.map(({ name }) => name),
        )
      : await run(given, tenants);
  const document = `${JSON.stringify(report, undefined, 2)}\n`;
  process.stdout.write(given.json ? document : formatReport(report));
  if (given.command !== "summary" && given.report !== undefined) writeFileSync(given.report, document);
  return report.exitCode;
}

async function run(given: RunArguments, tenants: readonly Tenant[]): Promise<Report> {
  const { command, shard, project, organization, secretsProvider, timeoutMs } = given;
  const started = Date.now();
  const work = resolve(given.work);
  const stacks = {
    project,
    ...(organization === undefined ? {} : { organization }),
    ...(secretsProvider === undefined ? {} : { secretsProvider }),
  };
  const program = programDigest(join(here, "program"), packageVersion(join(here, "fleet.ts")));
  const journal = openJournal(work);
  try {
    const { reports, stop } = startRun({
      operation: command,
      tenants: selected(tenants, given),
      all: given.all,
      refresh: given.refresh,
      parallel: given.parallel,
      timeoutMs,
      graceMs,
      work,
      stacks,
      revisionOf: (tenant) => revisionOf(tenant, program, stacks, process.env.PULUMI_BACKEND_URL),
      journal,
      start: (request) => {
        const environment = environmentFor(request.tenant, tenants, process.env);
        return startChild(request, { script: join(here, "engine.ts"), folder: here, environment, timeoutMs, graceMs });
      },
      redact: redactor(tenants, process.env),
      progress: (line) => process.stderr.write(`${line}\n`),
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
    const done = await reports;
    return {
      version: 1,
      operation: command,
      ...(shard === undefined ? {} : { shard: `${shard.index}/${shard.count}` }),
      startedDateTime: new Date(started).toISOString(),
      seconds: Math.round((Date.now() - started) / 100) / 10,
      exitCode: exitCodeOf(done),
      tenants: [...done],
      forgotten: journal
        .tenants()
        .filter((name) => journal.entry(name).done?.operation === "up" && !tenants.some((one) => one.name === name)),
    };
  } finally {
    journal.close();
  }
}

function selected(tenants: readonly Tenant[], { only, shard }: RunArguments): readonly Tenant[] {
  const unknown = only.filter((name) => !tenants.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`not in the list: ${unknown.join(", ")}`);
  const part = shard === undefined ? tenants : partOf(tenants, shard);
  return only.length === 0 ? part : part.filter(({ name }) => only.includes(name));
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  console.error("node fleet.ts --help shows what there is");
  process.exitCode = 1;
}
