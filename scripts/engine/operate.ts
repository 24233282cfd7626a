/**
 * Runs one operation of the real engine in this process, and ends. One child per operation: an inline program that
 * loads a top-level module runs once per process, a second operation would propose to delete everything.
 *
 * Reads an OperationRequest from standard input, writes the OperationResult to the file named by the first argument.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { leanCommand } from "./command.ts";
import type { EngineStep, OperationRequest, OperationResult } from "./protocol.ts";

async function main(): Promise<void> {
  const request = JSON.parse(await readInput()) as OperationRequest;
  const result = await operate(request);
  writeFileSync(process.argv[2] as string, JSON.stringify(result));
  // Handles of the program (keep-alive sockets) must not hold the child.
  process.exit(0);
}

async function operate(request: OperationRequest): Promise<OperationResult> {
  const steps: EngineStep[] = [];
  const diagnostics: OperationResult["diagnostics"][number][] = [];
  const violations: OperationResult["violations"][number][] = [];
  let output = "";
  let outputs: Record<string, unknown> = {};
  const onOutput = (text: string): void => {
    output += text;
    if (request.options.live) process.stdout.write(text);
  };
  const onEvent = (event: automation.EngineEvent): void => {
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata !== undefined && metadata.type !== "pulumi:pulumi:Stack") {
      const diffs = Object.keys(metadata.detailedDiff ?? {});
      steps.push({
        op: metadata.op,
        urn: metadata.urn,
        type: metadata.type,
        name: metadata.urn.split("::").pop() ?? "",
        diffs: diffs.length > 0 ? diffs : (metadata.diffs ?? []),
      });
    }
    // The event has secrets masked.
    const ended = event.resOutputsEvent?.metadata;
    if (ended?.type === "pulumi:pulumi:Stack") outputs = { ...ended.new?.outputs };
    const diagnostic = event.diagnosticEvent;
    // The SDK's debug lines, which no user sees, hold every property; the type does not know that severity.
    if (diagnostic !== undefined && (diagnostic.severity as string) !== "debug") {
      diagnostics.push({ severity: diagnostic.severity, message: diagnostic.message, urn: diagnostic.urn });
    }
    const violation = event.policyEvent;
    if (violation !== undefined) {
      const { policyName: policy, enforcementLevel: level, resourceUrn: urn, message } = violation;
      violations.push({ policy, level, urn, message });
    }
  };
  const settled = { steps, diagnostics, violations };
  try {
    const stack = await openStack(request);
    const { live: _, ...options } = request.options;
    const common = { onOutput, onError: onOutput, onEvent, suppressProgress: true, ...options } as never;
    switch (request.operation) {
      case "up":
        await stack.up(common);
        break;
      case "preview":
        await stack.preview(common);
        break;
      case "refresh":
        await stack.refresh(common);
        break;
      case "destroy":
        await stack.destroy(common);
        break;
      case "taint":
        await taint(stack, request.options.replace ?? []);
        break;
      case "export":
        return { ok: true, exitCode: 0, output, ...settled, outputs, deployment: await stack.exportStack() };
    }
    return { ok: true, exitCode: 0, output, ...settled, outputs: request.operation === "up" ? outputs : {} };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, exitCode: exitCodeOf(error), output, ...settled, outputs: {}, error: text };
  }
}

/** Configures once: a set of values never changes in its folder. */
async function openStack(request: OperationRequest): Promise<automation.Stack> {
  const { projectFolder, stack: stackName, project: projectName } = request;
  const configured = join(projectFolder, `Pulumi.${stackName}.yaml`);
  const known = existsSync(configured);
  mkdirSync(projectFolder, { recursive: true });
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName, projectName, program: () => runProgram(request) },
    { workDir: projectFolder, pulumiCommand: leanCommand(await cliVersion(projectFolder), known) },
  );
  if (!known) await stack.setAllConfig(request.config as automation.ConfigMap);
  return stack;
}

/** Asked once for each project's folder. */
async function cliVersion(projectFolder: string): Promise<string> {
  const file = join(projectFolder, "cli-version");
  if (existsSync(file)) return readFileSync(file, "utf8");
  const version = String((await automation.PulumiCommand.get()).version);
  writeFileSync(file, version);
  return version;
}

async function runProgram(request: OperationRequest): Promise<Record<string, unknown>> {
  const module = (await import(pathToFileURL(request.program).href)) as Record<string, unknown>;
  const program = module.program;
  if (typeof program === "function") return (await program(request.programArgs)) as Record<string, unknown>;
  return { ...module };
}

/** The Automation API has no method for it. */
async function taint(stack: automation.Stack, urns: readonly string[]): Promise<void> {
  for (const urn of urns) {
    await promisify(execFile)("pulumi", ["state", "taint", urn, "--yes", "--stack", stack.name], {
      cwd: stack.workspace.workDir,
    });
  }
}

/** The Automation API hides the CLI's exit code behind -2. */
function exitCodeOf(error: unknown): number | undefined {
  const result = (error as { commandResult?: { code?: number; err?: { exitCode?: number } } }).commandResult;
  return result?.err?.exitCode ?? result?.code;
}

async function readInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return text;
}

await main();
