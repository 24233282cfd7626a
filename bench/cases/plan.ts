/** Plan 260 wanted prefixes against a list of 10,000 entries, most of them other people's. Pure: no network, no files. */

import { parsePrefix } from "../../provider/core/ip/index.ts";
import type { Capability } from "../../provider/core/targets/capability.ts";
import { type ObservedEntry, observedEntry } from "../../provider/core/targets/entries.ts";
import { planAllowlist, writesOf } from "../../provider/core/targets/plan.ts";

export interface PlanCase {
  readonly wanted: number;
  readonly observed: number;
  /** Milliseconds of each plan after the first few, which warm up. */
  readonly times: readonly number[];
  readonly medianMs: number;
  /** The aim. */
  readonly limitMs: number;
  /** The same in each round, and as many writes as the input asks for: else the time means nothing. */
  readonly right: boolean;
}

const wanted = 260;
const observed = 10_000;
const limitMs = 20;
const warmUp = 5;

const rows: Capability = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix"],
  granularity: { kind: "entry" },
  ownership: "mark",
  compartments: "whole",
  emptyMeans: "harmless",
  selfLockoutGuard: "none",
  maxEntries: 20_000,
  concurrency: "none",
  source: "made up",
  lastVerified: "never",
};

/** @param now a clock in milliseconds, such as `performance.now` */
export function planCase(now: () => number, rounds = 25): PlanCase {
  const prefixes = Array.from({ length: wanted }, (_, index) =>
    index % 10 === 0 ? `2001:db8:${index.toString(16)}::/48` : `198.18.${index >>> 1}.${(index & 1) * 128}/25`,
  );
  // Half of what is wanted is there, and as many of ours that are not wanted; the rest is others', not in order.
  const half = wanted / 2;
  const ours = [...prefixes.slice(0, half), ...Array.from({ length: half }, (_, index) => `198.19.${index}.0/24`)];
  const others = Array.from({ length: observed - wanted }, (_, index) => {
    const place = (index * 7_919) % 65_536;
    return `10.${place >>> 8}.${place & 255}.0/24`;
  });
  const entries: ObservedEntry[] = [
    ...others.map((text, index) => observedEntry(text, { id: `row-${index}`, marked: false })),
    ...ours.map((text, index) => observedEntry(text, { id: `ours-${index}`, marked: true })),
  ];
  const caller = parsePrefix("10.7.7.7/32");
  const request = {
    desired: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
    observed: { entries, enforced: { ipv4: true, ipv6: true } },
    owned: new Set<string>(),
    capability: rows,
    policy: {
      mode: "additive" as const,
      startEnforcement: false,
      adopt: false,
      caller: caller.ok ? [caller.value] : [],
    },
  };
  const times: number[] = [];
  let right = true;
  for (let round = 0; round < warmUp + rounds; round++) {
    const from = now();
    const plan = planAllowlist(request);
    if (round >= warmUp) times.push(now() - from);
    right &&= plan.refusals.length === 0 && writesOf(plan).length === wanted && plan.changes.length === observed + half;
  }
  const medianMs = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number;
  return { wanted, observed, times, medianMs, limitMs, right };
}
