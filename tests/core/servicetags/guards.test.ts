/** Each guard exactly at its limit and one over, its way out, and what is remembered. */
import { formatPrefix } from "../../../provider/core/ip/index";
import {
  type Accepted,
  counterOf,
  formatRefusal,
  formatStep,
  type GuardOptions,
  type JudgedList,
  judgeGuardOptions,
  judgePublished,
  labelOf,
  type Published,
} from "../../../provider/core/servicetags/index";
import { prefix, published, run } from "./prefixes";

const day = (text: string) => new Date(`${text}T09:30:00Z`);

function judge(next: Published, accepted?: Accepted, guards: GuardOptions = {}, on = "2026-11-24"): JudgedList {
  const { policy, problems } = judgeGuardOptions(guards);
  expect(problems).toEqual([]);
  return judgePublished({ published: next, accepted, policy, now: day(on) });
}

/** The memory after this list was accepted. */
function after(first: Published, accepted?: Accepted, guards: GuardOptions = {}, on = "2026-11-24"): Accepted {
  const judged = judge(first, accepted, guards, on);
  expect(judged.reasons).toEqual([]);
  return judged.accepted as Accepted;
}

const codes = ({ verdict, reasons }: JudgedList) => (verdict === "accept" ? "accept" : reasons.map(({ code }) => code));
const texts = ({ prefixes }: JudgedList) => prefixes.map(({ prefix: one }) => formatPrefix(one));

describe("the rollback guard", () => {
  const memory = after(published(17, run(77)));

  it("refuses a lower number of the same counter, and lets an equal or higher one through", () => {
    expect(codes(judge(published(16, run(77)), memory))).toEqual(["rollback"]);
    expect(codes(judge(published(17, run(77)), memory))).toBe("accept");
    expect(codes(judge(published(18, run(77)), memory))).toBe("accept");
  });

  it("gives way for exactly the number that the user names", () => {
    expect(codes(judge(published(16, run(77)), memory, { acceptRollbackTo: 16 }))).toBe("accept");
    expect(codes(judge(published(15, run(77)), memory, { acceptRollbackTo: 16 }))).toEqual(["rollback"]);
    expect(judge(published(16, run(77)), memory, { acceptRollbackTo: 16 }).accepted?.changeNumber).toBe(16);
  });

  it("never compares numbers of different counters, but keeps judging the content", () => {
    for (const counter of [
      counterOf("api", "Public", "Scuba"),
      counterOf("file", "China", "Scuba"),
      counterOf("file", undefined, "Scuba"),
    ]) {
      expect(codes(judge(published(3, run(77), { counter }), memory))).toBe("accept");
      expect(codes(judge(published(17, run(78), { counter }), memory))).toBe("accept");
      expect(codes(judge(published(3, run(60), { counter }), memory))).toEqual(["removals"]);
    }
  });

  it("counts the tag's and cloud's spelling as one", () => {
    expect(counterOf("file", "public", "scuba")).toBe(counterOf("file", "Public", "Scuba"));
  });

  it("says what was measured, and the ways out", () => {
    const { reasons } = judge(published(16, run(77), { edition: "weekly file 346" }), memory);
    expect(reasons).toEqual([
      {
        code: "rollback",
        message: "Scuba's change number is 16, the one accepted before is 17 (weekly file 346).",
        measured: 16,
        limit: 17,
        override: "guards.acceptRollbackTo: 16",
      },
    ]);
    expect(formatRefusal(reasons, false)).toBe(
      `rollback guard
  Scuba's change number is 16, the one accepted before is 17 (weekly file 346). Nothing was changed.
  Published files have gone back by mistake before (2025-05-22). Wait for the next file, set
  guards.onRefused: "keepLast" to go on with the last list, or, if you are sure, guards.acceptRollbackTo: 16.`,
    );
  });
});

