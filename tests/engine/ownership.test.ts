/** Conflicts, adoption, failed connections, look-ups, credentials by reference and by version, on the real engine. */
import { canary } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab, specs } from "./lab.ts";
import type { ConnectorSpec } from "./programs/connectors.ts";

jest.setTimeout(180_000);

const qualys = (name: string, args: Record<string, unknown> = {}): ConnectorSpec => ({
  className: "QualysConnector",
  name,
  args: { apiServer: "qualysapi.qualys.eu", username: "msem", password: `${canary}-${name}`, ...args },
});

let lab: Lab;

afterEach(async () => {
  await lab.close();
});

const only = () => {
  const [connection, ...more] = lab.emulator.connections();
  if (connection === undefined || more.length > 0)
    throw new Error(`expected one connection, found ${more.length + (connection === undefined ? 0 : 1)}`);
  return connection;
};

describe("a name that is taken", () => {
  it("converges on our own connection, as after a crash before the state was written", async () => {
    lab = await openLab();
    lab.emulator.faults.set([
      { when: { method: "POST", path: "/connections" }, effect: { kind: "dropAfter" }, times: 50 },
    ]);
    const lost = await lab.run("up", specs([qualys("scanner")]));
    expect(lost.ok).toBe(false);
    lab.emulator.faults.clear();
    expect(only().name).toBe("scanner");
    const { id } = only();
    expectOk(await lab.run("up", specs([qualys("scanner", { description: "after the crash" })])));
    expect(only()).toMatchObject({ id, description: "after the crash" });
    expectOk(await lab.run("destroy", specs([])));
    expect(lab.emulator.connections()).toEqual([]);
  });

  it("is an error that names the owner, unless adopt is set", async () => {
    lab = await openLab();
    expectOk(await lab.run("up", specs([qualys("first", { name: "shared" })])));
    const both = specs([qualys("first", { name: "shared" }), qualys("second", { name: "Shared" })]);
    const refused = await lab.run("up", both);
    expect(refused.ok).toBe(false);
    expect(refused.output).toContain("MSEM_NOT_OWNED");
    expect(refused.output).toContain("resource 'first' of stack test in project lab");
    expect(refused.output).toContain("adopt: true");
    expect(only()).toMatchObject({ name: "shared", tags: { "pulumi-name": "first" } });

    lab.emulator.edit("shared", { tags: { "managed-by": null } });
    const byHand = await lab.run(
      "up",
      specs([qualys("first", { name: "shared" }), qualys("second", { name: "Shared" })]),
    );
    expect(byHand.output).toContain("created by hand");
    const adopting = specs([qualys("second", { name: "shared", adopt: true })]);
    const { id } = only();
    expectOk(await lab.run("up", specs([qualys("first", { name: "shared" }), ...adopting.connectors])));
    expect(only()).toMatchObject({ id, tags: { "pulumi-name": "second" } });
    // The resource that lost it must not take it along when it goes.
    const gone = expectOk(await lab.run("up", adopting));
    expect(
      gone.diagnostics
        .filter(({ severity }) => severity === "warning")
        .map(({ message }) => message)
        .join(),
    ).toContain("left connection");
    expect(only()).toMatchObject({ id });
  });
});

describe("a connection that ends in Failed", () => {
  it("stays in state with its reason, and the next up retries", async () => {
    lab = await openLab({
      emulator: {
        seed: { accounts: [{ connectorType: "qualys", identifier: "msem", secrets: { password: `${canary}-right` } }] },
      },
    });
    const wrong = await lab.run("up", specs([qualys("scanner", { password: `${canary}-wrong` })]));
    expect(wrong.ok).toBe(false);
    expect(wrong.output).toContain("MSEM_CONNECTION_FAILED");
    expect(wrong.output).toContain("Unauthorized");
    const { id } = only();
    expect(changesOf(await lab.run("preview", specs([qualys("scanner", { password: `${canary}-wrong` })])))).toEqual([
      "scanner: update",
    ]);
    expectOk(await lab.run("up", specs([qualys("scanner", { password: `${canary}-right` })])));
    expect(only()).toMatchObject({ id, status: expect.stringMatching(/Connected|Ingesting/) });
    expectOk(
      await lab.run("preview", specs([qualys("scanner", { password: `${canary}-right` })]), {
        refresh: true,
        expectNoChanges: true,
      }),
    );
    expect(wrong.output).not.toContain(canary);
    expect(filesContaining(lab.folder, canary)).toEqual([]);
  });

  it("is kept when a rotation fails, says to raise the version, and recovers", async () => {
    lab = await openLab({
      emulator: {
        seed: { accounts: [{ connectorType: "qualys", identifier: "msem", secrets: { password: `${canary}-right` } }] },
      },
    });
    const at = (password: string, credentialVersion: string) =>
      specs([qualys("scanner", { password: `${canary}-${password}`, credentialVersion })]);
    expectOk(await lab.run("up", at("right", "1")));
    const wrong = await lab.run("up", at("wrong", "2"));
    expect(wrong.output).toContain("raise credentialVersion");
    expectOk(await lab.run("up", at("right", "3")));
    expectOk(await lab.run("preview", at("right", "3"), { refresh: true, expectNoChanges: true }));
  });
});

