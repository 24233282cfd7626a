#!/usr/bin/env node
/** `msem`: the command line for people without Pulumi. Commands load what they need when they run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { CheckArguments, CheckFormat } from "./check/report";
import type { RangesArguments, RangesFormat } from "./ranges";
import type { RangesDiffArguments, RangesDiffFormat } from "./rangesDiff";
import type { RenderArguments } from "./render";
import { withSource } from "./sourceOptions";

// The formats stand here again, because loading the commands for `--help` would cost more than the help itself.
const rangesFormats: readonly RangesFormat[] = ["table", "json", "text", "csv"];
const rangesDiffFormats: readonly RangesDiffFormat[] = ["text", "json", "markdown"];
const checkFormats: readonly CheckFormat[] = ["text", "json", "markdown", "sarif", "junit"];

const examples = `
Examples:
  $ msem emulator --port 8080                          an emulated Exposure Management tenant on this machine
  $ msem ranges                                        the addresses from which Microsoft calls your systems
  $ msem check allowlist.txt --ranges ServiceTags_Public_20251028.json
                                                       are they all in this list?
  $ msem check edge-asa.cfg --rule outside_in --ranges ServiceTags_Public_20251028.json
                                                       does this firewall let them in?
  $ msem render edge-asa.cfg --list SCUBA-SOURCES --ranges ServiceTags_Public_20251028.json
                                                       the commands that bring the list up to date
  $ msem allowlist plan --target tenable --state tenable.json
                                                       what would be done to Tenable's own list?
  $ msem verify --stack prod                           do the products accept the stack's credentials?
  $ msem import --all                                  what exists already, as resources of a Pulumi program
  $ msem confirm scanner                               it is connected by hand now: take my word for it

Exit codes: 0 in sync or nothing to do, 1 error, 2 drift, changes or attention needed, 3 refused.`;

const rangesExamples = `
Examples:
  $ msem ranges                                        from Microsoft's newest weekly file
  $ msem ranges --cloud AzureGovernment --format text > allowlist.txt
  $ msem ranges ServiceTags_Public_20251028.json --tag AzureDevOps --format json
  $ msem ranges --source serviceTagApi --subscription 00000000-0000-0000-0000-000000000000 --location westeurope
  $ msem ranges diff accepted.json downloadCenter      what changed, and would the guards let it through?

FILE is the weekly file of Microsoft's page "Azure IP Ranges and Service Tags", an answer of the Azure API, or one tag
object out of either. What was fetched is kept in the user's cache folder (MSEM_CACHE_DIR) and used again for 15 minutes.
Exit codes: 0, or 1 error.`;

const rangesDiffExamples = `
Examples:
  $ msem ranges diff ServiceTags_Public_20251021.json ServiceTags_Public_20251028.json
  $ msem ranges diff accepted.json downloadCenter --format json
  $ msem ranges diff accepted.json https://mirror.example/ServiceTags_Public_20251028.json --format markdown

OLD and NEW are each a file, an address, downloadCenter or serviceTagApi. OLD counts as the list that was accepted.
Exit codes: 0 equal, 2 changes, 3 refused by a guard, 1 error.`;

const checkExamples = `
Examples:
  $ msem check allowlist.txt --ranges ServiceTags_Public_20251028.json
  $ msem check edge-asa.cfg --rule outside_in --ranges ServiceTags_Public_20251028.json
  $ msem check edge-asa.cfg --list SCUBA-SOURCES --ranges tags.json --previous tags-old.json --format json

Without --list and --rule, everything inbound that admits HTTPS is judged.
Exit codes: 0 in sync (every prefix that the format can hold is present or covered), 2 drift, 1 error.`;

const renderExamples = `
Examples:
  $ msem render edge-asa.cfg --list SCUBA-SOURCES --ranges ServiceTags_Public_20251028.json
  $ msem render edge-asa.cfg --list SCUBA-SOURCES --ranges ServiceTags_Public_20251028.json --rollback

Prefixes that are not let in are added; entries of --previous files that are published no more are removed; others stay.
Exit codes: 0 rendered (nothing, when nothing differs), 3 refused, 1 error.`;

function program(first: string | undefined): Command {
  const msem = new Command("msem")
    .description("Data connectors of Microsoft Security Exposure Management: emulator, ranges, allowlists")
    .version(packageVersion(), "-V, --version")
    .exitOverride()
    // What stands behind a command is for that command: `ranges diff` has options that `ranges` has too.
    .enablePositionalOptions()
    .showHelpAfterError("(msem --help shows what there is)")
    .addHelpText("after", examples);

  msem.addCommand(first === "emulator" ? emulator() : new Command("emulator").description(emulatorDescription));

  const ranges = withSource(msem.command("ranges"))
    .enablePositionalOptions()
    .description("print the prefixes of a service tag")
    .argument("[file]", "the weekly service-tag file (JSON)")
    .option("--source <source>", "downloadCenter (the default), serviceTagApi, an address or a file, instead of FILE")
    .addOption(new Option("--format <format>", "what to print").choices(rangesFormats).default("table"))
    .addHelpText("after", rangesExamples)
    .action(async (file: string | undefined, options: Omit<RangesArguments, "file">) => {
      const { runRanges } = require("./ranges") as typeof import("./ranges");
      process.exitCode = await runRanges({ ...options, ...(file === undefined ? {} : { file }) }, process);
    });

  withSource(ranges.command("diff"))
    .description("compare two lists of a service tag, and judge the step as the guards do")
    .argument("<old>", "the list that was accepted")
    .argument("<new>", "the list that is published")
    .addOption(new Option("--format <format>", "what to print").choices(rangesDiffFormats).default("text"))
    .option("--verbose", "list everything", false)
    .addHelpText("after", rangesDiffExamples)
    .action(async (old: string, next: string, options: Omit<RangesDiffArguments, "old" | "new">) => {
      const { runRangesDiff } = require("./rangesDiff") as typeof import("./rangesDiff");
      process.exitCode = await runRangesDiff({ ...options, old, new: next }, process);
    });

  configOptions(msem.command("check"))
    .description("judge configurations: do they let in everybody who calls from the service tag?")
    .argument("<files...>", "firewall configurations or lists of addresses")
    .option("--rule <name>", "judge this rule or list of rules, with what stronger rules take from it")
    .addOption(new Option("--format <format>", "what to print").choices(checkFormats).default("text"))
    .option("--verbose", "list everything", false)
    .addHelpText("after", checkExamples)
    .action(async (files: string[], options: Omit<CheckArguments, "files">) => {
      const { runCheck } = require("./check/index") as typeof import("./check/index");
      process.exitCode = await runCheck({ ...options, files }, process);
    });

  configOptions(msem.command("render"))
    .description("print the change that brings a list up to date, in the vendor's own language")
    .argument("<file>", "a firewall configuration or a list of addresses")
    .option("--rollback", "print what takes the change back", false)
    .option("--full", "print the whole list instead of the change", false)
    .addHelpText("after", renderExamples)
    .action(async (file: string, options: Omit<RenderArguments, "file">) => {
      const { runRender } = require("./render") as typeof import("./render");
      process.exitCode = await runRender({ ...options, file }, process);
    });

  msem.addCommand(first === "allowlist" ? allowlist() : new Command("allowlist").description(allowlistDescription));

  msem.addCommand(first === "verify" ? verify() : new Command("verify").description(verifyDescription));

  msem.addCommand(first === "import" ? imports() : new Command("import").description(importDescription));

  msem
    .command("explain")
    .description("say what an error code means and what to do; without a code, list all of them")
    .argument("[code]", "as it stands in a message: MSEM_CONFLICT")
    .action(async (code: string | undefined) => {
      const { runExplain } = require("./explain") as typeof import("./explain");
      process.exitCode = await runExplain(code, process);
    });

  msem.addCommand(first === "confirm" ? confirm() : new Command("confirm").description(confirmDescription));

  return msem;
}

const allowlistDescription = "keep a product's list of addresses equal to a published one, without Pulumi";

/** Loads the targets, which bring options of their own. */
function allowlist(): Command {
  const { allowlistCommand } = require("./allowlist/command") as typeof import("./allowlist/command");
  return allowlistCommand().description(allowlistDescription);
}

/** What all commands take that read a configuration. */
function configOptions(command: Command): Command {
  const more = (value: string, earlier: readonly string[] | undefined): readonly string[] => [
    ...(earlier ?? []),
    value,
  ];
  return withSource(command)
    .option("--vendor <format>", "the format, when its content does not tell")
    .option("--list <name>", "the list by name; again for one per family", more)
    .option("--ranges <source>", "downloadCenter, serviceTagApi, an address or a file", "downloadCenter")
    .option("--previous <source>", "an earlier list: what is left over from it is stale; may be repeated", more, []);
}

const verifyDescription = "ask the products themselves whether the connectors' credentials are good";

function verify(): Command {
  const { verifyCommand } = require("./verifyCommand") as typeof import("./verifyCommand");
  return verifyCommand().description(verifyDescription);
}

const importDescription = "turn connections and lists that exist into resources of a Pulumi program";

function imports(): Command {
  const { importCommand } = require("./import/command") as typeof import("./import/command");
  return importCommand().description(importDescription);
}

const confirmDescription = "show what waits to be done by hand in the portal, and say that it is done";

function confirm(): Command {
  const { confirmCommand } = require("./confirmCommand") as typeof import("./confirmCommand");
  return confirmCommand().description(confirmDescription);
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
