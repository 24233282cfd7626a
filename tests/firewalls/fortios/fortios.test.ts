import { fortios } from "../../../provider/firewalls/fortios/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(fortios, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "edge.conf", list: "SCUBA" },
    { fixture: "edge.conf", list: "NOT-HOLED" },
    { fixture: "unknown.conf", list: "LOOP-B" },
    { fixture: "vdoms.conf", list: ["dmz/addrgrp:SCUBA", "SCUBA6"] },
  ],
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const lines: string[] = ["config firewall address"];
    for (let at = 0; at < entries; at++) {
      const address = `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`;
      lines.push(`    edit "A${at}"`, `        set subnet ${address} 255.255.255.255`, "    next");
    }
    lines.push("end", "config firewall addrgrp");
    for (let group = 0; group < groups; group++) {
      const members = Array.from({ length: Math.min(500, entries - group * 500) }, (_, at) => `"A${group * 500 + at}"`);
      if (group > 0) members.push(`"G${group - 1}"`);
      lines.push(`    edit "G${group}"`, `        set member ${members.join(" ")}`, "    next");
    }
    lines.push("end", "config firewall policy");
    for (let rule = 1; rule <= 50; rule++) {
      lines.push(
        `    edit ${rule}`,
        '        set srcintf "wan1"',
        '        set dstintf "dmz"',
        "        set action accept",
      );
      lines.push(`        set srcaddr "G${rule % groups}"`, '        set dstaddr "all"', '        set service "HTTPS"');
      lines.push("    next");
    }
    return { text: `${lines.join("\n")}\nend\n`, list: `G${groups - 1}` };
  },
  cases: [
    {
      name: "judges the members of the groups of one name, both families: masks, lengths, ranges, nested groups",
      fixture: "edge.conf",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["10.20.0.0/16"],
      verdicts: {
        "192.0.2.1/32": "present 38",
        "192.0.2.16/28": "present 41",
        "192.0.2.24/29": "covered 41",
        "192.0.2.32/28": "present 50",
        "192.0.2.64/26": "present 46",
        "198.51.100.0/25": "missing",
        "2001:db8:40::1/128": "present 80",
        "2001:db8:40::10/124": "present 83",
        "2001:db8:80::/112": "present 87",
      },
      extra: ["stale 54"],
      notes: 1,
    },
    {
      name: "takes excluded members out of a group",
      fixture: "edge.conf",
      asked: { list: "HOLED" },
      shows: ["hole"],
      verdicts: {
        "192.0.2.16/28": "partial",
        "192.0.2.16/29": "covered 41",
        "192.0.2.24/29": "missing",
        "192.0.2.64/26": "present 46",
        "2001:db8:40::1/128": "unsupported",
      },
    },
    {
      name: "does not count excluded members while exclusion is switched off",
      fixture: "edge.conf",
      asked: { list: "NOT-HOLED" },
      verdicts: { "192.0.2.16/28": "present 41", "192.0.2.24/29": "covered 41" },
    },
    {
      name: "reads wildcards whose set bits must match",
      fixture: "edge.conf",
      asked: { list: "PATTERN" },
      verdicts: { "10.0.10.0/24": "present 67", "10.1.10.0/24": "present 67", "10.2.10.0/24": "missing" },
    },
    {
      name: "goes by the order of the file, not by numbers; a deny for another service takes nothing",
      fixture: "edge.conf",
      asked: { rule: "pollers" },
      shows: ["deny-before-permit", "decoy-deny"],
      verdicts: {
        "192.0.2.1/32": "present 38",
        "192.0.2.64/26": "shadowed 152",
        "192.0.2.64/29": "covered 46",
        "192.0.2.72/29": "shadowed 152",
        "198.51.100.64/26": "missing",
        "2001:db8:40::1/128": "present 80",
      },
    },
    {
      name: "judges what comes from outside: no policy of the inside, no disabled one, no deny after the permit",
      fixture: "edge.conf",
      shows: ["disabled-rule"],
      verdicts: {
        "192.0.2.1/32": "present 38",
        "192.0.2.72/29": "shadowed 152",
        "198.51.100.0/26": "present 73",
        "198.51.100.64/26": "missing",
        "203.0.113.7/32": "missing",
        "2001:db8:40::10/124": "present 83",
      },
    },
    {
      name: "is undecided where a name or an undefined object could admit, and sure where an address does",
      fixture: "unknown.conf",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.10/32": "present 24", "192.0.2.11/32": "undecided 3,50" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "unknown.conf",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.10/32": "present 24", "192.0.2.32/27": "present 33", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "is undecided about addresses that it cannot read: an octet of 300, the other family",
      fixture: "unknown.conf",
      asked: { list: "BROKEN" },
      verdicts: { "192.0.2.10/32": "present 24", "192.0.2.11/32": "undecided 30,36", "2001:db8::1/128": "unsupported" },
    },
    {
      name: "does not know countries, tags, networks of interfaces and devices; a changed type forgets what it had",
      fixture: "unknown.conf",
      asked: { list: "DYNAMIC" },
      verdicts: { "192.0.2.12/32": "present 43", "192.0.2.13/32": "undecided 7,11,15,20" },
    },
    {
      name: "never calls present what an excluded name might take",
      fixture: "unknown.conf",
      asked: { list: "HOLED-BY-NAME" },
      verdicts: { "192.0.2.10/32": "undecided 3", "192.0.2.11/32": "missing" },
    },
    {
      name: "takes an object without an address as every address, and keeps one that is in use from being deleted",
      fixture: "unknown.conf",
      asked: { list: "EVERYBODY" },
      verdicts: { "198.51.100.0/24": "covered 45" },
    },
    {
      name: "does not take an address whose type was changed as every address",
      fixture: "unknown.conf",
      asked: { list: "RETYPED" },
      verdicts: { "192.0.2.10/32": "present 24", "192.0.2.11/32": "undecided" },
    },
    {
      name: "follows renames: who named the object names it still, and not the new one of its old name",
      fixture: "unknown.conf",
      asked: { list: "USER" },
      verdicts: { "192.0.2.10/32": "present 24", "192.0.2.32/27": "missing" },
    },
    {
      name: "never calls present what an earlier deny of a name might take; forgets ports where the protocol changes",
      fixture: "unknown.conf",
      verdicts: { "192.0.2.10/32": "undecided 97,3", "192.0.2.11/32": "missing" },
      notes: 5,
    },
    {
      name: "is undecided about a deny that may not take what goes to virtual IPs",
      fixture: "policies.conf",
      asked: { rule: "2" },
      verdicts: { "192.0.2.1/32": "undecided 56", "192.0.2.99/32": "missing" },
    },
    {
      name: "is undecided about a permit for certain users",
      fixture: "policies.conf",
      asked: { rule: "3" },
      verdicts: { "192.0.2.2/32": "undecided 71" },
    },
    {
      name: "is undecided about services that are for some destinations, not defined, or negated",
      fixture: "policies.conf",
      asked: { rule: "4" },
      verdicts: { "192.0.2.3/32": "undecided 80", "2001:db8::/64": "missing" },
    },
    {
      name: "is undecided about a negated service",
      fixture: "policies.conf",
      asked: { rule: "5" },
      verdicts: { "192.0.2.4/32": "undecided 88" },
    },
    {
      name: "is undecided about what goes into a tunnel",
      fixture: "policies.conf",
      asked: { rule: "6" },
      verdicts: { "192.0.2.5/32": "undecided 97" },
    },
    {
      name: "follows moves and `edit 0`: the order of the commands decides",
      fixture: "policies.conf",
      asked: { rule: "7" },
      verdicts: { "192.0.2.6/32": "present 34", "192.0.2.7/32": "shadowed 139" },
    },
    {
      name: "does not know the addresses of internet services",
      fixture: "policies.conf",
      asked: { rule: "20" },
      verdicts: { "192.0.2.6/32": "undecided 126", "2001:db8::/64": "missing" },
    },
    {
      name: "reads negated sources",
      fixture: "policies.conf",
      asked: { rule: "22" },
      verdicts: { "192.0.2.2/32": "missing", "192.0.2.99/32": "covered" },
    },
    {
      name: "finds the outside by SD-WAN; a permit from anywhere loses to a deny there; a deleted policy is gone",
      fixture: "policies.conf",
      verdicts: {
        "192.0.2.1/32": "undecided 56",
        "192.0.2.6/32": "present 34",
        "192.0.2.7/32": "shadowed 139",
        "192.0.2.8/32": "missing",
        "192.0.2.99/32": "missing",
      },
    },
    {
      name: "keeps VDOMs apart: the same names in each",
      fixture: "vdoms.conf",
      asked: { list: "root/SCUBA" },
      verdicts: { "192.0.2.1/32": "present 29", "192.0.2.2/32": "missing" },
    },
    {
      name: "judges the policies of a VDOM with its own objects, IPv6 in a table of its own",
      fixture: "vdoms.conf",
      verdicts: { "192.0.2.1/32": "missing", "192.0.2.2/32": "present 42", "2001:db8::2/128": "present 47" },
    },
    {
      name: "lets a deny take what goes to virtual IPs since 7.2.4, unless it says otherwise",
      fixture: "vdoms.conf",
      asked: { rule: "4" },
      verdicts: { "192.0.2.3/32": "shadowed 100", "192.0.2.4/32": "undecided 107" },
    },
    {
      name: "does not know the lists that the device fetches",
      fixture: "vdoms.conf",
      asked: { list: "FED" },
      verdicts: { "192.0.2.1/32": "undecided 55" },
    },
    {
      name: "is undecided about policies of a file that ends inside of a quote",
      fixture: "torn.conf",
      verdicts: { "192.0.2.1/32": "undecided 7" },
      notes: 1,
    },
  ],
});
