/**
 * The policy pack on the real engine, from just the files that are published. The Node language host, which starts packs
 * for the engine, is not among what the set-up obtains: a launcher of three lines stands in where it is missing.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { OperationResult } from "../../scripts/engine/protocol.ts";
import { run, weeklyFile } from "../ranges/weekly";
import { fakeProgram } from "../scripts/support";
import { canary } from "./classes.ts";
import { type Lab, openLab } from "./lab.ts";
import type { PolicyProgram } from "./programs/policy.ts";

jest.setTimeout(120_000);

/** What the language host runs for a pack: the SDK's own script, as it is resolved from the pack. */
const startPack = `require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.cwd()] }));`;

describe("the policy pack on the real engine", () => {
  let folder: string;
  let lab: Lab<PolicyProgram>;
  let preview: OperationResult;

  beforeAll(async () => {
    mkdirSync(".work", { recursive: true });
    folder = mkdtempSync(resolve(".work", "policy-"));
    const pack = install(join(folder, "node_modules", "pulumi-msem-policy"));
    const settings = join(folder, "settings.json");
    writeFileSync(settings, JSON.stringify({ "rapid7-user-key": { accepted: ["accepted"] } }));
    const list = join(folder, "service-tags.json");
    writeFileSync(list, JSON.stringify(weeklyFile(1, { Scuba: { changeNumber: 1, prefixes: run(3) } })));
    fakeProgram(folder, "pulumi-analyzer-policy-nodejs", startPack);
    lab = await openLab<PolicyProgram>({
      program: "policy",
      stack: {
        config: {
          "lab:apiKey": { value: `${canary}-configured`, secret: true },
          "lab:structured": { value: JSON.stringify({ key: `${canary}-structured` }), secret: true },
        },
      },
      environment: { PATH: `${folder}${delimiter}${process.env.PATH}` },
    });
    const program = { list, literal: `${canary}-literal` };
    preview = await lab.run("preview", program, { policyPacks: [pack], policyPackConfigs: [settings] });
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab?.close();
  });

  it("objects to exactly what each policy is about, and to nothing else", () => {
    const objections = preview.violations.map(({ policy, level, urn }) => `${level} ${policy}: ${nameOf(urn)}`).sort();
    expect(objections).toEqual([
      "advisory ranges-guarded: own-ranges",
      "advisory rapid7-user-key: undeclared",
      "mandatory allowlist-width: wide",
      "mandatory credential-sources: from-environment",
      "mandatory credential-sources: literal",
      "mandatory credential-sources: starting",
      "mandatory credential-sources: token",
      "mandatory guards-in-force: unguarded",
      "mandatory migration-switches: adopting",
      "mandatory migration-switches: starting",
    ]);
  });

  it("fails the preview for what is mandatory, with the reason, the place and the way out", () => {
    expect([preview.ok, preview.exitCode]).toEqual([false, 1]);
    const wide = preview.violations.find(({ urn }) => nameOf(urn) === "wide")?.message;
    expect(wide).toContain("An allowlist lets in no more than a service tag needs.");
    expect(wide).toContain('- 20.0.0.0/14 ("a whole region") is wider than /20.');
    expect(wide).toContain("this policy's `accepted`");
  });

  it("has judged everything: no policy was skipped because of a value that only the update knows", () => {
    expect(preview.output).not.toContain("can't run policy");
    expect(preview.steps.filter(({ op }) => op === "create").map(({ name }) => name)).toContain("not-known-yet");
  });
});

/** Only the files that the package publishes. */
function install(pack: string): string {
  const { files } = JSON.parse(readFileSync("policy/package.json", "utf8")) as { files: string[] };
  for (const file of ["package.json", ...files]) cpSync(join("policy", file), join(pack, file), { recursive: true });
  return pack;
}

function nameOf(urn: string | undefined): string | undefined {
  return urn?.split("::").pop();
}
