/** A second opinion: Python's `ipaddress` on random input. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { formatPrefix } from "../../../provider/core/ip/format";
import { parseEntry } from "../../../provider/core/ip/parse";
import { addressSet, minimalPrefixes } from "../../../provider/core/ip/set";
import { crowded, prefix } from "./arbitraries";

const script = `
import ipaddress, json, sys
def text(n):
    mapped = n.version == 6 and n.network_address.ipv4_mapped
    return ("::ffff:%s/%d" % (mapped, n.prefixlen)) if mapped else n.compressed
def one(t):
    try: return text(ipaddress.ip_network(t))
    except ValueError: return None
def fewest(ts):
    ns = [ipaddress.ip_network(t) for t in ts]
    return [text(n) for v in (4, 6) for n in ipaddress.collapse_addresses([n for n in ns if n.version == v])]
asked = json.load(sys.stdin)
json.dump({"parsed": [one(t) for t in asked["texts"]], "fewest": [fewest(l) for l in asked["lists"]]}, sys.stdout)
`;

const python = spawnSync("python3", ["-c", "import ipaddress"], { encoding: "utf8" });

function askPython(asked: { texts: string[]; lists: string[][] }): { parsed: (string | null)[]; fewest: string[][] } {
  const answer = spawnSync("python3", ["-c", script], {
    input: JSON.stringify(asked),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (answer.status !== 0) throw new Error(`python3 failed: ${answer.stderr}`);
  return JSON.parse(answer.stdout) as { parsed: (string | null)[]; fewest: string[][] };
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
    const { parsed } = askPython({ texts, lists: [] });
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

  it("finds the same fewest prefixes", () => {
    const lists = [
      ...fc.sample(fc.array(crowded, { maxLength: 40 }), 300),
      ...fc.sample(fc.array(fc.oneof(prefix, crowded), { maxLength: 40 }), 100),
    ];
    const { fewest } = askPython({ texts: [], lists: lists.map((list) => list.map(formatPrefix)) });
    expect(lists.map((list) => minimalPrefixes(addressSet(list)).map(formatPrefix))).toEqual(fewest);
  });
});
