/** Advanced hunting's quota: a tenant may make at least 45 calls a minute, and all resources of a run share it. */
import { MsemError } from "../core/errors";

/** Calls that Microsoft documents as the least that a tenant may make in a minute. */
export const callsPerMinute = 45;
const windowMs = 60_000;

export interface Quota {
  /**
   * Returns when a call may be made, and counts it.
   *
   * @param limitMs how long it may take at most
   * @throws MSEM_THROTTLED when it would take longer
   */
  enter(limitMs: number): Promise<void>;
}

export interface QuotaOptions {
  /** @default 45 */
  readonly calls?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** At most so many calls in any 60 s. */
export function createQuota({ calls = callsPerMinute, now, sleep }: QuotaOptions): Quota {
  /** Times of calls that count, also of those that still wait for theirs. */
  let taken: number[] = [];
  return {
    async enter(limitMs) {
      const present = now();
      taken = taken.filter((at) => at > present - windowMs);
      const oldest = taken.at(-calls);
      const start = oldest === undefined ? present : Math.max(present, oldest + windowMs);
      const wait = start - present;
      if (wait > limitMs) {
        throw new MsemError(
          "MSEM_THROTTLED",
          `advanced hunting takes ${calls} calls a minute, and this one would have to wait ${seconds(wait)} s; the limit is ${seconds(limitMs)} s`,
          { hint: "Run it again in a minute, or watch fewer connectors in one run." },
        );
      }
      taken.push(start);
      if (wait > 0) await sleep(wait);
    },
  };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}

/** Of this process: all resources of a run wait in one row. */
export const sharedQuota: Quota = createQuota({
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
