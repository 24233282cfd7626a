import { nftables } from "../../../provider/firewalls/nftables/index";
import { describeFormat } from "../formatSuite";
import { applyNft } from "./device";

/** The same ruleset as text and as JSON. */
const gateway = {
  "10.0.0.0/8": "missing",
  // 192.0.2.8/29 is dropped before.
  "192.0.2.0/28": "shadowed",
  "192.0.2.0/29": "covered",
  "192.0.2.64/27": "covered",
  // `audit` drops it on the way.
  "192.0.2.112/28": "shadowed",
  "192.0.2.96/28": "covered",
  "192.0.2.128/27": "shadowed",
  "192.0.2.136/29": "shadowed",
  "192.0.2.144/28": "covered",
  // RETURN takes it past the rest of `portal`, to a drop.
  "198.51.100.0/28": "shadowed",
  "198.51.100.16/28": "covered",
  "198.51.100.0/24": "shadowed",
  "203.0.113.0/26": "covered",
  "203.0.113.64/27": "present",
  "203.0.113.128/26": "shadowed",
  "203.0.113.192/26": "covered",
  "2001:db8:40::10/124": "present",
  "2001:db8:41::/48": "missing",
} as const;

describeFormat(nftables, {
  folder: __dirname,
  apply: applyNft,
  roundTrips: [
    { fixture: "gateway.nft", list: "scuba4" },
    { fixture: "gateway.nft", list: ["scuba4", "scuba6"] },
    { fixture: "gateway.json.txt", list: ["scuba4", "scuba6"] },
    { fixture: "families.nft", list: ["ip filter/scuba", "ip6 filter/scuba"] },
  ],
  generate: (entries) => {
    const sets = Math.ceil(entries / 500);
    const names = Array.from({ length: sets }, (_, set) => `$S${set}`);
    const lines: string[] = [];
    for (let set = 0; set < sets; set++) {
      lines.push(`define S${set} = {`);
      for (let at = set * 500; at < Math.min(entries, set * 500 + 500); at++) {
        lines.push(`\t10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31,`);
      }
      lines.push("}");
    }
    lines.push(`define ALL = { ${names.join(", ")} }`, "table inet filter {", "chain input {");
    lines.push("type filter hook input priority 0; policy drop");
    for (let rule = 0; rule < entries / 10; rule++) {
      lines.push(`ip saddr $S${rule % sets} ip daddr 203.0.113.${rule % 256} tcp dport 443 accept`);
    }
    return { text: `${[...lines, "}", "}"].join("\n")}\n`, list: "ALL" };
  },
  cases: [
    {
      name: "judges what all chains together let in: states, jumps, sets, maps, an earlier chain of another table",
      fixture: "gateway.nft",
      shows: ["deny-before-permit", "decoy-deny", "hole"],
      verdicts: gateway,
      warnings: ["chain forward is not judged"],
      notes: 1,
    },
    {
      name: "reads the same ruleset from JSON with flags that are a string",
      fixture: "gateway.json.txt",
      verdicts: gateway,
      warnings: ["chain forward is not judged"],
      notes: 1,
    },
    {
      name: "judges a set by its name, with comments, ranges and lines",
      fixture: "gateway.nft",
      asked: { list: "scuba4" },
      previous: ["20.0.0.0/8"],
      verdicts: { "192.0.2.0/28": "present 5", "198.51.100.16/28": "covered 7", "2001:db8:40::10/124": "unsupported" },
      extra: ["stale 5", "foreign 6", "foreign 6"],
    },
    {
      name: "reads JSON with flags that are an array, in one line: by path",
      fixture: "old.json.txt",
      verdicts: {
        "192.0.2.0/28": "present 1",
        "192.0.2.64/28": "present 1",
        "198.51.100.0/24": "undecided",
        "203.0.113.4/32": "present 1",
        "203.0.113.5/32": "missing",
        "2001:db8::/64": "undecided",
      },
      notes: 1,
    },
    {
      name: "reads what people write: variables, one line for several statements, concatenations, maps, an interface by masquerade",
      fixture: "hand.nft",
      shows: ["nested-group"],
      verdicts: {
        "20.0.0.0/8": "present",
        "192.0.2.0/28": "present 7",
        "192.0.2.32/28": "present 8",
        "192.0.2.48/28": "missing",
        "198.51.100.0/25": "present 10",
        "198.51.100.128/26": "present",
        "198.51.100.192/26": "missing",
        "203.0.113.7/32": "present 11",
        "203.0.113.64/28": "present 27",
        "203.0.113.80/28": "missing",
        "203.0.113.96/28": "missing",
        "203.0.113.128/28": "present 32",
        "203.0.113.144/28": "partial",
        "203.0.113.144/29": "present",
        "203.0.113.160/28": "missing",
        "203.0.113.176/28": "partial",
        "203.0.113.176/30": "present",
        "203.0.113.192/28": "present",
        "2001:db8::/64": "missing",
      },
    },
    {
      name: "judges a variable as a list, with those that it holds",
      fixture: "hand.nft",
      asked: { list: "ALL" },
      verdicts: { "192.0.2.0/28": "present 7", "198.51.100.0/25": "present 10", "203.0.113.64/28": "missing" },
    },
    {
      name: "judges a set that is filled from a variable",
      fixture: "hand.nft",
      asked: { list: "everyone" },
      verdicts: { "192.0.2.0/28": "present 7", "203.0.113.7/32": "present 11", "203.0.113.64/28": "missing" },
    },
    {
      name: "leaves a concatenation undecided within its addresses, when it is asked for as a list",
      fixture: "hand.nft",
      asked: { list: "services" },
      verdicts: { "203.0.113.64/28": "undecided 27", "203.0.113.112/28": "missing" },
    },
    {
      name: "is undecided where a set, a variable, a program, a rate, a circle or a mark decides; sure where none does",
      fixture: "unknown.nft",
      asked: { rule: "input" },
      shows: ["unknown", "cyclic-group", "undefined-member"],
      verdicts: {
        "192.0.2.0/28": "present 22",
        "192.0.2.16/28": "undecided",
        "192.0.2.32/28": "undecided",
        "192.0.2.48/28": "undecided",
        "192.0.2.64/28": "undecided",
        "192.0.2.80/28": "undecided",
        "192.0.2.96/28": "present 28",
        "192.0.2.112/28": "missing",
        "192.0.2.128/28": "undecided",
        "192.0.2.144/28": "missing",
        "192.0.2.160/28": "undecided",
        "192.0.2.176/28": "undecided",
        "192.0.2.192/28": "missing",
        "192.0.2.208/28": "undecided",
        "192.0.2.224/28": "present 36",
        "192.0.2.240/28": "undecided",
        "198.51.100.0/24": "missing",
        "2001:db8::/64": "missing",
      },
    },
    {
      name: "judges FORWARD: interfaces by pattern, none inside of the machine, nothing for the machine itself",
      fixture: "unknown.nft",
      asked: { rule: "forward" },
      verdicts: {
        "198.51.100.0/28": "shadowed 51",
        "198.51.100.16/28": "covered 52",
        "198.51.101.0/24": "missing",
        "203.0.113.0/24": "missing",
      },
    },
    {
      name: "is undecided about a set with a name and an address that is none",
      fixture: "unknown.nft",
      asked: { list: "scuba4" },
      verdicts: { "192.0.2.0/28": "present 5", "198.51.100.0/24": "undecided 5,5" },
    },
    {
      name: "asks every base chain of a family, none that sleeps and none of a bridge",
      fixture: "families.nft",
      shows: ["disabled-rule"],
      verdicts: {
        "20.0.0.0/8": "missing",
        "192.0.2.0/28": "partial",
        "192.0.2.0/29": "present",
        "198.51.100.0/24": "missing",
        "2001:db8:40::/64": "present",
        "2001:db8:41::/64": "missing",
      },
    },
    {
      name: "judges sets of two tables and one name as a pair",
      fixture: "families.nft",
      asked: { list: ["ip filter/scuba", "ip6 filter/scuba"] },
      previous: ["20.0.0.0/8"],
      verdicts: { "192.0.2.0/28": "present 5", "2001:db8:40::/64": "present 23", "2001:db8:41::/64": "missing" },
      extra: ["stale 5"],
    },
    {
      name: "judges what a router lets through to the machines behind it",
      fixture: "router.nft",
      verdicts: {
        "20.1.2.0/24": "covered 5",
        "192.0.2.0/28": "present 5",
        "198.51.100.16/28": "covered 6",
        "198.51.100.40/29": "missing",
        "203.0.113.0/28": "present 20",
        "2001:db8:40::10/124": "present 12",
      },
      notes: 0,
    },
    {
      name: "reads zones that chains are made for: what is forwarded out by the way in lets nobody in",
      fixture: "zones.nft",
      verdicts: {
        "192.0.2.0/26": "covered 52",
        "192.0.2.64/26": "shadowed",
        "198.51.100.0/24": "missing",
        "203.0.113.0/28": "present 39",
        "2001:db8::/64": "missing",
      },
      extra: [],
    },
    {
      name: "follows commands: elements, insertions and deletions by handle and index, a set that is emptied",
      fixture: "commands.sh.txt",
      verdicts: {
        "192.0.2.0/28": "present 6",
        "192.0.2.64/28": "shadowed 20",
        "192.0.2.80/29": "shadowed 21",
        "192.0.2.88/29": "covered 12",
        "192.0.2.96/28": "present 18",
        "198.51.100.0/25": "missing",
        "203.0.113.0/24": "missing",
      },
    },
    {
      name: "is sure of no rule where the file includes another",
      fixture: "included.nft",
      verdicts: { "192.0.2.0/28": "undecided", "198.51.100.0/24": "undecided" },
      notes: 1,
    },
    {
      name: "judges a list also where the file includes another",
      fixture: "included.nft",
      asked: { list: "scuba4" },
      verdicts: { "192.0.2.0/28": "present 4", "198.51.100.0/24": "missing" },
    },
  ],
});
