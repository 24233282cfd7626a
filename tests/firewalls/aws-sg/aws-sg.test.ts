import { judge, planChange } from "../../../provider/core/allowlist/index";
import { awsSg } from "../../../provider/firewalls/aws-sg/index";
import { describeFormat } from "../formatSuite";
import { prefixOf } from "../questions";
import { commandsIn, theValue } from "../shell";

interface Fields {
  readonly GroupId?: string;
  readonly IpPermissions?: readonly Fields[];
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  IpRanges?: readonly Range[];
  Ipv6Ranges?: readonly Range[];
}

type Range = Readonly<Record<string, string>>;

/** What EC2 makes of the commands: ranges are found by their prefix, and nothing else is touched. */
function apply(config: string, rendered: string): string {
  const document = JSON.parse(config) as { SecurityGroups: Fields[] };
  for (const words of commandsIn(rendered)) {
    const group = document.SecurityGroups.find(({ GroupId }) => GroupId === theValue(words, "--group-id"));
    const [wanted] = JSON.parse(theValue(words, "--ip-permissions")) as [Fields];
    const { IpProtocol, FromPort, ToPort } = wanted;
    const permissions = group?.IpPermissions ?? [];
    const permission = permissions.find(
      (one) => one.IpProtocol === IpProtocol && one.FromPort === FromPort && one.ToPort === ToPort,
    );
    if (permission === undefined) throw new Error(`no permission for ${words.join(" ")}`);
    for (const [ranges, name] of [
      ["IpRanges", "CidrIp"],
      ["Ipv6Ranges", "CidrIpv6"],
    ] as const) {
      const now = permission[ranges] ?? [];
      const asked = wanted[ranges] ?? [];
      if (words[2] === "authorize-security-group-ingress") {
        if (asked.some((one) => now.some((other) => other[name] === one[name])))
          throw new Error("InvalidPermission.Duplicate");
        permission[ranges] = [...now, ...asked];
      } else {
        if (!asked.every((one) => now.some((other) => other[name] === one[name])))
          throw new Error("InvalidPermission.NotFound");
        permission[ranges] = now.filter((one) => !asked.some((other) => other[name] === one[name]));
      }
    }
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

function groupOf(ranges: readonly string[]): string {
  const IpRanges = ranges.map((CidrIp) => ({ CidrIp }));
  const permission = {
    IpProtocol: "tcp",
    FromPort: 443,
    ToPort: 443,
    IpRanges,
    Ipv6Ranges: [{ CidrIpv6: "2001:db8::/64" }],
  };
  return JSON.stringify(
    { SecurityGroups: [{ GroupId: "sg-1", GroupName: "web", IpPermissions: [permission] }] },
    null,
    1,
  );
}

const onlyAllows = "security groups only allow";
const noGroups =
  "a security group has no groups of addresses; references to security groups are interfaces, and unknown";

describeFormat(awsSg, {
  folder: __dirname,
  apply,
  roundTrips: [{ fixture: "groups.json", list: "sg-0a1b2c3d4e5f60001/tcp/443" }],
  lacks: {
    "deny-before-permit": onlyAllows,
    "decoy-deny": onlyAllows,
    hole: "there are no exclusions",
    "disabled-rule": "a rule cannot be disabled",
    "nested-group": noGroups,
    "cyclic-group": noGroups,
  },
  generate(entries) {
    const ranges = Array.from({ length: entries - 1 }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32`);
    return { text: groupOf(ranges), list: "sg-1/tcp/443" };
  },
  cases: [
    {
      name: "reads the ranges of a port, both families, wherever they stand",
      fixture: "groups.json",
      asked: { list: "sg-0a1b2c3d4e5f60001/tcp/443" },
      previous: ["192.0.2.16/28"],
      verdicts: {
        "192.0.2.0/28": "present 15",
        "192.0.2.8/29": "covered 15",
        "192.0.2.32/28": "missing",
        "198.51.0.0/16": "partial 17",
        "2001:db8:40::10/124": "present 20",
        "2001:db8:60::10/124": "missing",
      },
      extra: ["stale 16", "foreign 21"],
      notes: 0,
    },
    {
      name: "admits HTTPS by every permission whose ports hold it, and by no other; outbound ranges are none",
      fixture: "groups.json",
      verdicts: {
        "192.0.2.0/28": "present 15",
        "192.0.2.64/26": "present 39",
        "192.0.2.128/28": "missing",
        "203.0.113.0/24": "missing",
        "2001:db8:40::10/124": "present 20",
      },
    },
    {
      name: "takes a reference to a group for its members' private addresses, never for a caller from outside",
      fixture: "groups.json",
      asked: { rule: "default" },
      verdicts: { "10.1.2.0/24": "undecided 69", "203.0.113.7/32": "missing", "fd00::/64": "undecided 69" },
    },
    {
      name: "is undecided where a prefix list could admit, and sure of ranges; host bits are read as EC2 stores them",
      fixture: "unknown.json",
      asked: { rule: "by list" },
      shows: ["unknown", "undefined-member"],
      verdicts: {
        "192.0.2.0/28": "present 12",
        "192.0.2.32/28": "present 13",
        "203.0.113.0/24": "undecided",
        "2001:db8::/64": "undecided",
      },
    },
    {
      name: "is undecided about a range that it cannot read",
      fixture: "unknown.json",
      asked: { list: "sg-0f00000000000001/tcp/443" },
      verdicts: { "192.0.2.0/28": "present 12", "198.51.100.0/24": "undecided 14" },
      notes: 3,
    },
    {
      name: "is undecided about a permission without a protocol",
      fixture: "unknown.json",
      asked: { rule: "no protocol" },
      verdicts: { "203.0.113.0/24": "undecided" },
    },
    {
      name: "reads rules one by one, and puts those of one port together",
      fixture: "rules.json",
      asked: { list: "sg-0a1b2c3d4e5f60003/tcp/443" },
      verdicts: { "192.0.2.0/28": "present 11", "2001:db8:40::/48": "present 31", "198.51.100.0/24": "missing" },
    },
    {
      name: "counts a prefix list for another port and an outbound rule for nothing",
      fixture: "rules.json",
      verdicts: { "192.0.2.0/28": "present 11", "203.0.113.0/24": "missing" },
    },
  ],
});

describe("aws-sg: capacity", () => {
  const desired = [prefixOf("192.0.2.0/28")];
  const question = (ranges: number) => {
    const used = Array.from({ length: ranges }, (_, at) => `10.0.0.${at}/32`);
    const model = awsSg.parse(groupOf(used), "config");
    return {
      model,
      subject: { kind: "list", names: ["sg-1/tcp/443"] },
      desired,
      capability: awsSg.capability,
    } as const;
  };

  it("fills the last of 60 rules, and refuses the 61st: IPv4 and IPv6 are counted apart", () => {
    expect(planChange(question(59)).changes[0]?.add).toEqual(desired);
    expect(() => planChange(question(60))).toThrow(/would have 61 entries; it holds 60/);
  });

  it("takes more than 60 rules as proof of a higher quota", () => {
    expect(planChange(question(61)).changes[0]?.add).toEqual(desired);
  });

  it("is undecided about what follows the place where a document was cut off", () => {
    const { model: whole, ...rest } = question(3);
    const text = groupOf(["10.0.0.0/32", "192.0.2.64/28"]);
    const model = awsSg.parse(text.slice(0, text.indexOf("Ipv6Ranges")), "config");
    expect(whole.notes.count).toBe(0);
    expect(model.notes.count).toBe(1);
    expect(judge({ ...rest, model }).prefixes[0]?.verdict).toBe("undecided");
    expect(judge({ ...rest, model, subject: { kind: "inbound" } }).prefixes[0]?.verdict).toBe("undecided");
  });
});
