import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  type Driver,
  evaluate,
  fakeProgram,
  removeFolders,
  repository,
  startDriver,
  temporaryFolder,
  write,
} from "./support";
import { smallRepository } from "./workspace";

interface FakeTask {
  readonly needs?: readonly string[];
  /** Scripts, run one after the other. */
  readonly scripts: readonly string[];
}

/** Starts the bootstrap with one task, called `fake`. */
function start(root: string, task: FakeTask, env: NodeJS.ProcessEnv = process.env, args: string[] = []): Driver {
  const files = task.scripts.map((script, index) => write(root, `task-${index}.cjs`, script));
  const body = `
    const fake = {
      purpose: "stands for a task",
      needs: input.needs,
      commands: (root, args) => input.files.map((file) => [file, ...args]),
    };
    process.exitCode = await setup.bootstrap({
      root: input.root, tasks: { fake }, argv: ["fake", ...input.args], node: process.execPath,
    });`;
  return startDriver("bootstrap.mjs", body, { root, files, needs: task.needs ?? [], args }, env);
}

const stays = (then: string) => `
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => setTimeout(() => { ${then} }, 200, signal));
  setInterval(() => {}, 1000);
  console.log("started");`;

describe("the bootstrap", () => {
  afterEach(removeFolders);

  it("lists the tasks and exits with 2 when it is given none or an unknown one", () => {
    const script = path.join(repository, "scripts", "bootstrap.mjs");
    for (const args of [[], ["no-such-task"], ["toString"]]) {
      const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
      expect(status).toBe(2);
      expect(stdout).toBe("");
      for (const task of ["demo", "test", "bench", "build", "generate", "lint", "typecheck"]) {
        expect(stderr).toMatch(new RegExp(`^ {2}${task} `, "m"));
      }
    }
  });

  it("passes on arguments and the exit code, and keeps standard output for the task", async () => {
    const task = { scripts: ['console.log(process.argv.slice(2).join("|")); process.exitCode = 7;'] };
    const { code, stdout, stderr } = await start(temporaryFolder(), task, process.env, ["--json", "two words"]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "--json|two words\n", stderr: "[1/1] fake\n" });
  });

  it("runs all commands of a task and reports the first failure", async () => {
    const scripts = ['console.log("one"); process.exitCode = 3;', 'console.log("two"); process.exitCode = 4;'];
    const { code, stdout } = await start(temporaryFolder(), { scripts }).ended;
    expect({ code, stdout }).toEqual({ code: 3, stdout: "one\ntwo\n" });
  });

  it.each(["SIGINT", "SIGTERM"] as const)("passes %s on to the task and waits for it to tidy up", async (signal) => {
    const task = { scripts: [stays('console.log("tidied up"); process.exit(5);'), 'console.log("not reached");'] };
    const driver = start(temporaryFolder(), task);
    await driver.printed("started");
    driver.kill(signal);
    expect(await driver.ended).toMatchObject({ code: 5, stdout: "started\ntidied up\n" });
  });

  it("exits with 128 and the signal's number when the task is ended by a signal", async () => {
    const driver = start(temporaryFolder(), { scripts: ['console.log("started"); setInterval(() => {}, 1000);'] });
    await driver.printed("started");
    driver.kill("SIGTERM");
    expect((await driver.ended).code).toBe(143);
  });

  it("puts the pinned Node, the tools and the CLI first on PATH and names the CLI", async () => {
    const root = temporaryFolder();
    const bin = path.join(root, "bin");
    fakeProgram(bin, "pulumi", 'console.log("v3.259.0")');
    write(bin, "pulumi-resource-pulumi-nodejs", "");
    const names = ["PATH", "PULUMI_MSEM_CLI_DIR", "PULUMI_MSEM_CLI", "PULUMI_MSEM_CLI_VERSION"];
    const script = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`;
    const env = { PATH: ["/first", bin].join(path.delimiter), PULUMI_MSEM_CACHE_DIR: path.join(root, "cache") };
    const { stdout, stderr, code } = await start(root, { needs: ["cli"], scripts: [script] }, env).ended;
    expect(code).toBe(0);
    expect(stderr).toContain("[1/2] Pulumi CLI 3.259.0 from PATH: ");
    const [PATH, directory, executable, version] = JSON.parse(stdout) as string[];
    const modules = path.join(root, "node_modules");
    const expected = [path.join(modules, "node", "bin"), path.join(modules, ".bin"), bin, "/first"];
    expect(PATH?.split(path.delimiter)).toEqual(expected);
    expect(directory).toBe(bin);
    expect(path.dirname(executable ?? "")).toBe(bin);
    expect(version).toBe("3.259.0");
  });

  it("puts the language host of imports on PATH too, for a task that needs it with these arguments", async () => {
    const root = temporaryFolder();
    const bin = path.join(root, "bin");
    fakeProgram(bin, "pulumi", 'console.log("v3.259.0")');
    write(bin, "pulumi-resource-pulumi-nodejs", "");
    const host = path.join(root, "cache", "yaml-host", "1.32.0");
    write(host, process.platform === "win32" ? "pulumi-language-yaml.exe" : "pulumi-language-yaml", "");
    const env = { PATH: bin, PULUMI_MSEM_CACHE_DIR: path.join(root, "cache") };
    const task = { needs: ["cli", "yaml"], scripts: ["console.log(process.env.PATH)"] };
    const { stdout, stderr } = await start(root, task, env).ended;
    expect(stdout.trim().split(path.delimiter)).toContain(host);
    expect(stderr).toContain(`[2/3] Pulumi's YAML language host from the cache: ${host}`);
  });

  it.each([
    [[], true],
    [["tests/engine"], true],
    [["--verbose", "import"], true],
    [["tests/core"], false],
    [["["], false],
  ])("runs the tests %j with the language host: %j", async (args, needed) => {
    const needs = await evaluate<string[]>("tasks.mjs", "setup.TASKS.test.needs(input)", args);
    expect(needs.includes("yaml")).toBe(needed);
  });

  it("installs on the first run with a line of progress, silent about npm's warnings, and not on the second", async () => {
    const { root, env } = smallRepository();
    const task = { needs: ["install"], scripts: ["console.log(1)"] };
    const first = await start(root, task, env).ended;
    expect(first).toMatchObject({ code: 0, stdout: "1\n" });
    const [begun, done, running] = first.stderr.split("\n");
    expect(begun).toBe("[1/2] installing npm packages (about 1 minute the first time) …");
    expect(done).toMatch(/^ {6}done in \d+ (ms|s)$/);
    expect(running).toBe("[2/2] fake");
    const second = await start(root, task, env).ended;
    expect(second.stderr).toBe("[1/2] npm packages are up to date\n[2/2] fake\n");
    expect(readFileSync(path.join(root, "npm-calls.log"), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("installs once when two start together", async () => {
    const { root, env } = smallRepository();
    const task = { needs: ["install"], scripts: ["console.log(1)"] };
    const runs = await Promise.all([start(root, task, env).ended, start(root, task, env).ended]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(path.join(root, "npm-calls.log"), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("does not run the task when the set-up fails, and exits with 1 without a stack", async () => {
    const { root, env } = smallRepository();
    const task = { needs: ["install"], scripts: ["console.log(1)"] };
    const { code, stdout, stderr } = await start(root, task, { ...env, FAKE_NPM: "fail" }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("ERESOLVE could not resolve");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("ends the step under way when it is interrupted, and frees the lock", async () => {
    const { root, env } = smallRepository();
    const driver = start(root, { needs: ["install"], scripts: ["console.log(1)"] }, { ...env, FAKE_NPM: "hang" });
    while (!existsSync(path.join(root, "npm-calls.log"))) await new Promise((resolve) => setTimeout(resolve, 20));
    driver.kill("SIGTERM");
    const { code, stdout, stderr } = await driver.ended;
    expect({ code, stdout }).toEqual({ code: 143, stdout: "" });
    expect(stderr).toContain("Interrupted: the set-up is not complete.");
    expect(existsSync(path.join(root, ".cache", "setup.lock"))).toBe(false);
  });
});
