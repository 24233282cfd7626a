/** OPNsense: config.xml with aliases, rules of the older and of the newer kind. */
import { type Model, noteCollector, type Rule } from "../../core/allowlist/index";
import { aliasStore } from "../pf/aliases";
import { inside, isThere, textIn, wordsIn } from "../pf/elements";
import { readInterfaces } from "../pf/interfaces";
import { blockAll, pfLists } from "../pf/lists";
import { portReader } from "../pf/ports";
import { forwardRule, type PlacedRule, readRule, type Surroundings } from "../pf/rules";
import { childrenNamed, readXml, type XmlNode, type XmlReading } from "../xml";
import { aliasReader, merged } from "./aliases";

export function parseOpnsense(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, problem } = readXml(text);
  if (problem !== undefined) notes.add(problem.line, problem.message);
  const top: XmlNode = root ?? { name: "", attributes: {}, children: [], text: "", line: 1, column: 1 };
  const aliases = aliasStore(notes);
  const reader = aliasReader(aliases, notes);
  for (const node of childrenNamed(inside(top, "OPNsense", "Firewall", "Alias", "aliases"), "alias")) {
    reader.read(node, isFaulty(node, problem));
  }
  const interfaces = readInterfaces(top);
  const around: Surroundings = {
    interfaces,
    ports: portReader(aliases.ports),
    notes,
    isDisabled,
    isFloating,
    isQuick: (rule) => (isThere(rule, "quick") ? isOn(rule, "quick") : !isThere(rule, "floating")),
    // Without a family pf takes both.
    familyOf: (word) => (word === "inet" ? "ipv4" : word === "inet6" ? "ipv6" : undefined),
  };
  const older = childrenNamed(inside(top, "filter"), "rule");
  const newer = newRules(top);
  const mixed = older.length > 0 && newer.length > 0;
  if (mixed) notes.add(newer[0]?.line ?? 1, "rules of two kinds: how they are ordered among each other is not known");
  const rules = [
    ...newer.map((node) => (mixed ? doubtful(readRule(node, around)) : readRule(node, around))),
    ...older.map((node) => readRule(node, around)),
  ];
  const first = firstRules(top, problem);
  const ruleLists = pfLists({ interfaces, rules, forwards: forwardsOf(top, around), first, notes });
  return { file, vendor: "opnsense", sets: merged(aliases.sets()), ruleLists, notes: notes.notes() };
}

function isFaulty({ children, line }: XmlNode, problem: XmlReading["problem"]): boolean {
  if (problem === undefined) return false;
  const last = children.at(-1);
  const end = (last?.line ?? line) + (last?.text.split("\n").length ?? 1) - 1;
  return problem.line - end <= 1;
}

function isOn(node: XmlNode, name: string): boolean {
  return !["", "0", "no"].includes(textIn(node, name));
}

/** An empty element is neither: OPNsense writes 1. */
function isDisabled(rule: XmlNode): boolean | undefined {
  if (!isThere(rule, "disabled") || textIn(rule, "disabled") === "0") return false;
  return textIn(rule, "disabled") === "" ? undefined : true;
}

function isFloating(rule: XmlNode): boolean {
  return isThere(rule, "floating") || wordsIn(textIn(rule, "interface")).length !== 1;
}

function doubtful(placed: PlacedRule): PlacedRule {
  const uncertain = "its order among the older rules is not known";
  return { ...placed, rules: placed.rules.map((rule): Rule => ({ ...rule, uncertain: rule.uncertain ?? uncertain })) };
}

function firstRules(top: XmlNode, problem: XmlReading["problem"]): Rule[] {
  const rules: Rule[] = [];
  if (problem !== undefined) {
    const uncertain = `the file has a fault in line ${problem.line}`;
    rules.push(blockAll("what the fault in the file hides", problem.line, { uncertain }));
  }
  const system = inside(top, "system");
  if (system !== undefined && !isThere(system, "ipv6allow")) {
    // Older releases block all IPv6 then; the switch has moved since.
    const uncertain = "system/ipv6allow is not set";
    rules.push(blockAll("block all IPv6", system.line, { family: "ipv6", uncertain }));
  }
  return rules;
}

function forwardsOf(top: XmlNode, around: Surroundings): Map<string, Rule[]> {
  const forwards = new Map<string, Rule[]>();
  for (const node of childrenNamed(inside(top, "nat"), "rule")) {
    if (isDisabled(node) === true || isThere(node, "nordr") || textIn(node, "associated-rule-id") !== "pass") continue;
    for (const name of wordsIn(textIn(node, "interface") || "wan")) {
      const list = forwards.get(name);
      if (list === undefined) forwards.set(name, [forwardRule(node, around)]);
      else list.push(forwardRule(node, around));
    }
  }
  return forwards;
}

/** Rules of the newer kind, in the shape of the older one. */
function newRules(top: XmlNode): XmlNode[] {
  const rules = childrenNamed(inside(top, "OPNsense", "Firewall", "Filter", "rules"), "rule");
  const sequence = (node: XmlNode): number => Number(textIn(node, "sequence")) || 0;
  return [...rules].sort((a, b) => sequence(a) - sequence(b)).map(asOlder);
}

const kept = ["interface", "interfacenot", "direction", "ipprotocol", "protocol", "quick", "sched", "tagged", "prio"];

function asOlder(rule: XmlNode): XmlNode {
  const { line, column } = rule;
  const node = (name: string, text: string, children: readonly XmlNode[] = []): XmlNode => ({
    name,
    attributes: {},
    children,
    text,
    line,
    column,
  });
  const side = (name: string): XmlNode => {
    const net = textIn(rule, `${name}_net`);
    const not = isOn(rule, `${name}_not`) ? [node("not", "1")] : [];
    const what = net === "" || net === "any" ? node("any", "1") : node("network", net);
    return node(name, "", [what, ...not, node("port", textIn(rule, `${name}_port`))]);
  };
  return node("rule", "", [
    node("type", textIn(rule, "action")),
    ...kept.filter((name) => isThere(rule, name)).map((name) => node(name, textIn(rule, name))),
    ...(textIn(rule, "enabled") === "0" ? [node("disabled", "1")] : []),
    node("descr", textIn(rule, "description")),
    side("source"),
    side("destination"),
  ]);
}
