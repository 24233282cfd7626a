/** Policies of FortiOS as rules: in the order of the file, not of their numbers. What none takes is denied. */
import type { Entry, Operand, Rule, RuleList, Service, Term, UnknownKind } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import type { AddressReader } from "./addresses";
import { comesFromOutside, outwardOf } from "./interfaces";
import { serviceReader } from "./services";
import { isOn, type Named, refsOf, type Scope, spaceOf, target, wordOf } from "./tables";

export interface PolicyContext {
  readonly global: Scope;
  readonly addresses: AddressReader;
  readonly notes: { add(line: number, message: string): void };
  /** Whether a deny takes traffic to virtual IPs where the policy does not say so. Depends on the release. */
  readonly matchVip: "yes" | "no" | "unknown";
  /** The line of a quote that is never closed. */
  readonly torn: number | undefined;
}

/** What makes a policy depend on more than the packet. */
const conditions = [
  "groups",
  "users",
  "fsso-groups",
  "devices",
  "ztna-ems-tag",
  "ztna-ems-tag-secondary",
  "ztna-geo-tag",
  "src-vendor-mac",
  "sgt",
  "reputation-minimum",
  "reputation-minimum6",
] as const;

/** What reading the policies of one scope needs. */
interface Here extends PolicyContext {
  readonly scope: Scope;
  readonly services: ReturnType<typeof serviceReader>;
  readonly outward: ReadonlySet<string>;
  /** Those of them that policies name as where traffic comes from. */
  readonly entrances: readonly string[];
  /** Whether some permit is for a virtual IP: only then it matters whether denies take those. */
  readonly publishes: boolean;
}

/** The policies of a scope; none when there are no policies. */
export function policyList(scope: Scope, context: PolicyContext): RuleList | undefined {
  const policies = scope.policies.filter(({ table }) => table !== "");
  const [first] = policies;
  if (first === undefined) return undefined;
  const publishes = policies.some(
    (policy) => wordOf(policy, "action") === "accept" && destinationKeys.some((key) => namesVip(scope, policy, key)),
  );
  const outward = outwardOf(scope, context.global);
  const sources = new Set(policies.flatMap((policy) => interfacesOf(policy, "srcintf")));
  const entrances = [...sources].filter((name) => outward.has(name));
  const here: Here = { ...context, scope, services: serviceReader(), outward, entrances, publishes };
  if (policies.some((policy) => sideOf(here, policy) === "unknown")) {
    context.notes.add(first.line, "nothing says which interface faces outwards; every policy counts as inbound");
  }
  return {
    id: scope.name === "" ? "policy" : `${scope.name}/policy`,
    name: "policy",
    kind: "firewall policy",
    ...(scope.name === "" ? {} : { scope: scope.name }),
    line: first.line,
    evaluation: "first-match",
    use: "inbound",
    rules: policies.flatMap((policy) => rulesOf(here, policy)),
  };
}

const destinationKeys = ["dstaddr", "dstaddr4", "dstaddr6"] as const;

function namesVip(scope: Scope, policy: Named, key: string): boolean {
  const vips = spaceOf(scope, "vip");
  return vips.size > 0 && [...refsOf(policy, key).keys()].some((one) => vips.has(target(one).name));
}

const interfacesOf = (policy: Named, key: string): readonly string[] => policy.values.get(key)?.words ?? [];

function sideOf({ outward }: Here, policy: Named) {
  return comesFromOutside(interfacesOf(policy, "srcintf"), outward);
}

/**
 * Where the policy's traffic comes from; absent: everywhere. A permit is judged for what comes from outside: a deny there
 * takes all of that, whatever else the permit is for.
 */
function cameFrom({ entrances, outward }: Here, policy: Named, action: string): readonly string[] | undefined {
  const names = interfacesOf(policy, "srcintf");
  const any = names.length === 0 || names.includes("any");
  const outside = any ? entrances : names.filter((name) => outward.has(name));
  if (action !== "deny" && outside.length > 0) return outside;
  return any ? undefined : names;
}

