/** Secrets from files: what a container or a CI runner mounts. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { MsemError } from "../core/errors";

/** Bytes. Far above any credential; a log or an archive that was named by mistake is not read into memory. */
export const fileLimit = 64 * 1024;

/**
 * What keeps a file from being read as a secret, as the end of a sentence (`does not exist`); undefined when nothing
 * does. Looks at the file, does not open it.
 *
 * @param folder that a relative path starts from; the process's unless told
 */
export function fileTrouble(path: string, folder = process.cwd()): string | undefined {
  try {
    const found = statSync(resolve(folder, path));
    return troubleOf(found.isFile(), found.size);
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * The text of a file, without one line break at its end.
 *
 * @throws MSEM_REFERENCE
 */
export function readSecretFile(path: string, folder: string): string {
  const { text, trouble } = attempt(resolve(folder, path));
  if (text !== undefined) return withoutLineBreak(text);
  throw new MsemError("MSEM_REFERENCE", `the file that fromFile names ${trouble}`, {
    hint: "A relative path starts from the folder of the Pulumi program.",
  });
}

/** Editors and `echo` put a line break at the end of a file, and commands at the end of what they print. */
export function withoutLineBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function attempt(path: string): { readonly text?: string; readonly trouble?: string } {
  let opened: number | undefined;
  try {
    // Judged by what was opened, so that nobody swaps it in between.
    opened = openSync(path, "r");
    const found = fstatSync(opened);
    const trouble = troubleOf(found.isFile(), found.size);
    return trouble === undefined ? { text: readFileSync(opened, "utf8") } : { trouble };
  } catch (error) {
    return { trouble: reasonOf(error) };
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function troubleOf(isFile: boolean, size: number): string | undefined {
  if (!isFile) return "is not a file";
  if (size === 0) return "is empty";
  return size > fileLimit ? `is ${size} bytes long; the limit is ${fileLimit}` : undefined;
}

function reasonOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown error";
  return code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `cannot be read (${code})`;
}
