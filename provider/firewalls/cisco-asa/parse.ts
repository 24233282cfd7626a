/**
 * Cisco ASA: running configurations, `show access-list`, and commands that change them (`no …`, `line n`), read in one
 * pass. Groups may be used before they are defined, so rules are read after the last line.
 */
import { type Entry, type Model, type NamedSet, noteCollector } from "../../core/allowlist/index";
import { addMember, membersOf, type OpenSet, openSet, removeMember } from "../cisco/members";
import { readServiceLine, type ServiceStore, serviceStore } from "../cisco/services";
import { columnOf, eachLine, quotable, wordsOf } from "../lines";
import { aclStore } from "./acl";
import { groupId, objectId } from "./ids";
import { ruleListsOf } from "./rules";
import { type Names, type Reading, readAddress } from "./terms";

type Mode =
  | { readonly kind: "object" | "group"; readonly set: OpenSet }
  | { readonly kind: "service"; readonly name: string; readonly group: boolean; readonly protocol?: string }
  | { readonly kind: "other" };

const subcommands =
  /^(network-object|group-object|port-object|service-object|protocol-object|icmp-object|host|subnet|range|fqdn|nat|description|service)$/;

export function parseAsa(text: string, file: string): Model {
  const notes = noteCollector();
  const sets = new Map<string, OpenSet>();
  const names: Names = new Map();
  const services = serviceStore();
  const acls = aclStore();
  let mode: Mode = { kind: "other" };

  eachLine(text, (raw, line) => {
    const first = raw.charCodeAt(0);
    // `!` and `:` begin comments; banners and certificates are cheap to leave out here too.
    if (Number.isNaN(first) || first === 33 || first === 58) return;
    const words = wordsOf(raw);
    const negated = words[0] === "no";
    if (negated) words.shift();
    const [command] = words;
    if (command === undefined) return;
    const indented = first === 32 || first === 9;
    if (mode.kind !== "other" && command !== "access-list" && (indented || subcommands.test(command))) {
      const at: Place = { raw, line, negated, names, notes };
      if (mode.kind === "service") readServiceLine(services, mode, words, negated);
      else readMember(mode, words, at);
      return;
    }
    mode = { kind: "other" };
    switch (command) {
      case "name":
        if (words[1] !== undefined && words[2] !== undefined && !negated) names.set(words[2], words[1]);
        return;
      case "object":
      case "object-group":
        mode = open(words, line, negated, sets, services);
        return;
      case "access-list":
        acls.read(words, { raw, line, negated, indented });
        return;
      case "access-group":
        if (!negated) acls.bind(words);
        return;
    }
  });

  const finished = [...sets.values()].map(finish);
  const ruleLists = ruleListsOf(acls, { names, services, sets, notes });
  return { file, vendor: "cisco-asa", sets: finished, ruleLists, notes: notes.notes() };
}

function open(
  words: readonly string[],
  line: number,
  negated: boolean,
  sets: Map<string, OpenSet>,
  services: ServiceStore,
): Mode {
  const [command, kind, name, protocol] = words;
  if (name === undefined) return { kind: "other" };
  const group = command === "object-group";
  if (kind === "network") {
    const id = group ? groupId(name) : objectId(name);
    if (negated) {
      sets.delete(id);
      return { kind: "other" };
    }
    // The same object comes again with its NAT rule: it is one object.
    let set = sets.get(id);
    if (set === undefined) {
      set = openSet(id, name, `${command} network`, line);
      sets.set(id, set);
    }
    return { kind: group ? "group" : "object", set };
  }
  if (kind === "service" || kind === "protocol") {
    services.open(name, group, line);
    return { kind: "service", name, group, ...(protocol === undefined ? {} : { protocol }) };
  }
  return { kind: "other" };
}

interface Place {
  readonly raw: string;
  readonly line: number;
  readonly negated: boolean;
  readonly names: Names;
  readonly notes: ReturnType<typeof noteCollector>;
}

function readMember(
  mode: { readonly kind: "object" | "group"; readonly set: OpenSet },
  words: string[],
  at: Place,
): void {
  const [command] = words;
  if (command === "description" || command === "nat") return;
  const { term, note } = mode.kind === "object" ? readObject(words, at.names) : readGroupMember(words, at.names);
  if (at.negated) {
    removeMember(mode.set, term);
    return;
  }
  if (note !== undefined) at.notes.add(at.line, note);
  const entry: Entry = {
    text: quotable(at.raw),
    term,
    line: at.line,
    column: columnOf(at.raw),
  };
  // An object has one definition: the last one counts.
  if (mode.kind === "object") mode.set.entries = [entry];
  else addMember(mode.set, entry);
}

function readGroupMember([command, ...rest]: readonly string[], names: Names): Reading {
  if (command === "group-object" && rest[0] !== undefined) return { term: { kind: "set", id: groupId(rest[0]) } };
  if (command !== "network-object") return notUnderstood(`${command} is not understood in a group of addresses`);
  if (rest[0] === "object" && rest[1] !== undefined) return { term: { kind: "set", id: objectId(rest[1]) } };
  return readAddress(rest, names);
}

function readObject([command, ...rest]: readonly string[], names: Names): Reading {
  switch (command) {
    case "host":
      return readAddress(["host", ...rest], names);
    case "subnet":
      return readAddress(rest, names);
    case "range":
      return readAddress(["range", ...rest], names);
    case "fqdn":
      return { term: { kind: "unknown", what: "fqdn" } };
    default:
      return notUnderstood(`${command} is not understood in an object`);
  }
}

function notUnderstood(note: string): Reading {
  return { term: { kind: "unknown", what: "notUnderstood" }, note };
}

/** An object that was only named, as for NAT, has no addresses that we know. */
function finish(set: OpenSet): NamedSet {
  const { id, name, kind, line } = set;
  const kept = membersOf(set);
  if (kept.length === 0 && kind === "object network") {
    kept.push({ text: `object network ${name}`, line, term: { kind: "unknown", what: "undefined" } });
  }
  return { id, name, kind, line, entries: kept };
}
