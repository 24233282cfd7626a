import { planChange } from "../../../provider/core/allowlist/index";
import { awsPrefixList } from "../../../provider/firewalls/aws-prefix-list/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";
import { commandsIn, optionOf, theValue } from "../shell";

interface Entry {
  readonly Cidr: string;
  readonly Description?: string;
}

interface Answer {
  readonly PrefixLists?: readonly { readonly PrefixListId: string; readonly MaxEntries: number; Version: number }[];
  Entries?: readonly Entry[];
}

const entriesOf = (words: readonly string[], option: string): Entry[] =>
  JSON.parse(optionOf(words, option)?.[0] ?? "[]") as Entry[];

/** What EC2 makes of the calls: each names the version before, and changes no more than 100 entries. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as Answer | Answer[];
  const answers = Array.isArray(document) ? document : [document];
  for (const words of commandsIn(rendered)) {
    const id = theValue(words, "--prefix-list-id");
    const answer = answers.find(({ PrefixLists }) => id === (PrefixLists?.[0]?.PrefixListId ?? "PREFIX_LIST_ID"));
    const list = answer?.PrefixLists?.[0];
    if (answer === undefined) throw new Error(`InvalidPrefixListID.NotFound ${id}`);
    expect(theValue(words, "--current-version")).toBe(list === undefined ? "CURRENT_VERSION" : String(list.Version));
    const add = entriesOf(words, "--add-entries");
    const remove = entriesOf(words, "--remove-entries");
    expect(add.length + remove.length).toBeLessThanOrEqual(100);
    const now = answer.Entries ?? [];
    if (!remove.every(({ Cidr }) => now.some((entry) => entry.Cidr === Cidr))) throw new Error("nothing to remove");
    if (add.some(({ Cidr }) => now.some((entry) => entry.Cidr === Cidr))) throw new Error("it is there already");
    answer.Entries = [...now.filter(({ Cidr }) => !remove.some((entry) => entry.Cidr === Cidr)), ...add];
    if (list === undefined) continue;
    expect(answer.Entries.length).toBeLessThanOrEqual(list.MaxEntries);
    list.Version++;
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

function listOf(cidrs: readonly string[], maxEntries = cidrs.length): string {
  const list = {
    PrefixListId: "pl-9",
    PrefixListName: "many",
    AddressFamily: "IPv4",
    MaxEntries: maxEntries,
    Version: 5,
  };
  return JSON.stringify({ PrefixLists: [list], Entries: cidrs.map((Cidr) => ({ Cidr })) }, null, 1);
}

const hosts = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32`);

const noRules = "a prefix list has no rules";
const noGroups = "a prefix list has no lists inside";

describeFormat(awsPrefixList, {
  folder: __dirname,
  apply,
  roundTrips: [
    { fixture: "plain.json", list: "pair" },
    { fixture: "entries6.json", list: "PREFIX_LIST_ID" },
  ],
  lacks: {
    "deny-before-permit": noRules,
    "decoy-deny": noRules,
    "disabled-rule": noRules,
    hole: "there are no exclusions",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate: (entries) => ({ text: listOf(hosts(entries)), list: "many" }),
  cases: [
    {
      name: "reads entries with the description of their list; host bits are read as EC2 stores them",
      fixture: "scuba.json",
      previous: ["192.0.2.64/26"],
      verdicts: {
        "192.0.2.0/28": "present 17",
        "192.0.2.16/28": "present 21",
        "198.51.100.0/24": "present 28",
        "203.0.113.0/24": "undecided 32",
        "2001:db8::/64": "unsupported",
      },
      extra: ["stale 24"],
    },
    {
      name: "is undecided because of an entry that is no address, and sure of the others",
      fixture: "scuba.json",
      asked: { list: "pl-0123456789abcdef0" },
      shows: ["unknown"],
      verdicts: { "192.0.2.128/28": "undecided 32", "192.0.2.0/28": "present 17" },
      notes: 2,
    },
    {
      name: "reads entries alone, of the family of the first",
      fixture: "entries6.json",
      verdicts: {
        "2001:db8:40::10/124": "present 4",
        "2001:db8:50:1::/64": "covered 8",
        "2001:db8:60::/48": "missing",
        "192.0.2.0/28": "unsupported",
      },
      extra: ["overbroad 8", "foreign 11"],
    },
    {
      name: "keeps the entries of several answers apart, and never calls a list empty whose entries are elsewhere",
      fixture: "several.json",
      asked: { list: "described-only" },
      shows: ["undefined-member"],
      verdicts: { "192.0.2.0/28": "undecided" },
    },
    {
      name: "judges the lists of both families together, and is undecided about an entry of the wrong one",
      fixture: "several.json",
      asked: { list: ["four", "six"] },
      verdicts: {
        "192.0.2.0/28": "present 14",
        "192.0.2.48/28": "missing",
        "2001:db8:40::10/124": "present 33",
        "2001:db8:40::20/124": "missing",
      },
    },
  ],
});

describe("aws-prefix-list: a change", () => {
  const question = (text: string, desired: readonly string[], previous: readonly string[] = []) => {
    const model = awsPrefixList.parse(text, "list.json");
    const plan = planChange({
      model,
      subject: { kind: "list", names: ["many"] },
      desired: desired.map(prefixOf),
      previous: previous.map(prefixOf),
      capability: awsPrefixList.capability,
    });
    return { model, plan };
  };
  const callsFor = (text: string, desired: readonly string[], previous: readonly string[] = []) => {
    const { model, plan } = question(text, desired, previous);
    const render = (way: "change" | "rollback") =>
      plan.changes.map((one) => awsPrefixList.render[way](one, model)).join("");
    return { change: render("change"), rollback: render("rollback") };
  };

  it("is one call for 100 entries and two for 101, each with the version that the one before made", () => {
    for (const [count, versions] of [
      [100, ["5"]],
      [101, ["5", "6"]],
    ] as const) {
      const { change, rollback } = callsFor(listOf([], 1_000), hosts(count));
      expect(commandsIn(change).map((words) => theValue(words, "--current-version"))).toEqual(versions);
      expect(theValue(commandsIn(rollback)[0] ?? [], "--current-version")).toBe(String(5 + versions.length));
      expect(JSON.parse(apply(apply(listOf([], 1_000), change), rollback)).Entries).toEqual([]);
    }
  });

  it("fills the list to MaxEntries and is refused at one over", () => {
    const text = listOf(["192.0.2.0/28"], 3);
    expect(question(text, hosts(2)).plan.changes[0]?.add).toHaveLength(2);
    expect(() => question(text, hosts(3))).toThrow(/would have 4 entries; it holds 3/);
  });

  it("never exceeds MaxEntries on its way, when entries take the place of others", () => {
    const before = Array.from({ length: 150 }, (_, at) => `192.0.2.${at}/32`);
    const text = listOf(before);
    const { change, rollback } = callsFor(text, hosts(150), before);
    expect(commandsIn(change)).toHaveLength(3);
    const back = JSON.parse(apply(apply(text, change), rollback)) as Answer;
    expect(back.Entries?.map(({ Cidr }) => Cidr).sort()).toEqual([...before].sort());
  });

  it("of entries without a description leaves the id and the version to be filled in", () => {
    const model = awsPrefixList.parse(JSON.stringify({ Entries: [{ Cidr: "192.0.2.0/28" }] }), "entries.json");
    const [set] = model.sets;
    if (set === undefined) throw new Error("no set");
    const change = { set, add: [prefixOf("192.0.2.16/28")], remove: [], keep: 1 };
    const [words = []] = commandsIn(awsPrefixList.render.change(change, model));
    expect([theValue(words, "--prefix-list-id"), theValue(words, "--current-version")]).toEqual([
      "PREFIX_LIST_ID",
      "CURRENT_VERSION",
    ]);
  });

  it("of a list that AWS keeps is refused", () => {
    const text = JSON.stringify({ PrefixLists: [{ PrefixListId: "pl-63a5400a", PrefixListName: "com.amazonaws.s3" }] });
    const model = awsPrefixList.parse(text, "list.json");
    expect(model.sets.map((set) => awsPrefixList.refuse?.(set, model))).toEqual(["AWS keeps this list"]);
  });
});
