/**
 * Conditions of rules as matches of the packet filter. What is asked about is the first packet of a connection from
 * outside: its state is new, it has SYN and no other flag. Source: nft(8).
 */
import type { Operand, Service } from "../../core/allowlist/index";
import { both, everything, type InterfaceMatch, type Match } from "../netfilter/match";
import { addressEntries } from "./addresses";
import type { Element, Expression, Operator, Place, Table } from "./ruleset";
import { elementsOf } from "./ruleset";
import { equality, portService, protocolService, type Words, wordsIn } from "./values";

/** What is known where a rule stands. */
export interface RuleContext {
  readonly table: Table;
  readonly text: string;
  readonly place: Place;
  /** For packets that are for the machine itself: `fib daddr type local` is all of them there, and none that go through. */
  readonly forThisMachine: boolean;
  /** Some rule of the file sends packets elsewhere: what goes on with a packet of that kind is not known here. */
  readonly redirected: boolean;
  /** Tells what a reader should know of what was taken for granted. */
  readonly note: (message: string) => void;
}

export interface Comparison {
  readonly selectors: readonly string[];
  readonly mask?: Expression;
  readonly operator: Operator;
  readonly value: Expression;
}

/** Any of the matches: a concatenation with a set has one for each combination of the other parts. */
export function matchesOf(comparison: Comparison, context: RuleContext): readonly Match[] {
  const { selectors, operator, value } = comparison;
  const [selector = ""] = selectors;
  if (selectors.length === 1) return [matchOf({ ...comparison, selector }, context)];
  const elements = elementsFor(value, context.table);
  if (elements === undefined || equality(operator) !== "is") return [doubtful(selectors.join(" . "))];
  return groupsOf(selectors, elements, () => "").map(({ keys }) => combined(selectors, keys, context));
}

export interface Choice {
  readonly match: Match;
  /** One of those that lead to the same. */
  readonly element: Element;
}

/**
 * A match for each thing that a map leads to; undefined when the map is not in the file.
 *
 * @param keyOf what an element leads to, as a key
 * @param ends whether the packet goes no further in the chain
 */
export function choicesOf(
  selectors: readonly string[],
  map: Expression,
  { keyOf, ends }: { keyOf(element: Element): string; ends(element: Element): boolean },
  context: RuleContext,
): readonly Choice[] | undefined {
  const elements = elementsFor(map, context.table);
  if (elements === undefined) return undefined;
  const [selector = ""] = selectors;
  const isWildcard = ({ value }: Element): boolean =>
    selectors.length === 1 && value.kind === "value" && value.text === "*";
  const others = elements.filter((element) => !isWildcard(element));
  const choices = groupsOf(selectors, others, keyOf).map(({ keys, sample }) => ({
    match: combined(selectors, keys, context),
    element: sample,
  }));
  const wildcard = elements.find(isWildcard);
  if (wildcard === undefined) return choices;
  // `*` is for what no other element holds: what the others end never comes to it.
  const rest: One = { selector, operator: "!=", value: { kind: "set", elements: others } };
  const match = others.every(ends) ? implied(selector, everything) : matchOf(rest, context);
  return [...choices, { match, element: wildcard }];
}

function elementsFor(expression: Expression, table: Table): readonly Element[] | undefined {
  switch (expression.kind) {
    case "set":
      return expression.elements;
    case "reference": {
      const set = table.sets.get(expression.name);
      return set === undefined ? undefined : elementsOf(set);
    }
    case "variable":
      return expression.definition === undefined ? undefined : elementsFor(expression.definition.value, table);
    case "concat":
    case "value":
      return [{ line: 1, text: "", value: expression }];
    default:
      return undefined;
  }
}

const addressSelectors: ReadonlySet<string> = new Set(["ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr"]);

interface Group {
  /** For each selector what it may be. */
  readonly keys: Expression[];
  readonly sample: Element;
}

/** More combinations are no rule that a person can read; the rest of them is one that cannot be decided. */
const mostGroups = 256;

/**
 * Elements that differ in one part alone, as one: in addresses, where there are any. So a set of 10,000 addresses with two
 * ports is two matches.
 */
function groupsOf(
  selectors: readonly string[],
  elements: readonly Element[],
  keyOf: (element: Element) => string,
): readonly Group[] {
  const collected = selectors.length === 1 ? 0 : selectors.findIndex((selector) => addressSelectors.has(selector));
  const groups = new Map<string, { parts: readonly Expression[]; values: Element[]; sample: Element }>();
  for (const element of elements) {
    const { value } = element;
    const parts = selectors.length === 1 ? [value] : value.kind === "concat" ? value.parts : [];
    const fixed = parts.map((part, at) => (at === collected ? "" : partKey(part)));
    const key = groups.size < mostGroups ? JSON.stringify([keyOf(element), ...fixed]) : "more";
    const group = groups.get(key) ?? { parts: key === "more" ? [] : parts, values: [], sample: element };
    groups.set(key, group);
    const part = parts[collected];
    if (part !== undefined) group.values.push({ ...element, value: part });
  }
  return [...groups.values()].map(({ parts, values, sample }) => ({
    keys: selectors.map((_, at) =>
      at === collected ? { kind: "set", elements: values } : (parts[at] ?? { kind: "unknown", text: "?" }),
    ),
    sample,
  }));
}

