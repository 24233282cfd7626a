/** IP address access control of a ServiceNow instance. */
import { defineFormat } from "../../core/allowlist/index";
import { readDelimited, separatorOf } from "../delimited";
import { placesOf, readRecords } from "./records";

function detect(head: string): number {
  if (/^\s*[[{]/.test(head)) {
    const records = readRecords(head).found.slice(0, 20);
    return records.some(({ values }) => values.range_start !== undefined && values.type !== undefined) ? 0.95 : 0;
  }
  if (/^\s*</.test(head)) return 0;
  const places = placesOf(readDelimited(head, separatorOf(head) ?? ",", 1)[0]);
  return ["range_start", "range_end", "type"].every((name) => [...places.keys()].includes(name as never)) ? 0.95 : 0;
}

export const servicenowIpAccess = defineFormat({
  id: "servicenow-ip-access",
  displayName: "ServiceNow IP address access control",
  exported: "`GET /api/now/table/ip_access`, or the list of IP Address Access Control exported as CSV or JSON",
  detect,
  evaluation: "allow-wins",
  capability: {
    families: ["ipv4"],
    forms: ["range", "single"],
    hostBits: "refused",
    source: "ServiceNow documentation, IP address access control; IPv6 and a limit of records are not documented",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseServiceNow } = require("./parse") as typeof import("./parse");
    const { refuseServiceNow, renderServiceNow } = require("./render") as typeof import("./render");
    return { parse: parseServiceNow, refuse: refuseServiceNow, render: renderServiceNow };
  },
});
