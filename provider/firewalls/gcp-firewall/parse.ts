/**
 * Rules of VPC networks as `gcloud … --format=json` or the API gives them: an array, one rule, or a page with `items`.
 * Rules of one network are evaluated together; what enters is denied at the end, which is not in the file.
 */
import {
  anyService,
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Operand,
  type Rule,
  type RuleList,
} from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { readRange } from "../gcpRanges";
import { items, type JsonNode, member, readJson, textOf } from "../json";
import { readService } from "./service";

type Notes = ReturnType<typeof noteCollector>;

/** The rules of one network, as they are found. */
interface Network {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly ingress: Rule[];
  readonly egress: Rule[];
}

interface Reading {
  readonly sets: NamedSet[];
  readonly ids: Set<string>;
  readonly networks: Map<string, Network>;
  readonly notes: Notes;
}

const defaultPriority = 1000;

export function parseGcpFirewall(text: string, file: string): Model {
  const { root, problem } = readJson(text);
  const reading: Reading = { sets: [], ids: new Set(), networks: new Map(), notes: noteCollector() };
  rulesIn(root).forEach(([node, path]) => {
    readRule(node, path, reading);
  });
  if (problem !== undefined) {
    reading.notes.add(problem.line, problem.message);
    leaveOpen(root, problem.line, reading.sets);
    // What was cut off may be a stronger rule, either way.
    for (const { ingress } of reading.networks.values()) {
      ingress.push(
        ...eitherWay(
          { ...restOf("the rest of the file", problem.line), priority: Number.MIN_SAFE_INTEGER },
          problem.message,
        ),
      );
    }
  }
  return {
    file,
    vendor: "gcp-firewall",
    sets: reading.sets,
    ruleLists: [...reading.networks.values()].flatMap(listsOf),
    notes: reading.notes.notes(),
  };
}

/** The ranges of the last rule may go on where the file stops. */
function leaveOpen(root: JsonNode | undefined, line: number, sets: NamedSet[]): void {
  const set = sets.at(-1);
  if (set === undefined || member(rulesIn(root).at(-1)?.[0], "sourceRanges")?.line !== set.line) return;
  const rest: Entry = { text: "the rest", line, term: { kind: "unknown", what: "notUnderstood" } };
  sets[sets.length - 1] = { ...set, entries: [...set.entries, rest] };
}

/** The rules with their paths, whatever holds them. */
export function rulesIn(root: JsonNode | undefined): (readonly [node: JsonNode, path: string])[] {
  if (root?.kind === "array") return root.items.map((node, at) => [node, `[${at}]`] as const);
  const page = member(root, "items");
  if (page?.kind === "array") return page.items.map((node, at) => [node, `items[${at}]`] as const);
  return isRule(root) ? [[root as JsonNode, ""]] : [];
}

export function isRule(node: JsonNode | undefined): boolean {
  return ["allowed", "denied", "sourceRanges", "direction"].some((name) => member(node, name) !== undefined);
}

function listsOf({ name, path, line, ingress, egress }: Network): RuleList[] {
  const scope = projectOf(path);
  const scoped = { line, evaluation: "priority", ...(scope === undefined ? {} : { scope }) } as const;
  const lists: RuleList[] = [];
  if (ingress.length > 0) {
    lists.push({
      ...scoped,
      id: `ingress ${path}`,
      name,
      kind: "ingress rules of network",
      rules: ingress,
      use: "inbound",
    });
  }
  if (egress.length > 0) {
    const named = { id: `egress ${path}`, name: `${name} egress`, kind: "rules of network" };
    lists.push({ ...scoped, ...named, rules: egress, use: "outbound" });
  }
  return lists;
}

function projectOf(path: string): string | undefined {
  return /(?:^|\/)projects\/([^/]+)\//.exec(path)?.[1];
}

