/** pfSense CE and pfSense Plus. */
import { defineFormat } from "../../core/allowlist/index";

function detect(head: string): number {
  if (/<opnsense>/.test(head)) return 0;
  if (/<pfsense>/.test(head)) return 0.98;
  // The backup of one area.
  const area = /^\s*(<\?xml[^>]*\?>\s*)?<(aliases|filter)>/.test(head);
  return area && /<(alias|rule)>/.test(head) ? 0.85 : 0;
}

export const pfsense = defineFormat({
  id: "pfsense",
  displayName: "pfSense",
  exported:
    "Diagnostics > Backup & Restore > Download configuration as XML, of everything, or of the area Aliases or Firewall Rules",
  detect,
  evaluation: "last-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    maxEntries: 5_000,
    hostBits: "ignored",
    source: "pfSense source, firewall_aliases_edit.php (max_alias_addresses) and filter.inc",
    lastVerified: "source code, 2026-11",
  },
  load: () => {
    const { parsePfsense } = require("./parse") as typeof import("./parse");
    const { refusePfsense, renderPfsense } = require("./render") as typeof import("./render");
    return { parse: parsePfsense, refuse: refusePfsense, render: renderPfsense };
  },
});
