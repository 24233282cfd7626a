import { planChange } from "../../../provider/core/allowlist/index";
import { awsWafv2 } from "../../../provider/firewalls/aws-wafv2/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";

interface Answer {
  readonly IPSet?: { readonly Name: string; readonly ARN: string; Description?: string; Addresses: readonly string[] };
  LockToken?: string;
}

interface Body {
  readonly Name: string;
  readonly Scope: string;
  readonly Id: string;
  readonly Description?: string;
  readonly Addresses: readonly string[];
  readonly LockToken: string;
}

/** What WAF makes of `UpdateIPSet`: everything that can be changed is replaced, and the token is new. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Answer | Answer[];
  const body = JSON.parse(rendered) as Body;
  const place = `:${body.Scope === "CLOUDFRONT" ? "global" : "regional"}/ipset/${body.Name}/${body.Id}`;
  const answer = (Array.isArray(document) ? document : [document]).find(({ IPSet }) => IPSet?.ARN.endsWith(place));
  if (answer?.IPSet === undefined) throw new Error("WAFNonexistentItemException");
  if (![answer.LockToken, "LOCK_TOKEN"].includes(body.LockToken)) throw new Error("WAFOptimisticLockException");
  if (body.Description === undefined) delete answer.IPSet.Description;
  else answer.IPSet.Description = body.Description;
  answer.IPSet.Addresses = body.Addresses;
  answer.LockToken = `${answer.LockToken}+`;
  return `${JSON.stringify(document, null, 2)}\n`;
}

const setOf = (Addresses: readonly string[]): string =>
  JSON.stringify(
    {
      IPSet: {
        Name: "many",
        ARN: "arn:aws:wafv2:eu-west-1:1:regional/ipset/many/m1",
        IPAddressVersion: "IPV4",
        Addresses,
      },
      LockToken: "t",
    },
    null,
    1,
  );

const hosts = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32`);

const noRules = "an IP set has no rules";
const noGroups = "an IP set has no sets inside";

describeFormat(awsWafv2, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "scuba4.json", list: "scuba4" },
    { fixture: "several.json", list: "edge6" },
  ],
  lacks: {
    "deny-before-permit": noRules,
    "decoy-deny": noRules,
    "disabled-rule": noRules,
    hole: "there are no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate: (entries) => ({ text: setOf(hosts(entries)), list: "many" }),
  cases: [
    {
      name: "reads the addresses, host bits as WAF compares them",
      fixture: "scuba4.json",
      previous: ["192.0.2.64/26"],
      verdicts: {
        "192.0.2.0/28": "present 9",
        "192.0.2.16/29": "covered 10",
        "192.0.2.32/28": "missing",
        "198.51.100.0/24": "present 12",
        "2001:db8::/64": "unsupported",
      },
      extra: ["stale 11", "foreign 13", "foreign 14"],
      notes: 1,
    },
    {
      name: "reads IPv6 as WAF prints it, in full",
      fixture: "several.json",
      asked: { list: "edge6" },
      verdicts: {
        "2001:db8:40::10/124": "present 9",
        "2001:db8:40::20/124": "present 9",
        "2001:db8:40::30/124": "missing",
        "192.0.2.0/28": "unsupported",
      },
    },
    {
      name: "judges the sets of both families together, and is undecided about what is no address",
      fixture: "several.json",
      asked: { list: ["edge4", "edge6"] },
      shows: ["unknown"],
      verdicts: {
        "192.0.2.0/28": "present 19",
        "192.0.2.16/32": "present 19",
        "192.0.2.64/28": "undecided 19",
        "2001:db8:40::10/124": "present 9",
        "2001:db8:60::/64": "missing",
      },
    },
    {
      name: "never calls a set empty that is listed without its addresses",
      fixture: "several.json",
      asked: { list: "listed" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.0/28": "undecided" },
    },
  ],
});

describe("aws-wafv2: a change", () => {
  const plan = (addresses: readonly string[], desired: readonly string[]) => {
    const model = awsWafv2.parse(setOf(addresses), "set.json");
    const subject = { kind: "list", names: ["many"] } as const;
    const { changes } = planChange({ model, subject, desired: desired.map(prefixOf), capability: awsWafv2.capability });
    return changes.map((change) => awsWafv2.render.change(change, model)).join("");
  };

  it("names the token and keeps the description, which WAF would clear", () => {
    const text = setOf(["192.0.2.0/28"]).replace('"Name"', '"Description": "why", "Name"');
    const model = awsWafv2.parse(text, "set.json");
    const [set] = model.sets;
    if (set === undefined) throw new Error("no set");
    const change = { set, add: [prefixOf("192.0.2.16/28")], remove: [], keep: 1 };
    expect(JSON.parse(awsWafv2.render.change(change, model))).toEqual({
      Name: "many",
      Scope: "REGIONAL",
      Id: "m1",
      Description: "why",
      Addresses: ["192.0.2.0/28", "192.0.2.16/28"],
      LockToken: "t",
    });
    expect(JSON.parse(awsWafv2.render.rollback(change, model))).toMatchObject({
      Addresses: ["192.0.2.0/28"],
      LockToken: "LOCK_TOKEN",
    });
  });

  it("fills the set to 10,000 addresses, and is refused at one over", () => {
    expect((JSON.parse(plan(hosts(9_999), ["192.0.2.0/28"])) as Body).Addresses).toHaveLength(10_000);
    expect(() => plan(hosts(10_000), ["192.0.2.0/28"])).toThrow(/would have 10001 entries; it holds 10000/);
  });

  it("of a set that is listed without its addresses is refused: it would remove them", () => {
    const model = awsWafv2.parse(JSON.stringify({ IPSets: [{ Name: "listed", Id: "l" }] }), "sets.json");
    expect(model.sets.map((set) => awsWafv2.refuse?.(set, model))).toEqual([
      expect.stringContaining("an update replaces them"),
    ]);
  });
});
