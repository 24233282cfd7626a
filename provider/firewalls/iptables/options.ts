/** The options of one rule as a match and a verdict. Source: iptables(8) and iptables-extensions(8). */
import type { Entry, Operand, PortRange, Service, ServiceTerm, Term } from "../../core/allowlist/index";
import { type Family, parseEntry, parseNetmask, parseRange } from "../../core/ip/index";
import { ipsetId } from "../ipset/store";
import type { Verdict } from "../netfilter/chains";
import { everything, type InterfaceMatch, type Match, otherPorts } from "../netfilter/match";
import { allButProtocol, passingTargets, portNamed, protocolNamed } from "../netfilter/names";

export interface RuleOptions {
  readonly match: Match;
  readonly verdict: Verdict;
  readonly comment?: string;
  /** Matches only what is for this machine itself. */
  readonly local: boolean;
  /** In force at certain times. */
  readonly timed: boolean;
  /** Where in the words `-s` and its one address stand, if it is a plain positive one. */
  readonly source?: { readonly at: number; readonly entry: Entry };
}

/** Modules whose own options say everything. */
const plainModules =
  /^(tcp|udp|udplite|sctp|dccp|icmp|icmp6|ipv6-icmp|comment|multiport|state|conntrack|set|iprange|addrtype|time)$/;

interface Collected {
  sources: Operand[];
  destinations: Operand[];
  from: InterfaceMatch[];
  to: InterfaceMatch[];
  services: Service[];
  protocol: { readonly name: string; readonly negated: boolean } | undefined;
  uncertain: Set<string>;
  never: boolean;
  family: Family | undefined;
  verdict: Verdict;
  comment: string | undefined;
  local: boolean;
  timed: boolean;
  plainSources: { readonly at: number; readonly operand: Operand }[];
}

/** @param words without the command and the chain */
export function readOptions(words: readonly string[], text: string, line: number): RuleOptions {
  const rule: Collected = {
    sources: [],
    destinations: [],
    from: [],
    to: [],
    services: [],
    protocol: undefined,
    uncertain: new Set(),
    never: false,
    family: undefined,
    verdict: { kind: "continue" },
    comment: undefined,
    local: false,
    timed: false,
    plainSources: [],
  };
  let target = false;
  for (let at = 0; at < words.length; ) {
    let negated = words[at] === "!";
    if (negated) at++;
    const place = at;
    const option = words[at++];
    if (option === undefined) break;
    // Before 1.4.3 the sign stood behind the option.
    if (words[at] === "!" && /^-/.test(option)) {
      negated = true;
      at++;
    }
    const value = words[at];
    if (option === "-j" || option === "--jump" || option === "-g" || option === "--goto") {
      rule.verdict = verdictOf(value, option === "-g" || option === "--goto");
      target = true;
      at++;
      continue;
    }
    const taken = readOption(rule, option, words.slice(at, at + 2), { negated, text, line, place });
    if (taken !== undefined) {
      at += taken;
      continue;
    }
    // What belongs to the target says nothing of what the rule matches.
    if (!target) rule.uncertain.add(`${option.slice(0, 40)} is not understood`);
    while (at < words.length && !/^(-|!$)/.test(words[at] as string)) at++;
  }
  return finish(rule);
}

function finish(rule: Collected): RuleOptions {
  const { sources, destinations, from, to, family, protocol, plainSources } = rule;
  const services = [...(protocol === undefined ? [] : [protocolService(protocol)]), ...rule.services];
  const [plain] = plainSources;
  const [entry] = plain?.operand.entries ?? [];
  const single = sources.length === 1 && plain?.operand.entries.length === 1 && entry?.term.kind === "block";
  return {
    match: {
      ...everything,
      sources,
      destinations,
      services,
      from,
      to,
      ...(family === undefined ? {} : { family }),
      uncertain: [...rule.uncertain],
      never: rule.never,
    },
    verdict: rule.verdict,
    ...(rule.comment === undefined ? {} : { comment: rule.comment }),
    local: rule.local,
    timed: rule.timed,
    ...(single && plain !== undefined && entry !== undefined ? { source: { at: plain.at, entry } } : {}),
  };
}

