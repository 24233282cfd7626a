/** Commands for the ASA's configuration mode. New members go in before old ones go out. */
import type { Entry, Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { withNetmask } from "../cisco/render";

/** A member as the configuration has it, without what stands before it. */
function writtenMember({ text }: Entry): string {
  return text.replace(/^network-object\s+/, "");
}

function commands({ name }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  if (added.length + removed.length === 0) return "";
  const lines = [
    `object-group network ${name}`,
    ...added.map((member) => ` network-object ${member}`),
    ...removed.map((member) => ` no network-object ${member}`),
  ];
  return `${lines.join("\n")}\n`;
}

const addedMembers = ({ add }: ListChange): string[] => add.map(withNetmask);
const removedMembers = ({ remove }: ListChange): string[] => remove.map(writtenMember);

export const renderAsa: Format["render"] = {
  change: (change) => commands(change.set, addedMembers(change), removedMembers(change)),
  rollback: (change) => commands(change.set, removedMembers(change), addedMembers(change)),
  full: ({ name, prefixes }) =>
    `${[`object-group network ${name}`, ...prefixes.map((prefix) => ` network-object ${withNetmask(prefix)}`)].join("\n")}\n`,
};

export function refuseAsa({ kind }: NamedSet): string | undefined {
  return kind === "object network" ? "an object holds one address, range or subnet; name an object-group" : undefined;
}
