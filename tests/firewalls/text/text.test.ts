import { text } from "../../../provider/firewalls/text/index";
import { describeFormat } from "../formatSuite";

/** What a person does with lines that begin with `+` and `-`. */
function apply(config: string, rendered: string): string {
  const changes = rendered.split("\n").filter((line) => line !== "");
  const added = changes.filter((line) => line.startsWith("+ ")).map((line) => line.slice(2));
  let kept = config;
  for (const line of changes.filter((one) => one.startsWith("- "))) {
    const entry = line.slice(2);
    const at = kept.search(new RegExp(`(?<![^\\s,"])${entry.replace(/[.*+?^$()|[\]\\]/g, "\\$&")}(?![^\\s,";#])`));
    if (at < 0) throw new Error(`${entry} is not there`);
    kept = kept.slice(0, at) + kept.slice(at + entry.length);
  }
  return `${kept.replace(/\n?$/, "\n")}${added.map((entry) => `${entry}\n`).join("")}`;
}

const noRules = "a list has no rules";
const noGroups = "a list has no groups";

describeFormat(text, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "allowlist.txt", list: "" }],
  lacks: {
    "deny-before-permit": noRules,
    "decoy-deny": noRules,
    "disabled-rule": noRules,
    hole: "a list has no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
    "undefined-member": noGroups,
  },
  generate: (entries) => ({
    text: Array.from(
      { length: entries },
      (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31\n`,
    ).join(""),
    list: "",
  }),
  cases: [
    {
      name: "reads ranges, netmasks, quotes, several on a line",
      fixture: "allowlist.txt",
      previous: ["20.0.0.0/8"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.16/28": "present 3",
        "192.0.2.64/26": "present 4",
        "192.0.2.128/27": "present 6",
        "192.0.2.160/27": "missing",
        "192.0.2.192/26": "partial 4",
        "2001:db8:40::10/124": "present 5",
        "2001:db8:40::10/127": "covered 5",
      },
      extra: ["foreign 7", "duplicate 8", "stale 9"],
      notes: 0,
    },
    {
      name: "is undecided where a name, host bits or an octal octet could matter",
      fixture: "names.txt",
      shows: ["unknown"],
      verdicts: {
        "192.0.2.10/32": "present 2",
        "192.0.2.32/27": "undecided 3,4,5",
        "198.51.100.0/24": "undecided 3,5",
      },
      notes: 3,
    },
  ],
});
