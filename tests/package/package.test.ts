/** The packed package, installed into an empty project elsewhere on disk: does a user get what the repository has? */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import type { OperationResult } from "../../scripts/engine/protocol.ts";
import { type EngineStack, engineStack } from "../../scripts/engine/stack.ts";
import { gather, openProject, type Project } from "./project";

const minutes = 60_000;

/** Invented, in the form that each product's fields have. */
const secrets: Readonly<Record<string, string>> = {
  serviceNowClientSecret: "packed-client-secret",
  qualysPassword: "packed-password",
  rapid7ApiKey: "packed-api-key",
  tenableAccessKey: "ab".repeat(32),
  tenableSecretKey: "cd".repeat(32),
  wizClientSecret: "packed-client-secret",
  prismaCloudSecretKey: "cGFja2VkIHNlY3JldCBrZXk=",
};

describe("the packed package in an empty project", () => {
  let project: Project;

  beforeAll(async () => {
    project = await openProject();
  }, 3 * minutes);
  afterAll(() => project?.close());

  const evaluate = (script: string, ...flags: string[]) => project.run([process.execPath, ...flags, "--eval", script]);

  it("is installed as a folder of its own, not as a link into the repository", () => {
    expect(statSync(project.installed).isDirectory()).toBe(true);
    expect(project.installed.startsWith(process.cwd() + sep)).toBe(false);
  });

  it("holds what runs, its types, the contract, the licence and a README, and nothing else", () => {
    const files = readdirSync(project.installed, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(join(project.installed, file)).isFile())
      .map((file) => file.split(sep).join("/"))
      .filter((file) => !file.startsWith("node_modules/"));
    expect(files.filter((file) => !/^dist\/.+\.(js|d\.ts)$/.test(file)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "bin/msem.js",
      "cli/check.schema.json",
      "connections/openapi.json",
      "package.json",
    ]);
    expect(files).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "dist/runtime/index.js"]));
    expect(files.filter((file) => /\.test\.|\/tests?\//.test(file))).toEqual([]);
  });

  it("has every type that its entries lead to", () => {
    const there = (file: string): boolean => existsSync(join(project.installed, file));
    const open = ["dist/index.d.ts", "dist/runtime/index.d.ts", "dist/emulator/index.d.ts"];
    const missing: string[] = [];
    const seen = new Set(open);
    for (const file of open) {
      const text = readFileSync(join(project.installed, file), "utf8");
      for (const [, to = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
        const target = posix.join(posix.dirname(file), to);
        const found = [`${target}.d.ts`, `${target}/index.d.ts`].find(there);
        if (found === undefined) missing.push(`${to}, of ${file}`);
        else if (!seen.has(found)) {
          seen.add(found);
          open.push(found);
        }
      }
    }
    expect(missing).toEqual([]);
    expect(open.length).toBeGreaterThan(50);
  });

  it("stays small: under 700 KB packed, under 3 MB unpacked", () => {
    const unpacked = readdirSync(project.installed, { recursive: true, encoding: "utf8" })
      .map((file) => statSync(join(project.installed, file)))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    expect(statSync(project.tarball).size).toBeLessThan(700_000);
    expect(unpacked).toBeLessThan(3_000_000);
  });

  it("says in its README what is not real", () => {
    expect(readFileSync(join(project.installed, "README.md"), "utf8")).toMatch(/Microsoft publishes no API/);
  });

  it("declares every package that any of its modules loads", async () => {
    const script = `
      const { readdirSync } = require("node:fs");
      const dist = require("node:path").join("node_modules", "pulumi-msem", "dist");
      const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".js") && !file.endsWith("main.js"));
      for (const file of files) require(require("node:path").resolve(dist, file));
      console.log(files.length);
      process.exit(0);`;
    const { code, stdout, stderr } = await evaluate(script, "--input-type=commonjs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(Number(stdout)).toBeGreaterThan(50);
  });

  it("loads by require and by import, with the classes by name", async () => {
    const required = await evaluate(
      'console.log(typeof require("pulumi-msem").QualysConnector)',
      "--input-type=commonjs",
    );
    const imported = await evaluate(
      'import * as msem from "pulumi-msem"; import { WizConnector } from "pulumi-msem"; console.log(typeof msem.QualysConnector, typeof WizConnector)',
      "--input-type=module",
    );
    expect(required).toMatchObject({ code: 0, stdout: "function\n" });
    expect(imported).toMatchObject({ code: 0, stdout: "function function\n" });
  });

  it("keeps its entries: the runtime with a handler per class, the emulator, the contract", async () => {
    const { code, stdout } = await evaluate(
      `const runtime = require("pulumi-msem/runtime");
       console.log(JSON.stringify({
         handlers: Object.keys(runtime).filter((name) => typeof runtime[name].create === "function").sort(),
         emulator: typeof require("pulumi-msem/emulator").createEmulator,
         openapi: require("pulumi-msem/openapi.json").openapi,
         version: require("pulumi-msem/package.json").version,
       }));
       process.exit(0);`,
      "--input-type=commonjs",
    );
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as { handlers: string[]; emulator: string; openapi: string; version: string };
    expect(found).toMatchObject({ emulator: "function", openapi: expect.stringMatching(/^3\.1\./) });
    expect(found.version).toMatch(/^\d+\.\d+\.\d+/);
    const classes = await evaluate(
      `const { CustomResource, ProviderResource } = require("@pulumi/pulumi");
       const m = require("pulumi-msem");
       const made = (one) => one.prototype instanceof CustomResource && !(one.prototype instanceof ProviderResource);
       console.log(JSON.stringify(Object.keys(m).filter((n) => n !== "Connector" && made(m[n])).sort()))`,
      "--input-type=commonjs",
    );
    expect(found.handlers).toEqual(JSON.parse(classes.stdout));
    expect(found.handlers.length).toBeGreaterThanOrEqual(12);
  });

  it("keeps all else closed", async () => {
    const { code, stderr } = await evaluate('require("pulumi-msem/dist/connections/client")', "--input-type=commonjs");
    expect(code).not.toBe(0);
    expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("brings the command msem", async () => {
    const npx = ["npx", "--no-install", "msem"];
    const version = await project.run([...npx, "--version"]);
    const help = await project.run([...npx, "--help"]);
    const packed = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8")) as { version: string };
    expect(version).toMatchObject({ code: 0, stdout: `${packed.version}\n` });
    expect(help.code).toBe(0);
    for (const command of ["emulator", "ranges", "check"]) expect(help.stdout).toContain(command);
  });

  it("gives the quickstart its types, and refuses a program that is wrong", async () => {
    const tsc = [process.execPath, join("node_modules", "typescript", "bin", "tsc"), "--pretty", "false"];
    expect(await project.run([...tsc, "-p", "tsconfig.json"])).toMatchObject({ code: 0, stdout: "" });
    writeFileSync(
      join(project.folder, "wrong.ts"),
      [
        'import * as msem from "pulumi-msem";',
        'new msem.QualysConnector("scanner", { apiServer: "qualysapi.qualys.com", username: "msem" });',
        'new msem.WizConnector("cloud", { apiEndpoint: "https://api.us1.app.wiz.io/", clientId: 1, clientSecret: "s" });',
      ].join("\n"),
    );
    const wrong = await project.run([
      ...tsc,
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "wrong.ts",
    ]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stdout).toMatch(/wrong\.ts\(2,.*password/s);
    expect(wrong.stdout).toMatch(/wrong\.ts\(3,/);
  }, 60_000);

  describe("with the quickstart, its own emulator and the real engine", () => {
    let emulator: RunningEmulator;
    let stack: EngineStack;

    beforeAll(async () => {
      emulator = await startEmulator(project);
      stack = engineStack({
        repository: project.folder,
        folder: join(project.folder, "engine"),
        project: "msem-quickstart",
        stack: "packed",
        program: join(project.folder, "index.ts"),
        workDir: project.folder,
        config: {
          "msem:endpoint": { value: emulator.url },
          "msem:token": { value: emulator.token, secret: true },
          ...Object.fromEntries(
            Object.entries(secrets).map(([name, value]) => [`msem-quickstart:${name}`, { value, secret: true }]),
          ),
        },
        timeoutMs: 2 * minutes,
      });
    }, 60_000);
    afterAll(() => emulator?.close());

    it(
      "connects, finds nothing to do, then drift when there is some, and disconnects",
      async () => {
        const up = expectOk(await stack.run("up"));
        expect(up.outputs.connectors).toEqual({
          cmdb: "connected",
          scanner: "connected",
          insight: "connected",
          vulnerabilities: "connected",
          cloud: "connected",
          posture: "connected",
        });
        expect(await emulator.connections()).toEqual([
          "cloud",
          "cmdb",
          "insight",
          "posture",
          "scanner",
          "vulnerabilities",
        ]);

        const nightly = expectOk(await stack.run("preview", { refresh: true, expectNoChanges: true }));
        expect(nightly.steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);

        // So that the quiet preview means something.
        await emulator.disconnect("insight");
        const drift = await stack.run("preview", { refresh: true, expectNoChanges: true });
        expect(drift).toMatchObject({ ok: false, exitCode: 7 });
        expectOk(await stack.run("destroy"));
        expect(await emulator.connections()).toEqual([]);
      },
      3 * minutes,
    );
  });
});

interface RunningEmulator {
  readonly url: string;
  readonly token: string;
  /** Names of the connections that the server holds, sorted. */
  connections(): Promise<string[]>;
  disconnect(name: string): Promise<void>;
  close(): Promise<void>;
}

/** The installed `msem emulator`, in its own process. */
async function startEmulator(project: Project): Promise<RunningEmulator> {
  const { bin } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8")) as {
    bin: { msem: string };
  };
  // Not through npx, which would stand between the signal and the emulator.
  const child = spawn(process.execPath, [join(project.installed, bin.msem), "emulator", "--json"], {
    cwd: project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { url, tokens } = JSON.parse(await firstLine(child)) as { url: string; tokens: { securityOperator: string } };
  const token = tokens.securityOperator;
  const call = async (method: string, path: string): Promise<Response> => {
    const answer = await fetch(`${url}${path}?api-version=2026-11-01`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const list = async () =>
    ((await (await call("GET", "/connections")).json()) as { value: { id: string; name: string }[] }).value;
  return {
    url,
    token,
    connections: async () => (await list()).map(({ name }) => name).sort(),
    disconnect: async (name) => {
      const found = (await list()).find((one) => one.name === name);
      await call("DELETE", `/connections/${found?.id}`);
    },
    close: async () => {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const texts = gather(child);
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`the emulator ended with exit code ${code}:\n${texts.stderr}`);
  });
  ended.catch(() => undefined);
  while (!texts.stdout.includes("\n")) {
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended]);
  }
  return texts.stdout.split("\n")[0] as string;
}

function expectOk(result: OperationResult): OperationResult {
  if (!result.ok) throw new Error(`exit code ${result.exitCode}:\n${result.output}\n${result.error ?? ""}`);
  return result;
}
