/**
 * Conditions of a rule of the Linux packet filter, as a conjunction: a rule within a chain that was jumped to holds for
 * what both the jump and the rule match. Nothing is computed on sets of addresses: an intersection is written as the
 * first set without what is not in the second.
 */
import type { Entry, NamedSet, Operand, PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";

/** What a new connection from outside must be like. Empty lists and absent parts: any. */
export interface Match {
  readonly sources: readonly Operand[];
  readonly destinations: readonly Operand[];
  readonly services: readonly Service[];
  readonly from: readonly InterfaceMatch[];
  readonly to: readonly InterfaceMatch[];
  readonly family?: Family;
  /** Conditions that cannot be decided offline. */
  readonly uncertain: readonly string[];
  /** No new connection from outside is like this: open connections, the loopback interface. */
  readonly never: boolean;
}

/** `eth0`, `eth+` (any that begins so), negated. */
export interface InterfaceMatch {
  readonly names: readonly string[];
  readonly negated: boolean;
}

export const everything: Match = {
  sources: [],
  destinations: [],
  services: [],
  from: [],
  to: [],
  uncertain: [],
  never: false,
};

export function both(a: Match, b: Match): Match {
  if (a === everything) return b;
  if (b === everything) return a;
  const family = a.family ?? b.family;
  // Kept as one: what no traffic can be goes no further, and each jump would repeat the work.
  const services = [...a.services, ...b.services];
  const common = services.length > 1 ? commonService(services) : undefined;
  const noTraffic = common?.terms.length === 0 && common.unknown === undefined;
  return {
    sources: [...a.sources, ...b.sources],
    destinations: [...a.destinations, ...b.destinations],
    services: common === undefined ? services : [common],
    from: [...a.from, ...b.from],
    to: [...a.to, ...b.to],
    ...(family === undefined ? {} : { family }),
    uncertain: [...a.uncertain, ...b.uncertain],
    never:
      a.never || b.never || noTraffic || (a.family !== undefined && b.family !== undefined && a.family !== b.family),
  };
}

/** Whether the match has no condition that could exclude traffic of its family. */
export function isEverything({ sources, destinations, services, from, to, uncertain, never }: Match): boolean {
  const conditions = [sources, destinations, services, from, to, uncertain];
  return !never && conditions.every(({ length }) => length === 0);
}

const wholeRange: readonly PortRange[] = [{ from: 0, to: 65_535 }];

/** Traffic that all of the services hold. */
export function commonService(services: readonly Service[]): Service {
  const [first, ...rest] = services;
  if (first === undefined) return { terms: [{ protocol: "any" }] };
  return rest.reduce((one, other): Service => {
    const unknown = [...(one.unknown ?? []), ...(other.unknown ?? [])];
    const terms = one.terms.flatMap((a) => other.terms.flatMap((b) => commonTerm(a, b) ?? []));
    return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
  }, first);
}

function commonTerm(a: ServiceTerm, b: ServiceTerm): ServiceTerm | undefined {
  if (a.protocol !== b.protocol && a.protocol !== "any" && b.protocol !== "any") return undefined;
  const ports = commonRanges(a.ports, b.ports);
  const sourcePorts = commonRanges(a.sourcePorts, b.sourcePorts);
  if (ports?.length === 0 || sourcePorts?.length === 0) return undefined;
  return {
    protocol: a.protocol === "any" ? b.protocol : a.protocol,
    ...(ports === undefined ? {} : { ports }),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
  };
}

function commonRanges(
  a: readonly PortRange[] | undefined,
  b: readonly PortRange[] | undefined,
): readonly PortRange[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const range = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
      return range.from <= range.to ? [range] : [];
    }),
  );
}

