/** Cisco IOS and IOS XE. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own =
  /^(ip access-list (standard|extended) \S|access-list \d+ (permit|deny|remark) |object-group v6-network |(Standard|Extended) IP access list \S|(V6-)?Network object group \S|[ \t]+ip access-group \S+ (in|out)[ \t]*$|[ \t]+ipv6 traffic-filter |Current configuration : \d+ bytes)/gm;
const shared =
  /^(object-group (network|service) |ipv6 access-list |IPv6 access list |[ \t]+(sequence )?\d* ?(permit|deny) |version 1\d\.\d)/gm;
/** ASA, NX-OS, IOS XR. */
const foreign =
  /^(ASA Version |[ \t]*network-object |access-list \S+ extended |feature \S|vdc |object-group ip(v6)? (address|port) |ip access-list \S+[ \t]*$|.* (addrgroup|portgroup) |ipv4 access-list |object-group network ipv[46] |!! IOS XR|IP access list )/gm;

function detect(head: string): number {
  if (countLines(head, foreign) > 0) return 0;
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.5 : 0;
}

export const ciscoIos = defineFormat({
  id: "cisco-ios",
  displayName: "Cisco IOS and IOS XE",
  exported: "`show running-config`; `show access-lists` and `show object-group` work too",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    mixedFamilies: false,
    hostBits: "ignored",
    source: "Cisco IOS XE security configuration guide, object groups for ACLs; no limit of members is documented",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseIos } = require("./parse") as typeof import("./parse");
    const { renderIos } = require("./render") as typeof import("./render");
    return { parse: parseIos, render: renderIos };
  },
});
