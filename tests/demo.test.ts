/** The demo as a newcomer runs it: it must keep its promises here as well, and leave nothing behind. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

jest.setTimeout(240_000);

const demoFolders = () => (existsSync(".work") ? readdirSync(".work").filter((name) => name.startsWith("demo-")) : []);

function run(): Promise<{ code: number | null; output: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join("scripts", "demo.ts")], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => done({ code, output }));
  });
}

describe("npm run demo", () => {
  it("connects, shows drift as Pulumi shows it, repairs, cleans up and says what was real", async () => {
    const before = demoFolders();
    const { code, output } = await run();
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    for (const told of [
      "ok: six connections on the server",
      '~ apiServer: "qualysapi.qualys.com" => "qualysapi.qg2.apps.qualys.eu"',
      "ok: the nightly check fails with exit code 7",
      "ok: 'insight' is connected again",
      "ok: no connection is left on the server",
      "against Scuba change 4, 6 prefixes",
      "203.0.113.128/25",
      "Emulated: the tenant and the six products",
    ]) {
      expect(output).toContain(told);
    }
    // Rapid7's remark on organization keys is the only one: a key does not tell its kind.
    const warnings = output
      .split("\n")
      .filter((line) => line.includes("warning:") && !line.includes("organization key"));
    expect(warnings).toEqual([]);
    expect(demoFolders()).toEqual(before);
  });
});
