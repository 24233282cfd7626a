import { csv } from "../../../provider/firewalls/csv/index";
import { describeFormat } from "../formatSuite";

/** What a person does with lines that begin with `+` and `-`: takes the value out of its cell, adds rows at the end. */
function apply(config: string, rendered: string): string {
  const changes = rendered.split("\n").filter((line) => line !== "");
  let kept = config;
  for (const line of changes.filter((one) => one.startsWith("- "))) {
    const [first, second] = line.slice(2).split(/ (?=255\.)/) as [string, string | undefined];
    const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
    const between = second === undefined ? "" : `[ ,;]${escaped(second)}`;
    const at = kept.search(new RegExp(`(?<![^\\s,";])${escaped(first)}${between}(?![^\\s,";#])`));
    if (at < 0) throw new Error(`${line} is not there`);
    kept = kept.slice(0, at) + kept.slice(at + line.length - 2);
  }
  const added = changes.filter((line) => line.startsWith("+ ")).map((line) => line.slice(2));
  const row = config.startsWith("Name;") ? (entry: string) => `;${entry};\n` : (entry: string) => `${entry},,\n`;
  return `${kept.replace(/\n?$/, "\n")}${added.map(row).join("")}`;
}

const noRules = "a table has no rules";
const noGroups = "a table has no groups";

describeFormat(csv, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "inventory.csv", list: "" }],
  lacks: {
    "deny-before-permit": noRules,
    "decoy-deny": noRules,
    hole: "a table has no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
    "undefined-member": noGroups,
  },
  generate: (entries) => ({
    text: `cidr,comment\n${Array.from(
      { length: entries },
      (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31,"entry, ${at}"\n`,
    ).join("")}`,
    list: "",
  }),
  cases: [
    {
      name: "reads semicolons, quotes, ranges, netmasks and several values of a cell, and no remarks",
      fixture: "inventory.csv",
      previous: ["20.0.0.0/8"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.16/28": "present 3",
        "192.0.2.64/26": "present 4",
        "2001:db8:40::10/124": "present 5",
        "192.0.2.128/27": "present 7",
        "192.0.2.160/27": "missing",
        "192.0.2.192/26": "missing",
        "203.0.113.0/24": "missing",
        "198.51.100.0/24": "covered 13,13",
        "198.51.100.128/25": "present 13",
      },
      extra: ["foreign 10", "duplicate 11", "stale 12"],
      notes: 0,
    },
    {
      name: "puts an address and the mask or length of the next column together",
      fixture: "masks.csv",
      verdicts: {
        "192.0.2.0/24": "present 3",
        "198.51.100.64/26": "present 4",
        "203.0.113.7/32": "present 5",
        "203.0.113.9/32": "present 6",
      },
      notes: 0,
    },
    {
      name: "puts the ends of a range together",
      fixture: "ranges.csv",
      verdicts: {
        "192.0.2.0/26": "present 2",
        "192.0.2.0/25": "partial 2",
        "198.51.100.7/32": "present 3",
        "203.0.113.0/32": "present 4",
        "203.0.113.0/31": "partial 4",
      },
      notes: 0,
    },
    {
      name: "finds the column by its content, and is undecided where a name, host bits or an octal octet could matter",
      fixture: "bare.csv",
      shows: ["unknown"],
      verdicts: {
        "192.0.2.0/26": "present 1",
        "192.0.2.64/26": "present 2",
        "192.0.2.192/27": "undecided 3,4,5",
        "198.51.100.0/24": "undecided 3,5",
      },
      notes: 3,
    },
    {
      name: "does not take a row that denies or is switched off for an entry",
      fixture: "decisions.csv",
      shows: ["disabled-rule"],
      verdicts: {
        "192.0.2.0/25": "present 2",
        "192.0.2.128/25": "undecided 3",
        "198.51.100.0/24": "undecided 4",
        "203.0.113.0/24": "present 5",
        "203.0.114.0/24": "missing",
      },
      notes: 3,
    },
    {
      name: "reads two columns where each family has one",
      fixture: "families.csv",
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.64/26": "present 4",
        "2001:db8:40::10/124": "present 2",
        "2001:db8:50::/48": "present 3",
      },
      notes: 0,
    },
    {
      name: "reads a column that says what is disabled the other way round",
      fixture: "switched.csv",
      verdicts: { "192.0.2.0/28": "present 2", "192.0.2.64/26": "undecided 3" },
      notes: 1,
    },
  ],
});
