import fc from "fast-check";
import { type Interval, intervalOf } from "../../../provider/core/ip/address";
import { intervalPrefixes } from "../../../provider/core/ip/blocks";
import { formatAddress, formatInterval, formatPrefix } from "../../../provider/core/ip/format";
import { parseBlock, parseEntry, parseInterval, parsePrefix, parseRange } from "../../../provider/core/ip/parse";
import { addressSet, minimalPrefixes } from "../../../provider/core/ip/set";
import { accepted, address, crowdedInterval, interval, prefix, refused } from "./arbitraries";

describe("parsing a range", () => {
  it.each([
    ["192.0.2.1-192.0.2.9", [0xc000_0201], [0xc000_0209]],
    ["0.0.0.0-255.255.255.255", [0], [0xffff_ffff]],
    ["192.0.2.1-192.0.2.1", [0xc000_0201], [0xc000_0201]],
    ["::-::1", [0, 0, 0, 0], [0, 0, 0, 1]],
    ["2001:DB8::-2001:db8::192.0.2.1", [0x2001_0db8, 0, 0, 0], [0x2001_0db8, 0, 0, 0xc000_0201]],
    ["1::-1:2:3:4:5:6:7:8", [0x1_0000, 0, 0, 0], [0x1_0002, 0x3_0004, 0x5_0006, 0x7_0008]],
  ])("reads %s", (text, first, last) => {
    expect(accepted(parseRange(text))).toEqual({ family: first.length === 1 ? "ipv4" : "ipv6", first, last });
  });

  it.each([
    ["192.0.2.9-192.0.2.1", '"192.0.2.9-192.0.2.1" is reversed; the range is 192.0.2.1-192.0.2.9 (character 11)'],
    ["::2-::1", '"::2-::1" is reversed; the range is ::1-::2 (character 5)'],
    [
      "192.0.2.1-::1",
      '"192.0.2.1-::1" goes from one family to the other; IPv4 and IPv6 are ranges of their own (character 11)',
    ],
    ["192.0.2.1", '"192.0.2.1" has no hyphen; a range is written first-last (character 10)'],
    [
      "1.1.1.1-1.1.1.2-1.1.1.3",
      '"1.1.1.1-1.1.1.2-1.1.1.3" has a second hyphen; a range is written first-last (character 16)',
    ],
    ["-192.0.2.1", '"-192.0.2.1" has no address before the hyphen (character 1)'],
    ["192.0.2.1-", '"192.0.2.1-" has no address after the hyphen (character 11)'],
    ["192.0.2.1-9", '"192.0.2.1-9" has 1 of 4 octets (character 12)'],
    [
      "192.0.2.1-192.0.2.09",
      '"192.0.2.1-192.0.2.09" has a leading zero in octet 4; some programs would read it as octal (character 19)',
    ],
    ["::1-:2", '"::1-:2" starts with a single colon (character 5)'],
    ["::1-:", '"::1-:" starts with a single colon (character 5)'],
    ["::1-1:2", '"::1-1:2" has 2 of 8 groups and no "::" (character 8)'],
    ["192.0.2.0-192.0.2.0/24", '"192.0.2.0-192.0.2.0/24" has "/" where none belongs (character 20)'],
    ["192.0.2.1 - 192.0.2.9", '"192.0.2.1 - 192.0.2.9" has white space where none belongs (character 10)'],
    ["192.0.2.1- 192.0.2.9", '"192.0.2.1- 192.0.2.9" has white space where none belongs (character 11)'],
    ["192.0.2.1–192.0.2.9", '"192.0.2.1–192.0.2.9" has no hyphen; a range is written first-last (character 20)'],
  ])("refuses %j and says why and where", (text, message) => {
    expect(refused(parseRange(text))).toBe(message);
  });

  it("allows blanks around the hyphen, and nowhere else, on request", () => {
    const allow = { blanks: "allow" } as const;
    const wanted = accepted(parseRange("192.0.2.1-192.0.2.9"));
    for (const text of ["192.0.2.1 - 192.0.2.9", "192.0.2.1 \t-192.0.2.9", "192.0.2.1-  192.0.2.9"]) {
      expect(accepted(parseRange(text, allow))).toEqual(wanted);
    }
    expect(refused(parseRange(" 192.0.2.1-192.0.2.9", allow))).toContain("white space (character 1)");
    expect(refused(parseRange("192.0.2.1-192.0.2.9 ", allow))).toContain(
      "white space where none belongs (character 20)",
    );
    expect(refused(parseRange("192.0. 2.1-192.0.2.9", allow))).toContain(
      "white space where none belongs (character 7)",
    );
    expect(refused(parseRange("192.0.2.1\n-192.0.2.9", allow))).toContain("U+000A");
    expect(refused(parseRange(" - ", allow))).toContain("no address before the hyphen");
    expect(refused(parseRange("192.0.2.1 - ", allow))).toContain("no address after the hyphen (character 13)");
  });
});

