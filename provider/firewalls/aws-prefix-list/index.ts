/** Managed prefix lists of Amazon VPC. */
import { defineFormat, type NamedSet } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own = /"(?:PrefixListName|PrefixListArn|PrefixLists)"\s*:/g;
const shared = /"Cidr"\s*:/g;
/** Of a security group, or of a set of another service. */
const foreign = /"(?:IpPermissions|IpPermissionsEgress|SecurityGroupRules|SecurityGroupRuleId|IPSet|LockToken)"\s*:/g;

function detect(head: string): number {
  if (countLines(head, foreign) > 0) return 0;
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.9 : 0;
}

function refuse({ name }: NamedSet): string | undefined {
  return name.startsWith("com.amazonaws.") ? "AWS keeps this list" : undefined;
}

export const awsPrefixList = defineFormat({
  id: "aws-prefix-list",
  displayName: "AWS managed prefix list",
  exported: "`aws ec2 get-managed-prefix-list-entries`, alone or with `aws ec2 describe-managed-prefix-lists`, as JSON",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix"],
    mixedFamilies: false,
    maxEntries: 1_000,
    hostBits: "ignored",
    source: "Amazon VPC quotas: 1,000 entries per list, adjustable; MaxEntries of the list is less as a rule",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parsePrefixLists } = require("./parse") as typeof import("./parse");
    const { renderPrefixList } = require("./render") as typeof import("./render");
    return { parse: parsePrefixLists, refuse, render: renderPrefixList };
  },
});
