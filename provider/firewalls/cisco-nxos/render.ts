/** Commands for the configuration mode of NX-OS. A member goes by what it is, and comes back under its old number. */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { withLength } from "../cisco/render";

function commands(
  { kind, name }: Pick<NamedSet, "kind" | "name">,
  added: readonly string[],
  removed: readonly string[],
) {
  if (added.length + removed.length === 0) return "";
  const lines = [`${kind} ${name}`, ...added.map((one) => `  ${one}`), ...removed.map((one) => `  no ${one}`)];
  return `${lines.join("\n")}\n`;
}

const added = ({ add }: ListChange): string[] => add.map(withLength);
const removed = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);
const withoutNumber = (text: string): string => text.replace(/^\d+\s+/, "");

export const renderNxos: Format["render"] = {
  change: (change) => commands(change.set, added(change), removed(change).map(withoutNumber)),
  rollback: (change) => commands(change.set, removed(change), added(change)),
  full: ({ name, prefixes }) => {
    const kind = prefixes[0]?.family === "ipv6" ? "object-group ipv6 address" : "object-group ip address";
    return commands({ kind, name }, prefixes.map(withLength), []);
  },
};

/** A wildcard with holes stands as all its blocks; they come and go together. */
export function refuseNxos({ entries }: NamedSet): string | undefined {
  const holed = entries.find(({ line }, at) => at > 0 && line === entries[at - 1]?.line);
  return holed === undefined ? undefined : `line ${holed.line} is a wildcard with holes; write it as prefixes first`;
}
