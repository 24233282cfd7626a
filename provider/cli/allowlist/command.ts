/** `msem allowlist`: the sub-commands and their options. The targets' descriptors bring options of their own. */
import { createInterface } from "node:readline/promises";
import { Command, Option } from "commander";
import { targets } from "../../vendors/targets";
import { withSource } from "../sourceOptions";
import { type ApplyArguments, type ListArguments, type PlanArguments, planFormats } from "./arguments";
import { accessOptions } from "./options";
import { type AllowlistIo, runApply, runDrift, runPlan } from "./run";

const kinds = targets.map(({ kind }) => kind);

const examples = `
Examples:
  $ export MSEM_TENABLE_ACCESS_KEY=… MSEM_TENABLE_SECRET_KEY=…
  $ msem allowlist plan  --target tenable --state tenable.json
  $ msem allowlist apply --target tenable --state tenable.json --plan-digest 3f1c2b7a9d0e4c55 --yes
  $ msem allowlist drift --target tenable --state tenable.json

Keep the state file: it holds the list that was accepted last and which entries are ours, and no secret. Credentials are
read from environment variables only, because everybody on a machine can see a process's arguments.
Service tags are shared by all tenants: to let them through does not authenticate anybody.
Exit codes: 0 in sync or nothing to do, 1 error, 2 changes or drift, 3 refused by a guard.`;

const planExamples = `
Examples:
  $ msem allowlist plan --target tenable --state tenable.json --ranges ServiceTags_Public_20251028.json
  $ msem allowlist plan --target tenable --state tenable.json --additional "198.51.100.7/32=CI runner" --format json

Exit codes: 0 nothing to do, 2 changes, 3 refused by a guard (the ways out are printed), 1 error.`;

const applyExamples = `
Examples:
  $ msem allowlist apply --target tenable --state tenable.json            plans, shows the plan, asks, writes
  $ msem allowlist apply --target tenable --state tenable.json --yes      for a scheduled job
  $ msem allowlist apply --target tenable --state tenable.json --plan-digest 3f1c2b7a9d0e4c55
                                                                          only the plan that was looked at

Exit codes: 0 in sync now, 2 not agreed to, 3 refused by a guard or another plan than that, 1 error.`;

const driftExamples = `
Examples:
  $ msem allowlist drift --target tenable --state tenable.json
  $ msem allowlist drift --target tenable --state tenable.json --format json

Needs no ranges: what is there is compared with what was accepted last.
Exit codes: 0 in sync, 2 drift, 1 error.`;

/** The guards' options that are one value; the others stand in --guards. */
const guardFlags = [
  ["--on-refused <what>", "fail, or keepLast: go on with the list that was accepted last"],
  ["--quarantine-days <days>", "days that a withdrawn prefix stays allowed (default: 14)"],
  ["--accept-rollback-to <number>", "accept a change number that went back, if it is this one"],
  ["--accept-republished <number>", "accept other prefixes under the same change number, if it is this one"],
  ["--accept-empty", "take an empty or missing tag at its word"],
  ["--accept-additions <count>", "accept up to so many new prefixes at once"],
  ["--accept-removals <count>", "accept up to so many withdrawn prefixes at once"],
] as const;

/** The sub-command of `msem`. Sets the exit code of the process. */
export function allowlistCommand(): Command {
  const allowlist = new Command("allowlist").enablePositionalOptions().addHelpText("after", examples);
  withPlan(withList(allowlist.command("plan")))
    .description("what would be done to the product's list; writes nothing")
    .addHelpText("after", planExamples)
    .action(async (options: Options) => {
      process.exitCode = await runPlan(planArguments(options), processIo());
    });
  withPlan(withList(allowlist.command("apply")))
    .description("plan, ask, write, read again")
    .option("--plan-digest <digest>", "refuse any plan but this one")
    .option("--yes", "do not ask", false)
    .addHelpText("after", applyExamples)
    .action(async (options: Options) => {
      const { planDigest, yes } = options;
      const args: ApplyArguments = {
        ...planArguments(options),
        yes: yes === true,
        ...(typeof planDigest === "string" ? { planDigest } : {}),
      };
      process.exitCode = await runApply(args, processIo());
    });
  withList(allowlist.command("drift"))
    .description("compare the product's list with what was accepted last")
    .addHelpText("after", driftExamples)
    .action(async (options: Options) => {
      process.exitCode = await runDrift(listArguments(options), processIo());
    });
  return allowlist;
}

/** As commander gives them: by the names of the flags. */
type Options = Readonly<Record<string, unknown>>;

function withList(command: Command): Command {
  command
    .requiredOption("--target <kind>", `the product: ${kinds.join(", ")}`)
    .requiredOption("--state <file>", "memory of the last run; made by the first apply")
    .addOption(new Option("--format <format>", "what to print").choices(planFormats).default("text"))
    .option("--verbose", "list everything", false)
    .option("--experimental", "use a target that is not documented well enough to be relied on", false);
  for (const { flag, placeholder, description } of accessOptions(targets)) {
    command.option(`${flag} ${placeholder}`, description);
  }
  return command;
}

function withPlan(command: Command): Command {
  withSource(command)
    .option("--ranges <source>", "a file, an address, downloadCenter or serviceTagApi", "downloadCenter")
    .addOption(
      new Option("--mode <mode>", "exclusive: everybody else's entries are removed")
        .choices(["additive", "exclusive"])
        .default("additive"),
    )
    .option("--families <list>", "which families to put into the list", "ipv4,ipv6")
    .option("--additional <prefix=why>", "a further prefix with its reason; may be repeated", gather, [])
    .option("--caller <prefix>", "public address of this machine, never to be shut out; may be repeated", gather, [])
    .option("--start-enforcement", "fill a list that is empty and so lets everybody in", false)
    .option("--adopt", "take over entries that stand there already and are wanted", false)
    .option("--name <name>", "marks our entries where the product has room for it (default: the state file's name)")
    .option("--guards <json>", "all options of the guards, as JSON")
    .option("--accept-foreign-removals <count>", "mode exclusive: remove up to so many entries of others at once");
  for (const [flag, description] of guardFlags) command.option(flag, description);
  return command;
}

function gather(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function listArguments(options: Options): ListArguments {
  const access = accessOptions(targets).flatMap(({ flag }) => {
    const value = options[camel(flag)];
    return typeof value === "string" ? [[flag, value] as const] : [];
  });
  return { ...(options as unknown as ListArguments), access: Object.fromEntries(access) };
}

function planArguments(options: Options): PlanArguments {
  const guardOptions = guardFlags.flatMap(([flag]) => {
    const name = camel(flag.split(" ")[0] ?? "");
    const value = options[name];
    return typeof value === "string" || value === true ? [[name, value] as const] : [];
  });
  return {
    ...(options as unknown as PlanArguments),
    ...listArguments(options),
    guardOptions: Object.fromEntries(guardOptions),
  };
}

function camel(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function processIo(): AllowlistIo {
  const { stdout, stderr, env, stdin } = process;
  const asked = stdin.isTTY === true && stderr.isTTY === true;
  return { stdout, stderr, env, targets, ...(asked ? { confirm } : {}) };
}

/** On stderr, so that stdout can go into a file. Only a whole "yes" is one. */
async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(`${question} Only "yes" is one: `)).trim().toLowerCase() === "yes";
  } finally {
    prompt.close();
  }
}
