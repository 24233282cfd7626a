/**
 * One operation of the engine for one tenant, in a process of its own: an inline program that loads a top-level module
 * runs once per process, a second operation would propose to delete everything; and one tenant's crash, leak or
 * environment is nobody else's. Started by child.ts, with which it speaks over Node's channel.
 */
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ConcurrentUpdateError,
  type EngineEvent,
  LocalWorkspace,
  type Stack,
  StackNotFoundError,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation/index.js";
import { areOurs, type Lock, locksIn } from "./locks.ts";
import { isAlive, killTree } from "./processes.ts";
import { program } from "./program/index.ts";
import type { EngineRequest, EngineResult } from "./protocol.ts";

/** How long a run that was killed gets to let go of its stacks, seconds. */
const releaseSeconds = 30;

/** Aborted by the parent, or by its death. */
const ending = new AbortController();

process.once("message", (request: EngineRequest) => {
  process.on("message", () => ending.abort());
  process.once("disconnect", () => {
    ending.abort();
    setTimeout(() => killTree(process.pid), 10_000).unref();
  });
  void operate(request).then((result) => {
    if (!process.connected) process.exit(1);
    // Handles of the program (keep-alive sockets) must not hold the process.
    process.send?.(result, () => process.exit(0));
  });
});

async function operate(request: EngineRequest): Promise<EngineResult> {
  const seen = watcher();
  let note: string | undefined;
  try {
    const stack = await openStack(request);
    if (stack === undefined) {
      const status = request.operation === "preview" ? "drift" : "ok";
      return { status, ...seen.told(), problems: [], outputs: {}, note: "there is no stack" };
    }
    ending.signal.throwIfAborted();
    if (request.inFlight.length > 0) note = await recover(stack, request);
    ending.signal.throwIfAborted();
    const outputs = await run(stack, request, seen.onEvent);
    return { status: "ok", ...seen.told(), problems: [], outputs, ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { ...judge(error, seen.problems), ...seen.told(), outputs: {}, ...(note === undefined ? {} : { note }) };
  }
}

/** What the engine tells while it works. */
function watcher() {
  const changes: Record<string, number> = {};
  const differences: string[] = [];
  const problems: string[] = [];
  return {
    problems,
    told: () => ({ changes, differences }),
    onEvent: ({ summaryEvent, diagnosticEvent, resourcePreEvent }: EngineEvent): void => {
      for (const [op, count = 0] of Object.entries(summaryEvent?.resourceChanges ?? {})) {
        if (op !== "same") changes[op] = (changes[op] ?? 0) + count;
      }
      if (diagnosticEvent?.severity === "error") problems.push(diagnosticEvent.message.trim());
      const difference = resourcePreEvent === undefined ? undefined : differenceOf(resourcePreEvent.metadata);
      if (difference !== undefined) differences.push(difference);
    },
  };
}

/** `scanner: update [description, health: Unauthorized: …]`. Undefined for what stays, and for stack and provider. */
function differenceOf({ op, urn, type, old, detailedDiff, diffs }: StepEventMetadata): string | undefined {
  if (op === "same" || op === "read" || op === "refresh" || type.startsWith("pulumi:")) return undefined;
  // The engine says null where the type says undefined.
  const detailed = Object.keys(detailedDiff ?? {});
  const paths = detailed.length > 0 ? detailed : (diffs ?? []);
  const told = paths.map((path) => (path === "health" ? `health: ${old?.inputs.health ?? "unknown"}` : path)).sort();
  return `${urn.split("::").at(-1)}: ${op}${told.length === 0 ? "" : ` [${told.join(", ")}]`}`;
}

async function openStack({ operation, tenant, settings, folder }: EngineRequest): Promise<Stack | undefined> {
  mkdirSync(folder, { recursive: true });
  const { project, organization, secretsProvider } = settings;
  const args = {
    projectName: project,
    stackName: organization === undefined ? tenant.name : `${organization}/${project}/${tenant.name}`,
    program: async () => program(tenant),
  };
  const options = { workDir: folder, ...(secretsProvider === undefined ? {} : { secretsProvider }) };
  if (operation === "up") return LocalWorkspace.createOrSelectStack(args, options);
  try {
    return await LocalWorkspace.selectStack(args, options);
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

async function run(
  stack: Stack,
  { operation, refresh }: EngineRequest,
  onEvent: (event: EngineEvent) => void,
): Promise<Record<string, unknown>> {
  const common = { color: "never", suppressProgress: true, onEvent, signal: ending.signal } as const;
  // Endpoint and token as the list has them now, and not as the last `up` left them in state.
  const refreshed = { refresh: true, runProgram: true };
  switch (operation) {
    case "up": {
      const { outputs } = await stack.up({ ...common, ...(refresh ? refreshed : {}), showSecrets: false });
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { value, secret }]) => [name, secret ? "[secret]" : value]),
      );
    }
    case "preview":
      await stack.preview({ ...common, ...refreshed, diff: true, expectNoChanges: true });
      return {};
    case "destroy":
      await stack.destroy({ ...common, runProgram: true, showSecrets: false });
      return {};
  }
}

