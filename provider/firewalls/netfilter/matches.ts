/** One rule of iptables, option by option. */
import type { PortRange, Term } from "../../core/allowlist/index";
import { type Family, parseEntry, parseNetmask, parseRange } from "../../core/ip/index";
import { quotable } from "../lines";
import { type AddressCondition, both, everything, type Flow } from "./flow";
import { setId } from "./sets";

export interface RuleLine {
  /** One for each pair of addresses: `-s a,b -d c` is two rules. */
  readonly flows: readonly Flow[];
  readonly target: string | undefined;
  /** `-g`: what follows the chain is left out as well. */
  readonly goesTo: boolean;
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly line: number;
  readonly family: Family;
  readonly notes: { add(line: number, message: string): void };
}

type Patch = Partial<Flow>;

export function readRule(words: readonly string[], line: number, family: Family, notes: Reader["notes"]): RuleLine {
  const reader: Reader = { words, at: 0, line, family, notes };
  let flow = everything;
  let sources: readonly AddressCondition[] = [];
  let destinations: readonly AddressCondition[] = [];
  let target: string | undefined;
  let goesTo = false;
  while (reader.at < words.length) {
    const negated = words[reader.at] === "!";
    if (negated) reader.at++;
    const option = words[reader.at++] ?? "";
    if (option === "-j" || option === "--jump" || option === "-g" || option === "--goto") {
      target = words[reader.at++];
      goesTo = option === "-g" || option === "--goto";
      // What follows belongs to the target: how to reject, what to log.
      break;
    }
    if (option === "-s" || option === "--source" || option === "--src") {
      sources = addressesOf(reader, negated);
    } else if (option === "-d" || option === "--destination" || option === "--dst") {
      destinations = addressesOf(reader, negated);
    } else flow = both(flow, { ...everything, ...optionOf(option, negated, reader) });
  }
  return { flows: spread(spread([flow], "source", sources), "destination", destinations), target, goesTo };
}

/** Several addresses are several rules; several that are all excluded are one. */
function spread(
  flows: readonly Flow[],
  side: "source" | "destination",
  conditions: readonly AddressCondition[],
): readonly Flow[] {
  if (conditions.length === 0) return flows;
  const ways = conditions.every(({ negated }) => negated) ? [conditions] : conditions.map((one) => [one]);
  return flows.flatMap((flow) => ways.map((way) => ({ ...flow, [side]: [...flow[side], ...way] })));
}

function addressesOf(reader: Reader, negated: boolean): AddressCondition[] {
  const word = reader.words[reader.at++] ?? "";
  return word.split(",").map((text) => {
    const parsed = /\/.*[.:]/.test(text)
      ? parseNetmask(text, { hostBits: "clear" })
      : parseEntry(text, { hostBits: "clear" });
    const fits = parsed.ok && parsed.value.family === reader.family;
    if (!parsed.ok) reader.notes.add(reader.line, parsed.problem.message);
    const named = /^[a-z][a-z0-9.-]*$/i.test(text);
    const term: Term = fits
      ? { kind: "block", block: parsed.value }
      : { kind: "unknown", what: named ? "fqdn" : "notUnderstood" };
    return { entry: { text: quotable(text), line: reader.line, term }, negated };
  });
}

/** Interfaces that nothing from the internet comes in by. */
const insides = /^(lo|docker\d*|br-|virbr|veth|cni|cali|flannel|cilium|lxc|lxd|podman|wg|tun|tap)/;

/** Matches whose options say nothing about the packet, or are read by their options. */
const silent = /^(tcp|udp|comment|multiport|conntrack|state|set|iprange|icmp6?|icmpv6)$/;