/** All ports but these. */
export function otherPorts(ranges: readonly PortRange[]): readonly PortRange[] {
  let rest = wholeRange;
  for (const { from, to } of ranges) {
    rest = rest.flatMap((range) =>
      [
        { from: range.from, to: Math.min(range.to, from - 1) },
        { from: Math.max(range.from, to + 1), to: range.to },
      ].filter((piece) => piece.from <= piece.to),
    );
  }
  return rest;
}

/** Makes one operand of several; sets that are needed for it are kept. */
export interface Conjoiner {
  /** @param rule whose text and line stand for "any" where there is no condition */
  operand(operands: readonly Operand[], rule: { readonly text: string; readonly line: number }): Operand;
  /** Sets that exist only to express conditions. They have no name, so that nobody takes one for a list. */
  sets(): readonly NamedSet[];
}

export function conjoiner(): Conjoiner {
  const complements = new Map<Operand, NamedSet>();
  const complement = (operand: Operand): Entry => {
    let set = complements.get(operand);
    if (set === undefined) {
      const line = operand.entries[0]?.line ?? 1;
      const all: Entry = { text: "any", line, term: { kind: "any" } };
      const entries = [all, ...operand.entries.map((entry) => ({ ...entry, hole: true }))];
      set = { id: `condition:${complements.size + 1}`, name: "", kind: "condition", line, entries };
      complements.set(operand, set);
    }
    const text = `all but ${operand.entries[0]?.text ?? "nothing"}`;
    return { text, line: set.line, term: { kind: "set", id: set.id }, hole: true };
  };
  return {
    operand(operands, { text, line }) {
      const [first, ...rest] = operands;
      const any: readonly Entry[] = [{ text, line, term: { kind: "any" } }];
      if (first === undefined) return { entries: any };
      if (rest.length === 0) return first;
      // The last condition is the rule's own: its entries are what a reader looks for.
      const own = [...operands].reverse().find(({ negated }) => negated !== true);
      const members = own?.entries ?? any;
      const holes = operands
        .filter((operand) => operand !== own)
        .flatMap((operand) =>
          operand.negated === true ? operand.entries.map((entry) => ({ ...entry, hole: true })) : [complement(operand)],
        );
      return { entries: [...members, ...holes] };
    },
    sets: () => [...complements.values()],
  };
}

/**
 * Interfaces inside of the machine: nothing from outside comes in by them. Loopback; the bridges of Docker, libvirt and
 * LXC, and the machine's ends of the pipes into containers.
 */
const inside =
  /^(lo|docker_gwbridge|br-([0-9a-f]{12}|\+)|(docker|virbr|lxcbr|lxdbr|cni|cni-podman|podman)(\d+|\+)|(veth|cali|flannel\.).*)$/;

/** Stands for the interfaces that no rule of the file names. */
const others = "other interfaces";

/** Makes comparable lists of names of what rules say of interfaces. */
export interface Interfaces {
  see(match: InterfaceMatch): void;
  /** By this one the network outside is reached: where some are known, traffic comes in by no other. */
  outside(name: string): void;
  /** Undefined: all of them. Empty: none that traffic from outside comes in by. */
  list(matches: readonly InterfaceMatch[], incoming: boolean): readonly string[] | undefined;
}

export function interfaces(): Interfaces {
  const seen = new Set<string>();
  const outer = new Set<string>();
  const comesIn = (name: string): boolean =>
    outer.size === 0 ? !inside.test(name) : [...outer].some((one) => meets(one, name) || meets(name, one));
  const meets = (pattern: string, name: string): boolean =>
    pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return {
    see({ names }) {
      for (const name of names) seen.add(name);
    },
    outside(name) {
      seen.add(name);
      outer.add(name);
    },
    list(matches, incoming) {
      if (matches.length === 0) return undefined;
      const all = [...seen, others].filter((name) => !incoming || comesIn(name));
      const left = all.filter((name) =>
        matches.every(({ names, negated }) => names.some((pattern) => meets(pattern, name)) !== negated),
      );
      return left.length === all.length ? undefined : left;
    },
  };
}
