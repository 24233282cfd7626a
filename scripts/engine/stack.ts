/**
 * A stack of the real engine with a home of its own: file backend, passphrase and CLI settings lie in one folder, so
 * that a user's own login and state are never touched. Used by the demo, the tests and the bench.
 */
import { type ExecFileOptions, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Operation, OperationOptions, OperationRequest, OperationResult } from "./protocol.ts";

export interface StackSettings {
  /** Root of this repository. */
  readonly repository: string;
  /** Folder for state, home and passphrase; made when missing. */
  readonly folder: string;
  readonly project: string;
  readonly stack: string;
  /** Absolute path of the program module. */
  readonly program: string;
  /** Working directory of program and provider: `pulumi-msem` must resolve from here. */
  readonly workDir: string;
  readonly config?: OperationRequest["config"];
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds after which an operation is ended. @default 300_000 */
  readonly timeoutMs?: number;
}

export interface EngineStack {
  run(
    operation: Operation,
    options?: OperationOptions,
    change?: Partial<Pick<OperationRequest, "programArgs" | "config">>,
  ): Promise<OperationResult>;
  /** Runs a program in the stack's project folder, with its environment: what a person does at a prompt. */
  command(program: string, args: readonly string[], more?: CommandOptions): Promise<Ran>;
  /** Folder of Pulumi.yaml and the stack's configuration, once an operation has made it. */
  readonly projectFolder: string;
  /** Where the file backend keeps states, backups and history. */
  readonly backend: string;
}

export interface CommandOptions {
  /** Added to the stack's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is typed, such as a secret, which a command line would show to everybody on the machine. */
  readonly input?: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function withConfig(
  settings: StackSettings,
  config: OperationRequest["config"],
): Pick<OperationRequest, "config" | "projectFolder"> {
  const digest = createHash("sha256")
    .update(JSON.stringify([settings.project, settings.stack, config]))
    .digest("hex");
  return { config, projectFolder: join(settings.folder, `project-${digest.slice(0, 12)}`) };
}

const passphrase = "only-for-this-folder";

export function engineStack(settings: StackSettings): EngineStack {
  const backend = join(settings.folder, "state");
  const home = join(settings.folder, "home");
  const temporary = join(settings.folder, "tmp");
  for (const folder of [backend, home, temporary]) mkdirSync(folder, { recursive: true });
  const environment = {
    ...childEnvironment(backend, home),
    // Half of an operation's time is loading the same modules again; killed providers leave nothing half-written here.
    NODE_COMPILE_CACHE: join(settings.repository, ".work", "compile-cache"),
    // The Automation API leaves its work folders behind: they go with ours.
    TMPDIR: temporary,
    TMP: temporary,
    TEMP: temporary,
    ...settings.environment,
  };
  const { projectFolder } = withConfig(settings, settings.config ?? {});
  return {
    backend,
    projectFolder,
    command: (program, args, { environment: more = {}, input = "" } = {}) =>
      runCommand(program, args, input, { cwd: projectFolder, env: { ...environment, ...more }, ...limits(settings) }),
    run: (operation, options = {}, change = {}) =>
      runChild(settings, environment, {
        operation,
        project: settings.project,
        stack: settings.stack,
        program: settings.program,
        ...withConfig(settings, change.config ?? settings.config ?? {}),
        ...(change.programArgs === undefined ? {} : { programArgs: change.programArgs }),
        options: { color: "never", ...options },
      }),
  };
}

function childEnvironment(backend: string, home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    // A user's login, organisation and settings stay out.
    ([name]) => !name.startsWith("PULUMI_") && !name.startsWith("MSEM_") && !name.startsWith("NODE_OPTIONS"),
  );
  return {
    ...Object.fromEntries(inherited),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    NO_COLOR: "1",
    // The CLI lives for a second or two: collecting garbage costs more than the memory.
    GOGC: "400",
  };
}

function limits({ timeoutMs = 300_000 }: StackSettings) {
  return { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
}

/** A program that fails is an answer; one that cannot be started is an error. */
function runCommand(program: string, args: readonly string[], input: string, options: ExecFileOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { ...options, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else reject(error);
    });
    child.stdin?.end(input);
  });
}

async function runChild(
  settings: StackSettings,
  env: NodeJS.ProcessEnv,
  request: OperationRequest,
): Promise<OperationResult> {
  const answers = mkdtempSync(join(settings.folder, "answer-"));
  const answer = join(answers, "result.json");
  const script = join(settings.repository, "scripts", "engine", "operate.ts");
  try {
    const child = spawn(process.execPath, ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", script, answer], {
      cwd: settings.workDir,
      env,
      stdio: ["pipe", request.options.live ? "inherit" : "pipe", "pipe"],
    });
    let noise = "";
    child.stdout?.on("data", (chunk) => {
      noise += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      noise += chunk;
    });
    child.stdin?.end(JSON.stringify(request));
    const code = await ended(child, settings.timeoutMs ?? 300_000);
    try {
      return JSON.parse(readFileSync(answer, "utf8")) as OperationResult;
    } catch {
      return {
        ok: false,
        exitCode: undefined,
        output: noise,
        steps: [],
        diagnostics: [],
        violations: [],
        outputs: {},
        error: `the engine's process ended with ${code} and without a result:\n${noise}`,
      };
    }
  } finally {
    rmSync(answers, { recursive: true, force: true });
  }
}

function ended(child: ReturnType<typeof spawn>, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve(signal ?? `exit code ${code}`);
    });
  });
}
