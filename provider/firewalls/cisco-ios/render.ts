/** Commands for the configuration mode of IOS. New members go in before old ones go out: a used group is never empty. */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { withNetmask } from "../cisco/render";

function commands(
  { kind, name }: Pick<NamedSet, "kind" | "name">,
  added: readonly string[],
  removed: readonly string[],
) {
  if (added.length + removed.length === 0) return "";
  const lines = [`${kind} ${name}`, ...added.map((one) => ` ${one}`), ...removed.map((one) => ` no ${one}`)];
  return `${lines.join("\n")}\n`;
}

const added = ({ add }: ListChange): string[] => add.map(withNetmask);
const removed = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderIos: Format["render"] = {
  change: (change) => commands(change.set, added(change), removed(change)),
  rollback: (change) => commands(change.set, removed(change), added(change)),
  full: ({ name, prefixes }) => {
    const kind = prefixes[0]?.family === "ipv6" ? "object-group v6-network" : "object-group network";
    return commands({ kind, name }, prefixes.map(withNetmask), []);
  },
};
