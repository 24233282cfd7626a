import { cloudflareList } from "../../../provider/firewalls/cloudflare-list/index";
import { describeFormat } from "../formatSuite";

interface Item {
  readonly id?: string;
  readonly ip?: string;
}

/** What Cloudflare makes of the two calls: new items come with an id of their own, which no rollback can know. */
function apply(config: string, rendered: string): string {
  const page = JSON.parse(config) as { result: Item[] };
  const { create, delete: gone } = JSON.parse(rendered) as { create: Item[]; delete: { items: Item[] } };
  const made = create.map((item, at) => ({ id: `new ${page.result.length} ${at}`, ...item }));
  const kept = [...page.result];
  for (const { id, ip } of gone.items) {
    const found = kept.findIndex((item) => (id === undefined ? item.ip === ip : item.id === id));
    if (found < 0) throw new Error(`${id ?? ip} is not there`);
    kept.splice(found, 1);
  }
  return JSON.stringify({ ...page, result: [...kept, ...made] }, undefined, 2);
}

const noRules = "a list has no rules";
const noGroups = "a list holds no other lists";

describeFormat(cloudflareList, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "items.json", list: "" }],
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
    text: JSON.stringify(
      {
        result: Array.from({ length: entries }, (_, at) => ({
          id: at.toString(16).padStart(32, "0"),
          ip: `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31`,
          comment: "generated",
        })),
      },
      undefined,
      2,
    ),
    list: "",
  }),
  cases: [
    {
      name: "reads single addresses without a length",
      fixture: "items.json",
      previous: ["20.0.0.0/8"],
      verdicts: {
        "192.0.2.0/28": "present 3",
        "192.0.2.200/32": "present 10",
        "2001:db8:40::10/124": "present 11",
        "2001:db8:40::1/128": "present 12",
        "2001:db8:40::/124": "partial 12",
        "192.0.2.64/26": "missing",
      },
      extra: ["foreign 13", "stale 14"],
      notes: 0,
    },
    {
      name: "takes prefixes from /8 and /12 on, and none that is shorter",
      fixture: "items.json",
      verdicts: {
        "198.0.0.0/8": "missing",
        "198.0.0.0/7": "unsupported",
        "2600::/12": "missing",
        "2600::/11": "unsupported",
      },
    },
    {
      name: "is undecided about what a page lacks when another one follows",
      fixture: "page.json",
      shows: ["unknown"],
      verdicts: { "192.0.2.0/28": "present 2", "192.0.2.64/26": "undecided 1" },
      notes: 1,
    },
    {
      name: "reads pages one after the other as one list",
      fixture: "pages.json",
      verdicts: { "192.0.2.0/28": "present 3", "192.0.2.64/26": "present 7", "198.51.100.0/24": "missing" },
      notes: 0,
    },
    {
      name: "finds a list by its name, and is undecided about host bits",
      fixture: "lists.json",
      asked: { list: "scuba" },
      verdicts: { "192.0.2.0/28": "present 7", "192.0.2.32/27": "undecided 7", "198.51.100.0/24": "missing" },
    },
    {
      name: "is undecided about items that are counted but not in the file",
      fixture: "lists.json",
      asked: { list: "part" },
      verdicts: { "192.0.2.0/28": "present", "198.51.100.0/24": "undecided" },
    },
    {
      name: "does not resolve hostnames",
      fixture: "lists.json",
      asked: { list: "hosts" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "does not resolve numbers of networks",
      fixture: "lists.json",
      asked: { list: "0000000000000000000000000000000d" },
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "keeps the items of a torn file, and is undecided about the others",
      fixture: "torn.txt",
      verdicts: { "192.0.2.0/28": "present 2", "192.0.2.64/26": "present 3", "203.0.113.0/24": "undecided" },
    },
  ],
});