describe("credentials", () => {
  it("by reference never reach the state, and a raised version pushes the new value", async () => {
    const args = { password: { fromEnvironment: "SCANNER_PASSWORD" }, credentialVersion: "1" };
    const variables = { SCANNER_PASSWORD: `${canary}-by-reference` };
    lab = await openLab({ environment: variables });
    expectOk(await lab.run("up", specs([qualys("scanner", args)])));
    const applied = only().credentialInfo.updatedDateTime;
    const { deployment } = expectOk(await lab.run("export", specs([])));
    const text = JSON.stringify(deployment);
    expect(text).toContain("SCANNER_PASSWORD");
    // Not even as ciphertext: of this resource nothing is secret.
    const [resource] = (deployment as { deployment: { resources: { type: string }[] } }).deployment.resources.filter(
      ({ type }) => type.includes("Qualys"),
    );
    expect(JSON.stringify(resource)).not.toContain("4dabf18193072939515e22adb298388d");
    expect(JSON.stringify(resource)).not.toContain(canary);
    expectOk(await lab.run("preview", specs([qualys("scanner", args)]), { refresh: true, expectNoChanges: true }));
    expectOk(await lab.run("up", specs([qualys("scanner", { ...args, credentialVersion: "2" })])));
    expect(only().credentialInfo.updatedDateTime).not.toBe(applied);
    expectOk(await lab.run("destroy", specs([])));
  });

  it("that are minted anew at every run make no difference while the version stays", async () => {
    lab = await openLab();
    const minted = (turn: number) =>
      specs([qualys("scanner", { password: `${canary}-${turn}`, credentialVersion: "2026-11" })]);
    expectOk(await lab.run("up", minted(1)));
    const applied = only().credentialInfo.updatedDateTime;
    expectOk(await lab.run("preview", minted(2), { refresh: true, expectNoChanges: true }));
    expectOk(await lab.run("up", minted(3), { expectNoChanges: true }));
    expect(only().credentialInfo.updatedDateTime).toBe(applied);
  });

  it("that are not known yet pass a preview and are never sent as such", async () => {
    lab = await openLab();
    const program = specs([qualys("first"), { ...qualys("second"), unknown: ["password", "apiServer"] }]);
    expectOk(await lab.run("preview", program));
    expect(lab.emulator.connections()).toEqual([]);
    expectOk(await lab.run("up", program));
    expect(lab.emulator.connections().find(({ name }) => name === "second")?.settings).toEqual({
      apiServer: "qualysapi.qualys.eu",
    });
  });

  it("in a refused program are printed by nobody", async () => {
    lab = await openLab();
    const result = await lab.run(
      "preview",
      specs([qualys("scanner", { apiServer: "qualysguard.qualys.eu", password: ` ${canary}`, surprise: 1 })]),
    );
    expect(result.ok).toBe(false);
    expect(result.output).toContain("MSEM_INVALID 3 problems");
    for (const path of ["apiServer:", "password:", "surprise:"]) expect(result.output).toContain(path);
    expect(result.output).not.toContain(canary);
  });
});

describe("a look-up", () => {
  it("reads an existing connection without managing it, and says when there is none", async () => {
    lab = await openLab();
    expectOk(await lab.run("up", specs([qualys("scanner")])));
    const { id } = only();
    const found = specs([qualys("scanner"), { className: "QualysConnector", name: "found", get: id }]);
    const { outputs } = expectOk(await lab.run("up", found));
    expect(outputs.statuses).toMatchObject({ found: "connected" });
    expectOk(await lab.run("preview", found, { refresh: true, expectNoChanges: true }));
    const missing = await lab.run(
      "preview",
      specs([qualys("scanner"), { className: "QualysConnector", name: "none", get: "no-such-id" }]),
    );
    expect(missing.ok).toBe(false);
    expect(missing.output).toContain('there is no connection with id "no-such-id"');
    const otherType = await lab.run(
      "preview",
      specs([qualys("scanner"), { className: "WizConnector", name: "wrong", get: id }]),
    );
    expect(otherType.output).toContain("is of type qualys, not wiz");
    expectOk(await lab.run("destroy", specs([])));
    expect(lab.emulator.connections()).toEqual([]);
  });
});