/** `https://…/projects/p/global/networks/n` and `projects/p/global/networks/n` are one network. */
function networkOf(node: JsonNode, { networks }: Reading): Network {
  const said = textOf(member(node, "network")) ?? "default";
  const path = said.replace(/^https?:\/\/.*?\/(?=projects\/)/, "").slice(0, 200);
  const known = networks.get(path);
  if (known !== undefined) return known;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const network: Network = { name, path, line: node.line, ingress: [], egress: [] };
  networks.set(path, network);
  return network;
}

function readRule(node: JsonNode, path: string, reading: Reading): void {
  const { notes } = reading;
  if (node.kind !== "object") {
    notes.add(node.line, `${path} is no rule`);
    return;
  }
  const name = textOf(member(node, "name"));
  const network = networkOf(node, reading);
  const direction = textOf(member(node, "direction")) ?? "INGRESS";
  const outbound = direction === "EGRESS";
  const allowed = member(node, "allowed");
  const denied = member(node, "denied");
  const action = allowed !== undefined && denied === undefined ? "permit" : "deny";
  const doubt = doubtOf(node, direction, (allowed === undefined) === (denied === undefined));
  const destination = outbound ? egressTo(node, path) : rangesOf(node, path, "destinationRanges", anyOf(node));
  const source = outbound ? anySource(node) : sourceOf(node, path, action, reading);
  const enabled = flag(member(node, "disabled")) !== true;
  const named = name ?? path;
  const rule: Rule = {
    ...(name === undefined ? {} : { name }),
    text: `${named}: ${direction.slice(0, 10)} ${priorityOf(node)} ${action === "permit" ? "allow" : "deny"}`,
    line: node.line,
    ...(path === "" ? {} : { path }),
    action,
    source,
    destination,
    service: readService(allowed ?? denied),
    ...targetsOf(node),
    enabled,
    priority: priorityOf(node),
  };
  const rules = outbound ? network.egress : network.ingress;
  if (doubt === undefined) rules.push(rule);
  else {
    notes.add(node.line, `${named.slice(0, 80)}: ${doubt}`);
    rules.push(...eitherWay(rule, doubt));
  }
}

/** Why it is not known what the rule does, if it is not. */
function doubtOf(node: JsonNode, direction: string, unclear: boolean): string | undefined {
  if (unclear) return "it has to have either allowed or denied";
  if (direction !== "INGRESS" && direction !== "EGRESS") return "its direction is not understood";
  const disabled = member(node, "disabled");
  if (disabled !== undefined && flag(disabled) === undefined) return "whether it is disabled is not understood";
  const priority = member(node, "priority");
  if (priority !== undefined && priority.kind !== "number") return "its priority is not understood";
  return undefined;
}

function flag(node: JsonNode | undefined): boolean | undefined {
  return node?.kind === "boolean" ? node.value : undefined;
}

function priorityOf(node: JsonNode): number {
  const priority = member(node, "priority");
  return priority?.kind === "number" ? priority.value : defaultPriority;
}

function eitherWay(rule: Rule, uncertain: string): Rule[] {
  const { name: _, ...unnamed } = rule;
  return [
    { ...rule, action: "permit", uncertain },
    { ...unnamed, action: "deny", uncertain },
  ];
}

function restOf(text: string, line: number): Rule {
  const any: Operand = { entries: [{ text: "any", line, term: { kind: "any" } }] };
  return { text, line, action: "permit", source: any, destination: any, service: anyService, enabled: true };
}

/** A VM has the rule when it has one of the tags or runs as one of the accounts; the zones of other systems come closest. */
function targetsOf(node: JsonNode): { to?: readonly string[] } {
  const tags = items(member(node, "targetTags")).map((tag) => `tag ${textOf(tag)}`);
  const accounts = items(member(node, "targetServiceAccounts")).map((account) => `account ${textOf(account)}`);
  const to = [...tags, ...accounts].map((target) => target.slice(0, 200));
  return to.length === 0 ? {} : { to };
}

