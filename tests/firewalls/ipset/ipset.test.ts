import { planChange } from "../../../provider/core/allowlist/index";
import { parsePrefix } from "../../../provider/core/ip/index";
import { readConfig } from "../../../provider/firewalls/index";
import { ipset } from "../../../provider/firewalls/ipset/index";
import { describeFormat, pasteCommands } from "../formatSuite";

const noRules = "rules are in another file";

describeFormat(ipset, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "sets.ipset", list: "SCUBA" },
    { fixture: "sets.ipset", list: "SCUBA6" },
    { fixture: "sets.ipset", list: ["SCUBA", "SCUBA6"] },
  ],
  lacks: { "deny-before-permit": noRules, "decoy-deny": noRules, "disabled-rule": noRules },
  generate: (entries) => {
    const sets = Math.ceil(entries / 500);
    const lines = [`create ALL list:set size ${sets}`];
    for (let set = 0; set < sets; set++) {
      lines.push(`create S${set} hash:net family inet maxelem 65536`, `add ALL S${set}`);
      for (let at = set * 500; at < Math.min(entries, set * 500 + 500); at++) {
        lines.push(`add S${set} 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`);
      }
    }
    return { text: `${lines.join("\n")}\n`, list: "ALL" };
  },
  cases: [
    {
      name: "reads elements with comments, bare addresses, host bits that the kernel clears",
      fixture: "sets.ipset",
      asked: { list: "SCUBA" },
      previous: ["20.0.0.0/8"],
      verdicts: {
        "192.0.2.0/28": "present 6",
        "192.0.2.16/28": "present 7",
        "192.0.2.64/26": "covered 8,9",
        "192.0.2.128/25": "partial 10",
        "192.0.2.200/32": "present 10",
        "198.51.100.0/25": "present 11",
        "198.51.100.128/25": "missing",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["stale 12"],
      notes: 0,
    },
    {
      name: "judges a set of sets, both families",
      fixture: "sets.ipset",
      asked: { list: "PORTAL" },
      shows: ["nested-group"],
      verdicts: { "192.0.2.0/28": "present 6", "2001:db8:40::10/124": "present 13", "2001:db8:40::/124": "partial 14" },
    },
    {
      name: "judges the sets of two families as a pair",
      fixture: "sets.ipset",
      asked: { list: ["SCUBA", "SCUBA6"] },
      verdicts: { "192.0.2.0/28": "present 6", "2001:db8:40::10/124": "present 13" },
    },
    {
      name: "widens addresses by the netmask of their set",
      fixture: "sets.ipset",
      asked: { list: "HOSTS" },
      verdicts: { "203.0.113.16/28": "present 17", "203.0.113.32/28": "missing" },
    },
    {
      name: "lets the longest element decide: nomatch is a hole, and an element in the hole is none",
      fixture: "sets.ipset",
      asked: { list: "HOLED" },
      shows: ["hole"],
      verdicts: {
        "192.0.2.0/24": "partial",
        "192.0.2.0/26": "covered 18",
        "192.0.2.64/27": "missing",
        "192.0.2.96/28": "present 20",
        "198.51.100.0/25": "missing",
        "198.51.101.0/24": "covered 22",
        "198.51.0.0/24": "present 24",
      },
    },
    {
      name: "is undecided about names, the other family, octal octets",
      fixture: "odd.ipset",
      asked: { list: "MIXED" },
      shows: ["unknown"],
      verdicts: { "192.0.2.0/28": "present 2", "198.51.100.0/24": "undecided 3,5" },
    },
    {
      name: "is undecided about elements for certain ports, and sure outside of them",
      fixture: "odd.ipset",
      asked: { list: "PORTS" },
      verdicts: { "192.0.2.0/28": "undecided 7", "198.51.100.0/24": "missing" },
    },
    {
      name: "reads sets that contain each other, once",
      fixture: "odd.ipset",
      asked: { list: "A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.16/28": "present 11", "192.0.2.64/28": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "takes a member that is not in the file as unknown",
      fixture: "odd.ipset",
      asked: { list: "LOST" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.16/28": "present 11", "192.0.2.32/28": "present 12", "192.0.2.64/28": "undecided 18" },
    },
    {
      name: "follows del, swap and flush",
      fixture: "odd.ipset",
      asked: { list: "OLD" },
      verdicts: { "192.0.2.128/25": "present 22", "192.0.2.64/26": "missing", "10.0.0.0/8": "missing" },
    },
    {
      name: "finds nothing in a set that was emptied",
      fixture: "odd.ipset",
      asked: { list: "NEW" },
      verdicts: { "10.0.0.0/8": "missing" },
    },
  ],
});

describe("ipset: maxelem", () => {
  const prefix = (text: string) => {
    const parsed = parsePrefix(text);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  };
  const full = "create S hash:net family inet maxelem 2\nadd S 192.0.2.0/28\nadd S 20.0.0.0/8\n";
  const plan = (desired: readonly string[], previous: readonly string[]) => {
    const { model, format } = readConfig(full, "sets", "ipset");
    const change = planChange({
      model,
      subject: { kind: "list", names: ["S"] },
      desired: desired.map(prefix),
      previous: previous.map(prefix),
      capability: format.capability,
    }).changes[0];
    return change === undefined ? "" : format.render.change(change, model);
  };

  it("makes room first where the set could not hold old and new at once", () => {
    expect(plan(["192.0.2.0/28", "198.51.100.0/25"], ["20.0.0.0/8"])).toBe("del S 20.0.0.0/8\nadd S 198.51.100.0/25\n");
  });

  it("refuses one entry more than the set holds", () => {
    expect(() => plan(["192.0.2.0/28", "198.51.100.0/25"], [])).toThrow(/would have 3 entries; it holds 2/);
  });
});
