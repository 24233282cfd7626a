/** The wired command, compiled as it ships and run as a process. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fixtures } from "./capture";

const root = join(__dirname, "../..");
const provider = join(root, "provider");
let folder: string;
let command: string;
let main: string;

beforeAll(() => {
  // Inside node_modules, so that the compiled files find the packages; apart from provider/dist, which others build.
  const cache = join(root, "node_modules/.cache/pulumi-msem");
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "cli-test-"));
  const project = {
    extends: relative(folder, join(provider, "tsconfig.json")),
    compilerOptions: {
      rootDir: relative(folder, provider),
      outDir: "dist",
      incremental: false,
      declaration: false,
      noCheck: true,
      typeRoots: [relative(folder, join(root, "node_modules/@types"))],
    },
    files: [relative(folder, join(provider, "cli/main.ts"))],
    include: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  copyFileSync(join(provider, "package.json"), join(folder, "package.json"));
  // The exit code is left out: this test is about what runs, the type check is a step of its own.
  spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  main = join(folder, "dist/cli/main.js");
  command = join(folder, "bin/msem.js");
  mkdirSync(join(folder, "bin"));
  copyFileSync(join(provider, "bin/msem.js"), command);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function msem(...args: string[]) {
  return msemWith({}, ...args);
}

function msemWith(variables: Record<string, string>, ...args: string[]) {
  // `npm test` names a folder of its own for compiled files, and that would count first.
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined, MSEM_CACHE_DIR: join(folder, "cache"), ...variables };
  const options = { cwd: fixtures, encoding: "utf8", env } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], options);
  return { status, stdout, stderr };
}

/** Paths of ours and of packages that a command loads, with / between the parts. */
function loadedBy(...args: string[]): string[] {
  const spy = join(folder, "spy.cjs");
  const told = join(folder, "loaded.json");
  writeFileSync(
    spy,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(told)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  spawnSync(process.execPath, ["-r", spy, main, ...args], { cwd: fixtures });
  const paths = JSON.parse(readFileSync(told, "utf8")) as string[];
  return paths.map((path) => path.replaceAll("\\", "/"));
}

describe("msem", () => {
  it("prints its version", () => {
    const { version } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as { version: string };
    expect(msem("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("starts with a line that lets a shell run it", () => {
    expect(readFileSync(main, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("helps with examples, in general and per command", () => {
    for (const args of [
      ["--help"],
      ["ranges", "--help"],
      ["ranges", "diff", "--help"],
      ["check", "--help"],
      ["verify", "--help"],
      ["import", "--help"],
      ["help", "check"],
    ]) {
      const { status, stdout, stderr } = msem(...args);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Examples:\n  $ msem ");
    }
    expect(msem("--help").stdout).toMatch(/Commands:\n {2}emulator .*\n(.*\n)*? {2}ranges .*\n(.*\n)*? {2}check /);
  });

  it("has the emulator as a command, with its own help", () => {
    const { status, stdout, stderr } = msem("emulator", "--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: msem emulator /);
    expect(stdout).toContain("--port");
  });

  it.each([
    [["bogus"], "unknown command 'bogus'"],
    [["ranges", "diff", "weekly.json"], "missing required argument 'new'"],
    [["ranges", "--cloud", "Mars"], "Allowed choices are Public, AzureGovernment, China."],
    [["ranges", "weekly.json", "--format", "yaml"], "Allowed choices are table, json, text, csv."],
    [["check", "list.txt", "--ranges", "weekly.json", "--loud"], "unknown option '--loud'"],
    [["verify", "--stack", "s", "--format", "xml"], "Allowed choices are text, json, junit."],
    [["import", "--all", "--credentials", "plain"], "Allowed choices are config, fromEnvironment."],
    [["import", "--out", "nowhere"], "nothing was chosen: give --all, --kind, --name or --targets"],
    [["verify", "--stack", "--file", "x"], "give one of --connector, --file and --stack"],
    [
      ["verify", "--connector", "rapid7", "--setting", "a=b", "--setting", "c=d"],
      "a: Rapid7Connector has no such property",
    ],
  ])("%j is wrong usage: exit code 1", (args, message) => {
    const { status, stdout, stderr } = msem(...args);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
  });

  it("without a command shows the help and fails", () => {
    const { status, stderr } = msem();
    expect(status).toBe(1);
    expect(stderr).toContain("Usage: msem");
  });

  it("compares ranges, with options of its own behind `diff`", () => {
    const { status, stdout } = msem(
      "ranges",
      "diff",
      "tag-only.json",
      "weekly.json",
      "--tag",
      "scuba",
      "--format",
      "json",
    );
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      from: { changeNumber: 10 },
      to: { changeNumber: 9 },
      verdict: "refuse",
    });
    expect(msem("ranges", "diff", "tag-only.json", "tag-only.json").stdout).toMatch(
      /^REFUSED .*\n\n {2}specialPurpose: /,
    );
  });

  it("prints ranges in the wanted format", () => {
    expect(msem("ranges", "tag-only.json", "--tag", "scuba", "--format", "text")).toEqual({
      status: 0,
      stdout: "192.0.2.0/24\n2001:db8:40::10/124\n",
      stderr: "",
    });
    expect(msem("ranges", "tag-only.json").stdout).toMatch(/^Scuba change 10, 2 prefixes .*\n\nPREFIX /);
  });

  it("exits with 0 in sync, 2 on drift and 1 on an error", () => {
    const list = join(folder, "list.txt");
    writeFileSync(list, "192.0.2.0/24, 2001:db8:40::10/124");
    const synced = msem("check", list, "--ranges", "tag-only.json");
    expect([synced.status, synced.stdout.split(" ")[0], synced.stderr]).toEqual([0, "IN", ""]);
    writeFileSync(list, "192.0.2.0/24");
    const drift = msem("check", list, "--ranges", "tag-only.json", "--format", "json");
    expect([drift.status, (JSON.parse(drift.stdout) as { inSync: boolean }).inSync]).toEqual([2, false]);
    const wrong = msem("check", list, "--ranges", "page.html");
    expect([wrong.status, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toMatch(/^error: MSEM_INVALID page\.html is a web page \(HTML\)/);
  });

  it("is quiet when the reader of its output goes away", async () => {
    const list = join(folder, "long.txt");
    const many = Array.from({ length: 30_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
    writeFileSync(list, many.join("\n"));
    const child = spawn(process.execPath, [main, "check", list, "--ranges", "tag-only.json", "--format", "json"], {
      cwd: fixtures,
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect([status, stderr]).toEqual([2, ""]);
  });

  it("does not load the emulator or zod for its help, nor for a check", () => {
    const list = join(folder, "list.txt");
    writeFileSync(list, "192.0.2.0/24");
    for (const args of [["--help"], ["check", list, "--ranges", "tag-only.json"]]) {
      const paths = loadedBy(...args);
      expect(paths.some((path) => path.endsWith("main.js"))).toBe(true);
      expect(paths.filter((path) => /node_modules\/(zod|hono|axios)\/|\/emulator\//.test(path))).toEqual([]);
    }
  });

  it("loads what reads and writes a format for that format only", () => {
    const config = join(folder, "edge.cfg");
    writeFileSync(config, "object-group network SCUBA\n network-object 192.0.2.0 255.255.255.0\n");
    const paths = loadedBy("check", config, "--list", "SCUBA", "--ranges", "tag-only.json");
    // Plain lists have no words of their own: telling them apart is reading them.
    const reading = paths.filter((path) => /\/firewalls\/(?!text\/|panos-edl\/)[^/]+\/(parse|render)\.js$/.test(path));
    expect(reading.map((path) => path.slice(path.indexOf("/firewalls/"))).sort()).toEqual([
      "/firewalls/cisco-asa/parse.js",
      "/firewalls/cisco-asa/render.js",
      "/firewalls/cisco/render.js",
    ]);
  });

  it("keeps its compiled files in the user's cache folder, and says nothing when it cannot", () => {
    const cache = join(folder, "fresh");
    for (const folderOfCache of [cache, join(command, "is-no-folder")]) {
      expect(msemWith({ MSEM_CACHE_DIR: folderOfCache }, "--version")).toMatchObject({ status: 0, stderr: "" });
    }
    expect(existsSync(join(cache, "compiled"))).toBe(true);
  });
});
