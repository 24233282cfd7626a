import { panosSet } from "../../../provider/firewalls/panos-set/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(panosSet, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "firewall.set", list: "SCUBA" },
    { fixture: "firewall.set", list: "EAST" },
    { fixture: "rules.set", list: "vsys1/SCUBA" },
    { fixture: "panorama.set", list: "SCUBA" },
    { fixture: "panorama.set", list: "LOCAL" },
  ],
  lacks: { hole: "a group has no exclusions; negate-source is of rules" },
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const lines: string[] = [];
    for (let at = 0; at < entries; at++) {
      lines.push(`set address A${at} ip-netmask 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`);
    }
    for (let group = 0; group < groups; group++) {
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        lines.push(`set address-group G${group} static A${at}`);
      }
      if (group > 0) lines.push(`set address-group G${group} static G${group - 1}`);
      const rule = `set rulebase security rules R${group}`;
      lines.push(`${rule} source G${group}`, `${rule} destination any`, `${rule} application any`);
      lines.push(`${rule} service service-https`, `${rule} action allow`, `move rulebase security rules R${group} top`);
    }
    return { text: `${lines.join("\n")}\n`, list: `G${groups - 1}` };
  },
  cases: [
    {
      name: "judges the members of a group alone: nested, quoted, ranges, host bits, wildcards, both families",
      fixture: "firewall.set",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["198.51.100.64/27"],
      verdicts: {
        "192.0.2.0/28": "present 21",
        "192.0.2.16/28": "present 21",
        "192.0.2.20/30": "covered 21",
        "192.0.2.64/26": "present 24",
        "192.0.2.200/29": "present 24",
        "192.0.2.40/32": "missing",
        "10.0.2.1/32": "present 16",
        "10.0.2.0/31": "partial 16",
        "2001:db8:40::10/124": "present 21",
      },
      extra: ["stale 21", "foreign 16", "foreign 16", "foreign 16"],
      notes: 2,
    },
    {
      name: "follows the order that rules were moved to; no deny of another application, disabled or later takes anything",
      fixture: "firewall.set",
      asked: { rule: "pollers" },
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 21",
        "192.0.2.16/28": "shadowed 32",
        "192.0.2.64/26": "present 24",
        "198.51.100.0/25": "partial",
      },
    },
    {
      name: "does not take a rule from inner zones for one that lets everybody in",
      fixture: "firewall.set",
      verdicts: { "192.0.2.0/28": "present 21", "192.0.2.40/32": "missing", "192.0.2.24/29": "shadowed" },
    },
    {
      name: "judges such a rule when it is asked for by name",
      fixture: "firewall.set",
      asked: { rule: "surfing" },
      verdicts: { "192.0.2.40/32": "covered" },
    },
    {
      name: "is undecided about a group that tags fill",
      fixture: "firewall.set",
      asked: { list: "TAGGED" },
      verdicts: { "192.0.2.0/28": "undecided 25" },
    },
    {
      name: "is undecided about names, what is not defined, and a reversed range; sure of what is listed",
      fixture: "firewall.set",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present 28", "198.51.100.0/24": "undecided" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "firewall.set",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.0/28": "present 26", "192.0.2.16/28": "present 27", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "is undecided about a list on another server",
      fixture: "firewall.set",
      asked: { list: "scuba-edl" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "prefers an object to the address that it is called, and reads literals where there is none",
      fixture: "rules.set",
      asked: { rule: "literals" },
      verdicts: {
        "192.0.2.40/32": "missing",
        "203.0.113.40/32": "present",
        "192.0.2.64/26": "present 9",
        "192.0.2.128/25": "present 9",
      },
    },
    {
      name: "takes the definition of the vsys before the shared one",
      fixture: "rules.set",
      asked: { list: "vsys1/SCUBA" },
      verdicts: { "192.0.2.0/28": "present 1", "198.51.100.0/24": "missing" },
    },
    {
      name: "takes the shared definition where the vsys has none",
      fixture: "rules.set",
      asked: { list: "vsys2/SCUBA" },
      verdicts: { "192.0.2.0/28": "missing", "198.51.100.0/24": "present 5" },
    },
    {
      name: "lets in everything but the sources of a negated rule",
      fixture: "rules.set",
      asked: { rule: "vsys2" },
      verdicts: { "192.0.2.0/28": "covered", "198.51.100.0/25": "missing", "10.1.0.0/16": "missing" },
    },
    {
      name: "is undecided after a deny of a country or of an external list",
      fixture: "rules.set",
      asked: { rule: "vsys3" },
      verdicts: { "192.0.2.0/28": "undecided", "203.0.113.0/24": "missing" },
    },
    {
      name: "is undecided about permits for users, for an application, inside of several zones",
      fixture: "rules.set",
      asked: { rule: "vsys4" },
      verdicts: { "192.0.2.0/28": "undecided", "198.51.100.0/24": "undecided", "203.0.113.0/24": "undecided" },
    },
    {
      name: "counts a default rule that was overridden to allow, after all others",
      fixture: "rules.set",
      asked: { rule: "vsys5" },
      verdicts: { "192.0.2.0/28": "shadowed", "198.51.100.0/24": "covered" },
    },
    {
      name: "is undecided about an action that it does not know",
      fixture: "rules.set",
      asked: { rule: "vsys6" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "evaluates pre-rules of shared and of the outer device groups, then the group's post-rules, then shared ones",
      fixture: "panorama.set",
      asked: { rule: "BRANCHES/pollers" },
      verdicts: {
        "192.0.2.0/28": "present 4",
        "192.0.2.16/28": "shadowed 5",
        "192.0.2.64/27": "covered 21",
        "192.0.2.96/27": "shadowed 16",
        "198.51.100.0/24": "missing",
      },
    },
  ],
});
