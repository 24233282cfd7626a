/**
 * Cisco NX-OS: running configurations, `show access-lists`, and commands that change them. Groups may be used before they
 * are defined, so rules are read after the last line.
 */
import { type Model, noteCollector } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { newBudget } from "../cisco/addresses";
import { addressGroups, type Group, groupId, type Line, type Reader, readMember } from "../cisco/groups";
import { type AccessList, accessLists } from "../cisco/lists";
import { eachCommand } from "../cisco/modes";
import { ruleListsOf } from "../cisco/rules";
import { readServiceLine, serviceStore } from "../cisco/services";

type Mode =
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "ports"; readonly name: string }
  | { readonly kind: "list"; readonly list: AccessList }
  | { readonly kind: "interface" }
  | { readonly kind: "other" };

const other: Mode = { kind: "other" };

/** What continues each mode when its indentation is lost, as in pasted text. */
const continues = {
  group: /^(host|\d+(\.\d+){3}(\/\d+)?|\d+|[0-9a-f]*:[0-9a-f:.]*(\/\d+)?)$/i,
  ports: /^(eq|neq|lt|gt|range|\d+)$/,
  list: /^(\d+|permit|deny|remark)$/,
  interface: /^(ip|ipv6)$/,
} as const;

/** Settings of a list that change no verdict. */
const settings = /^(statistics|fragments|ignore)$/;

/** After `ip access-list` these are settings of all lists. */
const noNames = /^(match-local-traffic|capture|commit)$/;

interface State {
  readonly groups: ReturnType<typeof addressGroups>;
  readonly services: ReturnType<typeof serviceStore>;
  readonly lists: ReturnType<typeof accessLists>;
  readonly notes: ReturnType<typeof noteCollector>;
}

export function parseNxos(text: string, file: string): Model {
  const notes = noteCollector();
  const state: State = { groups: addressGroups(), services: serviceStore(), lists: accessLists(), notes };
  const { groups, services, lists } = state;
  const budget = newBudget();
  const reader: Reader = { mask: "wildcard", budget, notes };
  eachCommand(text, {
    other,
    continues,
    opens,
    read: (mode, at) => {
      if (mode.kind === "group") readMember(mode.group, at, reader);
      else if (mode.kind === "ports") readPortLine(state, mode.name, at);
      else if (mode.kind === "interface") bind(state, at);
      else if (mode.kind === "list" && !settings.test(at.words[0] ?? "")) lists.read(mode.list, at.words, at);
    },
    modeAfter: (at) => modeAfter(state, at),
  });
  const ruleLists = ruleListsOf(lists, { services, budget, groupId, notes });
  return { file, vendor: "cisco-nxos", sets: groups.all(), ruleLists, notes: notes.notes() };
}

/** Heads of what this parser reads: they end the mode before, however they are indented. */
function opens({ words }: Line): boolean {
  const first = words[0];
  const second = words[1];
  if (first === "ip" || first === "ipv6") return second === "access-list";
  return (first === "object-group" || first === "interface") && second !== undefined;
}

function modeAfter(state: State, at: Line): Mode {
  const { words, negated, line } = at;
  const [first, second, third, fourth] = words;
  switch (first) {
    case "interface":
      return { kind: "interface" };
    case "object-group":
      return fourth === undefined ? other : openGroup(state, `${second} ${third}`, fourth, at);
    case "ip":
    case "ipv6":
      if (second !== "access-list" || third === undefined || noNames.test(third)) return other;
      return openList(state, first === "ip" ? "ipv4" : "ipv6", third, at);
    case "IP":
    case "IPv6":
    case "IPV6": {
      // Heads of `show access-lists`.
      const family = first === "IP" ? "ipv4" : "ipv6";
      if (second === "access" && third === "list" && fourth !== undefined) return openList(state, family, fourth, at);
      return other;
    }
    case "resequence": {
      const family = second === "ipv6" ? "ipv6" : "ipv4";
      if (third !== "access-list") return other;
      const done = state.lists.resequence(family, fourth ?? "", Number(words[4] ?? 10), Number(words[5] ?? 10));
      if (!done) state.notes.add(line, "this list cannot be numbered anew here");
      return other;
    }
    case "vlan":
      if (second === "access-map" && !negated) {
        state.notes.add(line, "VLAN access maps are not read; their access lists count as not applied");
      }
      return other;
    default:
      return other;
  }
}

function openGroup({ groups, services }: State, kind: string, name: string, { line, negated }: Line): Mode {
  if (kind === "ip address" || kind === "ipv6 address") {
    const family = kind === "ip address" ? "ipv4" : "ipv6";
    if (negated) groups.delete(family, name);
    return negated ? other : { kind: "group", group: groups.open(family, name, `object-group ${kind}`, line) };
  }
  if (kind !== "ip port" || negated) return other;
  services.open(name, true, line);
  return { kind: "ports", name };
}

function openList({ lists }: State, family: Family, name: string, { line, negated }: Line): Mode {
  if (negated) {
    lists.delete(family, name);
    return other;
  }
  const kind = family === "ipv4" ? "ip access-list" : "ipv6 access-list";
  return { kind: "list", list: lists.open({ name, family, standard: false, kind, line }) };
}

/** `10 eq 443`, `range 8000 8080`. */
function readPortLine({ services }: State, name: string, { words, negated }: Line): void {
  const own = /^\d+$/.test(words[0] ?? "") ? words.slice(1) : words;
  if (own.length > 0) readServiceLine(services, { name, group: true }, ["port-object", ...own], negated);
}

/** `ip access-group NAME in`, `ip port access-group NAME in`, `ipv6 traffic-filter NAME in`, `ipv6 port traffic-filter …`. */
function bind({ lists }: State, at: Line): void {
  const [first, ...rest] = at.words;
  const [command, name, direction] = rest[0] === "port" ? rest.slice(1) : rest;
  if (name === undefined) return;
  if (first === "ip" && command === "access-group") lists.bind("ipv4", name, direction, at);
  if (first === "ipv6" && command === "traffic-filter") lists.bind("ipv6", name, direction, at);
}