/**
 * After an operation that never ended: gets hold of the stack, and has the engine look at what there really is. What it
 * was about to create is forgotten: a connection that came to be is found again by its ownership tags.
 */
async function recover(stack: Stack, request: EngineRequest): Promise<string> {
  const refresh = () =>
    stack.refresh({
      color: "never",
      suppressProgress: true,
      clearPendingCreates: true,
      runProgram: true,
      showSecrets: false,
      signal: ending.signal,
    });
  try {
    await refresh();
    return "looked at what a run that was cut short had done";
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError) || !(await release(stack, request, error))) throw error;
    await refresh();
    return "took over from a run that was killed";
  }
}

/** Cancels the update of a run of our own that was killed, and of nobody else. */
async function release(stack: Stack, { inFlight }: EngineRequest, error: ConcurrentUpdateError): Promise<boolean> {
  const locks = locksIn(String(error));
  if (!areOurs(locks, inFlight)) return false;
  const living = ({ host, pid }: Lock) => host === hostname() && isAlive(pid);
  for (let waited = 0; locks.some(living); waited++) {
    if (waited === releaseSeconds || ending.signal.aborted) return false;
    await sleep(1000);
  }
  await stack.cancel();
  return true;
}

function judge(
  error: unknown,
  problems: readonly string[],
): Pick<EngineResult, "status" | "problems"> & { locked?: boolean } {
  const told = [...new Set(problems.filter((one) => !isConsequence(one)))];
  if (error instanceof ConcurrentUpdateError) return { status: "failed", problems: [heldBy(error)], locked: true };
  const { exitCode, signal } = cliOf(error);
  // A CLI that was killed has left its lock.
  if (ending.signal.aborted || signal !== undefined) return { status: "interrupted", problems: told };
  if (exitCode === 7) return { status: "drift", problems: told };
  if (told.length === 0) return { status: "failed", problems: [wordsOf(error)] };
  const codes = told.map((one) => /\bMSEM_[A-Z_]+/.exec(one)?.[0]);
  if (codes.every((one) => one === "MSEM_DRIFT")) return { status: "drift", problems: told };
  const refused = codes.every((one) => one === "MSEM_DRIFT" || one === "MSEM_REFUSED");
  return { status: refused ? "refused" : "failed", problems: told };
}

/** What the engine says because of another error, or because of the changes themselves. */
function isConsequence(text: string): boolean {
  return /^(preview|update|destroy|refresh) (failed|canceled)$|no changes were expected|resource monitor/i.test(text);
}

function heldBy(error: ConcurrentUpdateError): string {
  const holders = locksIn(String(error)).map(({ host, pid, time }) => {
    return `process ${pid} on ${host} since ${new Date(time).toISOString()}`;
  });
  const who = holders.length === 0 ? "another update" : [...new Set(holders)].join(", ");
  return `the stack is held by ${who}, which is no run of this journal that was killed. Wait for it; if it is dead, \`pulumi cancel\``;
}

/** The Automation API hides the CLI's exit code behind -2, and its own words in one text with all that was printed. */
function cliOf(error: unknown): { exitCode?: number; signal?: string; stderr?: string; code?: string } {
  return (error as { commandResult?: { err?: object } }).commandResult?.err ?? {};
}

function wordsOf(error: unknown): string {
  const { stderr = "", code } = cliOf(error);
  if (code === "ENOENT") return "the Pulumi CLI was not found: it must be on PATH";
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 0) return lines.slice(-10).join("\n");
  return error instanceof Error ? error.message : String(error);
}
