/** IP sets of AWS WAF. */
import { defineFormat, type NamedSet } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own = /"(?:IPSet|IPSets|IPAddressVersion)"\s*:/g;

function refuse({ entries }: NamedSet): string | undefined {
  const elsewhere = entries.some(({ term }) => term.kind === "unknown" && term.what === "external");
  return elsewhere
    ? "its addresses are not in the file, and an update replaces them; export it with get-ip-set"
    : undefined;
}

export const awsWafv2 = defineFormat({
  id: "aws-wafv2",
  displayName: "AWS WAF IP set",
  exported: "`aws wafv2 get-ip-set`, as JSON",
  detect: (head) => (countLines(head, own) > 0 ? 0.95 : 0),
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix"],
    shortest: { ipv4: 1, ipv6: 1 },
    mixedFamilies: false,
    maxEntries: 10_000,
    hostBits: "ignored",
    source: "AWS WAF API, UpdateIPSet and quotas: one family per set, any length but /0, 10,000 addresses",
    lastVerified: "documentation, 2026-11",
  },
  replaces: "UpdateIPSet replaces the addresses of the set",
  load: () => {
    const { parseIpSets } = require("./parse") as typeof import("./parse");
    const { renderIpSet } = require("./render") as typeof import("./render");
    return { parse: parseIpSets, refuse, render: renderIpSet };
  },
});
