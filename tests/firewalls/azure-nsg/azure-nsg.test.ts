import { judge } from "../../../provider/core/allowlist/index";
import { azureNsg } from "../../../provider/firewalls/azure-nsg/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";
import { commandsIn, optionOf, theValue } from "../shell";

interface Fields {
  readonly name?: string;
  readonly id?: string;
  readonly properties?: Fields;
  readonly securityRules?: readonly Fields[];
  sourceAddressPrefix?: string;
  sourceAddressPrefixes?: readonly string[];
}

/** What Azure makes of `az network nsg rule update`: the plural is replaced, the singular is emptied. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Fields | Fields[];
  const groups = Array.isArray(document) ? document : [document];
  for (const words of commandsIn(rendered)) {
    expect(words.slice(0, 5)).toEqual(["az", "network", "nsg", "rule", "update"]);
    const rules = groups.flatMap(({ name: group, properties, securityRules }) =>
      (properties?.securityRules ?? securityRules ?? []).map((rule) => ({ group, rule })),
    );
    const byId = optionOf(words, "--ids")?.[0];
    const found = rules.filter(({ group, rule }) =>
      byId === undefined
        ? group === theValue(words, "--nsg-name") && rule.name === theValue(words, "--name")
        : rule.id?.toLowerCase() === byId.toLowerCase(),
    );
    const prefixes = optionOf(words, "--source-address-prefixes") ?? [];
    if (found.length !== 1 || prefixes.length === 0) throw new Error(words.join(" "));
    const [{ rule }] = found as [(typeof found)[number]];
    const fields = rule.properties ?? rule;
    fields.sourceAddressPrefix = "";
    fields.sourceAddressPrefixes = prefixes;
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

const noGroups = "a rule has no groups of addresses; application security groups are interfaces, and unknown";

describeFormat(azureNsg, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "portal.json", list: "allow-pollers" },
    { fixture: "portal.json", list: "allow-pollers6" },
    { fixture: "portal.json", list: ["allow-pollers", "allow-pollers6"] },
    { fixture: "portal.json", list: "deny-early" },
    { fixture: "tags.json", list: "allow-some" },
  ],
  lacks: {
    "disabled-rule": "a rule cannot be disabled",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate(entries) {
    const prefixes = Array.from({ length: entries }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32`);
    const rule = {
      name: "many",
      access: "Allow",
      direction: "Inbound",
      priority: 100,
      sourceAddressPrefixes: prefixes,
    };
    return { text: JSON.stringify({ name: "nsg", securityRules: [rule] }, null, 1), list: "many" };
  },
  cases: [
    {
      name: "takes rules by number, not by place: an earlier deny shadows; one for a port, for a host, or later does not",
      fixture: "portal.json",
      shows: ["deny-before-permit", "decoy-deny"],
      verdicts: {
        "192.0.2.0/28": "present 20",
        "192.0.2.16/28": "shadowed 47",
        "192.0.2.64/26": "present 22",
        "192.0.2.128/28": "present 26",
        "192.0.2.200/32": "present 23",
        "192.0.2.240/28": "missing",
        "8.8.8.0/24": "missing",
        "2001:db8:40::10/124": "present 107",
      },
      warnings: ["deny-one-host: 220 Deny Inbound denies a part"],
      notes: 0,
    },
    {
      name: "leaves private addresses to the default rule for the network, of which the file does not tell the extent",
      fixture: "portal.json",
      asked: { rule: "nsg-portal" },
      verdicts: { "10.1.0.0/24": "undecided", "203.0.114.0/24": "missing", "168.63.129.16/32": "present 204" },
    },
    {
      name: "reads the sources of one rule, in the plural field",
      fixture: "portal.json",
      asked: { list: "allow-pollers" },
      previous: ["192.0.2.128/28"],
      verdicts: {
        "192.0.2.0/28": "present 20",
        "192.0.2.16/28": "present 21",
        "192.0.2.32/28": "missing",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["foreign 22", "foreign 23", "foreign 24", "foreign 25", "stale 26"],
    },
    {
      name: "finds a rule by its id, whatever its case",
      fixture: "portal.json",
      asked: {
        list: "/Subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-portal/providers/Microsoft.Network/networkSecurityGroups/nsg-portal/securityRules/ALLOW-POLLERS6",
      },
      verdicts: {
        "2001:db8:40::10/124": "present 107",
        "2001:db8:50::/48": "present 107",
        "192.0.2.0/28": "unsupported",
      },
    },
    {
      name: "is undecided about a service tag, and sure of prefixes beside it",
      fixture: "tags.json",
      asked: { rule: "tagged" },
      shows: ["unknown", "undefined-member"],
      verdicts: { "192.0.2.0/28": "present 32", "198.51.100.0/24": "undecided 19" },
    },
    {
      name: "takes Internet for everything outside of private space, in a permit",
      fixture: "tags.json",
      asked: { rule: "open" },
      shows: ["hole"],
      verdicts: {
        "192.0.2.0/28": "covered",
        "10.0.0.0/8": "missing",
        "2001:db8::/64": "covered",
        "fd00::/64": "missing",
      },
    },
    {
      name: "and in a deny, in any spelling",
      fixture: "tags.json",
      asked: { rule: "internet" },
      verdicts: { "192.0.2.0/28": "present 68", "192.0.2.16/28": "shadowed 45", "198.51.100.0/24": "missing" },
    },
    {
      name: "takes the asterisk for every address",
      fixture: "tags.json",
      asked: { rule: "star" },
      verdicts: { "192.0.2.0/28": "covered 127", "2001:db8::/64": "covered 127" },
    },
    {
      name: "takes AzureLoadBalancer for the address that its probes have",
      fixture: "tags.json",
      asked: { rule: "lb" },
      verdicts: { "168.63.129.16/32": "present 150", "192.0.2.0/28": "missing" },
    },
    {
      name: "takes an application security group for its members' private addresses",
      fixture: "tags.json",
      asked: { rule: "asg" },
      verdicts: { "10.0.0.0/24": "undecided", "192.0.2.0/28": "missing" },
    },
    {
      name: "is undecided after a deny of VirtualNetwork, which may be every address",
      fixture: "tags.json",
      asked: { rule: "vnet-denied" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "is undecided about a rule without a source",
      fixture: "tags.json",
      asked: { rule: "no-source" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "is undecided about a rule without a number, and sure of one that has it",
      fixture: "tags.json",
      asked: { rule: "no-priority" },
      verdicts: { "192.0.2.0/28": "undecided", "192.0.2.16/28": "present 271" },
    },
    {
      name: "is undecided about a rule that neither allows nor denies",
      fixture: "tags.json",
      asked: { rule: "no-access" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "reads singular and plural together, and is undecided where a prefix is none",
      fixture: "tags.json",
      asked: { list: "allow-both" },
      verdicts: {
        "192.0.2.0/28": "present 317",
        "192.0.2.16/28": "present 318",
        "192.0.2.32/28": "undecided",
        "203.0.113.0/24": "undecided",
      },
    },
    {
      name: "takes a deny before a permit of the same number",
      fixture: "tags.json",
      asked: { rule: "same-priority" },
      verdicts: { "192.0.2.0/28": "shadowed 344" },
    },
    {
      name: "reads exports: names from parameters, rules inside and beside their group, once; expressions are undecided",
      fixture: "template.json",
      asked: { rule: "nsg-exported" },
      verdicts: {
        "192.0.2.0/28": "undecided",
        "192.0.2.16/28": "present 45",
        "192.0.2.32/28": "present 78",
        "198.51.100.0/24": "undecided",
      },
    },
    {
      name: "puts rules that stand alone into their group, by id, so that its denies count and no other's",
      fixture: "rules.json",
      asked: { rule: "nsg-portal" },
      verdicts: { "192.0.2.0/28": "present", "192.0.2.16/28": "shadowed", "2001:db8:40::10/124": "present" },
    },
    {
      name: "and counts no deny of another group",
      fixture: "rules.json",
      asked: { rule: "nsg-other" },
      verdicts: { "192.0.2.0/28": "present", "192.0.2.16/28": "present", "2001:db8:40::10/124": "missing" },
    },
    {
      name: "reads a rule that tells neither its id nor its type",
      fixture: "rules.json",
      asked: { list: "allow-bare" },
      verdicts: { "192.0.2.0/28": "present", "192.0.2.32/28": "missing" },
    },
    {
      name: "is undecided about rules that are an expression",
      fixture: "template.json",
      asked: { rule: "nsg-computed" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
  ],
});

describe("azure-nsg: a list", () => {
  it("that holds a tag is not changed: a rule takes prefixes or one tag", () => {
    const text = JSON.stringify({ name: "n", securityRules: [{ name: "r", sourceAddressPrefix: "Scuba" }] });
    const model = azureNsg.parse(text, "nsg.json");
    expect(model.sets.map((set) => azureNsg.refuse?.(set, model))).toEqual([
      expect.stringContaining("Scuba is no prefix"),
    ]);
  });

  it("is undecided when a document stops before its rules end: a stronger deny may follow", () => {
    const text = JSON.stringify({
      name: "n",
      securityRules: [{ name: "r", access: "Deny" }],
    });
    const model = azureNsg.parse(text.slice(0, -3), "nsg.json");
    expect(model.notes.first[0]?.message).toContain("the document stops early");
    expect(model.ruleLists[0]?.rules.filter(({ uncertain }) => uncertain === "the document stops early")).toHaveLength(
      2,
    );
  });

  it("is undecided where a deny without a number may be the strongest", () => {
    const any = {
      direction: "Inbound",
      protocol: "*",
      sourcePortRange: "*",
      destinationPortRange: "*",
      destinationAddressPrefix: "*",
    };
    const permit = {
      ...any,
      name: "p",
      access: "Allow",
      priority: 100,
      sourceAddressPrefixes: ["192.0.2.0/28", "192.0.2.64/28"],
    };
    const deny = { ...any, name: "d", access: "Deny", sourceAddressPrefix: "192.0.2.0/28" };
    const model = azureNsg.parse(JSON.stringify({ name: "n", securityRules: [permit, deny] }), "nsg.json");
    const desired = ["192.0.2.0/28", "192.0.2.64/28"].map(prefixOf);
    const { prefixes } = judge({ model, subject: { kind: "inbound" }, desired, capability: azureNsg.capability });
    expect(prefixes.map(({ verdict }) => verdict)).toEqual(["undecided", "present"]);
  });
});
