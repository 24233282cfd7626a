/** PAN-OS in the set format: Palo Alto Networks firewalls and Panorama. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";
import { panCapability, refusePan } from "../panos/capability";

/** A scope or nothing, and then words that only PAN-OS has. */
const own =
  /^(?:\S+[#>] ?)?(set|delete|move) (config |devices \S+ |readonly |panorama |shared |(vsys|device-group) ("[^"\n]*"|\S+) )*(address ("[^"\n]*"|\S+) (ip-netmask|ip-range|ip-wildcard) |address-group ("[^"\n]*"|\S+) (static|dynamic) |(pre-|post-)?rulebase security rules |external-list )/gm;
const shared = /^set (deviceconfig |shared |zone |mgt-config |address ("[^"\n]*"|\S+) fqdn )/gm;

function detect(head: string): number {
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.5 : 0;
}

export const panosSet = defineFormat({
  id: "panos-set",
  displayName: "PAN-OS (set commands)",
  exported: "`set cli config-output-format set`, then `configure` and `show`; on Panorama too",
  detect,
  evaluation: "first-match",
  capability: panCapability,
  load: () => {
    const { parsePanosSet } = require("./parse") as typeof import("./parse");
    const { renderPanosSet } = require("./render") as typeof import("./render");
    return { parse: parsePanosSet, refuse: refusePan, render: renderPanosSet };
  },
});