describe("the guard of an equal number with other content", () => {
  const memory = after(published(17, run(77)));

  it("refuses one prefix more, fewer or another, with the count", () => {
    for (const [list, differing] of [
      [run(78), 1],
      [run(76), 1],
      [run(77, 1), 2],
    ] as const) {
      const { reasons } = judge(published(17, list), memory);
      expect(reasons).toMatchObject([
        { code: "republished", measured: differing, limit: 0, override: "guards.acceptRepublished: 17" },
      ]);
    }
  });

  it("is not disturbed by order, nor by what is in quarantine", () => {
    expect(codes(judge(published(17, [...run(77)].reverse()), memory))).toBe("accept");
    const quarantined = after(published(18, run(76)), memory);
    expect(codes(judge(published(18, run(76)), quarantined))).toBe("accept");
    expect(codes(judge(published(18, run(77)), quarantined))).toEqual(["republished"]);
  });

  it("gives way for exactly the number that the user names", () => {
    expect(codes(judge(published(17, run(78)), memory, { acceptRepublished: 17 }))).toBe("accept");
    expect(codes(judge(published(17, run(78)), memory, { acceptRepublished: 18 }))).toEqual(["republished"]);
  });
});

describe("the guard of an empty or missing tag", () => {
  const memory = after(published(1, run(3)));
  const missing = published(0, [], { changeNumber: undefined, hint: "Close: ScubaTraining." });

  it("refuses an empty tag, also on create, and keeps what was", () => {
    const judged = judge(published(2, []), memory);
    expect(judged.reasons).toEqual([
      {
        code: "empty",
        message: "The service tag Scuba is empty; the list accepted before has 3 prefixes.",
        measured: 0,
        limit: 1,
        override: "guards.acceptEmpty: true",
      },
    ]);
    expect(texts(judged)).toEqual(run(3).map(formatPrefix));
    expect(codes(judge(published(2, [])))).toEqual(["empty"]);
    expect(codes(judge(published(2, run(1)), memory))).toBe("accept");
  });

  it("refuses a missing tag with the close names", () => {
    expect(judge(missing).reasons[0]).toMatchObject({
      code: "missing",
      message: "The service tag Scuba is missing. Close: ScubaTraining.",
      override: "another serviceTag",
    });
    expect(codes(judge(missing, memory))).toEqual(["missing"]);
  });

  it("by the user's word withdraws everything, which goes only after the quarantine; never on create", () => {
    for (const next of [published(2, []), missing]) {
      const judged = judge(next, memory, { acceptEmpty: true });
      expect(codes(judged)).toBe("accept");
      expect(judged.prefixes.map((one) => labelOf("Scuba", one))).toEqual(
        Array(3).fill("Scuba (withdrawn 2026-11-24, until 2026-12-08)"),
      );
      expect(texts(judge(next, judged.accepted, { acceptEmpty: true }, "2026-12-08"))).toEqual([]);
      expect(judge(next, undefined, { acceptEmpty: true }).verdict).toBe("refuse");
    }
    expect(judge(missing, memory, { acceptEmpty: true }).accepted?.changeNumber).toBe(1);
  });
});

describe("the spike guard", () => {
  it.each([
    ["a short list may grow by 64", 10, 64],
    ["a list of 64 too", 64, 64],
    ["a longer one may double", 65, 65],
    ["however long", 300, 300],
  ])("%s, not by one more", (_what, size, most) => {
    const memory = after(published(1, run(size)));
    expect(codes(judge(published(2, run(size + most)), memory))).toBe("accept");
    expect(judge(published(2, run(size + most + 1)), memory).reasons).toMatchObject([
      { code: "spike", measured: most + 1, limit: most, override: `guards.acceptAdditions: ${most + 1}` },
    ]);
  });

  it("gives way up to the number that the user names, which may also be lower", () => {
    const memory = after(published(1, run(10)));
    expect(codes(judge(published(2, run(110)), memory, { acceptAdditions: 100 }))).toBe("accept");
    expect(codes(judge(published(2, run(111)), memory, { acceptAdditions: 100 }))).toEqual(["spike"]);
    expect(codes(judge(published(2, run(12)), memory, { acceptAdditions: 1 }))).toEqual(["spike"]);
  });

  it("does not count what comes back out of quarantine, and is skipped on create", () => {
    const memory = after(published(2, run(60)), after(published(1, run(66))), { acceptRemovals: 6 });
    expect(codes(judge(published(3, run(130)), memory))).toBe("accept");
    expect(codes(judge(published(3, run(131)), memory))).toEqual(["spike"]);
    expect(codes(judge(published(1, run(5_000))))).toBe("accept");
  });
});

