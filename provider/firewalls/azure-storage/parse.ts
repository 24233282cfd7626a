/**
 * The network rules of Azure Storage accounts: `networkAcls` in the API and in templates, `networkRuleSet` in the CLI, and
 * `az storage account network-rule list`, which has no default action.
 */
import {
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Rule,
  type RuleList,
  type Service,
} from "../../core/allowlist/index";
import { formatPrefix, parseEntry } from "../../core/ip/index";
import { idGiver, isExpression, propertyOf, type Resource, resourcesIn } from "../arm";
import {
  cidrTerm,
  cutEntry,
  cutRules,
  type Document,
  itemsOf,
  type Notes,
  notUnderstood,
  type Place,
  placeOf,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { textOf } from "../json";
import { privateSpace } from "../privateSpace";

const accountType = "microsoft.storage/storageaccounts";

/** The longest prefix that an account takes; what is longer is written as its addresses. */
export const longest = 30;

/** Blobs, files, queues and tables are HTTPS; SMB and NFS are the same account's other doors. */
const storageService: Service = { terms: [{ protocol: "tcp" }] };

interface Account {
  readonly set: NamedSet;
  readonly list?: RuleList;
}

export function parseStorage(text: string, file: string): Model {
  const notes = noteCollector();
  const document = readDocument(text, notes);
  const giveId = idGiver();
  const resources = document.root === undefined ? [] : resourcesIn(document.root, notes);
  const found = resources
    .map((resource) => accountOf(resource, giveId, notes))
    .filter((account) => account !== undefined);
  const accounts = found.map((account, at) => (at === found.length - 1 ? cutShort(account, document) : account));
  return {
    file,
    vendor: "azure-storage",
    sets: accounts.map(({ set }) => set),
    ruleLists: accounts.map(({ list }) => list).filter((list) => list !== undefined),
    notes: notes.notes(),
  };
}

function cutShort({ set, list }: Account, { cut }: Document): Account {
  if (cut === undefined) return { set, ...(list === undefined ? {} : { list }) };
  const open = { ...set, entries: [...set.entries, cutEntry(cut)] };
  return list === undefined
    ? { set: open }
    : { set: open, list: { ...list, rules: [...cutRules(cut, ["permit", "deny"]), ...list.rules] } };
}

function accountOf(resource: Resource, giveId: (wanted: string) => string, notes: Notes): Account | undefined {
  const { place, type, name, id } = resource;
  const acls = propertyOf(place, "networkAcls") ?? propertyOf(place, "networkRuleSet");
  const bare = type === undefined && acls === undefined && placeOf(place, "ipRules") !== undefined;
  const isAccount = type === accountType || (type === undefined && acls !== undefined);
  if (!bare && !isAccount) return undefined;
  const rules = bare ? place : acls;
  const shown = bare ? "" : shownText(name);
  const setId = giveId(id ?? (shown === "" ? "ipRules" : shown));
  const set: NamedSet = {
    id: setId,
    name: shown,
    kind: "storage account",
    family: "ipv4",
    line: (rules ?? place).node.line,
    entries: rules === undefined ? [] : entriesOf(rules, notes),
  };
  if (bare) return { set };
  return { set, list: ruleListOf(resource, set, rules, giveId, notes) };
}

function entriesOf(rules: Place, notes: Notes): Entry[] {
  const entries: Entry[] = [];
  const wrong = (at: Place): void => {
    notes.add(at.node.line, `${at.path} is no list`);
    entries.push(unreadable(at));
  };
  for (const item of itemsOf(rules, "ipRules", wrong)) {
    const at = placeOf(item, "value") ?? placeOf(item, "ipAddressOrRange") ?? placeOf(item, "iPAddressOrRange");
    const text = textOf(at?.node);
    const action = textOf(placeOf(item, "action")?.node);
    if (at === undefined || text === undefined || (action !== undefined && action.toLowerCase() !== "allow")) {
      notes.add(item.node.line, "an IP rule that is not understood");
      entries.push(unreadable(item));
      continue;
    }
    entries.push({ text: shownText(text), line: at.node.line, path: at.path, term: termOf(text, at.node.line, notes) });
  }
  return entries;
}

/** Azure refuses what only a template can still say: /31 and /32, private addresses, IPv6. */
function termOf(text: string, line: number, notes: Notes): Entry["term"] {
  if (isExpression(text)) {
    notes.add(line, `${shownText(text)} is worked out when Azure deploys the template`);
    return { kind: "unknown", what: "dynamic" };
  }
  const parsed = parseEntry(text);
  const refused = parsed.ok && parsed.value.family === "ipv4" && text.includes("/") && parsed.value.length > longest;
  const isPrivate = parsed.ok && privateSpace.some((block) => holds(block, parsed.value));
  if (!refused && !isPrivate) return cidrTerm(text, line, notes, { family: "ipv4" });
  const why = refused ? "a prefix longer than /30" : "a private address";
  notes.add(line, `${formatPrefix(parsed.value)} is ${why}, which Azure Storage refuses`);
  return { ...notUnderstood, within: parsed.value } as Entry["term"];
}

function holds(outer: (typeof privateSpace)[number], inner: (typeof privateSpace)[number]): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const bits = 32 - outer.length;
  return (
    bits >= 32 ||
    (outer.family === "ipv4" && (outer.words[0] as number) >>> bits === (inner.words[0] as number) >>> bits)
  );
}

