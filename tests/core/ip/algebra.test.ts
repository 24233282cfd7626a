import fc from "fast-check";
import { type Block, type Interval, intervalOf, type Prefix } from "../../../provider/core/ip/address";
import { difference, intersection, union } from "../../../provider/core/ip/algebra";
import { formatPrefix } from "../../../provider/core/ip/format";
import { parseEntry } from "../../../provider/core/ip/parse";
import {
  type AddressSet,
  addressSet,
  countAddresses,
  coverage,
  covers,
  equalSets,
  intervals,
  isEmpty,
  minimalPrefixes,
  touches,
} from "../../../provider/core/ip/set";
import { crowded, crowdedInterval, enumerate, interval, prefix } from "./arbitraries";

function setOf(...texts: string[]): AddressSet {
  return addressSet(texts.map(prefixOf));
}

function prefixOf(text: string): Prefix {
  const parsed = parseEntry(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function texts(set: AddressSet): string[] {
  return minimalPrefixes(set).map(formatPrefix);
}

const everything = setOf("0.0.0.0/0", "::/0");
const none = addressSet([]);

const crowdedBlocks = fc.array(fc.oneof(crowded, crowdedInterval), { maxLength: 24 });
/** Anywhere, and side by side: the laws hold for both. */
const anySet = fc
  .array(fc.oneof(prefix, interval, crowded, crowdedInterval), { maxLength: 24 })
  .map((blocks: Block[]) => addressSet(blocks));

function expectEqual(a: AddressSet, b: AddressSet): void {
  if (!equalSets(a, b)) expect(texts(a)).toEqual(texts(b));
}

describe("sets of addresses, with one another", () => {
  it("leave what is on both sides of what is taken away", () => {
    expect(texts(difference(setOf("192.0.2.0/24"), setOf("192.0.2.64/26")))).toEqual([
      "192.0.2.0/26",
      "192.0.2.128/25",
    ]);
    expect(texts(difference(setOf("2001:db8::/32"), setOf("2001:db8:8000::/33")))).toEqual(["2001:db8::/33"]);
    expect(texts(difference(setOf("192.0.2.0/25", "198.51.100.0/24"), setOf("192.0.0.0/8", "198.51.100.0")))).toEqual(
      texts(addressSet([{ family: "ipv4", first: [0xc633_6401], last: [0xc633_64ff] }])),
    );
  });

  it("reach both ends of the address space", () => {
    expect(texts(difference(everything, setOf("0.0.0.0", "255.255.255.255", "::/1")))).toHaveLength(63 - 1 + 1);
    expect(texts(difference(everything, everything))).toEqual([]);
    expect(texts(intersection(everything, setOf("255.255.255.255", "::")))).toEqual(["255.255.255.255/32", "::/128"]);
    const upper = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    expect(texts(difference(setOf(`${upper.replace(/f$/, "e")}/127`), setOf(upper)))).toEqual([
      `${upper.replace(/f$/, "e")}/128`,
    ]);
  });

  it("carry and borrow across the words of IPv6", () => {
    const cut = difference(setOf("2001:db8::/32"), setOf("2001:db8:0:1::/64"));
    expect([...intervals(cut)].map(({ first, last }) => [first, last])).toEqual([
      [
        [0x2001_0db8, 0, 0, 0],
        [0x2001_0db8, 0, 0xffff_ffff, 0xffff_ffff],
      ],
      [
        [0x2001_0db8, 2, 0, 0],
        [0x2001_0db8, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
      ],
    ]);
  });

  it("are what single addresses say", () => {
    fc.assert(
      fc.property(crowdedBlocks, crowdedBlocks, (a, b) => {
        const [x, y] = [enumerate(a), enumerate(b)];
        const addressesOf = (set: AddressSet): Set<string> => enumerate([...intervals(set)]);
        const [p, q] = [addressSet(a), addressSet(b)];
        expect(addressesOf(union(p, q))).toEqual(new Set([...x, ...y]));
        expect(addressesOf(intersection(p, q))).toEqual(new Set([...x].filter((one) => y.has(one))));
        expect(addressesOf(difference(p, q))).toEqual(new Set([...x].filter((one) => !y.has(one))));
        expect(countAddresses(p)).toBe(BigInt(x.size));
      }),
      { numRuns: 400 },
    );
  });

  it("obey the laws of sets", () => {
    fc.assert(
      fc.property(anySet, anySet, anySet, (a, b, c) => {
        const not = (set: AddressSet): AddressSet => difference(everything, set);
        // De Morgan, in the universe of both families.
        expectEqual(not(union(a, b)), intersection(not(a), not(b)));
        expectEqual(not(intersection(a, b)), union(not(a), not(b)));
        expectEqual(not(not(a)), a);
        expectEqual(difference(a, b), intersection(a, not(b)));
        expectEqual(intersection(a, b), intersection(b, a));
        expectEqual(intersection(a, union(b, c)), union(intersection(a, b), intersection(a, c)));
        expectEqual(union(a, intersection(b, c)), intersection(union(a, b), union(a, c)));
        expectEqual(difference(a, union(b, c)), difference(difference(a, b), c));
        expectEqual(union(difference(a, b), intersection(a, b)), a);
        expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
        expectEqual(difference(a, a), none);
        expectEqual(union(a, none), a);
        expectEqual(intersection(a, everything), a);
      }),
      { numRuns: 400 },
    );
  });

  it("come out sorted, disjoint and never adjacent", () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        for (const set of [union(a, b), intersection(a, b), difference(a, b)]) {
          // Built again from its own intervals, a set in its one form is the same.
          expectEqual(addressSet([...intervals(set)].reverse()), set);
          expect([...intervals(addressSet(intervals(set)))]).toEqual([...intervals(set)]);
        }
      }),
    );
  });

  it("count their addresses without losing one", () => {
    expect(countAddresses(everything)).toBe(2n ** 32n + 2n ** 128n);
    expect(countAddresses(none)).toBe(0n);
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        const both = countAddresses(intersection(a, b));
        expect(countAddresses(union(a, b))).toBe(countAddresses(a) + countAddresses(b) - both);
        expect(countAddresses(difference(a, b))).toBe(countAddresses(a) - both);
        expect(isEmpty(a)).toBe(countAddresses(a) === 0n);
      }),
    );
  });
});

