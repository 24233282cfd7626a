/** The life of a guarded list: what is kept between two runs, and what a run refuses. */
import fc from "fast-check";
import type { Surroundings } from "../../../provider/core/lifecycle";
import {
  counterOf,
  type GuardOptions,
  serviceTagRangesLifecycle as lifecycle,
  type RawPublished,
  readServiceTagRanges,
  type ServiceTagRangesInputs,
} from "../../../provider/core/servicetags/index";
import { run } from "../../ranges/weekly";

const surroundings: Surroundings = { environment: () => undefined, now: () => new Date("2026-11-24T10:00:00Z") };

function raw(changeNumber: number, prefixes: readonly string[], more: Partial<RawPublished> = {}): RawPublished {
  const counter = counterOf("file", "Public", "Scuba");
  return { serviceTag: "Scuba", counter, changeNumber, prefixes, asOf: "2026-11-24", ...more };
}

function check(published: unknown, previous?: ServiceTagRangesInputs, guards?: GuardOptions) {
  return lifecycle.check({ published, guards, name: "scuba" }, previous, surroundings);
}

function accepted(published: RawPublished, previous?: ServiceTagRangesInputs, guards?: GuardOptions) {
  const checked = check(published, previous, guards);
  expect([checked.problems, checked.refusal]).toEqual([[], undefined]);
  return checked.inputs;
}

/** All but the guards, which are as they are given. */
function listOf({ guards: _guards, ...list }: ServiceTagRangesInputs) {
  return list;
}

const first = accepted(raw(30, run(3)));