/** A rule is for one family: that of its ranges, or IPv4 when it has none at all. */
function anyOf(node: JsonNode): Family {
  const texts = ["sourceRanges", "destinationRanges"].flatMap((name) => items(member(node, name)).map(textOf));
  return texts.some((text) => text?.includes(":") === true) ? "ipv6" : "ipv4";
}

function anyEntry(line: number, family: Family): Entry {
  return { text: family === "ipv4" ? "0.0.0.0/0" : "::/0", line, term: { kind: "any", family } };
}

function anySource(node: JsonNode): Operand {
  return { entries: [anyEntry(node.line, anyOf(node))] };
}

function egressTo(node: JsonNode, path: string): Operand {
  return rangesOf(node, path, "destinationRanges", anyOf(node));
}

function rangesOf(node: JsonNode, path: string, name: string, family: Family): Operand {
  const ranges = member(node, name);
  const entries = entriesOf(ranges, joined(path, name));
  return { entries: ranges === undefined || isEmptyArray(ranges) ? [anyEntry(node.line, family)] : entries };
}

function isEmptyArray(node: JsonNode): boolean {
  return node.kind === "array" && node.items.length === 0;
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function entriesOf(ranges: JsonNode | undefined, path: string, notes?: Notes): Entry[] {
  if (ranges !== undefined && ranges.kind !== "array") {
    notes?.add(ranges.line, `${path} is no array`);
    return [{ text: path, line: ranges.line, path, term: { kind: "unknown", what: "notUnderstood" } }];
  }
  return items(ranges).map((node, at) => {
    const { text, term, problem } = readRange(node);
    if (problem !== undefined) notes?.add(node.line, problem);
    return { text, line: node.line, path: `${path}[${at}]`, term };
  });
}

/** Ranges, or tags, or accounts: any of them is enough. Without one of them everybody is meant. */
function sourceOf(node: JsonNode, path: string, action: Rule["action"], reading: Reading): Operand {
  const ranges = member(node, "sourceRanges");
  const hasRanges = ranges !== undefined && !isEmptyArray(ranges);
  const others = ["sourceTags", "sourceServiceAccounts"].flatMap((name) => identitiesOf(node, path, name));
  const name = textOf(member(node, "name"));
  if (!hasRanges) return { entries: others.length > 0 ? others : [anyEntry(node.line, anyOf(node))] };
  const entries = entriesOf(ranges, joined(path, "sourceRanges"), reading.notes);
  const id = uniqueId(`sourceRanges ${name ?? path}`, path, reading.ids);
  const families = new Set(entries.flatMap(({ term }) => (term.kind === "block" ? [term.block.family] : [])));
  const [family] = families;
  if (families.size > 1) reading.notes.add(ranges.line, `${path}: a rule holds one family of addresses`);
  reading.sets.push({
    id,
    name: name ?? path,
    kind: action === "permit" ? "source ranges of" : deniedKind,
    ...(families.size === 1 && family !== undefined ? { family } : {}),
    line: ranges.line,
    entries,
  });
  return {
    entries: [{ text: `sourceRanges of ${name ?? path}`, line: ranges.line, term: { kind: "set", id } }, ...others],
  };
}

/** The kind of a set that takes traffic away: nothing is ever added to it. */
export const deniedKind = "denied source ranges of";

function uniqueId(id: string, path: string, ids: Set<string>): string {
  const unique = ids.has(id) ? `${id} ${path}` : id;
  ids.add(unique);
  return unique;
}

/** Tags and accounts of VMs in the network: whose addresses these are is not in the file. */
function identitiesOf(node: JsonNode, path: string, name: string): Entry[] {
  const list = member(node, name);
  const nodes = list === undefined || list.kind === "array" ? items(list) : [list];
  return nodes.map((one, at) => ({
    text: `${name} ${textOf(one) ?? "?"}`.slice(0, 120),
    line: one.line,
    path: `${joined(path, name)}[${at}]`,
    term: { kind: "unknown", what: "dynamic" },
  }));
}
