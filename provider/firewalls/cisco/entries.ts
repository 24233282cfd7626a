/** One entry of an access list of IOS or NX-OS: `tcp object-group A gt 1023 any eq 443 8443 log time-range NIGHT`. */
import type { Entry, Operand, PortRange, Service, ServiceTerm, Term } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { type Budget, readAddress } from "./addresses";
import { isProtocol, portNumber } from "./ports";
import { protocolsOf, readPorts, type ServiceStore, serviceTerm } from "./services";

export interface Definitions {
  readonly services: ServiceStore;
  readonly budget: Budget;
  /** Id of the group of addresses. */
  readonly groupId: (family: Family, name: string) => string;
  readonly notes: { add(line: number, message: string): void };
}

export interface ReadEntry {
  readonly source: Operand;
  readonly destination: Operand;
  readonly service: Service;
  /** `log`, `established`, `time-range NAME` and what else follows. */
  readonly options: readonly string[];
}

/** Words and how far they have been read. */
interface Cursor {
  readonly words: readonly string[];
  at: number;
  readonly family: Family;
  readonly standard: boolean;
  readonly line: number;
  readonly definitions: Definitions;
}

/** What follows the action. Absent: it cannot be read. */
export function readEntry(cursor: Omit<Cursor, "at">): ReadEntry | undefined {
  return cursor.standard ? readStandard({ ...cursor, at: 0 }) : readExtended({ ...cursor, at: 0 });
}

function readStandard(cursor: Cursor): ReadEntry | undefined {
  const source = readOperand(cursor);
  if (source === undefined) return undefined;
  const destination = { entries: [{ text: "any", line: cursor.line, term: { kind: "any" } as const }] };
  return { source, destination, service: { terms: [{ protocol: "any" }] }, options: cursor.words.slice(cursor.at) };
}

function readExtended(cursor: Cursor): ReadEntry | undefined {
  const protocol = readProtocol(cursor);
  const source = protocol === undefined ? undefined : readOperand(cursor);
  if (protocol === undefined || source === undefined) return undefined;
  const sourcePorts = readPortList(cursor);
  const destination = readOperand(cursor);
  if (destination === undefined) return undefined;
  const ports = readPortList(cursor);
  const unknown = [...protocol.unknown, ...sourcePorts.unknown, ...ports.unknown];
  const terms = protocol.names.map((name) => serviceTerm(name, ports.ports, sourcePorts.ports));
  const some = [...terms, ...protocol.terms].filter((term) => term.ports === undefined || term.ports.length > 0);
  return {
    source,
    destination,
    service: { terms: some, ...(unknown.length === 0 ? {} : { unknown }) },
    options: cursor.words.slice(cursor.at),
  };
}

interface Protocol {
  readonly names: readonly string[];
  readonly terms: readonly ServiceTerm[];
  readonly unknown: readonly string[];
}

/** A protocol, or a group of services; `show` leaves the word `object-group` out before those. */
function readProtocol(cursor: Cursor): Protocol | undefined {
  const [word, name] = cursor.words;
  if (word === undefined) return undefined;
  const group = word === "object-group" ? name : isProtocol(word) || word === "ipv6" ? undefined : word;
  cursor.at = word === "object-group" ? 2 : 1;
  if (group !== undefined) return { names: [], ...cursor.definitions.services.resolve(group, true) };
  if (word === "object-group") return undefined;
  return { names: word === "ipv6" ? ["any"] : protocolsOf(word), terms: [], unknown: [] };
}

function readOperand(cursor: Cursor): Operand | undefined {
  const { words, at, family, standard, line, definitions } = cursor;
  const [first, second] = words.slice(at, at + 2);
  if (first === undefined) return undefined;
  const made = (terms: readonly Term[], used: number): Operand => {
    cursor.at += used;
    const text = words.slice(at, at + used).join(" ");
    return { entries: terms.map((term): Entry => ({ text: text.slice(0, 120), line, term })) };
  };
  switch (first) {
    case "object-group":
    case "addrgroup":
      if (second === undefined) return undefined;
      return made([{ kind: "set", id: definitions.groupId(family, second) }], 2);
    case "fqdn-group":
      return made([{ kind: "unknown", what: "fqdn" }], 2);
    case "geo-group":
      return made([{ kind: "unknown", what: "geo" }], 2);
  }
  const read = readAddress(words.slice(at, at + 4), { family, mask: "wildcard", bare: standard }, definitions.budget);
  if (read === undefined) return undefined;
  if (read.note !== undefined) definitions.notes.add(line, read.note);
  return made(read.terms, read.used);
}

interface PortList {
  readonly ports?: readonly PortRange[];
  readonly unknown: readonly string[];
}

/** `eq 443 8443`, `neq 80`, `range a b`, `portgroup NAME`; nothing where no ports stand. */
function readPortList(cursor: Cursor): PortList {
  const { words, at, definitions } = cursor;
  const operator = words[at];
  if (operator === "portgroup" && words[at + 1] !== undefined) {
    cursor.at += 2;
    const { ports, unknown } = definitions.services.resolve(words[at + 1] as string, true);
    return { ports, unknown };
  }
  if (operator === undefined || !/^(eq|neq|lt|gt|range)$/.test(operator)) return { unknown: [] };
  const first = readPorts(words.slice(at, at + 3));
  if (first === undefined) {
    cursor.at += operator === "range" ? 3 : 2;
    return { ports: [], unknown: words.slice(at, cursor.at) };
  }
  cursor.at += first.used;
  if (operator !== "eq" && operator !== "neq") return { ports: first.ports, unknown: [] };
  const named: PortRange[] = [];
  for (let at = cursor.at - 1; ; at++) {
    const port = portNumber(words[at]);
    if (port === undefined) break;
    named.push({ from: port, to: port });
    cursor.at = at + 1;
  }
  return { ports: operator === "eq" ? named : everythingBut(named), unknown: [] };
}

function everythingBut(ports: readonly PortRange[]): PortRange[] {
  const left: PortRange[] = [];
  let next = 0;
  for (const { from, to } of [...ports].sort((a, b) => a.from - b.from)) {
    if (from > next) left.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  if (next <= 65_535) left.push({ from: next, to: 65_535 });
  return left;
}
