import { iptables } from "../../../provider/firewalls/iptables/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(iptables, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "gateway.rules", list: "chain:ipv4:PORTAL" },
    { fixture: "gateway.rules", list: "PORTAL" },
    { fixture: "gateway.rules", list: "BAD" },
  ],
  lacks: { "disabled-rule": "a rule that is not in force is not in the chain" },
  generate: (entries) => {
    const sets = Math.ceil(entries / 500);
    const lines = [`create ALL list:set size ${sets}`];
    for (let set = 0; set < sets; set++) {
      lines.push(`create S${set} hash:net family inet maxelem 65536`, `add ALL S${set}`);
      for (let at = set * 500; at < Math.min(entries, set * 500 + 500); at++) {
        lines.push(`add S${set} 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`);
      }
    }
    lines.push("*filter", ":INPUT DROP [0:0]");
    for (let rule = 0; rule < entries / 10; rule++) {
      lines.push(
        `-A INPUT -d 203.0.113.${rule % 256}/32 -p tcp -m tcp --dport 443 -m set --match-set S${rule % sets} src -j ACCEPT`,
      );
    }
    return { text: `${[...lines, "COMMIT"].join("\n")}\n`, list: "ALL" };
  },
  cases: [
    {
      name: "judges what INPUT admits: policy, states, sets, chains with RETURN, both families",
      fixture: "gateway.rules",
      shows: ["deny-before-permit", "decoy-deny", "hole", "nested-group"],
      verdicts: {
        "10.0.0.0/8": "missing",
        "192.0.2.0/28": "present 4",
        "192.0.2.16/28": "partial",
        "192.0.2.16/29": "covered 5",
        "192.0.2.24/30": "missing",
        "192.0.2.64/26": "covered 35,36",
        "192.0.2.64/27": "present 35",
        "192.0.2.128/27": "shadowed 26",
        // RETURN takes it past WEB's own ACCEPT, to the policy.
        "198.51.100.0/26": "shadowed",
        "198.51.100.64/26": "covered 43",
        "198.51.200.0/24": "missing",
        "203.0.113.0/26": "covered 31",
        // Past WEB a second time, by goto: it returns to INPUT's end of LATE, and is admitted.
        "203.0.113.64/26": "covered 31",
        "203.0.113.128/26": "shadowed",
        "2001:db8:40::10/124": "present 57",
        "2001:db8:41::/48": "missing",
      },
      warnings: ["chain FORWARD-ipv4 is not judged"],
      notes: 1,
    },
    {
      name: "judges the chain of sources as a list, a family each",
      fixture: "gateway.rules",
      asked: { list: "PORTAL" },
      previous: ["20.0.0.0/8"],
      verdicts: { "192.0.2.128/27": "present 37", "198.51.100.0/24": "missing", "2001:db8:40::10/124": "present 57" },
      extra: ["foreign 35", "foreign 36", "stale 38"],
    },
    {
      name: "judges a set by its name",
      fixture: "gateway.rules",
      asked: { list: "TRUSTED" },
      verdicts: { "192.0.2.0/28": "present 4", "192.0.2.24/30": "missing" },
    },
    {
      name: "is undecided where a set, a program, a rate, a circle or a port's name decides; sure where none does",
      fixture: "unknown.rules",
      asked: { rule: "INPUT" },
      shows: ["unknown", "cyclic-group", "undefined-member"],
      verdicts: {
        "192.0.2.0/28": "present 9",
        "192.0.2.16/28": "undecided",
        "192.0.2.32/28": "undecided",
        "192.0.2.48/28": "undecided",
        "192.0.2.64/28": "undecided",
        "192.0.2.80/28": "undecided",
        "192.0.2.96/28": "present 15",
        "192.0.2.112/28": "missing",
        "192.0.2.128/28": "present 17",
        "192.0.2.144/28": "missing",
        "192.0.2.160/28": "present 19",
        "192.0.2.176/28": "present 20",
        "192.0.2.192/28": "missing",
        "198.51.200.0/24": "missing",
        "2001:db8::/64": "undecided",
      },
    },
    {
      name: "judges FORWARD: interfaces by pattern, none inside of the machine, nothing for the machine itself",
      fixture: "unknown.rules",
      asked: { rule: "FORWARD" },
      verdicts: {
        "198.51.100.0/28": "shadowed 23",
        "198.51.100.16/28": "covered 24",
        "198.51.101.0/24": "missing",
        "203.0.113.0/24": "missing",
      },
    },
    {
      name: "follows RETURN to the policy, and leaves out a chain that refuses nothing",
      fixture: "open.rules",
      verdicts: {
        "2001:db8:1::/48": "present 7",
        "2001:db8:2::/48": "shadowed 8",
        "2001:db9::/32": "covered",
        "192.0.2.0/28": "undecided",
      },
      warnings: ["chain FORWARD is not judged"],
    },
    {
      name: "takes the interface that addresses are translated for as the way in",
      fixture: "router.rules",
      verdicts: { "192.0.2.0/28": "present 15", "198.51.100.0/24": "missing" },
    },
    {
      name: "follows commands: insertions, deletions, lists of sources, names of ports",
      fixture: "commands.sh.txt",
      verdicts: {
        "192.0.2.0/29": "covered 4",
        "192.0.2.8/30": "shadowed 5",
        "192.0.2.12/30": "covered 4",
        "192.0.2.16/28": "present 4",
        "192.0.2.32/28": "missing",
        "2001:db8::/64": "covered 10",
      },
    },
  ],
});
