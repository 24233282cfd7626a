/** Secrets from commands: a password manager, a vault's own client. What they print is never shown, error or not. */
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { MsemError } from "../core/errors";
import { withoutLineBreak } from "./file";

/** Bytes that a command may print. */
export const outputLimit = 64 * 1024;

/**
 * Runs a program without a shell, and gives what it prints on its standard output, without one line break at its end.
 * Its standard input is empty, and what it says on standard error is dropped: a password manager may print there what
 * it was asked for.
 *
 * @throws MSEM_REFERENCE with the program's name and exit code, and nothing that it printed
 */
export async function runForSecret(
  [program = "", ...args]: readonly string[],
  { folder, limitMs }: { readonly folder: string; readonly limitMs: number },
): Promise<string> {
  // Arguments may hold more than a person wants to see in a log: only the program is named.
  const name = `the command "${basename(program)}" of fromCommand`;
  const ownGroup = process.platform !== "win32";
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
    // So that what it started itself ends with it at the deadline.
    detached: ownGroup,
  });
  const stop = (): void => {
    child.stdout.destroy();
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      if (ownGroup) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  };
  const chunks: Buffer[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string, hint: string): void =>
        reject(new MsemError("MSEM_REFERENCE", `${name} ${what}`, { hint }));
      timer = setTimeout(() => {
        fail(`did not end within ${limitMs / 1000} s`, "It gets no input: sign in to it before `pulumi` runs.");
      }, limitMs);
      child.once("error", (error: NodeJS.ErrnoException) => {
        const code = error.code ?? "unknown error";
        fail(`cannot be started (${code})`, "It is run without a shell: the program's own name or path comes first.");
      });
      child.stdout.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length <= outputLimit) chunks.push(chunk);
        else fail(`printed more than ${outputLimit} bytes`, "It has to print the secret and nothing else.");
      });
      child.once("close", (code, signal) => {
        if (code === 0) resolve();
        else fail(`ended with ${signal ?? `exit code ${code}`}`, "Run it by hand where `pulumi` runs, to see why.");
      });
    });
  } finally {
    clearTimeout(timer);
    stop();
  }
  return withoutLineBreak(Buffer.concat(chunks).toString("utf8"));
}
