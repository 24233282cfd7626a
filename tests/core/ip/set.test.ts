import fc from "fast-check";
import { comparePrefixes, containsPrefix, type Prefix } from "../../../provider/core/ip/address";
import { union } from "../../../provider/core/ip/algebra";
import { formatPrefix } from "../../../provider/core/ip/format";
import { parseEntry } from "../../../provider/core/ip/parse";
import { addressSet, covers, equalSets, intervals, minimalPrefixes, touches } from "../../../provider/core/ip/set";
import { crowded, enumerate, prefix } from "./arbitraries";

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => {
    const parsed = parseEntry(text);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  });
}

function merged(...texts: string[]): string[] {
  return minimalPrefixes(addressSet(prefixes(...texts))).map(formatPrefix);
}

const lists = fc.array(crowded, { maxLength: 24 });

describe("a set of addresses", () => {
  it("joins neighbours into the fewest prefixes, and never widens", () => {
    expect(merged("192.0.2.0/25", "192.0.2.128/25")).toEqual(["192.0.2.0/24"]);
    expect(merged("192.0.2.1/32", "192.0.2.2/32")).toEqual(["192.0.2.1/32", "192.0.2.2/32"]);
    expect(merged("192.0.2.0/24", "192.0.2.7/32")).toEqual(["192.0.2.0/24"]);
    expect(merged("2001:db8::/33", "2001:db8:8000::/33")).toEqual(["2001:db8::/32"]);
  });

  it("joins across a word of IPv6, and at both ends of the address space", () => {
    expect(merged("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8:0:1::")).toHaveLength(2);
    expect([...intervals(addressSet(prefixes("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8:0:1::")))]).toHaveLength(1);
    expect(merged("0.0.0.0/1", "128.0.0.0/1")).toEqual(["0.0.0.0/0"]);
    expect(merged("::/1", "8000::/1")).toEqual(["::/0"]);
    expect(merged("255.255.255.255", "0.0.0.0", "::")).toEqual(["0.0.0.0/32", "255.255.255.255/32", "::/128"]);
  });

  it("keeps the families apart, mapped addresses included", () => {
    const mapped = addressSet(prefixes("::ffff:0:0/96"));
    expect(touches(mapped, prefixes("192.0.2.1")[0] as Prefix)).toBe(false);
    expect(covers(mapped, prefixes("::ffff:192.0.2.1")[0] as Prefix)).toBe(true);
  });

  it("is covered by pieces only when no address is left out", () => {
    const whole = prefixes("192.0.2.0/24")[0] as Prefix;
    expect(covers(addressSet(prefixes("192.0.2.0/25", "192.0.2.128/26", "192.0.2.192/26")), whole)).toBe(true);
    const gap = addressSet(prefixes("192.0.2.0/25", "192.0.2.129/32"));
    expect(covers(gap, whole)).toBe(false);
    expect(touches(gap, whole)).toBe(true);
    expect(touches(addressSet([]), whole)).toBe(false);
  });

  it("holds exactly the addresses that it was given, in the fewest prefixes", () => {
    fc.assert(
      fc.property(lists, (list) => {
        const fewest = minimalPrefixes(addressSet(list));
        expect(enumerate(fewest)).toEqual(enumerate(list));
        expect(fewest.length).toBeLessThanOrEqual(new Set(list.map(formatPrefix)).size);
        expect(fewest).toEqual([...fewest].sort(comparePrefixes));
      }),
    );
  });

  it("answers what it covers and touches as a list of single addresses would", () => {
    fc.assert(
      fc.property(lists, crowded, (list, asked) => {
        const all = enumerate(list);
        const wanted = [...enumerate([asked])];
        const set = addressSet(list);
        expect(covers(set, asked)).toBe(wanted.every((one) => all.has(one)));
        expect(touches(set, asked)).toBe(wanted.some((one) => all.has(one)));
      }),
    );
  });

  it("is the same set whatever the order, the grouping and the repetition", () => {
    fc.assert(
      fc.property(lists, lists, lists, (a, b, c) => {
        const [x, y, z] = [addressSet(a), addressSet(b), addressSet(c)];
        expect(equalSets(union(x, y), union(y, x))).toBe(true);
        expect(equalSets(union(x, union(y, z)), union(union(x, y), z))).toBe(true);
        expect(equalSets(union(x, x), x)).toBe(true);
        expect(equalSets(union(x, addressSet([])), x)).toBe(true);
        expect(equalSets(addressSet([...a, ...b]), union(y, x))).toBe(true);
        expect(equalSets(addressSet(minimalPrefixes(x)), x)).toBe(true);
      }),
    );
  });

  it("tells different sets apart", () => {
    fc.assert(
      fc.property(lists, crowded, (list, more) => {
        const set = addressSet(list);
        expect(equalSets(set, union(set, addressSet([more])))).toBe(covers(set, more));
      }),
    );
  });
});

describe("two prefixes", () => {
  it("contain one another just when the set of one covers the other", () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(prefix, prefix), fc.tuple(crowded, crowded)), ([outer, inner]) => {
        expect(containsPrefix(outer, inner)).toBe(covers(addressSet([outer]), inner));
      }),
    );
  });
});
