#!/usr/bin/env node
/** `msem`: the command line for people without Pulumi. Commands load what they need when they run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { CheckArguments, CheckFormat } from "./check";
import type { RangesArguments, RangesFormat } from "./ranges";
import type { VerifyArguments, VerifyFormat } from "./verify";

// The formats stand here again, because loading the commands for `--help` would cost more than the help itself.
const rangesFormats: readonly RangesFormat[] = ["table", "json", "text", "csv"];
const checkFormats: readonly CheckFormat[] = ["text", "json"];
const verifyFormats: readonly VerifyFormat[] = ["text", "json", "junit"];

const examples = `
Examples:
  $ msem emulator --port 8080                          an emulated Exposure Management tenant on this machine
  $ msem ranges ServiceTags_Public_20251028.json       the addresses from which Microsoft calls your systems
  $ msem check allowlist.txt --ranges ServiceTags_Public_20251028.json
                                                       are they all in this list?
  $ msem verify --stack prod                           do the products accept the stack's credentials?

Exit codes: 0 in sync or nothing to do, 1 error, 2 drift or attention needed.`;

const rangesExamples = `
Examples:
  $ msem ranges ServiceTags_Public_20251028.json
  $ msem ranges ServiceTags_Public_20251028.json --format text > allowlist.txt
  $ msem ranges ServiceTags_Public_20251028.json --tag AzureDevOps --format json

FILE is the weekly file of Microsoft's page "Azure IP Ranges and Service Tags", or one tag object out of it.`;

const checkExamples = `
Examples:
  $ msem check allowlist.txt --ranges ServiceTags_Public_20251028.json
  $ msem check allowlist.txt --ranges ServiceTags_Public_20251028.json --format json

LIST holds one prefix or address per line, or several with commas or spaces between; comments start with # or ;.
Exit codes: 0 in sync (every prefix is present or covered), 2 drift, 1 error.`;

const verifyExamples = `
Examples:
  $ msem verify --connector qualys --setting apiServer=qualysapi.qualys.eu --setting username=msem-reader \\
      --secret-env password=QUALYS_PASSWORD
  $ msem verify --connector serviceNow --setting instance=contoso.service-now.com --setting authentication.kind=basic \\
      --setting authentication.username=msem --secret-env authentication.password=SERVICENOW_PASSWORD
  $ msem verify --file connectors.json --format junit > verify.xml
  $ msem verify --stack prod

Secrets are taken from environment variables only, never from the command line or a file. Of a stack, those
connectors are checked whose credentials are references ({ fromEnvironment: "NAME" }); nothing is decrypted.
It runs from this machine: it proves credentials and rights, not that Microsoft's addresses get through.
Exit codes: 0 all ok, 2 attention needed, 1 error.`;

function program(first: string | undefined): Command {
  const msem = new Command("msem")
    .description("Data connectors of Microsoft Security Exposure Management: emulator, ranges, allowlists")
    .version(packageVersion(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(msem --help shows what there is)")
    .addHelpText("after", examples);

  msem.addCommand(first === "emulator" ? emulator() : new Command("emulator").description(emulatorDescription));

  msem
    .command("ranges")
    .description("print the prefixes of a service tag")
    .argument("<file>", "the weekly service-tag file (JSON)")
    .option("--tag <name>", "the service tag, without regard to case", "Scuba")
    .addOption(new Option("--format <format>", "what to print").choices(rangesFormats).default("table"))
    .addHelpText("after", rangesExamples)
    .action(async (file: string, options: Omit<RangesArguments, "file">) => {
      const { runRanges } = require("./ranges") as typeof import("./ranges");
      process.exitCode = await runRanges({ ...options, file }, process);
    });

  msem
    .command("check")
    .description("judge a list of addresses: is every prefix of the service tag in it?")
    .argument("<list>", "a plain list of prefixes and addresses")
    .requiredOption("--ranges <file>", "the weekly service-tag file (JSON)")
    .option("--tag <name>", "the service tag, without regard to case", "Scuba")
    .addOption(new Option("--format <format>", "what to print").choices(checkFormats).default("text"))
    .option("--verbose", "list everything", false)
    .addHelpText("after", checkExamples)
    .action(async (list: string, options: Omit<CheckArguments, "list">) => {
      const { runCheck } = require("./check") as typeof import("./check");
      process.exitCode = await runCheck({ ...options, list }, process);
    });

  msem
    .command("verify")
    .description("ask the products themselves: are the connectors' credentials good, do they read what is needed?")
    .option("--connector <type>", "check one connector, described by flags")
    .option(
      "--setting <name=value>",
      "a setting or a part of the credential that may be shown; repeatable",
      collect,
      [],
    )
    .option(
      "--secret-env <field=variable>",
      "a secret, by the environment variable that holds it; repeatable",
      collect,
      [],
    )
    .option("--file <file>", "check the connectors of a JSON file")
    .option("--stack [name]", "check the connectors of a stack: this one, or the selected one")
    .addOption(new Option("--format <format>", "what to print").choices(verifyFormats).default("text"))
    .option("--allow-inconclusive", "what is inconclusive or cannot be checked needs no attention", false)
    .addHelpText("after", verifyExamples)
    .action(async (options: VerifyArguments) => {
      const { runVerify } = require("./verify") as typeof import("./verify");
      process.exitCode = await runVerify(options, process);
    });

  return msem;
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

const emulatorDescription = "run an emulated Exposure Management tenant on this machine";

function emulator(): Command {
  const { emulatorCommand } = require("./emulator") as typeof import("./emulator");
  return emulatorCommand();
}

function packageVersion(): string {
  const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** `msem … | head` closes the pipe early: that is no error. The exit code stays that of the command. */
function tolerateClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

async function main(args: readonly string[]): Promise<void> {
  tolerateClosedPipe();
  const first = args[0] === "help" ? args[1] : args[0];
  try {
    await program(first).parseAsync(args, { from: "user" });
  } catch (error) {
    // Commander has written its message already. The code is set, not exited with, so that pipes are emptied.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
  }
}

void main(process.argv.slice(2));
