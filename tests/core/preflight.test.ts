import {
  describeOutcome,
  endsChecks,
  expiryWarning,
  expiryWarningDays,
  preflightResults,
  skewWarning,
  speaker,
  stops,
  worstOf,
} from "../../provider/core/preflight";

const day = 86_400_000;
const now = Date.parse("2026-11-24T00:00:00Z");
const at = (offset: number) => new Date(now + offset).toISOString();

describe("results of a pre-flight", () => {
  it("stop a deployment when the credential certainly does not work, and only then", () => {
    expect(preflightResults.filter(stops)).toEqual([
      "missingScope",
      "denied",
      "blockedBySourceAddress",
      "wrongEndpoint",
      "unreachable",
    ]);
  });

  it("end the questions unless the next one may have another answer", () => {
    expect(preflightResults.filter((result) => !endsChecks(result))).toEqual(["ok", "inconclusive", "missingScope"]);
  });

  it("are as bad as the worst of them, and the first of the worst speaks", () => {
    const outcome = (check: string, result: (typeof preflightResults)[number]) => ({ check, result, found: "f" });
    expect(worstOf([])).toBe("ok");
    const outcomes = [
      outcome("a", "ok"),
      outcome("b", "missingScope"),
      outcome("c", "missingScope"),
      outcome("d", "throttled"),
    ];
    expect(worstOf(outcomes)).toBe("missingScope");
    expect(speaker(outcomes)?.check).toBe("b");
  });

  it("are told with the product's words, the way out and the request id", () => {
    expect(
      describeOutcome({
        check: "key",
        result: "denied",
        found: "refused",
        says: "401",
        todo: "Look.",
        requestId: "r1",
      }),
    ).toBe("key: denied, refused (the product says: 401). Look. (request id r1)");
    expect(describeOutcome({ check: "key", result: "ok", found: "good" })).toBe("key: ok, good");
  });
});

describe("the end of a credential", () => {
  it.each([
    [at(30 * day + 1), undefined],
    [at(30 * day), "ends in 30 days"],
    [at(day), "ends in 1 day ("],
    [at(day - 1), "ends within a day"],
    [at(0), "has ended"],
    [at(-day), "has ended"],
    ["not a date", undefined],
  ])("%s: %s", (expires, words) => {
    const warning = expiryWarning(expires, now, 30);
    if (words === undefined) expect(warning).toBeUndefined();
    else expect(warning).toContain(words);
  });

  it.each([
    [undefined, 30],
    ["", 30],
    ["0", 0],
    ["9999", 9999],
    ["10000", undefined],
    ["-1", undefined],
    ["a week", undefined],
  ])("is warned of below a number of days from the environment: %s", (text, days) => {
    expect(expiryWarningDays(text)).toBe(days);
  });
});

describe("this machine's clock", () => {
  it("is worth a word above five minutes, in either direction", () => {
    expect(skewWarning(now, now + 5 * 60_000)).toBeUndefined();
    expect(skewWarning(now, now + 5 * 60_000 + 1)).toContain("5 minutes ahead of");
    expect(skewWarning(now, now - 3_600_000)).toContain("60 minutes behind");
    expect(skewWarning(Number.NaN, now)).toBeUndefined();
  });
});
