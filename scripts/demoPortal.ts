/**
 * `npm run demo:portal`: the real Pulumi engine declares two connectors, a simulated person connects them by what they
 * are told and nothing else, confirms, and does it again after a rotation. What every step says is compared with a file
 * in tests/golden/portal (`-- --update` writes them); a difference ends the demo with exit code 1. Leaves no process and
 * no file outside its own folder, which it removes.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ActionRequired } from "pulumi-msem";
import type { Operation, OperationOptions, OperationResult } from "./engine/protocol.ts";
import { type EngineStack, engineStack } from "./engine/stack.ts";
import { Broken, perform, promise, say, title } from "./story.ts";

const repository = resolve(".");
const golden = join(repository, "tests", "golden", "portal");
const update = process.argv.includes("--update");
const project = "msem-portal";
const names = ["plant", "scanner"] as const;

/** Invented, and found nowhere but in credentials: no step may say one of them. */
const canary = "canary-portal-8c1d";
const secrets = {
  qualysPassword: [`${canary}-qualys-1`, `${canary}-qualys-2`],
  ARMIS_CLIENT_SECRET: [`${canary}-armis`],
} as const;

/** What the person has put into the panes of the portal, by label. */
type Pane = Record<string, string>;
const portal = new Map<string, Pane>();

