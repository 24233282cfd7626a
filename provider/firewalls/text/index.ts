/** Plain lists of addresses. */
import { defineFormat } from "../../core/allowlist/index";
import { eachLine } from "../lines";
import { parseText, readWord, wordsIn } from "./parse";

/** The share of words that are addresses; a list with nothing but comments may be one. */
function detect(head: string): number {
  let words = 0;
  let addresses = 0;
  eachLine(head, (line) => {
    if (words >= 2_000) return;
    for (const { word } of wordsIn(line)) {
      words++;
      const { term } = readWord(word);
      if (term.kind === "block" || (term.kind === "unknown" && term.within !== undefined)) addresses++;
      // A name among addresses is usual; a file of names is no list of addresses.
      else if (term.kind === "unknown" && term.what === "fqdn") addresses += 0.5;
    }
  });
  return words === 0 ? 0.5 : Math.max(0, 0.8 * (addresses / words));
}

export const text = defineFormat({
  id: "text",
  displayName: "Plain list",
  exported:
    "one prefix, address or range per line, or several with commas or blanks between; `#` and `;` start comments",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    hostBits: "refused",
    source: "this project: a file has no limits; its reader may have some",
    lastVerified: "2026-11",
  },
  load: () => {
    const { renderText } = require("./render") as typeof import("./render");
    return { parse: parseText, render: renderText };
  },
});
