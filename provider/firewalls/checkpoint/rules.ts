/** One access rule of the management API. */
import type { Operand, Rule, Service } from "../../core/allowlist/index";
import { items, type JsonNode, member, textOf } from "../json";
import { quotable } from "../lines";
import { type Addresses, anyUid } from "./addresses";
import { isFaulty, type Notes, type ObjectStore, uidOf } from "./store";

export interface RuleContext {
  readonly store: ObjectStore;
  readonly addresses: Addresses;
  readonly service: (references: JsonNode | undefined, negated: boolean) => Service;
  readonly notes: Notes;
  readonly fault: number | undefined;
}

export interface ReadRule {
  /** Two, when the action cannot be read; none when it applies a layer. */
  readonly rules: readonly Rule[];
  /** UID of the layer that decides what the rule matches, and what it matches. */
  readonly inline?: string;
  readonly applies?: Rule;
}

/** Fixed in every installation; the dictionary names them too, and others. */
const actions: Readonly<Record<string, string>> = {
  "6c488338-8eec-4103-ad21-cd461ac2c472": "Accept",
  "6c488338-8eec-4103-ad21-cd461ac2c473": "Drop",
};

export function readRule(node: JsonNode, context: RuleContext): ReadRule {
  const base = matchOf(node, context);
  const actionUid = uidOf(member(node, "action")) ?? "";
  const action = context.store.get(actionUid)?.name ?? actions[actionUid] ?? textOf(member(node, "action")) ?? "";
  const inline = uidOf(member(node, "inline-layer"));
  if (inline !== undefined) {
    // Only an enabled rule applies its layer.
    return { rules: [], inline, applies: { ...base, action: "permit" } };
  }
  switch (action.toLowerCase()) {
    case "accept":
      return { rules: [{ ...base, action: "permit" }] };
    case "drop":
    case "reject":
      return { rules: [{ ...base, action: "deny" }] };
    case "ask":
    case "inform":
    case "user auth":
    case "client auth":
      return { rules: [{ ...base, action: "permit", uncertain: `action ${action}` }] };
    default: {
      context.notes.add(node.line, `the action ${JSON.stringify(action.slice(0, 40))} is not understood`);
      const uncertain = "action not understood";
      return {
        rules: [
          { ...base, action: "permit", uncertain },
          { ...base, action: "deny", uncertain },
        ],
      };
    }
  }
}

function matchOf(node: JsonNode, context: RuleContext): Omit<Rule, "action"> {
  const { addresses, service, notes } = context;
  const isTrue = (name: string): boolean => {
    const value = member(node, name);
    return value?.kind === "boolean" && value.value;
  };
  const enabled = member(node, "enabled");
  const name = textOf(member(node, "name")) ?? "";
  const side = (which: "source" | "destination"): Operand =>
    addresses.operand(member(node, which), isTrue(`${which}-negate`), node.line, which);
  const conditions = ["vpn", "content"].filter((one) => isNarrow(member(node, one), context));
  if (isNarrow(member(node, "time"), context)) {
    notes.add(node.line, "in force at certain times only (time); taken as always in force");
  }
  const doubts = [
    ...conditions.map((one) => `only for some ${one}`),
    ...(isFaulty(node, context.fault) ? ["the file has a fault here"] : []),
  ];
  return {
    ...(name === "" ? {} : { name }),
    text: textOfRule(node, name, context),
    line: node.line,
    source: side("source"),
    destination: side("destination"),
    service: service(member(node, "service"), isTrue("service-negate")),
    enabled: !(enabled?.kind === "boolean" && !enabled.value),
    ...(doubts.length === 0 ? {} : { uncertain: doubts.join(", ") }),
  };
}

/** Whether the column names something other than Any. An empty one means Any, as one that is not there. */
function isNarrow(column: JsonNode | undefined, { store }: RuleContext): boolean {
  return items(column).some((one) => {
    const uid = uidOf(one) ?? "";
    return uid !== anyUid && uid !== "Any" && store.get(uid)?.type !== "CpmiAnyObject";
  });
}

/** `rule 3 Connectors: SCUBA to Web, https, Accept`. */
function textOfRule(node: JsonNode, name: string, { store }: RuleContext): string {
  const number = member(node, "rule-number");
  const names = (column: string): string => {
    const words = items(member(node, column))
      .slice(0, 5)
      .map((one) => nameOf(uidOf(one) ?? "", store));
    const negate = member(node, `${column}-negate`);
    return `${negate?.kind === "boolean" && negate.value ? "not " : ""}${words.join(", ") || "?"}`;
  };
  const head = `rule ${number?.kind === "number" ? number.value : ""} ${name}`.replace(/\s+/g, " ").trim();
  const action = nameOf(uidOf(member(node, "action")) ?? "", store);
  return quotable(`${head}: ${names("source")} to ${names("destination")}, ${names("service")}, ${action}`);
}

function nameOf(uid: string, store: ObjectStore): string {
  return store.get(uid)?.name ?? (uid === anyUid ? "Any" : (actions[uid] ?? uid));
}
