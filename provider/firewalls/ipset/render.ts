/** Lines for `ipset restore`. New elements go in before old ones go out, unless the set has no room for both. */
import type { Entry, Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { wordsOf } from "../lines";

/** The element of a line `add SET ELEMENT …`. */
function elementOf({ text }: Entry): string {
  const words = wordsOf(text).filter((word) => word !== "-!" && word !== "-exist" && word !== "ipset");
  return words[2] ?? "";
}

/** The line as it was, with its comment and timeout; without them when it had to be cut. */
function lineOf(set: NamedSet, entry: Entry): string {
  return entry.text.endsWith("…") ? `add ${set.name} ${elementOf(entry)}` : entry.text;
}

function inOrder(set: NamedSet, size: number, added: readonly string[], removed: readonly string[]): string {
  const crowded = set.maxEntries !== undefined && size + added.length > set.maxEntries;
  const lines = crowded ? [...removed, ...added] : [...added, ...removed];
  return lines.map((line) => `${line}\n`).join("");
}

export const renderIpset: Format["render"] = {
  change: ({ set, add, remove, keep }: ListChange) =>
    inOrder(
      set,
      keep + remove.length,
      add.map((prefix) => `add ${set.name} ${formatPrefix(prefix)}`),
      // An element that was added twice is there once.
      [...new Set(remove.map((entry) => `del ${set.name} ${elementOf(entry)}`))],
    ),
  rollback: ({ set, add, remove, keep }: ListChange) =>
    inOrder(
      set,
      keep + add.length,
      remove.map((entry) => lineOf(set, entry)),
      add.map((prefix) => `del ${set.name} ${formatPrefix(prefix)}`),
    ),
  full: ({ name, prefixes }) => {
    const six = prefixes[0]?.family === "ipv6";
    const maxelem = Math.max(65_536, prefixes.length);
    const create = `create ${name} hash:net family ${six ? "inet6" : "inet"} maxelem ${maxelem}\n`;
    return create + prefixes.map((prefix) => `add ${name} ${formatPrefix(prefix)}\n`).join("");
  },
};

export function refuseIpset({ kind }: NamedSet): string | undefined {
  if (kind === "hash:net" || kind === "ipset") return undefined;
  if (kind === "list:set") return "its members are sets; name one of them";
  if (kind === "hash:ip" || kind === "bitmap:ip") return "it holds single addresses; use a set of type hash:net";
  return `elements of ${kind} are more than an address; use a set of type hash:net`;
}
