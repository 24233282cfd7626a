import fc from "fast-check";
import {
  dayOf,
  defineIngestion,
  describeStall,
  type IngestionQuestion,
  judgeIngestion,
} from "../../provider/core/ingestion";
import { connectors } from "../../provider/vendors";
import { ingestions } from "../../provider/vendors/ingestions";

const since = new Date("2026-11-20T08:00:00Z");
const after = (hours: number) => new Date(since.getTime() + hours * 3_600_000);
const judge = (question: Partial<IngestionQuestion>) =>
  judgeIngestion({ count: 0, now: after(1), since, gracePeriodHours: 72, firstSeen: undefined, ...question });

describe("the state of ingestion", () => {
  it.each<[string, Partial<IngestionQuestion>, string]>([
    ["pending while nothing is seen in the grace period", { now: after(1) }, "pending"],
    ["pending up to its last moment", { now: new Date(after(72).getTime() - 1) }, "pending"],
    ["stalled from its end on", { now: after(72) }, "stalled"],
    ["flowing as soon as one is seen", { count: 1 }, "flowing"],
    ["flowing whatever the time", { count: 9, now: after(1_000) }, "flowing"],
    ["stalled when it was seen and is no more, even in the grace period", { firstSeen: "2026-11-20" }, "stalled"],
    ["stalled long after", { firstSeen: "2026-11-21", now: after(999) }, "stalled"],
    [
      "pending when it is no more and the credential is newer: somebody repaired it",
      { firstSeen: "2026-11-19" },
      "pending",
    ],
    ["stalled when that repair did not help in time", { firstSeen: "2026-11-19", now: after(72) }, "stalled"],
    ["stalled where nobody knows since when", { since: undefined }, "stalled"],
    ["stalled at once where no time is granted", { gracePeriodHours: 0, now: since }, "stalled"],
  ])("is %s", (_what, question, state) => {
    expect(judge(question).state).toBe(state);
  });

  it("remembers the day of the first sight, and keeps it", () => {
    expect(judge({ count: 3, now: after(20) }).firstSeen).toBe("2026-11-21");
    expect(judge({ count: 3, now: after(999), firstSeen: "2026-11-21" }).firstSeen).toBe("2026-11-21");
    expect(judge({ firstSeen: "2026-11-21", now: after(999) }).firstSeen).toBe("2026-11-21");
    expect(judge({}).firstSeen).toBeUndefined();
  });

  it("does not change between two looks at the same count but once, when the grace period ends", () => {
    const hours = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(hours, fc.nat(5), (all, count) => {
        let firstSeen: string | undefined;
        const states = all.map((hour) => {
          const verdict = judge({ now: after(hour), count, firstSeen });
          firstSeen = verdict.firstSeen;
          return verdict.state;
        });
        const changes = states.filter((state, index) => index > 0 && state !== states[index - 1]);
        expect(changes).toEqual(changes.length === 0 ? [] : ["stalled"]);
      }),
    );
  });
});

describe("the reason of a stall", () => {
  const qualys = { product: "Qualys", evidence: "asset" };

  it("is one line that stays the same", () => {
    expect(describeStall(qualys, since, undefined)).toBe(
      "stalled: no Qualys asset seen in the exposure graph since 2026-11-20",
    );
    expect(describeStall(qualys, since, "2026-11-21")).toBe(
      "stalled: no Qualys asset seen in the exposure graph any more; the first was seen on 2026-11-21",
    );
    expect(describeStall(qualys, undefined, undefined)).toBe("stalled: no Qualys asset seen in the exposure graph");
    expect(dayOf(new Date("2026-12-31T23:59:59Z"))).toBe("2026-12-31");
  });
});

describe("the sources", () => {
  it("are those with a documented query, each a connector's", () => {
    expect(ingestions.map(({ type }) => type)).toEqual(["serviceNow", "qualys", "rapid7", "tenable"]);
    const types = connectors.map(({ type }) => type);
    for (const { type } of ingestions) expect(types).toContain(type);
  });

  it("ask for counts only", () => {
    const [source] = ingestions;
    if (source === undefined) throw new Error("no source");
    expect(() => defineIngestion({ ...source, query: "ExposureGraphNodes" })).toThrow("must end in a count");
    for (const { query } of ingestions) expect(query).not.toMatch(/project|take|limit/);
  });
});
