/** Commands of the Azure CLI. `--source-address-prefixes` replaces the sources of the rule, so those that stay are named. */
import type { Format, FullList, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { targetOptions } from "../arm";
import { entriesAfter, entriesBefore, isIdle } from "../replaced";
import { command } from "../shell";

function update({ id, name, scope = "" }: NamedSet, prefixes: readonly string[]): string {
  const target = targetOptions(id, [
    ["--nsg-name", scope],
    ["--name", name],
  ]);
  return command(["az", "network", "nsg", "rule", "update"], [...target, ["--source-address-prefixes", ...prefixes]]);
}

function full({ name, prefixes }: FullList): string {
  const rule = {
    name,
    properties: {
      priority: 100,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourcePortRange: "*",
      destinationPortRange: "443",
      sourceAddressPrefixes: prefixes.map(formatPrefix),
      destinationAddressPrefix: "*",
    },
  };
  const group = { type: "Microsoft.Network/networkSecurityGroups", properties: { securityRules: [rule] } };
  return `${JSON.stringify(group, null, 2)}\n`;
}

export const renderNsg: Format["render"] = {
  change: (change) => (isIdle(change) ? "" : update(change.set, entriesAfter(change))),
  rollback: (change) => (isIdle(change) ? "" : update(change.set, entriesBefore(change))),
  full,
};

export function refuseNsg({ entries }: NamedSet): string | undefined {
  const other = entries.find(({ term }) => term.kind !== "block");
  return other === undefined
    ? undefined
    : `${other.text} is no prefix, and a rule takes prefixes or one such source; make a rule for the prefixes`;
}
