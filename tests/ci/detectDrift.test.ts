/** The script of the pipelines beside stand-ins for Pulumi and msem. On the real engine: tests/engine/detectDrift.test.ts. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Checkout, checkout, proposal, type Ran } from "./lab.ts";

let lab: Checkout;

beforeEach(() => {
  lab = checkout();
});
afterEach(() => lab.remove());

const inSync = "Previewing update (prod):\nResources:\n    4 unchanged\n";

function error(name: string, message: string): string {
  return `error: pulumi-nodejs:dynamic/msem:FirewallAllowlist resource '${name}' has a problem: ${message}\n`;
}

async function preview(output: string, code: number, args: readonly string[] = []): Promise<Ran & { summary: string }> {
  lab.pulumi(output, code);
  const ran = await lab.script(["--project", "infra", "--summary", "drift.md", ...args]);
  return { ...ran, summary: lab.read("drift.md") };
}

const markOf = (summary: string): string => /msem-drift-sha256-[0-9a-f]{64}/.exec(summary)?.[0] ?? "none";

describe("the exit code", () => {
  it.each<[string, string, number, number]>([
    ["0 in sync", inSync, 0, 0],
    ["7 changes proposed", proposal("x"), 7, 2],
    ["one check that found drift", error("edge", "MSEM_DRIFT edge.cfg lacks Scuba"), 1, 2],
    ["a consequence beside it", `${error("edge", "MSEM_DRIFT lacks")}error: preview failed\n`, 1, 2],
    ["a guard that refused", error("scuba", "MSEM_REFUSED removals guard"), 1, 3],
    ["drift and refusal", error("a", "MSEM_DRIFT lacks") + error("b", "MSEM_REFUSED guard"), 1, 3],
    ["refusal and failure", error("a", "MSEM_REFUSED guard") + error("b", "MSEM_FORBIDDEN no"), 1, 1],
    ["drift and somebody else's error", `${error("a", "MSEM_DRIFT lacks")}error: azure: no such thing\n`, 1, 1],
    ["a message that quotes a code", "error: somebody wrote MSEM_DRIFT into a name\n", 1, 1],
    ["a failure without a word", "", 255, 1],
    ["a failure that only has consequences", "error: preview failed\n", 1, 1],
  ])("of %s", async (_name, output, given, expected) => {
    const { code, summary } = await preview(output, given);
    expect(code).toBe(expected);
    expect(summary).toContain(
      { 0: "# ✅ In sync", 1: "# ⚠️ Check failed", 2: "# ❌ Drift", 3: "# ⛔ Refused" }[expected],
    );
  });

  it("is 1 when a program does not end in time", async () => {
    lab.command("pulumi", "setInterval(() => {}, 1000);\n");
    const { code, stdout } = await lab.script(["--project", "infra", "--timeout", "0.01"]);
    expect(code).toBe(1);
    expect(stdout).toContain("pulumi did not end in time");
  });

  it("is 1 for wrong usage, with everything that is wrong at once", async () => {
    const { code, stderr } = await lab.script(["--no-preview", "--sarif", "x", "--timeout", "never"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /--timeout never is not between[\s\S]*--no-preview leaves nothing[\s\S]*--sarif needs a check/,
    );
    expect((await lab.script(["--no-preview", "--", "a.cfg", "--format", "json"])).stderr).toContain(
      "--format is chosen",
    );
    expect((await lab.script(["--nonsense"])).code).toBe(1);
    expect((await lab.script(["--help"])).stdout).toMatch(/Examples:\n {2}\$ node detect-drift\.mjs --stack prod/);
  });
});

describe("the summary", () => {
  it("shows what differs in our resources, and of others only that they do", async () => {
    const { summary } = await preview(proposal("edited"), 7);
    expect(summary).toContain('~ QualysConnector scanner: (update)\n  ~ description: "edited" => "as declared"\n');
    expect(summary).toContain("~ azure-native:storage:StorageAccount: (update) state\n");
    expect(summary).not.toContain("not-marked-as-secret");
  });

  it("is the same, and so is its mark, in whatever order the engine comes to the resources", async () => {
    const blocks = ["one", "two"].map((name) =>
      [
        "    + pulumi-nodejs:dynamic/msem:WizConnector: (create)",
        `        [urn=urn:pulumi:prod::infra::pulumi-nodejs:dynamic/msem:WizConnector::${name}]`,
        `        description: "of ${name}"`,
        "",
      ].join("\n"),
    );
    const first = await preview(`${blocks.join("")}Resources:\n`, 7);
    const second = await preview(`${[...blocks].reverse().join("")}Resources:\n`, 7);
    expect(second.summary).toBe(first.summary);
    const another = await preview(`${blocks[0]}Resources:\n`, 7);
    expect(markOf(another.summary)).not.toBe(markOf(first.summary));
  });

  it("has the same mark when only the ids of requests and the time differ", async () => {
    const said = (id: string, at: string): string =>
      error("a", `MSEM_UNAVAILABLE no answer at ${at}\n  (request id ${id}, client request id ${id})`);
    const first = await preview(said("6d1f0c5e-0000-4000-8000-000000000001", "2026-11-24T03:17:00Z"), 1);
    const second = await preview(said("6d1f0c5e-0000-4000-8000-000000000002", "2026-11-25T03:17:09Z"), 1);
    expect(markOf(second.summary)).toBe(markOf(first.summary));
    const third = await preview(said("6d1f0c5e-0000-4000-8000-000000000002", "then").replace("no answer", "half"), 1);
    expect(markOf(third.summary)).not.toBe(markOf(first.summary));
  });

  it("lets no text out of its fence, and no line of a program command the runner", async () => {
    const nasty = "``` ![x](y) ##vso[task.setvariable variable=a]b\n::set-output name=a::b";
    const { stdout, summary } = await preview(error("edge", `MSEM_DRIFT ${nasty}`), 1);
    expect(summary).toMatch(/````text\n[\s\S]*``` !\[x\][\s\S]*\n````\n/);
    expect(stdout).not.toMatch(/##vso/);
    expect(stdout).not.toMatch(/^\s*::/m);
  });

  it("fits into an issue whatever the engine says, and closes its fences", async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `        + [${at}]: "${"x".repeat(900)}"`);
    const block = "    ~ pulumi-nodejs:dynamic/msem:IpAllowlist: (update)\n";
    const { summary } = await preview(`${block}${lines.join("\n")}\nResources:\n`, 7);
    expect(summary.length).toBeLessThan(65_000);
    expect((summary.match(/^```/gm) ?? []).length % 2).toBe(0);
  });

  it("holds no secret of the pipeline and no query string", async () => {
    lab.pulumi(error("a", "MSEM_NETWORK https://host/x?sig=abcdef a-very-secret-value"), 1);
    const env = { STATE_ACCESS_KEY: "a-very-secret-value", GITHUB_STEP_SUMMARY: join(lab.folder, "page.md") };
    const { stdout, stderr } = await lab.script(["--project", "infra"], env);
    const all = `${stdout}${stderr}${lab.read("page.md")}`;
    expect(all).toContain("https://host/x?[…] [secret]");
    expect(all).not.toMatch(/a-very-secret-value|sig=abcdef/);
  });
});

describe("the findings for code scanning", () => {
  const msem = (code: string): void =>
    lab.command(
      "msem",
      `const [, file, , format] = process.argv.slice(2);
process.stdout.write(format === "sarif" ? JSON.stringify({ runs: [{ results: [file] }] }) : "## " + file + "\\n");
process.exitCode = ${code};\n`,
    );
  const args = ["--no-preview", "--sarif", "drift.sarif", "--", "a.cfg", "--", "b.cfg"];

  it("are one log of all checks", async () => {
    msem("file === 'a.cfg' ? 2 : 0");
    expect((await lab.script(args)).code).toBe(2);
    expect(JSON.parse(lab.read("drift.sarif"))).toEqual({ runs: [{ results: ["a.cfg", "b.cfg"] }] });
  });

  it("are not written when a check gave no verdict: half a log would close alerts", async () => {
    msem("file === 'a.cfg' ? 2 : 1");
    expect((await lab.script(args)).code).toBe(1);
    expect(existsSync(join(lab.folder, "drift.sarif"))).toBe(false);
  });
});
