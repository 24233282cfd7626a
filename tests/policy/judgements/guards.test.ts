/** Guards that can no longer refuse anything. */
import { type GuardSettings, judgeGuards } from "../../../policy/judgements/guards";
import { unknown } from "../../../policy/subject";
import { guardKeys } from "../../../provider/core/servicetags/guardOptions";
import { subject } from "../subjects";

const settings: GuardSettings = {
  minQuarantineDays: 1,
  maxAcceptedAdditions: 1_000,
  maxAcceptedRemovals: 100,
  maxAcceptedForeignRemovals: 100,
  shortestAcceptedIpv4: 12,
  shortestAcceptedIpv6: 32,
};

const judge = (guards: unknown) => judgeGuards(subject("ServiceTagRanges", { guards }), settings);

/** For every option: the last value that passes, the first that does not, and what is then said. */
const edges: readonly (readonly [option: string, good: unknown, bad: unknown, said: RegExp])[] = [
  ["acceptEmpty", false, true, /^guards\.acceptEmpty: true takes a list that is published empty at its word/],
  ["quarantineDays", 1, 0, /^guards\.quarantineDays: 0 lets a prefix go .*; the least that is allowed is 1$/],
  ["acceptAdditions", 1_000, 1_001, /^guards\.acceptAdditions: 1001 switches the spike guard off; .* is 1000$/],
  ["acceptRemovals", 100, 101, /^guards\.acceptRemovals: 101 switches the removals guard off; .* is 100$/],
  ["acceptForeignRemovals", 100, 101, /^guards\.acceptForeignRemovals: 101 switches the foreign removals guard off/],
  ["acceptWide", { ipv4: 12, ipv6: 32 }, { ipv4: 11, ipv6: 32 }, /^guards\.acceptWide\.ipv4: \/11 .* is \/12$/],
  ["acceptWide", { ipv6: 32 }, { ipv6: 31 }, /^guards\.acceptWide\.ipv6: \/31 .* is \/32$/],
  [
    "acceptSpecialPurpose",
    ["10.0.0.0/8"],
    ["10.0.0.0/8", "8.0.0.0/7"],
    /^guards\.acceptSpecialPurpose: 8\.0\.0\.0\/7 /,
  ],
  ["acceptSpecialPurpose", ["fc00::/7"], ["fc00::/6"], /^guards\.acceptSpecialPurpose: fc00::\/6 switches/],
];

describe("a guard", () => {
  it.each(edges)("%s is in force up to its limit: %j passes, %j does not", (option, good, bad, said) => {
    expect(judge({ [option]: good })).toEqual([]);
    expect(judge({ [option]: bad })).toEqual([expect.stringMatching(said)]);
    expect(judge({ [option]: unknown })).toEqual([]);
  });

  it("is told apart from an acknowledgement of one number, and from going on with the last list", () => {
    expect(judge({ acceptRollbackTo: 0, acceptRepublished: 17, onRefused: "keepLast" })).toEqual([]);
  });

  it("has a limit for every option that the provider knows, but those", () => {
    const judged = new Set(edges.map(([option]) => option));
    const harmless = ["onRefused", "acceptRollbackTo", "acceptRepublished"];
    expect(guardKeys.filter((key) => !judged.has(key)).sort()).toEqual(harmless.sort());
  });

  it("says everything at once, and nothing where no option is given", () => {
    expect(judge({ acceptEmpty: true, quarantineDays: 0, acceptWide: { ipv4: 0, ipv6: 0 } })).toHaveLength(4);
    expect([judge({}), judge(undefined), judge(unknown)]).toEqual([[], [], []]);
  });
});
