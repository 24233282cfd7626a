/** The Linux packet filter by nft. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const json = /^\s*\{\s*"nftables"\s*:/;
const text =
  /^[ \t]*(#!\/\S*nft\b|(add |create )?table (ip|ip6|inet|arp|bridge|netdev) \S+[ \t]*(\{|;|\r?$)|flush ruleset\b|(\S*nft (-\S+ )*)?['"]?(add|insert|delete|flush|create|destroy|replace) (table|chain|rule|set|map|element) (ip|ip6|inet|arp|bridge|netdev) \S)/gm;
const hook = /\btype (filter|nat|route) hook \w+ (device|devices|priority)\b/g;
/** The family left out: common words that others have too. */
const shared = /^[ \t]*((add |create )?table \w+ \{|chain \w+ \{|(add|delete) element \w+ \w+ \{)/gm;

function detect(head: string): number {
  if (json.test(head) || countLines(head, text) > 0 || countLines(head, hook) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.5 : 0;
}

export const nftables = defineFormat({
  id: "nftables",
  displayName: "Linux nftables",
  exported: "`nft list ruleset`, or `nft -j list ruleset`",
  detect,
  evaluation: "first-match",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    mixedFamilies: false,
    disjoint: true,
    hostBits: "ignored",
    source:
      "nft(8), sets: one type per set, prefixes with `flags interval`, no overlaps; `size` of the set, if it has one",
    lastVerified: "nft 1.0.6, 2026-11",
  },
  load: () => {
    const { parseNftables } = require("./parse") as typeof import("./parse");
    const { refuseNftables, renderNftables } = require("./render") as typeof import("./render");
    return { parse: parseNftables, refuse: refuseNftables, render: renderNftables };
  },
});