describe("the guard of over-wide prefixes", () => {
  it("lets /16 and /40 through, and refuses one bit less, also on create", () => {
    expect(codes(judge(published(1, ["20.0.0.0/16", "2603:1000::/40"].map(prefix))))).toBe("accept");
    const { reasons } = judge(published(1, ["20.0.0.0/15", "2603:1000::/39"].map(prefix)));
    expect(reasons).toEqual([
      {
        code: "overWide",
        message: "Scuba has 1 prefix wider than /16: 20.0.0.0/15.",
        measured: 15,
        limit: 16,
        override: "guards.acceptWide: { ipv4: 15 }",
      },
      {
        code: "overWide",
        message: "Scuba has 1 prefix wider than /40: 2603:1000::/39.",
        measured: 39,
        limit: 40,
        override: "guards.acceptWide: { ipv6: 39 }",
      },
    ]);
  });

  it("gives way down to the length that the user names, per family", () => {
    const list = ["20.0.0.0/15", "2603:1000::/39"].map(prefix);
    expect(codes(judge(published(1, list), undefined, { acceptWide: { ipv4: 15, ipv6: 39 } }))).toBe("accept");
    expect(codes(judge(published(1, list), undefined, { acceptWide: { ipv4: 15 } }))).toEqual(["overWide"]);
  });

  it("measures the widest, and lists five", () => {
    const list = [8, 9, 10, 11, 12, 13, 14].map((length, index) => prefix(`${20 + index * 2}.0.0.0/${length}`));
    const [reason] = judge(published(1, list)).reasons;
    expect(reason?.measured).toBe(8);
    expect(reason?.message).toMatch(/^Scuba has 7 prefixes .*28\.0\.0\.0\/12 and 2 more\.$/);
  });
});

describe("the guard of special-purpose prefixes", () => {
  const special = [
    ["10.1.0.0/16", "private"],
    ["172.31.0.0/24", "private"],
    ["192.168.7.0/24", "private"],
    ["100.127.0.0/24", "shared"],
    ["127.0.0.1/32", "loopback"],
    ["169.254.169.254/32", "link-local"],
    ["224.0.0.0/24", "multicast"],
    ["255.255.255.255/32", "reserved"],
    ["0.0.0.0/32", "unspecified"],
    ["192.0.2.0/24", "documentation"],
    ["198.51.100.0/24", "documentation"],
    ["203.0.113.0/24", "documentation"],
    ["198.19.0.0/24", "reserved"],
    ["::/128", "unspecified"],
    ["::1/128", "loopback"],
    ["fd00::/48", "unique local"],
    ["fe80::/64", "link-local"],
    ["ff02::/64", "multicast"],
    ["2001:db8::/48", "documentation"],
    ["3fff:f::/48", "documentation"],
    ["::ffff:20.0.0.0/120", "reserved"],
    ["4000::/48", "reserved"],
    ["64:ff9b::/96", "reserved"],
  ] as const;

  it.each(special)("refuses %s as %s, also on create", (text, what) => {
    const [reason, ...others] = judge(published(1, [prefix(text)])).reasons;
    expect(others).toEqual([]);
    expect(reason).toMatchObject({ code: "specialPurpose", measured: 1, limit: 0 });
    expect(reason?.message).toContain(`${text} (${what}`);
  });

  it.each([
    "9.255.255.0/24",
    "11.0.0.0/24",
    "100.63.255.0/24",
    "100.128.0.0/24",
    "172.15.0.0/16",
    "172.32.0.0/16",
    "223.255.255.0/24",
    "2001:db7::/48",
    "2001:db9::/48",
    "3ffe::/48",
  ])("lets the neighbour %s through", (text) => {
    expect(codes(judge(published(1, [prefix(text)])))).toBe("accept");
  });

  it("sees what is inside a wider prefix", () => {
    const list = ["192.0.0.0/16", "0.0.0.0/0"].map(prefix);
    const { reasons } = judge(published(1, list), undefined, { acceptWide: { ipv4: 0 } });
    expect(reasons).toMatchObject([{ code: "specialPurpose", measured: 2 }]);
  });

  it("gives way inside the prefixes that the user names", () => {
    const list = ["10.1.0.0/16", "10.2.0.0/24"].map(prefix);
    expect(codes(judge(published(1, list), undefined, { acceptSpecialPurpose: ["10.0.0.0/8"] }))).toBe("accept");
    expect(judge(published(1, list), undefined, { acceptSpecialPurpose: ["10.1.0.0/16"] }).reasons).toMatchObject([
      { measured: 1, override: 'guards.acceptSpecialPurpose: ["10.2.0.0/24"]' },
    ]);
  });
});

