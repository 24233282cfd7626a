/** Services and applications of PAN-OS rules, as far as HTTPS is concerned. */
import { https, type PortRange, type Service, type ServiceTerm, shareOf } from "../../core/allowlist/index";
import type { Scopes } from "./scopes";
import { firstValue, type PanObject, type Scope, type Value, valuesOf } from "./store";

/** TLS that is not decrypted is the application `ssl`, which by default is on port 443. */
const tls = "ssl";

/** Applications that a poll over HTTPS cannot be taken for. Any other might be one that the device tells apart. */
const otherApplications = new Set(
  (
    "bgp bittorrent dhcp dns ftp icmp ike imap ipsec ipsec-esp kerberos ldap mount ms-ds-smb ms-ds-smbv2 ms-ds-smbv3 " +
    "ms-rdp msrpc mysql netbios-dg netbios-ns netbios-ss nfs ntp ospfigp ping pop3 portmapper postgres quic radius " +
    "rip rpc rsync rtp rtsp sip smtp snmp snmpv1 snmpv2 snmpv3 ssh syslog tacacs-plus telnet tftp tor traceroute vnc"
  ).split(" "),
);

export function serviceOf(rule: PanObject, scope: Scope, scopes: Scopes): Service {
  const applications = valuesOf(rule, "application");
  const services = valuesOf(rule, "service");
  const byDefault = services.some(({ text }) => text === "application-default");
  const explicit = resolve(
    services.filter(({ text }) => text !== "application-default"),
    scope,
    scopes,
  );
  const anyApplication = applications.length === 0 || applications.some(({ text }) => text === "any");
  if (anyApplication) {
    // Every application on its own port: HTTPS on its own, too.
    return withUnknown(byDefault ? [...explicit.terms, https] : explicit.terms, explicit.unknown);
  }
  const reachable = byDefault || shareOf(explicit, [https]) !== "none";
  if (!reachable) return withUnknown(explicit.terms, explicit.unknown);
  if (applications.some(({ text }) => text === tls)) {
    const terms = explicit.terms.filter(({ protocol }) => protocol === "tcp" || protocol === "any");
    return withUnknown(byDefault ? [...terms, https] : terms, explicit.unknown);
  }
  const unsure = applications.filter(({ text }) => !otherApplications.has(text)).map(({ text }) => text.slice(0, 80));
  return withUnknown([], unsure);
}

function withUnknown(terms: readonly ServiceTerm[], unknown: readonly string[]): Service {
  return { terms, ...(unknown.length === 0 ? {} : { unknown }) };
}

/** Predefined services. */
const predefined: Readonly<Record<string, readonly PortRange[]>> = {
  "service-http": [
    { from: 80, to: 80 },
    { from: 8080, to: 8080 },
  ],
  "service-https": [{ from: 443, to: 443 }],
};

interface Resolved {
  readonly terms: ServiceTerm[];
  readonly unknown: string[];
}

/** Each group once, whatever the nesting. */
function resolve(values: readonly Value[], scope: Scope, scopes: Scopes): Resolved {
  const terms: ServiceTerm[] = [];
  const unknown: string[] = [];
  const seen = new Set<string>();
  const waiting = values.map(({ text }) => ({ text, scope }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { text } = next;
    const service = scopes.find(next.scope, "service", text);
    if (service !== undefined) {
      const read = termsOf(service.object);
      if (read === undefined) unknown.push(text);
      else terms.push(...read);
      continue;
    }
    const group = scopes.find(next.scope, "service-group", text);
    if (group !== undefined) {
      const key = `${group.scope.kind} ${group.scope.name} ${text}`;
      if (!seen.has(key)) {
        for (const member of valuesOf(group.object, "members")) waiting.push({ text: member.text, scope: group.scope });
      }
      seen.add(key);
    } else if (text === "any") terms.push({ protocol: "any" });
    else if (Object.hasOwn(predefined, text)) terms.push({ protocol: "tcp", ports: predefined[text] ?? [] });
    else unknown.push(text.slice(0, 80));
  }
  return { terms, unknown };
}

function termsOf(service: PanObject): ServiceTerm[] | undefined {
  const terms: ServiceTerm[] = [];
  for (const protocol of ["tcp", "udp", "sctp"]) {
    const port = firstValue(service, `protocol ${protocol} port`);
    if (port === undefined) continue;
    const source = firstValue(service, `protocol ${protocol} source-port`);
    const ports = readPorts(port);
    const sourcePorts = source === undefined ? undefined : readPorts(source);
    if (ports === undefined || (source !== undefined && sourcePorts === undefined)) return undefined;
    terms.push({ protocol, ports, ...(sourcePorts === undefined ? {} : { sourcePorts }) });
  }
  return terms.length === 0 ? undefined : terms;
}

/** `443,8443-8450`. */
function readPorts(text: string): PortRange[] | undefined {
  const ports: PortRange[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (to < from || to > 65_535) return undefined;
    ports.push({ from, to });
  }
  return ports;
}
