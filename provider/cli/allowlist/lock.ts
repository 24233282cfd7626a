/**
 * One run at a time on a state file. The lock is a file beside it that its holder touches while it lives: it counts no
 * longer when the holder's process is gone, or when nobody has touched it for a minute (another machine crashed).
 */
import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { MsemError } from "../../core/errors";
import { codeOf } from "./stateFile";

/** A lock that nobody has touched for so long is stale. */
export const staleMs = 60_000;
const touchMs = 10_000;
/** Attempts to take over a stale lock; losing each of them means that others are faster. */
const mostAttempts = 3;

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs an action while holding the lock.
 *
 * @throws MSEM_CONFLICT when somebody else holds it
 */
export async function locked<Result>(stateFile: string, action: () => Promise<Result>): Promise<Result> {
  const file = `${stateFile}.lock`;
  const token = await take(file);
  const timer = setInterval(() => {
    const now = new Date();
    // A lock that cannot be touched goes stale; a run is over long before that.
    utimes(file, now, now).catch(() => undefined);
  }, touchMs);
  timer.unref();
  try {
    return await action();
  } finally {
    clearInterval(timer);
    if ((await holderOf(file))?.token === token) await rm(file, { force: true });
  }
}

async function take(file: string): Promise<string> {
  const token = randomUUID();
  for (let attempt = 1; ; attempt++) {
    if (await create(file, { token, pid: process.pid, host: hostname() })) return token;
    const holder = await holderOf(file);
    const age = await ageOf(file);
    if (age === undefined) continue;
    if (attempt === mostAttempts || !isStale(holder, age)) throw held(file, holder, age);
    await setAside(file, holder);
  }
}

async function create(file: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(holder));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new MsemError("MSEM_INVALID", `the lock file ${file} cannot be written (${codeOf(error)})`, {
      hint: "The folder of the state file must exist and be one that can be written.",
      cause: error,
    });
  }
}

/** Between the look and the move somebody may have taken the lock over: then theirs is put back. */
async function setAside(file: string, judged: Holder | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await holderOf(aside))?.token !== judged?.token) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Undefined for a lock that is not written to its end, or not there. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    const { token, pid, host } = json as Partial<Holder>;
    if (typeof token !== "string" || typeof pid !== "number" || typeof host !== "string") return undefined;
    return { token, pid, host };
  } catch {
    return undefined;
  }
}

async function ageOf(file: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

function isStale(holder: Holder | undefined, age: number): boolean {
  if (age > staleMs) return true;
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) !== "ESRCH";
  }
}

function held(file: string, holder: Holder | undefined, age: number): MsemError {
  const who = holder === undefined ? "another run" : `process ${holder.pid} on ${holder.host}`;
  return new MsemError(
    "MSEM_CONFLICT",
    `${who} works with this state file (lock ${file}, touched ${Math.round(age / 1000)} s ago)`,
    {
      hint: `Wait until it is done. A lock whose process is gone is taken over at once, any other after ${staleMs / 1000} s.`,
    },
  );
}
