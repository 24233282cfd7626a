/**
 * A file for `nft -f`, which is one transaction. Elements of an interval set may not overlap: old elements go out first, in
 * the same transaction, and of a prefix only the parts are put in that the set does not have.
 */
import {
  disjointParts,
  type Entry,
  type Format,
  type ListChange,
  type NamedSet,
  stayingBlocks,
} from "../../core/allowlist/index";
import { type Block, formatInterval, formatPrefix, intervalOf } from "../../core/ip/index";
import { isNftSet } from "./addresses";

function command(verb: "add" | "delete", set: NamedSet, elements: readonly string[]): string {
  const table = isNftSet(set) ? set.nft.table : "inet filter";
  if (elements.length === 0) return "";
  const [only] = elements;
  if (elements.length === 1) return `${verb} element ${table} ${set.name} { ${only} }\n`;
  return `${verb} element ${table} ${set.name} {\n${elements.map((one) => `\t${one}`).join(",\n")}\n}\n`;
}

interface Exchange {
  readonly added: readonly string[];
  readonly removed: readonly Entry[];
}

/**
 * What is put in: the prefixes, or the parts of them that no element holds that stays. A part that is the very element
 * that would go stays as it is.
 */
function exchangeOf(change: ListChange): Exchange {
  const parts = disjointParts(change.add, stayingBlocks(change));
  const wanted = new Set(parts.map(keyOf));
  const gone = new Set(change.remove.flatMap(blockKey));
  return {
    added: parts.filter((part) => !gone.has(keyOf(part))).map(formatPrefix),
    removed: change.remove.filter((entry) => !blockKey(entry).some((key) => wanted.has(key))),
  };
}

function keyOf(block: Block): string {
  return formatInterval(intervalOf(block));
}

function blockKey({ term }: Entry): string[] {
  return term.kind === "block" ? [keyOf(term.block)] : [];
}

/** By its addresses: what else an element has does not tell it from others. */
function addressOf({ text }: Entry): string {
  const end = text.indexOf(" ");
  return end < 0 ? text : text.slice(0, end);
}

/** As it was, with its comment; without what had to be cut. */
function restored(entry: Entry): string {
  return entry.text.endsWith("…") ? addressOf(entry) : entry.text;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

export const renderNftables: Format["render"] = {
  change(change) {
    const { added, removed } = exchangeOf(change);
    return command("delete", change.set, distinct(removed.map(addressOf))) + command("add", change.set, added);
  },
  rollback(change) {
    const { added, removed } = exchangeOf(change);
    return command("delete", change.set, added) + command("add", change.set, distinct(removed.map(restored)));
  },
  full({ name, prefixes }) {
    const type = prefixes[0]?.family === "ipv6" ? "ipv6_addr" : "ipv4_addr";
    const elements = disjointParts(prefixes, []).map((prefix) => `\t\t\t${formatPrefix(prefix)}`);
    const listed = elements.length === 0 ? "" : `\t\telements = {\n${elements.join(",\n")}\n\t\t}\n`;
    return `table inet filter {\n\tset ${name} {\n\t\ttype ${type}\n\t\tflags interval\n${listed}\t}\n}\n`;
  },
};

export function refuseNftables(set: NamedSet): string | undefined {
  if (isNftSet(set)) return set.nft.refused;
  return set.kind === "define" ? "it is a variable; change it in the file" : "it is no set";
}