function optionOf(option: string, negated: boolean, reader: Reader): Patch {
  const next = (): string => reader.words[reader.at++] ?? "";
  switch (option) {
    case "-m":
    case "--match": {
      const match = next();
      return silent.test(match) ? {} : { unsure: skip(match, reader) };
    }
    case "-p":
    case "--protocol":
      return protocolOf(next(), negated);
    case "-i":
    case "--in-interface": {
      const name = next();
      // Names of zones are compared as they are, so a pattern is none.
      if (!negated && insides.test(name)) return { input: name, inside: true };
      if (!negated) return name.endsWith("+") ? { unsure: [`-i ${name}`] } : { input: name };
      return insides.test(name) ? {} : { unsure: [`! -i ${name}`] };
    }
    case "-o":
    case "--out-interface": {
      const name = next();
      return negated || name.endsWith("+") ? { unsure: [`-o ${name}`] } : { output: name };
    }
    case "--dport":
    case "--dports":
    case "--destination-port":
    case "--destination-ports":
      return portsOf("ports", next(), negated);
    case "--sport":
    case "--sports":
    case "--source-port":
    case "--source-ports":
      return portsOf("sourcePorts", next(), negated);
    case "--match-set":
      return setOf(next(), next(), negated, reader);
    case "--src-range":
    case "--dst-range": {
      const text = next();
      const parsed = parseRange(text);
      const term: Term = parsed.ok
        ? { kind: "block", block: parsed.value }
        : { kind: "unknown", what: "notUnderstood" };
      const condition = { entry: { text: quotable(text), line: reader.line, term }, negated };
      return option === "--src-range" ? { source: [condition] } : { destination: [condition] };
    }
    case "--state":
    case "--ctstate":
      return stateOf(next(), negated);
    case "--syn":
      return negated ? { never: true } : {};
    case "--tcp-flags":
      return flagsOf(next(), next(), negated);
    case "-4":
    case "-6":
      return (option === "-4") === (reader.family === "ipv4") ? {} : { never: true };
    case "-f":
    case "--fragment":
      return negated ? {} : { never: true };
    case "--comment":
      next();
      return {};
    case "-c":
    case "--set-counters":
      reader.at += 2;
      return {};
    case "--icmp-type":
    case "--icmpv6-type":
      next();
      return { never: true };
    default:
      return { unsure: skip(option, reader) };
  }
}

/** A match that is not known, with its options: up to the next one that is. */
function skip(name: string, reader: Reader): string[] {
  const known =
    /^(-[a-z]|!|--(jump|goto|match|source|destination|protocol|[ds]ports?|match-set|comment|ctstate|state))$/;
  while (reader.at < reader.words.length && !known.test(reader.words[reader.at] as string)) reader.at++;
  return [name.slice(0, 80)];
}

function protocolOf(word: string, negated: boolean): Patch {
  const numbers: Readonly<Record<string, string>> = { "0": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmp6" };
  const name = (numbers[word] ?? word).toLowerCase().replace("icmpv6", "icmp6");
  if (name === "all") return negated ? { never: true } : {};
  if (!negated) return { protocol: name };
  return name === "tcp" ? { never: true } : { protocol: "tcp" };
}

function portsOf(side: "ports" | "sourcePorts", text: string, negated: boolean): Patch {
  const named: Readonly<Record<string, number>> = { https: 443, http: 80, ssh: 22, domain: 53, smtp: 25 };
  const ranges: PortRange[] = [];
  for (const part of text.split(",")) {
    const [low = "", high] = part.split(":");
    const number = (word: string, empty: number): number =>
      word === ""
        ? empty
        : Object.hasOwn(named, word)
          ? (named[word] as number)
          : /^\d{1,5}$/.test(word)
            ? Number(word)
            : Number.NaN;
    const from = number(low, 0);
    const to = high === undefined ? from : number(high, 65_535);
    if (!(from <= to && to <= 65_535)) return { unsure: [`port ${part.slice(0, 40)}`] };
    ranges.push({ from, to });
  }
  return { [side]: negated ? complement(ranges) : ranges };
}

function complement(ranges: readonly PortRange[]): PortRange[] {
  const left: PortRange[] = [];
  let next = 0;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from > next) left.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  if (next <= 65_535) left.push({ from: next, to: 65_535 });
  return left;
}

function setOf(name: string, directions: string, negated: boolean, reader: Reader): Patch {
  const entry = {
    text: quotable(`--match-set ${name} ${directions}`),
    line: reader.line,
    term: { kind: "set", id: setId(name) },
  } as const;
  if (directions === "src") return { source: [{ entry, negated }] };
  if (directions === "dst") return { destination: [{ entry, negated }] };
  // The address and a port or an interface: the addresses bound it at most.
  return {
    ...(negated ? {} : { source: [{ entry, negated }] }),
    unsure: [`--match-set ${name.slice(0, 80)} ${directions}`],
  };
}

/** The first packet of a connection is NEW. */
function stateOf(text: string, negated: boolean): Patch {
  const states = text.split(",");
  if (states.some((state) => !/^(NEW|ESTABLISHED|RELATED|INVALID|UNTRACKED)$/.test(state))) {
    return { unsure: [`--ctstate ${text.slice(0, 80)}`] };
  }
  return states.includes("NEW") === negated ? { never: true } : {};
}

/** The first packet has SYN and no other of the six flags. */
function flagsOf(mask: string, set: string, negated: boolean): Patch {
  const all = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];
  const read = (text: string): string[] => (text === "ALL" ? all : text === "NONE" ? [] : text.split(","));
  const wanted = read(set);
  const matches = read(mask).includes("SYN") ? wanted.length === 1 && wanted[0] === "SYN" : wanted.length === 0;
  return matches === negated ? { never: true } : {};
}
