/** Provider configuration and roles on the real engine: two tenants in one program, wrong tenant, reader, nothing set. */
import { join, resolve } from "node:path";
import { createEmulator, type Emulator } from "pulumi-msem/emulator";
import { engineStack } from "../../scripts/engine/stack.ts";
import { canary } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab, specs } from "./lab.ts";
import type { ConnectorSpec } from "./programs/connectors.ts";

jest.setTimeout(180_000);

const qualys = (name: string, more: Partial<ConnectorSpec> = {}): ConnectorSpec => ({
  className: "QualysConnector",
  name,
  args: { apiServer: "qualysapi.qualys.eu", username: "msem", password: `${canary}-${name}` },
  ...more,
});

let lab: Lab;
let other: Emulator;

beforeAll(async () => {
  lab = await openLab();
  other = await createEmulator({ faults: true });
});

afterAll(async () => {
  await lab.close();
  await other.close();
});

/** The same state with another configuration. */
function stackWith(
  config: Record<string, { value: string; secret?: boolean }>,
  environment: Record<string, string> = {},
  stack = "test",
) {
  return engineStack({
    repository: resolve("."),
    folder: lab.folder,
    project: "lab",
    stack,
    program: join(resolve("."), "tests", "engine", "programs", "connectors.ts"),
    workDir: resolve("."),
    config,
    environment,
  });
}

describe("two tenants in one program", () => {
  const program = () => ({
    connectors: [qualys("here"), qualys("there", { provider: "tenant-b" })],
    providers: [{ name: "tenant-b", args: { endpoint: other.url, token: other.tokens.securityAdministrator } }],
  });

  it("connects each in its own tenant, also through refresh and repair", async () => {
    expectOk(await lab.run("up", program()));
    expect(lab.emulator.connections().map(({ name }) => name)).toEqual(["here"]);
    expect(other.connections().map(({ name }) => name)).toEqual(["there"]);
    other.edit("there", { description: "edited by hand" });
    expect(changesOf(await lab.run("preview", program(), { refresh: true }))).toEqual(["there: update [description]"]);
    expectOk(await lab.run("up", program(), { refresh: true }));
    expect(other.connections()[0]?.description).toBeUndefined();
  });

  it("keeps both tokens out of state", () => {
    const secret = other.tokens.securityAdministrator.split(".")[2] ?? "";
    expect(secret.length).toBeGreaterThan(20);
    expect(filesContaining(lab.folder, secret)).toEqual([]);
    expect(filesContaining(lab.folder, lab.emulator.tokens.securityOperator.split(".")[2] ?? "-")).toEqual([]);
  });

  it("destroys in both", async () => {
    expectOk(await lab.run("destroy", program()));
    expect([...lab.emulator.connections(), ...other.connections()]).toEqual([]);
  });
});

describe("a resource knows its tenant", () => {
  const at = (description: string) => specs([qualys("scanner", { args: { ...qualys("scanner").args, description } })]);
  /** Everything from the environment, so that refresh and destroy follow it too, not only up. */
  const signedInAt = ({ url, tokens }: Emulator) =>
    stackWith({}, { MSEM_ENDPOINT: url, MSEM_TOKEN: tokens.securityOperator }, "moving");

  it("refuses another tenant in refresh, up and destroy, and loses nothing", async () => {
    expectOk(await signedInAt(lab.emulator).run("up", {}, { programArgs: at("one") }));
    for (const operation of ["refresh", "up", "destroy"] as const) {
      const result = await signedInAt(other).run(operation, {}, { programArgs: at("two") });
      expect({ operation, ok: result.ok }).toEqual({ operation, ok: false });
      for (const told of ["MSEM_OTHER_TENANT", lab.emulator.tenantId, other.tenantId])
        expect(result.output).toContain(told);
    }
    expect(other.connections()).toEqual([]);
    expect(lab.emulator.connections()).toMatchObject([{ name: "scanner", description: "one" }]);
    expectOk(await signedInAt(lab.emulator).run("up", {}, { programArgs: at("two") }));
    expect(lab.emulator.connections()).toMatchObject([{ name: "scanner", description: "two" }]);
    expectOk(await signedInAt(lab.emulator).run("destroy"));
    expect(lab.emulator.connections()).toEqual([]);
  });
});

