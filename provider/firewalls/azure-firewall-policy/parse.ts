/**
 * Policies of Azure Firewall. Rules stand in collections, these in groups, both with a priority. All DNAT rules come before
 * all network rules, and these before all application rules; inside of a kind the parent policy's groups come first, then
 * groups and collections by number, then rules in their order. The first match decides.
 */
import {
  anyService,
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Rule,
  type RuleList,
} from "../../core/allowlist/index";
import { idGiver, propertyOf, type Resource, resourcesIn } from "../arm";
import { ipGroupsIn } from "../azure-ipgroup/groups";
import {
  cutEntry,
  cutRules,
  itemsOf,
  type Notes,
  type Place,
  placeOf,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { textOf } from "../json";
import { destinations, ipGroups, type Kind, kindOf, serviceOf, sourceAddresses } from "./rule";

const policyType = "microsoft.network/firewallpolicies";
const groupType = `${policyType}/rulecollectiongroups`;

interface Ranked {
  readonly rule: Rule;
  readonly kind: Kind;
  readonly group: number | undefined;
  readonly collection: number | undefined;
}

interface Policy {
  readonly name: string;
  readonly id: string;
  readonly line: number;
  /** Id of the parent policy. */
  base?: Place;
  readonly rules: Ranked[];
  readonly sets: NamedSet[];
}

interface Reader {
  readonly notes: Notes;
  readonly giveId: (wanted: string) => string;
  readonly known: ReadonlySet<string>;
}

export function parsePolicy(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const resources = root === undefined ? [] : resourcesIn(root, notes);
  const giveId = idGiver();
  const groups = ipGroupsIn(resources, notes, giveId);
  const policies = policiesIn(resources, { notes, giveId, known: new Set(groups.map(({ id }) => id)) });
  const sets = [...policies.flatMap((policy) => policy.sets), ...groups];
  return {
    file,
    vendor: "azure-firewall-policy",
    // The document may have stopped in a rule or in an IP Group.
    sets: cut === undefined ? sets : sets.map((set) => ({ ...set, entries: [...set.entries, cutEntry(cut)] })),
    ruleLists: policies.map((policy) => {
      const list = ruleListOf(policy, policies);
      return cut === undefined ? list : { ...list, rules: [...cutRules(cut, ["permit", "deny"]), ...list.rules] };
    }),
    notes: notes.notes(),
  };
}

/** `…/firewallPolicies/P/ruleCollectionGroups/G`, or `P/G` in a template. */
function namesOf({ id, name }: Resource): { readonly policy: string; readonly group: string } {
  const [, policy, group] = /\/firewallPolicies\/([^/]+)\/ruleCollectionGroups\/([^/]+)$/i.exec(id ?? "") ?? [];
  if (policy !== undefined && group !== undefined) return { policy: shownText(policy), group: shownText(group) };
  const slash = name.lastIndexOf("/");
  return slash < 0
    ? { policy: "", group: shownText(name) }
    : { policy: shownText(name.slice(0, slash)), group: shownText(name.slice(slash + 1)) };
}

function policiesIn(resources: readonly Resource[], reader: Reader): Policy[] {
  const policies = new Map<string, Policy>();
  const policyAt = (name: string, line: number): Policy => {
    const known = policies.get(name.toLowerCase());
    if (known !== undefined) return known;
    const id = reader.giveId(`policy ${name}`);
    const policy: Policy = { name: name === "" ? "policy" : name, id, line, rules: [], sets: [] };
    policies.set(name.toLowerCase(), policy);
    return policy;
  };
  for (const resource of resources) {
    const { place, type, name } = resource;
    const { line } = place.node;
    if (type === policyType) {
      const policy = policyAt(shownText(name), line);
      const base = propertyOf(place, "basePolicy");
      if (base !== undefined) policy.base = base;
    }
    const collections = propertyOf(place, "ruleCollections");
    if (type === undefined ? collections === undefined : type !== groupType) continue;
    const names = namesOf(resource);
    addGroup(policyAt(names.policy, line), resource, names.group, reader);
  }
  return [...policies.values()];
}

function numberAt(place: Place, name: string): number | undefined {
  const node = propertyOf(place, name)?.node;
  return node?.kind === "number" ? node.value : undefined;
}

function addGroup(policy: Policy, { place, id }: Resource, group: string, reader: Reader): void {
  const properties = placeOf(place, "properties");
  const holder = properties !== undefined && placeOf(properties, "ruleCollections") !== undefined ? properties : place;
  const rank = numberAt(place, "priority");
  const odd = (at: Place): void => addUnreadable(policy, at, reader.notes);
  for (const collection of itemsOf(holder, "ruleCollections", odd)) {
    const name = shownText(textOf(placeOf(collection, "name")?.node) ?? "");
    const scope = `${policy.name}/${group}/${name}`;
    const prefix = id?.startsWith("/") === true ? `${id}/ruleCollections/${name}/rules` : scope;
    for (const rule of itemsOf(collection, "rules", odd))
      addRule(policy, { collection, rule, rank, scope, prefix }, reader);
  }
}

interface RulePlace {
  readonly collection: Place;
  readonly rule: Place;
  readonly rank: number | undefined;
  readonly scope: string;
  readonly prefix: string;
}

function addRule(policy: Policy, { collection, rule, rank, scope, prefix }: RulePlace, reader: Reader): void {
  const { notes, known } = reader;
  const kind = kindOf(rule);
  if (kind === undefined) {
    addUnreadable(policy, rule, notes);
    return;
  }
  const { line } = rule.node;
  const name = shownText(textOf(placeOf(rule, "name")?.node) ?? "");
  const action = textOf(placeOf(placeOf(collection, "action") ?? collection, "type")?.node)?.toLowerCase();
  const permits = action === "allow" || (kind === "nat" && action === "dnat");
  const actions: readonly Rule["action"][] = permits ? ["permit"] : action === "deny" ? ["deny"] : ["permit", "deny"];
  const order = numberAt(collection, "priority");
  const addresses = sourceAddresses(rule, notes);
  const id = reader.giveId(`${prefix}/${name}`);
  policy.sets.push({ id, name, kind: "firewall policy rule", scope, family: "ipv4", line, entries: addresses });
  const own: Entry = { text: name, line, path: rule.path, term: { kind: "set", id } };
  const source = [own, ...ipGroups(rule, "source", known, notes)];
  const everyone = addresses.some(({ term }) => term.kind === "any");
  if (actions.length > 1) notes.add(line, `the action of rule ${JSON.stringify(name)} is not understood`);
  const ranked = rank !== undefined && order !== undefined;
  if (!ranked) notes.add(line, `rule ${JSON.stringify(name)} has no priority that is a number`);
  for (const one of actions) {
    const why = [
      ...(actions.length > 1 ? ["its action is not known"] : []),
      ...(ranked ? [] : ["its priority is not known"]),
      // A rule for every source is written for what goes out; from the internet only a DNAT rule lets anything in.
      ...(everyone && one === "permit" && kind !== "nat"
        ? ["it is for every source, and from the internet only DNAT admits"]
        : []),
    ];
    policy.rules.push({
      kind,
      group: rank,
      collection: order,
      rule: {
        name,
        text: shownText(`${scope}/${name}: ${action ?? "?"} ${kind}`),
        line,
        path: rule.path,
        action: one,
        source: { entries: addresses.length === 0 && source.length === 1 ? [unreadable(rule)] : source },
        destination: { entries: destinations(rule, kind, known, notes) },
        service: serviceOf(rule, kind),
        family: "ipv4",
        enabled: true,
        ...(why.length === 0 ? {} : { uncertain: why.join(", ") }),
      },
    });
  }
}

/** A rule, or a list of them, that cannot be read: it may permit, and it may deny, before all others. */
function addUnreadable(policy: Policy, at: Place, notes: Notes): void {
  notes.add(at.node.line, `${at.path} is not understood`);
  for (const rule of cutRules({ line: at.node.line, message: "" }, ["permit", "deny"])) {
    const shown = {
      ...rule,
      text: "not understood",
      uncertain: "not understood",
      source: { entries: [unreadable(at)] },
    };
    policy.rules.push({ kind: "network", group: undefined, collection: undefined, rule: shown });
  }
}

const kinds: readonly Kind[] = ["nat", "network", "application"];

function ruleListOf(policy: Policy, policies: readonly Policy[]): RuleList {
  const { chain, missing } = ancestry(policy, policies);
  const rules = kinds.flatMap((kind) =>
    chain.flatMap((one) => inOrder(one.rules.filter((rule) => rule.kind === kind))),
  );
  const above = missing === undefined ? [] : cutRules({ line: missing.node.line, message: "" }, ["permit", "deny"]);
  return {
    id: policy.id,
    name: policy.name,
    kind: "firewall policy",
    line: policy.line,
    evaluation: "first-match",
    use: "inbound",
    rules: [
      ...above.map((rule) => ({ ...rule, text: "parent policy", uncertain: "the parent policy is not in the file" })),
      ...afterTranslation(rules),
      ...rules.map(({ rule }) => rule),
    ],
  };
}

/** The policy and its parents, the outermost first. */
function ancestry(policy: Policy, policies: readonly Policy[]): { readonly chain: Policy[]; readonly missing?: Place } {
  const chain = [policy];
  for (let { base } = policy; base !== undefined; ) {
    const id = textOf((placeOf(base, "id") ?? base).node);
    const name = (/'([^']+)'\s*\)\s*\]$/.exec(id ?? "")?.[1] ?? id?.split("/").at(-1))?.toLowerCase();
    const parent = policies.find((one) => one.name.toLowerCase() === name);
    if (parent === undefined || chain.includes(parent)) return { chain, missing: base };
    chain.unshift(parent);
    base = parent.base;
  }
  return { chain };
}

