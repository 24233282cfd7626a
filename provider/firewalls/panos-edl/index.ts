/** External dynamic lists of PAN-OS, type IP: a text file on a web server that firewalls fetch. */
import { defineFormat, type Format } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { eachLine } from "../lines";
import { parseEdl, readEntry, wordOf } from "./parse";

/** A plain list is one too; only a comment without a sign tells them apart. Else `--vendor panos-edl` has to say so. */
function detect(head: string): number {
  let entries = 0;
  let others = 0;
  let bare = 0;
  eachLine(head, (raw) => {
    const { word, column } = wordOf(raw);
    if (word === "") return;
    if (readEntry(word).term.kind !== "block") others++;
    else entries++;
    if (/^[A-Za-z]+\b(?![.:])/.test(raw.slice(column - 1 + word.length).trimStart())) bare++;
  });
  if (entries === 0 || others > entries / 2) return 0;
  return bare > 0 ? 0.96 : 0.3;
}

function lines(added: readonly string[], removed: readonly string[]): string {
  return [...removed.map((entry) => `- ${entry}\n`), ...added.map((entry) => `+ ${entry}\n`)].join("");
}

const render: Format["render"] = {
  change: ({ add, remove }) =>
    lines(
      add.map(formatPrefix),
      remove.map(({ text }) => text),
    ),
  rollback: ({ add, remove }) =>
    lines(
      remove.map(({ text }) => text),
      add.map(formatPrefix),
    ),
  full: ({ prefixes }) => prefixes.map((prefix) => `${formatPrefix(prefix)}\n`).join(""),
};

export const panosEdl = defineFormat({
  id: "panos-edl",
  displayName: "PAN-OS external dynamic list",
  exported: "the file itself, as the web server gives it; a change is lines with `+` and `-` before the entry",
  detect,
  evaluation: "none",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "range", "single"],
    maxEntries: 50_000,
    hostBits: "refused",
    source:
      "PAN-OS 7.1 web interface help, external dynamic lists: 50,000 addresses for all lists of a firewall (150,000 on PA-5000 and PA-7000); a prefix counts as one",
    lastVerified: "documentation, 2026-11",
  },
  parse: parseEdl,
  render,
});
