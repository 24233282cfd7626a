import { checkpoint } from "../../../provider/firewalls/checkpoint/index";
import { describeFormat } from "../formatSuite";
import { runMgmtCli } from "./device";

const any = "97aeb369-9aea-11d5-bd16-0090272ccb30";

describeFormat(checkpoint, {
  folder: __dirname,
  apply: runMgmtCli,
  roundTrips: [
    { fixture: "policy.json", list: "EAST" },
    { fixture: "policy.json", list: "SCUBA" },
    { fixture: "policy.json", list: "LOOP A" },
  ],
  generate: (entries) => {
    const groups = Math.ceil(entries / 500);
    const networks: object[] = [];
    const named: object[] = [];
    for (let group = 0; group < groups; group++) {
      const members: string[] = [];
      for (let at = group * 500; at < Math.min(entries, group * 500 + 500); at++) {
        const address = `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`;
        networks.push({ uid: `n-${at}`, name: `n-${at}`, type: "network", subnet4: address, "mask-length4": 30 });
        members.push(`n-${at}`);
      }
      if (group > 0) members.push(`g-${group - 1}`);
      named.push({ uid: `g-${group}`, name: `G${group}`, type: "group", members });
    }
    const rulebase = Array.from({ length: 50 }, (_, rule) => ({
      uid: `q-${rule}`,
      type: "access-rule",
      source: [`g-${rule % groups}`],
      destination: [any],
      service: [any],
      action: "6c488338-8eec-4103-ad21-cd461ac2c472",
      enabled: true,
    }));
    const answers = [{ objects: networks }, { objects: named }, { uid: "l", name: "Network", rulebase }];
    return { text: JSON.stringify(answers, undefined, 1), list: `G${groups - 1}` };
  },
  cases: [
    {
      name: "judges the members of a group: objects by their UIDs, ranges, groups in it, both families",
      fixture: "policy.json",
      asked: { list: "SCUBA" },
      shows: ["nested-group"],
      previous: ["192.0.2.40/32"],
      verdicts: {
        "192.0.2.0/28": "present 59",
        "192.0.2.16/29": "covered 59",
        "192.0.2.32/27": "partial",
        "198.51.100.0/27": "present 60",
        "203.0.113.0/27": "present 23",
        "2001:db8:7::/48": "present 23",
        "2001:db8:40::10/124": "present 60",
        "198.51.100.128/25": "missing",
      },
      extra: ["stale 59", "duplicate 59"],
      notes: 0,
    },
    {
      name: "takes away what a group with exclusion excepts",
      fixture: "policy.json",
      asked: { list: "without EAST" },
      shows: ["hole"],
      verdicts: { "192.0.2.0/28": "present 59", "198.51.100.0/27": "missing", "198.51.100.0/24": "missing" },
    },
    {
      name: "reads groups that contain each other, once",
      fixture: "policy.json",
      asked: { list: "LOOP A" },
      shows: ["cyclic-group"],
      verdicts: { "192.0.2.0/28": "present 62", "192.0.2.40/32": "present 63", "203.0.113.0/27": "missing" },
      warnings: ["leads back to itself"],
    },
    {
      name: "takes rules in their order, opens sections, counts no disabled rule, and no deny for another port",
      fixture: "policy.json",
      asked: { rule: "Connectors" },
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: { "192.0.2.0/28": "present 59", "192.0.2.16/28": "shadowed 92", "203.0.113.0/27": "present 23" },
    },
    {
      name: "unfolds an inline layer where it is applied: what it does not accept is dropped and does not come back",
      fixture: "policy.json",
      verdicts: {
        "192.0.2.64/26": "present 84",
        "198.51.100.0/27": "present",
        "198.51.100.128/25": "shadowed",
        "2001:db8:99::/48": "shadowed",
      },
    },
    {
      name: "is undecided about a rule of an inline layer that cannot be joined with the one that applies it",
      fixture: "policy.json",
      asked: { rule: "DMZ, web only" },
      verdicts: { "192.0.2.64/26": "undecided" },
    },
    {
      name: "is undecided where an updatable object, a feed, or an object of a missing page could admit",
      fixture: "doubt.json",
      asked: { list: "MIXED" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.10/32": "present 13", "198.51.100.0/24": "undecided" },
      notes: 6,
    },
    {
      name: "is undecided about a group whose members were left out",
      fixture: "doubt.json",
      asked: { list: "NO MEMBERS" },
      verdicts: { "192.0.2.10/32": "undecided 14" },
    },
    {
      name: "reads wildcards and objects in the place of UIDs, and guesses nothing of an octet of 300",
      fixture: "doubt.json",
      asked: { list: "STRANGE" },
      verdicts: { "192.0.2.0/30": "present 20", "192.0.2.8/30": "undecided" },
    },
    {
      name: "reads host bits as the prefix around them",
      fixture: "doubt.json",
      asked: { list: "HOST BITS" },
      verdicts: { "198.51.100.0/24": "present 35" },
    },
    {
      name: "is undecided where rules before and after are on pages that are not there",
      fixture: "doubt.json",
      asked: { rule: "Network" },
      verdicts: { "192.0.2.10/32": "undecided", "203.0.113.0/24": "undecided" },
    },
    {
      name: "never calls present what a generic data center object might take before, and trusts no application",
      fixture: "doubt.json",
      asked: { rule: "Whole" },
      verdicts: { "192.0.2.10/32": "undecided", "198.51.100.0/24": "undecided", "203.0.113.0/24": "missing" },
    },
    {
      name: "is undecided where another ordered layer drops",
      fixture: "layers.json",
      verdicts: { "192.0.2.0/27": "undecided", "192.0.2.32/27": "covered 20", "203.0.113.0/24": "missing" },
    },
    {
      name: "judges one ordered layer alone when it is named",
      fixture: "layers.json",
      asked: { rule: "layer:l-1" },
      verdicts: { "192.0.2.0/27": "covered 20" },
    },
    {
      name: "trusts what is whole in a file that was cut off",
      fixture: "cut.txt",
      asked: { list: "whole" },
      verdicts: { "192.0.2.0/24": "present 2" },
    },
    {
      name: "trusts no object that was cut off: a mask of 1 may have been one of 16",
      fixture: "cut.txt",
      asked: { list: "cut" },
      verdicts: { "198.51.0.0/16": "undecided" },
    },
  ],
});

describe("checkpoint: a group", () => {
  const refusal = (text: string, name: string): string | undefined => {
    const model = checkpoint.parse(text, "config");
    const set = model.sets.find((one) => one.name === name);
    return set === undefined ? "no such set" : checkpoint.refuse?.(set, model);
  };

  it("is refused when its members are not in the file, and so is what is no group", () => {
    const text = `[{"objects": [{"uid": "g", "name": "G", "type": "group"}, {"uid": "h", "name": "H", "type": "host", "ipv4-address": "192.0.2.1"}, {"uid": "f", "name": "F", "type": "group", "members": ["h"]}]}]`;
    expect(refusal(text, "G")).toContain("details-level full");
    expect(refusal(text, "H")).toContain("only groups");
    expect(refusal(text, "F")).toBeUndefined();
  });

  it("is judged where objects stand in the rules themselves", () => {
    const rule = {
      type: "access-rule",
      source: [{ uid: "n", name: "N", type: "network", subnet4: "192.0.2.0", "mask-length4": 24 }],
      destination: [{ uid: any, name: "Any", type: "CpmiAnyObject" }],
      service: [{ uid: "s", name: "https", type: "service-tcp", port: "443" }],
      action: { uid: "a", name: "Accept", type: "RulebaseAction" },
      enabled: true,
    };
    const model = checkpoint.parse(JSON.stringify({ uid: "l", name: "L", rulebase: [rule] }), "config");
    expect(model.notes.count).toBe(0);
    expect(model.ruleLists[0]?.rules).toMatchObject([
      { action: "permit", source: { entries: [{ text: "N", term: { kind: "block" } }] } },
    ]);
    expect(model.ruleLists[0]?.rules[0]?.uncertain).toBeUndefined();
  });

  it("counts the fuller of two answers about the same object, whatever their order", () => {
    const full = `{"objects": [{"uid": "g", "name": "G", "type": "group", "members": ["h"]}, {"uid": "h", "name": "H", "type": "host", "ipv4-address": "192.0.2.1"}]}`;
    const dictionary = `{"uid": "l", "name": "L", "rulebase": [], "objects-dictionary": [{"uid": "g", "name": "G", "type": "group"}]}`;
    for (const text of [`[${full}, ${dictionary}]`, `[${dictionary}, ${full}]`]) {
      expect(refusal(text, "G")).toBeUndefined();
    }
  });
});
