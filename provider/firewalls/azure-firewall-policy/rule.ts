/** One rule of a collection: addresses, IP Groups and services. */
import type { Entry, PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { isExpression } from "../arm";
import { groupId, groupTerm } from "../azure-ipgroup/groups";
import { itemsOf, type Notes, type Place, placeOf, shownNode, shownText, unreadable } from "../document";
import { textOf } from "../json";

/** Which of the three kinds a rule is; Azure takes all of one before all of the next. */
export type Kind = "nat" | "network" | "application";

export function kindOf(rule: Place): Kind | undefined {
  switch (textOf(placeOf(rule, "ruleType")?.node)?.toLowerCase()) {
    case "natrule":
      return "nat";
    case "networkrule":
      return "network";
    case "applicationrule":
      return "application";
    default:
      return undefined;
  }
}

/** Texts of a member; what is none becomes an unknown entry. */
function texts(rule: Place, name: string, notes: Notes, read: (text: string, at: Place) => Entry): Entry[] {
  const entries: Entry[] = [];
  const wrong = (at: Place): void => void entries.push(entryOf(at));
  const entryOf = (at: Place): Entry => {
    const text = textOf(at.node);
    if (text !== undefined) return read(text, at);
    notes.add(at.node.line, `${at.path} is not understood`);
    return unreadable(at);
  };
  for (const at of itemsOf(rule, name, wrong)) entries.push(entryOf(at));
  return entries;
}

export function sourceAddresses(rule: Place, notes: Notes): Entry[] {
  return texts(rule, "sourceAddresses", notes, (text, { node: { line }, path }) => ({
    text: shownText(text),
    line,
    path,
    term: text === "*" ? { kind: "any", family: "ipv4" } : groupTerm(text, line, notes),
  }));
}

/** References to IP Groups: by id, or by the name that a template gives. */
export function ipGroups(
  rule: Place,
  side: "source" | "destination",
  known: ReadonlySet<string>,
  notes: Notes,
): Entry[] {
  return texts(rule, `${side}IpGroups`, notes, (text, { node: { line }, path }) => {
    const named = isExpression(text) ? /'([^']+)'\s*\)\s*\]$/.exec(text)?.[1] : text.split("/").at(-1);
    const id = groupId(text);
    const short = groupId(named ?? text);
    return {
      text: shownText(text),
      line,
      path,
      term: { kind: "set", id: known.has(id) || !known.has(short) ? id : short },
    };
  });
}

/** Where traffic goes. A DNAT rule is about what is behind it: the firewall's own address is every caller's destination. */
export function destinations(rule: Place, kind: Kind, known: ReadonlySet<string>, notes: Notes): Entry[] {
  const at = (text: string, { node: { line }, path }: Place): Entry => {
    const tag = /^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/i.test(text);
    return {
      text: shownText(text),
      line,
      path,
      term:
        text === "*" ? { kind: "any" } : tag ? { kind: "unknown", what: "serviceTag" } : groupTerm(text, line, notes),
    };
  };
  const named = (text: string, { node: { line }, path }: Place): Entry => ({
    text: shownText(text),
    line,
    path,
    term: text === "*" ? { kind: "any" } : { kind: "unknown", what: "fqdn" },
  });
  if (kind === "nat") {
    const address = placeOf(rule, "translatedAddress");
    const name = placeOf(rule, "translatedFqdn");
    if (address !== undefined) return [at(textOf(address.node) ?? "", address)];
    return [named(textOf(name?.node) ?? "", name ?? rule)];
  }
  const fqdns = kind === "network" ? ["destinationFqdns"] : ["targetFqdns", "targetUrls", "fqdnTags", "webCategories"];
  const found = [
    ...texts(rule, "destinationAddresses", notes, at),
    ...ipGroups(rule, "destination", known, notes),
    ...fqdns.flatMap((one) => texts(rule, one, notes, named)),
  ];
  return found.length === 0 ? [unreadable(rule)] : found;
}

export function serviceOf(rule: Place, kind: Kind): Service {
  const unknown: string[] = [];
  const odd = (at: Place): void => void unknown.push(shownNode(at.node));
  if (kind === "application") {
    const terms = itemsOf(rule, "protocols", odd).flatMap((at): ServiceTerm[] => {
      const port = placeOf(at, "port")?.node;
      if (port?.kind === "number") return [{ protocol: "tcp", ports: [{ from: port.value, to: port.value }] }];
      odd(at);
      return [];
    });
    return finished(terms, unknown);
  }
  const ports: PortRange[] = [];
  let every = false;
  for (const at of itemsOf(rule, "destinationPorts", odd)) {
    const text = at.node.kind === "number" ? String(at.node.value) : textOf(at.node);
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? "") ?? [];
    if (text === "*") every = true;
    else if (from === undefined || Number(to) > 65_535) odd(at);
    else ports.push({ from: Number(from), to: Number(to) });
  }
  const terms = itemsOf(rule, "ipProtocols", odd).flatMap((at): ServiceTerm[] => {
    const protocol = textOf(at.node)?.toLowerCase();
    if (protocol === undefined || isExpression(protocol)) {
      odd(at);
      return [];
    }
    return [{ protocol, ...(every ? {} : { ports }) }];
  });
  if (!every && ports.length === 0) return finished([], [...unknown, "no destination ports"]);
  return finished(terms, unknown);
}

/** With a part that is not known the rule may match more. */
function finished(terms: readonly ServiceTerm[], unknown: readonly string[]): Service {
  if (unknown.length > 0) return { terms: [], unknown };
  return terms.length === 0 ? { terms: [], unknown: ["no protocol"] } : { terms };
}
