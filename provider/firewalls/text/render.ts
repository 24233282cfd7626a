/**
 * A plain list has no commands. A change is lines with `+` and `-` before the entry; a full list is one prefix per line.
 */
import type { Format, ListChange } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";

function lines(added: readonly string[], removed: readonly string[]): string {
  return [...removed.map((entry) => `- ${entry}\n`), ...added.map((entry) => `+ ${entry}\n`)].join("");
}

const added = ({ add }: ListChange): string[] => add.map(formatPrefix);
const removed = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderText: Format["render"] = {
  change: (change) => lines(added(change), removed(change)),
  rollback: (change) => lines(removed(change), added(change)),
  full: ({ prefixes }) => prefixes.map((prefix) => `${formatPrefix(prefix)}\n`).join(""),
};