function partKey(part: Expression): string {
  return part.kind === "value" ? part.text : `${part.kind} ${"name" in part ? part.name : ""}`;
}

function combined(selectors: readonly string[], keys: readonly Expression[], context: RuleContext): Match {
  return selectors
    .map((selector, at) => matchOf({ selector, operator: "==", value: keys[at] as Expression }, context))
    .reduce(both, everything);
}

function doubtful(what: string): Match {
  return { ...everything, uncertain: [`${what.slice(0, 80)} is not understood`] };
}

const never: Match = { ...everything, never: true };

interface One {
  readonly selector: string;
  readonly mask?: Expression;
  readonly operator: Operator;
  readonly value: Expression;
}

function matchOf(one: One, context: RuleContext): Match {
  const { selector, mask, operator, value } = one;
  if (selector === "tcp flags") return flagsMatch(one, context);
  if (mask !== undefined)
    return selector === "ct state" ? doubtful("ct state &") : implied(selector, doubtful(`${selector} &`));
  const words = (): Words => wordsIn(value, context.table);
  const sameness = equality(operator);
  switch (selector) {
    case "ip saddr":
    case "ip daddr":
    case "ip6 saddr":
    case "ip6 daddr": {
      const family = selector.startsWith("ip6") ? "ipv6" : "ipv4";
      if (sameness === undefined) return { ...doubtful(selector), family };
      const { text, place, table } = context;
      const entries = addressEntries(value, { family, text, place, table });
      const operand: Operand = { entries, ...(sameness === "is not" ? { negated: true } : {}) };
      return { ...everything, family, [selector.endsWith("saddr") ? "sources" : "destinations"]: [operand] };
    }
    case "meta iifname":
    case "meta iif":
      return interfaceMatch("from", sameness, words(), selector);
    case "meta oifname":
    case "meta oif":
      // What is for the machine itself goes out nowhere.
      if (context.forThisMachine) return sameness === "is" ? never : everything;
      return interfaceMatch("to", sameness, words(), selector);
    case "meta nfproto":
    case "meta protocol":
    case "ether type":
      return familyMatch(sameness, words(), selector);
    case "ip version":
      return { ...everything, family: "ipv4" };
    case "meta l4proto":
      return services(protocolService(operator, words()));
    case "ip protocol":
      return { ...services(protocolService(operator, words())), family: "ipv4" };
    case "ip6 nexthdr":
      return { ...services(protocolService(operator, words())), family: "ipv6" };
    case "ct state":
      return stateMatch(sameness, words());
    case "ct status": {
      const { words: states, unknown } = words();
      const sent = unknown.length === 0 && states.every((state) => state === "dnat" || state === "snat");
      // Where nothing is sent elsewhere no packet has that mark.
      if (!sent || context.redirected || sameness === undefined) return doubtful(selector);
      return sameness === "is" ? never : everything;
    }
    case "ct direction":
      return chosen(sameness, words(), ["original"], ["reply"], selector);
    case "meta pkttype":
      return chosen(sameness, words(), ["host", "unicast"], ["broadcast", "multicast", "other"], selector);
    case "meta time":
    case "meta day":
    case "meta hour":
      context.note("in force at certain times only; taken as always in force");
      return everything;
    default:
      return otherMatch(one, context, words());
  }
}

function otherMatch({ selector, operator }: One, context: RuleContext, words: Words): Match {
  const sameness = equality(operator);
  const fib = /^fib (.*) (\w+)$/.exec(selector);
  if (fib !== null) {
    const [, keys = "", result] = fib;
    if (result === "type" && keys.split(" . ").includes("daddr")) {
      const here = context.forThisMachine ? ["local"] : ["unicast"];
      const gone = context.forThisMachine ? ["unicast"] : ["local"];
      return chosen(
        sameness,
        words,
        here,
        [...gone, "broadcast", "multicast", "anycast", "blackhole", "unreachable"],
        selector,
      );
    }
    if (/^(oif|oifname|check)$/.test(result ?? "")) {
      // The way back leads to where the packet came from, for a caller on the internet.
      context.note("the way back (fib) is taken to be the way in");
      return chosen(sameness, words, ["exists", "true", "1"], ["missing", "false", "0"], selector);
    }
  }
  const [protocol = "", field] = selector.split(" ");
  if (field === "dport" || field === "sport") {
    const side = field === "dport" ? "ports" : "sourcePorts";
    return services(portService(protocol === "th" ? "any" : protocol, side, operator, words));
  }
  // Pings and the like are no connection, whatever their type.
  if (protocol === "icmp" || protocol === "icmpv6" || protocol === "igmp") {
    return implied(selector, everything);
  }
  return implied(selector, doubtful(selector));
}

