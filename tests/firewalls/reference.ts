/**
 * A slow second reading of a model: one address at a time, rule by rule, without interval sets. It shares the model's
 * types with the engine and nothing else.
 */
import type { Entry, Model, NamedSet, Operand, Rule, RuleList } from "../../provider/core/allowlist/index";
import type { Block, Family } from "../../provider/core/ip/index";

export type Answer = "yes" | "no" | "maybe";

export interface Point {
  readonly family: Family;
  readonly value: bigint;
}

const bits = { ipv4: 32n, ipv6: 128n } as const;

function numberOf(words: readonly number[]): bigint {
  return words.reduce((sum, word) => (sum << 32n) + BigInt(word), 0n);
}

interface Ends {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** The same blocks are asked about for each of many points. */
const known = new WeakMap<Block, Ends>();

/** First and last address of a block. */
export function ends(block: Block): Ends {
  let found = known.get(block);
  if (found === undefined) {
    found = measure(block);
    known.set(block, found);
  }
  return found;
}

function measure(block: Block): Ends {
  if (!("length" in block)) return { family: block.family, first: numberOf(block.first), last: numberOf(block.last) };
  const first = numberOf(block.words);
  return { family: block.family, first, last: first + (1n << (bits[block.family] - BigInt(block.length))) - 1n };
}

function within(block: Block, point: Point): boolean {
  const { family, first, last } = ends(block);
  return family === point.family && first <= point.value && point.value <= last;
}

/** How long a prefix of the block holds the point: for the longest match. */
function lengthAround(block: Block, point: Point): number {
  const { family, first, last } = ends(block);
  for (let host = 0n; host <= bits[family]; host++) {
    const start = (point.value >> host) << host;
    const end = start + (1n << host) - 1n;
    const nextStart = (point.value >> (host + 1n)) << (host + 1n);
    const nextEnd = nextStart + (1n << (host + 1n)) - 1n;
    if (start >= first && end <= last && !(nextStart >= first && nextEnd <= last)) return Number(bits[family] - host);
  }
  return 0;
}

export class Reference {
  readonly #sets = new Map<string, NamedSet>();

  constructor(model: Model) {
    for (const set of model.sets) if (!this.#sets.has(set.id)) this.#sets.set(set.id, set);
  }

  /** Whether the address is in the operand. */
  operand({ entries, negated }: Operand, point: Point): Answer {
    const answer = this.members(entries, "subtract", point, [], false);
    if (negated !== true || answer === "maybe") return answer;
    return answer === "yes" ? "no" : "yes";
  }

  set(set: NamedSet, point: Point): Answer {
    return this.members(set.entries, set.holes ?? "subtract", point, [set.id], hasHoles(set));
  }

  members(
    entries: readonly Entry[],
    holes: "subtract" | "longest-match",
    point: Point,
    path: readonly string[],
    insideHoles: boolean,
  ): Answer {
    if (holes === "longest-match") return this.#longest(entries, point, path, insideHoles);
    const included = entries
      .filter(({ hole }) => hole !== true)
      .map((one) => this.entry(one, point, path, insideHoles));
    const excluded = entries.filter(({ hole }) => hole === true).map((one) => this.entry(one, point, path, true));
    if (excluded.includes("yes") || included.every((answer) => answer === "no")) return "no";
    return included.includes("yes") && !excluded.includes("maybe") ? "yes" : "maybe";
  }

  /** The longest block decides; members of sets without holes count as members of this one. */
  #longest(entries: readonly Entry[], point: Point, path: readonly string[], insideHoles: boolean): Answer {
    const flat: Entry[] = [];
    const nested: Answer[] = [];
    const visit = (all: readonly Entry[], at: readonly string[]): void => {
      for (const entry of all) {
        const set = entry.term.kind === "set" ? this.#sets.get(entry.term.id) : undefined;
        if (set === undefined || entry.hole === true) flat.push(entry);
        else if (at.includes(set.id)) nested.push("maybe");
        else if (hasHoles(set)) nested.push(this.entry(entry, point, at, true));
        else visit(set.entries, [...at, set.id]);
      }
    };
    visit(entries, path);
    const blocks = flat
      .filter(({ term }) => term.kind === "block" || term.kind === "any")
      .filter((entry) => this.entry(entry, point, path, insideHoles) === "yes")
      .map(({ term, hole }) => ({
        length: term.kind === "block" ? lengthAround(term.block, point) : 0,
        hole: hole === true,
      }))
      .sort((a, b) => b.length - a.length || Number(b.hole) - Number(a.hole));
    const others = flat.filter(({ term }) => term.kind === "set" || term.kind === "unknown");
    const answers = (hole: boolean): Answer[] =>
      others.filter((one) => (one.hole === true) === hole).map((one) => this.entry(one, point, path, true));
    const included: Answer[] = [...nested, ...answers(false), blocks[0]?.hole === false ? "yes" : "no"];
    const excluded = answers(true);
    if (excluded.includes("yes") || included.every((answer) => answer === "no")) return "no";
    return included.includes("yes") && !excluded.includes("maybe") ? "yes" : "maybe";
  }

  entry({ term, hole }: Entry, point: Point, path: readonly string[], insideHoles: boolean): Answer {
    switch (term.kind) {
      case "any":
        return term.family === undefined || term.family === point.family ? "yes" : "no";
      case "block":
        return within(term.block, point) ? "yes" : "no";
      case "unknown":
        return term.within === undefined || within(term.within, point) ? "maybe" : "no";
      case "set": {
        const set = this.#sets.get(term.id);
        if (set === undefined) return "maybe";
        if (path.includes(set.id)) return insideHoles || hole === true ? "maybe" : "no";
        return this.members(
          set.entries,
          set.holes ?? "subtract",
          point,
          [...path, set.id],
          insideHoles || hole === true || hasHoles(set),
        );
      }
    }
  }

