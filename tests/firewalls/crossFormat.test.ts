/** The same ranges in every format are the same addresses, and the same one that is left out is missing everywhere. */
import {
  type Capability,
  entriesFor,
  type Format,
  judge,
  type Model,
  resolver,
  type Subject,
} from "../../provider/core/allowlist/index";
import {
  addressSet,
  countAddresses,
  difference,
  equalSets,
  formatPrefix,
  minimalPrefixes,
  type Prefix,
  union,
} from "../../provider/core/ip/index";
import { formats, readConfig } from "../../provider/firewalls/index";
import { prefixOf } from "./questions";

/** Of all lengths that Microsoft publishes, beside each other and apart. */
const published = [
  "4.149.130.192/28",
  "4.205.27.16/28",
  "20.1.2.4/30",
  "20.1.2.8/29",
  "20.10.128.0/27",
  "20.10.128.32/28",
  "40.76.4.8/31",
  "40.76.4.11/32",
  "52.160.0.0/25",
  "2001:db8:40::10/124",
  "2001:db8:41::/64",
  "2001:db8:42:8::/61",
].map(prefixOf);

const left = ["20.1.2.8/29", "2001:db8:41::/64"];

interface Answer {
  readonly admitted: ReturnType<typeof addressSet>;
  readonly missing: readonly string[];
}

/** What a whole list of these prefixes, written and read again, is found to hold; a list for each family where it must be. */
function answerOf(format: Format, prefixes: readonly Prefix[], asked: readonly Prefix[]): Answer {
  const families = format.capability.mixedFamilies === false ? (["ipv4", "ipv6"] as const) : [undefined];
  const answers = families.flatMap((family) => {
    const mine = (all: readonly Prefix[]): readonly Prefix[] =>
      all.filter((prefix) => (family === undefined || prefix.family === family) && holds(format.capability, prefix));
    if (mine(prefixes).length === 0) return [];
    const text = format.render.full({ name: "SCUBA", prefixes: mine(prefixes) });
    const { model } = readConfig(text, `list.${format.id}`, format.id);
    const subject = subjectIn(model);
    const { prefixes: judged, sets } = judge({ model, subject, desired: mine(asked), capability: format.capability });
    const { resolve } = resolver(model);
    const operand = sets.map(({ id, line }) => ({
      text: id,
      line,
      term: { kind: "set", id } as const,
    }));
    return {
      admitted: resolve({ entries: operand }).sure,
      missing: judged.filter(({ verdict }) => verdict === "missing").map(({ prefix }) => formatPrefix(prefix)),
    };
  });
  return {
    admitted: union(...answers.map(({ admitted }) => admitted)),
    missing: answers.flatMap(({ missing }) => missing),
  };
}

/** Where a list has no name of its own, or is several, all lists of the file are the one. */
function subjectIn({ sets }: Model): Subject {
  const named = sets.some(({ name }) => name === "SCUBA");
  return { kind: "list", names: named ? ["SCUBA"] : sets.map(({ id }) => id) };
}

function holds(capability: Capability, prefix: Prefix): boolean {
  return entriesFor(prefix, capability) > 0;
}

describe("the same ranges in every format", () => {
  it.each(formats)("$id: are the same addresses, no more and no fewer", (format) => {
    const { admitted, missing } = answerOf(format, published, published);
    const expected = addressSet(published.filter((prefix) => holds(format.capability, prefix)));
    expect(missing).toEqual([]);
    const differing = [difference(admitted, expected), difference(expected, admitted)].flatMap(minimalPrefixes);
    expect(differing.map(formatPrefix)).toEqual([]);
    expect(equalSets(admitted, expected)).toBe(true);
    expect(countAddresses(admitted)).toBeGreaterThan(200n);
  });

  it.each(formats)("$id: lack the same two when those are left out", (format) => {
    const { missing } = answerOf(
      format,
      published.filter((prefix) => !left.includes(formatPrefix(prefix))),
      published,
    );
    expect(missing).toEqual(left.filter((prefix) => holds(format.capability, prefixOf(prefix))));
  });
});
