/** Names and numbers that rules of the Linux packet filter use for protocols and ports. */
import type { ServiceTerm } from "../../core/allowlist/index";

const protocols: ReadonlyMap<string, string> = new Map([
  ["all", "any"],
  ["0", "any"],
  ["1", "icmp"],
  ["6", "tcp"],
  ["17", "udp"],
  ["58", "icmpv6"],
  ["ipv6-icmp", "icmpv6"],
  ["icmp6", "icmpv6"],
]);

/** The one name of a protocol that has several, or a number. */
export function protocolNamed(text: string): string {
  const name = text.toLowerCase();
  return protocols.get(name) ?? name;
}

/** Stand for "every protocol but": more than these carry no ports that anybody asks about. */
const known = ["tcp", "udp", "icmp", "icmpv6", "gre", "esp", "ah", "sctp"] as const;

/** Every protocol but these. */
export function allButProtocol(names: readonly string[]): readonly ServiceTerm[] {
  return known.filter((one) => !names.includes(one)).map((protocol) => ({ protocol }));
}

const ports: ReadonlyMap<string, number> = new Map([
  ["ftp-data", 20],
  ["ftp", 21],
  ["ssh", 22],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["bootps", 67],
  ["bootpc", 68],
  ["tftp", 69],
  ["http", 80],
  ["www", 80],
  ["kerberos", 88],
  ["pop3", 110],
  ["sunrpc", 111],
  ["ntp", 123],
  ["netbios-ns", 137],
  ["netbios-dgm", 138],
  ["netbios-ssn", 139],
  ["imap", 143],
  ["imap2", 143],
  ["snmp", 161],
  ["snmp-trap", 162],
  ["ldap", 389],
  ["https", 443],
  ["microsoft-ds", 445],
  ["isakmp", 500],
  ["syslog", 514],
  ["dhcpv6-client", 546],
  ["dhcpv6-server", 547],
  ["submission", 587],
  ["ipp", 631],
  ["ldaps", 636],
  ["domain-s", 853],
  ["rsync", 873],
  ["imaps", 993],
  ["pop3s", 995],
  ["openvpn", 1194],
  ["ssdp", 1900],
  ["nfs", 2049],
  ["mysql", 3306],
  ["ms-wbt-server", 3389],
  ["ipsec-nat-t", 4500],
  ["sip", 5060],
  ["mdns", 5353],
  ["postgresql", 5432],
  ["http-alt", 8080],
]);

/** A port by its number or its name; undefined when it is neither. */
export function portNamed(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : ports.get(text.toLowerCase());
  return port !== undefined && port <= 65_535 ? port : undefined;
}

/** Targets of iptables after which the packet goes on in its chain. */
export const passingTargets =
  /^(LOG|NFLOG|ULOG|MARK|CONNMARK|CONNSECMARK|SECMARK|TCPMSS|TCPOPTSTRIP|CLASSIFY|DSCP|ECN|TOS|TTL|HL|AUDIT|TRACE|SET|CT|NOTRACK|CHECKSUM|TEE|RATEEST|LED|IDLETIMER|HMARK)$/;
