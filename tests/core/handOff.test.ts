/** What is asked at each step of a hand-off, and what a confirmation settles. */
import { advance, checkConfirmation, type HandOff, type WantedField } from "../../provider/core/handOff";
import type { Problem } from "../../provider/core/lifecycle";

const at = (minute: number) => `2026-11-24T10:${String(minute).padStart(2, "0")}:00.000Z`;
const field = (name: string, value: string): WantedField => ({ field: name, label: name, value });
const secret = (name: string): WantedField => ({ field: name, label: name, from: "the vault" });

/** A person and a program in turns: each step keeps what the one before left. */
function story() {
  let before: (HandOff & { wanted: readonly WantedField[] }) | undefined;
  return (wanted: readonly WantedField[], now: string, more: { changed?: string[]; confirmed?: string } = {}) => {
    const { changed = [], confirmed } = more;
    const next = advance({
      wanted,
      ...(before === undefined ? {} : { before }),
      changed: new Set(changed),
      ...(confirmed === undefined ? {} : { confirmed }),
      now,
    });
    before = { ...next, wanted };
    return {
      asked: next.asked.map((one) => `${one.field}${one.was === undefined ? "" : ` (was ${one.was})`}`),
      since: next.asked.map(({ requestedDateTime }) => requestedDateTime.slice(14, 16)),
      confirmed: next.confirmedDateTime,
    };
  };
}

const pane = [field("name", "n"), field("host", "a"), secret("password")];
const moved = [field("name", "n"), field("host", "b"), secret("password")];

describe("a hand-off", () => {
  it("asks for everything at first, in the order of the pane, whatever was confirmed in an earlier life", () => {
    expect(story()(pane, at(1), { confirmed: at(0) })).toEqual({
      asked: ["name", "host", "password"],
      since: ["01", "01", "01"],
      confirmed: undefined,
    });
    expect(story()(pane, at(1), { confirmed: at(5) }).asked).toHaveLength(3);
  });

  it("goes on asking, without a new time, until it is confirmed", () => {
    const step = story();
    step(pane, at(1));
    expect(step(pane, at(2))).toEqual({
      asked: ["name", "host", "password"],
      since: ["01", "01", "01"],
      confirmed: undefined,
    });
    expect(step(pane, at(4), { confirmed: at(3) })).toEqual({ asked: [], since: [], confirmed: at(3) });
    expect(step(pane, at(5), { confirmed: at(3) })).toEqual({ asked: [], since: [], confirmed: at(3) });
  });

  it("asks for just what changed after a confirmation, tells what was there, and nothing of a secret", () => {
    const step = story();
    step(pane, at(1));
    step(pane, at(3), { confirmed: at(2) });
    expect(step(moved, at(4), { changed: ["host", "password"], confirmed: at(2) })).toEqual({
      asked: ["host (was a)", "password"],
      since: ["04", "04"],
      confirmed: at(2),
    });
    expect(step(moved, at(6), { confirmed: at(5) })).toEqual({ asked: [], since: [], confirmed: at(5) });
  });

  it("does not take a confirmation for what was asked after it", () => {
    const step = story();
    step(pane, at(1));
    // Confirmed in minute 2, recorded together with a change in minute 3: that change nobody has seen.
    expect(step(moved, at(3), { changed: ["host"], confirmed: at(2) })).toEqual({
      asked: ["host (was a)"],
      since: ["03"],
      confirmed: at(2),
    });
    expect(step(moved, at(4), { confirmed: at(2) }).asked).toEqual(["host (was a)"]);
  });

  it("settles each field by the time at which it was asked for", () => {
    const step = story();
    step(pane, at(1));
    step(pane, at(2), { confirmed: at(1) });
    step(pane, at(3), { changed: ["password"], confirmed: at(1) });
    step(moved, at(5), { changed: ["host"], confirmed: at(1) });
    expect(step(moved, at(6), { confirmed: at(4) })).toMatchObject({ asked: ["host (was a)"], confirmed: at(4) });
  });

  it("asks also for a value that went back before anybody confirmed: the other one may stand there by now", () => {
    const step = story();
    step(pane, at(1));
    step(pane, at(2), { confirmed: at(1) });
    expect(step(moved, at(3), { changed: ["host"], confirmed: at(1) }).asked).toEqual(["host (was a)"]);
    expect(step(pane, at(4), { changed: ["host"], confirmed: at(1) })).toMatchObject({
      asked: ["host"],
      since: ["04"],
    });
  });

  it("keeps what was confirmed last as what was there, through several changes", () => {
    const step = story();
    step(pane, at(1));
    step(pane, at(2), { confirmed: at(1) });
    step(moved, at(3), { changed: ["host"], confirmed: at(1) });
    const third = [field("name", "n"), field("host", "c"), secret("password")];
    expect(step(third, at(4), { changed: ["host"], confirmed: at(1) }).asked).toEqual(["host (was a)"]);
  });

  it("tells of no earlier value while nothing was ever confirmed: nobody has entered one", () => {
    const step = story();
    step(pane, at(1));
    expect(step(moved, at(2), { changed: ["host"] })).toMatchObject({
      asked: ["name", "host", "password"],
      since: ["01", "02", "01"],
    });
  });

  it("does not tell a value that has become secret, nor ask for a field that is gone", () => {
    const step = story();
    step(pane, at(1));
    step(pane, at(2), { confirmed: at(1) });
    expect(step([field("name", "n"), secret("host")], at(3), { changed: ["host"], confirmed: at(1) }).asked).toEqual([
      "host",
    ]);
  });

  it("compares by the clock, also between zones and precisions", () => {
    const step = story();
    step(pane, "2026-11-24T10:00:00.000Z");
    expect(step(pane, at(9), { confirmed: "2026-11-24T10:59:59+01:00" }).asked).toHaveLength(3);
    expect(step(pane, at(9), { confirmed: "2026-11-24T11:00:00+01:00" }).asked).toEqual([]);
  });
});

describe("the time of a confirmation", () => {
  const judge = (value: unknown) => {
    const problems: Problem[] = [];
    checkConfirmation(value, new Date("2026-11-24T10:00:00Z"), problems);
    return problems[0]?.message;
  };

  it.each(["2026-11-24T10:00:00Z", "2026-11-24T10:00Z", "2026-11-24T11:00:00.123+01:00", "2026-11-24T10:09:00Z"])(
    "may be %s",
    (text) => {
      expect(judge(text)).toBeUndefined();
    },
  );

  it.each([true, 5, "", "yes", "2026-11-24", "2026-11-24T10:00:00", "2026-13-24T10:00:00Z", "24.11.2026 10:00 Z", {}])(
    "may not be %j",
    (value) => {
      expect(judge(value)).toMatch(/^must be a time with its zone, such as /);
    },
  );

  it("may not lie in the future: it would confirm what nobody has seen", () => {
    expect(judge("2026-11-24T10:11:00Z")).toBe(
      '"2026-11-24T10:11:00Z" is in the future: it would confirm what nobody has seen yet',
    );
  });
});