describe("the removals guard", () => {
  it.each([
    ["of a short list 5 may go", 12, 5],
    ["of 59 still 5", 59, 5],
    ["of 60 six", 60, 6],
    ["of 260 a tenth", 260, 26],
    ["rounded down", 69, 6],
  ])("%s, not one more", (_what, size, most) => {
    const memory = after(published(1, run(size)));
    expect(codes(judge(published(2, run(size - most)), memory))).toBe("accept");
    expect(judge(published(2, run(size - most - 1)), memory).reasons).toMatchObject([
      { code: "removals", measured: most + 1, limit: most, override: `guards.acceptRemovals: ${most + 1}` },
    ]);
  });

  it("gives way up to the number that the user names, and is skipped on create", () => {
    const memory = after(published(1, run(100)));
    expect(codes(judge(published(2, run(50)), memory, { acceptRemovals: 50 }))).toBe("accept");
    expect(codes(judge(published(2, run(49)), memory, { acceptRemovals: 50 }))).toEqual(["removals"]);
    expect(codes(judge(published(2, run(1))))).toBe("accept");
  });
});

describe("the quarantine", () => {
  const first = after(published(1, run(20)));
  const withdrawn = judge(published(2, run(18)), first);

  it("keeps a withdrawn prefix, labelled with its days, and lets it go on the last of them", () => {
    expect(withdrawn.prefixes).toHaveLength(20);
    expect(withdrawn.prefixes.slice(-2).map((one) => labelOf("Scuba", one))).toEqual([
      "Scuba (withdrawn 2026-11-24, until 2026-12-08)",
      "Scuba (withdrawn 2026-11-24, until 2026-12-08)",
    ]);
    expect(labelOf("Scuba", withdrawn.prefixes[0] as never)).toBe("Scuba");
    const again = (on: string) => judge(published(2, run(18)), withdrawn.accepted, {}, on);
    expect(again("2026-12-07").prefixes).toHaveLength(20);
    expect(again("2026-12-08").prefixes).toHaveLength(18);
    expect(again("2026-12-08").accepted?.quarantine).toEqual([]);
  });

  it("keeps the first day through later lists", () => {
    const later = after(published(3, run(17)), withdrawn.accepted, {}, "2026-12-01");
    expect(later.quarantine.map(({ prefix: one, since }) => [formatPrefix(one), since])).toEqual([
      ["20.200.0.144/29", "2026-11-24"],
      ["20.200.0.152/29", "2026-11-24"],
      ["20.200.0.136/29", "2026-12-01"],
    ]);
    expect(judge(published(3, run(17)), later, {}, "2026-12-08").prefixes).toHaveLength(18);
  });

  it("ends for a prefix that comes back, and starts anew when it goes again", () => {
    const back = after(published(3, run(20)), withdrawn.accepted, {}, "2026-12-01");
    expect(back.quarantine).toEqual([]);
    expect(after(published(4, run(19)), back, {}, "2026-12-07").quarantine).toEqual([
      { prefix: run(1, 19)[0], since: "2026-12-07" },
    ]);
  });

  it("lasts as many days as the user says; with 0 a prefix goes at once", () => {
    expect(texts(judge(published(2, run(18)), first, { quarantineDays: 0 }))).toHaveLength(18);
    const one = judge(published(2, run(18)), first, { quarantineDays: 1 });
    expect(one.prefixes).toHaveLength(20);
    expect(judge(published(2, run(18)), one.accepted, { quarantineDays: 1 }, "2026-11-25").prefixes).toHaveLength(18);
  });

  it("removes nothing in a run that refuses, not even what is due", () => {
    const refused = judge(published(1, run(18)), withdrawn.accepted, {}, "2027-03-01");
    expect(refused.verdict).toBe("refuse");
    expect(refused.prefixes).toHaveLength(20);
    expect(refused.accepted).toBe(withdrawn.accepted);
  });
});

