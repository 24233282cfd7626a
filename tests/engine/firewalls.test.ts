/** Judged configurations on the real engine: what a preview knows, what stops a run, and what never reaches the state. */
import { rmSync, writeFileSync } from "node:fs";
import { canary } from "./classes.ts";
import { changesOf, expectOk, type Lab, openLab } from "./lab.ts";
import type { FirewallProgramArgs, FirewallSpec } from "./programs/firewalls.ts";

jest.setTimeout(180_000);

const ranges = { serviceTag: "Scuba", changeNumber: 31, prefixes: { "20.1.0.0/29": "Scuba", "20.2.0.16/31": "Scuba" } };

function asa(...members: string[]): string {
  return [
    "ASA Version 9.16",
    `enable password ${canary} encrypted`,
    "object-group network SCUBA",
    ...members.map((member) => ` network-object ${member}`),
    "access-list outside_in extended permit tcp object-group SCUBA any eq https",
    "access-group outside_in in interface outside",
    "",
  ].join("\n");
}

const some = asa("20.1.0.0 255.255.255.248", "host 192.0.2.77");
const all = asa("20.1.0.0 255.255.255.248", "20.2.0.16 255.255.255.254");

describe("a judged configuration on the real engine", () => {
  let lab: Lab<FirewallProgramArgs>;
  let path: string;

  const programOf = (text: string, onDrift: "warn" | "fail" = "warn"): FirewallProgramArgs => {
    writeFileSync(path, text);
    const args: FirewallSpec["args"] = { list: "SCUBA", onDrift };
    return {
      ranges,
      firewalls: [
        { name: "file", config: { file: path }, args },
        { name: "string", config: { string: text }, args },
        { name: "text", config: { text }, args },
      ],
    };
  };
  const names = ["file", "string", "text"];

  beforeAll(async () => {
    lab = await openLab<FirewallProgramArgs>({ program: "firewalls" });
    // Outside of the folder that is searched: the configuration itself does hold the secret.
    path = `${lab.folder}-edge.cfg`;
  });

  afterAll(async () => {
    rmSync(path, { force: true });
    await lab.close();
  });

  it("gives the verdict and the change, and keeps neither text nor secret", async () => {
    const { outputs, diagnostics } = expectOk(await lab.run("up", programOf(some)));
    for (const name of names) {
      expect(outputs[name]).toMatchObject({ missing: ["20.2.0.16/31"], stale: [], inSync: false });
      expect(JSON.stringify(outputs[name])).toContain("network-object 20.2.0.16 255.255.255.254");
      expect(diagnostics.map(({ message }) => message).join("\n")).toContain(`'${name}': `);
    }
    expect(JSON.stringify(await lab.run("export", programOf(some)))).not.toContain("192.0.2.77");
    expectOk(await lab.run("preview", programOf(some), { refresh: true, expectNoChanges: true }));
  });

  it("shows in a preview what a new configuration changes", async () => {
    const preview = expectOk(await lab.run("preview", programOf(all), { diff: true }));
    expect(changesOf(preview)).toEqual(
      names.map((name) => `${name}: update [config.sha256, inSync, remediation, rollback, verdicts["20.2.0.16/31"]]`),
    );
    expect(preview.output).toMatch(/20\.2\.0\.16\/31: "missing" => "present"/);
  });

  it("stops the run with MSEM_DRIFT where that is asked for", async () => {
    const failed = await lab.run("preview", programOf(some, "fail"));
    expect(failed.ok).toBe(false);
    expect(failed.output).toMatch(/MSEM_DRIFT .*\n\s+1 missing: 20\.2\.0\.16\/31\n\s+Fix: msem render/);
    expectOk(await lab.run("up", programOf(all, "fail")));
    expectOk(await lab.run("destroy", programOf(all, "fail")));
  });
});
