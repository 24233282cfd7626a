/** Cisco NX-OS. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own =
  /^(object-group ip(v6)? address \S|object-group ip port \S|.* (permit|deny) .*(addrgroup|portgroup) |feature \S|vdc \S+ id |IP access list \S|[ \t]+ip(v6)? port (access-group|traffic-filter) )/gm;
/** Arista has these too. */
const shared =
  /^(ip access-list \S+[ \t]*$|version \d+\.\d+\(\d+\)|[ \t]+statistics per-entry|ipv6 access-list \S+[ \t]*$)/gm;
/** ASA, IOS, H3C. */
const foreign =
  /^(ASA Version |[ \t]*network-object |access-list \S+ |ip access-list (standard|extended) |object-group (network|service|v6-network) |(Standard|Extended) IP |[ \t]+\d+ network (host|subnet|range) )/gm;

function detect(head: string): number {
  if (countLines(head, foreign) > 0) return 0;
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.6 : 0;
}

export const ciscoNxos = defineFormat({
  id: "cisco-nxos",
  displayName: "Cisco NX-OS",
  exported:
    "`show running-config aclmgr` and `show running-config interface`, or the whole; `show access-lists` works too",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    mixedFamilies: false,
    hostBits: "ignored",
    source: "Cisco Nexus 9000 NX-OS security configuration guide, IP ACLs; no limit of members is documented",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseNxos } = require("./parse") as typeof import("./parse");
    const { refuseNxos, renderNxos } = require("./render") as typeof import("./render");
    return { parse: parseNxos, refuse: refuseNxos, render: renderNxos };
  },
});
