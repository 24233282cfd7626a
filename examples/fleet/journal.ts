/**
 * What a run leaves behind for the next one: a line for each operation that began and for each that ended. A run that is
 * killed leaves at most one torn line. The file holds no secrets and no addresses.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "./processes.ts";

const operationSchema = z.enum(["up", "preview", "destroy"]);

/** An operation that began, and may have the lock of its stack. */
const inFlightSchema = z.object({
  host: z.string(),
  startedDateTime: z.iso.datetime(),
  /** It was to be over, killed at the worst, by then. */
  deadlineDateTime: z.iso.datetime(),
});

const entrySchema = z.object({
  /** The operation that ended well last, if nothing was begun or seen since that puts it in doubt. */
  done: z.object({ operation: z.enum(["up", "destroy"]), revision: z.string() }).optional(),
  inFlight: z.array(inFlightSchema).default([]),
  /** A preview saw it, and no `up` has mended it since. */
  drifted: z.boolean().default(false),
});

const recordSchema = z.discriminatedUnion("event", [
  z.object({ event: z.literal("known"), tenant: z.string(), entry: entrySchema }),
  z.object({ event: z.literal("started"), tenant: z.string(), ...inFlightSchema.shape }),
  z.object({
    event: z.literal("ended"),
    tenant: z.string(),
    operation: operationSchema,
    revision: z.string(),
    status: z.enum(["ok", "drift", "refused", "failed", "interrupted", "timedOut"]),
    /** Somebody held the stack, so that this operation took no lock, and an older one of ours may be left. */
    locked: z.boolean().optional(),
  }),
]);

export type InFlight = z.infer<typeof inFlightSchema>;
export type Entry = z.infer<typeof entrySchema>;
type JournalRecord = z.infer<typeof recordSchema>;
type Ended = Extract<JournalRecord, { event: "ended" }>;

export interface Journal {
  entry(tenant: string): Entry;
  /** Tenants that it knows of. */
  tenants(): readonly string[];
  /** Before an operation that takes the lock of the stack. */
  started(tenant: string, inFlight: InFlight): void;
  ended(ended: Omit<Ended, "event">): void;
  close(): void;
}

const fileName = "journal.jsonl";
const header = '{"journal":"msem-fleet","version":1}';
const nothing: Entry = { inFlight: [], drifted: false };
/** Operations in a row that never ended and are remembered; one of them took the lock that is left. */
const remembered = 20;

/**
 * Opens the journal for this process alone, and shortens it to a line for each tenant.
 *
 * @throws when another process has it open, or when it is damaged
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  const lock = takeLock(join(folder, "journal.lock"));
  try {
    const file = join(folder, fileName);
    const entries = replay(readRecords(file));
    const known = [...entries].map(([tenant, entry]) => JSON.stringify({ event: "known", tenant, entry }));
    replaceFile(file, [header, ...known].join("\n"));
    const handle = openSync(file, "a");
    const append = (record: JournalRecord): void => {
      writeLine(handle, JSON.stringify(record));
      apply(entries, record);
    };
    return {
      entry: (tenant) => entries.get(tenant) ?? nothing,
      tenants: () => [...entries.keys()],
      started: (tenant, inFlight) => append({ event: "started", tenant, ...inFlight }),
      ended: (ended) => append({ event: "ended", ...ended }),
      close: () => {
        closeSync(handle);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** True when there is nothing left to do. */
export function isDone({ done }: Entry, operation: "up" | "destroy", revision: string): boolean {
  if (done?.operation !== operation) return false;
  return operation === "destroy" || done.revision === revision;
}

function readRecords(file: string): readonly JournalRecord[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const [first, ...lines] = text.split("\n");
  // What follows the last line break is empty, or the line that a killed run was writing.
  lines.pop();
  const damaged = (line: number): Error =>
    new Error(
      `${file}, line ${line}: not a record of this program's. Without the file all tenants are done anew, which is harmless, but locks of a run that was killed are not taken over`,
    );
  if (first !== header) throw damaged(1);
  return lines.map((line, index) => {
    const record = recordSchema.safeParse(jsonOf(line));
    if (!record.success) throw damaged(index + 2);
    return record.data;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function replay(records: readonly JournalRecord[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const record of records) apply(entries, record);
  return entries;
}

function apply(entries: Map<string, Entry>, record: JournalRecord): void {
  const before = entries.get(record.tenant) ?? nothing;
  entries.set(record.tenant, next(before, record));
}

function next(before: Entry, record: JournalRecord): Entry {
  if (record.event === "known") return record.entry;
  const { done, ...rest } = before;
  if (record.event === "started") {
    const { host, startedDateTime, deadlineDateTime } = record;
    return { ...rest, inFlight: [...before.inFlight, { host, startedDateTime, deadlineDateTime }].slice(-remembered) };
  }
  const { operation, revision, status, locked = false } = record;
  // A preview takes no lock and changes nothing; but what it saw is no longer done.
  if (operation === "preview") return status === "drift" ? { ...rest, drifted: true } : before;
  if (status === "ok") return { done: { operation, revision }, inFlight: [], drifted: false };
  if (locked) return { ...rest, inFlight: before.inFlight.slice(0, -1) };
  return { ...rest, inFlight: status === "interrupted" || status === "timedOut" ? before.inFlight : [] };
}

function replaceFile(file: string, text: string): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, "w");
  writeLine(handle, text);
  closeSync(handle);
  renameSync(fresh, file);
}

function writeLine(handle: number, text: string): void {
  writeSync(handle, `${text}\n`);
  fsyncSync(handle);
}

const lockSchema = z.object({ host: z.string(), pid: z.number() });

/** Two runs with one journal would each do what is left. A lock whose process is gone is taken over. */
function takeLock(file: string): { release(): void } {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = openSync(file, "wx");
      writeLine(handle, JSON.stringify({ host: hostname(), pid: process.pid }));
      closeSync(handle);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = lockSchema.safeParse(jsonOf(readFileSync(file, "utf8"))).data;
    // On another host its process cannot be seen; the folder was brought here from there.
    if (owner !== undefined && owner.host === hostname() && owner.pid !== process.pid && isAlive(owner.pid)) {
      throw new Error(
        `another run (process ${owner.pid}) works with ${file}; wait for it, or give --work another folder`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new Error(`another run is just taking ${file}`);
}
