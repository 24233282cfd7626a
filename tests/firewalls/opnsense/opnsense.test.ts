import { opnsense } from "../../../provider/firewalls/opnsense/index";
import { describeFormat } from "../formatSuite";
import { runCalls } from "./device";

describeFormat(opnsense, {
  folder: __dirname,
  apply: runCalls,
  roundTrips: [
    { fixture: "edge.xml", list: "EAST" },
    { fixture: "doubt.xml", list: "LOOPB" },
    { fixture: "doubt.xml", list: "LOOPA" },
  ],
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const aliases: string[] = [];
    for (let group = 0; group < groups; group++) {
      const words: string[] = [];
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        words.push(`10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/32`);
      }
      if (group > 0) words.push(`G${group - 1}`);
      const list = words.join("\n");
      aliases.push(
        `<alias><enabled>1</enabled><name>G${group}</name><type>network</type><content>${list}</content></alias>`,
      );
    }
    const rules = Array.from(
      { length: 50 },
      (_, rule) =>
        `<rule><type>pass</type><interface>wan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol><source><network>G${rule % groups}</network></source><destination><network>203.0.113.${rule}</network><port>443</port></destination></rule>`,
    );
    return {
      text: `<opnsense>\n<filter>\n${rules.join("\n")}\n</filter>\n<OPNsense><Firewall><Alias><aliases>\n${aliases.join("\n")}\n</aliases></Alias></Firewall></OPNsense>\n</opnsense>\n`,
      list: `G${groups - 1}`,
    };
  },
  cases: [
    {
      name: "judges the members of an alias alone, each with its own line",
      fixture: "edge.xml",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["20.0.2.0/24"],
      verdicts: {
        "20.0.0.0/24": "present 24",
        "20.0.1.0/25": "covered 25",
        "20.0.3.0/25": "present 30",
        "20.0.4.7/32": "present 31",
        "20.0.3.0/24": "partial",
        "2001:470::10/124": "present 28",
        "20.0.5.0/24": "missing",
      },
      extra: ["stale 26", "duplicate 29"],
    },
    {
      name: "takes the rules of the outer interface in their order, floating ones before them, and no LAN rule",
      fixture: "edge.xml",
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "20.0.0.0/24": "present 24",
        "20.0.1.0/24": "shadowed 11",
        "20.0.2.0/25": "covered 26",
        "20.0.2.128/25": "shadowed 17",
        "20.0.3.0/25": "present 30",
        "2001:470::10/124": "present 28",
        "20.0.9.0/24": "undecided",
        "20.0.5.0/24": "missing",
      },
    },
    {
      name: "lets the longest block decide where ! takes away",
      fixture: "edge.xml",
      asked: { list: "HOLED" },
      shows: ["hole"],
      verdicts: {
        "20.1.0.0/24": "covered 32",
        "20.1.1.0/26": "missing",
        "20.1.1.64/26": "present 34",
        "20.1.1.128/25": "missing",
        "20.1.0.0/16": "partial",
      },
    },
    {
      name: "merges what a group nests into one table, where a longer block of one undoes the ! of another",
      fixture: "edge.xml",
      asked: { list: "GROUP" },
      verdicts: {
        "20.1.1.0/25": "present",
        "20.1.1.128/25": "missing",
        "20.1.2.0/24": "covered",
        "20.2.0.0/16": "present",
      },
    },
    {
      name: "lets the ! of a nested alias take from the alias around it",
      fixture: "edge.xml",
      asked: { list: "OVER" },
      verdicts: { "20.5.1.0/24": "missing", "20.5.2.0/24": "covered", "20.6.0.0/24": "present" },
    },
    {
      name: "reads what stands behind a slash with dots as a wildcard, never as a netmask",
      fixture: "edge.xml",
      asked: { list: "WILD" },
      verdicts: {
        "192.168.7.9/32": "present 39",
        "192.168.7.8/32": "missing",
        "192.168.0.0/16": "partial",
        "20.3.0.0/24": "present 40",
      },
    },
    {
      name: "reads ranges, and takes ! before a range for the name that it is to the device",
      fixture: "edge.xml",
      asked: { list: "RANGE" },
      verdicts: { "20.4.0.0/28": "undecided", "20.4.9.0/24": "missing" },
    },
    {
      name: "is undecided where a name, a country or an alias that is not defined could admit",
      fixture: "doubt.xml",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "20.0.0.0/24": "present 10", "20.9.0.0/24": "undecided" },
    },
    {
      name: "keeps a country to the family that the alias is for",
      fixture: "doubt.xml",
      asked: { list: "GEO" },
      verdicts: { "20.0.0.0/24": "undecided 14", "2001:470::/64": "missing" },
    },
    {
      name: "is undecided about an alias that is disabled",
      fixture: "doubt.xml",
      asked: { list: "OFF" },
      verdicts: { "20.0.1.0/24": "undecided 15", "20.0.2.0/24": "undecided 15" },
    },
    {
      name: "reads aliases that contain each other, once",
      fixture: "doubt.xml",
      asked: { list: "LOOPA" },
      shows: ["cyclic-group"],
      verdicts: { "20.0.2.0/24": "present 17", "20.0.3.0/24": "present 19", "20.0.4.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "reads host bits as the prefix around them, and guesses nothing of an octet of 300",
      fixture: "doubt.xml",
      asked: { list: "STRANGE" },
      verdicts: { "20.0.4.0/24": "present 21", "20.0.5.0/24": "undecided 22" },
    },
    {
      name: "reads the newer rules by their sequence, with lists of networks",
      fixture: "doubt.xml",
      asked: { rule: "new pass" },
      verdicts: { "20.0.5.0/24": "present 27", "20.0.6.0/24": "shadowed 28", "20.0.7.0/24": "missing" },
    },
    {
      name: "is undecided about everything but a disabled alias: the rule is not loaded",
      fixture: "doubt.xml",
      asked: { rule: "all but a disabled alias" },
      verdicts: { "20.0.7.0/24": "undecided", "20.0.1.0/24": "undecided" },
    },
  ],
});

