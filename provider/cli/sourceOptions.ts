/** Options that say where ranges come from. Light: the help shows them, and nothing is loaded for it. */
import { type Command, Option } from "commander";

const clouds = ["Public", "AzureGovernment", "China"];

/** What all commands with a source of ranges take. */
export function withSource(command: Command): Command {
  return command
    .option("--tag <name>", "the service tag, without regard to case", "Scuba")
    .addOption(
      new Option("--cloud <cloud>", "which cloud's list; the weekly file is Public by default").choices(clouds),
    )
    .option("--subscription <id>", "for serviceTagApi: a subscription in the cloud")
    .option("--location <region>", "for serviceTagApi: the region that answers")
    .option("--token-variable <name>", "for serviceTagApi: the environment variable with a token (default: az login)");
}