/** One rule for each family that the policy is for. */
function rulesOf(here: Here, policy: Named): Rule[] {
  const { notes } = here;
  const action = wordOf(policy, "action") ?? "deny";
  const number = policy.name.split("@")[0] as string;
  const name = wordOf(policy, "name");
  const from = cameFrom(here, policy, action);
  const to = interfacesOf(policy, "dstintf");
  const schedule = wordOf(policy, "schedule") ?? "always";
  if (schedule !== "always" && schedule !== "none") {
    notes.add(policy.line, `in force at certain times only (schedule ${schedule}); taken as always in force`);
  }
  const doubts = doubtsOf(here, policy, action);
  const base = {
    name: name ?? number,
    text: `edit ${number}${name === undefined ? "" : ` (${name.slice(0, 80)})`} ${action.slice(0, 20)}`,
    line: policy.line,
    action: action === "deny" ? ("deny" as const) : ("permit" as const),
    service: serviceOf(here, policy),
    ...(from === undefined ? {} : { from }),
    ...(to.length === 0 || to.includes("any") ? {} : { to }),
    ...(sideOf(here, policy) === "no" ? { direction: "out" as const } : {}),
    enabled: wordOf(policy, "status") !== "disable" && schedule !== "none",
    ...(doubts.length === 0 ? {} : { uncertain: doubts.join("; ") }),
  };
  const rules: Rule[] = [];
  for (const keys of keysOf(policy)) {
    const source = operandOf(here, policy, keys, "src");
    if (source === undefined) continue;
    const destination = operandOf(here, policy, keys, "dst") ?? unknownOperand(policy, "no destination");
    rules.push({ ...base, family: keys.family, source, destination });
  }
  if (rules.length > 0) return rules;
  notes.add(policy.line, `policy ${number} has no sources that are understood`);
  const operand = unknownOperand(policy, "no source");
  return [{ ...base, source: operand, destination: operand, uncertain: "its sources are not understood" }];
}

/** The settings of one family. */
interface Keys {
  readonly family: Family;
  readonly addresses: readonly string[];
  readonly negate: string;
  readonly internet: string;
}

function keysOf({ table }: Named): readonly Keys[] {
  if (table === "firewall policy6")
    return [{ family: "ipv6", addresses: ["addr"], negate: "addr-negate", internet: "" }];
  return [
    { family: "ipv4", addresses: ["addr", "addr4"], negate: "addr-negate", internet: "internet-service" },
    { family: "ipv6", addresses: ["addr6"], negate: "addr6-negate", internet: "internet-service6" },
  ];
}

/** Absent: the policy is not for this family. */
function operandOf(here: Here, policy: Named, keys: Keys, side: "src" | "dst"): Operand | undefined {
  const internet = `${keys.internet}${side === "src" ? "-src" : ""}`;
  if (keys.internet !== "" && isOn(policy, internet)) {
    const line = policy.values.get(internet)?.line ?? policy.line;
    return { entries: [{ text: internet, line, term: unknownIn(keys.family, "external") }] };
  }
  const vips = side === "dst" ? spaceOf(here.scope, "vip") : undefined;
  const entries: Entry[] = [];
  for (const key of keys.addresses) {
    for (const [reference, line] of refsOf(policy, `${side}${key}`)) {
      const { name } = target(reference);
      // The address behind a virtual IP is translated before the policies are looked at; its name says which.
      if (vips?.has(name) === true) {
        entries.push({ text: JSON.stringify(name), line, term: unknownIn(keys.family, "dynamic") });
      } else entries.push(here.addresses.entry(here.scope, keys.family, reference, line));
    }
  }
  if (entries.length === 0) return undefined;
  return { entries, ...(isOn(policy, `${side}${keys.negate}`) ? { negated: true } : {}) };
}

/** Some address of the family: a deny for all of them takes it. */
function unknownIn(family: Family, what: UnknownKind): Term {
  const words = family === "ipv4" ? [0] : [0, 0, 0, 0];
  return { kind: "unknown", what, within: { family, words, length: 0 } };
}

function unknownOperand({ line }: Named, text: string): Operand {
  return { entries: [{ text, line, term: { kind: "unknown", what: "notUnderstood" } }] };
}

function serviceOf({ services }: Here, policy: Named): Service {
  const { terms, unknown } = services(refsOf(policy, "service").keys());
  if (isOn(policy, "service-negate")) return { terms: [], unknown: ["service-negate"] };
  // Internet services bring their own ports.
  const internet = ["internet-service", "internet-service6"].some((key) => isOn(policy, key));
  if (terms.length + unknown.length === 0)
    return { terms: [], unknown: [internet ? "internet service" : "no service"] };
  return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
}

function doubtsOf({ matchVip, torn, publishes, scope }: Here, policy: Named, action: string): string[] {
  const doubts: string[] = [];
  if (action !== "accept" && action !== "deny") doubts.push(`its action is ${action.slice(0, 20)}`);
  for (const key of conditions) {
    const word = wordOf(policy, key);
    if (word !== undefined && word !== "" && word !== "0") doubts.push(`it depends on ${key}`);
  }
  if (isOn(policy, "ztna-status")) doubts.push("it depends on ztna-status");
  if (isOn(policy, "policy-expiry")) doubts.push("it ends at a date (policy-expiry)");
  if (action === "deny" && publishes && !destinationKeys.some((key) => namesVip(scope, policy, key))) {
    const own = wordOf(policy, "match-vip");
    const takes = own === undefined ? matchVip : own === "enable" ? "yes" : "no";
    if (takes !== "yes") doubts.push("it may not take traffic to virtual IPs (match-vip)");
  }
  if (torn !== undefined) doubts.push(`a quote that begins in line ${torn} is never closed`);
  return doubts;
}
