/** The suite of firewall configurations: every format that has a generator, beside the tools that people use. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeDifference, differenceOf, opinionOf, policyOf } from "../opinions/fwshift.ts";
import type { Suite, SuiteSettings } from "../suite.ts";
import { timeCommand } from "./command.ts";
import { type Generator, generators, prefixesOf } from "./generators.ts";
import { formatLines, type Measured, smallObjects } from "./lines.ts";
import { firewalls, ip } from "./ours.ts";
import { installPeers, type PeerName, peerNames } from "./peers.ts";
import { type Contestant, dialectOf, type Input, type Run, runContestant } from "./run.ts";

const sizes = [1_000, 10_000, 100_000] as const;
const quickSizes = [1_000, 10_000] as const;
/** Fresh processes per contestant, and calls in each; a contestant whose call takes longer than `slowMs` makes one. */
const processes = 3;
const calls = 10;
const slowMs = 1_500;

export const firewallSuite: Suite = {
  name: "firewalls",
  async measure(settings) {
    const absent = await installPeers(settings.signal);
    const remarks = [...absent].map(([name, why]) => `${name} did not take part: ${why}`);
    const known = generators.filter(({ id }) => firewalls.formats.some((format) => format.id === id));
    const without = firewalls.formats.filter(({ id }) => known.every((one) => one.id !== id)).map(({ id }) => id);
    if (without.length > 0) remarks.push(`without a generator, and not measured: ${without.join(", ")}`);
    mkdirSync(".work", { recursive: true });
    const folder = mkdtempSync(resolve(".work", "bench-firewalls-"));
    const chosen = settings.quick ? quickSizes : sizes;
    const largest = chosen.at(-1) as number;
    const measured: Measured[] = [];
    try {
      for (const generator of known) {
        for (const size of chosen) {
          const { result, remarks: more } = await measureSize(generator, size, largest, folder, absent, settings);
          measured.push(result);
          remarks.push(...more);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      heading: `Firewall configurations: read, parsed and one list resolved; the fastest of up to ${processes} processes and ${calls} calls in each. Of the peers only fwshift resolves groups; programs are charged without their start.`,
      lines: known.flatMap(({ id }) =>
        formatLines(
          measured.filter((one) => one.id === id),
          largest,
        ),
      ),
      remarks,
      details: measured,
    };
  },
};

async function measureSize(
  generator: Generator,
  size: number,
  largest: number,
  folder: string,
  absent: ReadonlyMap<PeerName, string>,
  { signal, say }: SuiteSettings,
): Promise<{ result: Measured; remarks: string[] }> {
  const { text, list } = generator.generate(size);
  const file = join(folder, `${generator.id}.cfg`);
  writeFileSync(file, text);
  const input: Input = { generator, file, list, folder, calls, signal };
  const contestants: readonly Contestant[] = [
    "ours",
    "split",
    ...peerNames.filter((name) => !absent.has(name) && dialectOf(name, generator) !== undefined),
  ];
  const runs = new Map<Contestant, Run[]>(contestants.map((name) => [name, []]));
  for (let round = 0; round < processes; round++) {
    // They take turns, so that what else the machine does hits all; who goes first changes.
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(turn + round) % contestants.length] as Contestant;
      const own = runs.get(contestant) as Run[];
      if ((own[0]?.times[0] ?? 0) > slowMs) continue;
      own.push(await runContestant(contestant, input));
    }
  }
  const answer = ((runs.get("ours") as Run[])[0] as Run).answer ?? [];
  // What is expected comes from the generator: a reading that is fast because it read less must not count.
  const expected = ip.parseSet(prefixesOf(size)).set;
  if (!ip.equalSets(ip.parseSet(answer).set, expected)) {
    throw new Error(`${generator.id} of ${size}: our own reading of ${list} is not what was generated`);
  }
  const lost = contestants.filter((name) => (runs.get(name) as Run[]).some((run) => run.lost === true));
  const results = contestants.flatMap((contestant) => {
    const own = runs.get(contestant) as Run[];
    if (lost.includes(contestant)) return [];
    return {
      contestant,
      ms: Math.min(...own.flatMap(({ times }) => times)),
      peakMb: Math.max(...own.map(({ peakMb }) => peakMb)),
    };
  });
  const commands =
    size === largest
      ? {
          large: await timeCommand(generator, size, folder, 3, signal),
          small: await timeCommand(generator, smallObjects, folder, 10, signal),
        }
      : undefined;
  say(
    `${generator.id}, ${size}: ${results.map(({ contestant, ms }) => `${contestant} ${ms.toFixed(1)} ms`).join(", ")}`,
  );
  const { id, kind } = generator;
  const result = {
    id,
    kind,
    size,
    bytes: Buffer.byteLength(text),
    results,
    ...(commands === undefined ? {} : { commands }),
  };
  const said = lost.map((name) => `${name}, ${id} of ${size}: its work is lost in the time that it takes to start`);
  return { result, remarks: [...said, ...(await compared(input, answer, absent))] };
}

/** What fwshift takes the list to be, beside our answer. */
async function compared(
  { generator, file, list, signal }: Input,
  answer: readonly string[],
  absent: ReadonlyMap<PeerName, string>,
): Promise<string[]> {
  if (generator.fwshift === undefined || absent.has("fwshift")) return [];
  const opinion = opinionOf(await policyOf(file, generator.fwshift, signal), list);
  if (opinion === undefined) return [`fwshift, ${generator.id}: it knows no list ${list}`];
  const difference = differenceOf(answer, opinion);
  return difference === undefined ? [] : [`fwshift, ${generator.id}, ${list}: ${describeDifference(difference)}`];
}
