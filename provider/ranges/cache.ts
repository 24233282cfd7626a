/**
 * Documents that were fetched, kept on disk: a preview and the `up` after it see the same list, and an unchanged file is
 * not sent again. Never a half file: written beside and renamed, and read only when its checksum is right.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Validators } from "../http/download";

export interface CacheEntry {
  /** Where the document was in the end; without query string. */
  readonly url: string;
  readonly validators: Validators;
  /** When it was last known to be the newest; ms since 1970. */
  readonly fetchedAt: number;
  readonly text: string;
}

export interface Cache {
  /** Undefined for what is not there, not whole, or not ours. */
  read(key: string): Promise<CacheEntry | undefined>;
  /** Rejects when the folder cannot be written. */
  write(key: string, entry: CacheEntry): Promise<void>;
}

/** The first line of a file; the document follows. */
interface Head {
  readonly format: number;
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly fetchedAt: number;
  readonly sha256: string;
}

const format = 1;

export function createCache(folder: string): Cache {
  const pathOf = (key: string): string => join(folder, `${sha256(key).slice(0, 32)}.ranges`);
  return {
    async read(key) {
      try {
        return parseEntry(await readFile(pathOf(key), "utf8"));
      } catch {
        return undefined;
      }
    },
    async write(key, { url, validators, fetchedAt, text }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const head: Head = { format, url, ...validators, fetchedAt, sha256: sha256(text) };
      await writeWhole(pathOf(key), `${JSON.stringify(head)}\n${text}`);
    },
  };
}

async function writeWhole(path: string, content: string): Promise<void> {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(content, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function parseEntry(content: string): CacheEntry | undefined {
  const end = content.indexOf("\n");
  if (end < 0) return undefined;
  const head = JSON.parse(content.slice(0, end)) as Partial<Head> | null;
  const text = content.slice(end + 1);
  if (head === null || head.format !== format || head.sha256 !== sha256(text)) return undefined;
  const { url, etag, lastModified, fetchedAt } = head;
  if (typeof url !== "string" || typeof fetchedAt !== "number") return undefined;
  const validators = {
    ...(typeof etag === "string" ? { etag } : {}),
    ...(typeof lastModified === "string" ? { lastModified } : {}),
  };
  return { url, validators, fetchedAt, text };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
