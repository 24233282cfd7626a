/** What a rule of iptables matches: conditions on source, destination and service that all have to hold. */
import type { Entry, Operand, PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { type Block, compareWords, type Family, type Interval, intervalOf } from "../../core/ip/index";

/** One condition on an address: in these entries, or not in them. */
export interface AddressCondition {
  readonly entry: Entry;
  readonly negated: boolean;
}

export interface Flow {
  readonly source: readonly AddressCondition[];
  readonly destination: readonly AddressCondition[];
  /** Undefined: every protocol. */
  readonly protocol: string | undefined;
  readonly ports: readonly PortRange[] | undefined;
  readonly sourcePorts: readonly PortRange[] | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** No first packet of an HTTPS connection from the internet matches. */
  readonly never: boolean;
  /** From interfaces of the host itself, or of its containers and tunnels. */
  readonly inside: boolean;
  /** Conditions that cannot be decided offline. */
  readonly unsure: readonly string[];
}

export const everything: Flow = {
  source: [],
  destination: [],
  protocol: undefined,
  ports: undefined,
  sourcePorts: undefined,
  input: undefined,
  output: undefined,
  never: false,
  inside: false,
  unsure: [],
};

/** Both have to hold. */
export function both(a: Flow, b: Flow): Flow {
  const apart =
    (a.protocol !== undefined && b.protocol !== undefined && a.protocol !== b.protocol) ||
    (a.input !== undefined && b.input !== undefined && a.input !== b.input) ||
    (a.output !== undefined && b.output !== undefined && a.output !== b.output);
  return {
    source: [...a.source, ...b.source],
    destination: [...a.destination, ...b.destination],
    protocol: a.protocol ?? b.protocol,
    ports: common(a.ports, b.ports),
    sourcePorts: common(a.sourcePorts, b.sourcePorts),
    input: b.input ?? a.input,
    output: b.output ?? a.output,
    never: a.never || b.never || apart,
    inside: a.inside || b.inside,
    unsure: [...a.unsure, ...b.unsure],
  };
}

function common(
  a: readonly PortRange[] | undefined,
  b: readonly PortRange[] | undefined,
): readonly PortRange[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.flatMap((one) =>
    b
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from <= to),
  );
}

export function serviceOf({ protocol, ports, sourcePorts, never }: Flow): Service {
  if (never || ports?.length === 0 || sourcePorts?.length === 0) return { terms: [] };
  const term: ServiceTerm = {
    protocol: protocol ?? "any",
    ...(ports === undefined ? {} : { ports }),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
  };
  return { terms: [term] };
}

/**
 * The conditions as members and holes: blocks that all have to hold are one block, what it leaves of a set are holes
 * around it. Undefined when nothing can match.
 */
export function operandOf(conditions: readonly AddressCondition[], family: Family, line: number): Operand | undefined {
  const positive = conditions.filter(({ negated }) => !negated).map(({ entry }) => entry);
  const holes = conditions.filter(({ negated }) => negated).map(({ entry }): Entry => ({ ...entry, hole: true }));
  const blocks = positive.flatMap((entry) => (entry.term.kind === "block" ? [{ entry, block: entry.term.block }] : []));
  const others = positive.filter(({ term }) => term.kind !== "block");
  let within: Block | undefined;
  for (const { block } of blocks) {
    within = within === undefined ? block : overlap(within, block);
    if (within === undefined) return undefined;
  }
  const innermost = blocks.find(({ block }) => block === within)?.entry ?? blocks.at(-1)?.entry;
  const [only, ...more] = others;
  if (only === undefined) {
    const whole: Entry = { text: "any", line, term: { kind: "any", family } };
    const member =
      innermost === undefined || within === undefined
        ? whole
        : { ...innermost, term: { kind: "block", block: within } as const };
    return { entries: [member, ...holes] };
  }
  if (more.length > 0) {
    // What is in two sets at once is not worked out here.
    const term = { kind: "unknown", what: "notUnderstood", ...(within === undefined ? {} : { within }) } as const;
    return { entries: [{ ...only, term }, ...holes] };
  }
  const around = within === undefined ? [] : outsideOf(within);
  const bounds = around.map(
    (block): Entry => ({ text: only.text, line: only.line, term: { kind: "block", block }, hole: true }),
  );
  return { entries: [only, ...bounds, ...holes] };
}

function overlap(a: Block, b: Block): Block | undefined {
  const [one, two] = [intervalOf(a), intervalOf(b)];
  if (one.family !== two.family) return undefined;
  const first = compareWords(one.first, two.first) >= 0 ? one.first : two.first;
  const last = compareWords(one.last, two.last) <= 0 ? one.last : two.last;
  if (compareWords(first, last) > 0) return undefined;
  // The very block is kept, so that it is known again.
  if (first === one.first && last === one.last) return a;
  if (first === two.first && last === two.last) return b;
  return { family: one.family, first, last };
}

/** The addresses of the family before and after the block. */
function outsideOf(block: Block): Interval[] {
  const { family, first, last } = intervalOf(block);
  const zeros = first.map(() => 0);
  const ones = first.map(() => 0xffff_ffff);
  const before = step(first, -1);
  const after = step(last, 1);
  return [
    ...(before === undefined ? [] : [{ family, first: zeros, last: before }]),
    ...(after === undefined ? [] : [{ family, first: after, last: ones }]),
  ];
}

/** The neighbour, if there is one. */
function step(words: readonly number[], by: 1 | -1): number[] | undefined {
  const next = [...words];
  const edge = by === 1 ? 0xffff_ffff : 0;
  for (let at = next.length - 1; at >= 0; at--) {
    if (next[at] !== edge) {
      next[at] = (next[at] as number) + by;
      return next;
    }
    next[at] = by === 1 ? 0 : 0xffff_ffff;
  }
  return undefined;
}
