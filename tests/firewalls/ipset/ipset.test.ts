import { planChange } from "../../../provider/core/allowlist/index";
import { readConfig } from "../../../provider/firewalls/index";
import { ipset } from "../../../provider/firewalls/ipset/index";
import { describeFormat, pasteCommands } from "../formatSuite";
import { prefixOf } from "../questions";

const noRules = "a set has no rules; those of iptables use it";

describeFormat(ipset, {
  folder: __dirname,
  apply: pasteCommands,
  roundTrips: [
    { fixture: "sets.save", list: "scuba6" },
    { fixture: "large.save", list: ["scuba", "scuba6"] },
  ],
  lacks: { "deny-before-permit": noRules, "decoy-deny": noRules, "disabled-rule": noRules },
  generate: (entries) => {
    const lines = Array.from(
      { length: entries },
      (_, at) => `add big 10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`,
    );
    return { text: `create big hash:net family inet maxelem 65536\n${lines.join("\n")}\n`, list: "big" };
  },
  cases: [
    {
      name: "lets the longest prefix decide, nomatch or not, and clears host bits",
      fixture: "sets.save",
      asked: { list: "scuba" },
      shows: ["hole"],
      previous: ["198.51.100.64/27"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.200/29": "present 3",
        "192.0.2.64/26": "partial",
        "192.0.2.64/29": "covered 4",
        "192.0.2.72/31": "missing",
        "192.0.2.74/31": "present 6",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["stale 7"],
    },
    {
      name: "takes single addresses for the prefixes of the set's netmask",
      fixture: "sets.save",
      asked: { list: "hosts" },
      verdicts: { "192.0.2.200/29": "present 12", "192.0.2.192/29": "missing" },
    },
    {
      name: "is undecided where a port decides too, within the address",
      fixture: "sets.save",
      asked: { list: "web" },
      shows: ["unknown"],
      verdicts: { "192.0.2.0/28": "undecided 14", "198.51.100.0/24": "missing" },
    },
    {
      name: "reads lists of sets, each of its family",
      fixture: "sets.save",
      asked: { list: "all" },
      shows: ["nested-group"],
      verdicts: { "192.0.2.0/28": "present 2", "2001:db8:40::10/124": "present 10", "192.0.2.72/31": "missing" },
    },
    {
      name: "is undecided about a set that is not there",
      fixture: "sets.save",
      asked: { list: "lost" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.200/29": "present 12", "192.0.2.0/28": "undecided 19" },
    },
    {
      name: "is not led astray by a list that holds itself",
      fixture: "sets.save",
      asked: { list: "loop" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.200/29": "present 12" },
    },
    {
      name: "is undecided about entries of the other family and such as are no addresses; forgets deleted ones",
      fixture: "sets.save",
      asked: { list: "broken" },
      verdicts: { "192.0.2.0/28": "present 25", "10.0.0.0/24": "undecided" },
    },
    {
      name: "judges the sets of both families together",
      fixture: "large.save",
      asked: { list: ["scuba", "scuba6"] },
      verdicts: { "192.0.2.0/28": "present 2", "2001:db8:40::10/124": "present 6", "198.51.100.0/24": "partial" },
    },
  ],
});

describe("ipset: maxelem", () => {
  const plan = (entries: number) => {
    const { model, format } = readConfig("create s hash:net family inet maxelem 4\nadd s 10.0.0.0/8\n", "f", "ipset");
    const desired = Array.from({ length: entries }, (_, at) => prefixOf(`192.0.2.${at * 2}/32`));
    return planChange({
      model,
      subject: { kind: "list", names: ["s"] },
      desired,
      previous: [],
      capability: format.capability,
    });
  };

  it("takes as many entries as it says, and refuses one more", () => {
    expect(plan(3).changes[0]?.add).toHaveLength(3);
    expect(() => plan(4)).toThrow(/hash:net s would have 5 entries; it holds 4/);
  });
});
