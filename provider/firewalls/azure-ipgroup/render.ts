/** Commands of the Azure CLI. `az resource update` reads the group, replaces its addresses and writes it back. */
import type { Format, FullList, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { entriesAfter, entriesBefore, isIdle } from "../replaced";
import { command } from "../shell";

function update({ id, name }: NamedSet, addresses: readonly string[]): string {
  const target = id.startsWith("/subscriptions/")
    ? [["--ids", id]]
    : [
        ["--resource-group", "RESOURCE_GROUP"],
        ["--resource-type", "Microsoft.Network/ipGroups"],
        ["--name", name],
      ];
  return command(
    ["az", "resource", "update"],
    [...target, ["--set", `properties.ipAddresses=${JSON.stringify(addresses)}`]],
  );
}

function full({ name, prefixes }: FullList): string {
  const group = { name, type: "Microsoft.Network/ipGroups", ipAddresses: prefixes.map(formatPrefix) };
  return `${JSON.stringify(group, null, 2)}\n`;
}

export const renderIpGroup: Format["render"] = {
  change: (change) => (isIdle(change) ? "" : update(change.set, entriesAfter(change))),
  rollback: (change) => (isIdle(change) ? "" : update(change.set, entriesBefore(change))),
  full,
};