function verdictOf(target: string | undefined, goto: boolean): Verdict {
  if (target === undefined || passingTargets.test(target)) return { kind: "continue" };
  if (goto) return { kind: "goto", chain: target };
  switch (target) {
    case "ACCEPT":
      return { kind: "accept" };
    case "DROP":
    case "REJECT":
    case "TARPIT":
      return { kind: "drop" };
    case "RETURN":
      return { kind: "return" };
    default:
      // A target that hands the packet to a program is no chain of the file: undecided.
      return { kind: "jump", chain: target };
  }
}

const valueless: ReadonlySet<string> = new Set([
  "--syn",
  "-f",
  "--fragment",
  "-4",
  "--ipv4",
  "-6",
  "--ipv6",
  "-w",
  "--wait",
]);

interface Place {
  readonly negated: boolean;
  readonly text: string;
  readonly line: number;
  readonly place: number;
}

/** How many words after the option were its own; undefined when the option is not understood. */
function readOption(rule: Collected, option: string, values: readonly string[], at: Place): number | undefined {
  const [value = "", second = ""] = values;
  const { negated } = at;
  if (values.length === 0 && !valueless.has(option)) return undefined;
  switch (option) {
    case "-s":
    case "--source":
    case "--src": {
      const operand = addresses(value.split(","), at);
      rule.sources.push(operand);
      if (!negated) rule.plainSources.push({ at: at.place, operand });
      return 1;
    }
    case "-d":
    case "--destination":
    case "--dst":
      rule.destinations.push(addresses(value.split(","), at));
      return 1;
    case "--src-range":
    case "--dst-range":
      (option === "--src-range" ? rule.sources : rule.destinations).push(addresses([value], at));
      return 1;
    case "--match-set": {
      const operand: Operand = {
        entries: [{ text: at.text, line: at.line, term: { kind: "set", id: ipsetId(value) } }],
        ...(negated ? { negated } : {}),
      };
      (second.startsWith("dst") ? rule.destinations : rule.sources).push(operand);
      return 2;
    }
    case "-i":
    case "--in-interface":
      rule.from.push({ names: [value], negated });
      return 1;
    case "-o":
    case "--out-interface":
      rule.to.push({ names: [value], negated });
      return 1;
    case "-p":
    case "--protocol":
    case "--proto": {
      rule.protocol = { name: protocolNamed(value), negated };
      return 1;
    }
    case "--dport":
    case "--destination-port":
    case "--dports":
    case "--destination-ports":
      rule.services.push(portService(value, negated, "ports"));
      return 1;
    case "--sport":
    case "--source-port":
    case "--sports":
    case "--source-ports":
      rule.services.push(portService(value, negated, "sourcePorts"));
      return 1;
    case "--ports":
      rule.services.push(eitherPort(value, negated));
      return 1;
    case "--state":
    case "--ctstate":
      readStates(rule, value.toUpperCase().split(","), negated);
      return 1;
    case "--syn":
      if (negated) rule.never = true;
      return 0;
    case "--tcp-flags":
      if (matchesSyn(value, second) === negated) rule.never = true;
      return 2;
    case "--icmp-type":
    case "--icmpv6-type":
      return 1;
    case "--dst-type":
      return destinationType(rule, value.toUpperCase().split(","), negated);
    case "-f":
    case "--fragment":
      // A first packet is no later fragment.
      if (!negated) rule.never = true;
      return 0;
    case "-4":
    case "--ipv4":
    case "-6":
    case "--ipv6":
      rule.family = option === "-4" || option === "--ipv4" ? "ipv4" : "ipv6";
      return 0;
    case "-m":
    case "--match":
      if (!plainModules.test(value)) rule.uncertain.add(`-m ${value.slice(0, 40)} is not understood`);
      return 1;
    case "--comment":
      rule.comment = value;
      return 1;
    case "-c":
    case "--set-counters":
      return 2;
    case "-w":
    case "--wait":
      return /^\d+$/.test(value) ? 1 : 0;
    case "--timestart":
    case "--timestop":
    case "--datestart":
    case "--datestop":
    case "--weekdays":
    case "--monthdays":
      rule.timed = true;
      return 1;
    default:
      return undefined;
  }
}

function addresses(words: readonly string[], { negated, text, line }: Place): Operand {
  const entries = words.map((word): Entry => ({ text, line, term: termOf(word) }));
  return { entries, ...(negated ? { negated } : {}) };
}

