import { gcpFirewall } from "../../../provider/firewalls/gcp-firewall/index";
import { describeFormat } from "../formatSuite";

/** What gcloud, jq and the shell make of the rendered commands. */
function apply(config: string, rendered: string): string {
  const rules = JSON.parse(config) as { name: string; sourceRanges?: string[] }[];
  const command =
    /^ranges=\$\(gcloud compute firewall-rules describe (\S+) --format=json \|\n {2}jq -er --argjson remove '?(\[.*?\])'? --argjson add '?(\[.*?\])'? \\\n {2}'\.sourceRanges - \$remove \+ \$add \| join\(","\)'\) && test -n "\$ranges" &&\n {2}gcloud compute firewall-rules update (\S+) --source-ranges="\$ranges"\n/;
  let rest = rendered;
  while (rest !== "") {
    const [whole, name, remove, add, updated] = (command.exec(rest) ?? []) as string[];
    if (whole === undefined || name !== updated) throw new Error(`not understood: ${rest}`);
    const rule = rules.find((one) => one.name === name);
    const gone = new Set(JSON.parse(remove as string) as string[]);
    const kept = rule?.sourceRanges?.filter((range) => !gone.has(range)) ?? [];
    const ranges = [...kept, ...(JSON.parse(add as string) as string[])];
    if (rule === undefined || ranges.length === 0) throw new Error(`${name} would be open`);
    rule.sourceRanges = ranges;
    rest = rest.slice(whole.length);
  }
  return JSON.stringify(rules, undefined, 2);
}

const noGroups = "a rule holds ranges, not groups of them";

describeFormat(gcpFirewall, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "list.json", list: "scuba-v4" },
    { fixture: "list.json", list: ["scuba-v4", "scuba-v6"] },
  ],
  lacks: {
    hole: "a rule has no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
    "undefined-member": noGroups,
  },
  generate: (entries) => ({
    text: JSON.stringify(
      [
        {
          name: "scuba",
          direction: "INGRESS",
          sourceRanges: Array.from(
            { length: entries },
            (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`,
          ),
          allowed: [{ IPProtocol: "tcp", ports: ["443"] }],
        },
      ],
      undefined,
      2,
    ),
    list: "scuba",
  }),
  cases: [
    {
      name: "lets a deny beat an allow of the same number, and no other",
      fixture: "list.json",
      shows: ["deny-before-permit", "decoy-deny", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "shadowed 22",
        "192.0.2.8/29": "covered 10",
        "192.0.2.64/26": "present 10",
        "192.0.2.200/32": "present 10",
        "2001:db8:40::10/124": "present 19",
        "2001:db8:50:1::/124": "covered 19",
        "198.51.100.0/24": "missing",
        "203.0.113.0/24": "missing",
      },
      notes: 0,
    },
    {
      name: "judges the members of a rule alone",
      fixture: "list.json",
      asked: { list: "scuba-v4" },
      previous: ["192.0.2.200/32"],
      verdicts: {
        "192.0.2.0/28": "present 10",
        "192.0.2.64/26": "present 10",
        "192.0.2.128/25": "partial 10",
        "2001:db8:40::10/124": "unsupported",
      },
      extra: ["stale 10", "foreign 10", "duplicate 10"],
    },
    {
      name: "takes a rule's ranges or its tags for the source, and nobody knows who has a tag",
      fixture: "tags.json",
      shows: ["unknown"],
      asked: { rule: "edge" },
      verdicts: { "192.0.2.0/24": "present 7", "198.51.100.0/24": "undecided 8" },
    },
    {
      name: "is undecided where a stronger deny is for an account",
      fixture: "tags.json",
      asked: { rule: "lab" },
      verdicts: { "192.0.2.0/24": "undecided 11,14", "2001:db8::/124": "missing" },
    },
    {
      name: "reads a rule without a source as one for every IPv4 address",
      fixture: "everybody.json",
      verdicts: { "192.0.2.0/24": "covered 1", "2001:db8::/124": "missing" },
    },
    {
      name: "is undecided where host bits, words, ports or a missing action could matter",
      fixture: "odd.json",
      verdicts: {
        "192.0.2.32/27": "undecided",
        "198.51.100.0/25": "undecided",
        "198.51.100.128/26": "undecided",
        "198.51.100.192/26": "covered 4",
      },
      notes: 4,
    },
    {
      name: "is sure of nothing when the file was cut off: a stronger rule may have followed",
      fixture: "torn.txt",
      verdicts: { "192.0.2.0/24": "undecided", "198.51.100.0/24": "undecided" },
      notes: 1,
    },
    {
      name: "still knows the members that a torn file lists",
      fixture: "torn.txt",
      asked: { list: "scuba" },
      verdicts: { "192.0.2.0/24": "present 5", "198.51.100.0/24": "missing" },
    },
    {
      name: "does not take the ranges of a torn rule for all of them",
      fixture: "torn-ranges.txt",
      asked: { list: "scuba" },
      verdicts: { "192.0.2.0/24": "present 6", "198.51.100.0/24": "undecided" },
    },
  ],
});
