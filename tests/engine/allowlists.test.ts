/** Allowlists of every target on the real engine, one stack for all of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVendorEmulator, type RunningVendor } from "pulumi-msem/emulator";
import type { OperationResult } from "../../scripts/engine/protocol.ts";
import { canary, type TargetProfile } from "../conformance/profile.ts";
import { profiles } from "../conformance/profiles/index.ts";
import { changesOf, expectOk, type Lab, openLab } from "./lab.ts";
import type { AllowlistProgramArgs } from "./programs/allowlists.ts";

jest.setTimeout(240_000);

const few = ["192.0.2.0/29", "192.0.2.16/31", "192.0.2.44/32"];
const more = [...few, "192.0.2.128/28"];

function ranges(prefixes: readonly string[], changeNumber: number) {
  return {
    serviceTag: "Scuba",
    changeNumber,
    prefixes: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
  };
}

interface Member {
  readonly profile: TargetProfile;
  readonly vendor: RunningVendor<object>;
}

describe("allowlists on the real engine", () => {
  let lab: Lab<AllowlistProgramArgs>;
  let members: readonly Member[] = [];

  const programOf = (prefixes: readonly string[], changeNumber: number, args: object = {}): AllowlistProgramArgs => ({
    allowlists: members.map(({ profile, vendor }) => ({
      name: profile.descriptor.kind,
      args: {
        target: profile.target(vendor.url),
        ranges: ranges(prefixes, changeNumber),
        callerPrefixes: [profile.caller],
        ...args,
      },
    })),
  });
  const each = (action: (member: Member) => void): void => members.forEach(action);
  const kinds = () => members.map(({ profile }) => profile.descriptor.kind).sort();
  const admitted = ({ profile, vendor }: Member) => profile.admitted(vendor.store);
  const writes = () =>
    members.flatMap(({ profile, vendor }) =>
      vendor.requests().filter(({ method, path }) => profile.writes(method, path)),
    ).length;
  const run = (operation: "up" | "preview" | "destroy" | "refresh", program: AllowlistProgramArgs, options = {}) =>
    lab.run(operation, program, options);
  const shown = (result: OperationResult) => changesOf(result);

  beforeAll(async () => {
    members = await Promise.all(
      profiles.map(async (profile) => ({
        profile,
        vendor: await createVendorEmulator(profile.emulator, { seed: profile.restrict }),
      })),
    );
    lab = await openLab<AllowlistProgramArgs>({ program: "allowlists" });
  });

  afterAll(async () => {
    await Promise.all(members.map(({ vendor }) => vendor.close()));
    await lab.close();
  });

  it("adds what is missing and leaves what others have entered", async () => {
    const before = new Map(members.map((member) => [member, admitted(member)]));
    expectOk(await run("up", programOf(few, 1)));
    each((member) => expect(admitted(member)).toEqual([...(before.get(member) ?? []), ...few].sort()));
  });

  it("writes nothing the second time", async () => {
    const before = writes();
    expectOk(await run("preview", programOf(few, 1), { refresh: true, expectNoChanges: true }));
    expectOk(await run("up", programOf(few, 1), { expectNoChanges: true }));
    expect(writes()).toBe(before);
  });

  it("shows each new prefix on a line of its own, with what is published now", async () => {
    const preview = expectOk(await run("preview", programOf(more, 2), { diff: true }));
    expect(shown(preview)).toEqual(kinds().map((kind) => `${kind}: update [changeNumber, prefixes["192.0.2.128/28"]]`));
    expect(preview.output).toContain('+ 192.0.2.128/28: "Scuba"');
    for (const kind of kinds()) {
      expect(preview.diagnostics.map(({ message }) => message).join("\n")).toContain(
        `'${kind}': Scuba 1 -> 2: 1 added, 0 removed, 3 kept`,
      );
    }
    expectOk(await run("up", programOf(more, 2)));
    each((member) => expect(admitted(member)).toContain("192.0.2.128/28"));
  });

  it("shows what was edited out of band, still after a second refresh, and repairs it", async () => {
    each(({ profile, vendor }) => profile.remove(vendor.store, "192.0.2.16/31"));
    for (const _turn of [1, 2]) {
      const drift = await run("preview", programOf(more, 2), { refresh: true, expectNoChanges: true });
      expect(drift.exitCode).toBe(7);
      expect(shown(drift)).toEqual(kinds().map((kind) => `${kind}: update [prefixes["192.0.2.16/31"]]`));
      expectOk(await run("refresh", programOf(more, 2)));
    }
    expectOk(await run("up", programOf(more, 2), { refresh: true }));
    each((member) => expect(admitted(member)).toContain("192.0.2.16/31"));
    expectOk(await run("preview", programOf(more, 2), { refresh: true, expectNoChanges: true }));
  });

  it("removes what is no longer wanted, and on destroy only its own", async () => {
    each(({ profile, vendor }) => profile.addForeign(vendor.store, "192.0.2.200/32"));
    expectOk(await run("up", programOf(few, 3)));
    each((member) => expect(admitted(member)).not.toContain("192.0.2.128/28"));
    expectOk(await run("destroy", programOf(few, 3)));
    each((member) => {
      expect(admitted(member)).toContain("192.0.2.200/32");
      for (const prefix of few) expect(admitted(member)).not.toContain(prefix);
    });
  });
});

describe("an allowlist that resolves its ranges itself", () => {
  const [profile] = profiles as [TargetProfile];
  let lab: Lab<AllowlistProgramArgs>;
  let vendor: RunningVendor<object>;
  const admitted = () => profile.admitted(vendor.store);

  function programOf(changeNumber: number, prefixes: readonly string[], guards: object = {}): AllowlistProgramArgs {
    const path = join(lab.folder, `tag-${changeNumber}-${prefixes.length}.json`);
    const properties = {
      changeNumber,
      region: "",
      platform: "Azure",
      systemService: "Scuba",
      addressPrefixes: prefixes,
    };
    writeFileSync(path, JSON.stringify({ name: "Scuba", id: "Scuba", properties }));
    const args = { target: profile.target(vendor.url), source: { kind: "file", path }, guards };
    return { allowlists: [{ name: "own", args: { ...args, callerPrefixes: [profile.caller] } }] };
  }

  const published = ["20.1.0.0/29", "20.1.0.16/31", "20.1.0.44/32"];

  beforeAll(async () => {
    vendor = await createVendorEmulator(profile.emulator, { seed: profile.restrict });
    lab = await openLab<AllowlistProgramArgs>({ program: "allowlists" });
  });

  afterAll(async () => {
    await vendor.close();
    await lab.close();
  });

  it("applies the published list, and refuses one that goes back with nothing changed", async () => {
    expectOk(await lab.run("up", programOf(17, published)));
    const before = admitted();
    const refused = await lab.run("up", programOf(16, published.slice(1)));
    expect(refused.ok).toBe(false);
    expect(refused.output).toMatch(/MSEM_REFUSED rollback[\s\S]*acceptRollbackTo: 16/);
    expect(admitted()).toEqual(before);
    const kept = expectOk(await lab.run("up", programOf(16, published.slice(1), { onRefused: "keepLast" })));
    // The word itself, and nothing of the list.
    expect(changesOf(kept)).toEqual(["own-ranges: update [guards]"]);
    expect(admitted()).toEqual(before);
  });

  it("restores what somebody took out: the guards do not take that for Microsoft's doing", async () => {
    for (const prefix of published) profile.remove(vendor.store, prefix);
    expectOk(await lab.run("up", programOf(17, published), { refresh: true }));
    for (const prefix of published) expect(admitted()).toContain(prefix);
    expectOk(await lab.run("preview", programOf(17, published), { refresh: true, expectNoChanges: true }));
  });
});

describe("an allowlist with connections to verify", () => {
  const [profile] = profiles as [TargetProfile];
  const keys = { accessKey: "d".repeat(64), secretKey: `${canary}-connector` };
  let lab: Lab<AllowlistProgramArgs>;
  let vendor: RunningVendor<object>;

  const programOf = (prefixes: readonly string[], changeNumber: number): AllowlistProgramArgs => ({
    allowlists: [
      {
        name: "list",
        args: {
          target: profile.target(vendor.url),
          ranges: ranges(prefixes, changeNumber),
          callerPrefixes: [profile.caller],
        },
      },
    ],
    verified: { name: "vm", args: keys },
  });
  const tests = () => lab.emulator.requests().filter(({ path }) => path.endsWith("/test")).length;
  const accept = (secretKey: string) =>
    lab.emulator.setAccount({ connectorType: "tenable", identifier: keys.accessKey, secrets: { secretKey } });

  beforeAll(async () => {
    vendor = await createVendorEmulator(profile.emulator, { seed: profile.restrict });
    lab = await openLab<AllowlistProgramArgs>({ program: "allowlists" });
  });

  afterAll(async () => {
    await vendor.close();
    await lab.close();
  });

  it("asks the service to test them after a change, and not without one", async () => {
    accept(keys.secretKey);
    const { outputs } = expectOk(await lab.run("up", programOf(few, 1)));
    const [connection] = lab.emulator.connections();
    expect(outputs.verification).toEqual({ list: { [connection?.id ?? ""]: "ok" } });
    expect(tests()).toBe(1);
    expectOk(await lab.run("up", programOf(few, 1), { expectNoChanges: true }));
    expect(tests()).toBe(1);
  });

  it("fails with what the service found while the list is as wanted, and tests again at the next run", async () => {
    accept("rotated by somebody");
    const failed = await lab.run("up", programOf(more, 2));
    expect(failed.ok).toBe(false);
    expect(failed.output).toMatch(
      /MSEM_CONNECTION_FAILED the list is as wanted, but 1 of 1 connections fail[\s\S]*Unauthorized/,
    );
    expect(profile.admitted(vendor.store)).toContain("192.0.2.128/28");
    const before = vendor.requests().filter(({ method, path }) => profile.writes(method, path)).length;
    accept(keys.secretKey);
    const { outputs } = expectOk(await lab.run("up", programOf(more, 2)));
    expect(Object.values((outputs.verification as { list: object }).list)).toEqual(["ok"]);
    expect(vendor.requests().filter(({ method, path }) => profile.writes(method, path)).length).toBe(before);
  });
});

describe("an allowlist for a product without an API", () => {
  let lab: Lab<AllowlistProgramArgs>;

  const programOf = (prefixes: readonly string[], changeNumber: number): AllowlistProgramArgs => ({
    allowlists: [
      {
        name: "qualys",
        args: { target: { kind: "manual", product: "qualys" }, ranges: ranges(prefixes, changeNumber) },
      },
    ],
  });

  beforeAll(async () => {
    lab = await openLab<AllowlistProgramArgs>({ program: "allowlists" });
  });

  afterAll(async () => {
    await lab.close();
  });

  it("renders the list for pasting, records the change number, and says that a person must confirm", async () => {
    const { outputs, diagnostics } = expectOk(await lab.run("up", programOf(few, 1)));
    expect(outputs).toMatchObject({ status: { qualys: "actionRequired" }, paste: { qualys: few.join("\n") } });
    const said = diagnostics.map(({ message }) => message).join("\n");
    expect(said).toContain("Enter    Allowed addresses  3 prefixes, Scuba change 1 (the whole list: the output paste)");
    expect(said).toContain("Confirm  msem confirm qualys, then pulumi up");
    expectOk(await lab.run("preview", programOf(few, 1), { refresh: true, expectNoChanges: true }));
    const next = expectOk(await lab.run("preview", programOf(more, 2), { diff: true }));
    expect(changesOf(next)).toEqual(['qualys: update [changeNumber, prefixes["192.0.2.128/28"]]']);
    const gone = expectOk(await lab.run("destroy", programOf(few, 1)));
    expect(gone.diagnostics.map(({ message }) => message).join("\n")).toContain(
      "remove by hand what was entered at Qualys",
    );
  });
});
