/**
 * Security groups of Amazon EC2, by group (`describe-security-groups`) or by rule (`describe-security-group-rules`).
 * They only allow; a rule is a protocol, ports and one source, so the sources of equal protocol and ports make one list.
 */
import {
  type Entry,
  type Model,
  type NamedSet,
  noteCollector,
  type Rule,
  type RuleList,
} from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { describedText } from "../described";
import {
  cidrTerm,
  cutEntry,
  cutRules,
  itemsOf,
  type Notes,
  type Place,
  placeOf,
  placesIn,
  readDocument,
  shownText,
  unreadable,
} from "../document";
import { textOf } from "../json";
import { interfaceEntries } from "../privateSpace";
import { type PortKey, portKey, serviceOf } from "./ports";

/** Rules per group and family that an account has by default, and the most that any account can have. */
export const defaultRules = 60;
export const mostRules = 1_000;

interface Permission {
  readonly key: PortKey;
  readonly line: number;
  readonly path: string;
  readonly ranges: Record<Family, Entry[]>;
  /** Sources that are no addresses; each counts for both families. */
  readonly others: Entry[];
  /** How many references to groups and prefix lists there are. */
  references: number;
}

interface Group {
  readonly id: string;
  name: string;
  readonly line: number;
  readonly path: string;
  readonly permissions: Map<string, Permission>;
}

export function parseSecurityGroups(text: string, file: string): Model {
  const notes = noteCollector();
  const { root, cut } = readDocument(text, notes);
  const groups = new Map<string, Group>();
  if (root !== undefined) readRoot({ node: root, path: "" }, groups, notes);
  const all = [...groups.values()];
  const sets = all.flatMap(setsOf);
  const ruleLists = all.map((group, at) => {
    const list = ruleListOf(group);
    // The group in which the document stops may allow more.
    return cut !== undefined && at === all.length - 1
      ? { ...list, rules: [...list.rules, ...cutRules(cut, ["permit"])] }
      : list;
  });
  const last = sets.at(-1);
  return {
    file,
    vendor: "aws-sg",
    sets:
      cut === undefined || last === undefined
        ? sets
        : sets.map((set) => (set.name === last.name ? { ...set, entries: [...set.entries, cutEntry(cut)] } : set)),
    ruleLists,
    notes: notes.notes(),
  };
}

function readRoot(root: Place, groups: Map<string, Group>, notes: Notes): void {
  const wrong = ({ node, path }: Place): void => notes.add(node.line, `${path} is no list`);
  if (placeOf(root, "NextToken") !== undefined) notes.add(root.node.line, "there are more pages than this one");
  const places = placesIn(root) ?? [
    root,
    ...itemsOf(root, "SecurityGroups", wrong),
    ...itemsOf(root, "SecurityGroupRules", wrong),
  ];
  for (const place of places) {
    if (placeOf(place, "IpPermissions") !== undefined || placeOf(place, "IpPermissionsEgress") !== undefined) {
      readGroup(place, groups, notes);
    } else if (placeOf(place, "IsEgress") !== undefined || placeOf(place, "SecurityGroupRuleId") !== undefined) {
      readRule(place, groups, notes);
    }
  }
}

function groupAt(place: Place, groups: Map<string, Group>): Group {
  const text = (name: string): string | undefined => textOf(placeOf(place, name)?.node);
  const name = text("GroupName");
  const id = text("GroupId") ?? name ?? place.path;
  const known = groups.get(id);
  if (known !== undefined) return known;
  const group = { id, name: name ?? id, line: place.node.line, path: place.path, permissions: new Map() };
  groups.set(id, group);
  return group;
}

function permissionAt(place: Place, group: Group): Permission {
  const key = portKey(place);
  const known = group.permissions.get(key.text);
  if (known !== undefined) return known;
  const permission: Permission = {
    key,
    line: place.node.line,
    path: place.path,
    ranges: { ipv4: [], ipv6: [] },
    others: [],
    references: 0,
  };
  group.permissions.set(key.text, permission);
  return permission;
}

