/** Time as the emulator sees it: injected, so that a test need not wait for an operation to end. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is told otherwise. */
export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void;
  set(time: Date): void;
}

/** @param start where it stands at first; default 2026-11-01T00:00:00Z. */
export function manualClock(start: Date = new Date("2026-11-01T00:00:00Z")): ManualClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
    set: (next) => {
      time = next.getTime();
    },
  };
}
