/** Security rules of PAN-OS as one list per vsys or device group: pre-rules, its own, post-rules, overridden defaults. */
import { anyService, type Entry, type Operand, type Rule, type RuleList } from "../../core/allowlist/index";
import { quotable } from "../lines";
import { type Context, ruleTerm } from "./addresses";
import { scopeText } from "./scopes";
import { serviceOf } from "./services";
import { firstValue, type PanObject, type Scope, type Store, type Value, valuesOf } from "./store";
import { type Outside, outsideOf } from "./zones";

export function ruleListsOf(store: Store, context: Context): RuleList[] {
  const all = [...store.scopes()];
  const outside = outsideOf(store);
  const lists = all
    .filter(({ kind }) => kind !== "shared")
    .map((scope) => listOf(scope, context, outside))
    .filter(({ rules }) => rules.length > 0);
  if (lists.length > 0) return lists;
  const shared = all.find(({ kind }) => kind === "shared");
  const alone = shared === undefined ? undefined : listOf(shared, context, outside);
  return alone === undefined || alone.rules.length === 0 ? [] : [alone];
}

function listOf(scope: Scope, context: Context, outside: Outside): RuleList {
  // From the innermost outwards; names in rules mean what the device group makes of them, so its own definitions count.
  const chain = context.scopes.chain(scope);
  const inwards = [...chain].reverse();
  const found = [
    ...inwards.flatMap(({ books }) => books.pre.rules()),
    ...chain.flatMap(({ books }) => books.local.rules()),
    ...chain.flatMap(({ books }) => books.post.rules()),
  ];
  const rules = found.flatMap((rule) => rulesOf(rule, scope, context, outside));
  const fallback = chain.map(({ defaults }) => defaults.get("interzone-default")).find((one) => one !== undefined);
  const action = fallback === undefined ? undefined : firstValue(fallback, "action");
  if (fallback !== undefined && action === "allow") rules.push(defaultRule(fallback));
  if (scope.kind === "device-group" && chain.some(({ books }) => books.post.rules().length > 0)) {
    context.notes.add(
      found[0]?.line ?? 1,
      "rules of the firewalls themselves come before post-rules; they are not here",
    );
  }
  return {
    id: `rules:${scopeText(scope)}`,
    name: scopeText(scope) || "security",
    kind: "security rules",
    line: found[0]?.line ?? fallback?.line ?? 1,
    evaluation: "first-match",
    use: "inbound",
    rules,
  };
}

function defaultRule({ line }: PanObject): Rule {
  const text = "default-security-rules interzone-default action allow";
  const operand: Operand = { entries: [{ text: "any", line, term: { kind: "any" } }] };
  const base = { text, line, source: operand, destination: operand, service: anyService } as const;
  return { ...base, action: "permit", enabled: true, isDefault: true };
}

/** A rule; two, when its action cannot be read. */
function rulesOf(rule: PanObject, scope: Scope, context: Context, outside: Outside): Rule[] {
  const action = firstValue(rule, "action");
  const zones = zonesOf(rule);
  const why = [zones.why, conditionOf(rule)].filter((one) => one !== undefined);
  const direction = zones.from !== undefined && outside.isInside(zones.from) ? ({ direction: "out" } as const) : {};
  if (firstValue(rule, "schedule") !== undefined) {
    context.notes.add(rule.line, "in force at certain times only (schedule); taken as always in force");
  }
  const base = {
    name: rule.name,
    text: quotable(`security rules ${rule.name} action ${action ?? "?"}`),
    line: rule.line,
    enabled: firstValue(rule, "disabled") !== "yes",
    source: operandOf(rule, "source", scope, context),
    destination: operandOf(rule, "destination", scope, context),
    service: serviceOf(rule, scope, context.scopes),
    ...(zones.from === undefined ? {} : { from: zones.from }),
    ...(zones.to === undefined ? {} : { to: zones.to }),
    ...direction,
  };
  if (action === "allow" || (action !== undefined && /^(deny|drop|reset-(client|server|both))$/.test(action))) {
    const uncertain = why.length === 0 ? {} : { uncertain: why.join(", ") };
    return [{ ...base, action: action === "allow" ? "permit" : "deny", ...uncertain }];
  }
  context.notes.add(rule.line, `the action of rule ${rule.name.slice(0, 80)} is not understood`);
  const uncertain = "its action is not understood";
  return [
    { ...base, action: "permit", uncertain },
    { ...base, action: "deny", uncertain },
  ];
}

function operandOf(rule: PanObject, side: "source" | "destination", scope: Scope, context: Context): Operand {
  const values = valuesOf(rule, side);
  const entries = values.map(
    (value): Entry => ({
      text: quotable(value.text),
      line: value.line,
      ...(value.column === undefined ? {} : { column: value.column }),
      term: ruleTerm(value, scope, context),
    }),
  );
  if (entries.length === 0) {
    context.notes.add(rule.line, `rule ${rule.name.slice(0, 80)} has no ${side}`);
    entries.push({ text: `no ${side}`, line: rule.line, term: { kind: "unknown", what: "notUnderstood" } });
  }
  return { entries, ...(firstValue(rule, `negate-${side}`) === "yes" ? { negated: true } : {}) };
}

interface Zones {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly why?: string;
}

/** A rule for traffic inside of zones, or between different ones, is for some of its pairs of zones only. */
function zonesOf(rule: PanObject): Zones {
  const from = namesOf(valuesOf(rule, "from"));
  const to = namesOf(valuesOf(rule, "to"));
  const type = firstValue(rule, "rule-type");
  const zones = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  if (type === "intrazone") {
    if (from?.length === 1) return { from, to: from };
    return { ...zones, why: "rule-type intrazone" };
  }
  if (type !== "interzone") return zones;
  const apart = from !== undefined && to !== undefined && !from.some((zone) => to.includes(zone));
  return apart ? zones : { ...zones, why: "rule-type interzone" };
}

function namesOf(values: readonly Value[]): readonly string[] | undefined {
  const names = values.map(({ text }) => text);
  return names.length === 0 || names.includes("any") ? undefined : names;
}

/** Conditions on who or what, beside addresses: whether a poll meets them is not in the file. */
const conditions = ["source-user", "category", "source-hip", "destination-hip", "hip-profiles", "target devices"];

function conditionOf(rule: PanObject): string | undefined {
  const found = conditions.filter((key) => valuesOf(rule, key).some(({ text }) => text !== "any"));
  return found.length === 0 ? undefined : `it depends on ${found.join(", ")}`;
}
