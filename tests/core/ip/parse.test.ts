import fc from "fast-check";
import { formatAddress, formatPrefix } from "../../../provider/core/ip/format";
import { parseAddress, parseEntry, parsePrefix } from "../../../provider/core/ip/parse";
import { accepted, address, prefix, refused } from "./arbitraries";

describe("parsing an address", () => {
  it.each([
    ["0.0.0.0", [0]],
    ["10.1.2.3", [0x0a010203]],
    ["255.255.255.255", [0xffff_ffff]],
    ["::", [0, 0, 0, 0]],
    ["::1", [0, 0, 0, 1]],
    ["1::", [0x1_0000, 0, 0, 0]],
    ["2001:DB8:0:0:8:800:200C:417A", [0x20010db8, 0, 0x0008_0800, 0x200c_417a]],
    ["::ffff:192.0.2.1", [0, 0, 0xffff, 0xc000_0201]],
    ["64:ff9b::192.0.2.33", [0x0064_ff9b, 0, 0, 0xc000_0221]],
    ["1:2:3:4:5:6:7::", [0x1_0002, 0x3_0004, 0x5_0006, 0x7_0000]],
    ["::2:3:4:5:6:7:8", [2, 0x3_0004, 0x5_0006, 0x7_0008]],
  ])("reads %s", (text, words) => {
    expect(accepted(parseAddress(text)).words).toEqual(words);
  });

  it("keeps an IPv4-mapped IPv6 address IPv6", () => {
    expect(accepted(parseAddress("::ffff:192.0.2.1")).family).toBe("ipv6");
  });

  it.each([
    ["", '"" has no address (character 1)'],
    ["010.0.0.1", '"010.0.0.1" has a leading zero in octet 1; some programs would read it as octal (character 1)'],
    ["10.0.0.256", '"10.0.0.256" has 256 as octet 4; the highest is 255 (character 8)'],
    ["10.1", '"10.1" has 2 of 4 octets (character 5)'],
    ["10.0.0.1.5", '"10.0.0.1.5" goes on after the fourth octet (character 9)'],
    ["10..0.1", '"10..0.1" has an empty octet 2 (character 4)'],
    ["10.0.0.", '"10.0.0." has an empty octet 4 (character 8)'],
    ["0x0a000001", '"0x0a000001" has "x" where none belongs (character 2)'],
    ["10.0.0.1 ", '"10.0.0.1 " has white space where none belongs (character 9)'],
    ["10.0.0.1-10.0.0.9", '"10.0.0.1-10.0.0.9" is a range, or has a hyphen; write it as prefixes (character 9)'],
    ["١٠.0.0.1", '"١٠.0.0.1" is no address: it starts with character U+0661 (character 1)'],
    ["pulls.example.com", '"pulls.example.com" is no address: it starts with "p" (character 1)'],
    ["10.0.0.1/32", '"10.0.0.1/32" has a prefix length where a single address is meant (character 9)'],
    ["fe80::1%eth0", '"fe80::1%eth0" has a zone; zones mean something on one host only (character 8)'],
    [":1::", '":1::" starts with a single colon (character 1)'],
    ["1::2:", '"1::2:" ends in a single colon (character 5)'],
    ["1::2::3", '"1::2::3" has "::" a second time (character 5)'],
    [":::", '":::" has a colon too many (character 3)'],
    ["1:2:3:4:5:6:7", '"1:2:3:4:5:6:7" has 7 of 8 groups and no "::" (character 14)'],
    ["1:2:3:4:5:6:7:8:9", '"1:2:3:4:5:6:7:8:9" has 9 groups; the most is 8 (character 18)'],
    ["1:2:3:4::5:6:7:8", '"1:2:3:4::5:6:7:8" has 8 groups and a "::" that stands for none (character 17)'],
    ["12345::", '"12345::" has a group of more than 4 hexadecimal digits (character 1)'],
    ["::ffff:192.0.2", '"::ffff:192.0.2" has 3 of 4 octets (character 15)'],
    ["::g", '"::g" has "g" where none belongs (character 3)'],
  ])("refuses %j and says why and where", (text, message) => {
    expect(refused(parseAddress(text))).toBe(message);
  });

  it("quotes long and binary text cut and escaped", () => {
    const message = refused(parseAddress(`\u0000\u001b[31m\u009b${"9".repeat(500)}`));
    expect(message.length).toBeLessThan(160);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe("parsing a prefix", () => {
  it.each(["0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "2001:db8::/32", "2001:db8::1/128"])(
    "reads %s",
    (text) => {
      expect(formatPrefix(accepted(parsePrefix(text)))).toBe(text);
    },
  );

  it.each([
    ["10.1.2.3/8", '"10.1.2.3/8" has host bits set; the prefix is 10.0.0.0/8 (character 1)'],
    ["2001:db8::1/64", '"2001:db8::1/64" has host bits set; the prefix is 2001:db8::/64 (character 1)'],
    ["10.1/16", '"10.1/16" has 2 of 4 octets (character 5)'],
    ["10.0.0.0", '"10.0.0.0" has no prefix length; a single address is written with /32 or /128 (character 9)'],
    ["10.0.0.0/33", '"10.0.0.0/33" has prefix length 33; the longest is 32 (character 10)'],
    ["::/129", '"::/129" has prefix length 129; the longest is 128 (character 4)'],
    ["10.0.0.0/", '"10.0.0.0/" has no number after the slash (character 10)'],
    ["10.0.0.0/08", '"10.0.0.0/08" has a leading zero in the prefix length (character 10)'],
    ["10.0.0.0/-8", '"10.0.0.0/-8" has "-" in the prefix length (character 10)'],
    ["10.0.0.0/8/8", '"10.0.0.0/8/8" has "/" in the prefix length (character 11)'],
    [
      "10.0.0.0/255.0.0.0",
      '"10.0.0.0/255.0.0.0" has a mask after the slash; write the prefix length as a number (character 10)',
    ],
    ["/8", '"/8" has no address (character 1)'],
  ])("refuses %s and says why and where", (text, message) => {
    expect(refused(parsePrefix(text))).toBe(message);
  });

  it("takes a bare address in a list as one of full length", () => {
    expect(formatPrefix(accepted(parseEntry("192.0.2.1")))).toBe("192.0.2.1/32");
    expect(formatPrefix(accepted(parseEntry("2001:DB8::1")))).toBe("2001:db8::1/128");
    expect(refused(parseEntry("192.0.2.1/24"))).toContain("the prefix is 192.0.2.0/24");
  });
});

describe("canonical text", () => {
  it.each([
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:DB8::", "2001:db8::"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::c000:201"],
  ])("of %s is %s (RFC 5952)", (text, canonical) => {
    expect(formatAddress(accepted(parseAddress(text)))).toBe(canonical);
  });

  it("comes back as the same value, for every address and prefix", () => {
    fc.assert(fc.property(address, (any) => expect(accepted(parseAddress(formatAddress(any)))).toEqual(any)));
    fc.assert(fc.property(prefix, (any) => expect(accepted(parsePrefix(formatPrefix(any)))).toEqual(any)));
  });

  it("is its own canonical text", () => {
    fc.assert(
      fc.property(prefix, (any) => {
        const text = formatPrefix(any);
        expect(formatPrefix(accepted(parsePrefix(text)))).toBe(text);
      }),
    );
  });

  it("never throws on any text, and points into it when it refuses", () => {
    const nearMisses = fc.string({ unit: fc.constantFrom(..."0123456789abcfF.:/%- g") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearMisses), (text) => {
        const parsed = parseEntry(text);
        if (!parsed.ok) {
          expect(parsed.problem.at).toBeGreaterThanOrEqual(0);
          expect(parsed.problem.at).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
