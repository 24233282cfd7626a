import { detectFormat } from "../../../provider/firewalls/index";
import { panosEdl } from "../../../provider/firewalls/panos-edl/index";
import { describeFormat } from "../formatSuite";

/** What a person does with lines that begin with `+` and `-`: the whole line goes, with its comment. */
function apply(config: string, rendered: string): string {
  const changes = rendered.split("\n").filter((line) => line !== "");
  const lines = config.replace(/\n$/, "").split("\n");
  for (const change of changes.filter((one) => one.startsWith("- "))) {
    const at = lines.findIndex((line) => line.split(" ")[0] === change.slice(2));
    if (at < 0) throw new Error(`${change} is not there`);
    lines.splice(at, 1);
  }
  const added = changes.filter((line) => line.startsWith("+ ")).map((line) => line.slice(2));
  return [...lines, ...added, ""].join("\n");
}

const noRules = "a list has no rules";
const noGroups = "a list has no groups";

describeFormat(panosEdl, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "portal.txt", list: "" }],
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
      (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31 customer ${at}\n`,
    ).join(""),
    list: "",
  }),
  cases: [
    {
      name: "ends an entry at the first blank, whatever the comment looks like",
      fixture: "portal.txt",
      previous: ["20.0.0.0/8"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.16/28": "present 3",
        "192.0.2.64/26": "present 4",
        "192.0.2.128/25": "partial 5",
        "192.0.2.200/32": "present 5",
        "198.51.100.0/24": "missing",
        "2001:db8:40::10/124": "present 6",
        "2001:db8:40::40/124": "present 7",
        "2001:db8:41::/48": "missing",
      },
      extra: ["foreign 9", "duplicate 10", "stale 11"],
      notes: 0,
    },
    {
      name: "is undecided where the guidelines do not say what the firewall reads",
      fixture: "doubtful.txt",
      shows: ["unknown"],
      verdicts: {
        "192.0.2.10/32": "present 1",
        "192.0.2.32/27": "undecided 2",
        "192.0.2.64/26": "undecided 3",
        "192.0.2.128/27": "undecided 4",
        "192.0.2.160/27": "undecided 5",
        "192.0.2.192/26": "missing",
      },
      notes: 4,
    },
    {
      name: "takes a name for no addresses that it knows",
      fixture: "names.txt",
      verdicts: { "192.0.2.10/32": "present 1", "198.51.100.0/24": "undecided 11" },
      notes: 1,
    },
  ],
});

describe("panos-edl: detection beside plain lists", () => {
  const bare = (addresses: number, commented: number): string =>
    Array.from({ length: addresses }, (_, at) => `192.0.2.${at}${at < commented ? " portal" : ""}\n`).join("");

  it("leaves a list without comments in bare words to the plain list, which reads it the same", () => {
    expect(detectFormat(bare(20, 0), "list.txt").id).toBe("text");
    expect(detectFormat("192.0.2.0/24 # one\n192.0.2.9 ; two\n", "list.txt").id).toBe("text");
  });

  it("takes a list whose entries carry bare words", () => {
    expect(detectFormat(bare(20, 20), "list.txt").id).toBe("panos-edl");
  });

  it("asks where a few words stand among many addresses: comments here, entries of a plain list", () => {
    expect(() => detectFormat(bare(20, 1), "list.txt")).toThrow(/list\.txt could be panos-edl or text/);
  });

  it("does not take a second address or a netmask for a comment", () => {
    expect(panosEdl.detect("192.0.2.0 255.255.255.0\n192.0.2.1 portal\n")).toBe(0);
    expect(panosEdl.detect("192.0.2.1 192.0.2.2\n")).toBe(0);
  });
});
