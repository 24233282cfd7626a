/** Who holds a stack, as the CLI says it of file, S3, Azure Blob and Google Cloud Storage backends. */
import type { InFlight } from "./journal.ts";

export interface Lock {
  readonly host: string;
  /** Of the CLI. */
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Locks in the text of the CLI's refusal. Pulumi Cloud names none: an update there belongs to the service. */
export function locksIn(text: string): readonly Lock[] {
  return [...text.matchAll(/created by [^\n]*@(\S+) \(pid (\d+)\) at (\S+)/g)].map(([, host = "", pid, time = ""]) => ({
    host,
    pid: Number(pid),
    time: Date.parse(time),
  }));
}

/** Between the clocks of two machines; and a lock's time is in whole seconds. */
const toleranceMs = 2000;

/** True when all of them were taken by operations that the journal saw begin and never saw end. */
export function areOurs(locks: readonly Lock[], inFlight: readonly InFlight[]): boolean {
  const isOurs = ({ host, time }: Lock) =>
    inFlight.some(
      (one) =>
        one.host === host &&
        time >= Date.parse(one.startedDateTime) - toleranceMs &&
        time <= Date.parse(one.deadlineDateTime) + toleranceMs,
    );
  return locks.length > 0 && locks.every(isOurs);
}
