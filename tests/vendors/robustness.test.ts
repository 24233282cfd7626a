import fc from "fast-check";
import { connectors } from "../../provider/vendors";
import { fieldsOf, judge } from "./judge";

const fields = connectors.flatMap((connector) =>
  fieldsOf(connector).map(([path, field]) => [`${connector.type} ${path}`, field] as const),
);

/** Pieces that parsers stumble over, so that random text is not all refused by the first rule. */
const piece = fc.constantFrom(
  "https://",
  "http:",
  "//",
  "\\",
  "/",
  ":",
  "@",
  "?",
  "#",
  "[",
  "]",
  "*",
  ".",
  "..",
  "-",
  "_",
  "%2f",
  " ",
  "\n",
  "\0",
  "\u200b",
  "é",
  "𝒜",
  "\ud800",
  "a",
  "0",
  "1",
  "443",
  "api",
  "app",
  "falcon",
  "gateway",
  "qualysapi",
  "qualysguard",
  "web/api/v2.1",
  "graphql",
  "service-now.com",
  "qg1.apps.qualys.com",
  "app.wiz.io",
  "prismacloud.io",
  "crowdstrike.com",
  "sentinelone.net",
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
);

/** Shapes that make backtracking patterns slow, from small (an exponential one ends there) to far beyond each limit. */
const slow = [20, 28, 60, 63, 253, 254, 2_048, 2_049, 4_096, 100_000, 1_000_000].flatMap((length) =>
  ["a", "a.", "-", "a-", ".", "0", "1.", "/", ":", " ", "@", "app.", "https://", "\u200b", "\n", "="].flatMap(
    (unit) => {
      const long = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
      return [long, `https://${long}`, `${long}!`, `app${long}prismacloud.io`, `falcon.${long}crowdstrike.com`];
    },
  ),
);

describe.each(fields)("%s", (_, field) => {
  it("judges any text without throwing, in one printable line of bounded length", () => {
    fc.assert(
      fc.property(text, (value) => {
        const { problems, warning } = judge(field, value);
        for (const said of [...problems, ...(warning === undefined ? [] : [warning])]) {
          expect(said.length).toBeLessThan(1_200);
          expect(said).toMatch(/^[\x20-\x7e…]+$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("stays under 50 ms for any length", () => {
    for (const value of slow) {
      // The best of three: a pause of the machine is not the pattern's fault.
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 3 && best >= 50; run++) {
        const begin = performance.now();
        judge(field, value);
        best = Math.min(best, performance.now() - begin);
      }
      if (best >= 50) throw new Error(`${best} ms for ${value.length} characters: ${value.slice(0, 20)}…`);
    }
  });
});
