/**
 * Cisco IOS and IOS XE: running configurations, `show access-lists`, `show object-group`, and commands that change them.
 * Groups may be used before they are defined, so rules are read after the last line.
 */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { newBudget } from "../cisco/addresses";
import type { Definitions } from "../cisco/entries";
import { addressGroups, type Group, groupId, type Line, type Reader, readMember } from "../cisco/groups";
import { type AccessList, accessLists } from "../cisco/lists";
import { eachCommand } from "../cisco/modes";
import { ruleListsOf } from "../cisco/rules";
import { readServiceLine, type ServiceMode, serviceStore } from "../cisco/services";

type Mode =
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "service"; readonly service: ServiceMode }
  | { readonly kind: "list"; readonly list: AccessList }
  | { readonly kind: "interface" }
  | { readonly kind: "other" };

const other: Mode = { kind: "other" };

/** What continues each mode when its indentation is lost, as in pasted text. */
const continues = {
  group: /^(host|range|any|group-object|description|\d+(\.\d+){3}(\/\d+)?|[0-9a-f]*:[0-9a-f:.]*(\/\d+)?)$/i,
  service: /^(tcp|udp|tcp-udp|icmp|ip|group-object|description)$/,
  list: /^(\d+|permit|deny|remark|evaluate|sequence)$/,
  interface: /^(ip|ipv6)$/,
} as const;

interface State {
  readonly groups: ReturnType<typeof addressGroups>;
  readonly services: ReturnType<typeof serviceStore>;
  readonly lists: ReturnType<typeof accessLists>;
  readonly notes: ReturnType<typeof noteCollector>;
}

export function parseIos(text: string, file: string): Model {
  const notes = noteCollector();
  const state: State = { groups: addressGroups(), services: serviceStore(), lists: accessLists(), notes };
  const { groups, services, lists } = state;
  const budget = newBudget();
  const reader: Reader = { mask: "netmask", budget, notes };
  eachCommand(text, {
    other,
    continues,
    opens,
    read: (mode, at) => {
      if (mode.kind === "group") readMember(mode.group, at, reader);
      else if (mode.kind === "service") readServiceMember(state, mode.service, at);
      else if (mode.kind === "list") lists.read(mode.list, at.words, at);
      else bind(state, at);
    },
    modeAfter: (at) => modeAfter(state, at),
  });
  const definitions: Definitions = { services, budget, groupId, notes };
  const ruleLists = ruleListsOf(lists, definitions);
  return { file, vendor: "cisco-ios", sets: groups.all(), ruleLists, notes: notes.notes() };
}

/** Heads of what this parser reads: they end the mode before, however they are indented. */
function opens({ words }: Line): boolean {
  const first = words[0];
  const second = words[1];
  const third = words[2];
  if (first === "ip" || first === "ipv6") return second === "access-list";
  if (first === "object-group" || first === "interface") return second !== undefined;
  if (second === "object" && third === "group") return true;
  return first === "access-list" || (third === "access" && second === "IP");
}

function modeAfter(state: State, at: Line): Mode {
  const { words, negated, line } = at;
  const { lists, notes } = state;
  const [first, second, third, fourth] = words;
  switch (first) {
    case "interface":
      return { kind: "interface" };
    case "object-group":
      return openGroup(state, second ?? "", third, at);
    case "access-list":
      return readNumbered(state, at);
    case "ip":
    case "ipv6": {
      if (second !== "access-list" || third === undefined) return other;
      const family = first === "ip" ? "ipv4" : "ipv6";
      if (third === "resequence") {
        const done = lists.resequence(family, fourth ?? "", Number(words[4] ?? 10), Number(words[5] ?? 10));
        if (!done) notes.add(line, "this list cannot be numbered anew here");
        return other;
      }
      const typed = first === "ip";
      if (typed && third !== "standard" && third !== "extended" && third !== "fqdn") return other;
      return openList(state, family, (typed ? fourth : third) ?? "", third === "standard", at);
    }
    case "zone-pair":
      if (!negated) notes.add(line, "zone-based policies are not read; their access lists count as not applied");
      return other;
    default:
      return shown(state, at);
  }
}

/** Heads of `show access-lists` and `show object-group`. */
function shown(state: State, at: Line): Mode {
  const { words } = at;
  const [first = "", second, third, fourth, fifth] = words;
  if (second === "object" && third === "group") {
    const kinds: Readonly<Record<string, string>> = {
      Network: "network",
      "V6-Network": "v6-network",
      Service: "service",
      "V6-Service": "v6-service",
    };
    return Object.hasOwn(kinds, first) ? openGroup(state, kinds[first] as string, fourth, at) : other;
  }
  if ((first === "Standard" || first === "Extended") && second === "IP" && third === "access" && fourth === "list") {
    return openList(state, "ipv4", fifth ?? "", first === "Standard", at);
  }
  if (first === "IPv6" && second === "access" && third === "list")
    return openList(state, "ipv6", fourth ?? "", false, at);
  return other;
}

function openGroup({ groups, services }: State, kind: string, name: string | undefined, { line, negated }: Line): Mode {
  if (name === undefined) return other;
  if (kind === "network" || kind === "v6-network") {
    const family = kind === "network" ? "ipv4" : "ipv6";
    if (negated) groups.delete(family, name);
    return negated ? other : { kind: "group", group: groups.open(family, name, `object-group ${kind}`, line) };
  }
  if ((kind === "service" || kind === "v6-service") && !negated) {
    services.open(name, true, line);
    return { kind: "service", service: { name, group: true } };
  }
  return other;
}

function openList(
  { lists }: State,
  family: "ipv4" | "ipv6",
  name: string,
  standard: boolean,
  { line, negated }: Line,
): Mode {
  if (name === "") return other;
  if (negated) {
    lists.delete(family, name);
    return other;
  }
  const kind = family === "ipv6" ? "ipv6 access-list" : `ip access-list ${standard ? "standard" : "extended"}`;
  return { kind: "list", list: lists.open({ name, family, standard, kind, line }) };
}

/** `access-list 101 permit …`; `no access-list 101 …` deletes the list, whatever follows the number. */
function readNumbered(state: State, at: Line): Mode {
  const [, name = "", ...words] = at.words;
  const number = Number(name);
  const within = (from: number, to: number): boolean => number >= from && number <= to;
  const standard = within(1, 99) || within(1300, 1999);
  if (!standard && !within(100, 199) && !within(2000, 2699)) return other;
  const mode = openList(state, "ipv4", name, standard, at);
  if (mode.kind === "list") state.lists.read(mode.list, words, at);
  return other;
}

function readServiceMember({ services }: State, mode: ServiceMode, { words, negated }: Line): void {
  const [first = ""] = words;
  if (first.toLowerCase() === "description") return;
  readServiceLine(services, mode, first === "group-object" ? words : ["service", ...words], negated);
}

/** `ip access-group NAME in`, `ip access-group common A B in`, `ipv6 traffic-filter NAME in`. */
function bind({ lists }: State, at: Line): void {
  const [first, second, ...rest] = at.words;
  const v4 = first === "ip" && second === "access-group";
  if (!v4 && !(first === "ipv6" && second === "traffic-filter")) return;
  const names = rest[0] === "common" ? rest.slice(1, 3) : rest.slice(0, 1);
  const direction = rest[0] === "common" ? rest[3] : rest[1];
  for (const name of names) lists.bind(v4 ? "ipv4" : "ipv6", name, direction, at);
}
