/**
 * Runs one operation of the real engine in this process and times the Pulumi CLI alone: start of Node, selection of
 * the stack and what the Automation API asks afterwards are the same for every program and would thin the ratios.
 *
 * Reads an OperationRequest from standard input, writes the OperationResult to the file named by the first argument.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as automation from "@pulumi/pulumi/automation/index.js";
import type { OperationRequest, OperationResult, ProgramArgs } from "./protocol.ts";

/** What the Automation API calls for every command line; not in its public types. */
interface CommandRunner {
  run(args: string[], ...rest: unknown[]): Promise<unknown>;
}

async function main(): Promise<void> {
  const request = JSON.parse(readFileSync(0, "utf8")) as OperationRequest;
  const result = await operate(request);
  writeFileSync(process.argv[2] as string, JSON.stringify(result));
  // Handles of the program must not hold the child.
  process.exit(0);
}

async function operate(request: OperationRequest): Promise<OperationResult> {
  let output = "";
  let changes: Record<string, number> = {};
  const { command, elapsed } = await timedCommand(request.operation);
  const onOutput = (text: string): void => {
    output += text;
  };
  const onEvent = (event: automation.EngineEvent): void => {
    if (event.summaryEvent !== undefined) changes = { ...event.summaryEvent.resourceChanges } as Record<string, number>;
  };
  try {
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      {
        stackName: request.stack,
        projectName: request.project,
        program: () => runProgram(request.program, request.programArgs),
      },
      { pulumiCommand: command },
    );
    await stack.setAllConfig(request.config as automation.ConfigMap);
    const common = { onOutput, onError: onOutput, onEvent, suppressProgress: true, color: "never" } as const;
    switch (request.operation) {
      case "up":
        await stack.up(common);
        break;
      case "preview":
        await stack.preview({ ...common, expectNoChanges: true });
        break;
      case "refresh":
        await stack.refresh({ ...common, expectNoChanges: true });
        break;
      case "destroy":
        await stack.destroy(common);
        break;
    }
    return { ms: elapsed(), changes };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ms: elapsed(), changes, error: `${text}\n${output}` };
  }
}

/** The CLI with a clock around the one command line that is measured. */
async function timedCommand(operation: string): Promise<{ command: automation.PulumiCommand; elapsed: () => number }> {
  const command = await automation.PulumiCommand.get();
  const runner = command as unknown as CommandRunner;
  const run = runner.run.bind(command);
  let ms: number | undefined;
  runner.run = async (args, ...rest) => {
    if (args[0] !== operation) return run(args, ...rest);
    const started = performance.now();
    try {
      return await run(args, ...rest);
    } finally {
      ms = performance.now() - started;
    }
  };
  return { command, elapsed: () => ms ?? Number.NaN };
}

async function runProgram(path: string, args: ProgramArgs): Promise<Record<string, unknown>> {
  const { program } = (await import(pathToFileURL(path).href)) as {
    program(given: ProgramArgs): Record<string, unknown>;
  };
  return program(args);
}

await main();
