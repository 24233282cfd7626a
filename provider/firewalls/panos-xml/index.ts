/** PAN-OS in XML: Palo Alto Networks firewalls and Panorama. */
import { defineFormat } from "../../core/allowlist/index";
import { panCapability, refusePan } from "../panos/capability";

function detect(head: string): number {
  if (!/^\s*</.test(head)) return 0;
  if (/<(ip-netmask|ip-range|ip-wildcard)>|<config\b[^>]*\burldb="/.test(head)) return 0.95;
  if (/<(pre-rulebase|post-rulebase|mgt-config|device-group)>/.test(head)) return 0.95;
  if (/<rulebase>\s*<security>/.test(head)) return 0.95;
  return /<(address-group|external-list)>/.test(head) ? 0.6 : 0;
}

export const panosXml = defineFormat({
  id: "panos-xml",
  displayName: "PAN-OS (XML)",
  exported:
    "Device > Setup > Operations > Export named configuration snapshot, or the XML API with `type=config&action=show`; a change is the body of a `multi-config` request",
  detect,
  evaluation: "first-match",
  capability: panCapability,
  load: () => {
    const { parsePanosXml } = require("./parse") as typeof import("./parse");
    const { renderPanosXml } = require("./render") as typeof import("./render");
    return { parse: parsePanosXml, refuse: refusePan, render: renderPanosXml };
  },
});
