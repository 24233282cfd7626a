import { planChange } from "../../../provider/core/allowlist/index";
import { azureStorage } from "../../../provider/firewalls/azure-storage/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";
import { commandsIn, theValue } from "../shell";

interface Rules {
  ipRules?: readonly { readonly action: string; readonly ipAddressOrRange: string }[];
}

interface Account extends Rules {
  readonly name?: string;
  readonly networkRuleSet?: Rules;
}

/** What Azure makes of the commands: it refuses /31 and /32, and what is there is not added twice. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Account | Account[];
  for (const words of commandsIn(rendered)) {
    const [, , , , verb] = words;
    const account = theValue(words, "--account-name");
    const address = theValue(words, "--ip-address");
    if (/\/3[12]$/.test(address) || address.includes(":"))
      throw new Error(`InvalidValuesForRequestParameters ${address}`);
    const rules = Array.isArray(document) ? document.find(({ name }) => name === account)?.networkRuleSet : document;
    if (rules === undefined) throw new Error(`ResourceNotFound ${account}`);
    const now = rules.ipRules ?? [];
    const there = now.some(({ ipAddressOrRange }) => ipAddressOrRange === address);
    if (there === (verb === "add")) throw new Error(`${address} ${there ? "is there already" : "is not there"}`);
    rules.ipRules = there
      ? now.filter(({ ipAddressOrRange }) => ipAddressOrRange !== address)
      : [...now, { action: "Allow", ipAddressOrRange: address }];
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

function accountOf(addresses: readonly string[]): string {
  const ipRules = addresses.map((ipAddressOrRange) => ({ action: "Allow", ipAddressOrRange }));
  return JSON.stringify({ name: "many", networkRuleSet: { defaultAction: "Deny", ipRules } }, null, 1);
}

const publicHosts = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `20.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);

const noGroups = "IP rules have no groups";

describeFormat(azureStorage, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "accounts.json", list: "scubalanding" },
    { fixture: "rules.json", list: "" },
  ],
  lacks: {
    "decoy-deny": "the one deny, publicNetworkAccess, is for all traffic",
    "disabled-rule": "a rule cannot be disabled",
    hole: "there are no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate: (entries) => ({ text: accountOf(publicHosts(entries)), list: "many" }),
  cases: [
    {
      name: "reads addresses and prefixes; /31 is two addresses, and IPv6 cannot be held",
      fixture: "accounts.json",
      asked: { list: "scubalanding" },
      previous: ["192.0.2.64/30"],
      verdicts: {
        "192.0.2.0/28": "present 17",
        "192.0.2.16/31": "covered 21,25",
        "192.0.2.18/31": "partial 29",
        "192.0.2.18/32": "present 29",
        "203.0.113.0/24": "missing",
        "2001:db8::/64": "unsupported",
      },
      extra: ["stale 33", "foreign 37"],
    },
    {
      name: "admits nobody else where the default is Deny",
      fixture: "accounts.json",
      asked: { rule: "scubalanding firewall" },
      verdicts: { "192.0.2.0/28": "present 17", "203.0.113.0/24": "missing" },
    },
    {
      name: "admits everybody where the default is Allow",
      fixture: "accounts.json",
      asked: { rule: "openbydefault firewall" },
      verdicts: { "192.0.2.0/28": "present", "203.0.113.0/24": "covered" },
    },
    {
      name: "admits nobody where public access is disabled, whatever the rules say",
      fixture: "accounts.json",
      asked: { rule: "closed firewall" },
      shows: ["deny-before-permit"],
      verdicts: { "192.0.2.0/28": "shadowed", "203.0.113.0/24": "missing" },
    },
    {
      name: "is undecided where a perimeter stands above the rules",
      fixture: "accounts.json",
      asked: { rule: "perimeter firewall" },
      shows: ["unknown"],
      verdicts: { "192.0.2.0/28": "undecided", "203.0.113.0/24": "undecided" },
    },
    {
      name: "is undecided about everybody else where the default is not known",
      fixture: "accounts.json",
      asked: { rule: "strange firewall" },
      verdicts: { "192.0.2.0/28": "present", "203.0.113.0/24": "undecided" },
    },
    {
      name: "reads the rules alone, which have no default",
      fixture: "rules.json",
      verdicts: { "192.0.2.0/28": "present 5", "192.0.2.33/32": "present 9", "192.0.2.48/28": "missing" },
    },
    {
      name: "never takes for admitted what Azure refuses: /31, /32, private addresses, host bits; nor expressions",
      fixture: "template.json",
      asked: { list: "fromtemplate" },
      shows: ["undefined-member"],
      verdicts: {
        "10.0.0.0/16": "undecided",
        "192.0.2.0/28": "present",
        "192.0.2.32/31": "undecided",
        "192.0.2.64/32": "undecided",
        "192.0.2.128/28": "undecided",
        "203.0.113.0/24": "undecided",
      },
    },
    {
      name: "admits everybody where a template has no network rules, or no default",
      fixture: "template.json",
      asked: { rule: "norules firewall" },
      verdicts: { "203.0.113.0/24": "covered" },
    },
    {
      name: "and beside rules without a default",
      fixture: "template.json",
      asked: { rule: "nodefault firewall" },
      verdicts: { "192.0.2.0/28": "present", "203.0.113.0/24": "covered" },
    },
  ],
});

describe("azure-storage: a change", () => {
  const plan = (addresses: readonly string[], desired: readonly string[]) => {
    const model = azureStorage.parse(accountOf(addresses), "account.json");
    const subject = { kind: "list", names: ["many"] } as const;
    const { changes } = planChange({
      model,
      subject,
      desired: desired.map(prefixOf),
      capability: azureStorage.capability,
    });
    return changes.map((change) => azureStorage.render.change(change, model)).join("");
  };

  it("counts a /31 as two of 400 rules", () => {
    expect(commandsIn(plan(publicHosts(398), ["192.0.2.0/31"]))).toHaveLength(2);
    expect(() => plan(publicHosts(399), ["192.0.2.0/31"])).toThrow(/would have 401 entries; it holds 400/);
  });

  it("adds the one address of a /31 that is lacking", () => {
    expect(commandsIn(plan(["192.0.2.1"], ["192.0.2.0/31"])).map((words) => theValue(words, "--ip-address"))).toEqual([
      "192.0.2.0",
    ]);
  });
});