/** What the protocol of a field says of the packet. */
function implied(selector: string, match: Match): Match {
  const [protocol = ""] = selector.split(" ");
  if (protocol === "ip" || protocol === "ip6") return { ...match, family: protocol === "ip" ? "ipv4" : "ipv6" };
  if (/^(tcp|udp|udplite|sctp|dccp|icmp|icmpv6|igmp|esp|ah)$/.test(protocol)) {
    return { ...match, services: [{ terms: [{ protocol }] }] };
  }
  return match;
}

function services(service: Service): Match {
  return { ...everything, services: [service] };
}

function interfaceMatch(
  side: "from" | "to",
  sameness: string | undefined,
  { words, unknown }: Words,
  selector: string,
): Match {
  // A number or a name that stands elsewhere could be any interface.
  if (sameness === undefined || unknown.length > 0 || words.some((word) => /^\d+$/.test(word)))
    return doubtful(selector);
  const names = words.map((word) => (word.endsWith("*") ? `${word.slice(0, -1)}+` : word));
  const match: InterfaceMatch = { names, negated: sameness === "is not" };
  return { ...everything, [side]: [match] };
}

function familyMatch(sameness: string | undefined, { words, unknown }: Words, selector: string): Match {
  const families = new Set(
    words.map((word) => (/^(ipv4|ip)$/.test(word) ? "ipv4" : /^(ipv6|ip6)$/.test(word) ? "ipv6" : "other")),
  );
  if (sameness === undefined || unknown.length > 0) return doubtful(selector);
  const left = (["ipv4", "ipv6"] as const).filter((family) => families.has(family) === (sameness === "is"));
  if (left.length === 2) return everything;
  const [family] = left;
  return family === undefined ? never : { ...everything, family };
}

/** The first packet has one of the values, or surely none of them. */
function chosen(
  sameness: string | undefined,
  { words, unknown }: Words,
  ours: readonly string[],
  others: readonly string[],
  selector: string,
): Match {
  const known = words.every((word) => ours.includes(word) || others.includes(word));
  if (sameness === undefined || unknown.length > 0 || !known) return doubtful(selector);
  const holds = words.some((word) => ours.includes(word));
  return holds === (sameness === "is") ? everything : never;
}

function stateMatch(sameness: string | undefined, words: Words): Match {
  return chosen(sameness, words, ["new"], ["established", "related", "invalid", "untracked"], "ct state");
}

const tcpFlags: ReadonlyMap<string, number> = new Map([
  ["fin", 1],
  ["syn", 2],
  ["rst", 4],
  ["psh", 8],
  ["ack", 16],
  ["urg", 32],
  ["ecn", 64],
  ["cwr", 128],
]);

/** Of a packet with SYN and no other flag, except those for congestion, which callers may set. */
function flagsMatch({ mask, operator, value }: One, context: RuleContext): Match {
  const bits = (expression: Expression): readonly number[] | undefined => {
    const { words, unknown } = wordsIn(expression, context.table);
    const found = words.map(
      (word) => tcpFlags.get(word) ?? (/^(0x[0-9a-f]{1,2}|\d{1,3})$/.test(word) ? Number(word) : undefined),
    );
    return unknown.length > 0 || found.includes(undefined) ? undefined : (found as number[]);
  };
  const sameness = equality(operator);
  const wanted = bits(value);
  const looked = mask === undefined ? undefined : bits(mask);
  const tcp = (match: Match): Match => implied("tcp flags", match);
  if (sameness === undefined || wanted === undefined || (mask !== undefined && looked === undefined))
    return tcp(doubtful("tcp flags"));
  const syn = 2;
  const all = (some: readonly number[]): number => some.reduce((sum, one) => sum | one, 0);
  // Without a mask: any of the flags; compared with a set of values: one of them.
  let holds: boolean;
  if (looked !== undefined) {
    const examined = all(looked);
    if ((examined & 0b1100_0000) !== 0) return tcp(doubtful("tcp flags"));
    const choices = value.kind === "set" ? wanted : [all(wanted)];
    holds = choices.includes(syn & examined);
  } else if (operator === "in") holds = value.kind === "set" ? wanted.includes(syn) : (all(wanted) & syn) !== 0;
  else holds = value.kind === "set" ? wanted.includes(syn) : all(wanted) === syn;
  return tcp(holds === (sameness === "is") ? everything : never);
}