describe("a check", () => {
  it("keeps labelled prefixes, number and tag, and a memory that stores nothing twice", () => {
    expect(first).toEqual({
      serviceTag: "Scuba",
      changeNumber: 30,
      prefixes: { "20.200.0.0/29": "Scuba", "20.200.0.8/29": "Scuba", "20.200.0.16/29": "Scuba" },
      __published: { counter: "file/public/scuba" },
    });
  });

  it("gives the same inputs for the same list, whatever the edition and the day", () => {
    const later = raw(30, run(3).reverse(), { edition: "weekly file 999", asOf: "2027-01-01" });
    expect(check(later, first)).toEqual({ inputs: first, problems: [], warnings: [] });
  });

  it("keeps the guards that are open now, and none that were before: a preview shows them come and go", () => {
    const opened = accepted(raw(29, run(3)), first, { acceptRollbackTo: 29 });
    expect(opened.guards).toEqual({ acceptRollbackTo: 29 });
    const closed = accepted(raw(29, run(3)), opened);
    expect(closed).not.toHaveProperty("guards");
    expect(accepted(raw(29, run(3)), opened, {})).toEqual(closed);
    expect(closed).toEqual(listOf(opened));
    const kept = check(raw(1, run(3)), opened, { onRefused: "keepLast" });
    expect(kept.inputs.guards).toEqual({ onRefused: "keepLast" });
  });

  it("says in one line what changes", () => {
    expect(check(raw(31, run(5)), first).notices).toEqual(["Scuba 30 -> 31: 2 added, 0 removed, 3 kept"]);
  });

  it("keeps a withdrawn prefix with its label, over many checks, until its day", () => {
    const withdrawn = accepted(raw(31, run(2)), first);
    expect(withdrawn.prefixes["20.200.0.16/29"]).toBe("Scuba (withdrawn 2026-11-24, until 2026-12-08)");
    const day = (asOf: string) => accepted(raw(31, run(2), { asOf }), withdrawn);
    expect(day("2026-12-07")).toEqual(withdrawn);
    expect(Object.keys(day("2026-12-08").prefixes)).toHaveLength(2);
    expect(accepted(raw(32, run(3), { asOf: "2026-12-07" }), withdrawn).prefixes).toEqual(first.prefixes);
  });

  it("takes the day of the provider when the program told none", () => {
    const { asOf: _asOf, ...undated } = raw(31, run(2));
    expect(check(undated, first).inputs.prefixes["20.200.0.16/29"]).toContain("withdrawn 2026-11-24");
  });

  it("refuses with the measured figure and the ways out", () => {
    const { refusal, inputs } = check(raw(29, run(3), { edition: "weekly file 346" }), first);
    expect(refusal?.code).toBe("MSEM_REFUSED");
    expect(refusal?.message).toMatch(/^rollback guard\n {2}Scuba's change number is 29, .*acceptRollbackTo: 29\.$/s);
    expect(inputs).toBe(first);
    expect(accepted(raw(29, run(3)), first, { acceptRollbackTo: 29 }).changeNumber).toBe(29);
  });

  it("by the user's word keeps the last list as it was, with a warning; on create it refuses all the same", () => {
    const kept = check(raw(29, run(300), { asOf: "2028-01-01" }), first, { onRefused: "keepLast" });
    expect([listOf(kept.inputs), kept.refusal, kept.notices]).toEqual([first, undefined, undefined]);
    expect(kept.warnings).toEqual([
      expect.stringMatching(
        /^the published list is refused, the last accepted one is kept \(change 30, 3 prefixes\)\n {2}rollback: .*\n {2}spike: /,
      ),
    ]);
    const created = check(raw(1, ["10.0.0.0/8"]), undefined, { onRefused: "keepLast" });
    expect(created.refusal?.message).toContain("2 guards: overWide, specialPurpose");
    expect(created.refusal?.message).not.toContain("keepLast");
  });

  it("refuses a vanished tag, and withdraws it by the user's word under its old spelling", () => {
    const gone = raw(0, [], { serviceTag: "scuba", changeNumber: undefined });
    expect(check(gone, first).refusal?.message).toMatch(/^missing guard/);
    const withdrawn = accepted(gone, first, { acceptEmpty: true });
    expect([withdrawn.serviceTag, withdrawn.changeNumber]).toEqual(["Scuba", 30]);
    expect(Object.values(withdrawn.prefixes)).toEqual(Array(3).fill(expect.stringMatching(/^Scuba \(withdrawn /)));
  });

  it("begins anew for another tag, which replaces the resource, but not for another spelling", () => {
    const other = raw(1, run(400, 50), { serviceTag: "Other", counter: counterOf("file", "Public", "Other") });
    const inputs = accepted(other, first);
    const state = { ...first, stateVersion: 1 } as const;
    expect(lifecycle.replaces(state, inputs)).toEqual(["serviceTag"]);
    expect(lifecycle.replaces(state, { ...first, serviceTag: "scuba" })).toEqual([]);
  });

  it("holds its guards when the source or the cloud changes", () => {
    const gov = raw(1, run(400, 50), { counter: counterOf("file", "AzureGovernment", "Scuba") });
    expect(check(gov, first).refusal?.message).toMatch(/^spike guard/);
  });

  it("reports every problem of the options and of the list at once", () => {
    const { problems } = check(raw(1, ["20.0.0.1/24", "x"]), undefined, { quarantineDays: -1 } as GuardOptions);
    expect(problems.map(({ path }) => path)).toEqual([
      "guards.quarantineDays",
      "published.prefixes[0]",
      "published.prefixes[1]",
    ]);
    expect(check(undefined).problems).toEqual([
      { path: "published", message: "the list that the program resolved is not there" },
    ]);
  });

  it("stops at a memory that it cannot read, instead of taking the list for a new one", () => {
    for (const broken of [
      { ...first, __published: undefined },
      { ...first, prefixes: { nonsense: "Scuba" } },
      { ...first, changeNumber: "30" },
      { ...first, prefixes: { "20.200.0.0/29": "Scuba (withdrawn 2026-13-24, until 2026-14-08)" } },
    ]) {
      expect(() => check(raw(31, run(3)), broken as never)).toThrow("MSEM_FAULT the memory of the accepted list");
    }
  });
});

describe("any sequence of published lists", () => {
  const pool = run(40);
  const step = fc.record({
    list: fc.uniqueArray(fc.constantFrom(...pool)),
    numberBy: fc.integer({ min: -1, max: 2 }),
    days: fc.integer({ min: 0, max: 20 }),
    keepLast: fc.boolean(),
    acceptRemovals: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  });
  const dayOf = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10);

  it("never removes a prefix before its fourteen days, never holds back a published one, and never empties the list", () => {
    let accepts = 0;
    let refusals = 0;
    let endings = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        let inputs: ServiceTagRangesInputs | undefined;
        let today = 0;
        // The reference: the day since which each allowed prefix has been missing from every accepted list.
        const missingSince = new Map<string, number>();
        for (const { list, numberBy, days, keepLast, acceptRemovals } of steps) {
          today += days;
          const number = (inputs?.changeNumber ?? 5) + numberBy;
          const guards: GuardOptions = { onRefused: keepLast ? "keepLast" : "fail", acceptRemovals };
          const checked = check(raw(number, list, { asOf: dayOf(today) }), inputs, guards);
          expect(checked.problems).toEqual([]);
          const refused = checked.refusal !== undefined || checked.warnings.length > 0;
          if (refused) {
            refusals++;
            if (inputs !== undefined) expect(listOf(checked.inputs)).toEqual(listOf(inputs));
            continue;
          }
          accepts++;
          const before = Object.keys(inputs?.prefixes ?? {});
          const allowed = new Set(Object.keys(checked.inputs.prefixes));
          expect(allowed.size).toBeGreaterThan(0);
          for (const prefix of list) {
            expect(allowed.has(prefix)).toBe(true);
            missingSince.delete(prefix);
          }
          for (const prefix of before) {
            if (list.includes(prefix)) continue;
            const since = missingSince.get(prefix) ?? today;
            missingSince.set(prefix, since);
            // Exactly as long as promised, not shorter and not longer.
            expect([prefix, allowed.has(prefix)]).toEqual([prefix, today - since < 14]);
            if (!allowed.has(prefix)) {
              endings++;
              missingSince.delete(prefix);
            }
          }
          expect(allowed.size).toBe(new Set([...list, ...missingSince.keys()]).size);
          // What a refresh returns is what was accepted: JSON, and nothing else.
          inputs = JSON.parse(JSON.stringify(checked.inputs)) as ServiceTagRangesInputs;
        }
      }),
      { numRuns: 300 },
    );
    // A property of nothing but refusals would hold for anything.
    expect([accepts > 500, refusals > 500, endings > 100]).toEqual([true, true, true]);
  });
});

describe("a life without anything remote", () => {
  it("is created under the tag's name, and a refresh returns exactly what was accepted", async () => {
    const { id, state } = await lifecycle.ensure(first, undefined);
    expect([id, state]).toEqual(["Scuba", { ...first, stateVersion: 1 }]);
    expect(await lifecycle.observe(id, state, undefined)).toEqual({ inputs: first, state });
    const next = accepted(raw(31, run(4)), first);
    expect(await lifecycle.sync(id, state, next, undefined)).toEqual({ ...next, stateVersion: 1 });
    expect(await lifecycle.remove(id, state, undefined)).toBeUndefined();
  });

  it("is read from state of its own version only", () => {
    expect(readServiceTagRanges({ ...first, stateVersion: 1 })).toMatchObject(first);
    expect(readServiceTagRanges({ name: "x" })).toBeUndefined();
    expect(() => readServiceTagRanges({ stateVersion: 2 })).toThrow("this state has version 2");
  });
});
