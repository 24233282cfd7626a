import type { NamedSet } from "../../../provider/core/allowlist/index";
import { ciscoNxos } from "../../../provider/firewalls/cisco-nxos/index";
import { parseNxos } from "../../../provider/firewalls/cisco-nxos/parse";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(ciscoNxos, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "edge.cfg", list: "SCUBA" },
    { fixture: "edge.cfg", list: ["BLOCKED", "SCUBA6"] },
  ],
  lacks: {
    hole: "an object-group has no exclusions",
    "nested-group": "an object-group holds no other groups",
    "cyclic-group": "an object-group holds no other groups",
    "disabled-rule": "a line is removed, never switched off",
  },
  generate: (entries) => {
    const lines: string[] = ["feature acl", "object-group ip address G"];
    for (let at = 0; at < entries; at++) {
      lines.push(`  ${at * 10 + 10} host 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`);
    }
    lines.push("ip access-list OUTSIDE-IN");
    for (let at = 0; at < 500; at++) {
      lines.push(`  ${500 - at} permit tcp addrgroup G host 203.0.113.${at % 256} eq 443`);
    }
    return { text: `${lines.join("\n")}\n`, list: "G" };
  },
  cases: [
    {
      name: "judges the members of a group alone: hosts, lengths, wildcards",
      fixture: "edge.cfg",
      asked: { list: "SCUBA" },
      previous: ["10.20.0.0/16"],
      verdicts: {
        "192.0.2.1/32": "present 6",
        "192.0.2.16/28": "present 7",
        "192.0.2.32/28": "present 8",
        "192.0.2.16/29": "covered 7",
        "192.0.2.192/26": "partial 10",
        "198.51.100.0/25": "missing",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["stale 9"],
      notes: 0,
    },
    {
      name: "judges a pair of lists, one for each family",
      fixture: "edge.cfg",
      asked: { list: ["SCUBA", "SCUBA6"] },
      verdicts: { "192.0.2.1/32": "present 6", "2001:db8:40::1/128": "present 12", "2001:db8:40::20/124": "missing" },
    },
    {
      name: "takes lines by their numbers: an earlier deny of the port shadows, one of another port does not",
      fixture: "edge.cfg",
      asked: { rule: "OUTSIDE-IN" },
      shows: ["deny-before-permit", "decoy-deny"],
      verdicts: {
        "192.0.2.1/32": "present 6",
        "192.0.2.16/28": "shadowed 26",
        "192.0.2.16/29": "covered 7",
        "192.0.2.200/32": "shadowed 30",
        "198.51.100.0/25": "missing",
        "198.51.100.128/25": "present 32",
        "203.0.113.7/32": "missing",
      },
    },
    {
      name: "judges every list that is applied inwards, on ports and for IPv6 too, and names the others",
      fixture: "edge.cfg",
      verdicts: {
        "10.0.10.0/24": "present 17",
        "10.1.10.0/24": "present 17",
        "10.2.10.0/24": "missing",
        "192.0.2.1/32": "present 6",
        "2001:db8:40::1/128": "shadowed 41",
        "2001:db8:40::10/124": "present 13",
        "2001:db8:80::/64": "present 43",
      },
      warnings: ["ip access-list UNUSED is not judged"],
    },
    {
      name: "is undecided about members that it cannot read: a netmask, an octet of 300",
      fixture: "unknown.cfg",
      asked: { list: "BROKEN" },
      shows: ["unknown"],
      verdicts: { "192.0.2.10/32": "present 5", "192.0.2.11/32": "undecided" },
      notes: 5,
    },
    {
      name: "is undecided where a group that is not defined could admit, and sure where an address does",
      fixture: "unknown.cfg",
      asked: { rule: "LOST" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.10/32": "present 11", "192.0.2.11/32": "undecided 10,12", "2001:db8::/64": "missing" },
    },
    {
      name: "puts lines where their numbers say, after resequencing and removals",
      fixture: "unknown.cfg",
      asked: { rule: "MOVED" },
      verdicts: {
        "192.0.2.1/32": "covered 14",
        "192.0.2.2/32": "shadowed 21",
        "192.0.2.3/32": "shadowed 22",
        "192.0.2.4/32": "covered 14",
        "198.51.100.1/32": "missing",
        "203.0.113.1/32": "undecided 19",
      },
    },
    {
      name: "is undecided about a line whose action it does not know",
      fixture: "unknown.cfg",
      asked: { rule: "STRANGE" },
      verdicts: { "192.0.2.11/32": "undecided" },
    },
    {
      name: "changes nothing for a deny after the permit",
      fixture: "unknown.cfg",
      asked: { rule: "AFTER" },
      verdicts: { "192.0.2.10/32": "covered 28" },
    },
    {
      name: "reads show access-lists: counters and remarks",
      fixture: "show.txt",
      verdicts: {
        "192.0.2.0/28": "present 4",
        "192.0.2.16/28": "shadowed 5",
        "2001:db8::1/128": "present 8",
      },
    },
  ],
});

describe("cisco-nxos: a group with a wildcard with holes", () => {
  const group = (text: string): NamedSet =>
    ciscoNxos.parse(`object-group ip address G\n${text}\n`, "config").sets[0] as NamedSet;

  it("is not changed, because its blocks come and go together", () => {
    const holed = group("  10 host 192.0.2.1\n  20 10.0.10.0 0.1.0.255");
    expect(ciscoNxos.refuse?.(holed, ciscoNxos.parse("", "config"))).toMatch(/^line 3 is a wildcard with holes/);
  });

  it("is changed when the wildcard has none", () => {
    const plain = group("  10 host 192.0.2.1\n  20 10.0.10.0 0.0.0.255");
    expect(ciscoNxos.refuse?.(plain, ciscoNxos.parse("", "config"))).toBeUndefined();
  });
});

describe("cisco-nxos: modes", () => {
  it("end at a head of another, where the text has lost its indentation too", () => {
    const text = [
      "interface Ethernet1/1",
      "ip access-group OUTSIDE-IN in",
      "ip access-list OUTSIDE-IN",
      "10 permit tcp 192.0.2.0/24 any eq 443",
    ].join("\n");
    const { ruleLists } = parseNxos(text, "pasted.cfg");
    expect(ruleLists.flatMap(({ rules }) => rules)).toMatchObject([{ action: "permit", line: 4 }]);
  });
});
