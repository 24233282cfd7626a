/**
 * Security policies as gcloud or the API give them: one, an array, a page with `items`, or rules alone. The rule of the
 * lowest number that matches decides; the last one, which every policy has, matches everything.
 */
import {
  anyService,
  anyTerm,
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Operand,
  type Rule,
  type RuleList,
  type UnknownKind,
} from "../../core/allowlist/index";
import { readRange } from "../gcpRanges";
import { items, type JsonNode, member, readJson, textOf } from "../json";
import { quotable } from "../lines";

/** The number of the rule that every policy ends with. */
const lastPriority = 2_147_483_647;

/** The kinds of sets: nothing is ever added to one that takes traffic away. */
export const allowedKind = "source ranges of rule";
export const otherKind = "source ranges of a rule that does not allow,";

export interface Policy {
  readonly name: string;
  readonly node: JsonNode;
  readonly path: string;
  readonly rules: readonly (readonly [node: JsonNode, path: string])[];
}

interface Reading {
  readonly sets: NamedSet[];
  readonly ids: Set<string>;
  readonly notes: ReturnType<typeof noteCollector>;
}

export function parseCloudArmor(text: string, file: string): Model {
  const { root, problem } = readJson(text);
  const reading: Reading = { sets: [], ids: new Set(), notes: noteCollector() };
  const policies = policiesOf(root);
  const lists = policies.map((policy, at): RuleList => {
    const rules = policy.rules.flatMap(([node, path]) => readRule(node, path, policy, reading));
    if (problem !== undefined) {
      // What was cut off may be a stronger rule, either way.
      const rest = ruleOf("the rest of the file", problem.line, anyOperand(problem.line));
      rules.push(...eitherWay({ ...rest, priority: Number.MIN_SAFE_INTEGER }, problem.message));
    } else if (!rules.some(({ isDefault }) => isDefault === true)) {
      const why = "the policy's last rule is not in the file";
      reading.notes.add(policy.node.line, why);
      const last = ruleOf("default", policy.node.line, anyOperand(policy.node.line));
      rules.push(...eitherWay({ ...last, isDefault: true }, why));
    }
    const id = `policy ${policy.name} ${at}`;
    const { name, node } = policy;
    return { id, name, kind: "security policy", line: node.line, evaluation: "priority", rules, use: "inbound" };
  });
  if (problem !== undefined) {
    reading.notes.add(problem.line, problem.message);
    leaveOpen(policies, problem.line, reading.sets);
  }
  return { file, vendor: "gcp-cloud-armor", sets: reading.sets, ruleLists: lists, notes: reading.notes.notes() };
}

/** The policies of a document, whatever holds them. */
export function policiesOf(root: JsonNode | undefined): Policy[] {
  const [list, path] = root?.kind === "array" ? [root, ""] : [member(root, "items"), "items"];
  if (list?.kind !== "array") return policyOf(root, "");
  if (list.items.some((node) => member(node, "match") !== undefined)) {
    return [{ name: "", node: list, path, rules: list.items.map((node, at) => [node, `${path}[${at}]`] as const) }];
  }
  return list.items.flatMap((node, at) => policyOf(node, `${path}[${at}]`));
}

function policyOf(node: JsonNode | undefined, path: string): Policy[] {
  if (node === undefined) return [];
  if (member(node, "match") !== undefined) return [{ name: "", node, path, rules: [[node, path]] }];
  const list = member(node, "rules");
  if (list?.kind !== "array") return [];
  const inside = path === "" ? "rules" : `${path}.rules`;
  const rules = list.items.map((rule, at) => [rule, `${inside}[${at}]`] as const);
  return [{ name: textOf(member(node, "name")) ?? "", node, path, rules }];
}

/** The ranges of the last rule may go on where the file stops. */
function leaveOpen(policies: readonly Policy[], line: number, sets: NamedSet[]): void {
  const set = sets.at(-1);
  const [node] = policies.at(-1)?.rules.at(-1) ?? [];
  if (set === undefined || rangesOf(node)?.line !== set.line) return;
  const rest: Entry = { text: "the rest", line, term: { kind: "unknown", what: "notUnderstood" } };
  sets[sets.length - 1] = { ...set, entries: [...set.entries, rest] };
}

function rangesOf(rule: JsonNode | undefined): JsonNode | undefined {
  return member(member(member(rule, "match"), "config"), "srcIpRanges");
}

