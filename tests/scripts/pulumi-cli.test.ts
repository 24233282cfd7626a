import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { evaluate, fakeProgram, removeFolders, startDriver, temporaryFolder, until, write } from "./support";

interface Cli {
  readonly directory: string;
  readonly executable: string;
  readonly version: string;
  readonly source: string;
  readonly pathEntries: string[];
}

const SCRIPT = "pulumi-resource-pulumi-nodejs";

/** Stands for `go`: builds a "CLI" that reports the version given by the linker flags, and notes each call. */
const FAKE_GO = `
  const { appendFileSync, chmodSync, writeFileSync } = require("node:fs");
  const args = process.argv.slice(3);
  appendFileSync(process.argv[2], args[0] + "\\n");
  if (args[0] === "version") console.log("go version go1.26.8 test/fake");
  else if (process.env.FAKE_GO === "fail") { console.error("cannot find main module"); process.exit(1); }
  else {
    const out = args[args.indexOf("-o") + 1];
    const version = /version\\.Version=(\\S+)/.exec(args[args.indexOf("-ldflags") + 1])[1];
    const finish = () => { writeFileSync(out, "#!/bin/sh\\necho " + version + "\\n"); chmodSync(out, 0o755); };
    if (process.env.FAKE_GO === "hang") {
      writeFileSync(out, "half");
      const parent = process.ppid;
      setInterval(() => process.ppid === parent || process.exit(1), 50);
    }
    else setTimeout(finish, 300);
  }`;

/** Stands for the installer's child: a host that is reached or not, an installation that works or not. */
const FAKE_INSTALLER = `
  const { appendFileSync, chmodSync, mkdirSync, writeFileSync } = require("node:fs");
  const [log, mode, root, version] = process.argv.slice(2);
  appendFileSync(log, mode + "\\n");
  const behaviour = process.env.FAKE_INSTALLER;
  if (behaviour === "unreachable") { console.error("no answer within 10 s"); process.exit(1); }
  if (mode === "install" && behaviour === "fails") { console.error("404 Not Found"); process.exit(1); }
  if (mode === "install") {
    mkdirSync(root + "/bin", { recursive: true });
    const text = behaviour === "broken" ? "exit 3" : "echo v" + version;
    writeFileSync(root + "/bin/pulumi", "#!/bin/sh\\n" + text + "\\n");
    chmodSync(root + "/bin/pulumi", 0o755);
  }`;

/** A machine of the test's own: repository, cache, home, PATH, and fakes for what would be obtained from outside. */
function machine(behaviour: { installer?: string; go?: string } = {}) {
  const folder = temporaryFolder();
  const root = path.join(folder, "repository");
  const bin = path.join(folder, "bin");
  const cacheDir = path.join(folder, "cache");
  const home = path.join(folder, "home");
  write(root, `node_modules/@pulumi/pulumi/${SCRIPT}`, "#!/bin/sh\necho as shipped\n");
  write(root, "tools/pulumi/go.mod", "module test\n");
  write(home, ".pulumi/credentials.json", "the user's own");
  const log = write(folder, "calls.log", "");
  const command = (name: string, script: string) => [process.execPath, write(folder, `${name}.cjs`, script), log];
  const env = {
    PATH: bin,
    HOME: home,
    FAKE_INSTALLER: behaviour.installer ?? "unreachable",
    FAKE_GO: behaviour.go ?? "work",
  };
  const input = {
    root,
    cacheDir,
    env,
    goCommand: command("go", FAKE_GO),
    installerCommand: command("installer", FAKE_INSTALLER),
    versionTimeoutMs: 5_000,
  };
  return {
    input,
    root,
    bin,
    cacheDir,
    home,
    cached: path.join(cacheDir, "cli", "3.259.0", "bin"),
    calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
    pulumi: (script: string, where = bin) => fakeProgram(where, "pulumi", script),
    obtain: (more: object = {}) =>
      evaluate<Cli>("pulumi-cli.mjs", "setup.obtainPulumiCli(input)", { ...input, ...more }),
    refusal: (more: object = {}) =>
      evaluate<{ name: string; message: string }>(
        "pulumi-cli.mjs",
        "setup.obtainPulumiCli(input).then(() => ({}), ({ name, message }) => ({ name, message }))",
        { ...input, ...more },
      ),
  };
}

const unusable = [
  ["too old", 'console.log("v3.258.9")', /is version 3\.258\.9, older than 3\.259\.0/],
  ["a prerelease of the oldest good one", 'console.log("v3.259.0-alpha.1")', /is version 3\.259\.0-alpha\.1, older/],
  ["of another major version", 'console.log("v4.0.0")', /is version 4\.0\.0; the SDK speaks with 3\.x/],
  ["printing garbage", 'console.log("<html>welcome</html>")', /printed no version/],
  ["hanging", "setInterval(() => {}, 1000)", /did not finish within 700 ms/],
  ["failing", 'console.error("cannot run here"); process.exit(4)', /exit code 4 \(cannot run here\)/],
] as const;

