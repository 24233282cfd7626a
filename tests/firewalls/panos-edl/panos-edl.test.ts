import { planChange } from "../../../provider/core/allowlist/index";
import { readConfig } from "../../../provider/firewalls/index";
import { panosEdl } from "../../../provider/firewalls/panos-edl/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";

/** What a person does with lines that begin with `+` and `-`: one line each. */
function apply(config: string, rendered: string): string {
  const changes = rendered.split("\n").filter((line) => line !== "");
  const lines = config.split("\n").filter((line) => line !== "");
  for (const change of changes) {
    const entry = change.slice(2);
    if (change.startsWith("+ ")) lines.push(entry);
    else {
      const at = lines.findIndex((line) => line.trim().split(/[ \t]/)[0] === entry);
      if (at < 0) throw new Error(`${entry} is not there`);
      lines.splice(at, 1);
    }
  }
  return `${lines.join("\n")}\n`;
}

const noRules = "a list has no rules";
const noGroups = "a list has no groups";

describeFormat(panosEdl, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "clean.txt", list: "" }],
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
      (_, at) => `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}/31 poller\n`,
    ).join(""),
    list: "",
  }),
  cases: [
    {
      name: "takes one entry of each line, and nothing of the comment, whatever is in it",
      fixture: "edl.txt",
      shows: ["unknown"],
      previous: ["198.51.100.64/27"],
      verdicts: {
        "192.0.2.0/28": "present 2",
        "192.0.2.16/28": "present 3",
        "2001:db8:40::10/124": "present 4",
        "192.0.2.200/32": "present 5",
        "192.0.2.72/29": "undecided 9,10",
        "10.20.0.0/16": "undecided 10",
        "203.0.113.0/24": "undecided 10",
      },
      extra: ["stale 6", "duplicate 8"],
      notes: 2,
    },
    {
      name: "is sure where every line can be read",
      fixture: "clean.txt",
      verdicts: { "192.0.2.0/27": "covered", "198.51.100.0/24": "missing" },
    },
  ],
});

describe("panos-edl: capacity", () => {
  const plan = (there: number) => {
    const text = Array.from({ length: there }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}\n`).join("");
    const { model, format } = readConfig(text, "f", "panos-edl");
    const { capability } = format;
    return planChange({
      model,
      subject: { kind: "list", names: [""] },
      desired: [prefixOf("192.0.2.0/24")],
      previous: [],
      capability,
    });
  };

  it("holds 50,000 entries, and refuses one more", () => {
    expect(plan(49_999).changes[0]?.add).toHaveLength(1);
    expect(() => plan(50_000)).toThrow(/would have 50001 entries; it holds 50000/);
  });
});
