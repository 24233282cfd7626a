import { azureIpGroup } from "../../../provider/firewalls/azure-ipgroup/index";
import { describeFormat } from "../formatSuite";
import { commandsIn, optionOf, theValue } from "../shell";

interface Group {
  readonly id?: string;
  readonly name?: string;
  readonly resources?: readonly Group[];
  readonly properties?: Group;
  ipAddresses?: unknown;
}

/** What Azure makes of `az resource update`: the addresses are replaced. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Group | Group[];
  const groups = Array.isArray(document) ? document : (document.resources ?? [document]);
  for (const words of commandsIn(rendered)) {
    expect(words.slice(0, 3)).toEqual(["az", "resource", "update"]);
    const id = optionOf(words, "--ids")?.[0]?.toLowerCase();
    const group = groups.find((one) =>
      id === undefined
        ? one.name === theValue(words, "--name") || one.name === "[parameters('name')]"
        : one.id?.toLowerCase() === id,
    );
    const set = theValue(words, "--set");
    if (group === undefined || !set.startsWith("properties.ipAddresses=")) throw new Error(words.join(" "));
    (group.properties ?? group).ipAddresses = JSON.parse(set.slice(set.indexOf("=") + 1));
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

const noRules = "an IP Group has no rules";
const noGroups = "an IP Group has no groups inside";

describeFormat(azureIpGroup, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "groups.json", list: "ipg-scuba" },
    { fixture: "groups.json", list: "ipg-empty" },
    { fixture: "template.json", list: "ipg-portal" },
  ],
  lacks: {
    "deny-before-permit": noRules,
    "decoy-deny": noRules,
    "disabled-rule": noRules,
    hole: "there are no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate(entries) {
    const ipAddresses = Array.from({ length: entries }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
    return {
      text: JSON.stringify({ name: "many", type: "Microsoft.Network/ipGroups", ipAddresses }, null, 1),
      list: "many",
    };
  },
  cases: [
    {
      name: "reads addresses, prefixes and ranges",
      fixture: "groups.json",
      asked: { list: "ipg-scuba" },
      previous: ["192.0.2.128/28"],
      verdicts: {
        "192.0.2.0/28": "present 9",
        "192.0.2.32/27": "present 11",
        "192.0.2.48/28": "covered 11",
        "192.0.2.64/28": "partial 12",
        "192.0.2.200/32": "present 13",
        "203.0.113.0/24": "missing",
        "2001:db8::/64": "unsupported",
      },
      extra: ["foreign 10", "foreign 14", "stale 15", "foreign 16"],
    },
    {
      name: "is undecided about host bits, a range from its end, and what is no address; IPv6 cannot be held",
      fixture: "groups.json",
      asked: { list: "ipg-odd" },
      shows: ["unknown"],
      verdicts: {
        "192.0.2.0/28": "present 24",
        "192.0.2.128/28": "present 28",
        "192.0.2.16/28": "undecided",
        "203.0.113.0/24": "undecided",
        "2001:db8::/64": "unsupported",
      },
      notes: 4,
    },
    {
      name: "admits nothing by a group without addresses",
      fixture: "groups.json",
      asked: { list: "IPG-EMPTY" },
      verdicts: { "192.0.2.0/28": "missing" },
    },
    {
      name: "reads exports, and is undecided about addresses that are an expression",
      fixture: "template.json",
      asked: { list: ["ipg-portal"] },
      verdicts: { "192.0.2.0/28": "present 20", "192.0.2.16/28": "missing" },
    },
    {
      name: "never takes a parameter's default for the addresses",
      fixture: "template.json",
      asked: { list: "ipg-computed" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.0/28": "undecided" },
    },
  ],
});

describe("azure-ipgroup: a list", () => {
  it("that a template works out is not changed", () => {
    const text = JSON.stringify({ name: "g", type: "Microsoft.Network/ipGroups", ipAddresses: "[parameters('x')]" });
    const model = azureIpGroup.parse(text, "group.json");
    expect(model.sets.map((set) => azureIpGroup.refuse?.(set, model))).toEqual([
      "[parameters('x')] is worked out by a template; change its parameters",
    ]);
  });
});
