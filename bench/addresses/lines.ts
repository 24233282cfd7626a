/** The lines of the suite of address sets. */
import { judged, type Line, milliseconds, times } from "../table.ts";
import type { Case, PeerName } from "./cases.ts";
import type { Contestant } from "./run.ts";

export interface Measured {
  readonly id: string;
  readonly size: number;
  /** How many answers ours gave. */
  readonly answers: number;
  /** Ours first. */
  readonly results: readonly Result[];
}

export interface Result {
  readonly contestant: Contestant;
  /** Milliseconds, the fastest: other work on the machine only adds to it. Warm is infinite after a single call. */
  readonly cold: number;
  readonly warm: number;
  readonly memoryMb: number;
  readonly peakMb: number;
  /** How its answer differs from ours. */
  readonly differs: string | undefined;
  readonly times: readonly (readonly number[])[];
}

/** MB that a call may add to its process. */
const memoryAim = 100;

export function caseLines(one: Case, all: readonly Measured[]): Line[] {
  const measured = all.filter(({ id }) => id === one.id);
  const largest = measured.at(-1);
  if (largest === undefined) return [];
  return [
    ...measured.flatMap((at) => ratioLines(one, at, at.size === one.sizes.at(-1))),
    ...absoluteLines(one, largest),
    ...(one.scales ? scaleLines(one, measured) : []),
  ];
}

function ratioLines(one: Case, { size, results }: Measured, judge: boolean): Line[] {
  const [ours, ...peers] = results as [Result, ...Result[]];
  return peers.flatMap((peer) =>
    (["cold", "warm"] as const)
      .filter((state) => Number.isFinite(peer[state]))
      .map((state) => {
        const aim = one.peers[peer.contestant as PeerName]?.[state];
        return judged({
          what: `${titled(one, size)}, ${state}, against ${peer.contestant}`,
          measured: `${milliseconds(ours[state])}; ${peer.contestant} ${milliseconds(peer[state])}${peer.differs === undefined ? "" : ", another answer"}`,
          figure: ours[state] / peer[state],
          unit: "×",
          aim: judge ? aim : undefined,
        });
      }),
  );
}

function absoluteLines(one: Case, { size, results }: Measured): Line[] {
  const [ours] = results as [Result];
  const line = (state: "cold" | "warm", other: "cold" | "warm", aim: number | undefined): Line[] =>
    aim === undefined
      ? []
      : [
          judged({
            what: `${titled(one, size)}, ${state}`,
            measured: `${other} ${milliseconds(ours[other])}`,
            figure: ours[state],
            unit: "ms",
            aim,
          }),
        ];
  return [...line("cold", "warm", one.coldMs), ...line("warm", "cold", one.warmMs)];
}

function scaleLines(one: Case, measured: readonly Measured[]): Line[] {
  const [before, last] = measured.slice(-2);
  if (before === undefined || last === undefined) return [];
  const [few, many] = [before.results[0] as Result, last.results[0] as Result];
  const grown = many.warm / few.warm;
  const allowed = (last.size * Math.log(last.size)) / (before.size * Math.log(before.size));
  return [
    judged({
      what: `${one.title}, growth from ${before.size} to ${last.size}, of that of n log n`,
      measured: `${milliseconds(few.warm)} to ${milliseconds(many.warm)}: ${times(grown)}; n log n ${times(allowed)}`,
      figure: grown / allowed,
      unit: "×",
      aim: 1,
    }),
    judged({
      what: `${titled(one, last.size)}, memory`,
      measured: `added to its process by the first call; the whole process ${many.peakMb.toFixed(0)} MB`,
      figure: many.memoryMb,
      unit: "MB",
      aim: memoryAim,
    }),
  ];
}

function titled(one: Case, size: number): string {
  return one.sizes.length === 1 ? one.title : `${one.title}, ${size}`;
}