function ruleListOf(
  { place, name }: Resource,
  set: NamedSet,
  acls: Place | undefined,
  giveId: (wanted: string) => string,
  notes: Notes,
): RuleList {
  const { line } = set;
  const any: Entry = { text: "any", line, term: { kind: "any", family: "ipv4" } };
  const base = { line, destination: { entries: [any] }, service: storageService, enabled: true };
  const own: Entry = { text: set.name, line, term: { kind: "set", id: set.id } };
  const permit: Rule = { ...base, text: `IP rules of ${set.name}`, action: "permit", source: { entries: [own] } };
  const everyone = (action: Rule["action"], text: string, uncertain?: string): Rule => ({
    ...base,
    text,
    action,
    source: { entries: [any] },
    isDefault: true,
    ...(uncertain === undefined ? {} : { uncertain }),
  });
  return {
    id: giveId(`${set.id} firewall`),
    name: `${shownText(name)} firewall`,
    kind: "storage account",
    line,
    evaluation: "first-match",
    use: "inbound",
    rules: [...publicAccess(place, base, any, notes), permit, ...defaultRules(acls, everyone, notes)],
  };
}

/** `publicNetworkAccess` stands above all IP rules. */
function publicAccess(place: Place, base: Omit<Rule, "text" | "action" | "source">, any: Entry, notes: Notes): Rule[] {
  const at = propertyOf(place, "publicNetworkAccess");
  const value = textOf(at?.node);
  if (at === undefined || value?.toLowerCase() === "enabled") return [];
  const rule = {
    ...base,
    line: at.node.line,
    text: `publicNetworkAccess ${shownText(value ?? "?")}`,
    source: { entries: [any] },
  };
  if (value?.toLowerCase() === "disabled") return [{ ...rule, action: "deny" }];
  notes.add(at.node.line, "who is let in depends on what is not in the file: publicNetworkAccess");
  const uncertain = "a network security perimeter or an expression decides";
  return [
    { ...rule, action: "permit", uncertain },
    { ...rule, action: "deny", uncertain },
  ];
}

/** Without network rules everybody is let in; so is everybody else when the default is Allow. */
function defaultRules(
  acls: Place | undefined,
  everyone: (action: Rule["action"], text: string, uncertain?: string) => Rule,
  notes: Notes,
): Rule[] {
  if (acls !== undefined && acls.node.kind !== "object") {
    notes.add(acls.node.line, `${acls.path} is no object`);
    return (["permit", "deny"] as const).map((action) => everyone(action, "network rules", "they are not understood"));
  }
  const at = acls === undefined ? undefined : placeOf(acls, "defaultAction");
  if (at === undefined) return [everyone("permit", "no default action: Allow")];
  const value = textOf(at.node);
  switch (value?.toLowerCase()) {
    case "allow":
      return [everyone("permit", "default action Allow")];
    case "deny":
      return [];
    default:
      notes.add(at.node.line, "the default action is neither Allow nor Deny");
      return [everyone("permit", `default action ${shownText(value ?? "?")}`, "the default action is not known")];
  }
}

/** All of the list is an expression, or some of it: Azure would not know the whole list that it is given. */
export function isComputed({ entries }: NamedSet): boolean {
  return entries.some(({ term }) => term.kind === "unknown" && term.what === "dynamic");
}
