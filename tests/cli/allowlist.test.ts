/** `msem allowlist` against every emulated product: plans, applies, drifts, and what must never happen. */
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { credentialFlag, wayOf } from "../../provider/cli/allowlist/options";
import { canary } from "../conformance/profile";
import { profiles } from "../conformance/profiles";
import { type AllowlistLab, few, more, openAllowlistLab } from "./allowlist.lab";

const firstLine = (text: string): string => text.split("\n")[0] ?? "";
const digestOf = (text: string): string => /Digest: +(\w+)/.exec(text)?.[1] ?? "";

describe.each(profiles)("msem allowlist, $descriptor.kind", (profile) => {
  let lab: AllowlistLab;
  beforeEach(async () => {
    lab = await openAllowlistLab(profile);
  });
  afterEach(async () => {
    try {
      const kept = readdirSync(lab.folder).filter((name) => readFileSync(join(lab.folder, name)).includes(canary));
      expect(kept).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  const memory = () => JSON.parse(readFileSync(lab.state, "utf8")) as Record<string, unknown>;

  it("plans without writing anything, neither there nor here", async () => {
    const { code, stdout } = await lab.plan();
    expect(code).toBe(2);
    expect(firstLine(stdout)).toMatch(/^CHANGES {2}.*to Scuba change 1, 3 prefixes$/);
    for (const prefix of few) expect(stdout).toMatch(new RegExp(`\\+ ${prefix.replaceAll(".", "\\.")} +Scuba`));
    expect([lab.writes(), existsSync(lab.state)]).toEqual([0, false]);
  });

  it("applies what was planned, remembers it for its owner only, and has nothing to do afterwards", async () => {
    const before = lab.admitted();
    const planned = await lab.plan();
    const applied = await lab.apply({ planDigest: digestOf(planned.stdout), yes: false });
    expect([applied.code, applied.stdout.trimEnd().split("\n").at(-1)]).toEqual([
      0,
      "IN SYNC  3 changes written, read again: all 3 prefixes are there",
    ]);
    expect(lab.admitted()).toEqual([...before, ...few].sort());
    expect(statSync(lab.state).mode & 0o777).toBe(0o600);
    expect(readdirSync(lab.folder).sort()).toEqual(["state.json", "weekly.json"]);

    const [writes, text] = [lab.writes(), readFileSync(lab.state, "utf8")];
    expect((await lab.plan()).code).toBe(0);
    expect((await lab.apply()).code).toBe(0);
    expect((await lab.drift()).code).toBe(0);
    expect([lab.writes(), readFileSync(lab.state, "utf8")]).toEqual([writes, text]);
  });

  it("refuses any plan but the one that was looked at", async () => {
    const planned = await lab.plan();
    lab.publish(more, 2);
    const { code, stderr } = await lab.apply({ planDigest: digestOf(planned.stdout) });
    expect([code, lab.writes(), existsSync(lab.state)]).toEqual([3, 0, false]);
    expect(stderr).toMatch(/the plan is \w{16} now, not \w{16}; nothing was changed/);
  });

  it("refuses what somebody else's edit would add to the plan between the question and the write", async () => {
    await lab.apply();
    lab.publish(more, 2);
    const before = lab.writes();
    const confirm = async () => {
      profile.remove(lab.vendor.store, few[0] as string);
      return true;
    };
    const { code, stderr } = await lab.apply({ yes: false }, { confirm });
    expect([code, lab.writes()]).toEqual([3, before]);
    expect(stderr).toContain("1 change would be written that nobody agreed to");
    expect((await lab.apply()).code).toBe(0);
    expect(lab.admitted()).toEqual(expect.arrayContaining(more));
  });

  it("asks on a terminal, and does nothing without a yes or where nobody can be asked", async () => {
    const questions: string[] = [];
    const no = async (question: string) => {
      questions.push(question);
      return false;
    };
    expect((await lab.apply({ yes: false }, { confirm: no })).code).toBe(2);
    expect(questions).toEqual([expect.stringMatching(/^Write 3 changes to /)]);
    const unattended = await lab.apply({ yes: false });
    expect(unattended.code).toBe(1);
    expect(unattended.stderr).toContain("Say --yes");
    expect([lab.writes(), existsSync(lab.state)]).toEqual([0, false]);
    expect((await lab.apply({ yes: false }, { confirm: async () => true })).code).toBe(0);
  });

  it("shows what was edited out of band as drift, and repairs it", async () => {
    await lab.apply();
    profile.remove(lab.vendor.store, few[1] as string);
    profile.addForeign(lab.vendor.store, "192.0.2.200/32");
    const drift = await lab.drift({ format: "json" });
    expect(drift.code).toBe(2);
    expect(JSON.parse(drift.stdout)).toMatchObject({ verdict: "drift", missing: [few[1]], extra: [], desired: 3 });
    expect(firstLine((await lab.drift()).stdout)).toMatch(/^DRIFT {2}.* against accepted Scuba change 1, 3 prefixes$/);
    expect((await lab.apply()).code).toBe(0);
    expect(lab.admitted()).toEqual(expect.arrayContaining([...few, "192.0.2.200/32"]));
    expect((await lab.drift()).code).toBe(0);
  });

  it("shows other people's entries of an exclusive list as drift, and removes them", async () => {
    await lab.apply({ mode: "exclusive" });
    const foreign = "192.0.2.200/32";
    profile.addForeign(lab.vendor.store, foreign);
    const drift = JSON.parse((await lab.drift({ format: "json" })).stdout) as { extra: { entry: string }[] };
    expect(drift.extra.map(({ entry }) => entry)).toContain(foreign);
    expect((await lab.apply({ mode: "exclusive" })).code).toBe(0);
    expect(lab.admitted()).not.toContain(foreign);
    expect(lab.admitted()).toContain(profile.caller);
  });

  it("removes many entries of others only when somebody says how many", async () => {
    await lab.apply({ mode: "exclusive" });
    const others = Array.from({ length: 6 }, (_, index) => `192.0.2.${index * 8}/32`);
    for (const other of others) profile.addForeign(lab.vendor.store, other);
    const refused = await lab.apply({ mode: "exclusive" });
    expect([refused.code, refused.stdout]).toEqual([
      3,
      expect.stringContaining("On the command line: --accept-foreign-removals 6"),
    ]);
    const before = lab.admitted();
    expect(before).toEqual(expect.arrayContaining(others));
    expect((await lab.apply({ mode: "exclusive", acceptForeignRemovals: "6" })).code).toBe(0);
    expect(lab.admitted()).toEqual(before.filter((text) => !others.includes(text)));
  });

  it("keeps a withdrawn prefix for two weeks, then removes it, and nothing of anybody else's", async () => {
    const on = (day: string) => lab.clock.set(new Date(`${day}T12:00:00Z`));
    on("2026-11-01");
    lab.publish(more, 1);
    await lab.apply();
    lab.publish(few, 2);
    on("2026-11-10");
    const withdrawn = await lab.apply();
    expect(withdrawn.stdout).toContain("Scuba 1 -> 2: 0 added, 1 removed (allowed until 2026-11-24), 3 kept");
    expect(lab.admitted()).toContain("20.36.2.0/27");
    on("2026-11-23");
    expect((await lab.plan()).code).toBe(0);
    on("2026-11-24");
    const gone = await lab.apply();
    expect(gone.stdout).toMatch(/- 20\.36\.2\.0\/27 +no longer wanted/);
    expect(lab.admitted()).not.toContain("20.36.2.0/27");
    expect(lab.admitted()).toEqual(expect.arrayContaining([...few, profile.caller]));
  });

  it("refuses a list that went back, names the option, and takes it", async () => {
    lab.publish(few, 5);
    await lab.apply();
    lab.publish(more, 4);
    const before = [lab.writes(), readFileSync(lab.state, "utf8")];
    const refused = await lab.apply();
    expect(refused.code).toBe(3);
    expect(firstLine(refused.stdout)).toBe("REFUSED  the published list, by the guard rollback. Nothing was changed.");
    expect(refused.stdout).toContain("If you are sure: --accept-rollback-to 4");
    expect(refused.stdout).toContain("--on-refused keepLast");
    const machine = await lab.plan({ format: "json" });
    expect(machine.code).toBe(3);
    expect(JSON.parse(machine.stdout)).toMatchObject({
      verdict: "refused",
      reasons: [{ code: "rollback", measured: 4, limit: 5, option: "--accept-rollback-to 4" }],
    });
    expect([lab.writes(), readFileSync(lab.state, "utf8")]).toEqual(before);

    const kept = await lab.apply({ guardOptions: { onRefused: "keepLast" } });
    expect([kept.code, lab.writes()]).toEqual([0, before[0]]);
    expect(kept.stdout).toContain("warning: rollback:");
    expect((await lab.apply({ guardOptions: { acceptRollbackTo: "4" } })).code).toBe(0);
    expect(lab.admitted()).toContain("20.36.2.0/27");
    expect(memory()).toMatchObject({ published: { changeNumber: 4 } });
  });

  it.each([
    ["an empty tag", [], 2, "empty"],
    ["a private prefix", [...few, "10.1.0.0/24"], 2, "specialPurpose"],
    ["a wide prefix", [...few, "20.0.0.0/11"], 2, "overWide"],
  ])("refuses %s by its guard", async (_what, prefixes, changeNumber, guard) => {
    await lab.apply();
    lab.publish(prefixes, changeNumber);
    const { code, stdout } = await lab.plan();
    expect([code, stdout.split("\n")[2]]).toEqual([3, expect.stringMatching(new RegExp(`^ {2}${guard}: `))]);
    const way = /If you are sure: --guards '(.*)'/.exec(stdout)?.[1];
    if (way !== undefined) expect((await lab.plan({ guards: way })).code).toBe(2);
  });

  it("says all that is wrong with a command line at once, and prints no secret", async () => {
    const { code, stderr } = await lab.apply(
      {
        mode: "mirror",
        families: "ipv5",
        additional: ["198.51.100.7/24=CI", "192.0.2.1/32"],
        caller: ["here"],
        access: { "--colour": "blue" },
        acceptForeignRemovals: "many",
      },
      { env: {} },
    );
    expect(code).toBe(1);
    expect(stderr).toContain("MSEM_INVALID");
    for (const path of [
      "--mode",
      "--families",
      "--additional 198.51.100.7/24",
      "--additional 192.0.2.1/32",
      "--caller here",
      "--colour",
      "--accept-foreign-removals",
    ]) {
      expect(stderr).toContain(`\n  ${path}`);
    }
    for (const variable of Object.keys(lab.environment)) {
      if (profile.descriptor.authentication.length === 1)
        expect(stderr).toContain(`the environment variable ${variable} is not set`);
    }
    expect(lab.vendor.requests()).toEqual([]);
  });

  it("does not print a secret that was given in place of a variable's name", async () => {
    const fields = wayOf(profile.descriptor, lab.access["--authentication"])?.fields ?? {};
    const secretFlags = Object.entries(fields).flatMap(([name, { secret }]) => (secret ? [credentialFlag(name)] : []));
    expect(secretFlags.length).toBeGreaterThan(0);
    for (const [secret, message] of [
      [`${canary}-typed`, "must be the name of an environment variable, not a value"],
      ["canary7c2e41", "the environment variable of that name is not set"],
    ] as const) {
      for (const flag of secretFlags) {
        const { code, stdout, stderr } = await lab.plan({ access: { ...lab.access, [flag]: secret } });
        expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
        expect(stdout + stderr).not.toContain(secret);
      }
    }
  });

  it("prints no secret in any format, also when the product refuses the credentials", async () => {
    const secrets = Object.values(lab.environment).filter((value) => value.includes(canary));
    expect(secrets.length).toBeGreaterThan(0);
    const wrong = Object.fromEntries(Object.entries(lab.environment).map(([name, value]) => [name, `${value}-wrong`]));
    for (const format of ["text", "json"] as const) {
      for (const env of [lab.environment, wrong]) {
        for (const ran of [
          await lab.plan({ format }, { env }),
          await lab.apply({ format }, { env }),
          await lab.drift({ format }, { env }),
        ]) {
          expect(ran.stdout + ran.stderr).not.toContain(canary);
        }
      }
    }
    const refused = await lab.plan({}, { env: wrong });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/MSEM_(UNAUTHENTICATED|FORBIDDEN)/)]);
  });

  it("prints one document for machines", async () => {
    const planned = JSON.parse((await lab.plan({ format: "json" })).stdout);
    expect(planned).toMatchObject({
      schemaVersion: 1,
      verdict: "changes",
      tag: "Scuba",
      changeNumber: 1,
      refusals: [],
    });
    expect(planned.changes.map(({ verb, entry }: { verb: string; entry: string }) => `${verb} ${entry}`)).toEqual(
      few.map((prefix) => `add ${prefix}`),
    );
    const applied = JSON.parse((await lab.apply({ format: "json" })).stdout);
    expect(applied).toMatchObject({ verdict: "applied", digest: planned.digest, changes: planned.changes });
  });

  it.each([
    ["is cut off", (text: string) => text.slice(0, text.length / 2), "is not JSON"],
    ["is empty", () => "", "is not JSON"],
    ["is another program's", () => '{"version":3,"deployment":{}}', "is not a state file of msem allowlist"],
    [
      "is of a newer release",
      (text: string) => text.replace('"msemAllowlist": 1', '"msemAllowlist": 2'),
      "has version 2",
    ],
    ["holds what is no prefix", (text: string) => text.replace(few[0] as string, "20.36.0.1/28"), "is no prefix"],
    ["lacks its memory", (text: string) => text.replace(/"counter": "[^"]*",/, ""), "published.counter"],
  ])("touches nothing when the state file %s", async (_what, spoil, message) => {
    await lab.apply();
    const spoilt = spoil(readFileSync(lab.state, "utf8"));
    writeFileSync(lab.state, spoilt);
    const before = lab.writes();
    lab.publish(more, 2);
    for (const ran of [await lab.plan(), await lab.apply(), await lab.drift()]) {
      expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(message)]);
    }
    expect([lab.writes(), readFileSync(lab.state, "utf8")]).toEqual([before, spoilt]);
  });

  it("refuses a state file of another list, another tag or another name", async () => {
    await lab.apply();
    const text = readFileSync(lab.state, "utf8");
    writeFileSync(lab.state, text.replace(/"place": "[^"]*"/, '"place": "other:elsewhere"'));
    for (const ran of [await lab.apply(), await lab.drift()]) {
      expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("is of other:elsewhere, not of")]);
    }
    writeFileSync(lab.state, text.replace('"serviceTag": "Scuba"', '"serviceTag": "AzureDevOps"'));
    expect((await lab.apply()).stderr).toContain("this state file follows AzureDevOps");
    writeFileSync(lab.state, text);
    expect((await lab.apply({ name: "another" })).stderr).toContain("this state file's entries are marked state");
  });

  it("has nothing to compare before the first apply", async () => {
    const { code, stderr } = await lab.drift();
    expect([code, stderr]).toEqual([1, expect.stringContaining("there is no such file, so nothing was accepted yet")]);
  });

  it("lets one run at a time work with a state file, and takes over a lock that nobody holds", async () => {
    const lock = `${lab.state}.lock`;
    const holder = (pid: number, host: string) => JSON.stringify({ token: "somebody", pid, host });
    writeFileSync(lock, holder(process.pid, hostname()));
    const held = await lab.apply();
    expect([held.code, held.stderr]).toEqual([
      1,
      expect.stringContaining(`process ${process.pid} on ${hostname()} works with this state file`),
    ]);
    writeFileSync(lock, holder(1, "elsewhere.example"));
    expect((await lab.apply()).stderr).toContain("process 1 on elsewhere.example works with this state file");
    expect(lab.writes()).toBe(0);

    const old = new Date(Date.now() - 61_000);
    utimesSync(lock, old, old);
    expect((await lab.apply()).code).toBe(0);
    expect(existsSync(lock)).toBe(false);
    // No process has the highest number there is.
    writeFileSync(lock, holder(2 ** 31 - 2, hostname()));
    expect((await lab.apply()).code).toBe(0);
    expect(readdirSync(lab.folder).sort()).toEqual(["state.json", "weekly.json"]);
  });

  it("says so when two runs start at once, and the list is whole", async () => {
    const ran = await Promise.all([lab.apply(), lab.apply(), lab.apply()]);
    expect(ran.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    expect(lab.admitted()).toEqual(expect.arrayContaining(few));
    expect((await lab.apply()).code).toBe(0);
  });

  it("keeps the truth when the product fails in the middle, and carries on from there", async () => {
    lab.vendor.faults.add({ when: { method: "PUT" }, effect: { kind: "dropAfter" }, times: 1 });
    lab.vendor.faults.add({ when: { method: "POST" }, effect: { kind: "status", status: 500 }, times: 2 });
    await lab.apply();
    lab.vendor.faults.clear();
    expect((await lab.apply()).code).toBe(0);
    expect(lab.admitted()).toEqual(expect.arrayContaining(few));
    // All of it is ours: it goes when it is no longer wanted.
    lab.publish([few[0] as string, "20.36.9.0/28"], 2);
    const quick = { guardOptions: { quarantineDays: "0" } };
    expect((await lab.apply(quick)).code).toBe(0);
    expect(lab.admitted()).not.toContain(few[1]);
  });

  it("refuses to begin when the state file could not be written", async () => {
    const { code, stderr } = await lab.apply({ state: join(lab.folder, "missing", "state.json") });
    expect([code, stderr, lab.writes()]).toEqual([1, expect.stringContaining("cannot be written (ENOENT)"), 0]);
  });
});

describe.each(profiles.filter(({ descriptor }) => descriptor.capability.emptyMeans === "open"))(
  "msem allowlist and an open list, $descriptor.kind",
  (profile) => {
    let lab: AllowlistLab;
    beforeEach(async () => {
      lab = await openAllowlistLab(profile);
      profile.unrestrict(lab.vendor.store);
    });
    afterEach(() => lab.close());

    it("never starts a restriction unless it is asked to, and says with which option", async () => {
      const { code, stdout } = await lab.apply();
      expect([code, lab.writes(), existsSync(lab.state)]).toEqual([3, 0, false]);
      expect(stdout).toContain("On the command line: --start-enforcement");
      const unlisted = await lab.apply({ startEnforcement: true });
      expect([unlisted.code, unlisted.stdout]).toEqual([3, expect.stringContaining("callerLockedOut")]);
      const asked = await lab.apply({ startEnforcement: true, additional: [`${profile.caller}=this machine`] });
      expect(asked.code).toBe(0);
      expect(lab.admitted()).toEqual([...few, profile.caller].sort());
    });
  },
);
