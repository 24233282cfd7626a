/** Policies of Azure Firewall. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own = /"(?:ruleCollections|ruleCollectionType|ruleCollectionGroups)"\s*:|"Microsoft\.Network\/firewallPolicies/gi;

export const azureFirewallPolicy = defineFormat({
  id: "azure-firewall-policy",
  displayName: "Azure Firewall policy",
  exported:
    "`az network firewall policy rule-collection-group list` as JSON, or the portal's export of policy and IP Groups",
  detect: (head) => (countLines(head, own) > 0 ? 0.95 : 0),
  evaluation: "first-match",
  capability: {
    families: ["ipv4"],
    forms: ["prefix", "range", "single"],
    neverEmpty: "Azure refuses the rule",
    hostBits: "refused",
    source:
      "Azure Firewall, rules and IP Groups: IPv4; 5,000 addresses per IP Group, no limit of one rule is documented",
    lastVerified: "documentation, 2026-11",
  },
  replaces: "the CLI and the API replace the sources of a rule and the addresses of a group",
  load: () => {
    const { parsePolicy } = require("./parse") as typeof import("./parse");
    const { refusePolicy, renderPolicy } = require("./render") as typeof import("./render");
    return { parse: parsePolicy, refuse: refusePolicy, render: renderPolicy };
  },
});
