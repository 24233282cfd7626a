/** One `<rule>` of a config.xml: of the filter, or of the port forwards. */
import type { Entry, Operand, Rule, Service, ServiceTerm, Term } from "../../core/allowlist/index";
import { type Family, parseEntry } from "../../core/ip/index";
import { quotable } from "../lines";
import { childNamed, type XmlNode } from "../xml";
import { isThere, textIn, wordsIn } from "./elements";
import type { Interfaces } from "./interfaces";
import type { Ports } from "./ports";

/** What rules refer to, and how the two systems differ. */
export interface Surroundings {
  readonly interfaces: Interfaces;
  readonly ports: (word: string) => Ports;
  readonly notes: { add(line: number, message: string): void };
  /** Whether the rule is switched off; undefined: cannot be told. */
  readonly isDisabled: (rule: XmlNode) => boolean | undefined;
  readonly isFloating: (rule: XmlNode) => boolean;
  readonly isQuick: (rule: XmlNode) => boolean;
  /** A family where the rule has none of its own. */
  readonly familyOf: (ipprotocol: string) => Family | undefined;
}

/** A rule, and where it is in force. */
export interface PlacedRule {
  /** Two, when not even the action can be read: one each way. None for a rule that only marks traffic. */
  readonly rules: readonly Rule[];
  /** Absent: every interface. */
  readonly interfaces: readonly string[] | undefined;
  readonly floating: boolean;
  readonly direction: "in" | "out" | "any";
}

export function aliasId(name: string): string {
  return `alias:${name}`;
}

export function readRule(node: XmlNode, around: Surroundings): PlacedRule {
  const floating = around.isFloating(node);
  const direction = textIn(node, "direction");
  const named = wordsIn(textIn(node, "interface")).filter((name) => name !== "any");
  return {
    rules: rulesOf(node, around),
    interfaces: named.length === 0 ? undefined : named,
    floating,
    direction: !floating ? "in" : direction === "in" || direction === "out" ? direction : "any",
  };
}

function rulesOf(node: XmlNode, around: Surroundings): readonly Rule[] {
  const type = textIn(node, "type");
  // `match` shapes and marks; it never decides.
  if (type === "match") return [];
  const base = ruleOf(node, around, around.isQuick(node));
  // Rules of very old releases have no type, and pass.
  if (type === "pass" || type === "") return [{ ...base, action: "permit" }];
  if (type === "block" || type === "reject") return [{ ...base, action: "deny" }];
  around.notes.add(node.line, `rules of type ${type.slice(0, 40)} are not understood`);
  const doubtful = { ...base, uncertain: "not understood" };
  return [
    { ...doubtful, action: "permit" },
    { ...doubtful, action: "deny" },
  ];
}

/** A port forward that passes what it forwards, without a rule of the filter. */
export function forwardRule(node: XmlNode, around: Surroundings): Rule {
  return { ...ruleOf(node, around, true), action: "permit" };
}

/** All of a rule but its action. */
function ruleOf(node: XmlNode, around: Surroundings, quick: boolean): Omit<Rule, "action"> {
  const source = childNamed(node, "source");
  const destination = childNamed(node, "destination");
  const disabled = around.isDisabled(node);
  const doubts = [...conditionsOf(node), ...(disabled === undefined ? ["cannot tell whether it is disabled"] : [])];
  const family = around.familyOf(textIn(node, "ipprotocol"));
  const descr = textIn(node, "descr");
  if (textIn(node, "sched") !== "") {
    around.notes.add(node.line, "in force at certain times only (schedule); taken as always in force");
  }
  return {
    ...(descr === "" ? {} : { name: descr }),
    text: textOf(node),
    line: node.line,
    source: sideOf(source, node, around),
    destination: sideOf(destination, node, around),
    service: serviceOf(node, around),
    ...(family === undefined ? {} : { family }),
    enabled: disabled !== true,
    quick,
    ...(doubts.length === 0 ? {} : { uncertain: doubts.join(", ") }),
  };
}

/** What a rule demands beyond addresses and ports. */
function conditionsOf(node: XmlNode): string[] {
  const found = ["os", "tagged", "dscp", "tos", "prio"]
    .filter((name) => textIn(node, name) !== "")
    .map((name) => `${name} ${textIn(node, name).slice(0, 40)}`);
  const vlan = textIn(node, "vlanprio");
  if (vlan !== "" && vlan !== "none") found.push(`vlanprio ${vlan.slice(0, 40)}`);
  const [set, of] = [textIn(node, "tcpflags1").toLowerCase(), textIn(node, "tcpflags2").toLowerCase()];
  // The first packet of a connection carries SYN and no other flag.
  if (of !== "" && !(set === "syn" && wordsIn(of).includes("syn")) && !isThere(node, "tcpflags_any")) {
    found.push("TCP flags");
  }
  if (isThere(node, "interfacenot") && !["", "0"].includes(textIn(node, "interfacenot"))) found.push("interface not");
  return found;
}

