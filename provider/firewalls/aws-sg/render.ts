/** Commands of the AWS CLI. New ranges go in before old ones go out. */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix, type Prefix } from "../../core/ip/index";
import { describedEntry } from "../described";
import { command } from "../shell";

interface Range {
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly Description?: string;
}

const rangeOf = (family: NamedSet["family"], cidr: string, description?: string): Range => ({
  ...(family === "ipv6" ? { CidrIpv6: cidr } : { CidrIp: cidr }),
  ...(description === undefined ? {} : { Description: description }),
});

/** `sg-1/tcp/443`, `sg-1/tcp/8000-8080`, `sg-1/udp`, `sg-1/all`. */
const named = /^(.*?)\/(all|[a-z0-9]+)(?:\/(-?\d+)(?:-(-?\d+))?)?$/s;

function permissionOf(name: string, ranges: readonly Range[]) {
  const [, group = name, word = "tcp", from, to] = named.exec(name) ?? [];
  const ports = named.test(name) ? { from, to: to ?? from } : { from: "443", to: "443" };
  const v4 = ranges.filter(({ CidrIp }) => CidrIp !== undefined);
  const v6 = ranges.filter(({ CidrIpv6 }) => CidrIpv6 !== undefined);
  return {
    group,
    permission: {
      IpProtocol: word === "all" ? "-1" : word,
      ...(ports.from === undefined ? {} : { FromPort: Number(ports.from), ToPort: Number(ports.to) }),
      ...(v4.length === 0 ? {} : { IpRanges: v4 }),
      ...(v6.length === 0 ? {} : { Ipv6Ranges: v6 }),
    },
  };
}

function call(verb: "authorize" | "revoke", { name }: NamedSet, ranges: readonly Range[]): string {
  if (ranges.length === 0) return "";
  const { group, permission } = permissionOf(name, ranges);
  return command(
    ["aws", "ec2", `${verb}-security-group-ingress`],
    [
      ["--group-id", group],
      ["--ip-permissions", JSON.stringify([permission])],
    ],
  );
}

const added = ({ set, add }: ListChange): Range[] => add.map((prefix) => rangeOf(set.family, formatPrefix(prefix)));
const taken = ({ set, remove }: ListChange): Range[] =>
  remove.map((one) => rangeOf(set.family, describedEntry(one).cidr));
const restored = ({ set, remove }: ListChange): Range[] =>
  remove.map((one) => {
    const { cidr, description } = describedEntry(one);
    return rangeOf(set.family, cidr, description);
  });

const rangeFor = (prefix: Prefix): Range => rangeOf(prefix.family, formatPrefix(prefix));

export const renderSecurityGroups: Format["render"] = {
  change: (change) => call("authorize", change.set, added(change)) + call("revoke", change.set, taken(change)),
  rollback: (change) => call("authorize", change.set, restored(change)) + call("revoke", change.set, added(change)),
  full: ({ name, prefixes }) => {
    const { group, permission } = permissionOf(name, prefixes.map(rangeFor));
    return `${JSON.stringify({ SecurityGroups: [{ GroupId: group, IpPermissions: [permission] }] }, null, 2)}\n`;
  },
};
