/** The suite of address sets: ours beside the libraries that people use. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Suite, SuiteSettings } from "../suite.ts";
import { differenceOf } from "./answers.ts";
import { type Case, cases, type PeerName } from "./cases.ts";
import { caseLines, type Measured } from "./lines.ts";
import { installPeers } from "./peers.ts";
import { type Contestant, type Run, runContestant } from "./run.ts";

/** Fresh processes per contestant, and calls in each. A contestant whose call takes long makes fewer. */
const processes = 5;
const calls = 12;
/** Processes of a contestant that no aim is about, and of one whose first call takes longer than a second. */
const few = 2;
const slowMs = 1_000;

export const addressSuite: Suite = {
  name: "addresses",
  async measure(settings) {
    const { absent } = await installPeers(settings.signal);
    const remarks = [...absent].map(([name, why]) => `${name} did not take part: ${why}`);
    const measured: Measured[] = [];
    mkdirSync(".work", { recursive: true });
    const folder = mkdtempSync(resolve(".work", "bench-addresses-"));
    try {
      for (const one of cases) {
        for (const size of settings.quick ? one.sizes.slice(-1) : one.sizes) {
          const input = one.input(size);
          if (input === undefined) {
            remarks.push(`"${one.title}" was not measured: ${one.absent}`);
            continue;
          }
          const inputFile = join(folder, "input.json");
          writeFileSync(inputFile, JSON.stringify(input));
          measured.push(await measureCase(one, size, { ...settings, absent, folder, inputFile }));
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      heading: `Sets of addresses: the fastest of up to ${processes} fresh processes (cold) and of up to ${calls - 1} more calls in each (warm).`,
      lines: cases.flatMap((one) => caseLines(one, measured)),
      remarks: [...remarks, ...measured.flatMap(differences)],
      details: measured,
    };
  },
};

interface CaseSettings extends SuiteSettings {
  readonly absent: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly inputFile: string;
}

async function measureCase(one: Case, size: number, settings: CaseSettings): Promise<Measured> {
  const peers = (Object.keys(one.peers) as PeerName[]).filter(
    (name) => !settings.absent.has(name) && size <= (one.peers[name]?.upTo ?? size),
  );
  const contestants: readonly Contestant[] = ["ours", ...peers];
  const judged = (name: Contestant): boolean => {
    const aims = name === "ours" ? undefined : one.peers[name];
    return name === "ours" || aims?.cold !== undefined || aims?.warm !== undefined;
  };
  const runs = new Map<Contestant, Run[]>(contestants.map((name) => [name, []]));
  for (let round = 0; round < processes; round++) {
    // They take turns, so that what else the machine does hits all; who goes first changes.
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(turn + round) % contestants.length] as Contestant;
      const own = runs.get(contestant) as Run[];
      if (own.length >= few && (!judged(contestant) || (own[0]?.times[0] ?? 0) > slowMs)) continue;
      own.push(await runContestant({ contestant, id: one.id, calls, ...settings }));
    }
  }
  const [ours] = runs.get("ours") as [Run, ...Run[]];
  const results = contestants.map((contestant) => {
    const own = runs.get(contestant) as Run[];
    const differs = own
      .map(({ answer }) => differenceOf(one.answer, ours.answer, answer))
      .find((difference) => difference !== undefined);
    // A library that answers otherwise from process to process would be a fault of ours.
    if (contestant === "ours" && differs !== undefined) throw new Error(`our own answer changes: ${differs}`);
    return {
      contestant,
      cold: Math.min(...own.map(({ times }) => times[0] as number)),
      warm: Math.min(...own.flatMap(({ times }) => times.slice(1))),
      memoryMb: Math.max(...own.map(({ memoryMb }) => memoryMb)),
      peakMb: Math.max(...own.map(({ peakMb }) => peakMb)),
      differs,
      times: own.map(({ times }) => times),
    };
  });
  const shown = (ms: number): string => (Number.isFinite(ms) ? ms.toFixed(1) : "–");
  const took = results.map(({ contestant, cold, warm }) => `${contestant} ${shown(cold)}/${shown(warm)} ms`);
  settings.say(`${one.title}, ${size}, cold/warm: ${took.join(", ")}`);
  return { id: one.id, size, answers: ours.answer.length, results };
}

function differences({ id, size, results }: Measured): string[] {
  return results
    .filter(({ differs }) => differs !== undefined)
    .map(({ contestant, differs }) => `${contestant}, ${id} of ${size}: ${differs}`);
}
