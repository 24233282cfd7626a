/** What is measured: a program, the stack it runs in, and how one sees that an operation has really done its work. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEmulator, type Emulator } from "pulumi-msem/emulator";
import { type BenchStack, benchStack } from "./engine.ts";
import type { OperationRequest, TimedOperation } from "./protocol.ts";

export interface Contestant {
  /** Runs an operation and proves it. Milliseconds. @throws Error when it failed, or did less or more than it must. */
  measure(operation: TimedOperation): Promise<number>;
  stateFile(): string;
  close(): Promise<void>;
}

export type ContestantName = "connectors" | "trivial" | "floor";

const programs: Readonly<Record<ContestantName, string>> = {
  connectors: "connectors.ts",
  trivial: "trivial.ts",
  floor: "floor.ts",
};

export async function openContestant(
  name: ContestantName,
  settings: { folder: string; count: number; signal: AbortSignal },
): Promise<Contestant> {
  const { count } = settings;
  let calls = 0;
  const countCall = () => {
    calls += 1;
  };
  const emulator = name === "connectors" ? await createEmulator({ log: countCall }) : undefined;
  const stack = benchStack({
    ...settings,
    folder: join(settings.folder, name),
    workDir: resolve("."),
    program: resolve("bench", "programs", programs[name]),
    config: emulator === undefined ? {} : configOf(emulator),
  });
  return {
    async measure(operation) {
      calls = 0;
      const { ms, changes } = await stack.run(operation);
      proveEngine(operation, changes, resourcesIn(stack), count);
      if (emulator !== undefined) proveServer(operation, emulator, calls, count);
      return ms;
    },
    stateFile: () => stack.stateFile(),
    close: async () => emulator?.close(),
  };
}

function configOf(emulator: Emulator): OperationRequest["config"] {
  return {
    "msem:endpoint": { value: emulator.url },
    "msem:token": { value: emulator.tokens.securityOperator, secret: true },
  };
}

/** Resources of a dynamic provider that the state holds now. */
function resourcesIn(stack: BenchStack): number {
  const state = JSON.parse(readFileSync(stack.stateFile(), "utf8")) as {
    checkpoint: { latest?: { resources?: { type: string }[] } };
  };
  const resources = state.checkpoint.latest?.resources ?? [];
  return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic")).length;
}

function proveEngine(
  operation: TimedOperation,
  changes: Readonly<Record<string, number>>,
  inState: number,
  count: number,
): void {
  const step = { up: "create", preview: "same", refresh: "same", destroy: "delete" }[operation];
  const others = Object.entries(changes).filter(([kind, number]) => kind !== step && number > 0);
  const wanted = operation === "destroy" ? 0 : count;
  // The stack itself counts as one more resource.
  if (changes[step] !== count + 1 || others.length > 0 || inState !== wanted) {
    throw new Error(
      `${operation} did not do what it should: ${count} resources to ${step}, the engine counts ${JSON.stringify(changes)}, and state holds ${inState}`,
    );
  }
}

function proveServer(operation: TimedOperation, emulator: Emulator, calls: number, count: number): void {
  const connections = emulator.connections();
  const working = connections.filter(({ status }) => status === "Connected" || status === "Ingesting").length;
  const wanted = operation === "destroy" ? 0 : count;
  if (connections.length !== wanted || working !== wanted) {
    throw new Error(
      `after ${operation} the server holds ${connections.length} connections, ${working} of them working; ${wanted} were to be`,
    );
  }
  const enough = operation === "preview" ? calls === 0 : calls >= count;
  if (!enough) throw new Error(`${operation} of ${count} connectors made ${calls} calls`);
}
