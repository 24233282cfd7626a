/**
 * The process that talks to the products is killed in the middle of an `up`, and the next `up` makes it good. Three
 * moments for each target here; every moment in the conformance suite, without the engine.
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

/** Long enough to kill, short enough to wait for. */
const lateMs = 3_000;

async function start(profile: TargetProfile): Promise<Member> {
  const violations: string[] = [];
  const vendor: RunningVendor<object> = await createVendorEmulator(profile.emulator, {
    seed: profile.restrict,
    log: (line) => {
      const there = profile.admitted(vendor.store);
      // The caller's entry is one of these.
      const lost = others.filter((text) => !there.includes(text));
      if (lost.length > 0) violations.push(`${line}: lost ${lost.join(", ")}`);
      const [method = "", path = ""] = line.split(" ");
      if (profile.writes(method, path)) member.onWrite();
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
if (!onLinux) process.stdout.write(`skipped, ${title}: the process is found in /proc\n`);

(onLinux ? describe : describe.skip)(title, () => {
  let lab: Lab;
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

  /** Runs `up`, and kills the provider process while the call that `arm` delays is under way. */
  async function killedUp(member: Member, arm: (delayed: (when: Fault["when"]) => void) => void): Promise<void> {
    const { vendor } = member;
    arm((when) => vendor.faults.set([{ when, effect: { kind: "delay", ms: lateMs }, times: 1 }]));
    const up = lab.run("up", program());
    let ended = false;
    void up.finally(() => {
      ended = true;
    });
    const struck = () => vendor.faults.list()[0]?.struck === 1;
    for (let waited = 0; !struck() && !ended && waited < 60_000; waited += 20) await sleep(20);
    const pid = struck() ? providerProcess() : undefined;
    if (pid === undefined) throw new Error(`the moment never came:\n${(await up).output}`);
    const calls = vendor.requests().length;
    process.kill(pid, "SIGKILL");
    expect((await up).ok).toBe(false);
    // The call that was under way takes effect after its caller's death.
    for (let waited = 0; vendor.requests().length === calls && waited < 2 * lateMs; waited += 20) await sleep(20);
    vendor.faults.clear();
    member.orphans = [...member.orphans, ...member.wish];
    member.onWrite = () => undefined;
  }

  async function converge(member: Member): Promise<void> {
    expectOk(await lab.run("up", program()));
    const { profile, vendor, others, wish, violations } = member;
    const { capability } = profile.descriptor;
    const wanted = merged(others, fitting(capability, wish));
    const admitted = profile.admitted(vendor.store);
    const unasked = admitted.filter((text) => !wanted.includes(text));
    expect(merged(admitted)).toEqual(merged(wanted, unasked));
    // Where only state tells what is ours, what a killed run made stays, as it may be anybody's.
    expect(unasked.filter((text) => capability.ownership !== "state" || !member.orphans.includes(text))).toEqual([]);
    expect(violations).toEqual([]);
  }

  beforeAll(async () => {
    members = await Promise.all(profiles.map(start));
    lab = await openLab({ program: "allowlists" });
  });

  afterAll(async () => {
    await Promise.all(members.map(({ vendor }) => vendor.close()));
    await lab.close();
  });

  it.each(profiles.map(({ descriptor }, index) => [descriptor.kind, index] as const))(
    "is made good by the next one: %s",
    async (_kind, index) => {
      const member = members[index] as Member;
      const { vendor, profile } = member;

      // Before the first write.
      member.wish = few;
      await killedUp(member, (delayed) => delayed({ call: 1 }));
      expect(profile.admitted(vendor.store)).toEqual(merged(member.others));
      await converge(member);

      const from = vendor.requests().length;
      member.wish = changed;
      await converge(member);
      const writes = vendor
        .requests()
        .slice(from)
        .filter(({ method, path }) => profile.writes(method, path));
      const [{ method, path } = { method: "none", path: "none" }] = writes;

      // The first write is on its way: it takes effect, and nobody hears of it.
      member.wish = few;
      await killedUp(member, (delayed) => delayed({ method, path }));
      await converge(member);

      // After the last write, while the list is read again.
      member.wish = changed;
      await killedUp(member, (delayed) => {
        let left = writes.length;
        member.onWrite = () => {
          left--;
          if (left === 0) delayed({});
        };
      });
      expect(profile.admitted(vendor.store)).toContain("192.0.2.64/28");
      await converge(member);
    },
  );

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
