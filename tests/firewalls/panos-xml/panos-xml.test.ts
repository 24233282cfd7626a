import { panosXml } from "../../../provider/firewalls/panos-xml/index";
import { describeFormat } from "../formatSuite";
import { applyRequest } from "./device";

describeFormat(panosXml, {
  folder: __dirname,
  apply: applyRequest,
  roundTrips: [
    { fixture: "firewall.xml", list: "SCUBA" },
    { fixture: "firewall.xml", list: "EAST" },
    { fixture: "firewall.xml", list: "ONE" },
    { fixture: "panorama.xml", list: "SCUBA" },
    { fixture: "panorama.xml", list: "LOCAL" },
  ],
  lacks: { hole: "a group has no exclusions; negate-source is of rules" },
  generate: (entries) => {
    const numbers = Array.from({ length: entries }, (_, at) => at);
    const objects = numbers.map(
      (at) =>
        `<entry name="A${at}"><ip-netmask>10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31</ip-netmask></entry>`,
    );
    const groups = Array.from({ length: Math.ceil(entries / 500) }, (_, group) => {
      const own = numbers.slice(group * 500, group * 500 + 500).map((at) => `<member>A${at}</member>`);
      const nested = group > 0 ? `<member>G${group - 1}</member>` : "";
      return `<entry name="G${group}"><static>${own.join("\n")}${nested}</static></entry>`;
    });
    const text = `<config urldb="paloaltonetworks"><shared><address>${objects.join("\n")}</address><address-group>${groups.join("\n")}</address-group></shared></config>\n`;
    return { text, list: `G${groups.length - 1}` };
  },
  cases: [
    {
      name: "judges the members of a group alone: names that look like numbers, entities, nested groups, own before shared",
      fixture: "firewall.xml",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["198.51.100.64/27"],
      verdicts: {
        "192.0.2.0/28": "present 35",
        "192.0.2.110/32": "present 36",
        "192.0.2.16/28": "present 37",
        "192.0.2.64/26": "present 42",
        "198.51.100.0/24": "partial",
        "192.0.2.40/32": "missing",
        "2001:db8:40::10/124": "present 42",
      },
      extra: ["stale 38"],
      notes: 0,
    },
    {
      name: "takes one member for a list",
      fixture: "firewall.xml",
      asked: { list: "ONE" },
      verdicts: { "192.0.2.0/28": "present 43", "192.0.2.16/28": "missing" },
    },
    {
      name: "counts negate-source only where it is yes, denies of the same traffic only, and no disabled rule",
      fixture: "firewall.xml",
      asked: { rule: "pollers" },
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 35",
        "192.0.2.16/28": "shadowed 55",
        "192.0.2.40/32": "missing",
        "203.0.113.40/32": "present",
      },
    },
    {
      name: "lets in everything but the sources of a negated rule",
      fixture: "firewall.xml",
      asked: { rule: "not-these" },
      verdicts: { "192.0.2.64/26": "covered", "198.51.100.64/27": "missing" },
    },
    {
      name: "knows by the default route which zone is outside",
      fixture: "firewall.xml",
      verdicts: { "192.0.2.0/28": "present 35", "198.51.100.64/27": "present 38", "203.0.113.128/25": "missing" },
    },
    {
      name: "is undecided about names and what is not defined, sure of what is listed",
      fixture: "firewall.xml",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present 46", "198.51.100.0/24": "undecided" },
    },
    {
      name: "is undecided about a group that tags fill",
      fixture: "firewall.xml",
      asked: { list: "TAGGED" },
      verdicts: { "192.0.2.0/28": "undecided 47" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "firewall.xml",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.0/28": "present 44", "192.0.2.16/28": "present 45", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "evaluates shared pre-rules before those of a device group, and post-rules of the outer group after",
      fixture: "panorama.xml",
      asked: { rule: "BRANCHES/pollers" },
      verdicts: { "192.0.2.0/29": "covered 9", "192.0.2.8/29": "shadowed 11", "192.0.2.64/26": "present 28" },
    },
  ],
});
