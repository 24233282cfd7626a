import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { SetupError } from "./run.mjs";

/** A holder shows every 5 s that it lives; a lock without a sign for 2 minutes is taken over. */
const TOUCH_MS = 5_000;
const SILENT_MS = 120_000;
/** Longer than the longest work done under a lock (a Go build may take 20 minutes). */
const WAIT_MS = 45 * 60_000;

/** @typedef {{ pid: number, host: string, token: string }} Owner */

/**
 * Does work that only one process of this machine may do at a time. Others wait until the holder has ended, orderly or
 * not: a lock whose process is dead counts as free at once.
 *
 * The lock is a folder that is renamed into place with its owner's file already in it, so that none is ever without an
 * owner. The age of the folder matters beside the process id, because a cache may be shared by containers, where ids
 * mean nothing, and because ids are reused.
 *
 * @template T
 * @param {string} lock Path of the lock folder; its parent is made.
 * @param {{ waiting?: (owner: Owner) => void, signal?: AbortSignal, pollMs?: number }} options `waiting` is called once
 *   when another process holds the lock. `pollMs`: how often to look, default 250 ms.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {SetupError} when it was interrupted or the lock did not become free within 45 minutes.
 */
export async function withLock(lock, options, work) {
  const { waiting, signal, pollMs = 250 } = options;
  await mkdir(path.dirname(lock), { recursive: true });
  const started = Date.now();
  let told = false;
  const token = randomUUID();
  while (!(await take(lock, token))) {
    const owner = await readOwner(lock);
    if (owner && (await isStale(lock, owner))) {
      await breakLock(lock, owner);
      continue;
    }
    if (owner && !told) {
      told = true;
      waiting?.(owner);
    }
    if (signal?.aborted) throw new SetupError("Interrupted.");
    if (Date.now() - started > WAIT_MS) {
      throw new SetupError(
        `Another set-up (process ${owner?.pid}) has held ${lock} for over 45 minutes. End it, or remove that folder.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {});
  }, TOUCH_MS);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await readOwner(lock))?.token === token) await remove(lock);
  }
}

/**
 * @param {string} lock
 * @param {string} token
 * @returns {Promise<boolean>} False when another process holds it.
 */
async function take(lock, token) {
  const candidate = `${lock}.${token}`;
  await mkdir(candidate);
  try {
    /** @type {Owner} */
    const owner = { pid: process.pid, host: hostname(), token };
    await writeFile(path.join(candidate, "owner.json"), JSON.stringify(owner));
    await rename(candidate, lock);
    return true;
  } catch (error) {
    await rm(candidate, { recursive: true, force: true });
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    // What Windows says instead; elsewhere it means a folder that may not be written to.
    if (process.platform === "win32" && (code === "EPERM" || code === "EACCES")) return false;
    throw error;
  }
}

/**
 * @param {string} lock
 * @returns {Promise<Owner | undefined>} Undefined when it has just been released.
 */
async function readOwner(lock) {
  try {
    return JSON.parse(await readFile(path.join(lock, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} lock
 * @param {Owner} owner
 * @returns {Promise<boolean>}
 */
async function isStale(lock, owner) {
  if (owner.host === hostname() && !isAlive(owner.pid)) return true;
  try {
    return Date.now() - (await stat(lock)).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Takes a stale lock away. Renaming decides between several processes that try at once; should the lock have changed
 * hands in between, it is put back.
 *
 * @param {string} lock
 * @param {Owner} judged The owner found stale.
 */
async function breakLock(lock, judged) {
  const grave = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, grave);
  } catch {
    return; // another process was faster
  }
  if ((await readOwner(grave))?.token === judged.token) await rm(grave, { recursive: true, force: true });
  else await rename(grave, lock).catch(() => rm(grave, { recursive: true, force: true }));
}

/**
 * Removes a lock in one step: a folder emptied first could be renamed onto by the next owner, and its lock be lost.
 *
 * @param {string} lock
 */
async function remove(lock) {
  const grave = `${lock}.${randomUUID()}`;
  await rename(lock, grave).catch(() => {});
  await rm(grave, { recursive: true, force: true });
}
