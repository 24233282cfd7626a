/** External dynamic lists of addresses, as PAN-OS fetches them from a web server. */
import { defineFormat } from "../../core/allowlist/index";
import { parseBlock } from "../../core/ip/index";
import { eachLine } from "../lines";
import { parseEdl, readEdlLine } from "./parse";

/**
 * A list without comments in bare words reads the same as a plain list, which then goes first. With such comments it is
 * this one; where they are few beside the addresses, a plain list with stray words is as likely and the user is asked.
 */
function detect(head: string): number {
  let entries = 0;
  let others = 0;
  let commented = 0;
  let impossible = 0;
  eachLine(head, (content) => {
    const line = readEdlLine(content);
    if (line === undefined || entries + others >= 2_000) return;
    if (!parseBlock(line.word).ok) {
      others++;
      return;
    }
    entries++;
    const [first = ""] = line.comment.split(/[\s,;]/);
    // More addresses on the line, or a netmask, would be a comment here; nobody comments like that.
    if (/^["'(]?[\d.:-]*$/.test(first) && first !== "") impossible++;
    else if (/^[\p{L}(]/u.test(line.comment)) commented++;
  });
  if (entries === 0 || impossible > 0 || others > entries / 10) return 0;
  return commented > 0 ? 0.85 : 0.3;
}

export const panosEdl = defineFormat({
  id: "panos-edl",
  displayName: "PAN-OS external dynamic list",
  exported: "the text file that the firewall's external dynamic list (type IP List) fetches, from its web server",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    maxEntries: 50_000,
    hostBits: "refused",
    source:
      "PAN-OS 7.1 web interface help, external dynamic lists: 50,000 addresses in all lists of a firewall (150,000 on PA-5000 and PA-7000 Series), later ones are skipped; newer models show theirs under List Capacities",
    lastVerified: "documentation, 2026-11",
  },
  load: () => {
    const { renderText } = require("../text/render") as typeof import("../text/render");
    return { parse: parseEdl, render: renderText };
  },
});
