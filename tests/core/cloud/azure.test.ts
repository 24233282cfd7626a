import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ipGroupAddresses, securityRulePrefixes, storageIpRules } from "../../../provider/core/cloud/azure";
import {
  addressSet,
  equalSets,
  formatPrefix,
  type Prefix,
  parseEntry,
  toInterval,
} from "../../../provider/core/ip/index";
import { parseServiceTags, resolveServiceTag } from "../../../provider/core/servicetags/index";

/** `count` IPv4 prefixes of a length, none of them special. */
function row(count: number, length: number, from = 20): string[] {
  const size = 2 ** (32 - length);
  return Array.from({ length: count }, (_, index) => {
    const at = from * 2 ** 24 + index * size;
    return `${at >>> 24}.${(at >>> 16) & 255}.${(at >>> 8) & 255}.${at & 255}/${length}`;
  });
}

const ipv6 = ["2603:1030:20e::/124", "2603:1040:400::/124"];

function setOf(values: readonly string[]) {
  return addressSet(
    values.map((text) => {
      const parsed = parseEntry(text);
      if (!parsed.ok) throw new Error(parsed.problem.message);
      return toInterval(parsed.value);
    }),
  );
}

describe("IP rules of a storage account", () => {
  it("hold /30 as it is, and the addresses of /31 and /32 one by one", () => {
    expect(storageIpRules(["20.0.0.9/32", "20.0.0.0/30", "20.0.0.4/31"])).toEqual({
      values: ["20.0.0.0/30", "20.0.0.4", "20.0.0.5", "20.0.0.9"],
      leftOut: [],
    });
  });

  it("have no place for IPv6 and for private addresses, and say so", () => {
    const { values, leftOut, warning } = storageIpRules({
      "20.0.0.0/28": "Scuba",
      [ipv6[0] as string]: "Scuba",
      "10.1.0.0/24": "lab",
    });
    expect(values).toEqual(["20.0.0.0/28"]);
    expect(leftOut).toEqual([
      { prefix: "10.1.0.0/24", reason: "only public addresses are supported, this is private" },
      { prefix: ipv6[0], reason: "IPv6 is not supported" },
    ]);
    expect(warning).toBe(
      "2 prefixes are left out of the IP rules of a storage account: 1 because only public addresses are supported, this is private; 1 because IPv6 is not supported",
    );
  });

  it("are 277 for 232 prefixes as Scuba had them in June 2026", () => {
    const june = [...row(186, 28), ...row(45, 31, 40), ...row(1, 32, 50)];
    expect(storageIpRules([...june, ...ipv6]).values).toHaveLength(277);
    expect(() => storageIpRules(june, { limit: 276 })).toThrow(
      "MSEM_INVALID 277 entries do not fit into the IP rules of a storage account: the limit is 276",
    );
    expect(storageIpRules(june, { limit: 277 }).values).toHaveLength(277);
  });

  it("are at most 400, counted after the addresses were split", () => {
    expect(storageIpRules(row(200, 31)).values).toHaveLength(400);
    expect(() => storageIpRules([...row(200, 31), "60.0.0.0/28"])).toThrow("401 entries do not fit");
    // One more address of a pair that is there already is no more.
    expect(storageIpRules([...row(200, 31), "20.0.0.1/32"]).values).toHaveLength(400);
  });

  it("admit exactly the public IPv4 addresses that were given", () => {
    const prefix = fc
      .tuple(fc.integer({ min: 20 * 2 ** 24, max: 99 * 2 ** 24 }), fc.integer({ min: 20, max: 32 }))
      .map(([at, length]) => {
        const first = Math.floor(at / 2 ** (32 - length)) * 2 ** (32 - length);
        return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}/${length}`;
      });
    fc.assert(
      fc.property(fc.array(prefix, { minLength: 1, maxLength: 60 }), (prefixes) => {
        const { values } = storageIpRules(prefixes);
        expect(equalSets(setOf(values), setOf(prefixes))).toBe(true);
        expect(values.filter((value) => /\/3[12]$/.test(value))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  const real = join(__dirname, "../../../../shared/data/service-tags/history/2026-05-27_tagonly_scuba31.json");
  (existsSync(real) ? it : it.skip)("are 277 for the real Scuba at change 31 (skipped without ../shared/data)", () => {
    const { prefixes } = resolveServiceTag(parseServiceTags(readFileSync(real, "utf8"), "scuba31"), "Scuba");
    const texts = prefixes.map((prefix: Prefix) => formatPrefix(prefix));
    const { values, leftOut } = storageIpRules(texts);
    expect([texts.length, values.length, leftOut.length]).toEqual([260, 277, 28]);
    expect(ipGroupAddresses(texts).values).toHaveLength(232);
    const { ipv4, ipv6: six } = securityRulePrefixes(texts);
    expect([ipv4.length, six.length]).toEqual([232, 28]);
  });
});

describe("an IP group", () => {
  it("takes IPv4 of every length, at most 5,000, and leaves out IPv6 visibly", () => {
    const { values, leftOut } = ipGroupAddresses([...row(4999, 31), "60.0.0.1/32", ...ipv6]);
    expect([values.length, leftOut.map(({ prefix }) => prefix)]).toEqual([5000, ipv6]);
    expect(() => ipGroupAddresses(row(5001, 31))).toThrow(
      "5001 entries do not fit into an IP group: the limit is 5000",
    );
  });
});

describe("rules of a network security group", () => {
  it("take one family each, 4,000 in all", () => {
    expect(securityRulePrefixes([...ipv6, "20.0.0.0/28"])).toEqual({ ipv4: ["20.0.0.0/28"], ipv6 });
    expect(securityRulePrefixes([...row(3998, 30), ...ipv6]).ipv4).toHaveLength(3998);
    expect(() => securityRulePrefixes([...row(3999, 30), ...ipv6])).toThrow("4001 entries do not fit");
  });
});

describe("bad input", () => {
  it("is refused with all problems at once", () => {
    const call = () => storageIpRules(["20.0.0.1/28", "20.0.0.0/28", "here"]);
    expect(call).toThrow("2 of 3 entries are no prefixes");
    expect(call).toThrow("20.0.0.0/28");
  });

  it("never gives an empty list", () => {
    for (const none of [[], ipv6]) expect(() => storageIpRules(none)).toThrow("can stand in the IP rules");
    expect(() => securityRulePrefixes({})).toThrow("none of 0 prefixes");
  });

  it.each([0, -1, 1.5, Number.NaN])("has a limit of %d refused", (limit) => {
    expect(() => storageIpRules(["20.0.0.0/28"], { limit })).toThrow("limit: must be a whole number");
  });
});
