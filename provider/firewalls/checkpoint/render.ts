/**
 * A change is a script of mgmt_cli for the management server. A group holds objects, so each prefix gets one, named
 * `msem-…`; nothing is published unless all went well, and what is not published is discarded. A whole list is the answer that show-groups would give.
 */
import type { Format, ListChange, Model, NamedSet } from "../../core/allowlist/index";
import { bitsOf, formatAddress, formatPrefix, type Prefix } from "../../core/ip/index";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function objectName(prefix: Prefix): string {
  return `msem-${formatPrefix(prefix).replace(/[:/]/g, "-")}`;
}

function addObject(prefix: Prefix): string {
  const name = quote(objectName(prefix));
  const address = formatAddress(prefix);
  if (prefix.length === bitsOf(prefix.family)) {
    return `add host name ${name} ip-address ${address} set-if-exists true ignore-warnings true`;
  }
  return `add network name ${name} subnet ${address} mask-length ${prefix.length} set-if-exists true ignore-warnings true`;
}

/** How many members one command names: a command line has its limits. */
const perCommand = 50;

function setGroup(set: NamedSet, verb: "add" | "remove", names: readonly string[]): string[] {
  const commands: string[] = [];
  for (let at = 0; at < names.length; at += perCommand) {
    const members = names
      .slice(at, at + perCommand)
      .map((name, index) => `members.${verb}.${index + 1} ${quote(name)}`);
    commands.push(`set group uid ${quote(set.id)} ${members.join(" ")}`);
  }
  return commands;
}

function script(commands: readonly string[]): string {
  if (commands.length === 0) return "";
  return `set -e
session=$(mktemp)
mgmt_cli login -r true > "$session"
trap 'mgmt_cli discard -s "$session"; mgmt_cli logout -s "$session"; rm -f "$session"' EXIT
${commands.map((command) => `mgmt_cli ${command} -s "$session"\n`).join("")}mgmt_cli publish -s "$session"
`;
}

const removedNames = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);
const addedNames = ({ add }: ListChange): string[] => add.map(objectName);

export const renderCheckpoint: Format["render"] = {
  change: (change) =>
    script([
      ...change.add.map(addObject),
      ...setGroup(change.set, "add", addedNames(change)),
      ...setGroup(change.set, "remove", removedNames(change)),
    ]),
  rollback: (change, model) =>
    script([
      ...setGroup(change.set, "add", removedNames(change)),
      ...setGroup(change.set, "remove", addedNames(change)),
      ...change.add
        .filter((prefix) => !isThere(objectName(prefix), model))
        .map((prefix) => {
          const kind = prefix.length === bitsOf(prefix.family) ? "host" : "network";
          return `delete ${kind} name ${quote(objectName(prefix))}`;
        }),
    ]),
  full: ({ name, prefixes }) => {
    const objects = prefixes.map((prefix) => ({
      uid: objectName(prefix),
      name: objectName(prefix),
      ...written(prefix),
    }));
    const group = { uid: `msem-group-${name}`, name, type: "group", members: objects.map(({ uid }) => uid) };
    return `${JSON.stringify({ objects: [...objects, group] }, undefined, 2)}\n`;
  },
};

/** The fields of an object of the prefix, as the API answers them. */
export function written(prefix: Prefix): Readonly<Record<string, string | number>> {
  const number = prefix.family === "ipv4" ? "4" : "6";
  const address = formatAddress(prefix);
  if (prefix.length === bitsOf(prefix.family)) return { type: "host", [`ipv${number}-address`]: address };
  return { type: "network", [`subnet${number}`]: address, [`mask-length${number}`]: prefix.length };
}

function isThere(name: string, { sets }: Model): boolean {
  return sets.some((set) => set.name === name);
}

export function refuseCheckpoint({ kind, entries }: NamedSet): string | undefined {
  if (kind !== "group") return "only groups have members that can be added and removed";
  // A group whose members were left out of the file can hold anything.
  const lacks = entries.some(
    ({ term }) => term.kind === "unknown" && (term.what === "undefined" || term.what === "notUnderstood"),
  );
  return lacks ? "its members are not in the file: export show-groups with details-level full" : undefined;
}
