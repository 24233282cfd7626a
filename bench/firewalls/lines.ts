/** The lines of the suite of firewall configurations. */
import { judged, type Line, milliseconds } from "../table.ts";
import type { CommandTimes } from "./command.ts";
import type { Generator } from "./generators.ts";
import type { Contestant } from "./run.ts";

export interface Result {
  readonly contestant: Contestant;
  /** Milliseconds, the fastest call of all processes. */
  readonly ms: number;
  readonly peakMb: number;
}

export interface Measured {
  readonly id: string;
  readonly kind: Generator["kind"];
  readonly size: number;
  readonly bytes: number;
  /** Ours first. */
  readonly results: readonly Result[];
  /** `msem check` of it, and of a small one. Only at the largest size. */
  readonly commands?: { readonly large: CommandTimes; readonly small: CommandTimes };
}

/** Ours is to take at most so many times … */
const aims = {
  text: { fwshift: 0.15, split: 15 },
  xml: { fwshift: 0.9, split: undefined },
} as const;
/** Objects of a small configuration. */
export const smallObjects = 100;
/** Ten times the objects may take so many times the time. */
const growthAim = 12;
const command = { largeMs: 2_000, largeMb: 500, small: 3 } as const;

export function formatLines(measured: readonly Measured[], judgedSize: number): Line[] {
  return [
    ...measured.map(speedLine),
    ...measured.flatMap((one) => ratioLines(one, one.size === judgedSize)),
    ...measured.slice(1).map((one, at) => growthLine(measured[at] as Measured, one)),
    ...measured.flatMap(commandLines),
  ];
}

const titled = ({ id, size }: Measured): string => `${id}, ${size} objects`;
const oursOf = ({ results }: Measured): Result => results[0] as Result;

function speedLine(one: Measured): Line {
  const { ms, peakMb } = oursOf(one);
  const megabytes = one.bytes / 1e6;
  return judged({
    what: titled(one),
    measured: `${megabytes.toFixed(2)} MB, ${(megabytes / (ms / 1000)).toFixed(0)} MB/s; peak of the process ${peakMb.toFixed(0)} MB`,
    figure: ms,
    unit: "ms",
  });
}

function ratioLines(one: Measured, judge: boolean): Line[] {
  const ours = oursOf(one);
  return one.results.slice(1).map(({ contestant, ms, peakMb }) => {
    const aim = contestant === "fwshift" || contestant === "split" ? aims[one.kind][contestant] : undefined;
    return judged({
      what: `${titled(one)}, against ${contestant === "split" ? "read + split" : contestant}`,
      measured: `${milliseconds(ours.ms)}; ${milliseconds(ms)}, peak ${peakMb.toFixed(0)} MB`,
      figure: ours.ms / ms,
      unit: "×",
      aim: judge ? aim : undefined,
    });
  });
}

function growthLine(few: Measured, many: Measured): Line {
  const grown = oursOf(many).ms / oursOf(few).ms;
  return judged({
    what: `${many.id}, growth from ${few.size} to ${many.size}`,
    measured: `${milliseconds(oursOf(few).ms)} to ${milliseconds(oursOf(many).ms)}`,
    figure: grown,
    unit: "×",
    aim: growthAim,
  });
}

function commandLines(one: Measured): Line[] {
  if (one.commands === undefined) return [];
  const { large, small } = one.commands;
  const beside = ({ nodeMs, peakMb }: CommandTimes): string =>
    `\`node -e 0\` ${milliseconds(nodeMs)}; peak of the process ${peakMb.toFixed(0)} MB`;
  const what = `msem check, ${titled(one)}`;
  return [
    judged({ what, measured: beside(large), figure: large.ms, unit: "ms", aim: command.largeMs }),
    judged({
      what: `${what}, memory`,
      measured: "the whole process",
      figure: large.peakMb,
      unit: "MB",
      aim: command.largeMb,
    }),
    judged({
      what: `msem check, ${one.id}, ${smallObjects} objects, against \`node -e 0\``,
      measured: `${milliseconds(small.ms)}; ${beside(small)}`,
      figure: small.ms / small.nodeMs,
      unit: "×",
      aim: command.small,
    }),
  ];
}
