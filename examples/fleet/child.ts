/** Starts the process of one operation, and ends it: when it takes too long, and when it is told to. */
import { type ChildProcess, spawn } from "node:child_process";
import { killTree } from "./processes.ts";
import type { EngineRequest, EngineResult } from "./protocol.ts";

export interface Ending {
  /** Undefined when the process ended without one. It may have left the lock of its stack behind then. */
  readonly result: EngineResult | undefined;
  /** It was ended because it took too long. */
  readonly timedOut: boolean;
  /** It was ended by force. */
  readonly killed: boolean;
  /** The end of what it printed; for a process without a result. */
  readonly output: string;
}

export interface RunningChild {
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** Has the engine cancel, and kills it if it has not ended after a while. */
  end(): void;
}

export interface ChildSettings {
  /** The module to run. */
  readonly script: string;
  /** Where `pulumi-msem` is found from. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Between the request to end and the end by force. An engine lets its calls under way end first. */
  readonly graceMs: number;
}

/** Characters of a child's output that are kept. */
const outputLimit = 4000;

export function startChild(request: EngineRequest, settings: ChildSettings): RunningChild {
  const { script, folder, environment, timeoutMs, graceMs } = settings;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    cwd: folder,
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Ctrl-C at a terminal goes to all of a group: the engine is to hear of it from us, in good order.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let result: EngineResult | undefined;
  let output = "";
  let timedOut = false;
  let killed = false;
  let force: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (force !== undefined) return;
    tell(child, "end");
    force = setTimeout(() => {
      killed = true;
      if (child.pid !== undefined) killTree(child.pid);
    }, graceMs);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  const keep = (text: string): void => {
    output = (output + text).slice(-outputLimit);
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  child.on("message", (message: EngineResult) => {
    result = message;
  });
  const ended = new Promise<Ending>((settle) => {
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(force);
      settle({ result, timedOut, killed, output });
    };
    child.once("error", (error) => {
      keep(error.message);
      finish();
    });
    // Not "close": whatever it left behind may hold its output open.
    child.once("exit", finish);
  });
  tell(child, request);
  return { pid: child.pid, ended, end };
}

function tell(child: ChildProcess, message: EngineRequest | "end"): void {
  // It may be gone already: then its exit says so.
  child.send(message, () => undefined);
}
