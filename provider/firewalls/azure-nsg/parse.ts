/**
 * Network security groups of Azure. Rules are taken by priority, the lowest number first, default rules last. Only what
 * comes in is read. The sources of each rule are a list of the rule's name.
 */
import {
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Rule,
  type RuleList,
} from "../../core/allowlist/index";
import { idGiver, isExpression, propertyOf, type Resource, resourcesIn } from "../arm";
import {
  cutEntry,
  cutRules,
  type Notes,
  type Place,
  placeOf,
  placesIn,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { textOf } from "../json";
import { readService } from "./service";
import { type Action, internetAt, internetId, readAddresses } from "./sources";

const groupType = "microsoft.network/networksecuritygroups";
const ruleType = `${groupType}/securityrules`;

interface Group {
  readonly name: string;
  /** Of Azure, or the name where the file has none. */
  readonly id: string;
  readonly line: number;
  readonly rules: Rule[];
  readonly defaults: Rule[];
  readonly sets: NamedSet[];
  readonly names: Set<string>;
}

interface Reader {
  readonly notes: Notes;
  readonly giveId: (wanted: string) => string;
}

export function parseNsg(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const resources = root === undefined ? [] : resourcesIn(root, notes);
  const groups = groupsOf(resources, { notes, giveId: idGiver() });
  const sets = groups.flatMap((group) => group.sets);
  const operands = groups.flatMap(({ rules, defaults }) => [...rules, ...defaults]);
  const used = [...sets, ...operands.flatMap(({ source, destination }) => [source, destination])]
    .flatMap(({ entries }) => entries)
    .find(({ term }) => term.kind === "set" && term.id === internetId);
  const last = sets.at(-1);
  return {
    file,
    vendor: "azure-nsg",
    sets: [
      ...sets.map((set) =>
        cut !== undefined && set === last ? { ...set, entries: [...set.entries, cutEntry(cut)] } : set,
      ),
      ...(used === undefined ? [] : [internetAt(used.line)]),
    ],
    ruleLists: groups.map((group): RuleList => {
      // A rule that was cut off may be stronger than all others.
      const open = cut === undefined ? [] : cutRules(cut, ["permit", "deny"]);
      const byPriority = (a: Rule, b: Rule): number => (a.priority ?? 0) - (b.priority ?? 0);
      const defaults = [...group.defaults].sort(byPriority);
      return {
        id: group.id,
        name: group.name,
        kind: "network security group",
        line: group.line,
        evaluation: "priority",
        use: "inbound",
        rules: [...open, ...group.rules, ...defaults],
      };
    }),
    notes: notes.notes(),
  };
}

function groupsOf(resources: readonly Resource[], reader: Reader): Group[] {
  const groups: Group[] = [];
  const byName = new Map<string, Group>();
  const add = (name: string, wanted: string, line: number): Group => {
    const id = reader.giveId(wanted);
    const group: Group = { name, id, line, rules: [], defaults: [], sets: [], names: new Set() };
    groups.push(group);
    byName.set(name.toLowerCase(), group);
    return group;
  };
  for (const resource of resources) {
    const { place, type, name, id } = resource;
    const rules = propertyOf(place, "securityRules");
    const defaults = propertyOf(place, "defaultSecurityRules");
    if (type === undefined ? rules === undefined && defaults === undefined : type !== groupType) continue;
    const group = add(shownText(name), id ?? shownText(name), place.node.line);
    for (const at of rules === undefined ? [] : inside(rules, reader)) addRule(group, at, undefined, reader);
    for (const at of defaults === undefined ? [] : inside(defaults, reader)) addDefault(group, at, reader);
    if (rules !== undefined && placesIn(rules) === undefined) group.rules.push(...unreadableRules(rules));
  }
  // Exports declare rules in their group and once more by themselves; `az network nsg rule list` prints them alone.
  for (const { place, type, name, id } of resources) {
    if (type === undefined ? !looksLikeRule(place) : type !== ruleType) continue;
    const [, nsgId, nsgName] = /^(.*\/networkSecurityGroups\/([^/]+))\/securityRules\/[^/]+$/i.exec(id ?? "") ?? [];
    const slash = name.lastIndexOf("/");
    const nsg = shownText(nsgName ?? name.slice(0, Math.max(0, slash)));
    const rule = name.slice(slash + 1);
    const group =
      groups.find((one) => nsgId !== undefined && one.id.toLowerCase() === nsgId.toLowerCase()) ??
      (nsgId === undefined ? byName.get(nsg.toLowerCase()) : undefined) ??
      add(nsg, nsgId ?? (nsg === "" ? "rules" : nsg), place.node.line);
    if (!group.names.has(rule.toLowerCase())) addRule(group, place, rule, reader);
  }
  return groups;
}

function looksLikeRule(place: Place): boolean {
  const has = (name: string): boolean => propertyOf(place, name) !== undefined;
  return has("access") && has("direction") && (has("sourceAddressPrefix") || has("sourceAddressPrefixes"));
}

function inside(place: Place, { notes }: Reader): Place[] {
  const places = placesIn(place);
  if (places === undefined) notes.add(place.node.line, `${place.path} is no list`);
  return places ?? [];
}

function isOutbound(place: Place): boolean {
  return textOf(propertyOf(place, "direction")?.node)?.toLowerCase() === "outbound";
}

function addRule(group: Group, place: Place, known: string | undefined, reader: Reader): void {
  const name = shownText(known ?? textOf(placeOf(place, "name")?.node) ?? "");
  group.names.add(name.toLowerCase());
  if (isOutbound(place)) return;
  const id = textOf(placeOf(place, "id")?.node);
  const inGroup = group.id.startsWith("/") ? `${group.id}/securityRules/${name}` : `${group.name}/${name}`;
  const wanted = id?.startsWith("/") === true ? id : inGroup;
  const setId = reader.giveId(wanted);
  const { prefixes, rules } = readRule(place, { name, setId }, reader);
  group.rules.push(...rules);
  const family = familyOf(prefixes);
  group.sets.push({
    id: setId,
    name,
    kind: "security rule",
    scope: group.name,
    ...(family === undefined ? {} : { family }),
    line: place.node.line,
    entries: prefixes,
  });
}

/** One rule takes addresses of one family. */
function familyOf(entries: readonly Entry[]): NamedSet["family"] {
  const families = new Set(entries.map(({ term }) => (term.kind === "block" ? term.block.family : undefined)));
  const [family] = families;
  return families.size === 1 ? family : undefined;
}

function addDefault(group: Group, place: Place, reader: Reader): void {
  if (isOutbound(place)) return;
  const name = shownText(textOf(placeOf(place, "name")?.node) ?? "");
  group.defaults.push(...readRule(place, { name }, reader).rules.map((rule) => ({ ...rule, isDefault: true })));
}

interface RuleName {
  readonly name: string;
  /** The set of its sources; absent for default rules, which cannot be changed. */
  readonly setId?: string;
}

function readRule(place: Place, { name, setId }: RuleName, { notes }: Reader) {
  const { line } = place.node;
  const access = textOf(propertyOf(place, "access")?.node)?.toLowerCase();
  const known: Action | undefined = access === "allow" ? "permit" : access === "deny" ? "deny" : undefined;
  const actions: readonly Action[] = known === undefined ? ["permit", "deny"] : [known];
  if (known === undefined) notes.add(line, `the access of rule ${JSON.stringify(name)} is neither Allow nor Deny`);
  // Read as a deny, where it could be one: tags in a deny may take more.
  const action = known ?? "deny";
  const source = readAddresses(place, "source", action, notes);
  const destination = readAddresses(place, "destination", action, notes);
  const direction = textOf(propertyOf(place, "direction")?.node);
  const priority = propertyOf(place, "priority")?.node;
  const number = priority?.kind === "number" ? priority.value : undefined;
  if (number === undefined) notes.add(line, `the priority of rule ${JSON.stringify(name)} is no number`);
  const why = [
    ...(known === undefined ? ["its access is not known"] : []),
    ...(direction?.toLowerCase() === "inbound" ? [] : ["its direction is not known"]),
    ...(number === undefined ? ["its priority is not known"] : []),
  ];
  const own: Entry = { text: name, line, path: place.path, term: { kind: "set", id: setId ?? "" } };
  const prefixes = source.absent ? [unreadable(place)] : source.prefixes;
  const to = destination.absent ? [unreadable(place)] : [...destination.prefixes, ...destination.groups];
  const service = readService(place);
  const shown = textOf(propertyOf(place, "access")?.node);
  const rules = actions.map(
    (one): Rule => ({
      name,
      text: shownText(`${name}: ${number ?? "?"} ${shown ?? "?"} ${direction ?? "?"}`),
      line,
      path: place.path,
      action: one,
      source: { entries: [...(setId === undefined ? prefixes : [own]), ...source.groups] },
      destination: { entries: to },
      service,
      enabled: true,
      // Without a number a deny counts as the strongest and a permit as the weakest.
      ...(number === undefined ? (one === "deny" ? { priority: 0 } : {}) : { priority: number }),
      ...(why.length === 0 ? {} : { uncertain: why.join(", ") }),
    }),
  );
  return { prefixes, rules };
}

/** Rules that stand in the file as something else than a list: an expression. */
function unreadableRules(place: Place): Rule[] {
  const text = textOf(place.node);
  const why = text !== undefined && isExpression(text) ? "worked out when Azure deploys" : "not understood";
  return cutRules({ line: place.node.line, message: why }, ["permit", "deny"]).map((rule) => ({
    ...rule,
    text: shownText(text ?? "rules that are no list"),
    uncertain: why,
  }));
}
