import { ciscoAsa } from "../../../provider/firewalls/cisco-asa/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(ciscoAsa, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "edge.cfg", list: "SCUBA-SOURCES" },
    { fixture: "edge.cfg", list: "SCUBA-EAST" },
    { fixture: "unknown.cfg", list: "LOOP-B" },
  ],
  lacks: { hole: "an object-group has no exclusions" },
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const lines: string[] = ["ASA Version 9.16(4)"];
    for (let group = 0; group < groups; group++) {
      lines.push(`object-group network G${group}`);
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        lines.push(` network-object host 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`);
      }
      if (group > 0) lines.push(` group-object G${group - 1}`);
    }
    for (let rule = 0; rule < 50; rule++) {
      lines.push(
        `access-list outside_in extended permit tcp object-group G${rule % groups} host 203.0.113.${rule} eq https`,
      );
    }
    return { text: `${lines.join("\n")}\n`, list: `G${groups - 1}` };
  },
  cases: [
    {
      name: "judges the members of a group alone: aliases, objects, ranges, nested groups, both families",
      fixture: "edge.cfg",
      asked: { list: "SCUBA-SOURCES" },
      shows: ["nested-group"],
      previous: ["10.20.0.0/16", "192.0.2.40/32"],
      verdicts: {
        "192.0.2.0/28": "present 32",
        "192.0.2.16/28": "present 19",
        "192.0.2.20/30": "covered 19",
        "192.0.2.32/28": "partial 29",
        "192.0.2.40/32": "present 29",
        "192.0.2.64/26": "present 33",
        "192.0.2.128/25": "partial 21",
        "192.0.2.200/32": "present 21",
        "198.51.100.128/25": "missing",
        "2001:db8:40::10/124": "present 34",
      },
      extra: ["stale 36"],
      notes: 1,
    },
    {
      name: "lets an earlier deny for the same port shadow, and none for another port, protocol or after the permit",
      fixture: "edge.cfg",
      asked: { rule: "outside_in" },
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 32",
        "192.0.2.16/28": "shadowed 48",
        "192.0.2.40/32": "present 29",
        "192.0.2.64/26": "present 33",
        "192.0.2.200/32": "shadowed 48",
        "198.51.100.128/25": "missing",
        "2001:db8:40::10/124": "present 34",
      },
    },
    {
      name: "judges everything that is bound inwards when nothing is named, and says what is not",
      fixture: "edge.cfg",
      verdicts: { "192.0.2.0/28": "present 32", "198.51.100.128/25": "missing", "192.0.2.200/32": "shadowed 48" },
      warnings: ["access-list unused is not judged"],
    },
    {
      name: "is undecided where a name or an undefined object could admit, and sure where an address does",
      fixture: "unknown.cfg",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.10/32": "present 8", "198.51.100.0/24": "undecided 3,9" },
    },
    {
      name: "takes an undefined group and an object with nothing but NAT as unknown",
      fixture: "unknown.cfg",
      asked: { list: "LOST" },
      verdicts: { "192.0.2.10/32": "present 19", "192.0.2.11/32": "undecided 20,4" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "unknown.cfg",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.10/32": "present 14", "192.0.2.32/27": "present 17", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "is undecided about members that it cannot read: a wildcard, an octet of 300",
      fixture: "unknown.cfg",
      asked: { list: "BROKEN" },
      verdicts: { "192.0.2.10/32": "present 25", "192.0.2.0/24": "undecided" },
    },
    {
      name: "never calls present what an earlier deny of a name might take",
      fixture: "unknown.cfg",
      asked: { rule: "fqdn_first" },
      verdicts: { "192.0.2.10/32": "undecided 26,3", "192.0.2.11/32": "missing" },
    },
    {
      name: "keeps any6 to IPv6",
      fixture: "unknown.cfg",
      asked: { rule: "six_only" },
      verdicts: { "192.0.2.10/32": "missing", "2001:db8::/64": "covered 28" },
    },
    {
      name: "is undecided about a permit whose port group is not defined",
      fixture: "unknown.cfg",
      asked: { rule: "port_group" },
      verdicts: { "192.0.2.10/32": "undecided 29", "192.0.2.11/32": "missing" },
    },
    {
      name: "changes nothing for a deny after the permit",
      fixture: "unknown.cfg",
      asked: { rule: "wide" },
      verdicts: { "192.0.2.10/32": "covered 31" },
    },
    {
      name: "is undecided about a permit for certain users",
      fixture: "unknown.cfg",
      asked: { rule: "identity" },
      verdicts: { "192.0.2.10/32": "undecided 33" },
    },
    {
      name: "is undecided about a line whose action it does not know",
      fixture: "unknown.cfg",
      asked: { rule: "strange" },
      verdicts: { "192.0.2.10/32": "undecided" },
    },
    {
      name: "names a deny for one host of many, which changes nothing for the others",
      fixture: "unknown.cfg",
      asked: { rule: "narrow" },
      verdicts: { "192.0.2.10/32": "present 36" },
      warnings: ["config:35: access-list narrow extended deny tcp any host 203.0.113.9 eq https denies a part"],
    },
    {
      name: "does not take a caller's port 443 for the portal's",
      fixture: "unknown.cfg",
      asked: { rule: "sourced" },
      verdicts: { "192.0.2.10/32": "missing" },
    },
    {
      name: "reads show access-list: expansion in place of groups that are not there, nothing twice, inactive lines",
      fixture: "show-access-list.txt",
      asked: { rule: "outside_in" },
      verdicts: { "192.0.2.0/28": "present 6", "192.0.2.40/32": "present 7", "198.51.100.0/25": "missing" },
      extra: [],
    },
  ],
});
