import { pfsense } from "../../../provider/firewalls/pfsense/index";
import { describeFormat } from "../formatSuite";
import { runPhp } from "./device";

describeFormat(pfsense, {
  folder: __dirname,
  apply: runPhp,
  roundTrips: [
    { fixture: "edge.xml", list: "SCUBA" },
    { fixture: "edge.xml", list: "EAST" },
    { fixture: "edge.xml", list: "SIX" },
    { fixture: "doubt.xml", list: "LOOPA" },
  ],
  lacks: { hole: "an alias has no exclusions" },
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const aliases: string[] = [];
    for (let group = 0; group < groups; group++) {
      const words: string[] = [];
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        words.push(`10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/32`);
      }
      if (group > 0) words.push(`G${group - 1}`);
      const list = words.join(" ");
      aliases.push(`<alias><name>G${group}</name><type>network</type><address>${list}</address></alias>`);
    }
    const rules = Array.from(
      { length: 50 },
      (_, rule) =>
        `<rule><type>pass</type><interface>wan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol><source><address>G${rule % groups}</address></source><destination><address>203.0.113.${rule}</address><port>443</port></destination></rule>`,
    );
    return {
      text: `<pfsense>\n<filter>\n${rules.join("\n")}\n</filter>\n<aliases>\n${aliases.join("\n")}\n</aliases>\n</pfsense>\n`,
      list: `G${groups - 1}`,
    };
  },
  cases: [
    {
      name: "judges the members of an alias alone: prefixes, ranges, aliases in it, both families",
      fixture: "edge.xml",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["192.0.2.40/32"],
      verdicts: {
        "192.0.2.0/28": "present 141",
        "192.0.2.16/29": "covered 141",
        "192.0.2.32/27": "partial",
        "198.51.100.0/27": "present 148",
        "198.51.100.64/27": "present 148",
        "198.51.100.128/25": "missing",
        "2001:db8:40::10/124": "present 148",
      },
      extra: ["stale 141", "duplicate 141"],
    },
    {
      name: "takes the rules of the outer interface in their order, floating ones before them, and no LAN rule",
      fixture: "edge.xml",
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 141",
        "192.0.2.16/28": "shadowed 38",
        "192.0.2.64/26": "present 34",
        "198.51.100.0/27": "shadowed",
        "198.51.100.7/32": "shadowed 107",
        "198.51.100.64/27": "present 148",
        "2001:db8:40::10/124": "present 148",
        "2001:db8:66::/48": "missing",
        "203.0.113.128/25": "missing",
      },
    },
    {
      name: "judges an inner interface when it is asked for",
      fixture: "edge.xml",
      asked: { rule: "lan" },
      verdicts: { "203.0.113.128/25": "covered 103", "198.51.100.7/32": "shadowed" },
    },
    {
      name: "judges one rule by its description, with what stands before it",
      fixture: "edge.xml",
      asked: { rule: "Connectors" },
      verdicts: { "192.0.2.0/28": "present 141", "192.0.2.16/28": "shadowed 38", "192.0.2.64/26": "missing" },
    },
    {
      name: "is undecided where a host name, a table that is fetched, or an alias that is not defined could admit",
      fixture: "doubt.xml",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "20.0.0.0/24": "present 33", "20.0.99.0/24": "undecided 33,33,34" },
    },
    {
      name: "reads aliases that contain each other, once",
      fixture: "doubt.xml",
      asked: { list: "LOOPA" },
      shows: ["cyclic-group"],
      verdicts: { "20.0.1.0/24": "present 35", "20.0.2.0/24": "present 36", "20.0.3.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "reads host bits as the prefix around them, and guesses nothing of an octet of 300",
      fixture: "doubt.xml",
      asked: { list: "TYPED" },
      verdicts: { "20.0.3.0/24": "present 37", "20.0.4.0/24": "undecided 37" },
    },
    {
      name: "guesses nothing of an alias that is defined twice",
      fixture: "doubt.xml",
      asked: { list: "TWICE" },
      verdicts: { "20.0.13.0/24": "undecided" },
    },
    {
      name: "takes a fetched alias as it was fetched last",
      fixture: "doubt.xml",
      asked: { list: "FETCHED" },
      verdicts: { "20.0.15.0/24": "present 40" },
    },
    {
      name: "knows what wan blocks by itself, families, negation, ports that are not defined",
      fixture: "doubt.xml",
      asked: { rule: "wan" },
      verdicts: {
        "20.0.0.0/24": "present 33",
        "20.0.8.0/24": "undecided",
        "192.0.2.0/24": "shadowed 5,5",
        "2001:470::/64": "shadowed 3",
      },
    },
    {
      name: "is undecided about a permit whose ports are not defined",
      fixture: "doubt.xml",
      asked: { rule: "lost ports" },
      verdicts: { "20.0.9.0/24": "undecided 20" },
    },
    {
      name: "puts the rules of an interface group before those of its members",
      fixture: "doubt.xml",
      asked: { rule: "opt4" },
      verdicts: { "20.0.5.0/25": "shadowed 22", "20.0.5.128/25": "covered 23" },
    },
    {
      name: "admits what a port forward passes by itself, and takes UDP for no HTTPS",
      fixture: "doubt.xml",
      asked: { rule: "opt5" },
      verdicts: { "20.0.4.0/24": "present 15", "20.0.6.0/24": "missing" },
    },
    {
      name: "is undecided where a floating rule may block what leaves by another interface, or a rule is not understood",
      fixture: "doubt.xml",
      asked: { rule: "opt6" },
      verdicts: {
        "20.0.7.0/25": "covered 25",
        "20.0.7.128/25": "undecided",
        "20.0.10.0/24": "present 28",
        "20.0.11.0/24": "undecided",
        "20.0.12.0/24": "undecided",
      },
    },
    {
      name: "reads the backup of one area, and trusts no alias that was cut off",
      fixture: "aliases.xml",
      asked: { list: "ONLY" },
      verdicts: { "192.0.2.0/24": "present 6", "2001:db8::/64": "present 6" },
    },
    {
      name: "is undecided about an alias that was cut off: 198.51.0.0/1 may have been a /16",
      fixture: "aliases.xml",
      asked: { list: "CUT" },
      verdicts: { "192.0.2.1/32": "undecided 13", "198.51.0.0/16": "undecided" },
    },
  ],
});

