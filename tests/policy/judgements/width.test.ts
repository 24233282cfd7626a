/** How wide a list may be. */
import { judgeWidth, type WidthSettings } from "../../../policy/judgements/width";
import { unknown } from "../../../policy/subject";
import { run } from "../../ranges/weekly";
import { subject } from "../subjects";

const settings: WidthSettings = {
  shortestIpv4: 20,
  shortestIpv6: 64,
  maxIpv4Addresses: 65_536,
  maxPrefixes: 1_000,
  accepted: [],
};

function judge(prefixes: unknown, more: Partial<WidthSettings> = {}, className = "IpAllowlist") {
  return judgeWidth(subject(className, { prefixes }), { ...settings, ...more });
}

const listOf = (prefixes: readonly string[]) => Object.fromEntries(prefixes.map((text) => [text, "Scuba"]));

describe("the width of a list", () => {
  it("of Scuba's size passes", () => {
    expect(judge(listOf([...run(260), "20.1.0.0/24", "2603:1030::1/128", "2603:1030::/124"]))).toEqual([]);
  });

  it("ends at the shortest prefix of each family", () => {
    expect(judge(listOf(["20.0.0.0/20", "2603:1030::/64"]))).toEqual([]);
    expect(judge(listOf(["20.0.0.0/19", "2603:1030::/63"]))).toEqual([
      '20.0.0.0/19 ("Scuba") is wider than /20',
      '2603:1030::/63 ("Scuba") is wider than /64',
    ]);
    expect(judge(listOf(["0.0.0.0/0"])).length).toBe(2);
    expect(judge(listOf(["::/0"]))).toEqual(['::/0 ("Scuba") is wider than /64']);
    expect(judge(listOf(["::ffff:0:0/96"]))).toEqual([]);
  });

  it("is also that of many narrow prefixes: neither addresses nor entries without end", () => {
    const sixteen = Array.from({ length: 16 }, (_, index) => `20.${index}.0.0/20`);
    expect(judge(listOf(sixteen))).toEqual([]);
    expect(judge(listOf([...sixteen, "21.0.0.1/32"]))).toEqual([
      "65,537 IPv4 addresses are let in altogether; the limit is 65,536",
    ]);
    const hosts = (count: number) => Array.from({ length: count }, (_, index) => `2603::${index.toString(16)}/128`);
    expect(judge(listOf(hosts(1_000)))).toEqual([]);
    expect(judge(listOf(hosts(1_001)))).toEqual(["1,001 prefixes; the limit is 1,000"]);
  });

  it("leaves out what is accepted by name, and nothing else", () => {
    const wide = { "20.0.0.0/12": "our own", "21.0.0.0/12": "somebody's" };
    expect(judge(wide, { accepted: ["20.0.0.0/12"] })).toEqual([
      '21.0.0.0/12 ("somebody\'s") is wider than /20',
      "1,048,576 IPv4 addresses are let in altogether; the limit is 65,536",
    ]);
    expect(judge(wide, { accepted: Object.keys(wide) })).toEqual([]);
  });

  it("names five and counts the rest", () => {
    const wide = (length: number) => judge(listOf(Array.from({ length }, (_, index) => `2${index}.0.0.0/19`)));
    expect(wide(5)).toHaveLength(5);
    expect(wide(7)).toHaveLength(6);
    expect(wide(7).at(-1)).toBe("… and 2 more wide prefixes");
  });

  it("does not take what it cannot read for narrow", () => {
    expect(judge(listOf(["20.0.0.0", "20.0.0.0/33", "2603::/129", "any"]))).toEqual([
      '"20.0.0.0" cannot be read as a prefix, so nobody knows how wide it is',
      '"20.0.0.0/33" cannot be read as a prefix, so nobody knows how wide it is',
      '"2603::/129" cannot be read as a prefix, so nobody knows how wide it is',
      '"any" cannot be read as a prefix, so nobody knows how wide it is',
    ]);
  });

  it("is judged of lists that let in, once they are known", () => {
    const wide = listOf(["20.0.0.0/19"]);
    expect(judge(wide, {}, "ServiceTagRanges")).toHaveLength(1);
    expect(judge(wide, {}, "FirewallAllowlist")).toEqual([]);
    expect([judge(unknown), judge(undefined), judge({})]).toEqual([[], [], []]);
    expect(judge({ "20.0.0.0/19": unknown })).toEqual(['20.0.0.0/19 ("not known yet") is wider than /20']);
  });
});
