/**
 * The fleet example with twenty tenants on the real engine: one fails, one is slow, one is held by somebody else, and a
 * run is killed with two of them under way. The run after it does what is left.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "pulumi-msem/emulator";
import { killTree } from "../../../examples/fleet/processes.ts";
import type { Report } from "../../../examples/fleet/report.ts";
import { byStatus, type FleetLab, type FleetRun, openFleetLab } from "./lab.ts";

jest.setTimeout(240_000);

let lab: FleetLab;
const failing = "tenant-03";
const slow = "tenant-05";
const held = "tenant-07";
const killed = ["tenant-04", "tenant-08"];

const emulatorOf = (name: string): Emulator => lab.emulators.get(name) as Emulator;
const connectedAt = (name: string) =>
  emulatorOf(name)
    .connections()
    .map((one) => one.name);
const tenantOf = (report: Report, name: string) => report.tenants.find(({ tenant }) => tenant === name);
/** What a run has told of tenants that are done. */
const doneIn = (run: FleetRun) => run.progress().flatMap((line) => /^\[[^\]]*\] (\S+)/.exec(line)?.[1] ?? []);

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 90_000) throw new Error(`never: ${what}`);
    await sleep(20);
  }
}

/** As somebody else's CLI writes it. */
function putForeignLock(name: string): string {
  const folder = join(lab.folder, "state", ".pulumi", "locks", "organization", "msem-fleet", name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.json`);
  const lock = { pid: 4711, username: "somebody", hostname: "elsewhere", timestamp: new Date().toISOString() };
  writeFileSync(file, JSON.stringify(lock));
  return file;
}

beforeAll(async () => {
  lab = await openFleetLab(20, [slow, ...killed]);
});

afterAll(async () => {
  await lab.close();
});

it("brings half of the tenants up, though one fails, one is slow and one is held by somebody else", async () => {
  const good = lab.environment.TOKEN_03 as string;
  lab.environment.TOKEN_03 = "token-of-yesterday";
  const lock = putForeignLock(held);
  const run = lab.start("up", "--shard", "1/2", "--report", join(lab.folder, "report.json"));
  await until("all but the slow one done", () => doneIn(run).length === 9 || run.child.exitCode !== null);
  expect(doneIn(run)).not.toContain(slow);
  lab.release(slow);
  const { code, stdout, stderr } = await run.ended;
  const report = JSON.parse(readFileSync(join(lab.folder, "report.json"), "utf8")) as Report;
  expect(code).toBe(1);
  expect(byStatus(report)).toEqual({
    ok: ["01", "05", "09", "11", "13", "15", "17", "19"].map((end) => `tenant-${end}`),
    failed: [failing, held],
  });
  expect(stdout).toContain("2 of 10 tenants not in order: 8 ok, 2 failed (up, part 1/2, ");
  expect(tenantOf(report, failing)?.problems.join()).toContain("MSEM_UNAUTHENTICATED");
  expect(tenantOf(report, held)?.problems.join()).toContain("held by process 4711 on elsewhere");
  expect(existsSync(lock)).toBe(true);
  expect(stdout + stderr).not.toContain("token-of-yesterday");
  expect(connectedAt(failing)).toEqual([]);
  lab.environment.TOKEN_03 = good;
  rmSync(lock);
});

it("dies with its machine while two tenants of the other half are under way", async () => {
  const run = lab.start("up", "--shard", "2/2", "--parallel", "2");
  const underWay = () => killed.every((name) => connectedAt(name).length === 1);
  await until("both under way", () => underWay() || run.child.exitCode !== null);
  expect(doneIn(run)).toEqual(["tenant-02", "tenant-06"]);
  const pid = run.child.pid as number;
  // Or it would still note the end of its children.
  process.kill(pid, "SIGSTOP");
  killTree(pid);
  expect((await run.ended).code).toBeNull();
  expect(lab.locks().filter((file) => file.endsWith(".json"))).toHaveLength(2);
  for (const name of killed) lab.release(name);
});

it("does what is left: 20 of 20, without a lock, an operation or a connection too many", async () => {
  const { code, report } = await lab.run("up");
  expect(report.tenants.flatMap(({ problems }) => problems)).toEqual([]);
  expect(code).toBe(0);
  const found = byStatus(report);
  expect(found.doneBefore).toHaveLength(8 + 2);
  expect(found.ok).toHaveLength(2 + 2 + 6);
  for (const name of killed) expect(tenantOf(report, name)?.note).toBe("took over from a run that was killed");
  for (const name of [failing, held]) expect(tenantOf(report, name)).not.toHaveProperty("note");
  expect(lab.names.map((name) => [name, ...connectedAt(name)])).toEqual(lab.names.map((name) => [name, "scanner"]));
  const states = lab.states();
  expect(states.size).toBe(20);
  for (const [file, text] of states) {
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: Record<string, unknown[]> } };
    expect([file, checkpoint.latest.resources?.length, checkpoint.latest.pending_operations ?? []]).toEqual([
      file,
      3,
      [],
    ]);
  }
  expect(lab.locks()).toEqual([]);
});

it("finds drift with a reason, and the next up mends just that, on a machine without the stacks' settings", async () => {
  const salts = () => [...lab.states().values()].map((text) => /"salt": ?"([^"]+)"/.exec(text)?.[1]);
  const before = salts();
  rmSync(join(lab.folder, "work", "stacks"), { recursive: true });
  emulatorOf("tenant-02").edit("scanner", { description: "edited by hand" });
  const drift = await lab.run("preview", "--tenant", "tenant-01", "--tenant", "tenant-02");
  expect(drift.code).toBe(2);
  expect(byStatus(drift.report)).toEqual({ ok: ["tenant-01"], drift: ["tenant-02"] });
  expect(tenantOf(drift.report, "tenant-02")?.differences).toEqual(["scanner: update [description]"]);
  const repair = await lab.run("up");
  expect(repair.code).toBe(0);
  expect(byStatus(repair.report)).toMatchObject({ ok: ["tenant-02"] });
  expect(emulatorOf("tenant-02").connections()[0]?.description).toBeUndefined();
  // Another secrets provider would have been taken otherwise: here a passphrase with a salt of its own.
  expect(before).not.toContain(undefined);
  expect(salts()).toEqual(before);
});

it("destroys what it is told to", async () => {
  const { code, report } = await lab.run("destroy", "--yes", "--tenant", "tenant-01");
  expect([code, byStatus(report)]).toEqual([0, { ok: ["tenant-01"] }]);
  expect(connectedAt("tenant-01")).toEqual([]);
  expect(connectedAt("tenant-02")).toEqual(["scanner"]);
});