function termOf(word: string): Term {
  const parsed = word.includes("-") ? parseRange(word) : parseEntry(word, { hostBits: "clear" });
  if (parsed.ok) return { kind: "block", block: parsed.value };
  if (word.includes("/")) {
    const masked = parseNetmask(word, { hostBits: "clear" });
    if (masked.ok) return { kind: "block", block: masked.value };
  }
  const name = /^[a-z0-9_.-]*[a-z][a-z0-9_.-]*$/i.test(word);
  return { kind: "unknown", what: name ? "fqdn" : "notUnderstood" };
}

function protocolService({ name, negated }: { readonly name: string; readonly negated: boolean }): Service {
  if (!negated) return { terms: [{ protocol: name }] };
  return { terms: allButProtocol([name]) };
}

function portService(value: string, negated: boolean, side: "ports" | "sourcePorts"): Service {
  const { ranges, unknown } = readPorts(value);
  // A name that is not known could be any port, and its opposite as well.
  if (unknown.length > 0) return { terms: negated ? [] : rangeTerms(ranges, side), unknown };
  return { terms: rangeTerms(negated ? otherPorts(ranges) : ranges, side) };
}

function rangeTerms(ranges: readonly PortRange[], side: "ports" | "sourcePorts"): readonly ServiceTerm[] {
  return ranges.length === 0 ? [] : [{ protocol: "any", [side]: ranges }];
}

/** `--ports`: of the caller or of the destination. */
function eitherPort(value: string, negated: boolean): Service {
  const { ranges, unknown } = readPorts(value);
  if (unknown.length > 0) return { terms: [], unknown };
  if (negated) return { terms: [{ protocol: "any", ports: otherPorts(ranges), sourcePorts: otherPorts(ranges) }] };
  return { terms: [...rangeTerms(ranges, "ports"), ...rangeTerms(ranges, "sourcePorts")] };
}

function readPorts(value: string): { readonly ranges: readonly PortRange[]; readonly unknown: readonly string[] } {
  const ranges: PortRange[] = [];
  const unknown: string[] = [];
  for (const part of value.split(",").slice(0, 64)) {
    const [first = "", last] = part.split(":");
    const from = portOf(first, 0);
    const to = last === undefined ? from : portOf(last, 65_535);
    if (from === undefined || to === undefined || (first === "" && last === undefined))
      unknown.push(`port ${part.slice(0, 40)}`);
    else if (from <= to) ranges.push({ from, to });
  }
  return { ranges, unknown };
}

function portOf(text: string, open: number): number | undefined {
  return text === "" ? open : portNamed(text);
}

/** A poll opens a connection: its first packet is in the state NEW. */
function readStates(rule: Collected, states: readonly string[], negated: boolean): void {
  const fresh = states.includes("NEW");
  const others = states.filter((state) => !/^(NEW|ESTABLISHED|RELATED|INVALID|UNTRACKED)$/.test(state));
  // `--ctstate ESTABLISHED`, `! --ctstate NEW`: not the first packet. DNAT and SNAT are beside the other states.
  if (others.length > 0 && !fresh) rule.uncertain.add(`connection state ${others.join(",").slice(0, 40)}`);
  else if (fresh === negated) rule.never = true;
}

/** Whether the first packet, which has SYN and nothing else, is what the flags say. */
function matchesSyn(mask: string, compared: string): boolean {
  const flags = (text: string): readonly string[] =>
    text === "ALL" ? ["SYN", "ACK", "FIN", "RST", "URG", "PSH"] : text.split(",").filter((flag) => flag !== "NONE");
  const examined = flags(mask.toUpperCase());
  const wanted = flags(compared.toUpperCase());
  const seen = examined.includes("SYN") ? ["SYN"] : [];
  return wanted.length === seen.length && wanted.every((flag) => seen.includes(flag));
}

function destinationType(rule: Collected, types: readonly string[], negated: boolean): number | undefined {
  const never = types.every((type) => /^(BROADCAST|MULTICAST|ANYCAST)$/.test(type));
  if (never) {
    if (!negated) rule.never = true;
    return 1;
  }
  if (types.includes("LOCAL") && !negated) {
    rule.local = true;
    return 1;
  }
  return undefined;
}
