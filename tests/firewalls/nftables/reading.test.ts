/** Pieces of the language, each where it could mislead: what is admitted, by one ruleset for each. */
import { judge, type PrefixVerdict } from "../../../provider/core/allowlist/index";
import { readConfig } from "../../../provider/firewalls/index";
import { nftables } from "../../../provider/firewalls/nftables/index";
import { prefixOf } from "../questions";

function read(text: string) {
  return readConfig(text, "ruleset", "nftables").model;
}

/** The verdict on one prefix, everything inbound. */
function verdict(text: string, prefix = "192.0.2.0/28"): PrefixVerdict | undefined {
  const { prefixes } = judge({
    model: read(text),
    subject: { kind: "inbound" },
    desired: [prefixOf(prefix)],
    capability: nftables.capability,
  });
  return prefixes[0]?.verdict;
}

/** Rules of an input chain that drops by its policy. */
function input(...rules: readonly string[]): string {
  return `table inet filter {\nchain input {\ntype filter hook input priority 0; policy drop;\n${rules.join("\n")}\n}\n}\n`;
}

describe("nftables: one rule", () => {
  it.each([
    ["ip saddr 192.0.2.0/24 accept", "covered"],
    ["ip saddr 192.0.2.1/28 accept", "present"],
    ["ip saddr 192.0.2.0-192.0.2.15 tcp dport https accept", "present"],
    ["ip saddr { 192.0.2.0/29, 192.0.2.8/29 } accept", "covered"],
    ["ip saddr != 192.0.2.0/28 accept", "missing"],
    ["ip saddr != { 10.0.0.0/8, 198.51.100.0-198.51.100.9 } accept", "covered"],
    ["ip saddr > 192.0.2.0 accept", "undecided"],
    ["ip saddr & 255.255.255.0 == 192.0.2.0 accept", "undecided"],
    ["ip6 saddr ::/0 accept", "missing"],
    ["ip daddr 192.0.2.0/28 accept", "covered"],
    ["meta nfproto ipv4 accept", "covered"],
    ["meta nfproto != ipv4 accept", "missing"],
    ["meta l4proto != udp accept", "covered"],
    ["meta l4proto { udp, icmp } accept", "missing"],
    ["ip protocol tcp accept", "covered"],
    ["ip6 nexthdr tcp accept", "missing"],
    ["tcp dport != 22 accept", "covered"],
    ["tcp dport 1-1023 accept", "covered"],
    ["tcp dport >= 443 accept", "covered"],
    ["tcp dport > 443 accept", "missing"],
    ["tcp dport vmap { 443 : accept }", "covered"],
    ["tcp dport vmap { 22 : accept, * : drop }", "missing"],
    ["tcp dport { 22, 80 } accept", "missing"],
    ["tcp sport 443 accept", "missing"],
    ["tcp sport 1024-65535 accept", "covered"],
    ["th dport 443 accept", "covered"],
    ["@th,16,16 443 accept", "covered"],
    ["@nh,96,8 192 accept", "undecided"],
    ["udp dport 443 accept", "missing"],
    ["ct state new accept", "covered"],
    ["ct state established,new accept", "covered"],
    ["ct state { established, related } accept", "missing"],
    ["ct state != established accept", "covered"],
    ["ct state & (established|related) != 0 accept", "undecided"],
    ["ct direction reply accept", "missing"],
    ["ct status dnat accept", "missing"],
    ["ct status assured accept", "undecided"],
    ["tcp flags syn accept", "covered"],
    ["tcp flags & (fin|syn|rst|ack) == syn accept", "covered"],
    ["tcp flags & (fin | syn) == (fin | syn) accept", "missing"],
    ["tcp flags != syn / fin,syn,rst,ack accept", "missing"],
    ["tcp flags { syn, syn | ack } accept", "covered"],
    ["tcp flags & ecn == 0 accept", "undecided"],
    ["iif lo accept", "missing"],
    ['iifname "docker0" accept', "missing"],
    ['iifname != "lo" accept', "covered"],
    ["oifname eth0 accept", "missing"],
    ["iifgroup 1 accept", "undecided"],
    ["fib daddr type local accept", "covered"],
    ["fib daddr type != local accept", "missing"],
    ["fib saddr . iif oif missing accept", "missing"],
    ["fib saddr . iif oif 0 accept", "missing"],
    ["meta pkttype unicast accept", "covered"],
    ["meta pkttype { broadcast, multicast } accept", "missing"],
    ["meta mark 0x1 accept", "undecided"],
    ["meta mark set 0x1 accept", "covered"],
    ["ip dscp set cs1 accept", "covered"],
    ["meta mark set ct mark accept", "covered"],
    ["ct mark set meta mark and 0xff drop\naccept", "missing"],
    ["meta mark accept", "undecided"],
    ["fib saddr . iif check missing drop\naccept", "covered"],
    ["ip daddr set numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 } drop\naccept", "missing"],
    ['quota name ip saddr map { 192.0.2.1 : "q" } drop\naccept', "undecided"],
    ["strange { a : b, c : drop } drop\nip saddr 192.0.2.0/28 accept", "undecided"],
    ["vxlan ip saddr 192.0.2.0/28 accept", "undecided"],
    ["tcp dport 22 jump {\nip saddr 192.0.2.0/28 accept\n}\nip saddr 10.0.0.0/8 accept", "missing"],
    ["tcp dport 443 goto { accept; }\nip saddr 192.0.2.0/28 accept", "undecided"],
    ["limit rate 10/second burst 5 packets accept", "undecided"],
    ["ct count 10 accept", "undecided"],
    ["counter name hits accept", "covered"],
    ['log prefix "a; drop }" flags all accept', "covered"],
    ["log group 1 queue-threshold 2 ip saddr 192.0.2.0/28 accept", "present"],
    ["add @seen { ip saddr timeout 1m } accept", "covered"],
    ["add @seen { ip saddr limit rate over 1/second } accept", "undecided"],
    ["tcp option maxseg size set rt mtu accept", "covered"],
    ["strange word accept", "undecided"],
    ["queue num 1", "undecided"],
    ["accept # drop", "covered"],
    ["accept; drop", "covered"],
    ["drop; accept", "missing"],
    ["reject with tcp reset\naccept", "shadowed"],
    ["reject with icmpx type admin-prohibited\naccept", "missing"],
    ["continue\naccept", "covered"],
    ["jump nowhere\naccept", "undecided"],
    ['xt match "recent" drop\naccept', "undecided"],
    ['xt target "TPROXY"\naccept', "undecided"],
    ['xt target "LOG"\naccept', "covered"],
    ["meta l4proto tcp # match-set BAD src counter packets 0 bytes 0 drop\naccept", "undecided"],
    ["counter # then drop\naccept", "covered"],
    ["ip saddr @nowhere drop\naccept", "undecided"],
    ["ip saddr $NOWHERE drop\naccept", "undecided"],
    ["ip saddr vmap @nowhere\naccept", "undecided"],
    ["ip saddr portal.example.com drop\naccept", "undecided"],
    ['include "more.nft"\naccept', "undecided"],
    ["ip saddr . tcp dport { 192.0.2.0/28 . 443 } accept", "present"],
    ["ip saddr . tcp dport { 192.0.2.0/28 . 22, 198.51.100.0/24 . 443 } accept", "missing"],
    ["ip saddr . tcp dport != { 192.0.2.0/28 . 443 } accept", "undecided"],
    ["ip saddr . meta mark { 192.0.2.0/28 . 1 } accept", "undecided"],
    ["tcp dport . ip saddr vmap { 443 . 192.0.2.0/28 : drop, 22 . 192.0.2.0/28 : accept }\naccept", "shadowed"],
    ["ip saddr vmap { 192.0.2.0/29 : continue, * : accept }", "partial"],
  ] as const)("%s: %s", (rule, expected) => {
    expect([rule, verdict(input(...rule.split("\n")))]).toEqual([rule, expected]);
  });
});

