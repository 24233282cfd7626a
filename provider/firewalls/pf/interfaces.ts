/** Interfaces of a config.xml: their addresses, and which of them the internet is behind. */
import type { Term } from "../../core/allowlist/index";
import { parseAddress, parsePrefix } from "../../core/ip/index";
import { childrenNamed, type XmlNode } from "../xml";
import { inside, isThere, textIn, wordsIn } from "./elements";

export interface Interface {
  /** `wan`, `lan`, `opt1`: what rules say. */
  readonly name: string;
  readonly line: number;
  /** Whether it is enabled; rules of a disabled one are not loaded. */
  readonly enabled: boolean;
  /** The internet is behind it: it has a gateway, or gets its address from a provider. */
  readonly outside: boolean;
  readonly blocksPrivate: boolean;
  readonly blocksBogons: boolean;
  /** Its subnets, and its own addresses; an unknown term where the device learns them. */
  readonly subnets: readonly Term[];
  readonly addresses: readonly Term[];
}

export interface Interfaces {
  readonly all: ReadonlyMap<string, Interface>;
  /** Members of the interface groups. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const learned: Term = { kind: "unknown", what: "dynamic" };

export function readInterfaces(root: XmlNode): Interfaces {
  const all = new Map<string, Interface>();
  const virtual = new Map<string, XmlNode[]>();
  for (const vip of childrenNamed(inside(root, "virtualip"), "vip")) {
    const name = textIn(vip, "interface");
    const known = virtual.get(name);
    if (known === undefined) virtual.set(name, [vip]);
    else known.push(vip);
  }
  for (const node of inside(root, "interfaces")?.children ?? []) {
    if (!all.has(node.name)) all.set(node.name, readInterface(node, virtual.get(node.name) ?? []));
  }
  const groups = new Map<string, readonly string[]>();
  for (const entry of childrenNamed(inside(root, "ifgroups"), "ifgroupentry")) {
    groups.set(textIn(entry, "ifname"), wordsIn(textIn(entry, "members")));
  }
  return { all, groups };
}

function readInterface(node: XmlNode, virtual: readonly XmlNode[]): Interface {
  const subnets: Term[] = [];
  const addresses: Term[] = [];
  for (const [address, length] of [
    ["ipaddr", "subnet"],
    ["ipaddrv6", "subnetv6"],
  ] as const) {
    add(subnets, addresses, textIn(node, address), textIn(node, length));
  }
  for (const vip of virtual) {
    if (textIn(vip, "mode") !== "proxyarp") add(subnets, addresses, textIn(vip, "subnet"), textIn(vip, "subnet_bits"));
  }
  const dynamic = /^(dhcp|dhcp6|slaac|pppoe|pptp|l2tp|ppp|6rd|6to4)$/;
  const gateways = ["gateway", "gatewayv6"].map((name) => textIn(node, name));
  return {
    name: node.name,
    line: node.line,
    enabled: isThere(node, "enable") && textIn(node, "enable") !== "0",
    outside:
      node.name === "wan" ||
      gateways.some((name) => name !== "" && name !== "none") ||
      [textIn(node, "ipaddr"), textIn(node, "ipaddrv6")].some((way) => dynamic.test(way)),
    blocksPrivate: isSet(node, "blockpriv"),
    blocksBogons: isSet(node, "blockbogons"),
    subnets,
    addresses,
  };
}

/** `<blockpriv/>`, `<blockpriv>1</blockpriv>`; OPNsense also writes 0. */
function isSet(node: XmlNode, name: string): boolean {
  return isThere(node, name) && textIn(node, name) !== "0";
}

function add(subnets: Term[], addresses: Term[], address: string, length: string): void {
  if (address === "" || address === "none") return;
  const own = parseAddress(address);
  const subnet = parsePrefix(`${address}/${length}`, { hostBits: "clear" });
  // What a provider, a router or another interface hands out.
  if (!own.ok || !subnet.ok) {
    subnets.push(learned);
    addresses.push(learned);
    return;
  }
  subnets.push({ kind: "block", block: subnet.value });
  addresses.push({ kind: "block", block: { ...own.value, length: own.value.family === "ipv4" ? 32 : 128 } });
}