describe("a judgement", () => {
  it("gives all reasons at once, and one text for them", () => {
    const memory = after(published(9, run(100)));
    const { reasons } = judge(published(8, [...run(80), ...["10.0.0.0/8", "20.0.0.0/8"].map(prefix)]), memory);
    expect(reasons.map(({ code }) => code)).toEqual(["rollback", "removals", "overWide", "specialPurpose"]);
    const text = formatRefusal(reasons, false);
    expect(text.split("\n")[0]).toBe("4 guards: rollback, removals, overWide, specialPurpose");
    for (const { message, override } of reasons) {
      expect(text).toContain(message);
      expect(text).toContain(override);
    }
  });

  it("on create speaks of no last list", () => {
    const text = formatRefusal(judge(published(1, [prefix("20.0.0.0/8")])).reasons, true);
    expect(text).not.toContain("keepLast");
    expect(text).toContain("if you are sure, set\n  guards.acceptWide: { ipv4: 8 }.");
  });

  it("tells the step in one line, and nothing when nothing changes", () => {
    const memory = after(published(30, run(251)));
    const step = (next: Published, accepted?: Accepted, on?: string) =>
      formatStep(next, accepted, judge(next, accepted, {}, on));
    expect(step(published(31, run(260)), memory)).toBe("Scuba 30 -> 31: 9 added, 0 removed, 251 kept");
    expect(step(published(30, run(251)), memory)).toBeUndefined();
    expect(step(published(31, run(249)), memory)).toBe(
      "Scuba 30 -> 31: 0 added, 2 removed (allowed until 2026-12-08), 249 kept",
    );
    expect(step(published(31, run(249)), after(published(31, run(249)), memory), "2027-01-01")).toBe(
      "Scuba 31: 0 added, 0 removed, 249 kept, 2 gone for good",
    );
    expect(step(published(31, run(260)))).toBe("Scuba 31: 260 prefixes");
  });
});

describe("the options of the guards", () => {
  it("have defaults", () => {
    expect(judgeGuardOptions(undefined)).toEqual({
      policy: {
        onRefused: "fail",
        quarantineDays: 14,
        acceptEmpty: false,
        shortest: { ipv4: 16, ipv6: 40 },
        acceptSpecialPurpose: [],
      },
      problems: [],
    });
  });

  it("are judged all at once, with their paths and close names", () => {
    const { problems } = judgeGuardOptions({
      onRefused: "keep",
      quarantineDays: 366,
      acceptRollbackTo: -1,
      acceptRepublished: 1.5,
      acceptEmpty: "yes",
      acceptAdditions: "9",
      acceptRemovals: null,
      acceptWide: { ipv4: 33, ipv5: 1 },
      acceptSpecialPurpose: ["10.0.0.1/8", 7],
      acceptRemoval: 1,
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      "guards.acceptAdditions",
      "guards.acceptEmpty",
      "guards.acceptRemoval",
      "guards.acceptRemovals",
      "guards.acceptRepublished",
      "guards.acceptRollbackTo",
      "guards.acceptSpecialPurpose[0]",
      "guards.acceptSpecialPurpose[1]",
      "guards.acceptWide.ipv4",
      "guards.acceptWide.ipv5",
      "guards.onRefused",
      "guards.quarantineDays",
    ]);
    const said = Object.fromEntries(problems.map(({ path, message }) => [path, message]));
    expect(said["guards.acceptRemoval"]).toBe("there is no such option; close: acceptRemovals");
    expect(said["guards.onRefused"]).toBe('must be "fail" or "keepLast"');
    expect(said["guards.acceptSpecialPurpose[0]"]).toContain("the prefix is 10.0.0.0/8");
  });

  it("take their limits exactly", () => {
    for (const quarantineDays of [0, 365]) expect(judgeGuardOptions({ quarantineDays }).problems).toEqual([]);
    for (const quarantineDays of [-1, 366, 1.5]) expect(judgeGuardOptions({ quarantineDays }).problems).toHaveLength(1);
    for (const options of ["fail", 3, []]) expect(judgeGuardOptions(options).problems).toHaveLength(1);
  });
});