function anyOperand(line: number): Operand {
  return { entries: [{ text: "*", line, term: anyTerm }] };
}

function ruleOf(text: string, line: number, source: Operand): Rule {
  const destination = anyOperand(line);
  return { text, line, action: "permit", source, destination, service: anyService, enabled: true };
}

function eitherWay(rule: Rule, uncertain: string): Rule[] {
  const { name: _, ...unnamed } = rule;
  return [
    { ...rule, action: "permit", uncertain },
    { ...unnamed, action: "deny", uncertain },
  ];
}

function readRule(node: JsonNode, path: string, policy: Policy, reading: Reading): Rule[] {
  const number = member(node, "priority");
  const priority = number?.kind === "number" ? number.value : undefined;
  const said = textOf(member(node, "action")) ?? "";
  const preview = member(node, "preview");
  const name = priority === undefined ? path : String(priority);
  const action = actionOf(said);
  const rule: Rule = {
    ...ruleOf(`${name}: ${said.slice(0, 40)}`, node.line, sourceOf(node, path, { name, action, policy }, reading)),
    name,
    ...(path === "" ? {} : { path }),
    enabled: !(preview?.kind === "boolean" && preview.value),
    ...(priority === undefined ? {} : { priority }),
    ...(priority === lastPriority ? { isDefault: true } : {}),
  };
  const doubt =
    priority === undefined
      ? "its priority is not understood"
      : action === undefined
        ? `what ${said.slice(0, 40) || "it"} does to a caller is not in the file`
        : preview !== undefined && preview.kind !== "boolean"
          ? "whether it is a preview is not understood"
          : undefined;
  if (doubt === undefined) return [{ ...rule, action: action ?? "deny" }];
  reading.notes.add(node.line, `rule ${name}: ${doubt}`);
  // Without a number it may be the strongest.
  return eitherWay(priority === undefined ? { ...rule, priority: Number.MIN_SAFE_INTEGER } : rule, doubt);
}

/** A redirect leads elsewhere, to a puzzle at worst: no program gets what it came for. A limit of the rate may do either. */
function actionOf(said: string): Rule["action"] | undefined {
  if (said === "allow") return "permit";
  return /^(deny(\(\d{3}\))?|redirect)$/.test(said) ? "deny" : undefined;
}

interface Owner {
  readonly name: string;
  readonly action: Rule["action"] | undefined;
  readonly policy: Policy;
}

function sourceOf(node: JsonNode, path: string, owner: Owner, { sets, ids, notes }: Reading): Operand {
  const match = member(node, "match");
  const version = textOf(member(match, "versionedExpr"));
  const ranges = rangesOf(node);
  const expression = textOf(member(member(match, "expr"), "expression"));
  const unknown = (text: string, line: number, what: UnknownKind): Operand => ({
    entries: [
      {
        text: quotable(text),
        line,
        ...(path === "" ? {} : { path: `${path}.match` }),
        term: { kind: "unknown", what },
      },
    ],
  });
  if (expression !== undefined) return unknown(expression, match?.line ?? node.line, "dynamic");
  const known = ranges?.kind === "array" && ranges.items.length > 0 && (version ?? "SRC_IPS_V1") === "SRC_IPS_V1";
  if (!known) {
    notes.add(node.line, `rule ${owner.name}: what it matches is not understood`);
    return unknown("match", match?.line ?? node.line, "notUnderstood");
  }
  const inside = `${path === "" ? "" : `${path}.`}match.config.srcIpRanges`;
  const entries = items(ranges).map((range, at): Entry => {
    const place = { line: range.line, path: `${inside}[${at}]` };
    if (textOf(range) === "*") return { text: "*", ...place, term: anyTerm };
    const { text, term, problem } = readRange(range);
    if (problem !== undefined) notes.add(range.line, problem);
    return { text, ...place, term };
  });
  if (entries.length === 1 && entries[0]?.text === "*") return { entries };
  const plain = `${owner.policy.name}/${owner.name}`;
  const id = ids.has(plain) ? `${plain} ${path}` : plain;
  ids.add(id);
  sets.push({
    id,
    name: owner.name,
    kind: owner.action === "permit" ? allowedKind : otherKind,
    ...(owner.policy.name === "" ? {} : { scope: owner.policy.name }),
    line: ranges.line,
    entries,
  });
  return { entries: [{ text: `ranges of rule ${owner.name}`, line: ranges.line, term: { kind: "set", id } }] };
}
