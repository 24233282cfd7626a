/** `msem import`: its options. */
import { Command, Option } from "commander";
import { targets } from "../../vendors/targets";
import { withSource } from "../sourceOptions";
import { credentialForms } from "./model";
import { type ImportArguments, runImport } from "./run";

const examples = `
Examples:
  $ msem import --all                                   every connection of the tenant
  $ msem import --kind qualys --kind rapid7 --out imported
  $ msem import --name "Scanner EU" --credentials fromEnvironment
  $ msem import --targets products.json --ranges ServiceTags_Public_20251028.json
  $ pulumi import --file import.json --generate-code=false --protect=false

Run it in the project's folder. It reads and changes nothing but two files: import.json, for pulumi import --file, and
imported.ts, which declares the same. No credential is in either: the program asks for each with config.requireSecret,
or with --credentials fromEnvironment refers to an environment variable; then the next preview shows no change at all.
The endpoint is MSEM_ENDPOINT or the stack's msem:endpoint; the token MSEM_TOKEN, or a reference in msem:token.
products.json is a list: [{ "name": "tenable", "kind": "tenable", "credentials": { "accessKey": "…",
"secretKey": { "fromEnvironment": "TENABLE_SECRET_KEY" } } }]; kinds: ${targets.map(({ kind }) => kind).join(", ")}.
Exit codes: 0 done, 2 something needs attention (skipped, not working, prefixes missing), 3 refused by a guard, 1 error.`;

/** The sub-command of `msem`. Sets the exit code of the process. */
export function importCommand(): Command {
  const command = new Command("import")
    .option("--all", "every connection of the tenant", false)
    .option("--kind <type>", "connections of this connector type; repeatable", collect, [])
    .option("--name <name>", "the connection of this name; repeatable", collect, [])
    .option("--targets <file>", "the lists of the products in this JSON file")
    .option("--ranges <source>", "for lists: a file, an address, downloadCenter or serviceTagApi", "downloadCenter");
  return withSource(command)
    .addOption(
      new Option("--credentials <form>", "how the program gets them").choices(credentialForms).default("config"),
    )
    .option("--adopt", "also what belongs to another stack; entries of lists become this stack's own", false)
    .option("--provider <name>", "the msem.Provider of the stack that the resources belong to")
    .option("--stack <name>", "whose resources they become (default: the selected stack)")
    .option("--project <name>", "its project (default: that of Pulumi.yaml here)")
    .option("--out <folder>", "where to write the files", ".")
    .option("--force", "replace files that are there", false)
    .option("--json", "print a report for machines", false)
    .option("--verbose", "list everything", false)
    .addHelpText("after", examples)
    .action(async (options: ImportArguments) => {
      process.exitCode = await runImport(options, process);
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
