/**
 * Commands for the configuration mode: an address object for each new prefix, then the members of the group. Old members
 * go out after new ones are in; their objects stay, because others may use them.
 */
import type { Format, FullList, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { type Named, namesFor } from "../objects";
import { placeOfSet } from "../panos/scopes";
import { quoted } from "./words";

/** What stands before `address-group`: nothing, `shared`, `vsys vsys2`, `device-group BRANCHES`. */
function scopeWords(set: NamedSet): string {
  const { kind, name } = placeOfSet(set);
  if (kind === "shared") return "shared ";
  return name === "" ? "" : `${kind} ${quoted(name)} `;
}

function members(action: "set" | "delete", where: string, { name }: NamedSet, names: readonly string[]): string[] {
  return names.map((member) => `${action} ${where}address-group ${quoted(name)} static ${quoted(member)}`);
}

function definition(where: string, { name, prefix }: Named): string {
  return `set ${where}address ${name} ip-netmask ${formatPrefix(prefix)}`;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

const removedNames = ({ remove }: ListChange): string[] => remove.map((entry) => entry.text);

export const renderPanosSet: Format["render"] = {
  change(change, model) {
    const where = scopeWords(change.set);
    const named = namesFor(change.add, change.set, model.sets);
    return text([
      ...named.filter(({ exists }) => !exists).map((one) => definition(where, one)),
      ...members(
        "set",
        where,
        change.set,
        named.map(({ name }) => name),
      ),
      ...members("delete", where, change.set, removedNames(change)),
    ]);
  },
  rollback(change, model) {
    const where = scopeWords(change.set);
    const named = namesFor(change.add, change.set, model.sets);
    return text([
      ...members("set", where, change.set, removedNames(change)),
      ...members(
        "delete",
        where,
        change.set,
        named.map(({ name }) => name),
      ),
      ...named.filter(({ exists }) => !exists).map(({ name }) => `delete ${where}address ${name}`),
    ]);
  },
  full({ name, prefixes }: FullList) {
    const named = namesFor(prefixes, {}, []);
    return text([
      ...named.map((one) => definition("", one)),
      ...named.map((one) => `set address-group ${quoted(name)} static ${one.name}`),
    ]);
  },
};
