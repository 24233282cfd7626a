/** Situations to plan for: shapes of capability, lists as observed, and what is wanted. */
import { type Prefix, parsePrefix } from "../../../provider/core/ip/index";
import type { Capability } from "../../../provider/core/targets/capability";
import { type ObservedAllowlist, type ObservedEntry, observedEntry } from "../../../provider/core/targets/entries";
import { type Plan, type Policy, planAllowlist, writesOf } from "../../../provider/core/targets/plan";

export const whole: Capability = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix", "range", "single"],
  granularity: { kind: "list" },
  ownership: "state",
  compartments: "family",
  emptyMeans: "open",
  selfLockoutGuard: "server",
  concurrency: "none",
  source: "made up",
  lastVerified: "never",
};
export const rows: Capability = {
  ...whole,
  granularity: { kind: "entry" },
  ownership: "mark",
  compartments: "whole",
  emptyMeans: "harmless",
};
export const lists: Capability = {
  ...rows,
  families: ["ipv4"],
  granularity: { kind: "lists", entriesPerList: 2, lists: 3 },
  ownership: "list",
};

export interface Situation {
  readonly capability?: Capability;
  readonly desired?: readonly string[];
  readonly entries?: readonly ObservedEntry[];
  readonly enforced?: ObservedAllowlist["enforced"];
  readonly lists?: ObservedAllowlist["lists"];
  readonly owned?: readonly string[];
  readonly policy?: Partial<Omit<Policy, "caller">> & { readonly caller?: readonly string[] };
}

export function planOf({
  capability = whole,
  desired = [],
  entries = [],
  owned = [],
  policy = {},
  ...more
}: Situation): Plan {
  const { caller = [], ...rest } = policy;
  const has = (family: string) => entries.some(({ block }) => block?.interval.family === family);
  return planAllowlist({
    desired: Object.fromEntries(desired.map((text) => [text, "Scuba 31"])),
    observed: {
      entries,
      enforced: more.enforced ?? { ipv4: has("ipv4"), ipv6: has("ipv6") },
      ...(more.lists === undefined ? {} : { lists: more.lists }),
    },
    owned: new Set(owned),
    capability,
    policy: { mode: "additive", startEnforcement: false, adopt: false, caller: caller.map(prefixOf), ...rest },
    listName: (ordinal) => `msem lab/prod/scuba ${ordinal}`,
  });
}

export function prefixOf(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** `192.0.2.0/32` and so on. */
export const some = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `192.0.${2 + ((from + index) >>> 8)}.${(from + index) & 255}/32`);
export const entriesOf = (
  texts: readonly string[],
  more: Omit<ObservedEntry, "text" | "block"> = {},
): ObservedEntry[] => texts.map((text, index) => observedEntry(text, { id: `row-${index}-${text}`, ...more }));
export const codes = ({ refusals }: Plan): string[] => refusals.map(({ code }) => code);
export const writes = (plan: Plan): string[] => writesOf(plan).map(({ verb, block }) => `${verb} ${block.text}`);
