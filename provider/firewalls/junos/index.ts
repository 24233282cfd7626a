/** Junos: SRX policies and address books, firewall filters, prefix lists. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

/** Words that only Junos has, with a scope before them or not. */
const commands =
  /^(?:\S+[#>] ?)?(set|delete|deactivate) ((logical-systems|tenants|groups) \S+ )?(security (address-book|policies|zones) |policy-options prefix-list |firewall (family inet6?|filter) )/gm;
const braces =
  /^[ \t]*(?:(?:inactive|replace): )?((address-book|security-zone|source-address-excluded|prefix-list|source-prefix-list|from-zone \S+ to-zone|address-set)\b[^;{\n]*[;{]|version \d\d\.\d\S*;|policy-options \{|firewall \{)/gm;

function detect(head: string): number {
  if (countLines(head, commands) > 0) return 0.95;
  return countLines(head, braces) > 0 ? 0.9 : 0;
}

export const junos = defineFormat({
  id: "junos",
  displayName: "Juniper Junos (SRX policies, firewall filters)",
  exported: "`show configuration`, or `show configuration | display set`; both forms are read",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    hostBits: "ignored",
    source:
      "Junos OS, address-set and prefix-list statements; the most members depend on the model and are not listed there",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseJunos } = require("./parse") as typeof import("./parse");
    const { refuseJunos, renderJunos } = require("./render") as typeof import("./render");
    return { parse: parseJunos, refuse: refuseJunos, render: renderJunos };
  },
});
