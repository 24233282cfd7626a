import { iptables } from "../../../provider/firewalls/iptables/index";
import { describeFormat, pasteCommands } from "../formatSuite";

describeFormat(iptables, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [{ fixture: "host.save", list: "blocked" }],
  lacks: {
    "disabled-rule": "a rule that is in the kernel is in force",
  },
  generate: (entries) => {
    const lines = Array.from(
      { length: entries },
      (_, at) => `add big 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`,
    );
    const chains = Array.from({ length: entries / 20 }, (_, at) => `-A web -s 172.16.${at >> 8}.${at & 255} -j DROP`);
    const rules = ["*filter", ":INPUT DROP [0:0]", ":web - [0:0]", "-A INPUT -p tcp --dport 443 -j web", ...chains];
    const text = ["create big hash:net family inet", ...lines, ...rules, "-A web -m set --match-set big src -j ACCEPT"];
    return { text: `${text.join("\n")}\nCOMMIT\n`, list: "big" };
  },
  cases: [
    {
      name: "unfolds jumps: RETURN goes on behind the jump, an earlier set and the raw table take, other ports do not",
      fixture: "host.save",
      asked: { rule: "INPUT" },
      shows: ["deny-before-permit", "decoy-deny", "hole"],
      verdicts: {
        "192.0.2.0/29": "covered 2",
        "192.0.2.8/29": "shadowed 34",
        "192.0.2.64/29": "covered 3",
        "192.0.2.72/29": "undecided",
        "192.0.2.80/28": "covered 3",
        "192.0.2.96/29": "missing",
        "192.0.2.104/29": "shadowed 16",
        "198.51.100.16/28": "present 37",
        "203.0.113.64/26": "present 41",
        "203.0.113.0/26": "undecided",
        "198.51.100.240/28": "undecided",
      },
    },
    {
      name: "is undecided about a limit, and about a set that is in another file",
      fixture: "host.save",
      shows: ["unknown"],
      verdicts: {
        "198.51.100.64/27": "undecided",
        "198.51.100.128/26": "present 39",
        "198.51.100.192/26": "undecided",
        "10.0.0.0/24": "undecided",
      },
      warnings: ["chain unused is not judged"],
    },
    {
      name: "judges a chain by its name, with what comes before its jump",
      fixture: "host.save",
      asked: { rule: "web" },
      verdicts: { "192.0.2.0/29": "covered 2", "203.0.113.64/26": "undecided" },
    },
    {
      name: "judges the sets that are in the file, lists of sets, loops and gaps among them",
      fixture: "host.save",
      asked: { list: "all" },
      shows: ["nested-group", "cyclic-group", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present 2", "192.0.2.72/29": "undecided", "10.0.0.0/24": "undecided" },
    },
    {
      name: "reads ip6tables-save: negation, a policy of ACCEPT behind a deny of all",
      fixture: "six.save",
      verdicts: {
        "2001:db8:40::/64": "present 6",
        "2001:db8:41::/64": "shadowed",
        "2001:db9::/64": "covered",
        "192.0.2.0/28": "missing",
      },
    },
    {
      name: "reads commands: lists of addresses, netmasks, insertions and deletions, each program for its family",
      fixture: "script.sh",
      asked: { rule: "ipv4/INPUT" },
      verdicts: {
        "192.0.2.0/28": "present 4",
        "192.0.2.16/28": "covered 5",
        "192.0.2.48/28": "shadowed 6",
        "198.51.100.0/24": "missing",
        "203.0.113.0/24": "undecided",
        "2001:db8::/64": "missing",
      },
    },
    {
      name: "reads a port by name",
      fixture: "script.sh",
      asked: { rule: "ipv6/INPUT" },
      verdicts: { "2001:db8::/64": "covered 12", "192.0.2.0/28": "missing" },
    },
  ],
});
