/**
 * The bodies of two calls: `create` for POST, `delete` for DELETE of the list's items. Items are deleted by their ids; the
 * ids of those that a change has made are Cloudflare's to give, so a rollback names them by address.
 */
import type { Entry, Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { bitsOf, formatAddress, formatPrefix, type Prefix } from "../../core/ip/index";
import type { Item } from "./parse";

/** What a person finds beside the items that a change has made. */
const comment = "Microsoft, by msem";

/** Cloudflare gives single addresses without a length. */
function ipOf(prefix: Prefix): string {
  return prefix.length === bitsOf(prefix.family) ? formatAddress(prefix) : formatPrefix(prefix);
}

const made = (prefix: Prefix): Item => ({ ip: ipOf(prefix), comment });
const itemOf = ({ text }: Entry): Item => JSON.parse(text) as Item;

function bodies({ name }: NamedSet, create: readonly Item[], remove: readonly Item[]): string {
  if (create.length + remove.length === 0) return "";
  const body = {
    ...(name === "" ? {} : { list: name }),
    create: create.map(({ ip, comment: words }) => (words === undefined ? { ip } : { ip, comment: words })),
    delete: { items: remove.map(({ id, ip }) => (id === undefined ? { ip } : { id })) },
  };
  return `${JSON.stringify(body, undefined, 2)}\n`;
}

const added = ({ add }: ListChange): Item[] => add.map(made);
const removed = ({ remove }: ListChange): Item[] => remove.map(itemOf);

export const renderCloudflareList: Format["render"] = {
  change: (change) => bodies(change.set, added(change), removed(change)),
  rollback: (change) => bodies(change.set, removed(change), added(change)),
  full: ({ prefixes }) => `${JSON.stringify(prefixes.map(made), undefined, 2)}\n`,
};

export function refuseCloudflareList({ kind }: NamedSet): string | undefined {
  return kind === "ip list" ? undefined : `it is a ${kind.slice(0, 40)}, which holds no addresses`;
}
