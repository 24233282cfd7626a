/** Commands of the Azure CLI, one for each address or prefix. New ones go in before old ones go out. */
import {
  entriesFor,
  type Format,
  type FullList,
  type ListChange,
  type NamedSet,
  writtenAs,
} from "../../core/allowlist/index";
import { bitsOf, formatAddress, formatPrefix, intervalOf, intervalPrefixes, type Prefix } from "../../core/ip/index";
import { command } from "../shell";
import { capability } from "./capability";

/** An address as such: Azure refuses it with /32. */
function ruleText(prefix: Prefix): string {
  return prefix.length === bitsOf(prefix.family) ? formatAddress(prefix) : formatPrefix(prefix);
}

function resourceGroup({ id }: NamedSet): string[][] {
  const [, subscription, group] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(id) ?? [];
  return subscription === undefined || group === undefined
    ? [["--resource-group", "RESOURCE_GROUP"]]
    : [
        ["--subscription", subscription],
        ["--resource-group", group],
      ];
}

function each(verb: "add" | "remove", set: NamedSet, texts: readonly string[]): string {
  const account = set.name === "" ? "STORAGE_ACCOUNT" : set.name;
  return texts
    .map((text) =>
      command(
        ["az", "storage", "account", "network-rule", verb],
        [...resourceGroup(set), ["--account-name", account], ["--ip-address", text]],
      ),
    )
    .join("");
}

/** What the change adds and removes: addresses that stay for another reason are neither. */
function parts({ set, add, remove }: ListChange): { readonly added: string[]; readonly removed: string[] } {
  const gone = new Set(remove);
  const keyOf = (entry: NamedSet["entries"][number]): string[] =>
    entry.term.kind === "block" ? intervalPrefixes(intervalOf(entry.term.block)).map(ruleText) : [entry.text];
  const staying = new Set(set.entries.filter((entry) => !gone.has(entry)).flatMap(keyOf));
  const wanted = add
    .filter((prefix) => entriesFor(prefix, capability) > 0)
    .flatMap((prefix) => writtenAs(prefix, capability))
    .map(ruleText);
  const leaving = new Set(remove.flatMap(keyOf));
  return {
    added: [...new Set(wanted)].filter((text) => !staying.has(text) && !leaving.has(text)),
    removed: [...leaving].filter((text) => !wanted.includes(text)),
  };
}

function full({ name, prefixes }: FullList): string {
  const ipRules = prefixes
    .flatMap((prefix) => writtenAs(prefix, capability))
    .map((prefix) => ({ action: "Allow", value: ruleText(prefix) }));
  const networkAcls = { defaultAction: "Deny", ipRules };
  const account = { name, type: "Microsoft.Storage/storageAccounts", properties: { networkAcls } };
  return `${JSON.stringify(account, null, 2)}\n`;
}

export const renderStorage: Format["render"] = {
  change: (change) => {
    const { added, removed } = parts(change);
    return each("add", change.set, added) + each("remove", change.set, removed);
  },
  rollback: (change) => {
    const { added, removed } = parts(change);
    return each("add", change.set, removed) + each("remove", change.set, added);
  },
  full,
};
