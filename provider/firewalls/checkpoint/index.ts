/** Check Point, by the answers of its management API (R80 and later). */
import { defineFormat } from "../../core/allowlist/index";

function detect(head: string): number {
  if (!/^\s*[[{]/.test(head)) return 0;
  if (/"(objects-dictionary|access-rule|access-section|CpmiAnyObject|group-with-exclusion)"/.test(head)) return 0.97;
  if (/"(subnet4|subnet6|mask-length4|mask-length6|ipv4-address-first)"\s*:/.test(head)) return 0.95;
  return /"uid"\s*:/.test(head) && /"(ipv4-address|ipv6-address|members)"\s*:/.test(head) ? 0.9 : 0;
}

export const checkpoint = defineFormat({
  id: "checkpoint",
  displayName: "Check Point",
  exported:
    "`mgmt_cli show groups details-level full`, `show hosts`, `show networks`, `show address-ranges` and `show access-rulebase`, all pages, in one JSON array",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    hostBits: "ignored",
    source: "Check Point management API reference, host, network, group; no limit of members is documented",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseCheckpoint } = require("./parse") as typeof import("./parse");
    const { refuseCheckpoint, renderCheckpoint } = require("./render") as typeof import("./render");
    return { parse: parseCheckpoint, refuse: refuseCheckpoint, render: renderCheckpoint };
  },
});
