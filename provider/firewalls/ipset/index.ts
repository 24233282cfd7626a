/** Sets of the Linux kernel that rules of iptables refer to. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own = /^[ \t]*(ipset[ \t]+)?(create|-N)[ \t]+\S+[ \t]+(hash|bitmap|list):[a-z]/gm;
const shared = /^[ \t]*(ipset[ \t]+)?add[ \t]+\S+[ \t]+[\d.:a-f]+(\/\d+)?([ \t]|$)/gim;
/** Rules of iptables: with them the file is one of theirs that has its sets with it. */
const rules = /^(\*(filter|raw|mangle|nat|security)|:[A-Z]+ (ACCEPT|DROP|-) )/gm;

function detect(head: string): number {
  if (countLines(head, rules) > 0) return countLines(head, own) > 0 ? 0.3 : 0;
  if (countLines(head, own) > 0) return 0.95;
  return countLines(head, shared) > 0 ? 0.5 : 0;
}

export const ipset = defineFormat({
  id: "ipset",
  displayName: "Linux ipset",
  exported: "`ipset save`",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    shortest: { ipv4: 1, ipv6: 1 },
    mixedFamilies: false,
    hostBits: "ignored",
    source:
      "ipset(8): hash:net holds no prefix of length 0; a set holds `maxelem` entries, 65,536 by default, of one family",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { parseIpset } = require("./parse") as typeof import("./parse");
    const { refuseIpset, renderIpset } = require("./render") as typeof import("./render");
    return { parse: parseIpset, refuse: refuseIpset, render: renderIpset };
  },
});
