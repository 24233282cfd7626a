import { junos } from "../../../provider/firewalls/junos/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(junos, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "srx.conf", list: "SCUBA" },
    { fixture: "srx.conf", list: "EAST" },
    { fixture: "filter.set", list: "SCUBA" },
    { fixture: "groups.conf", list: "EXTRA-PLAIN" },
  ],
  generate: (entries) => {
    const sets = Math.ceil(entries / 500);
    const lines: string[] = ["set version 21.4R3"];
    const book = "set security address-book global";
    for (let at = 0; at < entries; at++) {
      lines.push(`${book} address A${at} 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`);
    }
    for (let set = 0; set < sets; set++) {
      for (let at = set * 500; at < Math.min(entries, set * 500 + 500); at++) {
        lines.push(`${book} address-set G${set} address A${at}`);
      }
      if (set > 0) lines.push(`${book} address-set G${set} address-set G${set - 1}`);
      const policy = `set security policies from-zone untrust to-zone trust policy P${set}`;
      lines.push(`${policy} match source-address G${set}`, `${policy} match destination-address any`);
      lines.push(`${policy} match application junos-https`, `${policy} then permit`);
    }
    return { text: `${lines.join("\n")}\n`, list: `G${sets - 1}` };
  },
  cases: [
    {
      name: "judges the members of an address set alone: nested, ranges, wildcards, host bits, both families, no inactive one",
      fixture: "srx.conf",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      verdicts: {
        "192.0.2.0/28": "present 32",
        "192.0.2.16/28": "present 33",
        "192.0.2.200/29": "present 28",
        "10.0.2.1/32": "present 24",
        "10.0.2.0/31": "partial 24",
        "198.51.100.64/27": "missing",
        "2001:db8:40::10/124": "present 29",
      },
      notes: 2,
    },
    {
      name: "looks names up in the zone's own book, then in the attached, then in the global one; denies of the same traffic only",
      fixture: "srx.conf",
      asked: { rule: "pollers" },
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 32",
        "198.51.100.0/28": "present 54",
        "192.0.2.24/29": "shadowed",
        "192.0.2.16/29": "covered 33",
        "198.51.100.64/27": "missing",
      },
    },
    {
      name: "does not take a policy from inner zones for one that lets everybody in; a global one counts for its zones",
      fixture: "srx.conf",
      asked: { rule: "untrust to dmz" },
      verdicts: { "192.0.2.0/28": "present 32", "203.0.113.0/24": "missing" },
    },
    {
      name: "lets in everything but excluded sources",
      fixture: "srx.conf",
      asked: { rule: "global" },
      verdicts: { "192.0.2.0/28": "missing", "192.0.2.16/28": "covered" },
    },
    {
      name: "is undecided about names, inactive and undefined addresses, sure of what is listed",
      fixture: "srx.conf",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present 47", "198.51.100.0/24": "undecided" },
    },
    {
      name: "reads address sets that contain each other, once",
      fixture: "srx.conf",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.0/28": "present 39", "192.0.2.16/28": "present 43", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "reads what `display set` prints of address books and policies",
      fixture: "srx.set",
      verdicts: {
        "192.0.2.0/28": "present 11",
        "192.0.2.16/28": "present 12",
        "192.0.2.200/29": "shadowed",
        "198.51.100.0/24": "missing",
        "2001:db8:40::10/124": "present 10",
      },
      // Host bits.
      notes: 1,
    },
    {
      name: "lets the longest prefix of a term decide, except or not, those of prefix lists among them",
      fixture: "filter.set",
      asked: { list: "EDGE/pollers" },
      shows: ["hole"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.64/26": "partial",
        "192.0.2.72/29": "missing",
        "192.0.2.128/26": "covered 22",
        "192.0.2.192/29": "missing",
        "192.0.2.200/29": "present 24",
      },
    },
    {
      name: "goes through the terms of a filter in their order: other ports and established packets take nothing",
      fixture: "filter.set",
      asked: { rule: "EDGE" },
      verdicts: { "192.0.2.0/29": "covered 2", "192.0.2.8/29": "shadowed 18", "192.0.2.80/28": "covered 3" },
    },
    {
      name: "judges filters that interfaces use inwards, each for its family",
      fixture: "filter.set",
      verdicts: { "192.0.2.0/29": "covered 2", "2001:db8:40::10/124": "present 5", "2001:db8:40::20/124": "missing" },
      warnings: ["filter UNSURE is not judged"],
    },
    {
      name: "is undecided after a discard of a list from elsewhere, and about a list that is not in the file",
      fixture: "filter.set",
      asked: { rule: "UNSURE" },
      verdicts: { "192.0.2.0/28": "undecided", "198.51.100.0/24": "undecided" },
    },
    {
      name: "follows insert and deactivate, accepts where a term only counts, and doubts what it does not know",
      fixture: "filter.set",
      asked: { rule: "MOVED" },
      verdicts: { "192.0.2.0/28": "present 38", "192.0.2.16/28": "undecided", "192.0.2.32/28": "missing" },
    },
    {
      name: "applies groups, with wildcards, and replace: and delete:",
      fixture: "groups.conf",
      asked: { list: "SCUBA" },
      verdicts: { "192.0.2.0/28": "missing", "192.0.2.16/28": "present 5", "192.0.2.64/28": "present 60" },
    },
    {
      name: "applies a group by a pattern of names",
      fixture: "groups.conf",
      asked: { list: "EXTRA-1" },
      verdicts: { "192.0.2.32/28": "present 8", "192.0.2.48/28": "present 33" },
    },
    {
      name: "keeps a list out of a group's reach, and takes what is loaded later as well",
      fixture: "groups.conf",
      asked: { list: "EXTRA-PLAIN" },
      verdicts: { "192.0.2.0/28": "present 37", "192.0.2.80/28": "present 63", "192.0.2.32/28": "missing" },
    },
    {
      name: "doubts the order of a term that comes from a group",
      fixture: "groups.conf",
      asked: { rule: "EDGE" },
      verdicts: { "192.0.2.16/28": "present 5", "203.0.113.0/24": "undecided" },
    },
  ],
});
