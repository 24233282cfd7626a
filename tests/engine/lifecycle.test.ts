/**
 * The life of every connector class on the real engine: one stack, one story, each `it` a step of it. Outcomes are read
 * from the server, never from an exit code alone.
 */
import { join } from "node:path";
import { type ClassCase, canary, classCases } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab, specs } from "./lab.ts";
import type { ProgramArgs } from "./programs/connectors.ts";

jest.setTimeout(240_000);

const nightly = { refresh: true, expectNoChanges: true };

let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
});

afterAll(async () => {
  await lab.close();
});

function programOf(change: (one: ClassCase) => Record<string, unknown> = () => ({})): ProgramArgs {
  return specs(
    classCases.map((one) => ({ className: one.className, name: one.name, args: { ...one.args, ...change(one) } })),
  );
}

const initial = programOf();
const every = (line: (one: ClassCase) => string) => classCases.map(line).sort();
const onServer = (name: string) => {
  const found = lab.emulator.connections().find((one) => one.name === name);
  if (found === undefined) throw new Error(`no connection ${name} on the server`);
  return found;
};
/** Credentials are write-only: the server can only be asked whether it took one. */
const appliedAt = () =>
  Object.fromEntries(classCases.map(({ name }) => [name, onServer(name).credentialInfo.updatedDateTime]));

async function writesDuring(action: () => Promise<unknown>): Promise<string[]> {
  const before = lab.emulator.requests().length;
  await action();
  return lab.emulator
    .requests()
    .slice(before)
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}