/** `pass on wan inet proto tcp from SCUBA to wanip port 443`, as the device spells what the elements say. */
function textOf(node: XmlNode): string {
  const side = (name: string): string => {
    const at = childNamed(node, name);
    const not = isThere(at, "not") ? "! " : "";
    const what = isThere(at, "any") ? "any" : textIn(at, "network") || textIn(at, "address") || "?";
    const port = textIn(at, "port");
    return `${not}${what}${port === "" ? "" : ` port ${port}`}`;
  };
  const words = [
    textIn(node, "type") || "pass",
    ...(textIn(node, "interface") === "" ? [] : ["on", textIn(node, "interface")]),
    textIn(node, "ipprotocol") || "inet",
    ...(textIn(node, "protocol") === "" ? [] : ["proto", textIn(node, "protocol")]),
    "from",
    side("source"),
    "to",
    side("destination"),
  ];
  return quotable(words.join(" ").replace(/\s+/g, " "));
}

function serviceOf(node: XmlNode, around: Surroundings): Service {
  const protocol = textIn(node, "protocol").toLowerCase();
  const source = textIn(childNamed(node, "source"), "port");
  const destination = textIn(childNamed(node, "destination"), "port");
  const ported = [source, destination].some((port) => port !== "" && port !== "any");
  // Ports without a protocol are those of TCP.
  const protocols = protocol === "tcp/udp" ? ["tcp", "udp"] : [protocol || (ported ? "tcp" : "any")];
  const unknown: string[] = [];
  const read = (port: string) => {
    if (port === "" || port === "any") return undefined;
    const { ranges, unknown: names } = around.ports(port);
    unknown.push(...names);
    return ranges;
  };
  if (ported && !protocols.some((name) => name === "tcp" || name === "udp")) {
    return { terms: [], unknown: [`ports of ${protocols[0]?.slice(0, 40)}`] };
  }
  const [sourcePorts, ports] = [read(source), read(destination)];
  const terms = protocols.map(
    (name): ServiceTerm => ({
      protocol: name,
      ...(ports === undefined ? {} : { ports }),
      ...(sourcePorts === undefined ? {} : { sourcePorts }),
    }),
  );
  // A caller's port that cannot be resolved leaves open whether any of it is meant.
  return unknown.length === 0
    ? { terms }
    : { terms: ports?.length === 0 || sourcePorts?.length === 0 ? [] : terms, unknown };
}

function sideOf(side: XmlNode | undefined, rule: XmlNode, { interfaces }: Surroundings): Operand {
  const at = { line: (side ?? rule).line, path: (side ?? rule).name };
  if (isThere(side, "any")) return { entries: [{ text: "any", ...at, term: { kind: "any" } }] };
  const network = textIn(side, "network");
  const written = network === "" ? textIn(side, "address") : network;
  const terms = network === "" ? undefined : interfaceTerms(network, interfaces);
  const words = terms === undefined ? wordsIn(written) : [written];
  const entries =
    terms === undefined
      ? words.map((word): Entry => ({ text: quotable(word), ...at, term: termOf(word) }))
      : terms.map((term): Entry => ({ text: quotable(written), ...at, term }));
  if (entries.length === 0) {
    return { entries: [{ text: side?.name ?? "no side", ...at, term: { kind: "unknown", what: "notUnderstood" } }] };
  }
  return { entries, ...(isThere(side, "not") ? { negated: true } : {}) };
}

/** `any`, an address, a prefix, or the name of an alias. */
function termOf(word: string): Term {
  if (word === "any") return { kind: "any" };
  const parsed = parseEntry(word, { hostBits: "clear" });
  return parsed.ok ? { kind: "block", block: parsed.value } : { kind: "set", id: aliasId(word) };
}

/** `lan` is the subnets behind an interface, `lanip` its own addresses, `(self)` those of all of them. */
function interfaceTerms(word: string, { all }: Interfaces): readonly Term[] | undefined {
  const unknown: readonly Term[] = [{ kind: "unknown", what: "dynamic" }];
  const known = all.get(word);
  if (known !== undefined) return known.subnets.length > 0 ? known.subnets : unknown;
  const own = word.endsWith("ip") ? all.get(word.slice(0, -2)) : undefined;
  if (own !== undefined) return own.addresses.length > 0 ? own.addresses : unknown;
  const reserved = /^(\(self\)|pppoe|l2tp|openvpn|enc0|(wan|lan|opt\d+)(ip)?)$/;
  return reserved.test(word) ? unknown : undefined;
}
