/** FortiOS: FortiGate firewalls. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

/** No other system has tables of these names. */
const own =
  /^(#config-version=F|[ \t]*config firewall (address6?|addrgrp6?|(consolidated )?policy6?|service (custom|group)|vip6?)[ \t]*$)/gm;
const shared = /^([ \t]*config (system|vdom|router|firewall) ?|[ \t]+edit ("|\d))/gm;

function detect(head: string): number {
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 1 ? 0.5 : 0;
}

export const fortios = defineFormat({
  id: "fortios",
  displayName: "Fortinet FortiOS",
  exported: "a backup of the configuration, or `show` and `show full-configuration` in the CLI",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    mixedFamilies: false,
    hostBits: "ignored",
    source:
      "FortiOS CLI reference, firewall address and addrgrp; members per group depend on the model (`print tablesize`)",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseFortios } = require("./parse") as typeof import("./parse");
    const { refuseFortios, renderFortios } = require("./render") as typeof import("./render");
    return { parse: parseFortios, refuse: refuseFortios, render: renderFortios };
  },
});