describe("pfsense: secrets", () => {
  it("keeps the credentials of a list's address to itself", () => {
    const url = "https://user:word@lists.example.org/a.txt?key=secret";
    const text = `<aliases><alias><name>T</name><type>urltable</type><url>${url}</url></alias></aliases>`;
    const entry = pfsense.parse(text, "config.xml").sets[0]?.entries[0];
    expect(entry?.text).toBe("https://…@lists.example.org/a.txt?…");
  });
});

describe("pfsense: details", () => {
  it("stay beside their addresses in a change and its rollback", () => {
    const text = `<aliases><alias><name>S</name><type>network</type><address>192.0.2.0/24 198.51.100.0/24</address><detail>one||two</detail></alias></aliases>`;
    const php = "$name = 'S';\n$add = [\n  '203.0.113.0/24',\n];\n$remove = [\n  '192.0.2.0/24',\n];\n";
    expect(runPhp(text, php)).toContain("<address>198.51.100.0/24 203.0.113.0/24</address>");
    expect(runPhp(text, php)).toContain("<detail><![CDATA[two||pulumi-msem]]></detail>");
  });

  it("refuses lists that cannot hold prefixes", () => {
    const refusal = (kind: string) =>
      pfsense.refuse?.({ id: "x", name: "x", kind, line: 1, entries: [] }, pfsense.parse("", "x"));
    expect(refusal("network alias")).toBeUndefined();
    expect(refusal("host alias")).toContain("single hosts");
    expect(refusal("urltable alias")).toContain("elsewhere");
  });
});
