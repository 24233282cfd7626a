/** The portal demo as a newcomer runs it. It compares each step with its file in tests/golden/portal and fails itself. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

jest.setTimeout(240_000);

const golden = join("tests", "golden", "portal");
const portalFolders = () =>
  existsSync(".work") ? readdirSync(".work").filter((name) => name.startsWith("portal-")) : [];

function run(): Promise<{ code: number | null; output: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join("scripts", "demoPortal.ts")], { stdio: ["ignore", "pipe", "pipe"] });
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

describe("npm run demo:portal", () => {
  it("walks from nothing to confirmed, through a rotation, to the end; each step says what its file says", async () => {
    const before = portalFolders();
    const { code, output } = await run();
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    // Every file was compared: what it says was said.
    const files = readdirSync(golden).sort();
    expect(files).toHaveLength(10);
    for (const file of files) expect(output).toContain(readFileSync(join(golden, file), "utf8").trimEnd());
    expect(output).toContain("Simulated: the person.");
    expect(portalFolders()).toEqual(before);
  });

  it("says what its page shows", () => {
    const page = readFileSync(join("docs", "portal.md"), "utf8").replaceAll(/^ {3}/gm, "");
    const [, shown = "nothing"] = /```text\n(warning: 'scanner'[^`]*)```/.exec(page) ?? [];
    expect(readFileSync(join(golden, "01-declare.txt"), "utf8")).toContain(shown);
  });
});
