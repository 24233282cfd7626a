/** One entry of an access list, word by word: `tcp object-group A gt 1023 any eq https log time-range NIGHT`. */
import type { Entry, Operand, PortRange, Service, ServiceTerm, Term } from "../../core/allowlist/index";
import { isProtocol } from "../cisco/ports";
import { protocolsOf, readPorts, type ServiceStore, serviceTerm } from "../cisco/services";
import type { AclLine } from "./acl";
import { groupId, objectId } from "./ids";
import { type Names, readAddress } from "./terms";

export interface Definitions {
  readonly names: Names;
  readonly services: ServiceStore;
  /** Ids of the sets that are defined. */
  readonly sets: { has(id: string): boolean };
  readonly notes: { add(line: number, message: string): void };
}

export interface Ace {
  readonly source: Operand;
  readonly destination: Operand;
  readonly service: Service;
  readonly uncertain?: string;
  /** `log`, `inactive`, `time-range NAME` and what else follows. */
  readonly options: readonly string[];
}

/** Words and how far they have been read. */
interface Cursor {
  readonly words: readonly string[];
  at: number;
  readonly line: AclLine;
  readonly definitions: Definitions;
}

/** `permit host A`, `permit A MASK`, `permit any`. Standard lists name addresses, not traffic. */
export function readStandard(words: readonly string[], line: AclLine, definitions: Definitions): Ace | undefined {
  const cursor: Cursor = { words, at: 0, line, definitions };
  const source = readOperand(cursor);
  if (source === undefined) return undefined;
  const destination = { entries: [{ text: "any", line: line.line, term: { kind: "any" } as const }] };
  return { source, destination, service: { terms: [{ protocol: "any" }] }, options: words.slice(cursor.at) };
}

export function readExtended(words: readonly string[], line: AclLine, definitions: Definitions): Ace | undefined {
  const cursor: Cursor = { words, at: 0, line, definitions };
  const protocol = readProtocol(cursor);
  if (protocol === undefined) return undefined;
  const identities = [skipIdentity(cursor)];
  const source = readOperand(cursor);
  if (source === undefined) return undefined;
  const sourcePorts = readPortSpec(cursor, false);
  identities.push(skipIdentity(cursor));
  const destination = readOperand(cursor);
  if (destination === undefined) return undefined;
  const ports = readPortSpec(cursor, true);
  const identity = identities.find((word) => word !== undefined);
  return {
    source,
    destination,
    service: serviceOf(protocol, sourcePorts, ports),
    ...(identity === undefined ? {} : { uncertain: `it depends on ${identity}` }),
    options: words.slice(cursor.at),
  };
}

/** Protocols, or whole services where a group or an object stands in the place of the protocol. */
interface Protocol {
  readonly protocols: readonly string[];
  readonly terms: readonly ServiceTerm[];
  readonly unknown: readonly string[];
}

function readProtocol(cursor: Cursor): Protocol | undefined {
  const { words, definitions } = cursor;
  const [word, name] = words;
  if (word === "object-group" || word === "object") {
    if (name === undefined) return undefined;
    cursor.at = 2;
    const { terms, unknown } = definitions.services.resolve(name, word === "object-group");
    return { protocols: [], terms, unknown };
  }
  if (word === undefined || !isProtocol(word)) return undefined;
  cursor.at = 1;
  return { protocols: protocolsOf(word), terms: [], unknown: [] };
}

/** Rules for users or security groups (identity firewall, TrustSec): who they are is not in the file. */
function skipIdentity(cursor: Cursor): string | undefined {
  const word = cursor.words[cursor.at];
  if (word === "user" || word === "user-group" || word === "object-group-user") {
    cursor.at += 2;
    return word;
  }
  if (word === "security-group" || word === "object-group-security") {
    cursor.at += word === "security-group" ? 3 : 2;
    return word;
  }
  return undefined;
}

function readOperand(cursor: Cursor): Operand | undefined {
  const { words, at, line, definitions } = cursor;
  const [first, second] = words.slice(at, at + 2);
  if (first === undefined) return undefined;
  const made = (term: Term, used: number): Operand => {
    cursor.at += used;
    const entry: Entry = {
      text: words
        .slice(at, at + used)
        .join(" ")
        .slice(0, 120),
      line: line.line,
      term,
    };
    return { entries: [entry] };
  };
  if (first === "object" || first === "object-group") {
    if (second === undefined) return undefined;
    return made({ kind: "set", id: first === "object" ? objectId(second) : groupId(second) }, 2);
  }
  // The address of an interface is in the file only where it is not from DHCP, and is nobody's source of polls.
  if (first === "interface") return made({ kind: "unknown", what: "dynamic" }, 2);
  if (first === "fqdn") return made({ kind: "unknown", what: "fqdn" }, 2);
  const single = /^any[46]?$/.test(first) || first.includes("/") || first.includes(":");
  const ranged = first === "range";
  if (!single && second === undefined) return undefined;
  const used = single ? 1 : ranged ? 3 : 2;
  const { term, note } = readAddress(words.slice(at, at + used), definitions.names);
  if (note !== undefined) definitions.notes.add(line.line, note);
  return made(term, used);
}

interface PortSpec {
  readonly ports?: readonly PortRange[];
  /** Services by protocol, from a group: their ports count for the rule's protocols. */
  readonly terms: readonly ServiceTerm[];
  readonly unknown: readonly string[];
}

/** Ports, if any stand here. After the source, a group may be the destination: then its name is no service group's. */
function readPortSpec(cursor: Cursor, last: boolean): PortSpec {
  const none: PortSpec = { terms: [], unknown: [] };
  const { words, at, definitions } = cursor;
  const [operator, name] = words.slice(at, at + 2);
  if (operator === "object-group" && name !== undefined && (last || definitions.services.isGroup(name))) {
    cursor.at += 2;
    const { ports, terms, unknown } = definitions.services.resolve(name, true);
    return { ...(ports.length === 0 && terms.length > 0 ? {} : { ports }), terms, unknown };
  }
  if (operator === undefined || !/^(eq|neq|lt|gt|range)$/.test(operator)) return none;
  const read = readPorts(words.slice(at, at + 3));
  cursor.at += read?.used ?? (operator === "range" ? 3 : 2);
  return read === undefined ? { ...none, ports: [], unknown: [`${operator} ${name}`] } : { ...none, ports: read.ports };
}

function serviceOf(protocol: Protocol, source: PortSpec, destination: PortSpec): Service {
  const sourcePorts = portsOf(source, undefined);
  const terms = protocol.protocols.map((name) => serviceTerm(name, portsOf(destination, name), sourcePorts));
  const unknown = [...protocol.unknown, ...source.unknown, ...destination.unknown];
  // A group that holds no port of the protocol admits nothing by it.
  const some = [...terms, ...protocol.terms].filter(({ ports }) => ports === undefined || ports.length > 0);
  return { terms: some, ...(unknown.length === 0 ? {} : { unknown }) };
}

function portsOf({ ports, terms }: PortSpec, protocol: string | undefined): readonly PortRange[] | undefined {
  if (terms.length === 0) return ports;
  const same = terms.filter((term) => protocol === undefined || term.protocol === protocol);
  return [...(ports ?? []), ...same.flatMap((term) => term.ports ?? [{ from: 0, to: 65_535 }])];
}
