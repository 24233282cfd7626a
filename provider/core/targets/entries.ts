/** What stands in a product's allowlist, as read. */
import {
  type AddressSet,
  addressSet,
  compareWords,
  type Family,
  formatInterval,
  type Interval,
  parseBlock,
} from "../ip/index";

/** Addresses with their canonical text: a prefix, or `first-last`. Equal addresses have equal text. */
export interface Block {
  readonly text: string;
  readonly interval: Interval;
}

/** One entry of a product's allowlist. */
export interface ObservedEntry {
  /** As the product writes it; a write that replaces the whole list gives it back unchanged. */
  readonly text: string;
  /**
   * What it admits. Absent for what we do not understand (a host name): that is somebody else's, is kept, and counts.
   */
  readonly block?: Block;
  /** Id of the row, or of the list that holds the entry. */
  readonly id?: string;
  /** True when the product's own mark (description, name of the list) says that it is ours. */
  readonly marked?: boolean;
  /** Switched off: it stands there and lets nobody in. */
  readonly inactive?: boolean;
}

export interface ObservedAllowlist {
  readonly entries: readonly ObservedEntry[];
  /** Whether only listed addresses get in, per family. */
  readonly enforced: Readonly<Record<Family, boolean>>;
  /** Named lists, empty ones included, where the product has several. */
  readonly lists?: readonly ObservedList[];
}

export interface ObservedList {
  readonly id: string;
  readonly name: string;
  /** By the product's own mark. */
  readonly marked: boolean;
}

export function toBlock(interval: Interval): Block {
  return { text: formatInterval(interval), interval };
}

/**
 * An entry as a product gives it: a prefix, an address or a range. Host bits are read as the product reads them, and a
 * text that is none of these is kept as it is.
 */
export function observedEntry(text: string, more: Omit<ObservedEntry, "text" | "block"> = {}): ObservedEntry {
  const parsed = parseBlock(text.trim(), { hostBits: "clear", blanks: "allow" });
  return parsed.ok ? { text, block: toBlock(parsed.value), ...more } : { text, ...more };
}

/** The order of every list that we print: IPv4 first, by first address, the wider first. */
export function compareBlocks({ interval: a }: Block, { interval: b }: Block): number {
  if (a.family !== b.family) return a.family === "ipv4" ? -1 : 1;
  return compareWords(a.first, b.first) || compareWords(b.last, a.last);
}

/** The addresses that the entries admit; those that are switched off admit none. */
export function admittedBy(entries: readonly ObservedEntry[]): AddressSet {
  return addressSet(
    entries.flatMap(({ block, inactive }) => (block === undefined || inactive === true ? [] : [block.interval])),
  );
}
