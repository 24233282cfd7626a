import { ciscoIos } from "../../../provider/firewalls/cisco-ios/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(ciscoIos, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "edge.cfg", list: "SCUBA" },
    { fixture: "edge.cfg", list: ["SCUBA-EAST", "SCUBA6"] },
    { fixture: "unknown.cfg", list: "LOOP-B" },
    { fixture: "show.txt", list: ["SCUBA", "SCUBA6"] },
  ],
  lacks: { hole: "an object-group has no exclusions" },
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const lines: string[] = ["version 17.9"];
    for (let group = 0; group < groups; group++) {
      lines.push(`object-group network G${group}`);
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        lines.push(` host 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`);
      }
      if (group > 0) lines.push(` group-object G${group - 1}`);
    }
    lines.push("ip access-list extended OUTSIDE-IN");
    for (let at = 0; at < 500; at++) {
      lines.push(` ${500 - at} permit tcp object-group G${at % groups} host 203.0.113.${at % 256} eq 443`);
    }
    return { text: `${lines.join("\n")}\n`, list: `G${groups - 1}` };
  },
  cases: [
    {
      name: "judges the members of a group alone: netmasks, lengths, ranges, nested groups",
      fixture: "edge.cfg",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["10.20.0.0/16", "192.0.2.208/28"],
      verdicts: {
        "192.0.2.1/32": "present 11",
        "192.0.2.16/28": "present 12",
        "192.0.2.24/29": "covered 12",
        "192.0.2.32/28": "present 14",
        "192.0.2.64/26": "present 13",
        "192.0.2.200/32": "present 19",
        "192.0.2.128/25": "partial 19,20",
        "198.51.100.0/25": "missing",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["stale 15", "stale 20"],
      notes: 2,
    },
    {
      name: "judges a pair of lists, one for each family",
      fixture: "edge.cfg",
      asked: { list: ["SCUBA-EAST", "SCUBA6"] },
      verdicts: {
        "192.0.2.208/28": "present 20",
        "2001:db8:40::1/128": "present 23",
        "2001:db8:40::10/124": "present 24",
        "2001:db8:40::20/124": "missing",
      },
      extra: ["foreign 19"],
    },
    {
      name: "takes lines by their numbers: an earlier deny of the port shadows, one of another port does not",
      fixture: "edge.cfg",
      asked: { rule: "OUTSIDE-IN" },
      shows: ["deny-before-permit", "decoy-deny"],
      verdicts: {
        "192.0.2.1/32": "present 11",
        "192.0.2.16/28": "shadowed 51",
        "192.0.2.16/29": "covered 12",
        "192.0.2.24/29": "shadowed 51",
        "192.0.2.200/32": "shadowed 55",
        "192.0.2.208/28": "present 20",
        "198.51.100.0/25": "present 56",
        "198.51.100.128/26": "missing",
        "203.0.113.7/32": "missing",
      },
    },
    {
      name: "judges every list that is applied inwards, a common one and IPv6 too, and names the others",
      fixture: "edge.cfg",
      verdicts: {
        "192.0.2.1/32": "present 11",
        // Shadowed in one list; the other is not in the file.
        "192.0.2.200/32": "undecided 47",
        "198.51.100.128/26": "present 61",
        "203.0.113.7/32": "undecided",
        "2001:db8:40::1/128": "shadowed 66",
        "2001:db8:40::10/124": "present 24",
        "2001:db8:80::/64": "present 67",
        "2001:db8:81::/64": "missing",
      },
      warnings: ["ip access-list extended UNUSED is not judged"],
    },
    {
      name: "reads numbered lists: wildcards with holes, caller ports",
      fixture: "numbered.cfg",
      asked: { rule: "101" },
      verdicts: {
        "10.7.10.0/24": "present 17",
        "10.7.11.0/24": "missing",
        "10.0.0.0/8": "partial",
        "192.0.2.40/32": "present 19",
        "192.0.2.41/32": "missing",
      },
    },
    {
      name: "reads standard lists: sources, for any traffic",
      fixture: "numbered.cfg",
      asked: { rule: "10" },
      verdicts: {
        "192.0.2.0/28": "shadowed 14",
        "192.0.2.5/32": "shadowed 14",
        "192.0.2.8/29": "covered 15",
        "192.0.2.77/32": "present 16",
      },
    },
    {
      name: "loses a numbered list to `no access-list`, whatever follows, and what a `no` takes off an interface",
      fixture: "numbered.cfg",
      verdicts: { "192.0.2.60/32": "present 23", "192.0.2.77/32": "present 16", "203.0.113.50/32": "missing" },
      warnings: ["ip access-list extended 103 is not judged"],
    },
    {
      name: "puts lines where their numbers say, after resequencing, removals and a number that is taken",
      fixture: "numbered.cfg",
      asked: { rule: "LATE" },
      verdicts: {
        "192.0.2.1/32": "covered 28",
        "192.0.2.2/32": "shadowed 34",
        "198.51.100.1/32": "missing",
        "198.51.100.2/32": "missing",
        "198.51.100.9/32": "present 36",
        "203.0.113.200/32": "present 38",
        "203.0.113.201/32": "undecided 39",
      },
    },
    {
      name: "is undecided where a group that is not defined could admit, and sure where an address does",
      fixture: "unknown.cfg",
      asked: { list: "MIXED" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.10/32": "present 4", "198.51.100.0/24": "undecided 5" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "unknown.cfg",
      asked: { list: "LOOP-A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.10/32": "present 8", "192.0.2.32/27": "present 11", "198.51.100.0/24": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "is undecided about members that it cannot read: a wildcard, an octet of 300, the other family",
      fixture: "unknown.cfg",
      asked: { list: "BROKEN" },
      shows: ["unknown"],
      verdicts: { "192.0.2.10/32": "present 16", "192.0.2.0/24": "undecided" },
    },
    {
      name: "never calls present what an earlier deny of a name might take",
      fixture: "unknown.cfg",
      asked: { rule: "NAMED" },
      verdicts: { "192.0.2.10/32": "undecided 18,18", "192.0.2.11/32": "missing" },
    },
    {
      name: "is undecided about services and ports that it does not know",
      fixture: "unknown.cfg",
      asked: { rule: "LOST-SERVICE" },
      verdicts: { "192.0.2.10/32": "undecided 21", "192.0.2.11/32": "undecided 22", "192.0.2.12/32": "missing" },
    },
    {
      name: "is undecided about conditions on packets, and passes over later fragments and answers",
      fixture: "unknown.cfg",
      asked: { rule: "FLAGS" },
      verdicts: {
        "192.0.2.10/32": "undecided 24",
        "192.0.2.11/32": "undecided 25",
        "192.0.2.12/32": "present 28",
        "192.0.2.13/32": "undecided 29",
      },
    },
    {
      name: "is undecided about a line whose action it does not know",
      fixture: "unknown.cfg",
      asked: { rule: "STRANGE" },
      verdicts: { "192.0.2.10/32": "undecided" },
    },
    {
      name: "changes nothing for a deny after the permit",
      fixture: "unknown.cfg",
      asked: { rule: "AFTER" },
      verdicts: { "192.0.2.10/32": "covered 34" },
    },
    {
      name: "names a deny for one host of many, which changes nothing for the others",
      fixture: "unknown.cfg",
      asked: { rule: "NARROW" },
      verdicts: { "192.0.2.10/32": "present 39" },
      warnings: ["denies a part of this traffic"],
    },
    {
      name: "bounds a wildcard of too many pieces by what it lies within",
      fixture: "unknown.cfg",
      asked: { rule: "WIDE-PATTERN" },
      verdicts: { "10.9.9.1/32": "undecided 41", "11.0.0.1/32": "missing" },
    },
    {
      name: "is undecided about a netmask in place of a wildcard: it means the last bits",
      fixture: "unknown.cfg",
      asked: { rule: "NETMASKED" },
      verdicts: { "192.0.2.10/32": "present 45", "192.0.2.128/25": "undecided 46" },
    },
    {
      name: "does not know where countries are",
      fixture: "unknown.cfg",
      asked: { rule: "BY-COUNTRY" },
      verdicts: { "192.0.2.10/32": "undecided 43", "2001:db8::/64": "missing" },
    },
    {
      name: "is undecided where a list is applied that has no lines, or is not in the file",
      fixture: "open.cfg",
      verdicts: { "192.0.2.10/32": "undecided", "2001:db8::/64": "missing" },
      warnings: ["ip access-list extended OTHER is not judged"],
      notes: 1,
    },
    {
      name: "reads show access-lists: counters, tags, lines whose time is over, groups without their keyword",
      fixture: "show.txt",
      asked: { rule: "OUTSIDE-IN" },
      shows: ["disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 17",
        "192.0.2.20/32": "present 18",
        "192.0.2.40/32": "present 6",
        "192.0.2.41/32": "missing",
        "192.0.2.42/32": "present 9",
        "198.51.100.0/24": "present 11",
      },
    },
    {
      name: "reads show access-lists: standard lists with wildcard bits",
      fixture: "show.txt",
      asked: { rule: "99" },
      verdicts: { "192.0.2.99/32": "present 2", "10.3.10.0/24": "shadowed 3", "10.3.11.0/24": "missing" },
    },
    {
      name: "reads show ipv6 access-list: the number behind the line",
      fixture: "show.txt",
      asked: { rule: "OUTSIDE6-IN" },
      verdicts: { "2001:db8::42/128": "present 13", "2001:db8::43/128": "missing" },
    },
  ],
});
