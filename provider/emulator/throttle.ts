/** A limit of calls per window of time, for the whole tenant. */
import type { Clock } from "./clock";
import { ApiProblem } from "./problem";

export interface Throttle {
  /** Calls that one window lets through. */
  readonly requests: number;
  /** Length of a window in seconds of the emulator's clock. */
  readonly perSeconds: number;
}

/** Returns what each call goes through. It throws ApiProblem 429 with Retry-After once the window is full. */
export function createThrottle(throttle: Throttle | undefined, clock: Clock): () => void {
  if (throttle === undefined) return () => undefined;
  let start = Number.NEGATIVE_INFINITY;
  let count = 0;
  return () => {
    const now = clock.now().getTime();
    const length = throttle.perSeconds * 1000;
    if (now >= start + length) {
      start = now;
      count = 0;
    }
    count += 1;
    if (count <= throttle.requests) return;
    const seconds = Math.max(1, Math.ceil((start + length - now) / 1000));
    throw new ApiProblem(
      429,
      "TooManyRequests",
      `More than ${throttle.requests} calls in ${throttle.perSeconds} s; try again in ${seconds} s.`,
      {
        headers: { "retry-after": String(seconds) },
      },
    );
  };
}
