/** `msem verify`: its options. */
import { Command, Option } from "commander";
import { runVerify, type VerifyArguments, verifyFormats } from "./verify";

const examples = `
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
    .addHelpText("after", examples)
    .action(async (options: VerifyArguments) => {
      process.exitCode = await runVerify(options, process);
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
