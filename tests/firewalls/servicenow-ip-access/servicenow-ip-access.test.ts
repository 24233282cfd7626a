import { servicenowIpAccess } from "../../../provider/firewalls/servicenow-ip-access/index";
import { describeFormat } from "../formatSuite";

type Values = Readonly<Record<string, string>>;

const csvColumns = ["type", "direction", "active", "range_start", "range_end", "description"] as const;

/** What the Table API makes of the calls: new records come with an id of their own, which no rollback can know. */
function apply(config: string, rendered: string): string {
  const { create, delete: gone } = JSON.parse(rendered) as { create: Values[]; delete: Values[] };
  const inCsv = config.startsWith('"');
  const lines = config.trim().split(/\n/);
  const records: Values[] = inCsv
    ? lines.slice(1).map((line) => {
        const cells = line.slice(1, -1).split('","');
        return Object.fromEntries(csvColumns.map((name, at) => [name, cells[at] as string]));
      })
    : (JSON.parse(config) as { result: Values[] }).result;
  const kept = [...records];
  for (const one of gone) {
    const found = kept.findIndex((record) => Object.entries(one).every(([name, value]) => record[name] === value));
    if (found < 0) throw new Error(`${JSON.stringify(one)} is not there`);
    kept.splice(found, 1);
  }
  if (inCsv) {
    const rows = [...kept, ...create].map((record) => csvColumns.map((name) => `"${record[name]}"`).join(","));
    return `${[lines[0], ...rows].join("\n")}\n`;
  }
  const made = create.map((record, at) => ({ sys_id: `new ${records.length} ${at}`, ...record }));
  return JSON.stringify({ result: [...kept, ...made] }, undefined, 2);
}

const noGroups = "a record is a range, not a group";

describeFormat(servicenowIpAccess, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "table.json", list: "Allow" },
    { fixture: "export.csv", list: "Allow" },
  ],
  lacks: {
    "decoy-deny": "a record is for all traffic",
    hole: "a record has no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
    "undefined-member": noGroups,
  },
  generate: (entries) => ({
    text: `type,direction,active,range_start,range_end\n${Array.from({ length: entries }, (_, at) => {
      const start = `10.${(at >> 14) & 255}.${(at >> 6) & 255}.`;
      return `allow,inbound,true,${start}${(at & 63) * 4},${start}${(at & 63) * 4 + 1}\n`;
    }).join("")}`,
    list: "Allow",
  }),
  cases: [
    {
      name: "lets an Allow beat a Deny, wherever they stand, and everybody in whom no Deny names",
      fixture: "table.json",
      shows: ["deny-before-permit", "disabled-rule"],
      verdicts: {
        "192.0.2.0/28": "present 3",
        "192.0.2.200/32": "present 12",
        "192.0.2.64/26": "shadowed 57",
        "192.0.2.66/31": "covered 21",
        "198.51.100.0/24": "shadowed 57",
        "203.0.113.0/24": "shadowed 57",
        "20.0.0.0/8": "covered 1",
        "2001:db8::/124": "undecided",
      },
      notes: 0,
    },
    {
      name: "judges the records that allow alone, when they are asked for",
      fixture: "table.json",
      asked: { list: "Allow" },
      previous: ["192.0.2.200/32"],
      verdicts: {
        "192.0.2.0/28": "present 3",
        "192.0.2.64/26": "partial 21",
        "198.51.100.0/24": "missing",
        "203.0.113.0/24": "missing",
        "2001:db8::/124": "unsupported",
      },
      extra: ["stale 12", "foreign 30"],
    },
    {
      name: "keeps nobody out without a Deny",
      fixture: "open.json",
      verdicts: { "192.0.2.0/28": "present 3", "198.51.100.0/24": "covered 1", "2001:db8::/124": "covered 1" },
      notes: 0,
    },
    {
      name: "reads the labels of forms in CSV",
      fixture: "export.csv",
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.64/26": "present 3",
        "203.0.113.0/32": "shadowed 5",
        "2001:db8::/124": "undecided",
      },
      notes: 0,
    },
    {
      name: "is undecided where a range, a type, a direction or a state is not understood",
      fixture: "odd.csv",
      shows: ["unknown"],
      verdicts: {
        "192.0.2.0/28": "undecided",
        "192.0.2.64/26": "undecided",
        "192.0.2.128/27": "undecided",
        "10.20.0.0/16": "present 6",
        "198.51.100.0/24": "undecided",
        "203.0.113.0/24": "undecided",
      },
      notes: 6,
    },
    {
      name: "is undecided about everything that a torn file does not allow",
      fixture: "torn.txt",
      verdicts: { "192.0.2.0/28": "present 3", "198.51.100.0/24": "undecided" },
      notes: 2,
    },
  ],
});
