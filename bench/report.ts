/** The lines of the engine suite. */
import type { ContestantName } from "./contestants.ts";
import type { ImportTimes } from "./imports.ts";
import type { TimedOperation } from "./protocol.ts";
import { type Measured, timeOf } from "./rounds.ts";
import { judged, kilobytes, type Line, milliseconds, seconds, times } from "./table.ts";

const operations: readonly TimedOperation[] = ["up", "preview", "refresh", "destroy"];
const titles: Readonly<Record<TimedOperation, string>> = {
  up: "up",
  preview: "no-op preview",
  refresh: "refresh",
  destroy: "destroy",
};
const aims: Readonly<Partial<Record<TimedOperation, number>>> = { up: 1.5, preview: 1.15 };
const growthAim = 1.3;

export function ratioLines(measured: Measured): Line[] {
  return operations.map((operation) => {
    const [ours, trivial, floor] = (["connectors", "trivial", "floor"] as const).map((name) =>
      timeOf(measured, name, operation),
    ) as [number, number, number];
    return judged({
      what: `${titles[operation]}, ${measured.count} connectors`,
      measured: `${seconds(ours)}; trivial ${seconds(trivial)}; floor ${seconds(floor)} (${times(ours / floor)})`,
      figure: ours / trivial,
      unit: "×",
      aim: aims[operation],
    });
  });
}

export function stateLines({ state }: Measured): Line[] {
  const { file, entry, inputs, outputs, provider } = state;
  return [
    judged({
      what: "state per connector",
      measured: `file on disk ÷ connectors; ${kilobytes(entry)} of it the connector's own entry`,
      figure: file / 1000,
      unit: "KB",
      aim: 3,
    }),
    judged({
      what: "inputs and outputs in it",
      measured: `inputs ${kilobytes(inputs)}, outputs ${kilobytes(outputs)}`,
      figure: (inputs + outputs) / 1000,
      unit: "KB",
      aim: 1.6,
    }),
    judged({ what: "`__provider`", measured: "the longest", figure: provider, unit: "bytes", aim: 100 }),
  ];
}

export function importLines({ sdk, ours, runtime, client }: ImportTimes): Line[] {
  return [
    judged({
      what: "import of pulumi-msem",
      measured: `${milliseconds(ours)}; @pulumi/pulumi alone ${milliseconds(sdk)}`,
      figure: ours / sdk,
      unit: "×",
      aim: 1.3,
    }),
    judged({
      what: "provider process: load the runtime",
      measured: `and ${milliseconds(client)} more before the first call to the service`,
      figure: runtime,
      unit: "ms",
    }),
  ];
}

/** Time per connector among many, as a multiple of that among few. */
export function growthLines(few: Measured, many: Measured): Line[] {
  return operations.map((operation) => {
    const growth = (name: ContestantName): number =>
      timeOf(many, name, operation) / many.count / (timeOf(few, name, operation) / few.count);
    const each = (measured: Measured): string =>
      `${milliseconds(timeOf(measured, "connectors", operation) / measured.count)}`;
    const [figure, engine] = [growth("connectors"), growth("trivial")];
    const line = judged({
      what: `${titles[operation]}, per connector at ${many.count} against ${few.count}`,
      measured: `${each(many)} against ${each(few)}; the trivial provider grows ${times(engine)}`,
      figure,
      unit: "×",
      aim: growthAim,
    });
    // What grows as fast without our provider is the engine's.
    return line.verdict === "missed" && figure <= engine * 1.05 ? { ...line, verdict: "engine" } : line;
  });
}