describe("opnsense: a change", () => {
  const wrap = (aliases: string, filter = ""): string =>
    `<opnsense>${filter}<OPNsense><Firewall><Alias><aliases>${aliases}</aliases></Alias></Firewall></OPNsense></opnsense>`;
  const refusal = (type: string, content: string, more = "", enabled = "1"): string | undefined => {
    const text = wrap(
      `<alias><enabled>${enabled}</enabled><name>A</name><type>${type}</type><content>${content}</content></alias>${more}`,
    );
    const model = opnsense.parse(text, "config.xml");
    const set = model.sets.find(({ name }) => name === "A");
    return set === undefined ? "no such set" : opnsense.refuse?.(set, model);
  };

  it("is refused where it could not be made, or not taken back", () => {
    const holed = "<alias><name>B</name><type>network</type><content>!20.0.0.0/24</content></alias>";
    expect(refusal("network", "20.0.0.0/8")).toBeUndefined();
    expect(refusal("network", "20.0.0.0/8", "", "0")).toContain("disabled");
    expect(refusal("network", "20.0.0.0/0.0.255.0")).toContain("wildcard");
    expect(refusal("network", "20.0.0.1-20.0.0.9")).toContain("range");
    expect(refusal("networkgroup", "B")).toContain("elsewhere");
    expect(refusal("network", "B 20.0.0.0/8", holed)).toContain("exclusions");
    expect(refusal("host", "20.0.0.1")).toContain("single hosts");
  });

  it("trusts neither of two kinds of rules where both are there", () => {
    const rule = (tag: string, at: string): string =>
      `<rule><type>pass</type><action>pass</action><interface>wan</interface><ipprotocol>inet</ipprotocol><source><any/></source><${tag}>20.0.${at}.0/24</${tag}><destination><any/></destination></rule>`;
    const text = `<opnsense><filter>${rule("x", "1")}</filter><OPNsense><Firewall><Filter><rules>${rule("source_net", "2")}</rules></Filter></Firewall></OPNsense></opnsense>`;
    const model = opnsense.parse(text, "config.xml");
    expect(model.ruleLists[0]?.rules.map(({ uncertain }) => uncertain)).toEqual([
      "its order among the older rules is not known",
      undefined,
    ]);
    expect(model.notes.count).toBe(1);
  });
});