describe("nftables: chains and tables", () => {
  const base = (hook: string, more: string, policy: string, ...rules: readonly string[]): string =>
    `chain ${hook} {\ntype filter hook ${hook} ${more}; policy ${policy};\n${rules.join("\n")}\n}`;

  it.each([
    ["prerouting", "missing"],
    ["ingress", "missing"],
    ["forward", "covered"],
    ["output", "covered"],
    ["postrouting", "covered"],
  ])("asks a chain at %s of another table too, where packets to the machine pass it", (hook, expected) => {
    const device = hook === "ingress" ? "device eth0 " : "";
    const rules = [`ip saddr 192.0.2.0/28 ${hook === "forward" ? "counter" : "drop"}`];
    const other = `table inet other {\n${base(hook, `${device}priority -200`, "accept", ...rules)}\n}\n`;
    // The device is where all traffic comes from: nothing else is known to be outside.
    const nat = 'table ip nat {\nchain p {\ntype nat hook postrouting priority 100;\noifname "eth0" masquerade\n}\n}\n';
    expect(verdict(`${input('iifname "eth0" ip saddr 192.0.2.0/24 accept')}${other}${nat}`)).toBe(
      expected === "missing" ? "shadowed" : expected,
    );
  });

  it("asks no chain that only counts for what it does not say", () => {
    const other = `table inet other {\n${base("input", "priority 10", "accept", "counter")}\n}\n`;
    expect(verdict(input("ip saddr 192.0.2.0/28 accept") + other)).toBe("present");
  });

  it("does not know what becomes of packets that are sent elsewhere", () => {
    const nat =
      "table ip nat {\nchain p {\ntype nat hook prerouting priority -100;\ntcp dport 443 redirect to :8443\n}\n}\n";
    expect(verdict(input("ct status dnat accept") + nat)).toBe("undecided");
    expect(read(input("ct status dnat accept") + nat).notes.first[0]?.message).toMatch(/sent elsewhere/);
  });

  it("keeps the policy for a family that the last rule is not for", () => {
    const text = input("ip saddr 10.0.0.0/8 drop", "meta nfproto ipv6 drop").replace("policy drop", "policy accept");
    expect([verdict(text), verdict(text, "2001:db8::/64")]).toEqual(["covered", "shadowed"]);
  });

  it.each([
    ['oifname "lan0" accept', "covered"],
    ['iifname "wan0" oifname "wan0" accept', "missing"],
    ['iifname "lan0" oifname "wan0" drop\noifname "lan0" accept', "missing"],
    ['iifname "lan0" oifname "wan0" drop\noifname "lan0" tcp dport 443 accept', "covered"],
  ])("tells letting through from letting out: %s", (rules, expected) => {
    expect(verdict(input(...rules.split("\n")).replaceAll("input", "forward"))).toBe(expected);
  });

  it("is undecided about the family that no table is for", () => {
    const text = input("ip saddr 192.0.2.0/28 accept").replace("inet", "ip");
    expect(verdict(text)).toBe("present");
    expect(verdict(text, "2001:db8::/64")).toBe("undecided");
  });

  it("takes a chain without a policy as one that accepts", () => {
    expect(
      verdict("table inet f {\nchain c {\ntype filter hook input priority 0\nip saddr 10.0.0.0/8 drop\n}\n}\n"),
    ).toBe("covered");
  });

  it("reads a policy from a variable, and doubts one that it does not know", () => {
    const text = input("ip saddr 10.0.0.0/8 accept").replace("policy drop", "policy $DEFAULT");
    expect(verdict(`define DEFAULT = drop\n${text}`)).toBe("missing");
    expect(verdict(`define DEFAULT = accept\n${text}`)).toBe("covered");
    expect(verdict(text)).toBe("undecided");
  });

  it("does not pass over what a document has as text: a chain in braces", () => {
    const names = { family: "inet", table: "f", chain: "c" };
    const chain = { family: "inet", table: "f", name: "c", type: "filter", hook: "input", prio: 0, policy: "accept" };
    const document = (expr: unknown): string => JSON.stringify({ nftables: [{ chain }, { rule: { ...names, expr } }] });
    expect(verdict(document(["jump {\n\tip saddr 192.0.2.0/28 drop\n}"]))).toBe("undecided");
    expect(verdict(document([{ xt: { type: "target", name: "TPROXY" } }]))).toBe("undecided");
    expect(verdict(document([{ xt: { type: "target", name: "LOG" } }]))).toBe("covered");
  });

  it("reads priorities by name and offset", () => {
    const chains = ["filter + 10", "raw", "-5"].map((priority, at) =>
      base("input", `priority ${priority}`, "drop", "accept").replace("chain input", `chain c${at}`),
    );
    const { ruleLists } = read(`table inet f {\n${chains.join("\n")}\n}\n`);
    expect(ruleLists.map(({ id, name }) => [id, name])).toEqual([["input", "input"]]);
  });

  it("is sure of nothing in a file that stops early, and keeps what it has of a list", () => {
    const text = "table inet f {\nset s { type ipv4_addr; flags interval; elements = { 192.0.2.0/28 }; }\n";
    const chain = "chain c {\ntype filter hook input priority 0; policy drop\nip saddr @s accept\n";
    expect(verdict(`${text}${chain}}\n}\n`)).toBe("present");
    expect(verdict(text + chain)).toBe("undecided");
    expect(read(text + chain).notes.first.map(({ message }) => message)).toContain(
      "the file stops early: a block is not closed",
    );
    expect(read(text + chain).sets[0]?.entries).toHaveLength(1);
  });

  it("is sure of nothing in a document that stops early or holds what it does not know", () => {
    const rule = '{"rule":{"family":"inet","table":"f","chain":"c","expr":[{"accept":null}]}}';
    const chain =
      '{"chain":{"family":"inet","table":"f","name":"c","type":"filter","hook":"input","prio":0,"policy":"drop"}}';
    expect(verdict(`{"nftables":[${chain},${rule}]}`)).toBe("covered");
    expect(verdict(`{"nftables":[${chain},${rule}`)).toBe("undecided");
    expect(verdict(`{"nftables":[${chain},${rule},{"delete":{"rule":{}}}]}`)).toBe("undecided");
    expect(verdict(`{"nftables":[${chain},${rule},{"add":{"set":{"family":"inet","table":"f","name":"s"}}}]}`)).toBe(
      "covered",
    );
  });

  it("reads nothing twice where variables hold each other many times", () => {
    const defines = ["define V0 = { 443 }", "define A0 = { 192.0.2.0/28 }"];
    for (let at = 1; at < 40; at++) {
      defines.push(`define V${at} = { $V${at - 1}, $V${at - 1} }`, `define A${at} = { $A${at - 1}, $A${at - 1} }`);
    }
    const text = (rule: string): string => `${defines.join("\n")}\n${input(rule)}`;
    expect(verdict(text("ip saddr $A39 tcp dport 443 accept"))).toBe("present");
    expect(verdict(text("ip saddr 192.0.2.0/28 tcp dport $V39 accept"))).toBe("present");
    expect(verdict(text("ip saddr 192.0.2.0/28 tcp dport != $V39 accept"))).toBe("undecided");
  });

  it("reads braces and brackets of any depth without a stack of its own", () => {
    const deep = "{".repeat(20_000);
    expect(() => read(`table inet f {\nset s { type ipv4_addr; elements = ${deep}\n`)).not.toThrow();
    const nested = `${'{"concat":['.repeat(20_000)}1`;
    const json = `{"nftables":[{"set":{"family":"ip","table":"f","name":"s","type":"ipv4_addr","elem":[${nested}`;
    expect(read(json).sets.map(({ name }) => name)).toEqual(["s"]);
  });
});
