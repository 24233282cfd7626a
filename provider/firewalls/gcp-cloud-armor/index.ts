/** Security policies of Google Cloud Armor. */
import { defineFormat } from "../../core/allowlist/index";
import { member, readJson } from "../json";

function detect(head: string): number {
  if (!/^\s*[[{]/.test(head)) return 0;
  const { policiesOf } = require("./parse") as typeof import("./parse");
  const rules = policiesOf(readJson(head).root).flatMap((policy) => policy.rules.slice(0, 20));
  const own = rules.some(([node]) => {
    const match = member(node, "match");
    return ["versionedExpr", "expr", "config"].some((name) => member(match, name) !== undefined);
  });
  return own ? 0.95 : 0;
}

export const gcpCloudArmor = defineFormat({
  id: "gcp-cloud-armor",
  displayName: "Google Cloud Armor",
  exported: "`gcloud compute security-policies describe NAME --format=json`, or `export NAME --file-format=json`",
  detect,
  evaluation: "priority",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    maxEntries: 10,
    neverEmpty: "a rule with no range is refused",
    hostBits: "refused",
    source: "Google Cloud API reference, SecurityPolicyRuleMatcherConfig.srcIpRanges: 10 ranges per rule",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseCloudArmor } = require("./parse") as typeof import("./parse");
    const { refuseCloudArmor, renderCloudArmor } = require("./render") as typeof import("./render");
    return { parse: parseCloudArmor, refuse: refuseCloudArmor, render: renderCloudArmor };
  },
});