function readGroup(place: Place, groups: Map<string, Group>, notes: Notes): void {
  const group = groupAt(place, groups);
  const wrong = (at: Place): void => {
    notes.add(at.node.line, `${at.path} is no list`);
    permissionAt(at, group).others.push(unreadable(at));
  };
  for (const item of itemsOf(place, "IpPermissions", wrong)) {
    const permission = permissionAt(item, group);
    const odd = (at: Place): void => {
      notes.add(at.node.line, `${at.path} is no list`);
      permission.others.push(unreadable(at));
    };
    if (item.node.kind !== "object") odd(item);
    for (const one of itemsOf(item, "IpRanges", odd)) addRange(permission, one, "CidrIp", "ipv4", notes);
    for (const one of itemsOf(item, "Ipv6Ranges", odd)) addRange(permission, one, "CidrIpv6", "ipv6", notes);
    for (const one of itemsOf(item, "PrefixListIds", odd)) addPrefixList(permission, one, placeOf(one, "PrefixListId"));
    for (const one of itemsOf(item, "UserIdGroupPairs", odd)) addReference(permission, one);
  }
}

/** One item of `describe-security-group-rules`. */
function readRule(place: Place, groups: Map<string, Group>, notes: Notes): void {
  const group = groupAt(place, groups);
  const egress = placeOf(place, "IsEgress")?.node;
  if (egress?.kind === "boolean" && egress.value) return;
  const permission = permissionAt(place, group);
  const prefixList = placeOf(place, "PrefixListId");
  const reference = placeOf(place, "ReferencedGroupInfo");
  if (placeOf(place, "CidrIpv4") !== undefined) addRange(permission, place, "CidrIpv4", "ipv4", notes);
  else if (placeOf(place, "CidrIpv6") !== undefined) addRange(permission, place, "CidrIpv6", "ipv6", notes);
  else if (prefixList !== undefined) addPrefixList(permission, place, prefixList);
  else if (reference !== undefined) addReference(permission, reference);
  else {
    notes.add(place.node.line, "a rule without a source that is known");
    permission.others.push(unreadable(place));
  }
  if (egress !== undefined && egress.kind !== "boolean") notes.add(egress.line, "IsEgress is neither true nor false");
}

function addRange({ ranges, others }: Permission, place: Place, name: string, family: Family, notes: Notes): void {
  const at = placeOf(place, name);
  const cidr = textOf(at?.node);
  if (at === undefined || cidr === undefined) {
    notes.add(place.node.line, `a range without ${name}`);
    others.push(unreadable(place));
    return;
  }
  // EC2 stores the prefix around an address with host bits.
  const term = cidrTerm(cidr, at.node.line, notes, { family, hostBits: "clear" });
  const description = textOf(placeOf(place, "Description")?.node);
  const text = describedText({ cidr: shownText(cidr), ...(description === undefined ? {} : { description }) });
  ranges[family].push({ text, term, line: at.node.line, path: at.path });
}

function addPrefixList(permission: Permission, place: Place, id: Place | undefined): void {
  const at = id ?? place;
  permission.references++;
  permission.others.push({ ...unreadable(at), term: { kind: "unknown", what: "external" } });
}

function addReference(permission: Permission, place: Place): void {
  const at = placeOf(place, "GroupId") ?? place;
  permission.references++;
  permission.others.push(...interfaceEntries(unreadable(at)));
}

const families = ["ipv4", "ipv6"] as const;

const setName = (group: Group, { key }: Permission): string => `${group.id}/${key.text}`;

function setId(group: Group, permission: Permission, family: Family): string {
  return `${setName(group, permission)}/${family}`;
}

function setsOf(group: Group): NamedSet[] {
  const permissions = [...group.permissions.values()];
  return permissions.flatMap((permission) =>
    families.map((family): NamedSet => {
      const used = permissions.reduce((sum, { ranges, references }) => sum + ranges[family].length + references, 0);
      // More rules than the default quota allows show that the account has a higher one.
      const quota = used > defaultRules ? mostRules : defaultRules;
      return {
        id: setId(group, permission, family),
        name: setName(group, permission),
        kind: "security group rules",
        family,
        maxEntries: Math.max(0, quota - used + permission.ranges[family].length),
        line: permission.line,
        entries: permission.ranges[family],
      };
    }),
  );
}

function ruleListOf(group: Group): RuleList {
  return {
    id: group.id,
    name: group.name,
    kind: "security group",
    line: group.line,
    evaluation: "allow-wins",
    use: "inbound",
    rules: [...group.permissions.values()].map((permission): Rule => {
      const { line, path, others, key } = permission;
      const own = families.map((family): Entry => {
        const id = setId(group, permission, family);
        return { text: setName(group, permission), line, path, term: { kind: "set", id } };
      });
      return {
        name: setName(group, permission),
        text: shownText(`allow ${key.text} to ${group.name}`),
        line,
        path,
        action: "permit",
        source: { entries: [...own, ...others] },
        destination: { entries: [{ text: group.name, line, term: { kind: "any" } }] },
        service: serviceOf(key),
        enabled: true,
      };
    }),
  };
}
