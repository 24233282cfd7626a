/**
 * Rules as pf takes them, one list for each interface: what the system puts first, floating rules, rules of interface
 * groups, rules of the interface. The first `quick` match decides, else the last match.
 */
import { anyService, anyTerm, type Operand, type Rule, type RuleList, type Term } from "../../core/allowlist/index";
import { parsePrefix } from "../../core/ip/index";
import type { Interface, Interfaces } from "./interfaces";
import type { PlacedRule } from "./rules";

export interface PfRules {
  readonly interfaces: Interfaces;
  readonly rules: readonly PlacedRule[];
  /** Port forwards that pass by themselves, by interface. */
  readonly forwards: ReadonlyMap<string, readonly Rule[]>;
  /** Rules that the system puts before all others. */
  readonly first: readonly Rule[];
  readonly notes: { add(line: number, message: string): void };
}

const privateNetworks = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
/** What every list of bogons holds. The rest of it, unallocated networks, is fetched and not in the file. */
const reservedNetworks = [
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "2001:db8::/32",
];

export function pfLists(from: PfRules): RuleList[] {
  const { interfaces, rules } = from;
  const floating = rules.filter((rule) => rule.floating);
  const byInterface = new Map<string, Rule[]>();
  for (const { rules: own, interfaces: names, floating: floats } of rules) {
    if (floats) continue;
    for (const name of names ?? []) {
      const list = byInterface.get(name);
      if (list === undefined) byInterface.set(name, [...own]);
      else list.push(...own);
    }
  }
  const names = new Set([
    ...interfaces.all.keys(),
    ...[...byInterface.keys()].filter((name) => !interfaces.groups.has(name)),
    ...floating.flatMap((rule) => rule.interfaces ?? []),
    ...from.forwards.keys(),
  ]);
  // Floating rules of a part of a configuration that names no interface.
  if (names.size === 0 && floating.length > 0) names.add("wan");
  return [...names].map((name) => {
    const known = interfaces.all.get(name);
    const groups = [...interfaces.groups].filter(([, members]) => members.includes(name)).map(([group]) => group);
    const list = [
      ...from.first,
      ...(from.forwards.get(name) ?? []),
      ...systemRules(known, from.notes),
      ...floating.flatMap((rule) => floatingOn(name, groups, rule)),
      ...groups.flatMap((group) => byInterface.get(group) ?? []),
      ...(byInterface.get(name) ?? []),
    ];
    return {
      id: `interface:${name}`,
      name,
      kind: "interface",
      line: known?.line ?? list[0]?.line ?? 1,
      evaluation: "last-match",
      use: useOf(name, known, interfaces),
      rules: list,
    };
  });
}

function useOf(name: string, known: Interface | undefined, { all }: Interfaces): RuleList["use"] {
  if (known !== undefined) return !known.enabled ? "unbound" : known.outside ? "inbound" : "outbound";
  // A part of a configuration: `wan` is the only name that says what is behind it.
  if (all.size === 0) return name === "wan" ? "inbound" : name === "lan" ? "outbound" : "unbound";
  return "unbound";
}

function systemRules(known: Interface | undefined, notes: PfRules["notes"]): Rule[] {
  if (known === undefined) return [];
  const rules: Rule[] = [];
  if (known.blocksBogons) {
    notes.add(
      known.line,
      `${known.name} blocks bogon networks, a list that is not in the file; its reserved part is judged`,
    );
    rules.push(blockFrom("block bogon networks", known, reservedNetworks));
  }
  if (known.blocksPrivate) rules.push(blockFrom("block private networks", known, privateNetworks));
  return rules;
}

const everywhere = (line: number): Operand => ({ entries: [{ text: "any", line, term: anyTerm }] });

function blockFrom(what: string, { name, line }: Interface, networks: readonly string[]): Rule {
  const entries = networks.map((text) => {
    const parsed = parsePrefix(text);
    const term: Term = parsed.ok ? { kind: "block", block: parsed.value } : { kind: "unknown", what: "notUnderstood" };
    return { text, line, term };
  });
  return {
    text: `${what} on ${name}`,
    line,
    action: "deny",
    source: { entries },
    destination: everywhere(line),
    service: anyService,
    enabled: true,
    quick: true,
  };
}

/** A deny of everything that is sure, or of unknown reach. */
export function blockAll(text: string, line: number, more: Partial<Rule>): Rule {
  return {
    text,
    line,
    action: "deny",
    source: everywhere(line),
    destination: everywhere(line),
    service: anyService,
    enabled: true,
    quick: true,
    ...more,
  };
}

/** What a floating rule does to traffic that comes in by the interface. */
function floatingOn(
  name: string,
  groups: readonly string[],
  { rules, interfaces, direction }: PlacedRule,
): readonly Rule[] {
  const here = interfaces === undefined || [name, ...groups].some((one) => interfaces.includes(one));
  if (here && direction !== "out") return rules;
  const elsewhere = interfaces === undefined || interfaces.some((one) => one !== name);
  if (direction === "in" || !elsewhere) return [];
  // Forwarded traffic leaves by another interface; which one is not for this list to know.
  return rules
    .filter(({ action }) => action === "deny")
    .map((rule) => ({ ...rule, uncertain: "only for what leaves by another interface" }));
}