describe("the coverage of blocks by a set", () => {
  it("is full, partial or none, pieces counted together", () => {
    const set = setOf("192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/25", "2001:db8::/33", "2001:db8:8000::/33");
    const asked = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "2001:db9::/32", "0.0.0.0/0"];
    expect(coverage(set, asked.map(prefixOf))).toEqual(["full", "partial", "none", "full", "none", "partial"]);
    expect(coverage(none, [prefixOf("192.0.2.0/24")])).toEqual(["none"]);
  });

  it("is partial for a block that reaches one address beyond, at either end", () => {
    const set = setOf("192.0.2.0/24");
    const reaching = (first: number, last: number): Interval => ({
      family: "ipv4",
      first: [0xc000_0200 + first],
      last: [0xc000_0200 + last],
    });
    expect(
      coverage(set, [
        reaching(0, 255),
        reaching(-1, 255),
        reaching(0, 256),
        reaching(255, 300),
        reaching(256, 300),
        reaching(-5, -1),
      ]),
    ).toEqual(["full", "partial", "partial", "partial", "none", "none"]);
  });

  it("is what intersection and difference say", () => {
    fc.assert(
      fc.property(anySet, fc.array(fc.oneof(crowded, prefix, interval, crowdedInterval)), (set, blocks) => {
        const answers = coverage(set, blocks);
        expect(answers).toHaveLength(blocks.length);
        blocks.forEach((block, index) => {
          const one = addressSet([intervalOf(block)]);
          const full = isEmpty(difference(one, set));
          const some = !isEmpty(intersection(one, set));
          expect(answers[index]).toBe(full ? "full" : some ? "partial" : "none");
          expect([covers(set, block), touches(set, block)]).toEqual([full, some]);
        });
      }),
      { numRuns: 300 },
    );
  });
});
