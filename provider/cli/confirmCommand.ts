/** `msem confirm`: its options. */
import { Command } from "commander";
import { runConfirm } from "./confirm";

const examples = `
Examples:
  $ msem confirm                                       what does the selected stack wait for?
  $ msem confirm scanner                               it is done: take my word for it
  $ msem confirm scanner cmdb --stack prod

It runs in the project's folder. A confirmation is a time in the stack's configuration (msem:confirmed); commit it. It
settles what was asked until then: what the program changes later is asked anew, and nothing else.
Exit codes: 0 confirmed or nothing to do, 2 something waits, 1 error.`;

/** The sub-command of `msem`. Sets the exit code of the process. */
export function confirmCommand(): Command {
  return new Command("confirm")
    .argument("[names...]", "logical names of what was done by hand; without any, what waits is shown")
    .option("--stack <name>", "the stack (default: the selected one)")
    .addHelpText("after", examples)
    .action(async (names: string[], { stack }: { stack?: string }) => {
      process.exitCode = await runConfirm({ names, ...(stack === undefined ? {} : { stack }) }, process);
    });
}