describe("roles", () => {
  it("lets a reader refresh and preview, and refuses up with the roles that would do", async () => {
    const program = specs([qualys("scanner")]);
    expectOk(await lab.run("up", program));
    const reader = stackWith({
      "msem:endpoint": { value: lab.emulator.url },
      "msem:token": { value: lab.emulator.tokens.securityReader, secret: true },
    });
    const changed = specs([qualys("scanner", { args: { ...qualys("scanner").args, description: "wanted" } })]);
    expectOk(await reader.run("preview", { refresh: true }, { programArgs: changed }));
    const refused = await reader.run("up", {}, { programArgs: changed });
    expect(refused.ok).toBe(false);
    expect(refused.output).toContain("MSEM_FORBIDDEN");
    for (const role of ["Global Administrator", "Security Administrator", "Security Operator", "Global Reader"])
      expect(refused.output).toContain(role);
    for (const permission of ["Core security settings (manage)", "Exposure Management (manage)"])
      expect(refused.output).toContain(permission);
    const warnings = refused.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    expect(warnings.filter((one) => one.includes("names the role Security Reader"))).toHaveLength(1);
    expect(refused.output).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(lab.emulator.connections()[0]?.description).toBeUndefined();
    // The engine keeps the token of the last `up` for destroy, so the writer signs in first.
    expect(refused.output).toContain("the token of the last `up`");
    expectOk(await lab.run("up", program));
    expectOk(await lab.run("destroy", program));
    expect(lab.emulator.connections()).toEqual([]);
  });

  it("says that a token may be stale, where to renew it, and recovers with a new one", async () => {
    const program = specs([qualys("stale")]);
    const expired = stackWith({
      "msem:endpoint": { value: lab.emulator.url },
      "msem:token": { value: "expired-token", secret: true },
    });
    const result = await expired.run("up", {}, { programArgs: program });
    expect(result.ok).toBe(false);
    expect(result.output).toContain("MSEM_UNAUTHENTICATED");
    expect(result.output).not.toContain("expired-token");
    expectOk(await lab.run("up", program));
    expectOk(await lab.run("destroy", program));
  });
});

describe("configuration", () => {
  it("names every way to give what is missing, in one error", async () => {
    const result = await stackWith({}, {}, "unconfigured").run("up", {}, { programArgs: specs([qualys("scanner")]) });
    expect(result.ok).toBe(false);
    for (const way of [
      "msem:endpoint",
      "MSEM_ENDPOINT",
      "msem:token",
      "fromEnvironment",
      "MSEM_TOKEN",
      "msem:scope",
      "MSEM_SCOPE",
      "msem.Provider",
    ]) {
      expect(result.output).toContain(way);
    }
  });

  it("takes what is missing from the environment, and a token by reference, so that none is in state", async () => {
    const token = lab.emulator.tokens.securityOperator;
    const program = specs([qualys("from-environment")]);
    const byEnvironment = stackWith({}, { MSEM_ENDPOINT: lab.emulator.url, MSEM_TOKEN: token }, "environment");
    expectOk(await byEnvironment.run("up", {}, { programArgs: program }));
    expectOk(await byEnvironment.run("destroy", {}, { programArgs: program }));
    const byReference = stackWith(
      { "msem:endpoint": { value: lab.emulator.url }, "msem:token": { value: '{"fromEnvironment":"THE_TOKEN"}' } },
      { THE_TOKEN: token },
      "reference",
    );
    expectOk(await byReference.run("up", {}, { programArgs: program }));
    expectOk(await byReference.run("destroy", {}, { programArgs: program }));
    expect(lab.emulator.connections()).toEqual([]);
  });
});