describe("obtaining the Pulumi CLI", () => {
  afterEach(removeFolders);

  it("takes a CLI on PATH that is new enough, and obtains nothing", async () => {
    const { pulumi, obtain, bin, calls, cacheDir } = machine();
    pulumi('console.log("v3.301.2")');
    const cli = await obtain();
    expect(cli).toMatchObject({ directory: bin, version: "3.301.2", source: "path" });
    expect(path.dirname(cli.executable)).toBe(bin);
    expect(calls()).toEqual([]);
    expect(existsSync(path.join(cacheDir, "cli"))).toBe(false);
  });

  it("adds a folder with the provider script when the CLI on PATH comes without it", async () => {
    const { pulumi, obtain, bin, cacheDir } = machine();
    pulumi('console.log("v3.259.0")');
    const { pathEntries } = await obtain();
    expect(pathEntries).toEqual([bin, path.join(cacheDir, "provider-script")]);
    expect(readFileSync(path.join(cacheDir, "provider-script", SCRIPT), "utf8")).toContain("as shipped");
    expect(readdirSync(bin)).not.toContain(SCRIPT);
  });

  it("leaves a CLI on PATH that has the provider script as it is", async () => {
    const { pulumi, obtain, bin } = machine();
    pulumi('console.log("v3.259.0")');
    write(bin, SCRIPT, "of the user's version");
    expect((await obtain()).pathEntries).toEqual([bin]);
    expect(readFileSync(path.join(bin, SCRIPT), "utf8")).toBe("of the user's version");
  });

  it.each(unusable)("passes over a CLI on PATH that is %s", async (_, script) => {
    const { pulumi, obtain, cached } = machine();
    pulumi(script);
    // The short limit is for the CLI that hangs; the others, and the fake that is built, have to answer within it.
    const cli = await obtain({ versionTimeoutMs: 1_500 });
    expect(cli).toMatchObject({ directory: cached, version: "3.259.0", source: "go" });
  });

  it.each(unusable)("says so when the only CLI is %s", async (_, script, reason) => {
    const { pulumi, refusal } = machine({ go: "fail" });
    pulumi(script);
    const { message } = await refusal({ versionTimeoutMs: reason.source.includes("700") ? 700 : 5_000 });
    expect(message).toMatch(reason);
  });

  it("looks further on PATH when the first CLI is too old", async () => {
    const { pulumi, obtain, input, bin } = machine();
    const second = temporaryFolder();
    pulumi('console.log("v3.100.0")');
    pulumi('console.log("v3.270.0")', second);
    const env = { ...input.env, PATH: [bin, second].join(path.delimiter) };
    expect(await obtain({ env })).toMatchObject({ directory: second, source: "path" });
  });

  it("does not run the npm package's launcher, which would download", async () => {
    const { pulumi, obtain, input } = machine();
    const launchers = path.join(temporaryFolder(), "node_modules", ".bin");
    pulumi('console.log("v3.265.0")', launchers);
    expect((await obtain({ env: { ...input.env, PATH: launchers } })).source).toBe("go");
  });

  it("builds once and finds the result in the cache afterwards", async () => {
    const { obtain, calls, cached, cacheDir } = machine();
    const first = await obtain();
    const second = await obtain();
    expect(first).toMatchObject({ source: "go", version: "3.259.0", pathEntries: [cached] });
    expect(second).toEqual({ ...first, source: "cache" });
    expect(calls()).toEqual(["probe", "version", "build"]);
    expect(readdirSync(cacheDir)).toEqual(["cli"]);
    expect(readdirSync(path.join(cacheDir, "cli"))).toEqual(["3.259.0"]);
  });

  it("replaces a cached CLI that does not run", async () => {
    const { obtain, cached } = machine();
    const { executable } = await obtain();
    writeFileSync(executable, "#!/bin/sh\nexit 1\n");
    expect(await obtain()).toMatchObject({ source: "go", directory: cached });
    expect((await obtain()).source).toBe("cache");
  });

  it("uses the official installer when its host answers, and does not build", async () => {
    const { obtain, calls, cached } = machine({ installer: "works" });
    expect(await obtain()).toMatchObject({ source: "installer", version: "3.259.0", directory: cached });
    expect(calls()).toEqual(["probe", "install"]);
    expect((await obtain()).source).toBe("cache");
  });

  it.each([
    ["whose host does not answer", "unreachable", ["probe", "version", "build"]],
    ["that fails", "fails", ["probe", "install", "version", "build"]],
    ["whose CLI does not run", "broken", ["probe", "install", "version", "build"]],
  ])("builds from Go modules after an installer %s", async (_, installer, expected) => {
    const { obtain, calls } = machine({ installer });
    expect((await obtain()).source).toBe("go");
    expect(calls()).toEqual(expected);
  });

  it("names every way tried, why each failed and what to do, when none works", async () => {
    const { refusal, cacheDir, calls } = machine({ go: "fail" });
    const { name, message } = await refusal();
    expect(name).toBe("SetupError");
    const lines = message.split("\n");
    expect(lines[0]).toContain("3.259.0 or newer");
    expect(lines[1]).toMatch(/^ {2}PATH +no `pulumi` there$/);
    expect(lines[2]).toContain(`cache      nothing in ${path.join(cacheDir, "cli", "3.259.0")}`);
    expect(lines[3]).toMatch(/^ {2}installer +its host cannot be reached: no answer within 10 s$/);
    expect(lines[4]).toMatch(/^ {2}Go build +the build failed: exit code 1 \(go version go1\.26\.8/);
    expect(lines[5]).toContain("cannot find main module");
    expect(message).toMatch(/install the Pulumi CLI[\s\S]*reach the installer[\s\S]*install Go 1\.25\.11/);
    expect(calls()).toEqual(["probe", "version", "build"]);
    expect(readdirSync(path.join(cacheDir, "cli"))).toEqual([]);
  });

  it("says that Go is missing when it is", async () => {
    const { refusal } = machine();
    const { message } = await refusal({ goCommand: ["no-such-program-anywhere"] });
    expect(message).toMatch(/Go build +`go` is not on PATH/);
  });

  it("brings the provider script in the cache back to what the SDK ships", async () => {
    const { obtain, root, cached } = machine();
    await obtain();
    write(cached, SCRIPT, "of an older SDK");
    await obtain();
    expect(readFileSync(path.join(cached, SCRIPT), "utf8")).toContain("as shipped");
    write(root, `node_modules/@pulumi/pulumi/${SCRIPT}`, "#!/bin/sh\necho of a newer SDK\n");
    await obtain();
    expect(readFileSync(path.join(cached, SCRIPT), "utf8")).toContain("of a newer SDK");
    expect(readdirSync(cached).sort()).toEqual(["pulumi", SCRIPT]);
  });

  it("leaves the user's own Pulumi folder alone and shows the CLI another one", async () => {
    const { pulumi, obtain, home, cacheDir } = machine();
    pulumi(`
      const { mkdirSync, writeFileSync } = require("node:fs");
      const folder = process.env.PULUMI_HOME ?? process.env.HOME + "/.pulumi";
      mkdirSync(folder, { recursive: true });
      writeFileSync(folder + "/trace", "");
      console.log("v3.260.0");`);
    expect((await obtain()).source).toBe("path");
    expect(readdirSync(home)).toEqual([".pulumi"]);
    expect(readdirSync(path.join(home, ".pulumi"))).toEqual(["credentials.json"]);
    expect(readdirSync(cacheDir)).toEqual(["provider-script"]);
  });

  it("builds once when two set-ups start together", async () => {
    const { obtain, calls } = machine();
    const sources = (await Promise.all([obtain(), obtain()])).map(({ source }) => source);
    expect(sources.sort()).toEqual(["cache", "go"]);
    expect(calls().filter((call) => call === "build")).toHaveLength(1);
  });

  it("shows signs of life during a long build", async () => {
    const { input } = machine();
    const lines = await evaluate<string[]>(
      "pulumi-cli.mjs",
      "(async (lines) => { await setup.obtainPulumiCli({ ...input, log: (line) => lines.push(line) }); return lines; })([])",
      { ...input, heartbeatMs: 100 },
    );
    expect(lines[0]).toContain("the official installer does not work here");
    expect(lines[1]).toMatch(/^building the Pulumi CLI 3\.259\.0 from Go modules/);
    expect(lines[2]).toMatch(/^still building, \d+ (ms|s) so far$/);
  });

  it("takes up again after a build that was killed, and leaves nothing half done", async () => {
    const { input, obtain, calls, cached, cacheDir } = machine();
    const hanging = { ...input, env: { ...input.env, FAKE_GO: "hang" } };
    const driver = startDriver("pulumi-cli.mjs", "await setup.obtainPulumiCli(input);", hanging);
    const partial = () => readdirSync(path.join(cacheDir, "cli")).filter((name) => name.includes("partial"));
    await until(() => calls().includes("build") && partial().length > 0);
    driver.kill("SIGKILL");
    await driver.ended;
    expect(existsSync(cached)).toBe(false);
    expect((await obtain()).source).toBe("go");
    expect(readdirSync(path.join(cacheDir, "cli"))).toEqual(["3.259.0"]);
  });

  it("ends the build and tidies up when it is interrupted", async () => {
    const { input, calls, cacheDir } = machine();
    const hanging = { ...input, env: { ...input.env, FAKE_GO: "hang" } };
    const driver = startDriver(
      "pulumi-cli.mjs",
      `const abort = new AbortController();
      process.on("SIGTERM", () => abort.abort());
      await setup.obtainPulumiCli({ ...input, signal: abort.signal }).catch((error) => console.log(error.message));`,
      hanging,
    );
    await until(() => calls().includes("build"));
    driver.kill("SIGTERM");
    const { stdout, code } = await driver.ended;
    expect({ stdout, code }).toEqual({ stdout: "Interrupted.\n", code: 0 });
    expect(readdirSync(path.join(cacheDir, "cli"))).toEqual([]);
  });
});
