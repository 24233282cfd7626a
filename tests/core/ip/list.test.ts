import fc from "fast-check";
import { formatInterval, formatPrefix } from "../../../provider/core/ip/format";
import { formatSet, parseSet } from "../../../provider/core/ip/list";
import { parseBlock } from "../../../provider/core/ip/parse";
import { addressSet, equalSets, minimalPrefixes } from "../../../provider/core/ip/set";
import { crowded, crowdedInterval, interval, prefix } from "./arbitraries";

const block = fc.oneof(prefix, crowded, interval, crowdedInterval);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(prefix, crowded).map(formatPrefix) },
  { weight: 2, arbitrary: fc.oneof(interval, crowdedInterval).map(formatInterval) },
  fc.string({ unit: fc.constantFrom(..."0123456789abcfF.:/- "), maxLength: 24 }),
  fc.constantFrom("10.1.2.3/8", "2001:db8::1/32", "192.0.2.7", "2001:db8::7", "010.0.0.1", "192.0.2.1 - 192.0.2.9"),
);

describe("a list of texts as a set", () => {
  it("is what entry by entry gives, with every problem and note at its entry", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), fc.boolean(), (texts, lax) => {
        const options = lax ? ({ hostBits: "clear", blanks: "allow" } as const) : undefined;
        const each = texts.map((one) => parseBlock(one, options));
        const { set, problems, notes } = parseSet(texts, options);
        expect(equalSets(set, addressSet(each.flatMap((one) => (one.ok ? [one.value] : []))))).toBe(true);
        expect(problems).toEqual(each.flatMap((one, entry) => (one.ok ? [] : [{ entry, ...one.problem }])));
        expect(notes).toEqual(
          each.flatMap((one, entry) => (one.ok && one.note !== undefined ? [{ entry, ...one.note }] : [])),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("takes any iterable, and keeps nothing of the list before", () => {
    const first = parseSet(["2001:db8::/32", "192.0.2.0/24"]);
    expect(formatSet(parseSet(new Set(["::1", "1.2.3.4"])).set)).toEqual(["1.2.3.4/32", "::1/128"]);
    expect(formatSet(first.set)).toEqual(["192.0.2.0/24", "2001:db8::/32"]);
  });
});

describe("the text of a set", () => {
  it("is that of its fewest prefixes", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
        const set = addressSet(blocks);
        expect(formatSet(set)).toEqual(minimalPrefixes(set).map(formatPrefix));
        expect(equalSets(parseSet(formatSet(set)).set, set)).toBe(true);
      }),
    );
  });

  it("is the canonical one for IPv6 with zeros anywhere, and for mapped addresses", () => {
    const zeros = fc.constantFrom(0, 0, 0xffff, 1, 0x1_0000, 0xabc_0def);
    const ipv6 = fc.tuple(zeros, zeros, zeros, zeros).map((words) => ({ family: "ipv6" as const, words, length: 128 }));
    fc.assert(
      fc.property(ipv6, (one) => {
        expect(formatSet(addressSet([one]))).toEqual([formatPrefix(one)]);
      }),
      { numRuns: 2000 },
    );
    const mapped = ["::ffff:0.0.0.0/96", "::ffff:192.0.2.1/128"];
    expect(mapped.flatMap((text) => formatSet(parseSet([text]).set))).toEqual(mapped);
  });

  it.each([999, 1000, 1001, 2500])("is whole with %d prefixes, of the longest and the shortest texts", (count) => {
    const wanted = Array.from({ length: count }, (_, index) =>
      index < count / 2
        ? `0.0.${(index * 2) >> 8}.${(index * 2) & 255}/32`
        : `255.255.${100 + ((index * 2) >> 8)}.${(index * 2) & 255}/32`,
    );
    expect(formatSet(parseSet([...wanted].reverse()).set)).toEqual(wanted);
  });
});