/** By group and collection; without a number a deny is the strongest and a permit the weakest. */
function inOrder(rules: readonly Ranked[]): Ranked[] {
  const numberOf = (value: number | undefined, { rule }: Ranked): number =>
    value ?? (rule.action === "deny" ? -1 : Number.MAX_SAFE_INTEGER);
  const open = (one: Ranked): number =>
    one.group === undefined || one.collection === undefined ? numberOf(undefined, one) : 0;
  return [...rules].sort(
    (a, b) =>
      open(a) - open(b) ||
      numberOf(a.group, a) - numberOf(b.group, b) ||
      numberOf(a.collection, a) - numberOf(b.collection, b),
  );
}

/**
 * Azure's documentation says both: that what a DNAT rule admits is subject to no network rule, and that a deny of the
 * translated traffic overrides it. So each deny of a network rule may also come first.
 */
function afterTranslation(rules: readonly Ranked[]): Rule[] {
  const nat = rules.filter(({ kind }) => kind === "nat");
  if (nat.length === 0) return [];
  return rules
    .filter(({ kind, rule }) => kind === "network" && rule.action === "deny")
    .map(({ rule }) => ({
      ...rule,
      // The translated port may be another one.
      service: anyService,
      uncertain: "it may deny what a DNAT rule has admitted",
    }));
}
