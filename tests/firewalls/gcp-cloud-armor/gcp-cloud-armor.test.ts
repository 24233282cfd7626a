import { gcpCloudArmor } from "../../../provider/firewalls/gcp-cloud-armor/index";
import { describeFormat } from "../formatSuite";

interface ArmorRule {
  readonly priority: number;
  readonly match: { readonly config: { srcIpRanges: string[] } };
}

/** What gcloud, jq and the shell make of the rendered commands. */
function apply(config: string, rendered: string): string {
  const policies = JSON.parse(config) as { name: string; rules: ArmorRule[] }[];
  const command =
    /^ranges=\$\(gcloud compute security-policies rules describe (\d+) --security-policy=(\S+) --format=json \|\n {2}jq -er --argjson remove '?(\[.*?\])'? --argjson add '?(\[.*?\])'? \\\n {2}'\[\.\] \| flatten \| \.\[0\]\.match\.config\.srcIpRanges - \$remove \+ \$add \| join\(","\)'\) && test -n "\$ranges" &&\n {2}gcloud compute security-policies rules update (\d+) --security-policy=(\S+) --src-ip-ranges="\$ranges"\n/;
  let rest = rendered;
  while (rest !== "") {
    const [whole, number, policy, remove, add, updated, updatedPolicy] = (command.exec(rest) ?? []) as string[];
    if (whole === undefined || number !== updated || policy !== updatedPolicy)
      throw new Error(`not understood: ${rest}`);
    const rules = policies.find(({ name }) => name === policy)?.rules;
    const matched = rules?.find(({ priority }) => String(priority) === number)?.match.config;
    const gone = new Set(JSON.parse(remove as string) as string[]);
    const kept = matched?.srcIpRanges.filter((range) => !gone.has(range)) ?? [];
    const ranges = [...kept, ...(JSON.parse(add as string) as string[])];
    if (matched === undefined || ranges.length === 0 || ranges.length > 10) throw new Error(`${number} is refused`);
    matched.srcIpRanges = ranges;
    rest = rest.slice(whole.length);
  }
  return JSON.stringify(policies, undefined, 2);
}

const noGroups = "a rule holds ranges, not groups of them";

describeFormat(gcpCloudArmor, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "policy.json", list: "1000" },
    { fixture: "policy.json", list: ["1000", "1001"] },
  ],
  lacks: {
    "decoy-deny": "a rule by address is for all requests",
    hole: "a rule has no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
    "undefined-member": noGroups,
  },
  generate: (entries) => ({
    text: JSON.stringify(
      {
        name: "edge",
        rules: [
          {
            action: "allow",
            match: {
              config: {
                srcIpRanges: Array.from(
                  { length: entries },
                  (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`,
                ),
              },
              versionedExpr: "SRC_IPS_V1",
            },
            priority: 1000,
          },
        ],
      },
      undefined,
      2,
    ),
    list: "1000",
  }),
  cases: [
    {
      name: "lets the lowest number decide, wherever it stands, and counts a preview for nothing",
      fixture: "policy.json",
      shows: ["deny-before-permit", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "shadowed 22",
        "192.0.2.8/29": "covered 10",
        "192.0.2.64/26": "present 10",
        "192.0.2.200/32": "present 10",
        "2001:db8:40::10/124": "present 10",
        "20.0.0.0/8": "shadowed 46",
        "20.2.0.0/16": "covered 18",
        "198.51.100.0/24": "missing",
        "2001:db8:50::/124": "missing",
      },
      notes: 0,
    },
    {
      name: "judges the ranges of rules alone",
      fixture: "policy.json",
      asked: { list: ["edge/1000", "edge/1001"] },
      previous: ["20.0.0.0/8"],
      verdicts: { "192.0.2.0/28": "present 10", "10.20.0.0/16": "present 18", "198.51.100.0/24": "missing" },
      extra: ["foreign 10", "foreign 10", "foreign 10", "stale 18"],
    },
    {
      name: "finds the ranges of all rules that allow by the name of the policy",
      fixture: "policy.json",
      asked: { list: "edge" },
      verdicts: { "192.0.2.0/28": "present 10", "10.20.0.0/16": "present 18", "198.51.100.0/24": "missing" },
    },
    {
      name: "is undecided behind an expression, under a limit of the rate, and about host bits",
      fixture: "expressions.json",
      shows: ["unknown"],
      verdicts: {
        "192.0.2.0/28": "present 6",
        "192.0.2.64/26": "undecided",
        "198.51.100.32/27": "undecided",
        "203.0.113.0/24": "undecided",
        "233.252.0.0/24": "undecided",
      },
      notes: 2,
    },
    {
      name: "reads the last rule as the default policy",
      fixture: "open.json",
      verdicts: { "192.0.2.0/28": "covered 8", "2001:db8::/124": "covered 8" },
      notes: 0,
    },
    {
      name: "is undecided about the rest when the last rule is not in the file",
      fixture: "rule.json",
      verdicts: { "192.0.2.0/28": "present 3", "198.51.100.0/24": "undecided" },
      notes: 1,
    },
    {
      name: "is sure of nothing when the file was cut off: a stronger rule may have followed",
      fixture: "torn.txt",
      verdicts: { "192.0.2.0/28": "undecided", "198.51.100.0/24": "undecided" },
      notes: 1,
    },
    {
      name: "does not take the ranges of a torn rule for all of them",
      fixture: "torn.txt",
      asked: { list: "7" },
      verdicts: { "192.0.2.0/28": "present 7", "198.51.100.0/24": "undecided" },
    },
  ],
});