describe("parsing a block", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1/32"],
    ["192.0.2.0/24", "192.0.2.0/24"],
    ["192.0.2.0-192.0.2.255", "192.0.2.0/24"],
    ["192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9"],
    ["2001:DB8::1", "2001:db8::1/128"],
    ["2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32"],
    ["0.0.0.0-255.255.255.255", "0.0.0.0/0"],
    ["::1-::2", "::1-::2"],
  ])("reads %s as %s", (text, canonical) => {
    expect(formatInterval(accepted(parseBlock(text)))).toBe(canonical);
  });

  it("refuses what is none of the three", () => {
    expect(refused(parseBlock("pulls.example.com"))).toContain("is no address");
    expect(refused(parseBlock("pulls-example"))).toContain("is no address");
    expect(refused(parseBlock("192.0.2.1/24"))).toContain("the prefix is 192.0.2.0/24");
    expect(refused(parseInterval("192.0.2.1"))).toContain("has no prefix length");
  });

  it("clears host bits on request, and says so", () => {
    const clear = { hostBits: "clear" } as const;
    for (const parse of [parsePrefix, parseEntry]) {
      expect(parse("10.1.2.3/8", clear)).toEqual({
        ok: true,
        value: { family: "ipv4", words: [0x0a00_0000], length: 8 },
        note: { message: '"10.1.2.3/8" has host bits set; cleared: the prefix is 10.0.0.0/8 (character 1)', at: 0 },
      });
    }
    for (const parse of [parseBlock, parseInterval]) {
      const parsed = parse("2001:db8::1/64", clear);
      expect(formatInterval(accepted(parsed))).toBe("2001:db8::/64");
      expect(parsed).toHaveProperty("note.message", expect.stringContaining("cleared: the prefix is 2001:db8::/64"));
    }
    expect(parseEntry("10.0.0.0/8", clear)).not.toHaveProperty("note");
    expect(refused(parsePrefix("10.1/8", clear))).toContain("2 of 4 octets");
  });
});

describe("the text of an interval", () => {
  const any = fc.oneof(
    interval,
    crowdedInterval,
    prefix.map(intervalOf),
    address.map(({ family, words }) => ({ family, first: words, last: words })),
  );

  it("comes back as the same interval", () => {
    fc.assert(
      fc.property(any, (one: Interval) => {
        const text = formatInterval(one);
        expect(accepted(parseInterval(text))).toEqual(one);
        expect(accepted(parseBlock(text))).toEqual(one);
        const plain = `${formatAddress({ family: one.family, words: one.first })}-${formatAddress({ family: one.family, words: one.last })}`;
        expect(formatInterval(accepted(parseRange(plain)))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("is a prefix exactly when one prefix is enough", () => {
    fc.assert(
      fc.property(any, (one: Interval) => {
        const pieces = intervalPrefixes(one);
        expect(formatInterval(one).includes("-")).toBe(pieces.length !== 1);
        if (pieces.length === 1) expect(pieces.map(formatPrefix)).toEqual([formatInterval(one)]);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(prefix, (one) => expect(formatInterval(intervalOf(one))).toBe(formatPrefix(one))));
  });

  it("never throws on any text, and points into it when it refuses", () => {
    const nearMisses = fc.string({ unit: fc.constantFrom(..."0123456789abcfF.:/- ") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearMisses), fc.boolean(), (text, lax) => {
        const parsed = parseBlock(text, lax ? { blanks: "allow", hostBits: "clear" } : {});
        const at = parsed.ok ? (parsed.note?.at ?? 0) : parsed.problem.at;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe("the fewest prefixes of a range", () => {
  it("are those that no two neighbours could be written as one", () => {
    fc.assert(
      fc.property(interval, (one) => {
        const pieces = intervalPrefixes(one);
        expect(minimalPrefixes(addressSet(pieces))).toEqual(pieces);
        // The textbook bound: up to the common prefix and down again.
        expect(pieces.length).toBeLessThanOrEqual(one.family === "ipv4" ? 62 : 254);
        pieces.slice(1).forEach((piece, index) => {
          const before = pieces[index] as (typeof pieces)[number];
          if (piece.length !== before.length || piece.length === 0) return;
          const parent = accepted(parsePrefix(`${formatAddress(before)}/${before.length - 1}`, { hostBits: "clear" }));
          expect(formatAddress(parent) === formatAddress(before) && piece.length === before.length).toBe(false);
        });
      }),
      { numRuns: 300 },
    );
  });
});
