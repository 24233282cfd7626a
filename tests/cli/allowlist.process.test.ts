/** `msem allowlist` as it ships: a process of its own, which is killed at every call, and the next run puts it right. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canary } from "../conformance/profile";
import { profiles } from "../conformance/profiles";
import { type AllowlistLab, few, more, openAllowlistLab } from "./allowlist.lab";

jest.setTimeout(120_000);

const command = join(__dirname, "../../provider/bin/msem.js");

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function start(lab: AllowlistLab, sub: string, ...more: string[]): Started {
  const caller = sub === "drift" ? [] : ["--caller", lab.profile.caller, "--ranges", lab.ranges];
  const child = spawn(process.execPath, [command, "allowlist", sub, ...lab.flags, ...caller, ...more], {
    env: { PATH: process.env.PATH, NO_COLOR: "1", ...lab.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    written.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    written.stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...written }));
  });
  return { child, ended };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    if (holds()) return;
    await sleep(25);
  }
  throw new Error(`waited 15 s in vain until ${what}`);
}

describe.each(profiles)("the command msem allowlist, $descriptor.kind", (profile) => {
  let lab: AllowlistLab;
  beforeEach(async () => {
    lab = await openAllowlistLab(profile, { real: true });
  });
  afterEach(() => lab.close());

  it("plans, applies and finds drift, with its exit codes and without a secret in what it says or keeps", async () => {
    const plan = await start(lab, "plan").ended;
    expect([plan.code, plan.stderr]).toEqual([2, expect.stringMatching(/^Reading .+ …\n$/)]);
    const digest = /Digest: +(\w+)/.exec(plan.stdout)?.[1] ?? "";
    const apply = await start(lab, "apply", "--plan-digest", digest).ended;
    expect({ ...apply, stdout: apply.stdout.trimEnd().split("\n").at(-1) }).toMatchObject({
      code: 0,
      stdout: "IN SYNC  3 changes written, read again: all 3 prefixes are there",
    });
    profile.remove(lab.vendor.store, few[0] as string);
    const drift = await start(lab, "drift", "--format", "json").ended;
    expect([drift.code, JSON.parse(drift.stdout).missing]).toEqual([2, [few[0]]]);
    lab.publish(more, 0);
    const refused = await start(lab, "apply", "--yes").ended;
    expect([refused.code, refused.stdout]).toEqual([3, expect.stringContaining("--accept-rollback-to 0")]);
    const accepted = await start(lab, "apply", "--yes", "--accept-rollback-to", "0", "--format", "json").ended;
    expect([accepted.code, JSON.parse(accepted.stdout).verdict]).toEqual([0, "applied"]);
    expect(lab.admitted()).toEqual(expect.arrayContaining(more));
    const said = [plan, apply, drift, refused, accepted].map(({ stdout, stderr }) => stdout + stderr).join("");
    expect(said + readFileSync(lab.state, "utf8")).not.toContain(canary);
  });

  it("helps with examples, and says what is wrong with its usage", async () => {
    const help = await start(lab, "apply", "--help").ended;
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining("Examples:\n  $ msem allowlist apply")]);
    const wrong = await start(lab, "plan", "--mode", "mirror").ended;
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining("Allowed choices are additive, exclusive."),
    ]);
  });

  it("converges after a kill at any call, and knows what the killed run wrote as its own", async () => {
    let killed = 0;
    for (let call = 1; call <= 60; call++) {
      await lab.close();
      lab = await openAllowlistLab(profile, { real: true });
      await lab.apply();
      const before = lab.admitted();
      lab.publish(more, 2);
      lab.vendor.faults.set([{ when: { call }, effect: { kind: "delay", ms: 60_000 }, times: 1 }]);
      const { child, ended } = start(lab, "apply", "--yes");
      let over = false;
      void ended.then(() => {
        over = true;
      });
      await until(`call ${call} is asked`, () => over || lab.vendor.faults.list()[0]?.struck === 1);
      if (over) {
        // It needs fewer calls than that.
        expect((await ended).code).toBe(0);
        break;
      }
      killed = call;
      expect(existsSync(`${lab.state}.lock`)).toBe(true);
      child.kill("SIGKILL");
      await ended;
      lab.vendor.faults.clear();

      expect(lab.admitted()).toEqual(expect.arrayContaining([...before]));
      expect((await lab.apply()).code).toBe(0);
      expect(lab.admitted()).toEqual([...before, "20.36.2.0/27"].sort());
      expect((await lab.drift()).code).toBe(0);
      lab.publish(few, 3);
      expect((await lab.apply({ guardOptions: { quarantineDays: "0" } })).code).toBe(0);
      expect([call, lab.admitted()]).toEqual([call, before]);
      expect(readdirSync(lab.folder).sort()).toEqual(["state.json", "weekly.json"]);
    }
    // Read to plan, read again, write, read what was written: at least.
    expect(killed).toBeGreaterThanOrEqual(4);
  });
});
