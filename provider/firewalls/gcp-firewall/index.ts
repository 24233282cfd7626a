/** Firewall rules of Google Cloud VPC networks. */
import { defineFormat } from "../../core/allowlist/index";
import { member, readJson } from "../json";

function detect(head: string): number {
  if (!/^\s*[[{]/.test(head)) return 0;
  const { rulesIn } = require("./parse") as typeof import("./parse");
  const { root } = readJson(head);
  const rules = rulesIn(root).slice(0, 20);
  const owns = (names: readonly string[]): boolean =>
    rules.some(([node]) => names.some((name) => member(node, name) !== undefined));
  if (/"kind"\s*:\s*"compute#firewall(List)?"/.test(head) && rules.length > 0) return 0.97;
  if (!owns(["allowed", "denied"])) return 0;
  return owns(["sourceRanges", "sourceTags", "sourceServiceAccounts", "destinationRanges", "direction"]) ? 0.95 : 0.5;
}

export const gcpFirewall = defineFormat({
  id: "gcp-firewall",
  displayName: "Google Cloud VPC firewall",
  exported: "`gcloud compute firewall-rules list --format=json`, or `describe NAME --format=json` of one rule",
  detect,
  evaluation: "priority",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    mixedFamilies: false,
    maxEntries: 5_000,
    neverEmpty: "a rule without a source admits everybody",
    hostBits: "refused",
    source:
      "Google Cloud documentation, use VPC firewall rules (one family per rule); 5,000 ranges per rule is stated for firewall policies",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseGcpFirewall } = require("./parse") as typeof import("./parse");
    const { refuseGcpFirewall, renderGcpFirewall } = require("./render") as typeof import("./render");
    return { parse: parseGcpFirewall, refuse: refuseGcpFirewall, render: renderGcpFirewall };
  },
});
