/** Stacks of the real engine for the bench, each with state, home and passphrase in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OperationRequest, OperationResult, TimedOperation } from "./protocol.ts";

export interface BenchStackSettings {
  /** Made when missing; holds everything. */
  readonly folder: string;
  /** Working directory of program and provider: `pulumi-msem` must resolve from here. */
  readonly workDir: string;
  readonly program: string;
  readonly count: number;
  readonly config: OperationRequest["config"];
  /** Ends the child. */
  readonly signal: AbortSignal;
}

export interface BenchStack {
  /** @throws Error with the engine's output when the operation fails. */
  run(operation: TimedOperation): Promise<OperationResult>;
  /** The state as the file backend holds it. */
  stateFile(): string;
}

const project = "bench";
const stackName = "bench";
/** An `up` of 1,000 resources on a slow machine stays far below: 20 minutes. */
const deadlineMs = 20 * 60_000;

export function benchStack(settings: BenchStackSettings): BenchStack {
  const backend = join(settings.folder, "state");
  const home = join(settings.folder, "home");
  for (const folder of [backend, home]) mkdirSync(folder, { recursive: true });
  const environment = isolatedEnvironment(backend, home);
  const { program, count, config } = settings;
  return {
    run: (operation) =>
      runChild(settings, environment, {
        operation,
        project,
        stack: stackName,
        program,
        programArgs: { count },
        config,
      }),
    stateFile: () => join(backend, ".pulumi", "stacks", project, `${stackName}.json`),
  };
}

/** A user's login, organisation and settings stay out. */
function isolatedEnvironment(backend: string, home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|MSEM_|NODE_OPTIONS$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "only-for-this-folder",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
  };
}

async function runChild(
  settings: BenchStackSettings,
  env: NodeJS.ProcessEnv,
  request: OperationRequest,
): Promise<OperationResult> {
  const answers = mkdtempSync(join(settings.folder, "answer-"));
  const answer = join(answers, "result.json");
  try {
    const child = spawn(process.execPath, [fileURLToPath(new URL("operation.ts", import.meta.url)), answer], {
      cwd: settings.workDir,
      env,
      stdio: ["pipe", "ignore", "pipe"],
      // A group of its own: the CLI and its provider processes must not outlive a bench that is stopped.
      detached: process.platform !== "win32",
    });
    let ending: Promise<void> | undefined;
    const stop = (): void => {
      ending ??= endGroup(child);
    };
    const deadline = setTimeout(stop, deadlineMs);
    settings.signal.addEventListener("abort", stop, { once: true });
    if (settings.signal.aborted) stop();
    let noise = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      noise += text;
    });
    child.stdin.end(JSON.stringify(request));
    const end = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
    }).finally(() => {
      clearTimeout(deadline);
      settings.signal.removeEventListener("abort", stop);
    });
    // Nobody may write into the folder after it was removed.
    await ending;
    settings.signal.throwIfAborted();
    const result = readResult(answer);
    if (result === undefined) throw new Error(`${request.operation} ended with ${end} and without a result:\n${noise}`);
    if (result.error !== undefined) throw new Error(`${request.operation} failed: ${result.error}`);
    return result;
  } finally {
    rmSync(answers, { recursive: true, force: true });
  }
}

/**
 * Interrupts the child and the CLI, as Ctrl-C does: the CLI then ends its provider processes, which lead groups of
 * their own. Kills what is left after ten seconds.
 */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    child.kill();
    return;
  }
  let signal: NodeJS.Signals | 0 = "SIGINT";
  for (const until = Date.now() + 10_000; sent(-child.pid, signal); signal = Date.now() < until ? 0 : "SIGKILL") {
    await sleep(100);
  }
}

/** False when there is nobody left. */
function sent(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function readResult(path: string): OperationResult | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as OperationResult;
  } catch {
    return undefined;
  }
}
