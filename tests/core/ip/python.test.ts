/** A second opinion: Python's `ipaddress` on random input. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { bitsOf, type Prefix } from "../../../provider/core/ip/address";
import { difference, intersection } from "../../../provider/core/ip/algebra";
import { intervalPrefixes } from "../../../provider/core/ip/blocks";
import { formatAddress, formatInterval, formatPrefix, formatQuad } from "../../../provider/core/ip/format";
import { parseNetmask, parseWildcard } from "../../../provider/core/ip/masks";
import { parseEntry } from "../../../provider/core/ip/parse";
import { type AddressSet, addressSet, countAddresses, coverage, minimalPrefixes } from "../../../provider/core/ip/set";
import { accepted, address, crowded, crowdedInterval, interval, prefix } from "./arbitraries";

const script = `
import ipaddress, json, sys
def text(n):
    mapped = n.version == 6 and n.network_address.ipv4_mapped
    return ("::ffff:%s/%d" % (mapped, n.prefixlen)) if mapped else n.compressed
def one(t, strict=True):
    try: return text(ipaddress.ip_network(t, strict))
    except ValueError: return None
def collapse(ns):
    return [n for v in (4, 6) for n in ipaddress.collapse_addresses([n for n in ns if n.version == v])]
def networks(ts):
    return [ipaddress.ip_network(t) for t in ts]
def fewest(ts):
    return [text(n) for n in collapse(networks(ts))]
def exclude(a, b):
    left = collapse(networks(a))
    for gone in collapse(networks(b)):
        rest = []
        for n in left:
            if n.version != gone.version or not n.overlaps(gone): rest.append(n)
            elif not n.subnet_of(gone): rest.extend(n.address_exclude(gone))
        left = rest
    return [text(n) for n in collapse(left)]
def common(a, b):
    found = [x if x.subnet_of(y) else y for x in networks(a) for y in networks(b)
             if x.version == y.version and x.overlaps(y)]
    return [text(n) for n in collapse(found)]
def coverage(a, b):
    out = []
    left = collapse(networks(a))
    for n in networks(b):
        inside = [x for x in left if x.version == n.version and x.overlaps(n)]
        held = sum(min(x.num_addresses, n.num_addresses) for x in inside)
        out.append("full" if held == n.num_addresses else "partial" if held else "none")
    return out
def spanned(a, b):
    return [text(n) for n in ipaddress.summarize_address_range(ipaddress.ip_address(a), ipaddress.ip_address(b))]
asked = json.load(sys.stdin)
ask = {"parse": one, "clear": lambda t: one(t, False), "fewest": fewest, "exclude": exclude, "common": common,
       "coverage": coverage, "spanned": spanned,
       "count": lambda ts: str(sum(n.num_addresses for n in collapse(networks(ts))))}[asked["ask"]]
json.dump([ask(*arguments) for arguments in asked["each"]], sys.stdout)
`;

type Question = "parse" | "clear" | "fewest" | "exclude" | "common" | "coverage" | "spanned" | "count";

const python = spawnSync("python3", ["-c", "import ipaddress"], { encoding: "utf8" });

/** Python's answer to a question for each list of arguments. */
function askPython<Answer>(ask: Question, each: readonly (readonly unknown[])[]): Answer[] {
  const answer = spawnSync("python3", ["-c", script], {
    input: JSON.stringify({ ask, each }),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  if (answer.status !== 0) throw new Error(`python3 failed: ${answer.stderr}`);
  return JSON.parse(answer.stdout) as Answer[];
}

const textsOf = (set: AddressSet): string[] => minimalPrefixes(set).map(formatPrefix);

/** Pairs of lists: side by side, where much overlaps and touches, and anywhere. */
function sampleLists(): Prefix[][] {
  return [
    ...fc.sample(fc.array(crowded, { maxLength: 40 }), 300),
    ...fc.sample(fc.array(fc.oneof(prefix, crowded), { maxLength: 40 }), 100),
  ];
}

/** Where we are stricter on purpose: no zone, no mask, no leading zero in the length. */
function refusedOnPurpose(text: string): boolean {
  return /%|\/.*\.|\/0\d/.test(text);
}

describe("compared with Python's ipaddress", () => {
  if (python.status !== 0) {
    it("cannot be compared here: python3 is absent", () => {
      console.warn("The comparison with Python's ipaddress did not run: python3 is not on the PATH.");
      expect(python.status).not.toBe(0);
    });
    return;
  }

  it("accepts, refuses and writes the same texts", () => {
    const spoiled = fc
      .tuple(prefix.map(formatPrefix), fc.nat(), fc.nat({ max: 1 }), fc.constantFrom(..."0123456789af.:/ -"))
      .map(([text, where, drop, char]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + char + text.slice(at + drop);
      });
    const texts = [
      ...fc.sample(prefix.map(formatPrefix), 2000),
      ...fc.sample(spoiled, 6000),
      ...fc.sample(fc.string({ unit: fc.constantFrom(..."0125af:./"), maxLength: 20 }), 2000),
    ];
    const parsed = askPython<string | null>(
      "parse",
      texts.map((text) => [text]),
    );
    const ours = texts.map((text) => {
      const result = parseEntry(text);
      return result.ok ? formatPrefix(result.value) : null;
    });
    const differing = texts
      .map((text, index) => ({ text, ours: ours[index], python: parsed[index] }))
      .filter((row) => row.ours !== row.python && !(row.ours === null && refusedOnPurpose(row.text)));
    expect(differing).toEqual([]);
    expect(ours.filter((text) => text === null).length).toBeGreaterThan(1000);
    expect(ours.filter((text) => text !== null).length).toBeGreaterThan(2000);
  });

  it("clears the same host bits, of masks too", () => {
    const lax = { hostBits: "clear" } as const;
    const withLength = fc.tuple(address, fc.nat({ max: 128 })).map(([one, length]) => {
      return `${formatAddress(one)}/${length % (bitsOf(one.family) + 1)}`;
    });
    const texts = fc.sample(withLength, 2000);
    const ours = texts.map((text) => formatPrefix(accepted(parseEntry(text, lax))));
    expect(ours).toEqual(
      askPython(
        "clear",
        texts.map((text) => [text]),
      ),
    );

    const masked = texts.flatMap((text) => {
      const one = accepted(parseEntry(text, lax));
      const quad = text.slice(0, text.indexOf("/"));
      // Of 0.0.0.0 and 255.255.255.255 one cannot tell what they are; Python takes both for netmasks.
      if (one.family !== "ipv4" || one.length === 0 || one.length === 32) return [];
      const mask = (0xffff_ffff << (32 - one.length)) >>> 0;
      return [{ netmask: `${quad}/${formatQuad(mask)}`, wildcard: `${quad}/${formatQuad(~mask)}` }];
    });
    expect(masked.length).toBeGreaterThan(500);
    expect(masked.map(({ netmask }) => formatPrefix(accepted(parseNetmask(netmask, lax))))).toEqual(
      askPython(
        "clear",
        masked.map(({ netmask }) => [netmask]),
      ),
    );
    expect(masked.flatMap(({ wildcard }) => accepted(parseWildcard(wildcard, lax)).map(formatInterval))).toEqual(
      askPython(
        "clear",
        masked.map(({ wildcard }) => [wildcard]),
      ),
    );
  });

  it("finds the same fewest prefixes", () => {
    const lists = sampleLists();
    const asked = lists.map((list) => [list.map(formatPrefix)]);
    expect(lists.map((list) => textsOf(addressSet(list)))).toEqual(askPython("fewest", asked));
    expect(lists.map((list) => countAddresses(addressSet(list)).toString())).toEqual(askPython("count", asked));
  });

  it("writes ranges as the same prefixes", () => {
    const ranges = [...fc.sample(interval, 1000), ...fc.sample(crowdedInterval, 500)];
    const asked = ranges.map(({ family, first, last }) => [
      formatAddress({ family, words: first }),
      formatAddress({ family, words: last }),
    ]);
    expect(ranges.map((range) => intervalPrefixes(range).map(formatPrefix))).toEqual(askPython("spanned", asked));
  });

  it("takes away, intersects and covers the same", () => {
    const pairs = sampleLists().map((list, index, all) => [list, all[(index + 1) % all.length] as Prefix[]] as const);
    const asked = pairs.map(([a, b]) => [a.map(formatPrefix), b.map(formatPrefix)]);
    const ours = pairs.map(([a, b]) => {
      const [x, y] = [addressSet(a), addressSet(b)];
      return { exclude: textsOf(difference(x, y)), common: textsOf(intersection(x, y)), coverage: coverage(x, b) };
    });
    expect(ours.map(({ exclude }) => exclude)).toEqual(askPython("exclude", asked));
    expect(ours.map(({ common }) => common)).toEqual(askPython("common", asked));
    expect(ours.map((one) => one.coverage)).toEqual(askPython("coverage", asked));
    for (const answer of ["none", "partial", "full"]) {
      expect(ours.flatMap((one) => one.coverage).filter((one) => one === answer).length).toBeGreaterThan(100);
    }
  });
});
