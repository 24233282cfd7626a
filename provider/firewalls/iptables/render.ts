/**
 * Chains: input for `iptables-restore --noflush`, one transaction for each family. Sets: lines for `ipset restore`. New
 * entries go in before old ones go out.
 */
import type { Entry, Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { type Family, formatPrefix } from "../../core/ip/index";
import { refuseIpset, renderIpset } from "../ipset/render";
import { type ChainSet, isChainSet } from "./lists";
import { joinWords } from "./words";

function section(family: Family, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const program = family === "ipv6" ? "ip6tables-restore" : "iptables-restore";
  return `# ${program} --noflush\n*filter\n${lines.join("\n")}\nCOMMIT\n`;
}

function ruleOf({ pattern: { words, at } }: ChainSet, source: string): string {
  return joinWords(words.with(at, source));
}

function written({ term }: Entry): string {
  return term.kind === "block" && "length" in term.block ? formatPrefix(term.block) : "";
}

function lines(set: ChainSet, added: readonly string[], removed: readonly string[]): string {
  return section(set.family, [
    ...added.map((source) => `-I ${set.name} ${set.place} ${ruleOf(set, source)}`),
    ...removed.map((source) => `-D ${set.name} ${ruleOf(set, source)}`),
  ]);
}

export const renderIptables: Format["render"] = {
  change(change: ListChange, model) {
    const { set, add, remove } = change;
    if (!isChainSet(set)) return renderIpset.change(change, model);
    return lines(set, add.map(formatPrefix), remove.map(written));
  },
  rollback(change, model) {
    const { set, add, remove } = change;
    if (!isChainSet(set)) return renderIpset.rollback(change, model);
    return lines(set, remove.map(written), add.map(formatPrefix));
  },
  full({ name, prefixes }) {
    const family = prefixes[0]?.family ?? "ipv4";
    const rules = prefixes.map((prefix) => `-A ${name} -s ${formatPrefix(prefix)} -j ACCEPT`);
    return section(family, [`:${name} - [0:0]`, ...rules]);
  },
};

export function refuseIptables(set: NamedSet): string | undefined {
  return isChainSet(set) ? undefined : refuseIpset(set);
}
