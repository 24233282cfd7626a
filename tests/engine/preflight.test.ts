/** Pre-flight on the real engine: what it stops, what it lets pass, and when it is not made at all. */
import { createVendorEmulator, type RunningVendor } from "pulumi-msem/emulator";
import { runVerify } from "../../provider/cli/verify";
import { type Rapid7Store, rapid7Emulator } from "../../provider/vendors/rapid7/emulator";
import { capture } from "../cli/capture";
import { canary } from "./classes.ts";
import { changesOf, expectOk, type Lab, openLab, specs } from "./lab.ts";

jest.setTimeout(240_000);

const good = `${canary}-good`;
const bad = `${canary}-bad`;

describe("a connector's pre-flight on the real engine", () => {
  let lab: Lab;
  let vendor: RunningVendor<Rapid7Store>;

  const program = (apiKey: unknown, preflight: "require" | "warn" | "off", description = "first") =>
    specs([
      {
        className: "Rapid7Connector",
        name: "vm",
        args: { endpoint: "eu.api.insight.rapid7.com", apiKey, preflight, description },
      },
    ]);
  const written = () => lab.emulator.requests().filter(({ method }) => method !== "GET");

  beforeAll(async () => {
    vendor = await createVendorEmulator(rapid7Emulator, {
      seed: (store) => store.keys.push({ key: good, readsAssets: true }),
    });
    lab = await openLab({ environment: { MSEM_RAPID7_URL: vendor.url, RAPID7_KEY: good } });
  });

  afterAll(async () => {
    await vendor.close();
    await lab.close();
  });

  it("is never made in a preview", async () => {
    expectOk(await lab.run("preview", program(bad, "require")));
    expect(vendor.requests()).toEqual([]);
  });

  it("that is required refuses, and the service hears nothing", async () => {
    const before = lab.emulator.requests().length;
    const { ok, output } = await lab.run("up", program(bad, "require"));
    expect(ok).toBe(false);
    expect(output).toContain("MSEM_PREFLIGHT 1 of 1 checks at Rapid7 failed; nothing was sent to the service");
    expect(output).toContain("key: denied, the credential is refused (the product says: 401 Unauthorized)");
    expect(lab.emulator.requests().length).toBe(before);
    expect(vendor.requests().map(({ path }) => path)).toEqual(["/validate"]);
  });

  it("that warns goes on, with a warning of the engine", async () => {
    const result = expectOk(await lab.run("up", program(bad, "warn")));
    const warnings = result.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    expect(warnings.join("\n")).toContain("'vm': pre-flight: key: denied, the credential is refused");
    expect(written().map(({ method }) => method)).toContain("POST");
  });

  it("that is off asks nobody", async () => {
    const before = vendor.requests().length;
    expectOk(await lab.run("up", program(bad, "off", "second")));
    expect(vendor.requests().length).toBe(before);
  });

  it("that is required passes with a good key by reference, and leaves no difference behind", async () => {
    const reference = { fromEnvironment: "RAPID7_KEY" };
    expectOk(await lab.run("up", program(reference, "require", "second")));
    const again = await lab.run("preview", program(reference, "require", "second"), {
      refresh: true,
      expectNoChanges: true,
    });
    expect(changesOf(expectOk(again))).toEqual([]);
  });

  it("that refuses an update leaves state as it was", async () => {
    const before = written().length;
    const refused = await lab.run("up", program(bad, "require", "third"));
    expect(refused.ok).toBe(false);
    expect(refused.output).toContain("MSEM_PREFLIGHT");
    expect(written().length).toBe(before);
    const reference = { fromEnvironment: "RAPID7_KEY" };
    expectOk(await lab.run("preview", program(reference, "require", "second"), { expectNoChanges: true }));
  });

  it("is made for the stack by msem verify, from what the engine exports", async () => {
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: lab.folder,
      PULUMI_HOME: `${lab.folder}/home`,
      PULUMI_BACKEND_URL: `file://${lab.folder}/state`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      MSEM_RAPID7_URL: vendor.url,
      RAPID7_KEY: good,
    };
    const { code, stdout, stderr } = await capture(
      (io) =>
        runVerify(
          { stack: "organization/lab/test", setting: [], secretEnv: [], format: "text", allowInconclusive: false },
          io,
        ),
      { env },
    );
    expect([code, stderr]).toEqual([0, "[1/1] vm: ok\n"]);
    expect(stdout).toContain("vm  Rapid7  ok  the key is good in this region; reads assets; 1,204 visible");
  });
});
