/**
 * The process that talks to the products is killed in the middle of an `up`, and the next `up` makes it good. Three
 * moments here, of all targets at once; every moment in the conformance suite, without the engine.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createVendorEmulator, type Fault, type RunningVendor } from "pulumi-msem/emulator";
import type { TargetProfile } from "../conformance/profile.ts";
import { profiles } from "../conformance/profiles/index.ts";
import { changed, few, fitting, merged } from "../conformance/wishes.ts";
import { expectOk, type Lab, openLab } from "./lab.ts";
import type { AllowlistProgramArgs } from "./programs/allowlists.ts";

jest.setTimeout(300_000);

interface Member {
  readonly profile: TargetProfile;
  readonly vendor: RunningVendor<object>;
  readonly others: readonly string[];
  /** What was wrong after some request. */
  readonly violations: string[];
  /** Called after each write, before its answer leaves. */
  onWrite: () => void;
  wish: readonly string[];
  /** What killed runs have made. */
  orphans: readonly string[];
}

/** Calls wait so long for those of the other targets, and for the kill. */
const lateMs = 10_000;

type Delayed = (when: Fault["when"]) => void;

async function start(profile: TargetProfile): Promise<Member> {
  const violations: string[] = [];
  const vendor: RunningVendor<object> = await createVendorEmulator(profile.emulator, {
    seed: profile.restrict,
    log: (line) => {
      const there = profile.admitted(vendor.store);
      // The caller's entry is one of these.
      const lost = others.filter((text) => !there.includes(text));
      if (lost.length > 0) violations.push(`${line}: lost ${lost.join(", ")}`);
      // It is recorded right after it is logged.
      queueMicrotask(() => {
        const last = vendor.requests().at(-1);
        if (last !== undefined && profile.writes(last.method, last.path)) member.onWrite();
      });
    },
  });
  const others = profile.admitted(vendor.store);
  const member: Member = { profile, vendor, others, violations, onWrite: () => undefined, wish: [], orphans: [] };
  return member;
}

/** The process that runs our handlers: the engine's plugin among the descendants of this one. */
function providerProcess(): number | undefined {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(pid), parent, command: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isMine = (pid: number): boolean => {
    for (let at: number | undefined = pid, steps = 0; at !== undefined && steps < 50; at = parents.get(at), steps++) {
      if (at === process.pid) return true;
    }
    return false;
  };
  return processes.find(
    ({ pid, command }) => /node\0/.test(command) && command.includes("dynamic-provider") && isMine(pid),
  )?.pid;
}

const onLinux = process.platform === "linux";
const title = "an up whose provider process is killed";
if (!onLinux) console.log(`skipped, ${title}: the process is found in /proc`);

(onLinux ? describe : describe.skip)(title, () => {
  let lab: Lab<AllowlistProgramArgs>;
  let members: readonly Member[] = [];

  const program = (): AllowlistProgramArgs => ({
    allowlists: members
      .filter(({ wish }) => wish.length > 0)
      .map(({ profile, vendor, wish }) => ({
        name: profile.descriptor.kind,
        args: {
          target: profile.target(vendor.url),
          ranges: {
            serviceTag: "Scuba",
            changeNumber: wish.length,
            prefixes: Object.fromEntries(wish.map((prefix) => [prefix, "Scuba"])),
          },
          callerPrefixes: [profile.caller],
        },
      })),
  });

  /** Runs `up`, and kills the provider process while the call that `arm` delays is under way for every target. */
  async function killedUp(wish: readonly string[], arm: (member: Member, delayed: Delayed) => void): Promise<void> {
    for (const member of members) {
      member.wish = wish;
      arm(member, (when) => member.vendor.faults.set([{ when, effect: { kind: "delay", ms: lateMs }, times: 1 }]));
    }
    const up = lab.run("up", program());
    let ended = false;
    void up.finally(() => {
      ended = true;
    });
    const struck = () => members.every(({ vendor }) => vendor.faults.list()[0]?.struck === 1);
    for (let waited = 0; !struck() && !ended && waited < 60_000; waited += 20) await sleep(20);
    const pid = struck() ? providerProcess() : undefined;
    if (pid === undefined) throw new Error(`the moment never came:\n${(await up).output}`);
    const calls = members.map(({ vendor }) => vendor.requests().length);
    process.kill(pid, "SIGKILL");
    expect((await up).ok).toBe(false);
    // The calls that were under way take effect after their caller's death.
    const pending = () => members.some(({ vendor }, index) => vendor.requests().length === calls[index]);
    for (let waited = 0; pending() && waited < 2 * lateMs; waited += 20) await sleep(20);
    for (const member of members) {
      member.vendor.faults.clear();
      member.orphans = [...member.orphans, ...wish];
      member.onWrite = () => undefined;
    }
  }

  async function converge(wish: readonly string[]): Promise<void> {
    for (const member of members) member.wish = wish;
    expectOk(await lab.run("up", program()));
    for (const { profile, vendor, others, violations, orphans } of members) {
      const { capability, kind } = { ...profile.descriptor };
      const wanted = merged(others, fitting(capability, wish));
      const admitted = profile.admitted(vendor.store);
      const unasked = admitted.filter((text) => !wanted.includes(text));
      expect([kind, ...merged(admitted)]).toEqual([kind, ...merged(wanted, unasked)]);
      // Where only state tells what is ours, what a killed run made stays, as it may be anybody's.
      const allowed = capability.ownership === "state" ? orphans : [];
      expect([kind, ...unasked.filter((text) => !allowed.includes(text))]).toEqual([kind]);
      expect([kind, ...violations]).toEqual([kind]);
    }
  }

  beforeAll(async () => {
    members = await Promise.all(profiles.map(start));
    lab = await openLab<AllowlistProgramArgs>({ program: "allowlists" });
  });

  afterAll(async () => {
    await Promise.all(members.map(({ vendor }) => vendor.close()));
    await lab.close();
  });

  it("before the first write: nothing has changed, and the next one makes it", async () => {
    await killedUp(few, (_member, delayed) => delayed({ call: 1 }));
    for (const { profile, vendor, others } of members) expect(profile.admitted(vendor.store)).toEqual(merged(others));
    await converge(few);
  });

  it("while the first write is under way, which nobody hears of, or after the last one: the next one makes it good", async () => {
    const from = members.map(({ vendor }) => vendor.requests().length);
    await converge(changed);
    const writes = new Map(
      members.map((member, index) => [
        member,
        member.vendor
          .requests()
          .slice(from[index])
          .filter(({ method, path }) => member.profile.writes(method, path)),
      ]),
    );
    await killedUp(few, (member, delayed) => {
      const [{ method, path } = { method: "none", path: "none" }] = writes.get(member) ?? [];
      delayed({ method, path });
    });
    await converge(few);

    await killedUp(changed, (member, delayed) => {
      let left = writes.get(member)?.length ?? 0;
      member.onWrite = () => {
        left--;
        if (left === 0) delayed({});
      };
    });
    for (const { profile, vendor } of members) expect(profile.admitted(vendor.store)).toContain("192.0.2.64/28");
    await converge(changed);
  });

  it("destroys what is its own, and leaves the rest", async () => {
    expectOk(await lab.run("destroy", program()));
    for (const { profile, vendor, others, violations } of members) {
      expect(profile.admitted(vendor.store)).toEqual(expect.arrayContaining([...others]));
      expect(violations).toEqual([]);
      // Where only state tells, what a killed run made belongs to nobody.
      if (profile.descriptor.capability.ownership !== "state") {
        expect(profile.admitted(vendor.store)).toEqual(merged(others));
      }
    }
  });
});