async function main(): Promise<void> {
  const started = Date.now();
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "portal-"));
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cleanUp();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
  try {
    await tell(stackIn(folder));
    title("What was real");
    say("Real:      the Pulumi engine and its state, this provider, `msem confirm`, the texts.");
    say(
      "Simulated: the person. The portal was never opened; Microsoft publishes no API that could show what is in it.",
    );
    say(`\nDone in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
  } finally {
    cleanUp();
  }
}

function stackIn(folder: string): EngineStack {
  return engineStack({
    repository,
    folder,
    project,
    stack: "demo",
    program: join(repository, "scripts", "programs", "portal.ts"),
    workDir: repository,
    config: {
      // Neither an endpoint nor a token: nothing is sent anywhere.
      "msem:driver": { value: "portal" },
      [`${project}:qualysPassword`]: { value: secrets.qualysPassword[0], secret: true },
      [`${project}:armisCredentialVersion`]: { value: "2026-11" },
    },
    environment: { ARMIS_CLIENT_SECRET: secrets.ARMIS_CLIENT_SECRET[0] },
  });
}

async function tell(stack: EngineStack): Promise<void> {
  title("Nothing is there: declare two connectors");
  const declared = await step(stack, "01-declare", "up");
  expectStatus(declared, "actionRequired");

  title("Nothing has been done yet: a preview is calm, a refresh reminds, and what waits can be asked for");
  await step(stack, "02-wait", "preview", { refresh: true, expectNoChanges: true });
  promise((await msem(stack, "03-list", 2, "confirm")).includes("scanner"), "`msem confirm` says what waits");

  title("A person connects both in the portal, by what they were told and nothing else");
  act(declared, secrets.qualysPassword[0]);
  promise(pane("scanner")["API server"] === "qualysapi.qg2.apps.qualys.eu", "the pane of 'scanner' is as declared");
  promise(pane("scanner").Password === secrets.qualysPassword[0], "with the password of the stack's configuration");
  promise(pane("plant")["Client secret"] === secrets.ARMIS_CLIENT_SECRET[0], "'plant' with that of the environment");

  title("… and says so");
  await msem(stack, "04-confirm", 0, "confirm", ...names);
  const confirmed = await step(stack, "05-confirmed", "up");
  expectStatus(confirmed, "confirmed");
  await step(stack, "06-clean", "preview", { refresh: true, expectNoChanges: true });

  title("Both credentials are rotated: one by value, one by reference with a raised credentialVersion");
  await pulumiConfig(stack, `${project}:qualysPassword`, secrets.qualysPassword[1], "--secret");
  await pulumiConfig(stack, `${project}:armisCredentialVersion`, "2026-12");
  const rotated = await step(stack, "07-rotate", "up");
  expectStatus(rotated, "actionRequired");
  promise(labels(rotated, "scanner").join() === "Password", "of 'scanner' just the password is asked for");
  promise(labels(rotated, "plant").join() === "Client secret", "of 'plant' just the client secret");
  act(rotated, secrets.qualysPassword[1]);
  promise(pane("scanner").Password === secrets.qualysPassword[1], "the new password is in the pane");
  await msem(stack, "08-confirm-again", 0, "confirm", ...names);
  expectStatus(await step(stack, "09-confirmed-again", "up"), "confirmed");

  title("Destroy: the stack forgets, a person disconnects");
  await step(stack, "10-destroy", "destroy");
  promise(filesWith(canary, stack.backend).length === 0, "no secret is in state, backups or history in the clear");
}

function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}

/** The person: finds in what they were told where each value is, and enters it. */
function act(result: OperationResult, password: string): void {
  for (const [name, action] of Object.entries(toDo(result))) {
    const filled = portal.get(name) ?? {};
    for (const { label, value, from } of action.fields) {
      filled[label] = value ?? lookUp(from ?? "", password);
    }
    portal.set(name, filled);
    say(`'${name}': entered ${action.fields.map(({ label }) => label).join(", ")}`);
  }
}

function lookUp(from: string, password: string): string {
  if (from === `the secret ${project}:qualysPassword of the stack's configuration`) return password;
  if (from === "the environment variable ARMIS_CLIENT_SECRET") return secrets.ARMIS_CLIENT_SECRET[0];
  throw new Broken(`a person could not tell where this is: ${from}`);
}

function pane(name: string): Pane {
  return portal.get(name) ?? {};
}

function labels(result: OperationResult, name: string): string[] {
  return (toDo(result)[name]?.fields ?? []).map(({ label }) => label);
}

function toDo({ outputs }: OperationResult): Record<string, ActionRequired> {
  const all = Object.entries((outputs.toDo ?? {}) as Record<string, ActionRequired | null>);
  return Object.fromEntries(all.filter((one): one is [string, ActionRequired] => one[1] !== null));
}

function expectStatus({ outputs }: OperationResult, status: string): void {
  const all = Object.values((outputs.connectors ?? {}) as Record<string, string>);
  promise(all.length === names.length && all.every((one) => one === status), `both connectors are "${status}"`);
}

/** One operation, told as golden text: our own words, what the engine did, and what it was asked. */
async function step(
  stack: EngineStack,
  file: string,
  operation: Operation,
  options: OperationOptions = {},
): Promise<OperationResult> {
  const flags = [options.refresh ? " --refresh" : "", options.expectNoChanges ? " --expect-no-changes" : ""].join("");
  const result = await stack.run(operation, options);
  if (!result.ok) throw new Broken(`${operation} failed:\n${result.error ?? result.output}`);
  const done = result.steps
    .filter(({ op }) => !["same", "read", "refresh"].includes(op))
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"))
    .map(({ name, op, diffs }) => `${op} ${name}${diffs.length === 0 ? "" : `: ${[...diffs].sort().join(", ")}`}`);
  const said = result.diagnostics.map(({ severity, message }) => `${severity}: ${message.trim()}`);
  const lines = [`$ pulumi ${operation}${flags}`, ...sorted(done), ...sorted(said)];
  compare(file, `${lines.length === 1 ? [...lines, "no changes"].join("\n") : lines.join("\n")}\n`, result);
  return result;
}

async function msem(stack: EngineStack, file: string, code: number, ...args: string[]): Promise<string> {
  const ran = await stack.command(process.execPath, [join(repository, "provider", "bin", "msem.js"), ...args]);
  promise(
    ran.code === code,
    `msem ${args.join(" ")} ends with exit code ${code} (it was ${ran.code}) ${ran.stderr}`.trim(),
  );
  compare(file, `$ msem ${args.join(" ")}\n${ran.stdout}`, ran);
  return ran.stdout;
}

/** By standard input: a command line is seen by everybody on the machine. */
async function pulumiConfig(stack: EngineStack, key: string, value: string, ...flags: string[]): Promise<void> {
  const ran = await stack.command("pulumi", ["config", "set", key, "--stack", "demo", ...flags], { input: value });
  if (ran.code !== 0) throw new Broken(`pulumi config set ${key} failed: ${ran.stderr}`);
}

/** Times are all that differs between two runs. */
function compare(file: string, text: string, whole: unknown): void {
  if (JSON.stringify(whole).includes(canary)) throw new Broken(`a secret stands in what was said in step ${file}`);
  const plain = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, "<time>");
  say(plain.trimEnd());
  const path = join(golden, `${file}.txt`);
  if (update) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(path, plain);
    return;
  }
  if (readFileSync(path, "utf8") !== plain) throw new Broken(`step ${file} says something else than ${path}`);
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}

await perform(main);