describe("every connector class on the real engine", () => {
  let final: ProgramArgs = initial;

  it("previews without touching the server, then connects", async () => {
    const writes = await writesDuring(async () => {
      expect(changesOf(expectOk(await lab.run("preview", initial)))).toEqual(every(({ name }) => `${name}: create`));
    });
    expect(writes).toEqual([]);
    const { outputs } = expectOk(await lab.run("up", initial));
    expect(outputs.statuses).toEqual(Object.fromEntries(classCases.map(({ name }) => [name, "connected"])));
    for (const { name, connectorType, setting, args } of classCases) {
      const connection = onServer(name);
      expect(connection).toMatchObject({
        connectorType,
        tags: { "managed-by": "pulumi", "pulumi-name": name, "pulumi-stack": "test" },
      });
      if (setting !== undefined) expect(connection.settings[setting[0]]).toBe(args[setting[0]]);
    }
  });

  it("proposes and writes nothing when nothing changed", async () => {
    expectOk(await lab.run("preview", initial, nightly));
    const writes = await writesDuring(async () => expectOk(await lab.run("up", initial, { expectNoChanges: true })));
    expect(writes).toEqual([]);
  });

  it("changes settings, description and tags in place, each shown as a property", async () => {
    const ids = lab.emulator
      .connections()
      .map(({ id }) => id)
      .sort();
    final = programOf(({ setting }) => ({
      ...(setting === undefined ? {} : { [setting[0]]: setting[1] }),
      description: "changed",
      tags: { team: "security" },
    }));
    const result = expectOk(await lab.run("up", final));
    expect(changesOf(result)).toEqual(
      every(
        ({ name, setting }) =>
          `${name}: update [${["description", "tags", ...(setting === undefined ? [] : [setting[0]])].sort().join(", ")}]`,
      ),
    );
    expect(
      lab.emulator
        .connections()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids);
    for (const { name, setting } of classCases) {
      expect(onServer(name)).toMatchObject({ description: "changed", tags: { team: "security", "pulumi-name": name } });
      if (setting !== undefined) expect(onServer(name).settings[setting[0]]).toBe(setting[1]);
    }
    expectOk(await lab.run("preview", final, nightly));
  });

  it("removes what the program no longer says", async () => {
    final = programOf(({ setting }) => (setting === undefined ? {} : { [setting[0]]: setting[1] }));
    expectOk(await lab.run("up", final));
    for (const { name } of classCases) {
      expect(onServer(name).description).toBeUndefined();
      expect(onServer(name).tags).not.toHaveProperty("team");
    }
    expectOk(await lab.run("preview", final, nightly));
  });

  it("pushes a rotated secret and has it tested", async () => {
    const before = appliedAt();
    final = programOf(({ setting, rotated }) => ({
      ...(setting === undefined ? {} : { [setting[0]]: setting[1] }),
      ...rotated,
    }));
    const writes = await writesDuring(async () => expectOk(await lab.run("up", final)));
    expect(writes.filter((one) => one.startsWith("PATCH"))).toHaveLength(classCases.length);
    expect(writes.filter((one) => one.endsWith("/test"))).toHaveLength(classCases.length);
    for (const { name } of classCases) expect(appliedAt()[name]).not.toBe(before[name]);
    expectOk(await lab.run("preview", final, nightly));
  });

  it("shows out-of-band changes per property, fails the nightly check twice, and repairs", async () => {
    for (const { name, setting, args } of classCases) {
      lab.emulator.edit(name, {
        description: "edited by hand",
        ...(setting === undefined ? {} : { settings: { [setting[0]]: String(args[setting[0]]) } }),
      });
    }
    const expected = every(
      ({ name, setting }) =>
        `${name}: update [${["description", ...(setting === undefined ? [] : [setting[0]])].sort().join(", ")}]`,
    );
    for (let turn = 1; turn <= 2; turn++) {
      const check = await lab.run("preview", final, nightly);
      expect({ turn, ok: check.ok, exitCode: check.exitCode }).toEqual({ turn, ok: false, exitCode: 7 });
      expect(changesOf(check)).toEqual(expected);
      // The second time the repair refreshes.
      if (turn === 1) expectOk(await lab.run("refresh", final));
    }
    expectOk(await lab.run("up", final, { refresh: true }));
    for (const { name, setting } of classCases) {
      expect(onServer(name).description).toBeUndefined();
      if (setting !== undefined) expect(onServer(name).settings[setting[0]]).toBe(setting[1]);
    }
    expectOk(await lab.run("preview", final, nightly));
  });

  it("shows a failed connection and a secret that someone else changed as health, also after a second refresh, and repairs", async () => {
    const failing = new Set(classCases.filter((_, index) => index % 2 === 0).map(({ name }) => name));
    for (const { name } of classCases) {
      if (failing.has(name))
        lab.emulator.failConnection(name, { code: "Unauthorized", message: "the product refused the credential" });
      else lab.emulator.rotateSecret(name);
    }
    const before = appliedAt();
    for (let turn = 1; turn <= 2; turn++) {
      const check = await lab.run("preview", final, { ...nightly, diff: true });
      expect({ turn, ok: check.ok, exitCode: check.exitCode }).toEqual({ turn, ok: false, exitCode: 7 });
      expect(changesOf(check)).toEqual(every(({ name }) => `${name}: update [health]`));
      expect(check.output).toMatch(
        /~ health: +"Unauthorized: the product refused the credential \(since \d{4}-\d\d-\d\d\)" => "ok"/,
      );
      expect(check.output).toMatch(/~ health: +"CredentialChanged: /);
      // The second time the repair refreshes.
      if (turn === 1) expectOk(await lab.run("refresh", final));
    }
    expectOk(await lab.run("up", final, { refresh: true }));
    for (const { name } of classCases) {
      expect(onServer(name).status).not.toBe("Failed");
      expect(appliedAt()[name]).not.toBe(before[name]);
    }
    expectOk(await lab.run("preview", final, nightly));
  });

  it("notices deletions and connects anew", async () => {
    for (const { name } of classCases) lab.emulator.remove(name);
    const check = await lab.run("preview", final, nightly);
    expect({ ok: check.ok, exitCode: check.exitCode }).toEqual({ ok: false, exitCode: 7 });
    expect(changesOf(check)).toEqual(every(({ name }) => `${name}: create`));
    expect(lab.emulator.connections()).toEqual([]);
    expectOk(await lab.run("up", final, { refresh: true }));
    expect(lab.emulator.connections()).toHaveLength(classCases.length);
  });

  it("renames in place", async () => {
    const ids = lab.emulator
      .connections()
      .map(({ id }) => id)
      .sort();
    const renamed = specs(
      final.connectors.map((one) => ({ ...one, args: { ...one.args, name: `${one.name}-renamed` } })),
    );
    expect(changesOf(expectOk(await lab.run("up", renamed)))).toEqual(every(({ name }) => `${name}: update [name]`));
    expect(
      lab.emulator
        .connections()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids);
    expect(lab.emulator.connections().every(({ name }) => name.endsWith("-renamed"))).toBe(true);
    expectOk(await lab.run("up", final));
  });

  it("replaces by force, or because it is tainted, without losing or doubling a connection", async () => {
    const urns = classCases.map(
      ({ className, name }) => `urn:pulumi:test::lab::pulumi-nodejs:dynamic/msem:${className}::${name}`,
    );
    const forced = () => lab.run("up", final, { replace: urns });
    const tainted = async () => {
      expectOk(await lab.run("taint", final, { replace: urns }));
      return lab.run("up", final);
    };
    for (const replace of [forced, tainted]) {
      const before = new Set(lab.emulator.connections().map(({ id }) => id));
      expectOk(await replace());
      const after = lab.emulator.connections();
      expect(after.map(({ name }) => name).sort()).toEqual(every(({ name }) => name));
      expect(after.filter(({ id }) => before.has(id))).toEqual([]);
    }
    expectOk(await lab.run("preview", final, nightly));
  });

  it("keeps state small and every secret out of it", async () => {
    const { deployment } = expectOk(await lab.run("export", final));
    const resources = (deployment as { deployment: { resources: Record<string, unknown>[] } }).deployment.resources;
    const ours = resources.filter(({ type }) => String(type).startsWith("pulumi-nodejs:dynamic/msem:"));
    expect(ours).toHaveLength(classCases.length);
    for (const resource of ours) {
      expect(JSON.stringify(resource).length).toBeLessThan(4_000);
      expect(String((resource.inputs as Record<string, unknown>).__provider).length).toBeLessThanOrEqual(100);
    }
    expect(filesContaining(join(lab.folder), canary)).toEqual([]);
    expect(lab.log.filter((line) => line.includes(canary))).toEqual([]);
  });

  it("destroys, and takes what is gone already for done", async () => {
    for (const { name } of classCases.slice(0, 4)) lab.emulator.remove(name);
    expectOk(await lab.run("destroy", final));
    expect(lab.emulator.connections()).toEqual([]);
  });
});
