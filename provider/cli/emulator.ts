/** `msem emulator`: an emulated tenant on this machine. */
import { Command, InvalidArgumentError } from "commander";
import { type EmulatorCommandHost, type EmulatorCommandOptions, runEmulator } from "../emulator/run";

/** The sub-command of `msem`. Sets the exit code of the process. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("Run an emulated Exposure Management tenant on this machine. It is not the Microsoft service.")
    .option("--port <number>", "port to listen on at 127.0.0.1; 0 is any free one", parsePort, 0)
    .option("--state <file>", "keep the tenant and its tokens in this file over a restart")
    .option("--faults", "enable the routes under /__admin: faults and changes behind the clients' backs")
    .option("--json", "print one line of JSON with the URL and a token for each role")
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  msem emulator                             any free port, nothing is kept",
        "  msem emulator --port 8080 --state t.json  the same tenant and tokens at every start",
        "  msem emulator --json --faults             for scripts and tests",
        "",
        "Stops on SIGINT and SIGTERM. The log goes to the standard error: method, path, status, request id.",
      ].join("\n"),
    )
    .action(async (options: EmulatorCommandOptions) => {
      process.exitCode = await runEmulator(options, processHost());
    });
}

function processHost(): EmulatorCommandHost {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    stopped: () =>
      new Promise((resolve) => {
        process.once("SIGINT", () => resolve());
        process.once("SIGTERM", () => resolve());
      }),
  };
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return port;
}
