/**
 * `npm run demo`: the real Pulumi engine connects six products to an emulated Exposure Management tenant, finds drift,
 * repairs it and cleans up. Every step is checked against what the server then holds; a step that differs from its
 * promise ends the demo with exit code 1. Leaves no process and no file outside its own folder, which it removes.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEmulator, type Emulator } from "pulumi-msem/emulator";
import type { OperationOptions, OperationResult } from "./engine/protocol.ts";
import { type EngineStack, engineStack } from "./engine/stack.ts";
import { Broken, perform, promise, say, title } from "./story.ts";

const repository = resolve(".");
const serviceTags = "examples/ranges/service-tags-sample.json";
const sampleList = "examples/ranges/allowlist.txt";

/** Invented, in the form of real ones; the emulated products take any. */
const secrets: Readonly<Record<string, string>> = {
  serviceNowClientSecret: "demo-client-secret",
  qualysPassword: "demo-password",
  rapid7ApiKey: "demo-api-key",
  tenableAccessKey: "ab".repeat(32),
  tenableSecretKey: "cd".repeat(32),
  wizClientSecret: "demo-client-secret",
  prismaCloudSecretKey: "ZGVtbyBzZWNyZXQga2V5IQ==",
};

async function main(): Promise<void> {
  const started = Date.now();
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "demo-"));
  let emulator: Emulator | undefined;
  const cleanUp = async (): Promise<void> => {
    await emulator?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(signal === "SIGINT" ? 130 : 143)));
  }
  try {
    title("An emulated tenant");
    emulator = await createEmulator({ faults: true });
    say(`Connection API at ${emulator.url}, emulated: Microsoft publishes no API for data connectors.`);
    await tell(emulator, stackFor(folder, emulator));
    await ranges();
    title("What was real");
    say("Real:     the Pulumi engine and its state, this provider, HTTP, the refusals, retries and waits in between.");
    say("Emulated: the tenant and the six products. No call left this machine, and no credential was a real one.");
    say(`\nDone in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
  } finally {
    await cleanUp();
  }
}

function stackFor(folder: string, emulator: Emulator): EngineStack {
  return engineStack({
    repository,
    folder,
    project: "msem-quickstart",
    stack: "demo",
    program: join(repository, "examples", "quickstart", "index.ts"),
    workDir: join(repository, "examples", "quickstart"),
    config: {
      "msem:endpoint": { value: emulator.url },
      "msem:token": { value: emulator.tokens.securityOperator, secret: true },
      ...Object.fromEntries(
        Object.entries(secrets).map(([name, value]) => [`msem-quickstart:${name}`, { value, secret: true }]),
      ),
    },
  });
}

async function tell(emulator: Emulator, stack: EngineStack): Promise<void> {
  title("pulumi up: connect six products");
  expectOk(await show(stack, "up", {}), "up");
  table(emulator);
  promise(emulator.connections().length === 6, "six connections on the server");

  title("pulumi preview: nothing to do");
  expectOk(await show(stack, "preview", { expectNoChanges: true }), "a preview without changes");

  title("Behind Pulumi's back");
  emulator.edit("scanner", { settings: { apiServer: "qualysapi.qualys.com" } });
  emulator.remove("insight");
  say("Somebody points 'scanner' at another Qualys platform, and somebody disconnects 'insight'.");

  title("pulumi preview --refresh --diff --expect-no-changes: the nightly check");
  const drift = await show(stack, "preview", { refresh: true, diff: true, expectNoChanges: true });
  promise(!drift.ok && drift.exitCode === 7, `the nightly check fails with exit code 7 (it was ${drift.exitCode})`);
  promise(drift.output.includes("qualysapi.qualys.com"), "the preview shows the changed setting");

  title("pulumi up --refresh: repair");
  expectOk(await show(stack, "up", { refresh: true }), "the repair");
  table(emulator);
  const repaired = emulator.connections().find(({ name }) => name === "scanner");
  promise(repaired?.settings.apiServer === "qualysapi.qg2.apps.qualys.eu", "'scanner' points where the program says");
  promise(
    emulator.connections().some(({ name }) => name === "insight"),
    "'insight' is connected again",
  );
  expectOk(
    await stack.run("preview", { refresh: true, expectNoChanges: true }),
    "a clean nightly check after the repair",
  );

  title("pulumi destroy: disconnect");
  expectOk(await show(stack, "destroy", {}), "destroy");
  promise(emulator.connections().length === 0, "no connection is left on the server");
}

async function ranges(): Promise<void> {
  title("The other half: is a list still equal to Microsoft's addresses?");
  const code = await msem("check", sampleList, "--ranges", serviceTags);
  promise(code === 2, `msem check reports drift with exit code 2 (it was ${code})`);
}

async function show(
  stack: EngineStack,
  operation: "up" | "preview" | "destroy",
  options: OperationOptions,
): Promise<OperationResult> {
  return stack.run(operation, { ...options, live: true, color: process.stdout.isTTY ? "always" : "never" });
}

function msem(...args: string[]): Promise<number> {
  say(`$ msem ${args.join(" ")}`);
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join("provider", "dist", "cli", "main.js"), ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => done(code ?? 1));
  });
}

function table(emulator: Emulator): void {
  const rows = emulator.connections().map(({ name, connectorType, status }) => [name, connectorType, status]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length), 10));
  say("\nOn the server now:");
  for (const row of rows.sort())
    say(`  ${(row[0] ?? "").padEnd(widths[0] ?? 0)}  ${(row[1] ?? "").padEnd(widths[1] ?? 0)}  ${row[2]}`);
}

function expectOk(result: OperationResult, what: string): void {
  if (result.ok) return;
  throw new Broken(`${what} failed:\n${result.error ?? result.output}`);
}

await perform(main);
