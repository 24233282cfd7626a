import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorCommandOptions, runEmulator } from "../../provider/emulator/run";

/** A process that is told to stop when the test says so. */
function run(options: EmulatorCommandOptions) {
  const output = { out: "", err: "" };
  let stop: () => void = () => undefined;
  let printed: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    printed = resolve;
  });
  const exit = runEmulator(options, {
    out: (text) => {
      output.out += text;
      printed();
    },
    err: (text) => {
      output.err += text;
    },
    stopped: () =>
      new Promise((resolve) => {
        stop = resolve;
      }),
  });
  // A start that fails must fail the test at once, not at its time limit.
  const ready = Promise.race([
    started,
    exit.then((code) => (output.out === "" ? Promise.reject(new Error(`${code}: ${output.err}`)) : undefined)),
  ]);
  ready.catch(() => undefined);
  return { output, started: ready, exit, stop: () => stop() };
}

describe("msem emulator", () => {
  it("with --json prints exactly one line, and ends with 0 when it is told to stop", async () => {
    const process = run({ port: 0, json: true });
    await process.started;
    const { url, tokens } = JSON.parse(process.output.out);
    expect(process.output.out.split("\n")).toHaveLength(2);
    expect(Object.keys(tokens)).toEqual([
      "globalAdministrator",
      "securityAdministrator",
      "securityOperator",
      "globalReader",
      "securityReader",
    ]);
    const answer = await fetch(`${url}/connections?api-version=2026-11-01`, {
      headers: { authorization: `Bearer ${tokens.securityReader}` },
    });
    expect(answer.status).toBe(200);
    expect((await fetch(`${url}/__admin/faults`)).status).toBe(404);
    process.stop();
    expect(await process.exit).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it("for people: the URL, a token per role, what it is not; the log says no token", async () => {
    const process = run({ port: 0, faults: true });
    await process.started;
    const { out } = process.output;
    expect(out).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(out).toContain("Not the real Microsoft service");
    for (const role of [
      "Global Administrator",
      "Security Administrator",
      "Security Operator",
      "Global Reader",
      "Security Reader",
    ]) {
      expect(out).toMatch(new RegExp(`^${role} +(read|write) +eyJ`, "m"));
    }
    const url = /http:\S+/.exec(out)?.[0];
    expect((await fetch(`${url}/__admin/faults`)).status).toBe(200);
    process.stop();
    await process.exit;
    expect(process.output.err).not.toContain("eyJ");
  });

  it("with --state prints the same tokens at the next start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "msem-emulator-"));
    const tokens: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const process = run({ port: 0, json: true, state: join(folder, "t.json") });
      await process.started;
      tokens.push(JSON.parse(process.output.out).tokens);
      process.stop();
      await process.exit;
    }
    expect(tokens[1]).toEqual(tokens[0]);
    rmSync(folder, { recursive: true });
  });

  it("a start that fails is one message and exit code 1", async () => {
    const first = run({ port: 0, json: true });
    await first.started;
    const second = run({ port: Number(new URL(JSON.parse(first.output.out).url).port), json: true });
    expect([await second.exit, second.output.out]).toEqual([1, ""]);
    expect(second.output.err).toContain("MSEM_CONFIGURATION");
    first.stop();
    await first.exit;
  });
});
