/**
 * An emulated tenant and a stack of the real engine, each test file its own; all under .work, removed afterwards. Every
 * lab searches for the canary secret: in each result of the engine, and at the end in state, backups, history and log.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEmulator, type Emulator, type EmulatorOptions } from "pulumi-msem/emulator";
import type { Operation, OperationOptions, OperationRequest, OperationResult } from "../../scripts/engine/protocol.ts";
import { type EngineStack, engineStack, type StackSettings } from "../../scripts/engine/stack.ts";
import { canary as allowlistCanary } from "../conformance/profile.ts";
import { canary } from "./classes.ts";
import type { ConnectorSpec, ProgramArgs } from "./programs/connectors.ts";

/** `Program` is what the stack's program takes: that of connectors, unless the lab names another one. */
export interface Lab<Program = ProgramArgs> {
  readonly emulator: Emulator;
  readonly folder: string;
  /** Runs one engine operation in its own process; with another configuration of the stack, if there is one. */
  run(
    operation: Operation,
    program: Program,
    options?: OperationOptions,
    config?: OperationRequest["config"],
  ): Promise<OperationResult>;
  /** See {@link EngineStack}. Fails when a secret stands in what the program said. */
  readonly command: EngineStack["command"];
  readonly projectFolder: string;
  /** What the emulator logged. */
  readonly log: readonly string[];
  /** Ends it, and throws when the canary is found in a file of the engine or in the emulator's log. */
  close(): Promise<void>;
}

export interface LabSettings {
  readonly emulator?: EmulatorOptions;
  readonly stack?: Partial<StackSettings>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Name of a module in programs/. */
  readonly program?: "connectors" | "allowlists" | "ranges" | "firewalls" | "policy" | "imported";
}

/** Found nowhere but in credentials. */
const canaries = [canary, allowlistCanary];

export async function openLab<Program = ProgramArgs>(settings: LabSettings = {}): Promise<Lab<Program>> {
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "lab-"));
  const log: string[] = [];
  const emulator = await createEmulator({ faults: true, log: (line) => void log.push(line), ...settings.emulator });
  const repository = resolve(".");
  const stack = engineStack({
    repository,
    folder,
    project: "lab",
    stack: "test",
    program: join(repository, "tests", "engine", "programs", `${settings.program ?? "connectors"}.ts`),
    workDir: repository,
    config: {
      "msem:endpoint": { value: emulator.url },
      "msem:token": { value: emulator.tokens.securityOperator, secret: true },
    },
    ...settings.stack,
    environment: { ...settings.stack?.environment, ...settings.environment },
  });
  return {
    emulator,
    folder,
    log,
    async run(operation, program, options, config) {
      const result = await stack.run(operation, options, {
        programArgs: program,
        ...(config === undefined ? {} : { config }),
      });
      // An export shows secrets on purpose; the state on disk is searched at the end.
      const said = operation === "export" ? "" : JSON.stringify(result);
      if (canaries.some((one) => said.includes(one)))
        throw new Error(`a secret stands in what the engine said of ${operation}`);
      return result;
    },
    projectFolder: stack.projectFolder,
    async command(program, args, more) {
      const ran = await stack.command(program, args, more);
      if (canaries.some((one) => JSON.stringify(ran).includes(one)))
        throw new Error(`a secret stands in what ${program} said`);
      return ran;
    },
    async close() {
      await emulator.close();
      const leaks = canaries.flatMap((one) => [
        ...filesContaining(folder, one),
        ...log.filter((line) => line.includes(one)),
      ]);
      rmSync(folder, { recursive: true, force: true });
      if (leaks.length > 0) throw new Error(`a secret stands in: ${leaks.join(", ")}`);
    },
  };
}

/** Fails with what the engine said. */
export function expectOk(result: OperationResult): OperationResult {
  if (!result.ok)
    throw new Error(`the engine refused (exit code ${result.exitCode}):\n${result.output}\n${result.error ?? ""}`);
  return result;
}

/** Steps that do something, as `name: op [paths]`, sorted. */
export function changesOf(result: OperationResult): string[] {
  return result.steps
    .filter(
      ({ op, type }) => op !== "same" && op !== "read" && op !== "refresh" && type.startsWith("pulumi-nodejs:dynamic/"),
    )
    .map(({ name, op, diffs }) => `${name}: ${op}${diffs.length === 0 ? "" : ` [${[...diffs].sort().join(", ")}]`}`)
    .sort();
}

/** Files below a folder that contain a text; binary-safe. */
export function filesContaining(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}

export function specs(connectors: readonly ConnectorSpec[]): ProgramArgs {
  return { connectors };
}
