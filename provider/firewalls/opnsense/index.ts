/** OPNsense. */
import { defineFormat } from "../../core/allowlist/index";

export const opnsense = defineFormat({
  id: "opnsense",
  displayName: "OPNsense",
  exported: "System > Configuration > Backups > Download configuration",
  detect: (head) => (/^\s*(<\?xml[^>]*\?>\s*)?<opnsense>/.test(head) ? 0.98 : 0),
  evaluation: "last-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    hostBits: "ignored",
    source: "OPNsense source, AliasContentField.php and scripts/filter/lib/alias; no limit of an alias is documented",
    lastVerified: "source code, 2026-11",
  },
  load: () => {
    const { parseOpnsense } = require("./parse") as typeof import("./parse");
    const { refuseOpnsense, renderOpnsense } = require("./render") as typeof import("./render");
    return { parse: parseOpnsense, refuse: refuseOpnsense, render: renderOpnsense };
  },
});
