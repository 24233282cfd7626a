/** Services of FortiOS: custom ones, their groups, and the predefined ones that a file may leave out. */
import type { PortRange, ServiceTerm } from "../../core/allowlist/index";
import { type Named, refsOf, target, wordOf } from "./tables";

export interface ResolvedServices {
  readonly terms: readonly ServiceTerm[];
  readonly unknown: readonly string[];
}

const tcp = (...ports: number[]): ServiceTerm[] => [{ protocol: "tcp", ports: ports.map(single) }];
const udp = (...ports: number[]): ServiceTerm[] => [{ protocol: "udp", ports: ports.map(single) }];
const single = (port: number): PortRange => ({ from: port, to: port });

/** Source: FortiOS handbook, "Predefined services". */
const predefined: Readonly<Record<string, readonly ServiceTerm[]>> = {
  ALL: [{ protocol: "any" }],
  ALL_TCP: [{ protocol: "tcp" }],
  ALL_UDP: [{ protocol: "udp" }],
  ALL_ICMP: [{ protocol: "icmp" }],
  ALL_ICMP6: [{ protocol: "icmp6" }],
  PING: [{ protocol: "icmp" }],
  DNS: [...tcp(53), ...udp(53)],
  FTP: tcp(21),
  HTTP: tcp(80),
  HTTPS: tcp(443),
  IMAP: tcp(143),
  IMAPS: tcp(993),
  LDAP: tcp(389),
  NTP: [...tcp(123), ...udp(123)],
  POP3: tcp(110),
  POP3S: tcp(995),
  RDP: tcp(3389),
  SMTP: tcp(25),
  SMTPS: tcp(465),
  SNMP: [...tcp(161, 162), ...udp(161, 162)],
  SSH: tcp(22),
  SYSLOG: udp(514),
  TELNET: tcp(23),
  "Web Access": [...tcp(53, 80, 443), ...udp(53)],
};

/** Resolves the services of policies; what was resolved once is kept. */
export function serviceReader(): (references: Iterable<Named>) => ResolvedServices {
  const known = new Map<Named, ResolvedServices>();
  const resolve = (object: Named): ResolvedServices => {
    const before = known.get(object);
    if (before !== undefined) return before;
    const resolved = flatten(object);
    known.set(object, resolved);
    return resolved;
  };
  return (references) => {
    const parts = [...references].map((one) => resolve(target(one)));
    return { terms: parts.flatMap(({ terms }) => terms), unknown: parts.flatMap(({ unknown }) => unknown) };
  };
}

/** Each group once, whatever the nesting. */
function flatten(object: Named): ResolvedServices {
  const terms: ServiceTerm[] = [];
  const unknown: string[] = [];
  const seen = new Set([object]);
  const waiting = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.table === "firewall service group") {
      for (const reference of refsOf(next, "member").keys()) {
        const member = target(reference);
        if (!seen.has(member)) waiting.push(member);
        seen.add(member);
      }
      continue;
    }
    const found = next.table === undefined ? defaultOf(next.name) : customTerms(next);
    if (found === undefined) unknown.push(next.name.slice(0, 80));
    else terms.push(...found);
  }
  return { terms, unknown };
}

function defaultOf(name: string): readonly ServiceTerm[] | undefined {
  return Object.hasOwn(predefined, name) ? predefined[name] : undefined;
}

/** Absent: what the service takes is not known. */
function customTerms(object: Named): readonly ServiceTerm[] | undefined {
  // Services for certain destinations or applications take less than their ports say.
  if (["iprange", "fqdn", "application", "app-category"].some((key) => isGiven(object, key))) return undefined;
  switch (wordOf(object, "protocol") ?? "TCP/UDP/SCTP") {
    case "IP": {
      const number = wordOf(object, "protocol-number") ?? "0";
      const names: Readonly<Record<string, string>> = { "0": "any", "1": "icmp", "6": "tcp", "17": "udp" };
      return [{ protocol: Object.hasOwn(names, number) ? (names[number] as string) : number }];
    }
    case "ICMP":
      return [{ protocol: "icmp" }];
    case "ICMP6":
      return [{ protocol: "icmp6" }];
    case "TCP/UDP/SCTP":
    case "TCP/UDP/UDP-Lite/SCTP": {
      const terms: ServiceTerm[] = [];
      for (const protocol of ["tcp", "udp", "sctp"]) {
        for (const word of object.values.get(`${protocol}-portrange`)?.words ?? []) {
          const term = portTerm(protocol, word);
          if (term === undefined) return undefined;
          terms.push(term);
        }
      }
      return terms.length === 0 ? undefined : terms;
    }
    default:
      return undefined;
  }
}

function isGiven(object: Named, key: string): boolean {
  const word = wordOf(object, key);
  return word !== undefined && word !== "" && word !== "0.0.0.0";
}

/** `443`, `8000-8080`, `443:1024-65535` with the caller's ports behind the colon. */
function portTerm(protocol: string, word: string): ServiceTerm | undefined {
  const [own = "", callers] = word.split(":");
  const ports = portRange(own);
  const sourcePorts = callers === undefined ? undefined : portRange(callers);
  if (ports === undefined || (callers !== undefined && sourcePorts === undefined)) return undefined;
  // From 0 or 1 to the end is every port.
  const whole = sourcePorts === undefined || (sourcePorts.from <= 1 && sourcePorts.to === 65_535);
  return { protocol, ports: [ports], ...(whole ? {} : { sourcePorts: [sourcePorts] }) };
}

function portRange(text: string): PortRange | undefined {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (found === null) return undefined;
  const from = Number(found[1]);
  const to = Number(found[2] ?? found[1]);
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}
