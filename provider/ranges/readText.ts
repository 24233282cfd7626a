/** Reads a text file whole, and says plainly why it cannot. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { MsemError } from "../core/errors";

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell's `>` writes it.
 *
 * @param path as the user gave it; relative to the working directory, quoted in messages
 * @throws MsemError `MSEM_INVALID` when there is no such file, it may not be read, or it is not text
 */
export async function readText(path: string): Promise<string> {
  try {
    return textOf(path, await readFile(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** {@link readText} for a check, which may not wait. */
export function readTextSync(path: string): string {
  try {
    return textOf(path, readFileSync(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function textOf(path: string, bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (text === undefined) throw new MsemError("MSEM_INVALID", `${path}: this is not a text file`);
  return text;
}

function unreadable(path: string, error: unknown): MsemError {
  if (error instanceof MsemError) return error;
  return new MsemError("MSEM_INVALID", `${path}: ${reason(error)}`, { cause: error });
}

/** Text in UTF-8, or in UTF-16 with a byte order mark; undefined when it is neither. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  // Not `instanceof Error`: an error of Node's own may come from another realm than ours.
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown error";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EISDIR":
      return "this is a folder, not a file";
    case "EACCES":
    case "EPERM":
      return "it may not be read: permission denied";
    default:
      return `it cannot be read (${code})`;
  }
}
