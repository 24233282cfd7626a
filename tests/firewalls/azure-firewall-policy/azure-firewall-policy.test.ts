import { azureFirewallPolicy } from "../../../provider/firewalls/azure-firewall-policy/index";
import { describeFormat } from "../formatSuite";
import { commandsIn, optionOf, theValue } from "../shell";

interface Fields {
  readonly id?: string;
  readonly name?: string;
  readonly properties?: Fields;
  readonly resources?: readonly Fields[];
  readonly ruleCollections?: readonly Fields[];
  readonly rules?: readonly Fields[];
  sourceAddresses?: readonly string[];
  ipAddresses?: readonly string[];
}

const named = (all: readonly Fields[] | undefined, name: string): Fields => {
  const found = (all ?? []).filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`${found.length} of ${name}`);
  return found[0] as Fields;
};

/** What Azure makes of the commands: sources of a rule, and addresses of a group, are replaced. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Fields | Fields[];
  const resources = Array.isArray(document) ? document : (document.resources ?? []);
  for (const words of commandsIn(rendered)) {
    if (words[1] === "resource") {
      const group = named(resources, theValue(words, "--name")).properties as Fields;
      const set = theValue(words, "--set");
      group.ipAddresses = JSON.parse(set.slice("properties.ipAddresses=".length)) as string[];
      continue;
    }
    expect(words.slice(0, 8).join(" ")).toBe("az network firewall policy rule-collection-group collection rule update");
    const group = named(resources, theValue(words, "--rcg-name"));
    expect(group.id).toContain(
      `/subscriptions/${theValue(words, "--subscription")}/resourceGroups/${theValue(words, "--resource-group")}/`,
    );
    expect(group.id).toContain(`/firewallPolicies/${theValue(words, "--policy-name")}/`);
    const rule = named(
      named(group.ruleCollections, theValue(words, "--collection-name")).rules,
      theValue(words, "--name"),
    );
    const sources = optionOf(words, "--source-addresses") ?? [];
    if (sources.length === 0) throw new Error("a rule needs a source");
    rule.sourceAddresses = sources;
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

describeFormat(azureFirewallPolicy, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "groups.json", list: "pollers" },
    { fixture: "template.json", list: "ipg-scuba" },
  ],
  lacks: {
    hole: "there are no exclusions",
    "disabled-rule": "a rule cannot be disabled",
    "cyclic-group": "an IP Group has no groups inside",
  },
  generate(entries) {
    const hosts = Array.from({ length: entries }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
    const group = { name: "many", type: "Microsoft.Network/ipGroups", ipAddresses: hosts };
    const rule = { ruleType: "NetworkRule", name: "by-group", sourceIpGroups: ["/x/many"], destinationPorts: ["443"] };
    const collection = { name: "c", priority: 100, action: { type: "Allow" }, rules: [rule] };
    const policy = { name: "g", type: "Microsoft.Network/firewallPolicies/ruleCollectionGroups", priority: 100 };
    return { text: JSON.stringify([group, { ...policy, ruleCollections: [collection] }], null, 1), list: "many" };
  },
  cases: [
    {
      name: "takes groups before collections, network rules before application rules, and rules not by their place",
      fixture: "groups.json",
      asked: { rule: "hub" },
      shows: ["deny-before-permit", "decoy-deny"],
      verdicts: {
        "192.0.2.0/28": "present",
        "192.0.2.16/28": "shadowed",
        "192.0.2.64/26": "present",
        "192.0.2.128/28": "present",
        "192.0.2.192/29": "present",
        "192.0.2.240/28": "missing",
        "203.0.113.0/25": "covered",
        "203.0.113.128/25": "shadowed",
        "2001:db8::/64": "unsupported",
      },
      warnings: ["hub/early/deny-some/one-host: deny network denies a part"],
      notes: 0,
    },
    {
      name: "reads the sources of one rule",
      fixture: "groups.json",
      asked: { list: "hub/late/allow-pollers/pollers" },
      previous: ["192.0.2.128/28"],
      verdicts: { "192.0.2.0/28": "present 42", "192.0.2.16/28": "present 43", "192.0.2.32/28": "missing" },
      extra: ["foreign 44", "stale 45", "foreign 46", "foreign 47", "foreign 48"],
    },
    {
      name: "lets DNAT rules in by IP Group, and is undecided where a network rule denies what they admit",
      fixture: "template.json",
      asked: { rule: "edge" },
      shows: ["nested-group"],
      verdicts: {
        "192.0.2.0/28": "present",
        "192.0.2.96/28": "covered",
        "192.0.2.112/28": "partial",
        "192.0.2.240/28": "missing",
        "203.0.113.0/25": "undecided",
        "203.0.113.128/25": "covered",
      },
    },
    {
      name: "never takes a rule for every source, written for what goes out, as one that lets the internet in",
      fixture: "template.json",
      asked: { rule: "outward" },
      verdicts: { "192.0.2.0/28": "present", "198.51.100.0/24": "undecided" },
    },
    {
      name: "is undecided about a group that is not in the file, and sure of addresses beside it",
      fixture: "template.json",
      asked: { rule: "lost" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present", "192.0.2.16/28": "undecided" },
    },
    {
      name: "is undecided where a parent policy is not in the file: its denies are stronger",
      fixture: "template.json",
      asked: { rule: "child" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "takes the parent's rules first, whatever the numbers",
      fixture: "template.json",
      asked: { rule: "kid" },
      verdicts: { "192.0.2.0/28": "present", "192.0.2.16/28": "shadowed" },
    },
    {
      name: "is undecided about a collection without a number, or of an action that it does not know",
      fixture: "template.json",
      asked: { rule: "strange" },
      verdicts: { "192.0.2.0/28": "undecided", "192.0.2.16/28": "undecided", "192.0.2.32/28": "missing" },
    },
    {
      name: "reads an IP Group of the same file",
      fixture: "template.json",
      asked: { list: "ipg-scuba" },
      verdicts: { "192.0.2.0/28": "present", "192.0.2.240/28": "missing" },
    },
  ],
});

describe("azure-firewall-policy: rules", () => {
  const rule = {
    ruleType: "NetworkRule",
    name: "r",
    sourceAddresses: ["*"],
    destinationPorts: ["443"],
    ipProtocols: ["TCP"],
  };
  const policyOf = (rules: unknown): string =>
    JSON.stringify({
      name: "g",
      priority: 100,
      ruleCollections: [{ name: "c", priority: 1, action: { type: "Deny" }, rules }],
    });

  it("that are an expression, or of an unknown kind, may permit and may deny before all others", () => {
    for (const rules of ["[variables('rules')]", [{ ...rule, ruleType: "NewRule" }]]) {
      const [list] = azureFirewallPolicy.parse(policyOf(rules), "policy.json").ruleLists;
      expect(list?.rules.map(({ action, uncertain }) => `${action} ${uncertain}`)).toEqual([
        "deny not understood",
        "permit not understood",
      ]);
    }
  });

  it("for every source are not changed", () => {
    const model = azureFirewallPolicy.parse(policyOf([rule]), "policy.json");
    expect(model.sets.map((set) => azureFirewallPolicy.refuse?.(set, model))).toEqual([
      "* is no address; make a rule or an IP Group for the prefixes",
    ]);
  });
});
