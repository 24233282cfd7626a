/** For formats whose vendor replaces a whole list: the entries that a change must name. */
import type { ListChange } from "../core/allowlist/index";
import { formatPrefix } from "../core/ip/index";

/** Nothing is to be done. */
export function isIdle({ add, remove }: ListChange): boolean {
  return add.length + remove.length === 0;
}

/** Those that stay, as they are written and in their order, then those that are added. */
export function entriesAfter({ set, add, remove }: ListChange): string[] {
  const gone = new Set(remove);
  return [...set.entries.filter((entry) => !gone.has(entry)).map(({ text }) => text), ...add.map(formatPrefix)];
}

/** The list as it was. */
export function entriesBefore({ set }: ListChange): string[] {
  return set.entries.map(({ text }) => text);
}
