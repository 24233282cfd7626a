/** What is looked at without zod is what the schemas take: neither more nor less. */
import fc from "fast-check";
import { isServiceTag, isServiceTagFile } from "../../../provider/core/servicetags/accept";
import { serviceTagFileSchema, serviceTagSchema } from "../../../provider/core/servicetags/schema";

const odd = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, -0, 1.5, 2 ** 53, 1e300, "", "7", "x", [], {}, [""], [1], ["x", null], [[]], [{ name: "x" }]],
);

/** Mostly as it should be, with odd values in some places, and some places left out. */
function nearly(keys: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.entries(keys).map(([key, right]) =>
    fc
      .oneof(
        { weight: 20, arbitrary: right },
        { weight: 1, arbitrary: odd },
        { weight: 1, arbitrary: fc.constant(gone) },
      )
      .map((value) => [key, value] as const),
  );
  return fc.tuple(...values).map((all) => Object.fromEntries(all.filter(([, value]) => value !== gone)));
}
const gone = Symbol("left out");

const word = fc.constantFrom("Scuba", "westeurope", "192.0.2.0/28");
const count = fc.nat();
const properties = nearly({
  changeNumber: count,
  region: word,
  platform: word,
  systemService: word,
  addressPrefixes: fc.array(word, { maxLength: 3 }),
  networkFeatures: fc.option(fc.array(word, { maxLength: 2 })),
  regionId: count,
});
const tag = nearly({ name: word, id: word, properties });
const file = nearly({ changeNumber: count, cloud: word, values: fc.array(tag, { maxLength: 3 }), more: word });

describe("service tags without zod", () => {
  it.each([
    ["a tag", tag, isServiceTag, serviceTagSchema],
    ["a file", file, isServiceTagFile, serviceTagFileSchema],
  ] as const)("takes %s exactly where the schema does, and leaves it as the schema gives it", (_, json, is, schema) => {
    const taken = { yes: 0, no: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 30, arbitrary: json }, { weight: 1, arbitrary: odd }), (value) => {
        const result = schema.safeParse(value);
        expect({ value, taken: is(value) }).toEqual({ value, taken: result.success });
        if (result.success) expect(value).toEqual(result.data);
        taken[result.success ? "yes" : "no"]++;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(200);
  });
});
