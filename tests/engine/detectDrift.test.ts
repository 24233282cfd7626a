/**
 * What both pipelines call at night, end to end: examples/ci/detect-drift.mjs with `msem check` on an emulated tenant
 * and the real engine. The CLI's language host for Node is not installed here, so `--pulumi` names a stand-in that runs
 * the preview on the engine itself (programs/pulumi.mjs), with the CLI's options, output and exit code.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createServiceTagsEmulator, type ServiceTagsEmulator } from "pulumi-msem/emulator";
import type { StackSettings } from "../../scripts/engine/stack.ts";
import { run as prefixes, weeklyFile } from "../ranges/weekly.ts";
import { expectOk, type Lab, openLab } from "./lab.ts";
import type { NightlyProgram } from "./programs/nightly.ts";

jest.setTimeout(240_000);

/** Of the connector in programs/ranges.ts, and of the pipeline. */
const secrets = ["0123456789abcdef0123456789abcdef", "pipeline-secret-41c7"];

interface Night {
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  readonly verdict: string;
  readonly issue: string;
  readonly mark: string;
}

interface NightSettings {
  readonly members?: readonly string[];
  readonly onDrift?: "warn" | "fail";
  readonly pulumi?: string;
  /** Text of the open issue. */
  readonly reported?: string;
  /** What follows the options. */
  readonly checks?: readonly string[];
}

const whole = ["20.200.0.0 255.255.255.192", "20.200.0.64 255.255.255.240"];
const half = ["20.200.0.0 255.255.255.192"];

let lab: Lab<NightlyProgram>;
let center: ServiceTagsEmulator;
let folder: string;
let week = 0;

beforeAll(async () => {
  center = await createServiceTagsEmulator();
  lab = await openLab<NightlyProgram>({ stack: { program: program() } });
  mkdirSync(".work", { recursive: true });
  folder = mkdtempSync(resolve(".work", "nightly-"));
  writeFileSync(join(folder, "tags.json"), JSON.stringify(weeklyFile(400, scuba(30, prefixes(10)))));
  writeFileSync(join(folder, "whole.cfg"), asa(whole));
  writeFileSync(join(folder, "half.cfg"), asa(half));
  publish(30, 10);
  expectOk(await lab.run("up", argsOf({})));
});

afterAll(async () => {
  await lab.close();
  await center.close();
  rmSync(folder, { recursive: true, force: true });
});

const program = (): string => resolve("tests", "engine", "programs", "nightly.ts");
const scuba = (changeNumber: number, list: readonly string[]) => ({ Scuba: { changeNumber, prefixes: list } });

function publish(changeNumber: number, count: number): void {
  week++;
  center.withdraw("Public");
  center.publish("Public", "2026-11-16", weeklyFile(400 + week, scuba(changeNumber, prefixes(count))));
}

function asa(members: readonly string[]): string {
  return [
    "ASA Version 9.16",
    `enable password ${secrets[1]} encrypted`,
    "object-group network SCUBA",
    ...members.map((member) => ` network-object ${member}`),
    "access-list outside_in extended permit tcp object-group SCUBA any eq https",
    "access-group outside_in in interface outside",
    "",
  ].join("\n");
}

function argsOf({ members = whole, onDrift = "fail" }: NightSettings): NightlyProgram {
  const published = Object.fromEntries(prefixes(10).map((prefix) => [prefix, "Scuba"]));
  return {
    ranges: { endpoint: center.url, cacheFolder: join(lab.folder, `cache-${week}`), today: "2026-11-24" },
    firewalls: {
      ranges: { serviceTag: "Scuba", changeNumber: 30, prefixes: published },
      firewalls: [{ name: "edge", config: { text: asa(members) }, args: { list: "SCUBA", onDrift } }],
    },
  };
}

const checkOf = (file: string): string[] => ["--", join(folder, file), "--ranges", join(folder, "tags.json")];

