/** Security groups of Amazon EC2. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own = /"(?:IpPermissions|IpPermissionsEgress|SecurityGroupRules|SecurityGroupRuleId|UserIdGroupPairs)"\s*:/g;

export const awsSg = defineFormat({
  id: "aws-sg",
  displayName: "AWS security group",
  exported: "`aws ec2 describe-security-groups`, or `aws ec2 describe-security-group-rules`, as JSON",
  detect: (head) => (countLines(head, own) > 0 ? 0.95 : 0),
  evaluation: "allow-wins",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix"],
    maxEntries: 1_000,
    hostBits: "ignored",
    source:
      "Amazon VPC quotas: 60 rules per group and family by default, adjustable; 1,000 per interface over all its groups",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseSecurityGroups } = require("./parse") as typeof import("./parse");
    const { renderSecurityGroups } = require("./render") as typeof import("./render");
    return { parse: parseSecurityGroups, render: renderSecurityGroups };
  },
});
