/** Protocol and port names of Junos. Source: Junos OS, firewall filter match conditions. */
import type { PortRange } from "../../core/allowlist/index";

const ports: Readonly<Record<string, number>> = {
  afs: 1483,
  bgp: 179,
  biff: 512,
  bootpc: 68,
  bootps: 67,
  cmd: 514,
  cvspserver: 2401,
  dhcp: 67,
  domain: 53,
  eklogin: 2105,
  ekshell: 2106,
  exec: 512,
  finger: 79,
  ftp: 21,
  "ftp-data": 20,
  http: 80,
  https: 443,
  ident: 113,
  imap: 143,
  "kerberos-sec": 88,
  klogin: 543,
  kpasswd: 761,
  "krb-prop": 754,
  krbupdate: 760,
  kshell: 544,
  ldap: 389,
  ldp: 646,
  login: 513,
  "mobileip-agent": 434,
  "mobilip-mn": 435,
  msdp: 639,
  "netbios-dgm": 138,
  "netbios-ns": 137,
  "netbios-ssn": 139,
  nfsd: 2049,
  nntp: 119,
  ntalk: 518,
  ntp: 123,
  pop3: 110,
  pptp: 1723,
  printer: 515,
  radacct: 1813,
  radius: 1812,
  rip: 520,
  rkinit: 2108,
  smtp: 25,
  snmp: 161,
  snmptrap: 162,
  snpp: 444,
  socks: 1080,
  ssh: 22,
  sunrpc: 111,
  syslog: 514,
  tacacs: 49,
  "tacacs-ds": 65,
  talk: 517,
  telnet: 23,
  tftp: 69,
  timed: 525,
  who: 513,
  xdmcp: 177,
};

/** `443`, `https`, `1024-65535`. */
export function portRange(word: string): PortRange | undefined {
  const named = Object.hasOwn(ports, word) ? ports[word] : undefined;
  if (named !== undefined) return { from: named, to: named };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}

const numbers: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6" };

export function protocolName(word: string): string {
  return numbers[word] ?? word;
}
