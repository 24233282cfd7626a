/**
 * An empty Pulumi project outside the repository, with the package installed from its tarball: what a user has, and
 * nothing else. Removed by `close`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

export interface Project {
  readonly folder: string;
  readonly tarball: string;
  /** Where the package is installed. */
  readonly installed: string;
  /** Runs a program there to its end. */
  run(command: readonly string[]): Promise<Run>;
  close(): void;
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds after which a command there is ended. */
const deadlineMs = 150_000;

/** Packs the package, and installs it. @throws Error with npm's output. */
export async function openProject(): Promise<Project> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "msem-package-")));
  try {
    const tarball = await pack(folder);
    const project = join(folder, "project");
    writeProject(project, tarball);
    await npm(["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], project);
    return {
      folder: project,
      tarball,
      installed: join(project, "node_modules", "pulumi-msem"),
      run: ([command, ...args]) => run(command as string, args, project),
      close: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function pack(folder: string): Promise<string> {
  const destination = join(folder, "packed");
  mkdirSync(destination);
  await npm(["pack", resolve("provider"), "--pack-destination", destination], resolve("."));
  const made = readdirSync(destination);
  if (made.length !== 1) throw new Error(`npm pack made ${made.length} files: ${made.join(", ")}`);
  return join(destination, made[0] as string);
}

function writeProject(folder: string, tarball: string): void {
  const quickstart = resolve("examples", "quickstart");
  const example = readJson<{ devDependencies: Record<string, string> }>(join(quickstart, "package.json"));
  const sdk = readJson<{ version: string }>(resolve("node_modules", "@pulumi", "pulumi", "package.json"));
  mkdirSync(folder);
  for (const file of ["index.ts", "tsconfig.json"]) cpSync(join(quickstart, file), join(folder, file));
  // The registry and proxy that the repository uses, whatever they are.
  cpSync(resolve(".npmrc"), join(folder, ".npmrc"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: msem-quickstart\nruntime: nodejs\n");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "empty-project",
      version: "1.0.0",
      private: true,
      main: "index.ts",
      dependencies: { "@pulumi/pulumi": sdk.version, "pulumi-msem": `file:../packed/${basename(tarball)}` },
      devDependencies: example.devDependencies,
    }),
  );
  // Run from there, so that one copy of the SDK serves the program and the engine's side of it, as for a user.
  cpSync(resolve("scripts", "engine"), join(folder, "scripts", "engine"), { recursive: true });
}

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, "utf8")) as Shape;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const cli = process.env.npm_execpath ?? "";
  const [command, ...first] = basename(cli) === "npm-cli.js" ? [process.execPath, cli] : ["npm"];
  const { code, stdout, stderr } = await run(command as string, [...first, ...args], cwd);
  if (code !== 0) throw new Error(`npm ${args[0]} ended with exit code ${code}:\n${stdout}\n${stderr}`);
}

function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: outsideEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: deadlineMs,
      // Windows starts `.cmd` files through a shell only.
      shell: process.platform === "win32" && !command.endsWith(".exe"),
    });
    const texts = gather(child);
    child.once("error", reject);
    child.once("close", (code) => done({ code, ...texts }));
  });
}

/** What a child has written so far. */
export function gather(child: ChildProcess): { stdout: string; stderr: string } {
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
    });
  }
  return texts;
}

/** Without what `npm test` tells its children about this repository. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(npm_(package_|lifecycle_|config_(workspaces?|include_workspace_root|local_prefix|global)$)|NODE_PATH$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