  /** Whether HTTPS from the address passes by this permit, stronger denies considered. */
  permits(list: RuleList, permit: Rule, point: Point): Answer {
    let doubt = false;
    let safe = false;
    for (const rule of strongestFirst(list, point, this)) {
      if (!rule.enabled) continue;
      const answer = this.#matches(rule, permit, point);
      if (rule === permit) {
        if (answer === "yes") return doubt && !safe ? "maybe" : "yes";
        return answer === "no" ? "no" : "maybe";
      }
      if (answer === "no" || safe) continue;
      if (rule.action === "permit") {
        if (answer === "yes" && !doubt) safe = true;
      } else if (answer === "yes") return "no";
      else doubt = true;
    }
    return "no";
  }

  #matches(rule: Rule, permit: Rule, point: Point): Answer {
    if (rule.family !== undefined && rule.family !== point.family) return "no";
    const answers: Answer[] = [this.operand(rule.source, point), takesHttps(rule)];
    if (rule.uncertain !== undefined) answers.push("maybe");
    if (rule !== permit) {
      answers.push(zones(rule.from, permit.from), zones(rule.to, permit.to));
      if (rule.destination !== permit.destination) answers.push(this.#destination(rule, permit));
    }
    return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
  }

  /** Only a rule for every destination of the permit takes its traffic; samples of them stand for all. */
  #destination(rule: Rule, permit: Rule): Answer {
    const samples: Point[] = [];
    const collect = (entries: readonly Entry[], depth: number): void => {
      for (const { term } of entries) {
        if (term.kind === "any") samples.push(...everywhere.filter(({ family }) => (term.family ?? family) === family));
        else if (term.kind === "block") {
          const { family, first, last } = ends(term.block);
          samples.push({ family, value: first }, { family, value: last });
        } else if (term.kind === "set" && depth < 20) collect(this.#sets.get(term.id)?.entries ?? [], depth + 1);
      }
    };
    collect(permit.destination.entries, 0);
    const sampled = permit.destination.negated === true ? everywhere : samples;
    const meant = sampled.filter((point) => this.operand(permit.destination, point) !== "no");
    const answers = meant.map((point) => this.operand(rule.destination, point));
    if (answers.length === 0) return "maybe";
    return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
  }
}

const everywhere: readonly Point[] = [
  { family: "ipv4", value: 0n },
  // Private: what is meant for the Internet is not for every destination.
  { family: "ipv4", value: 0x0a00_0001n },
  { family: "ipv4", value: 0xcb00_71fen },
  { family: "ipv6", value: 0n },
  { family: "ipv6", value: 0x2001_0db8_ffffn << 80n },
];

function hasHoles(set: NamedSet): boolean {
  return set.holes === "longest-match" || set.entries.some(({ hole }) => hole === true);
}

function zones(outer: readonly string[] | undefined, inner: readonly string[] | undefined): Answer {
  if (outer === undefined) return "yes";
  return inner?.every((zone) => outer.includes(zone)) === true ? "yes" : "no";
}

/** TCP from port 50000 to port 443. */
export function takesHttps({ service: { terms, unknown } }: Rule): Answer {
  const holds = (ranges: readonly { from: number; to: number }[] | undefined, port: number): boolean =>
    ranges === undefined || ranges.some(({ from, to }) => from <= port && port <= to);
  const known = terms.some(
    ({ protocol, ports, sourcePorts }) =>
      (protocol === "any" || protocol === "tcp") && holds(ports, 443) && holds(sourcePorts, 50_000),
  );
  return known ? "yes" : (unknown?.length ?? 0) > 0 ? "maybe" : "no";
}

function strongestFirst(list: RuleList, point: Point, reference: Reference): readonly Rule[] {
  const ranked = list.rules.map((rule, at) => ({ rule, at }));
  const denies = ({ rule }: { rule: Rule }): number => (rule.action === "deny" ? 0 : 1);
  const longest = ({ rule }: { rule: Rule }): number =>
    Math.max(
      -1,
      ...rule.source.entries.map((entry) =>
        entry.term.kind === "block" && reference.entry(entry, point, [], false) === "yes"
          ? lengthAround(entry.term.block, point)
          : 0,
      ),
    );
  const rank = (a: (typeof ranked)[number], b: (typeof ranked)[number]): number => {
    const last = Number(a.rule.isDefault === true) - Number(b.rule.isDefault === true);
    if (last !== 0) return last;
    switch (list.evaluation) {
      case "first-match":
        return a.at - b.at;
      case "last-match": {
        const quick = Number(b.rule.quick === true) - Number(a.rule.quick === true);
        return quick !== 0 ? quick : a.rule.quick === true ? a.at - b.at : b.at - a.at;
      }
      case "priority":
        return (a.rule.priority ?? 1e15) - (b.rule.priority ?? 1e15) || denies(a) - denies(b) || a.at - b.at;
      case "allow-wins":
        return denies(b) - denies(a) || a.at - b.at;
      case "longest-match":
        return longest(b) - longest(a) || denies(a) - denies(b) || a.at - b.at;
    }
  };
  return ranked.sort(rank).map(({ rule }) => rule);
}
