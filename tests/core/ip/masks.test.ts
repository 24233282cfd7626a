import fc from "fast-check";
import { intervalOf, prefixAround } from "../../../provider/core/ip/address";
import { formatInterval, formatPrefix, formatQuad } from "../../../provider/core/ip/format";
import { parseNetmask, parseWildcard } from "../../../provider/core/ip/masks";
import { addressSet, covers, intervals } from "../../../provider/core/ip/set";
import { accepted, prefix, refused } from "./arbitraries";

const ipv4Prefix = prefix.filter(({ family }) => family === "ipv4");
const clear = { hostBits: "clear" } as const;

function netmask(length: number): number {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

describe("parsing an address and its netmask", () => {
  it.each([
    ["192.0.2.0 255.255.255.0", "192.0.2.0/24"],
    ["192.0.2.0/255.255.255.0", "192.0.2.0/24"],
    ["192.0.2.0 \t 255.255.255.0", "192.0.2.0/24"],
    ["0.0.0.0 0.0.0.0", "0.0.0.0/0"],
    ["192.0.2.1 255.255.255.255", "192.0.2.1/32"],
    ["128.0.0.0 128.0.0.0", "128.0.0.0/1"],
  ])("reads %j as %s", (text, canonical) => {
    expect(formatPrefix(accepted(parseNetmask(text)))).toBe(canonical);
  });

  it.each([
    [
      "192.0.2.0 0.0.0.255",
      '"192.0.2.0 0.0.0.255" has 0.0.0.255 as netmask; it looks like a wildcard; the netmask is 255.255.255.0 (character 11)',
    ],
    [
      "10.0.0.0 255.0.255.0",
      '"10.0.0.0 255.0.255.0" has 255.0.255.0 as netmask; a netmask has its set bits before all others, as 255.255.255.0 (character 10)',
    ],
    [
      "192.0.2.1 255.255.255.0",
      '"192.0.2.1 255.255.255.0" has host bits set; the network is 192.0.2.0 255.255.255.0 (character 1)',
    ],
    ["192.0.2.0", '"192.0.2.0" has no netmask; it stands after the address and a blank (character 10)'],
    ["192.0.2.0 ", '"192.0.2.0 " has no netmask; it stands after the address and a blank (character 11)'],
    ["192.0.2.0/24", '"192.0.2.0/24" has a prefix length where a netmask is meant (character 11)'],
    ["192.0.2.0/ 255.255.255.0", '"192.0.2.0/ 255.255.255.0" has white space where none belongs (character 11)'],
    ["192.0.2 255.255.255.0", '"192.0.2 255.255.255.0" has 3 of 4 octets (character 8)'],
    ["192.0.2.0 255.255.256.0", '"192.0.2.0 255.255.256.0" has 256 as octet 3; the highest is 255 (character 19)'],
    ["192.0.2.0 255.255.255.0 x", '"192.0.2.0 255.255.255.0 x" has white space where none belongs (character 24)'],
    [
      "2001:db8:: ffff::",
      '"2001:db8:: ffff::" is IPv6, which has no netmask; write the prefix length as a number (character 5)',
    ],
    ["", '"" has no address (character 1)'],
  ])("refuses %j and says why and where", (text, message) => {
    expect(refused(parseNetmask(text))).toBe(message);
  });

  it("clears host bits on request, and says so", () => {
    const parsed = parseNetmask("192.0.2.1/255.255.255.0", clear);
    expect(formatPrefix(accepted(parsed))).toBe("192.0.2.0/24");
    expect(parsed).toHaveProperty(
      "note.message",
      '"192.0.2.1/255.255.255.0" has host bits set; cleared: the network is 192.0.2.0 255.255.255.0 (character 1)',
    );
  });

  it("reads every prefix, written with its mask", () => {
    fc.assert(
      fc.property(ipv4Prefix, fc.constantFrom("/", " "), (one, separator) => {
        const text = `${formatQuad(one.words[0] as number)}${separator}${formatQuad(netmask(one.length))}`;
        expect(accepted(parseNetmask(text))).toEqual(one);
      }),
    );
  });
});

describe("parsing an address and its wildcard", () => {
  it.each([
    ["192.0.2.0 0.0.0.255", ["192.0.2.0/24"]],
    ["192.0.2.0/0.0.0.255", ["192.0.2.0/24"]],
    ["192.0.2.1 0.0.0.0", ["192.0.2.1/32"]],
    ["0.0.0.0 255.255.255.255", ["0.0.0.0/0"]],
    ["192.0.2.1 0.0.0.2", ["192.0.2.1/32", "192.0.2.3/32"]],
    ["10.0.0.0 0.1.2.255", ["10.0.0.0/24", "10.0.2.0/24", "10.1.0.0/24", "10.1.2.0/24"]],
    ["127.0.0.1 128.0.0.0", ["127.0.0.1/32", "255.0.0.1/32"]],
  ])("reads %j as %j", (text, blocks) => {
    expect(accepted(parseWildcard(text)).map(formatInterval)).toEqual(blocks);
  });

  it("reads 192.168.0.0/0.0.255.0 as the first address of 256 networks", () => {
    const blocks = accepted(parseWildcard("192.168.0.0/0.0.255.0"));
    expect(blocks).toHaveLength(256);
    expect(blocks.map(formatInterval)[255]).toBe("192.168.255.0/32");
  });

  it("gives at most 65,536 intervals", () => {
    expect(accepted(parseWildcard("10.0.0.1 0.255.255.0"))).toHaveLength(65_536);
    expect(refused(parseWildcard("10.0.0.0 1.255.255.0"))).toBe(
      '"10.0.0.0 1.255.255.0" has wildcard 1.255.255.0, which stands for 131,072 intervals; the most is 65,536; write it as prefixes or ranges (character 10)',
    );
    // Free bits at the end make intervals longer, not more.
    expect(accepted(parseWildcard("10.0.0.0 1.254.255.255"))).toHaveLength(256);
  });

  it("recognises a netmask that is far too wide as a wildcard", () => {
    expect(refused(parseWildcard("192.0.2.0 255.255.255.0"))).toBe(
      '"192.0.2.0 255.255.255.0" has wildcard 255.255.255.0, which stands for 16,777,216 intervals; the most is 65,536; it looks like a netmask; the wildcard is 0.0.0.255 (character 11)',
    );
  });

  it.each([
    [
      "192.0.2.1 0.0.0.255",
      '"192.0.2.1 0.0.0.255" has host bits set; the pattern is 192.0.2.0 0.0.0.255 (character 1)',
    ],
    ["192.0.2.0", '"192.0.2.0" has no wildcard; it stands after the address and a blank (character 10)'],
    ["::1 0.0.0.0", '"::1 0.0.0.0" is IPv6, which has no wildcard; write the prefix length as a number (character 1)'],
    [
      "192.0.2.0 0.0.0.0255",
      '"192.0.2.0 0.0.0.0255" has a leading zero in octet 4; some programs would read it as octal (character 17)',
    ],
  ])("refuses %j and says why and where", (text, message) => {
    expect(refused(parseWildcard(text))).toBe(message);
  });

  it("clears the free bits on request, and says so", () => {
    const parsed = parseWildcard("10.1.2.3 0.255.0.255", clear);
    expect(accepted(parsed)).toHaveLength(256);
    expect(accepted(parsed)[0]).toEqual({ family: "ipv4", first: [0x0a00_0200], last: [0x0a00_02ff] });
    expect(parsed).toHaveProperty("note.message", expect.stringContaining("the pattern is 10.0.2.0 0.255.0.255"));
  });

  it("is a netmask's opposite for every prefix", () => {
    fc.assert(
      fc.property(ipv4Prefix, (one) => {
        const text = `${formatQuad(one.words[0] as number)} ${formatQuad(~netmask(one.length))}`;
        expect(accepted(parseWildcard(text))).toEqual([intervalOf(one)]);
      }),
    );
  });

  it("admits exactly the addresses that agree in all bits that are not free", () => {
    const bits = fc.uniqueArray(fc.nat({ max: 31 }), { maxLength: 12 });
    const word = fc.nat({ max: 0xffff_ffff });
    fc.assert(
      fc.property(word, bits, fc.array(word, { minLength: 20, maxLength: 20 }), (address, free, asked) => {
        const wildcard = free.reduce((sum, bit) => sum + 2 ** bit, 0);
        const blocks = accepted(parseWildcard(`${formatQuad(address)} ${formatQuad(wildcard)}`, clear));
        const set = addressSet(blocks);
        // Ascending and apart: the set has the very same intervals.
        expect([...intervals(set)]).toEqual(blocks);
        for (const one of asked) {
          const near = ((address & ~wildcard) | (one & wildcard)) >>> 0;
          for (const candidate of [one, near, (near ^ (1 << (one & 31))) >>> 0]) {
            const admitted = ((candidate ^ address) & ~wildcard) === 0;
            expect(covers(set, prefixAround({ family: "ipv4", words: [candidate] }, 32))).toBe(admitted);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
