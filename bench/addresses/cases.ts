/** What is measured, against whom and with which aim. A new case is an entry here and a task in tasks/. */
import { existsSync, readFileSync } from "node:fs";
import { makeLists, makePlan, makeWeeks } from "./inputs.ts";

/** Modules in tasks/ by name. `python` are the libraries of tasks/python.py. */
export type PeerName = "cidr-tools" | "fast-cidr-tools" | "netaddr" | "ipaddress" | "JSON.parse";

export interface PeerAims {
  /** Takes part up to this size; slower than that it would only cost time. Default: all sizes. */
  readonly upTo?: number;
  /** At the largest size, ours is to take at most so many times the peer's time: in the first call of a process … */
  readonly cold?: number;
  /** … and in later ones. */
  readonly warm?: number;
}

export interface Case {
  /** The task's name in the modules. */
  readonly id: string;
  readonly title: string;
  readonly sizes: readonly number[];
  /** What the task gets, as JSON. Undefined: it cannot be measured here, and `absent` says why. */
  input(size: number): unknown;
  readonly absent?: string;
  /** How answers are compared: as sets of prefixes in canonical text, or one by one. */
  readonly answer: "prefixes" | "list";
  readonly peers: Readonly<Partial<Record<PeerName, PeerAims>>>;
  /** Ours is to take at most so many milliseconds in the first call, at the largest size. */
  readonly coldMs?: number;
  /** The same for later calls. */
  readonly warmMs?: number;
  /** Whether time is to grow by n log n at most, and memory to stay below the aim, at the largest size. */
  readonly scales: boolean;
}

const sizes = [1_000, 10_000, 100_000] as const;

/** The weekly file of 4.1 MB; another one by `MSEM_BENCH_SERVICE_TAGS`. */
const tagFile = process.env.MSEM_BENCH_SERVICE_TAGS ?? "../shared/data/service-tags/ServiceTags_Public_20251028.json";

export const cases: readonly Case[] = [
  {
    id: "merge",
    title: "parse + merge",
    sizes,
    input: makeLists,
    answer: "prefixes",
    peers: {
      "cidr-tools": { cold: 0.8, warm: 0.5 },
      "fast-cidr-tools": {},
      netaddr: {},
      ipaddress: {},
    },
    scales: true,
  },
  {
    id: "difference",
    title: "difference",
    sizes,
    input: makeLists,
    answer: "prefixes",
    peers: { "cidr-tools": { cold: 0.3, warm: 0.3 }, "fast-cidr-tools": { upTo: 10_000 }, netaddr: {} },
    scales: true,
  },
  {
    id: "coverage",
    title: "coverage",
    sizes,
    input: makeLists,
    answer: "list",
    // The npm libraries answer for one prefix at a time and read the whole set anew: 1,000 is what they can do.
    peers: { "cidr-tools": { upTo: 1_000 }, "fast-cidr-tools": { upTo: 1_000 }, netaddr: { cold: 0.08 } },
    scales: true,
  },
  {
    id: "serviceTag",
    title: "resolve one tag of the weekly file",
    sizes: [1],
    input: () => (existsSync(tagFile) ? { text: readFileSync(tagFile, "utf8"), tag: "Scuba" } : undefined),
    absent: `${tagFile} is absent (MSEM_BENCH_SERVICE_TAGS names another one)`,
    answer: "prefixes",
    peers: { "JSON.parse": { cold: 1.5, warm: 1.5 } },
    scales: false,
  },
  {
    id: "tagsDiff",
    title: "compare all tags of two weekly files, one tag in thirty changed",
    sizes: [1],
    input: () => (existsSync(tagFile) ? makeWeeks(readFileSync(tagFile, "utf8")) : undefined),
    absent: `${tagFile} is absent (MSEM_BENCH_SERVICE_TAGS names another one)`,
    answer: "list",
    // The peer parses both files, and finds the changed tags by their numbers.
    peers: { "JSON.parse": { cold: 4, warm: 4 } },
    scales: false,
  },
  {
    id: "plan",
    title: "plan 260 prefixes against a list",
    sizes: [10_000],
    input: makePlan,
    answer: "list",
    peers: {},
    warmMs: 20,
    scales: false,
  },
];
