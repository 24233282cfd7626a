/** What the docs may call beside our own command, and with which options. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./shell";

/** Programs whose options are their own affair. */
const others = new Set("az cat cd cp curl echo export gh git head jq mkdir printf set sh tee umask".split(" "));

/** Pulumi's commands in the docs with their options; those that take a value end in `=`. Checked against 3.259.0. */
const pulumi: Readonly<Record<string, string>> = {
  about: "",
  cancel: "--yes",
  "config set": "--secret --path --plaintext",
  "config get": "--path",
  destroy: "--yes --refresh --remove --target= --skip-preview --preview-only",
  import: "--file= --out= --generate-code= --protect= --yes --skip-preview",
  login: "--local",
  new: "--dir= --name= --yes",
  plugin: "",
  "plugin install": "--server=",
  preview:
    "--diff --refresh --expect-no-changes --json --save-plan= --target= --import-file= --policy-pack= --policy-pack-config=",
  refresh: "--diff --yes --expect-no-changes --preview-only --skip-preview",
  "stack export": "--file= --show-secrets",
  "stack import": "--file=",
  "stack init": "--secrets-provider=",
  "stack output": "--json --show-secrets",
  "stack rm": "--yes --force",
  "stack select": "--create",
  "state delete": "--yes --target-dependents",
  up: "--diff --refresh --yes --skip-preview --expect-no-changes --target= --replace= --policy-pack= --policy-pack-config=",
};
const everywhere = "--stack= --cwd= --non-interactive --color= --emoji --help";

/** What is wrong with a command of another program; undefined when nothing is. */
export function toolProblem({ words: [program = "", ...args] }: Command, root: string): string | undefined {
  switch (program) {
    case "npm":
      return npmProblem(args, root);
    case "pulumi":
      return pulumiProblem(args);
    case "node":
      return nodeProblem(args, root);
    default:
      return others.has(program) ? undefined : `the program "${program}" is not known to tests/docs/tools.ts`;
  }
}

function npmProblem([command = "", ...args]: readonly string[], root: string): string | undefined {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  if (command === "run") {
    return Object.hasOwn(scripts, args[0] ?? "") ? undefined : `there is no npm script "${args[0]}"`;
  }
  if (command === "test") {
    const missing = args.slice(args.indexOf("--") + 1).find((path) => !existsSync(join(root, path)));
    return missing === undefined ? undefined : `there is no ${missing}`;
  }
  return ["ci", "init", "install", "pack"].includes(command) ? undefined : `npm ${command} is not known here`;
}

function pulumiProblem(args: readonly string[]): string | undefined {
  const bare = args.filter((arg) => !arg.startsWith("-"));
  const command = [bare.slice(0, 2).join(" "), bare[0] ?? ""].find((name) => Object.hasOwn(pulumi, name));
  if (command === undefined) return `pulumi ${args.join(" ")}: no such command`;
  const known = `${pulumi[command]} ${everywhere}`.split(" ");
  for (const [at, arg] of args.entries()) {
    if (arg === "--" || arg === "-y") continue;
    if (!arg.startsWith("-")) continue;
    const [name = "", value] = arg.split("=", 2);
    const takesValue = known.includes(`${name}=`);
    if (!takesValue && !known.includes(name)) return `pulumi ${command} has no option ${name}`;
    if (takesValue && value === undefined && args[at + 1] === undefined) return `${name} lacks its value`;
  }
  return undefined;
}

function nodeProblem([script = "", ...args]: readonly string[], root: string): string | undefined {
  // The examples say to copy these folders.
  const path = script.replace(/^ci\//, "examples/ci/").replace(/^fleet\.ts$/, "examples/fleet/fleet.ts");
  if (!existsSync(join(root, path))) return `there is no ${script}`;
  if (!path.endsWith("detect-drift.mjs")) return undefined;
  const [own = []] = splitAt(args);
  const wrong = own.find((arg) => arg.startsWith("--") && !detectDriftOptions(root).includes(arg.split("=")[0] ?? ""));
  return wrong === undefined ? undefined : `detect-drift.mjs has no option ${wrong}`;
}

let driftOptions: string[] | undefined;
function detectDriftOptions(root: string): string[] {
  driftOptions ??= [
    ...spawnSync(process.execPath, [join(root, "examples/ci/detect-drift.mjs"), "--help"], {
      encoding: "utf8",
    }).stdout.matchAll(/^ {2}(--[a-z-]+)/gm),
  ].map(([, name = ""]) => name);
  return driftOptions;
}

/** The arguments of a `node detect-drift.mjs` that are handed on to `msem check`, one list for each `--`. */
export function handedOn({ words }: Command): string[][] {
  if (words[0] !== "node" || !words[1]?.endsWith("detect-drift.mjs")) return [];
  return splitAt(words.slice(2))
    .slice(1)
    .map((args) => ["check", ...args]);
}

function splitAt(args: readonly string[]): string[][] {
  const groups: string[][] = [[]];
  for (const arg of args) {
    if (arg === "--") groups.push([]);
    else groups.at(-1)?.push(arg);
  }
  return groups;
}
