/** The Pulumi CLI, for what only it may do: read a stack's state and change its configuration. */
import { execFile } from "node:child_process";
import { MsemError } from "../core/errors";

/**
 * What it prints.
 *
 * @param stack undefined for the selected one
 * @throws MSEM_CONFIGURATION when there is none, or it fails
 */
export function runPulumi(
  command: readonly string[],
  stack: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const args = [...command, "--non-interactive", ...(stack === undefined ? [] : ["--stack", stack])];
  return new Promise((resolve, reject) => {
    const limits = { timeout: 120_000, maxBuffer: 256 * 1024 * 1024 };
    execFile("pulumi", args, { ...limits, env, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT") {
        const message = "the stack is asked through the Pulumi CLI, and there is no `pulumi` on the PATH";
        reject(new MsemError("MSEM_CONFIGURATION", message));
      } else {
        const said = stderr.trim().split("\n")[0] ?? "";
        reject(new MsemError("MSEM_CONFIGURATION", `\`pulumi ${args.join(" ")}\` failed: ${said}`));
      }
    });
  });
}
