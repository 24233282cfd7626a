/** Services of the Ciscos: ports in rules, service objects, and groups of ports, services and protocols. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { isProtocol, portNumber, protocolName } from "./ports";

/** One line of a service group. `ports` without a protocol take that of the rule. */
type Item =
  | { readonly kind: "ports"; readonly ports: readonly PortRange[] }
  | { readonly kind: "term"; readonly term: ServiceTerm }
  | { readonly kind: "object" | "group"; readonly name: string }
  | { readonly kind: "unknown"; readonly text: string };

interface OpenService {
  readonly items: Item[];
}

/** Where a service is read: in an object or a group, and the group's protocol (`tcp-udp`). */
export interface ServiceMode {
  readonly name: string;
  readonly group: boolean;
  readonly protocol?: string;
}

export interface ServiceStore {
  open(name: string, group: boolean, line: number): void;
  add(name: string, group: boolean, item: Item): void;
  remove(name: string, group: boolean, item: Item): void;
  /** Whether the name is an object group of services, ports or protocols. */
  isGroup(name: string): boolean;
  resolve(name: string, group: boolean): ResolvedService;
}

/** What a group stands for. */
export interface ResolvedService {
  readonly terms: readonly ServiceTerm[];
  /** Ports whose protocol is the rule's. */
  readonly ports: readonly PortRange[];
  readonly unknown: readonly string[];
}

export function serviceStore(): ServiceStore {
  const objects = new Map<string, OpenService>();
  const groups = new Map<string, OpenService>();
  const of = (group: boolean): Map<string, OpenService> => (group ? groups : objects);
  const done = new Map<string, ResolvedService>();
  return {
    open(name, group) {
      if (!of(group).has(name)) of(group).set(name, { items: [] });
    },
    add(name, group, item) {
      of(group).get(name)?.items.push(item);
    },
    remove(name, group, item) {
      const service = of(group).get(name);
      const text = JSON.stringify(item);
      const at = service?.items.findIndex((one) => JSON.stringify(one) === text) ?? -1;
      if (at >= 0) service?.items.splice(at, 1);
    },
    isGroup: (name) => groups.has(name),
    resolve(name, group) {
      const key = `${group} ${name}`;
      const known = done.get(key) ?? flatten(name, group, of);
      done.set(key, known);
      return known;
    },
  };
}

/** Each group once, whatever the nesting. */
function flatten(
  name: string,
  group: boolean,
  of: (group: boolean) => ReadonlyMap<string, OpenService>,
): ResolvedService {
  const terms: ServiceTerm[] = [];
  const ports: PortRange[] = [];
  const unknown: string[] = [];
  const seen = new Set<string>();
  const waiting = [{ name, group }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = `${next.group} ${next.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const service = of(next.group).get(next.name);
    if (service === undefined || service.items.length === 0) unknown.push(next.name);
    for (const item of service?.items ?? []) {
      if (item.kind === "term") terms.push(item.term);
      else if (item.kind === "ports") ports.push(...item.ports);
      else if (item.kind === "unknown") unknown.push(item.text);
      else waiting.push({ name: item.name, group: item.kind === "group" });
    }
  }
  return { terms, ports, unknown };
}

/** A line inside of `object service` or of an `object-group` of services, ports or protocols. */
export function readServiceLine(
  store: ServiceStore,
  mode: ServiceMode,
  words: readonly string[],
  negated: boolean,
): void {
  const [command] = words;
  if (command === undefined || command === "description") return;
  for (const item of itemsOf(words, mode.protocol)) {
    if (negated) store.remove(mode.name, mode.group, item);
    else store.add(mode.name, mode.group, item);
  }
}

function itemsOf(words: readonly string[], protocol: string | undefined): Item[] {
  const [command, first, second] = words;
  const unknown: Item[] = [{ kind: "unknown", text: words.join(" ").slice(0, 80) }];
  switch (command) {
    case "port-object": {
      const ports = readPorts(words.slice(1))?.ports;
      if (ports === undefined) return unknown;
      if (protocol === undefined) return [{ kind: "ports", ports }];
      return protocolsOf(protocol).map((name) => ({ kind: "term", term: { protocol: name, ports } }));
    }
    case "group-object":
      return first === undefined ? unknown : [{ kind: "group", name: first }];
    case "protocol-object":
      return first === undefined ? unknown : [{ kind: "term", term: { protocol: protocolName(first) } }];
    case "service-object":
      if (first === "object" && second !== undefined) return [{ kind: "object", name: second }];
      return readService(words.slice(1)) ?? unknown;
    case "service":
      return readService(words.slice(1)) ?? unknown;
    default:
      return unknown;
  }
}

/** `tcp source eq 1024 destination range 443 444`; old releases leave `destination` out. */
function readService([protocol, ...rest]: readonly string[]): Item[] | undefined {
  if (protocol === undefined || !(isProtocol(protocol) || protocol === "tcp-udp")) return undefined;
  let sourcePorts: readonly PortRange[] | undefined;
  let ports: readonly PortRange[] | undefined;
  for (let at = 0; at < rest.length; ) {
    const source = rest[at] === "source";
    if (source || rest[at] === "destination") at++;
    const read = readPorts(rest.slice(at));
    if (read === undefined) {
      if (protocol.startsWith("icmp")) break;
      return undefined;
    }
    if (source) sourcePorts = read.ports;
    else ports = read.ports;
    at += read.used;
  }
  return protocolsOf(protocol).map((name) => ({ kind: "term", term: serviceTerm(name, ports, sourcePorts) }));
}

export function serviceTerm(
  protocol: string,
  ports: readonly PortRange[] | undefined,
  sourcePorts: readonly PortRange[] | undefined,
): ServiceTerm {
  return {
    protocol,
    ...(ports === undefined ? {} : { ports }),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
  };
}

export function protocolsOf(word: string): readonly string[] {
  return word === "tcp-udp" ? ["tcp", "udp"] : [protocolName(word)];
}

/** `eq p`, `neq p`, `lt p`, `gt p`, `range a b`, and how many words that took. */
export function readPorts(
  words: readonly string[],
): { readonly ports: readonly PortRange[]; readonly used: number } | undefined {
  const [operator, low, high] = words;
  const from = portNumber(low);
  if (from === undefined) return undefined;
  switch (operator) {
    case "eq":
      return { ports: [{ from, to: from }], used: 2 };
    case "neq":
      return {
        ports: [
          { from: 0, to: from - 1 },
          { from: from + 1, to: 65_535 },
        ].filter((range) => range.from <= range.to),
        used: 2,
      };
    case "lt":
      return { ports: from === 0 ? [] : [{ from: 0, to: from - 1 }], used: 2 };
    case "gt":
      return { ports: from === 65_535 ? [] : [{ from: from + 1, to: 65_535 }], used: 2 };
    case "range": {
      const to = portNumber(high);
      return to === undefined || to < from ? undefined : { ports: [{ from, to }], used: 3 };
    }
    default:
      return undefined;
  }
}

/** A service that nothing is known of but its name. */
export function unknownService(name: string): Service {
  return { terms: [], unknown: [name] };
}
