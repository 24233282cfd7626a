/** Rounds of engine operations in which the contestants take turns, so that what else the machine does hits all. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { type Contestant, type ContestantName, openContestant } from "./contestants.ts";
import type { TimedOperation } from "./protocol.ts";
import { measureState, type StateSize } from "./state.ts";
import { median } from "./statistics.ts";

export interface RoundSettings {
  readonly names: readonly ContestantName[];
  readonly count: number;
  readonly rounds: number;
  /** Previews per round: the aim is the tightest, and a preview changes nothing. */
  readonly previews: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Milliseconds of all rounds, per contestant and operation. */
export type Times = Readonly<Partial<Record<ContestantName, Readonly<Record<TimedOperation, readonly number[]>>>>>;

export interface Measured {
  readonly count: number;
  readonly times: Times;
  /** Of the connectors, after the first `up`. */
  readonly state: StateSize;
}

/** @throws Error when an operation failed or did not do its work: a fast failure must not count. */
export async function measureRounds(settings: RoundSettings): Promise<Measured> {
  const { names, count, rounds, previews, say } = settings;
  const times = Object.fromEntries(
    names.map((name) => [name, { up: [], preview: [], refresh: [], destroy: [] } as Record<TimedOperation, number[]>]),
  );
  let state: StateSize | undefined;
  for (let round = 1; round <= rounds; round += 1) {
    await inFolder(async (folder) => {
      const open = new Map<ContestantName, Contestant>();
      try {
        for (const name of names)
          open.set(name, await openContestant(name, { folder, count, signal: settings.signal }));
        const operations = ["up", ...Array<"preview">(previews).fill("preview"), "refresh", "destroy"] as const;
        for (const [index, operation] of operations.entries()) {
          const took: string[] = [];
          // Who goes first changes, so that no contestant always follows the same one.
          for (const [name, contestant] of rotated([...open], index + round)) {
            const ms = await contestant.measure(operation);
            times[name]?.[operation].push(ms);
            took.push(`${name} ${(ms / 1000).toFixed(2)} s`);
            if (operation === "up" && name === "connectors") state ??= measureState(contestant.stateFile(), count);
          }
          say(`${count} resources, round ${round} of ${rounds}, ${operation}: ${took.join(", ")}`);
        }
      } finally {
        for (const contestant of open.values()) await contestant.close();
      }
    });
  }
  if (state === undefined) throw new Error("the connectors were not among the contestants");
  return { count, times, state };
}

/** Milliseconds: the median of all rounds. */
export function timeOf({ times }: Measured, name: ContestantName, operation: TimedOperation): number {
  return median(times[name]?.[operation] ?? []);
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(".work", { recursive: true });
  const folder = mkdtempSync(resolve(".work", "bench-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
