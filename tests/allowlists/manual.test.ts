/** A list that a person enters: what is asked for, and when it counts as done. */
import { checkAllowlist } from "../../provider/allowlists/check";
import type { AllowlistContext } from "../../provider/allowlists/context";
import type { AllowlistInputs, AllowlistState } from "../../provider/allowlists/inputs";
import { allowlistLifecycle } from "../../provider/allowlists/lifecycle";

const owner = { project: "p", stack: "s", name: "edge" };
const lifecycle = allowlistLifecycle([]);
const at = (minute: number) => `2026-11-24T10:0${minute}:00.000Z`;
let minute = 0;
let said: string[] = [];
const context = {
  warn: (message: string) => void said.push(message),
  now: () => Date.parse(at(minute)),
} as unknown as AllowlistContext;

const inputsOf = (changeNumber: number, prefixes: readonly string[], confirmed?: string) =>
  ({
    target: { kind: "manual", product: "qualys" },
    serviceTag: "Scuba",
    changeNumber,
    prefixes: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
    owner,
    ...(confirmed === undefined ? {} : { confirmed }),
  }) as unknown as AllowlistInputs;

beforeEach(() => {
  minute = 1;
  said = [];
});

async function up(inputs: AllowlistInputs, state?: AllowlistState): Promise<AllowlistState> {
  return state === undefined
    ? (await lifecycle.ensure(inputs, context)).state
    : lifecycle.sync("manual:qualys/edge", state, inputs, context);
}

const few = ["192.0.2.0/28", "192.0.2.16/28"];
const more = [...few, "192.0.2.32/28"];

describe("a list that a person enters", () => {
  it("is asked for until it is confirmed, and again when it has changed", async () => {
    const asked = await up(inputsOf(1, few));
    expect(asked).toMatchObject({ status: "actionRequired", paste: few.join("\n"), owned: [] });
    expect(said).toEqual([
      [
        "'edge': enter the list by hand; until somebody has done it, these addresses may be kept out",
        "  Open     Qualys: Users > Setup > Security",
        "  Enter    Allowed addresses  2 prefixes, Scuba change 1 (the whole list: the output paste)",
        "  Confirm  msem confirm edge, then pulumi up",
      ].join("\n"),
    ]);
    minute = 3;
    const done = await up(inputsOf(1, few, at(2)), asked);
    expect(done).toMatchObject({ status: "confirmed", confirmedDateTime: at(2) });
    expect(done.actionRequired).toBeNull();
    minute = 4;
    const changed = await up(inputsOf(2, more, at(2)), done);
    expect(changed).toMatchObject({ status: "actionRequired", confirmedDateTime: at(2) });
    expect(changed.actionRequired?.text).toContain(
      "3 prefixes, Scuba change 2 (was 2 prefixes, Scuba change 1; the whole list: the output paste)",
    );
    minute = 6;
    expect(await up(inputsOf(2, more, at(5)), changed)).toMatchObject({ status: "confirmed" });
  });

  it("needs no new word for a change number whose prefixes are the same", async () => {
    const done = await up(inputsOf(1, few, at(2)), await up(inputsOf(1, few)));
    expect(await up(inputsOf(2, few, at(2)), done)).toMatchObject({ status: "confirmed", changeNumber: 2 });
  });

  it("shows no difference in a refresh, and reminds", async () => {
    const state = await up(inputsOf(1, few));
    said = [];
    const observed = await lifecycle.observe("manual:qualys/edge", state, context);
    expect([observed?.inputs, observed?.state]).toEqual([inputsOf(1, few), state]);
    expect(said).toEqual([`'edge': waits since ${at(1)} to be entered by hand; msem confirm shows what to do`]);
  });

  it("is not taken for confirmed by a state from before confirmations were kept", async () => {
    const { actionRequired: _, ...old } = await up(inputsOf(1, few));
    expect(await up(inputsOf(1, few), old)).toMatchObject({ status: "actionRequired" });
  });
});

it("takes a confirmation for such a list only", () => {
  const surroundings = { environment: () => undefined, now: () => new Date(at(5)) };
  const check = (target: object, confirmed: string) =>
    checkAllowlist([], { target, confirmed }, undefined, surroundings);
  const manual = { kind: "manual", product: "qualys" };
  expect(check(manual, at(2)).inputs.confirmed).toBe(at(2));
  expect(check(manual, "soon").problems.map(({ path }) => path)).toContain("confirmed");
  expect(check({ kind: "tenable" }, "soon").inputs).not.toHaveProperty("confirmed");
});