async function night(settings: NightSettings = {}): Promise<Night> {
  const [standIn, reported, summary, outputs] = ["stand-in.json", "issue.md", "summary.md", "outputs"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  const stack: StackSettings = {
    repository: resolve("."),
    folder: lab.folder,
    project: "lab",
    stack: "test",
    program: program(),
    workDir: resolve("."),
    config: {
      "msem:endpoint": { value: lab.emulator.url },
      "msem:token": { value: lab.emulator.tokens.securityOperator, secret: true },
    },
  };
  writeFileSync(standIn, JSON.stringify({ settings: stack, programArgs: argsOf(settings) }));
  writeFileSync(reported, settings.reported ?? "");
  for (const file of [summary, outputs]) rmSync(file, { force: true });
  const args = [
    resolve("examples", "ci", "detect-drift.mjs"),
    ...["--stack", "test", "--pulumi", settings.pulumi ?? resolve("tests", "engine", "programs", "pulumi.mjs")],
    ...["--msem", resolve("provider", "bin", "msem.js"), "--summary", summary, "--reported", reported],
    ...(settings.checks ?? checkOf("whole.cfg")),
  ];
  const { GITHUB_STEP_SUMMARY: _page, TF_BUILD: _azure, ...env } = process.env;
  const more = { PULUMI_STAND_IN: standIn, GITHUB_OUTPUT: outputs, EDGE_PASSWORD: secrets[1] };
  const { code, log } = await new Promise<Pick<Night, "code" | "log">>((settle) => {
    // Not synchronously: the emulated tenant answers from this process.
    execFile(process.execPath, args, { env: { ...env, ...more } }, (error, stdout, stderr) =>
      settle({ code: error === null ? 0 : Number(error.code), log: `${stdout}${stderr}` }),
    );
  });
  const said = { code, log, summary: readFileSync(summary, "utf8") };
  for (const secret of secrets) expect(JSON.stringify(said)).not.toContain(secret);
  const pairs = readFileSync(outputs, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("=") as [string, string]);
  return { ...said, verdict: "", issue: "", mark: "", ...Object.fromEntries(pairs) };
}

describe("detect-drift.mjs on the real engine", () => {
  it("ends with 0 while stack and configuration are in sync, and closes what is open", async () => {
    const { code, summary, verdict, issue } = await night();
    expect({ code, verdict, issue }).toEqual({ code: 0, verdict: "in-sync", issue: "none" });
    expect(summary).toContain("# ✅ In sync\n");
    expect(summary).toContain("| covered | 10 |");
    const stale = `<!-- msem-drift-sha256-${"0".repeat(64)} -->`;
    expect(await night({ reported: stale })).toMatchObject({ code: 0, issue: "close" });
  });

  it("ends with 2 when somebody edited a connector, shows what, and reports it once", async () => {
    lab.emulator.edit("consumer", { description: "edited by hand" });
    const first = await night();
    expect(first).toMatchObject({ code: 2, verdict: "drift", issue: "open" });
    expect(first.summary).toContain("# ❌ Drift\n");
    expect(first.summary).toMatch(
      /~ TenableConnector consumer: \(update\)\n +~ description: "edited by hand" => "change 30 with 10"\n/,
    );
    const second = await night({ reported: `Seen in run 7.\n${first.summary}` });
    expect(second).toMatchObject({ code: 2, issue: "none", mark: first.mark, summary: first.summary });
    publish(31, 12);
    const third = await night({ reported: first.summary });
    expect(third).toMatchObject({ code: 2, issue: "update" });
    expect(third.summary).toContain("'scuba': Scuba 30 -> 31: 2 added, 0 removed, 10 kept\n");
    expect(third.summary).toContain('+ 20.200.0.80/29: "Scuba"');
  });

  it("ends with 2 when a check of the program says MSEM_DRIFT, though Pulumi says 1", async () => {
    const { code, log, summary } = await night({ members: half });
    expect(code).toBe(2);
    expect(log).toContain("error: pulumi-nodejs:dynamic/msem:FirewallAllowlist resource 'edge'");
    expect(summary).toContain("MSEM_DRIFT config object-group network SCUBA lacks Scuba change 30\n  2 missing:");
  });

  it("ends with 2 when the stack is in sync and a configuration lacks prefixes", async () => {
    publish(30, 10);
    expectOk(await lab.run("up", argsOf({}), { refresh: true }));
    const { code, summary } = await night({ checks: [...checkOf("whole.cfg"), ...checkOf("half.cfg")] });
    expect(code).toBe(2);
    expect(summary).toMatch(/## ✅ In sync: stack test/);
    expect(summary).toContain("<details><summary>2 missing</summary>");
    expect(summary).toContain("- `20.200.0.64/29`");
  });

  it("ends with 3 when a guard refuses, also with drift beside it", async () => {
    publish(32, 1);
    const { code, summary, verdict } = await night({ checks: checkOf("half.cfg") });
    expect({ code, verdict }).toEqual({ code: 3, verdict: "refused" });
    expect(summary).toMatch(/MSEM_REFUSED removals guard\n +Scuba lacks 9 prefixes of the 10 accepted before/);
    expect(summary.indexOf("⛔ Refused: stack test")).toBeLessThan(summary.indexOf("❌ Drift: "));
  });

  it("ends with 1 when the service refuses the identity of the run, whatever else there is", async () => {
    publish(30, 10);
    lab.emulator.faults.set([{ when: { method: "GET" }, effect: { kind: "status", status: 403 }, times: 100 }]);
    const { code, summary, verdict } = await night({ checks: checkOf("half.cfg") });
    lab.emulator.faults.clear();
    expect({ code, verdict }).toEqual({ code: 1, verdict: "failed" });
    expect(summary).toContain("MSEM_FORBIDDEN");
  });

  it("ends with 1 when there is no Pulumi, or a configuration cannot be read", async () => {
    const none = await night({ pulumi: "no-such-pulumi" });
    expect(none).toMatchObject({ code: 1, verdict: "failed", issue: "open" });
    expect(none.summary).toContain("no-such-pulumi was not found.");
    // The name of the file is a secret of the pipeline here, which the summary leaves out.
    const unread = await night({ checks: checkOf(`${secrets[1]}.cfg`) });
    expect(unread.code).toBe(1);
    expect(unread.summary).toContain("[secret]");
  });
});
