/** pfSense: config.xml, whole, or the part of the aliases or of the rules that a backup of one area holds. */
import { type Entry, type Model, noteCollector, type Rule } from "../../core/allowlist/index";
import { parseBlock } from "../../core/ip/index";
import { quotable } from "../lines";
import { type AliasStore, aliasSet, aliasStore, unknownEntry } from "../pf/aliases";
import { inside, isThere, textIn, wordsIn } from "../pf/elements";
import { readInterfaces } from "../pf/interfaces";
import { blockAll, pfLists } from "../pf/lists";
import { portReader } from "../pf/ports";
import { aliasId, forwardRule, type PlacedRule, readRule, type Surroundings } from "../pf/rules";
import { childNamed, childrenNamed, readXml, type XmlNode, type XmlReading } from "../xml";

type Notes = ReturnType<typeof noteCollector>;

export function parsePfsense(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, problem } = readXml(text);
  if (problem !== undefined) notes.add(problem.line, problem.message);
  const aliases = aliasStore(notes);
  const whole = root?.name === "pfsense" ? root : undefined;
  for (const node of childrenNamed(whole === undefined ? root : inside(whole, "aliases"), "alias")) {
    readAlias(node, aliases, notes, problem);
  }
  const top: XmlNode = whole ?? { name: "", attributes: {}, children: [], text: "", line: 1, column: 1 };
  const interfaces = readInterfaces(top);
  const around: Surroundings = {
    interfaces,
    ports: portReader(aliases.ports),
    notes,
    isDisabled: (rule) => isThere(rule, "disabled"),
    isFloating: (rule) => isThere(rule, "floating"),
    isQuick: (rule) => !isThere(rule, "floating") || isThere(rule, "quick"),
    familyOf: (word) => (word === "inet6" ? "ipv6" : word === "inet46" ? undefined : "ipv4"),
  };
  const filter = whole === undefined ? (root?.name === "filter" ? root : undefined) : inside(whole, "filter");
  const rules = childrenNamed(filter, "rule").map((node): PlacedRule => readRule(node, around));
  const forwards = forwardsOf(whole, around);
  const lists = pfLists({ interfaces, rules, forwards, first: firstRules(whole, problem), notes });
  return { file, vendor: "pfsense", sets: aliases.sets(), ruleLists: lists, notes: notes.notes() };
}

/** What stands before every rule of a user. */
function firstRules(whole: XmlNode | undefined, problem: XmlReading["problem"]): Rule[] {
  const rules: Rule[] = [];
  if (problem !== undefined) {
    const uncertain = `the file has a fault in line ${problem.line}`;
    rules.push(blockAll("what the fault in the file hides", problem.line, { uncertain }));
  }
  const system = inside(whole, "system");
  // Without the switch "Allow IPv6" nothing of it comes in.
  if (system !== undefined && !isThere(system, "ipv6allow")) {
    rules.push(blockAll("block all IPv6 (system/ipv6allow is not set)", system.line, { family: "ipv6" }));
  }
  return rules;
}

function forwardsOf(whole: XmlNode | undefined, around: Surroundings): Map<string, Rule[]> {
  const forwards = new Map<string, Rule[]>();
  for (const node of childrenNamed(inside(whole, "nat"), "rule")) {
    if (isThere(node, "disabled") || isThere(node, "nordr")) continue;
    const outer = textIn(childNamed(node, "destination"), "port");
    const inner = textIn(node, "local-port");
    if (textIn(node, "associated-rule-id") === "pass") {
      const name = textIn(node, "interface") || "wan";
      const list = forwards.get(name);
      if (list === undefined) forwards.set(name, [forwardRule(node, around)]);
      else list.push(forwardRule(node, around));
    } else if (outer !== inner && inner !== "") {
      const ports = `port ${outer.slice(0, 40) || "any"} to port ${inner.slice(0, 40)}`;
      around.notes.add(node.line, `forwards ${ports}; the filter sees the latter: judge its rule with --rule`);
    }
  }
  return forwards;
}

/** Types whose addresses the device fetches or makes; the file has at most where from. */
const elsewhere = /^(urltable|openvpn)$/;

function readAlias(node: XmlNode, aliases: AliasStore, notes: Notes, problem: XmlReading["problem"]): void {
  const name = textIn(node, "name");
  const type = textIn(node, "type");
  if (name === "") return;
  const address = childNamed(node, "address");
  // What stands in or behind a fault may be half of what it was.
  const faulty = problem !== undefined && (node.line >= problem.line || isLast(node, problem.line));
  const words = faulty ? undefined : wordsIn(address?.text ?? "");
  if (/^(port|url_ports|urltable_ports)$/.test(type)) {
    aliases.addPorts(name, { words: type === "port" ? words : undefined });
    return;
  }
  const line = address?.line ?? node.line;
  const entries = (): Entry[] => {
    if (words === undefined) return [unknownEntry(name, line)];
    if (elsewhere.test(type)) {
      const where = textIn(node, "url") || textIn(node, "aliasurl") || name;
      return [{ text: quotable(withoutQuery(where)), line, term: { kind: "unknown", what: "external" } }];
    }
    if (!/^(host|network|url)$/.test(type)) {
      notes.add(node.line, `aliases of type ${type.slice(0, 40)} are not understood`);
      return [unknownEntry(name, line)];
    }
    if (type === "url") notes.add(node.line, `alias ${name.slice(0, 80)} is fetched; judged as it was fetched last`);
    return words.map((word) => readWord(word, line, notes));
  };
  aliases.addSet(aliasSet(name, `${type === "" ? "" : `${type} `}alias`, node.line, entries()));
}

/** Whether a fault at the end of the file can be inside of the element. */
function isLast({ children, line }: XmlNode, fault: number): boolean {
  const end = children.at(-1)?.line ?? line;
  return fault - end <= 1;
}

/** The part behind `?` can hold a key. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, "?…").replace(/\/\/[^/@]*@/, "//…@");
}

function readWord(word: string, line: number, notes: Notes): Entry {
  const text = quotable(word);
  const parsed = parseBlock(word, { hostBits: "clear" });
  if (parsed.ok) {
    if (parsed.note !== undefined) notes.add(line, parsed.note.message);
    return { text, line, term: { kind: "block", block: parsed.value } };
  }
  // pfSense's names of aliases have letters, digits and underscores only; a host's name has more, or is an alias too.
  if (/^[A-Za-z0-9_]+$/.test(word)) return { text, line, term: { kind: "set", id: aliasId(word) } };
  if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(word) && /[a-z]/i.test(word)) {
    return { text, line, term: { kind: "unknown", what: "fqdn" } };
  }
  notes.add(line, parsed.problem.message);
  return { text, line, term: { kind: "unknown", what: "notUnderstood" } };
}
