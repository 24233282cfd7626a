/**
 * Stands in for the Pulumi CLI where its language host for Node is not installed: a preview on the real engine, with
 * the options, the output and the exit code of the CLI. PULUMI_STAND_IN names a file with the stack and its program.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { engineStack } from "../../../scripts/engine/stack.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    refresh: { type: "boolean", default: false },
    diff: { type: "boolean", default: false },
    "expect-no-changes": { type: "boolean", default: false },
    "non-interactive": { type: "boolean", default: false },
    color: { type: "string" },
    cwd: { type: "string" },
    stack: { type: "string" },
  },
});
const { settings, programArgs } = JSON.parse(readFileSync(process.env.PULUMI_STAND_IN ?? "", "utf8"));
if (positionals.join() !== "preview" || !values["non-interactive"] || values.stack !== settings.stack) {
  throw new Error(`not what a nightly run asks for: ${process.argv.slice(2).join(" ")}`);
}
const { refresh, diff, "expect-no-changes": expectNoChanges, color } = values;
const options = { refresh, diff, expectNoChanges, color };
const result = await engineStack(settings).run("preview", options, { programArgs });
process.stdout.write(result.output);
if (result.exitCode === undefined) process.stderr.write(`${result.error}\n`);
process.exitCode = result.exitCode ?? 255;
