/** SRX policies: one list for each pair of zones, the global policies behind its own, the default policy last. */
import { anyService, type Entry, type Operand, type Rule, type RuleList, type Term } from "../../core/allowlist/index";
import { quotable } from "../lines";
import { usualOutside } from "../outside";
import { serviceOf } from "./applications";
import { type Book, type Books, type Notes, setId } from "./books";
import { active, at, type Node } from "./tree";

interface Pair {
  readonly from: string;
  readonly to: string;
  readonly holder: Node;
}

export function policyListsOf(system: Node, prefix: string, books: Books, notes: Notes): RuleList[] {
  const policies = at(system, "security", "policies");
  const pairs: Pair[] = active(at(policies, "from-zone")).flatMap((from) =>
    active(at(from, "to-zone")).map((to) => ({ from: from.name, to: to.name, holder: to })),
  );
  const global = at(policies, "global");
  const globals = rulesOf(global, books, undefined, notes, system);
  // Where one zone has a usual name, traffic from the others is not from the internet.
  const known = pairs.some(({ from }) => usualOutside.test(from));
  const defaults = defaultRule(policies);
  const lists = pairs.map((pair): RuleList => {
    const own = rulesOf(pair.holder, books, pair, notes, system);
    const between = { from: [pair.from], to: [pair.to] };
    return {
      id: `policies:${prefix}${pair.from} ${pair.to}`,
      name: `${pair.from} to ${pair.to}`,
      kind: "security policies",
      ...(prefix === "" ? {} : { scope: prefix.trim() }),
      line: pair.holder.line,
      evaluation: "first-match",
      use: known && !usualOutside.test(pair.from) ? "outbound" : "inbound",
      rules: [...own, ...globals.filter((rule) => reaches(rule, pair)), ...defaults].map((rule) => ({
        ...rule,
        ...between,
      })),
    };
  });
  if (global === undefined) return lists;
  const all: RuleList = {
    id: `policies:${prefix}global`,
    name: "global",
    kind: "security policies",
    ...(prefix === "" ? {} : { scope: prefix.trim() }),
    line: global.line,
    evaluation: "first-match",
    use: "inbound",
    rules: [...globals, ...defaults],
  };
  return [...lists, all];
}

function reaches({ from, to }: Rule, pair: Pair): boolean {
  return (from === undefined || from.includes(pair.from)) && (to === undefined || to.includes(pair.to));
}

function defaultRule(policies: Node | undefined): Rule[] {
  const permit = at(policies, "default-policy", "permit-all");
  if (permit === undefined) return [];
  const any: Operand = { entries: [{ text: "any", line: permit.line, term: { kind: "any" } }] };
  const base = { text: "default-policy permit-all", line: permit.line, source: any, destination: any } as const;
  return [{ ...base, service: anyService, action: "permit", enabled: true, isDefault: true }];
}

const conditions = [
  "source-identity",
  "dynamic-application",
  "url-category",
  "source-end-user-profile",
  "source-l3vpn-vrf-group",
];

function rulesOf(holder: Node | undefined, books: Books, pair: Pair | undefined, notes: Notes, system: Node): Rule[] {
  const policies = holder?.children.get("policy");
  if (policies === undefined || policies.inactive) return [];
  const local = [...policies.children.values()].some(({ inherited }) => !inherited);
  return [...policies.children.values()].flatMap((policy): Rule[] => {
    const match = at(policy, "match");
    const then = at(policy, "then");
    const side = (name: "source" | "destination", zone: string | undefined): Operand => ({
      entries: operandOf(active(at(match, `${name}-address`)), books.of(zone), policy, name, notes),
      ...(at(match, `${name}-address-excluded`) === undefined ? {} : { negated: true }),
    });
    const why = conditions
      .filter((key) => active(at(match, key)).some(({ name }) => name !== "any" && name !== "none"))
      .map((key) => `it depends on ${key}`);
    if (policy.inherited && local) why.push("it comes from a group: its place in the order is not certain");
    if (at(policy, "scheduler-name") !== undefined) {
      notes.add(policy.line, "in force at certain times only (scheduler); taken as always in force");
    }
    const applications = active(at(match, "application"));
    const from = zonesOf(at(match, "from-zone"));
    const to = zonesOf(at(match, "to-zone"));
    const base = {
      name: policy.name,
      line: policy.line,
      enabled: !policy.inactive,
      source: side("source", pair?.from),
      destination: side("destination", pair?.to),
      service: applications.length === 0 ? { terms: [], unknown: ["no application"] } : serviceOf(applications, system),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    const permits = at(then, "permit") !== undefined;
    const denies = at(then, "deny") !== undefined || at(then, "reject") !== undefined;
    const text = quotable(`policy ${policy.name} then ${permits ? "permit" : denies ? "deny" : "?"}`);
    if (permits !== denies) {
      const uncertain = why.length === 0 ? {} : { uncertain: why.join(", ") };
      return [{ ...base, text, action: permits ? "permit" : "deny", ...uncertain }];
    }
    notes.add(policy.line, `the action of policy ${policy.name.slice(0, 80)} is not understood`);
    const uncertain = "its action is not understood";
    return [
      { ...base, text, action: "permit", uncertain },
      { ...base, text, action: "deny", uncertain },
    ];
  });
}

function zonesOf(holder: Node | undefined): readonly string[] | undefined {
  const names = active(holder).map(({ name }) => name);
  return names.length === 0 || names.includes("any") ? undefined : names;
}

function operandOf(values: readonly Node[], books: readonly Book[], policy: Node, side: string, notes: Notes): Entry[] {
  const entries = values.map(({ name, line }): Entry => ({ text: quotable(name), line, term: termOf(name, books) }));
  if (entries.length > 0) return entries;
  notes.add(policy.line, `policy ${policy.name.slice(0, 80)} has no ${side}-address`);
  return [{ text: `no ${side}-address`, line: policy.line, term: { kind: "unknown", what: "notUnderstood" } }];
}

/** Names only: the book of the zone before the global one, addresses before sets. */
function termOf(name: string, books: readonly Book[]): Term {
  if (name === "any") return { kind: "any" };
  if (name === "any-ipv4") return { kind: "any", family: "ipv4" };
  if (name === "any-ipv6") return { kind: "any", family: "ipv6" };
  for (const book of books) {
    for (const kind of ["address", "address-set"] as const) {
      if (at(book.node, kind, name) !== undefined) return { kind: "set", id: setId(kind, book, name) };
    }
  }
  return { kind: "set", id: `undefined:${name}` };
}
