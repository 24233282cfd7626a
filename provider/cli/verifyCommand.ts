/** `msem verify`: its options. */
import { Command, InvalidArgumentError, Option } from "commander";
import { runVerify, type VerifyArguments, verifyFormats } from "./verify";
import { runVerifyIngestion, type VerifyIngestionArguments } from "./verifyIngestion";

const examples = `
Examples:
  $ msem verify --connector qualys --setting apiServer=qualysapi.qualys.eu --setting username=msem-reader \\
      --secret-env password=QUALYS_PASSWORD
  $ msem verify --connector serviceNow --setting instance=contoso.service-now.com --setting authentication.kind=basic \\
      --setting authentication.username=msem --secret-env authentication.password=SERVICENOW_PASSWORD
  $ msem verify --file connectors.json --format junit > verify.xml
  $ msem verify --stack prod
  $ msem verify --stack prod --ingestion --format junit > ingestion.xml

Secrets are taken from environment variables only, never from the command line or a file. Of a stack, those
connectors are checked whose credentials are references ({ fromEnvironment: "NAME" }); nothing is decrypted.
It runs from this machine: it proves credentials and rights, not that Microsoft's addresses get through.
With --ingestion no product is asked and no credential is needed: Microsoft Graph is asked whether the connectors' data
is in the exposure graph, with MSEM_GRAPH_TOKEN or the identity of this machine (permission ThreatHunting.Read.All).
Exit codes: 0 all ok, 2 attention needed, 1 error.`;

/** The sub-command of `msem`. Sets the exit code of the process. */
export function verifyCommand(): Command {
  return new Command("verify")
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
    .option("--ingestion", "look for the connectors' data in the exposure graph instead", false)
    .addOption(
      new Option("--grace-hours <hours>", "--ingestion, with the hours that data may take (default: 72)")
        .argParser(hours)
        .implies({ ingestion: true }),
    )
    .addHelpText("after", examples)
    .action(async ({ ingestion, ...options }: VerifyArguments & VerifyIngestionArguments & { ingestion: boolean }) => {
      process.exitCode = await (ingestion ? runVerifyIngestion(options, process) : runVerify(options, process));
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function hours(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError("It must be a number of hours, 0 or more.");
}
