/** Streams and files for commands that run inside the test. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandIo } from "../../provider/cli/output";

export const fixtures = join(__dirname, "../fixtures/servicetags");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with captured streams; `terminal` makes stdout one that a person looks at. */
export async function capture(
  run: (io: CommandIo) => Promise<number>,
  options: { terminal?: boolean; env?: Record<string, string> } = {},
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const code = await run({
    stdout: {
      isTTY: options.terminal === true,
      write: (text) => {
        written.stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        written.stderr += text;
      },
    },
    env: options.env ?? {},
  });
  return { code, ...written };
}

/** A folder of the test's own. Texts that mention it are compared without it. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), "msem-cli-"));
  return {
    folder,
    write: (name: string, content: string): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    /** Output with the folders of this machine taken out, for comparing as prose. */
    plain: (text: string): string => text.replaceAll(`${folder}/`, "").replaceAll(`${fixtures}/`, ""),
    remove: (): void => rmSync(folder, { recursive: true, force: true }),
  };
}
