/** Cisco ASA, and the ASA part of Firepower Threat Defense. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

/** No other system has `network-object` with a keyword or a netmask, or `access-list NAME extended`. */
const own =
  /^(: Saved|ASA Version |[ \t]*(no )?network-object (host|object|\d|[0-9a-f]*:)|access-list \S+( line \d+)? (extended|standard) (permit|deny) |access-list \S+; \d+ elements)/gm;
const shared =
  /^(object-group network |object network |[ \t]+group-object |access-group \S+ (in|out) interface |nameif )/gm;

function detect(head: string): number {
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.5 : 0;
}

export const ciscoAsa = defineFormat({
  id: "cisco-asa",
  displayName: "Cisco ASA",
  exported: "`show running-config`, or `more system:running-config` with passwords; `show access-list` alone works too",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    hostBits: "refused",
    source: "Cisco ASA Series CLI configuration guide, objects for access control; no limit of members is documented",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseAsa } = require("./parse") as typeof import("./parse");
    const { refuseAsa, renderAsa } = require("./render") as typeof import("./render");
    return { parse: parseAsa, refuse: refuseAsa, render: renderAsa };
  },
});
