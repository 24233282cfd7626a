import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { evaluate, removeFolders, temporaryFolder, write } from "./support";

const FILE = process.platform === "win32" ? "pulumi-language-yaml.exe" : "pulumi-language-yaml";

/** Stands for `go`: builds a "host", and notes each call with the version that the linker is given. */
const FAKE_GO = `
  const { appendFileSync, writeFileSync } = require("node:fs");
  const [log, ...args] = process.argv.slice(2);
  const flags = args[args.indexOf("-ldflags") + 1];
  appendFileSync(log, args[0] + " " + (/version\\.Version=(\\S+)/.exec(flags)?.[1] ?? "") + "\\n");
  if (args[0] === "version") console.log("go version go1.26.8 test/fake");
  else if (process.env.FAKE_GO === "fail") { console.error("no such module"); process.exit(1); }
  else setTimeout(() => writeFileSync(args[args.indexOf("-o") + 1], "host"), 300);`;

function machine(behaviour = "work") {
  const folder = temporaryFolder();
  const root = path.join(folder, "repository");
  const cacheDir = path.join(folder, "cache");
  write(root, "tools/pulumi-yaml/go.mod", "module test\n");
  const log = write(folder, "calls.log", "");
  const goCommand = [process.execPath, write(folder, "go.cjs", FAKE_GO), log];
  const input = { root, cacheDir, goCommand, env: { PATH: path.join(folder, "bin"), FAKE_GO: behaviour } };
  return {
    folder,
    cached: path.join(cacheDir, "yaml-host", "1.32.0"),
    calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
    obtain: (more: object = {}) =>
      evaluate<{ directory: string; source: string; message?: string }>(
        "yaml-host.mjs",
        "setup.obtainYamlHost(input).catch(({ name, message }) => ({ name, message }))",
        { ...input, ...more },
      ),
  };
}

describe("obtaining the language host", () => {
  afterEach(removeFolders);

  it("takes one that lies beside the CLI or on PATH, and builds nothing", async () => {
    const { folder, obtain, calls } = machine();
    const beside = path.dirname(write(folder, `beside/${FILE}`, ""));
    const bin = path.dirname(write(folder, `bin/${FILE}`, ""));
    expect(await obtain({ beside: [beside] })).toEqual({ directory: beside, source: "path" });
    expect(await obtain()).toEqual({ directory: bin, source: "path" });
    expect(calls()).toEqual([]);
  });

  it("builds it once, also when two set-ups start together, and finds it in the cache afterwards", async () => {
    const { obtain, calls, cached } = machine();
    const both = await Promise.all([obtain(), obtain()]);
    expect(both.map(({ source }) => source).sort()).toEqual(["cache", "go"]);
    expect(await obtain()).toEqual({ directory: cached, source: "cache" });
    expect(calls()).toEqual(["version ", "build v1.32.0"]);
    expect(readdirSync(cached)).toEqual([FILE]);
  });

  it("says why it could not be built and what helps, and leaves nothing behind", async () => {
    const { obtain, cached } = machine("fail");
    const { message } = await obtain();
    expect(message).toMatch(/could not be built: the build failed[\s\S]*no such module[\s\S]*install the Pulumi CLI/);
    expect(existsSync(path.join(cached, FILE))).toBe(false);
    expect((await obtain({ goCommand: ["no-such-program-anywhere"] })).message).toContain("`go` is not on PATH");
  });
});
