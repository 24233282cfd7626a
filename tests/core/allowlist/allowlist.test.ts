import fc from "fast-check";
import { type Judgement, judge } from "../../../provider/core/allowlist/index";
import { addressSet, covers, formatPrefix, type Prefix, parseEntry, touches } from "../../../provider/core/ip/index";
import { text } from "../../../provider/firewalls/text/index";
import { crowded } from "../ip/arbitraries";

function prefixOf(written: string): Prefix {
  const parsed = parseEntry(written);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function judgeList(desired: readonly Prefix[], list: string): Judgement {
  const model = text.parse(list, "list.txt");
  expect(model.notes.first).toEqual([]);
  return judge({ model, subject: { kind: "inbound" }, desired, capability: text.capability });
}

/** Verdicts as lines: `prefix verdict lines`. */
function judged(desired: readonly string[], list: string): string[] {
  const { prefixes } = judgeList(desired.map(prefixOf), list);
  return prefixes.map(({ prefix, verdict, by }) =>
    [formatPrefix(prefix), verdict, ...by.map(({ text: entry, line }) => `${line}:${entry}`)].join(" "),
  );
}

function extras(desired: readonly string[], list: string): string[] {
  return judgeList(desired.map(prefixOf), list).extra.map(
    ({ leaf: { entry }, verdict, first }) =>
      `${entry.line}:${entry.text} ${verdict}${first === undefined ? "" : ` of ${first.entry.line}`}`,
  );
}

describe("the verdict on a prefix", () => {
  it("is present for exactly that entry, however it is written", () => {
    expect(
      judged(["192.0.2.0/24", "203.0.113.7/32", "2001:db8::/64"], "192.0.2.0/24\n203.0.113.7\n2001:DB8:0::/64"),
    ).toEqual([
      "192.0.2.0/24 present 1:192.0.2.0/24",
      "203.0.113.7/32 present 2:203.0.113.7",
      "2001:db8::/64 present 3:2001:DB8:0::/64",
    ]);
  });

  it("is present, not covered, when a wider entry stands there too", () => {
    expect(judged(["192.0.2.0/24"], "192.0.0.0/16\n192.0.2.0/24")).toEqual(["192.0.2.0/24 present 2:192.0.2.0/24"]);
  });

  it("is covered by a wider entry, of which the narrowest is named", () => {
    expect(judged(["192.0.2.0/28"], "0.0.0.0/0\n192.0.2.0/24\n192.0.2.64/26\n192.0.0.0/16")).toEqual([
      "192.0.2.0/28 covered 2:192.0.2.0/24",
    ]);
  });

  it("is covered by several that together make it, and partial when one is lacking", () => {
    expect(judged(["192.0.2.0/24"], "192.0.2.128/25\n192.0.2.0/26\n192.0.2.1\n192.0.2.64/26")).toEqual([
      "192.0.2.0/24 covered 2:192.0.2.0/26 4:192.0.2.64/26 1:192.0.2.128/25",
    ]);
    expect(judged(["192.0.2.0/24"], "192.0.2.128/25\n192.0.2.0/26\n192.0.2.65/32")).toEqual([
      "192.0.2.0/24 partial 2:192.0.2.0/26 3:192.0.2.65/32 1:192.0.2.128/25",
    ]);
  });

  it("is missing when no address of it is there, neighbours and the other family notwithstanding", () => {
    expect(judged(["192.0.2.0/25"], "192.0.2.128/25\n192.0.1.0/24\n::ffff:192.0.2.0/121")).toEqual([
      "192.0.2.0/25 missing",
    ]);
    expect(judged(["::ffff:192.0.2.0/121"], "192.0.2.0/25")).toEqual(["::ffff:192.0.2.0/121 missing"]);
  });

  it("is in sync when all are present or covered, whatever else is there", () => {
    const desired = ["192.0.2.0/24", "198.51.100.0/25"].map(prefixOf);
    expect(judgeList(desired, "198.51.100.0/24\n192.0.2.0/24\n10.0.0.0/8\n10.0.0.0/8").inSync).toBe(true);
    expect(judgeList(desired, "198.51.100.0/26\n192.0.2.0/24").inSync).toBe(false);
    expect(judgeList(desired, "").summary).toMatchObject({ desired: 2, missing: 2, present: 0 });
  });
});

describe("another entry", () => {
  it("is foreign when it shares no address with what is desired", () => {
    const list = "10.0.0.0/8\n192.0.2.0/28\n192.0.0.0/16\n::/0";
    expect(extras(["192.0.2.0/24"], list)).toEqual(["1:10.0.0.0/8 foreign", "4:::/0 foreign"]);
  });

  it("is a duplicate when an earlier entry is the same prefix, foreign or not", () => {
    const list = "2001:db8::1\n192.0.2.0/24\n2001:DB8::1/128\n192.0.2.0/24\n192.0.2.0/24";
    expect(extras(["192.0.2.0/24"], list)).toEqual([
      "1:2001:db8::1 foreign",
      "3:2001:DB8::1/128 duplicate of 1",
      "4:192.0.2.0/24 duplicate of 2",
      "5:192.0.2.0/24 duplicate of 2",
    ]);
  });

  it("is overbroad from 257 IPv4 addresses for one, and from /63", () => {
    expect(extras(["192.0.2.1/32", "2001:db8::1/128"], "192.0.2.0/24\n2001:db8::/64")).toEqual([]);
    expect(extras(["192.0.2.1/32", "2001:db8::1/128"], "192.0.2.0/23\n2001:db8::/63")).toEqual([
      "1:192.0.2.0/23 overbroad",
      "2:2001:db8::/63 overbroad",
    ]);
    // Exactly what is published is never too wide.
    expect(extras(["10.0.0.0/8"], "10.0.0.0/8")).toEqual([]);
  });
});

describe("every judgement", () => {
  it("agrees with the sets of addresses, and its counts add up", () => {
    const lists = fc.uniqueArray(crowded, { maxLength: 20, selector: formatPrefix });
    fc.assert(
      fc.property(lists, fc.array(crowded, { maxLength: 20 }), (desired, listed) => {
        const admitted = addressSet(listed);
        const { prefixes, extra, summary, inSync } = judgeList(desired, listed.map(formatPrefix).join("\n"));
        expect(prefixes).toHaveLength(desired.length);
        for (const { prefix, verdict, by } of prefixes) {
          const exact = listed.some((one) => formatPrefix(one) === formatPrefix(prefix));
          const whole = covers(admitted, prefix);
          const some = touches(admitted, prefix);
          expect(verdict).toBe(exact ? "present" : whole ? "covered" : some ? "partial" : "missing");
          // The named entries carry the verdict by themselves.
          const evidence = addressSet(by.map((entry) => prefixOf(entry.text)));
          expect([covers(evidence, prefix), touches(evidence, prefix)]).toEqual([whole, some]);
        }
        const seven = ["present", "covered", "partial", "missing", "shadowed", "undecided", "unsupported"] as const;
        expect(seven.reduce((sum, verdict) => sum + summary[verdict], 0)).toBe(summary.desired);
        expect(extra.length).toBe(summary.foreign + summary.duplicate + summary.overbroad);
        expect(inSync).toBe(desired.every((prefix) => covers(admitted, prefix)));
      }),
    );
  });
});
