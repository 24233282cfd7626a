/** Commands of the Azure CLI. `--source-addresses` replaces the sources of a rule; an IP Group is replaced by its own. */
import type { Format, FullList, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { renderIpGroup } from "../azure-ipgroup/render";
import { entriesAfter, entriesBefore, isIdle } from "../replaced";
import { command } from "../shell";

function update({ id, name, scope = "" }: NamedSet, addresses: readonly string[]): string {
  const [policy = "", group = "", collection = ""] = scope.split("/");
  const [, subscription, resourceGroup] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(id) ?? [];
  return command(
    ["az", "network", "firewall", "policy", "rule-collection-group", "collection", "rule", "update"],
    [
      ...(subscription === undefined ? [] : [["--subscription", subscription]]),
      ["--resource-group", resourceGroup ?? "RESOURCE_GROUP"],
      ["--policy-name", policy],
      ["--rcg-name", group],
      ["--collection-name", collection],
      ["--name", name],
      ["--source-addresses", ...addresses],
    ],
  );
}

function full({ name, prefixes }: FullList): string {
  const rule = {
    ruleType: "NetworkRule",
    name,
    ipProtocols: ["TCP"],
    sourceAddresses: prefixes.map(formatPrefix),
    destinationAddresses: ["*"],
    destinationPorts: ["443"],
  };
  const collection = {
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    name: "allow",
    priority: 100,
    action: { type: "Allow" },
    rules: [rule],
  };
  const group = {
    type: "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    name: "policy/group",
    properties: { priority: 100, ruleCollections: [collection] },
  };
  return `${JSON.stringify(group, null, 2)}\n`;
}

const isGroup = ({ set }: ListChange): boolean => set.kind === "IP group";

export const renderPolicy: Format["render"] = {
  change: (change, model) => {
    if (isGroup(change)) return renderIpGroup.change(change, model);
    return isIdle(change) ? "" : update(change.set, entriesAfter(change));
  },
  rollback: (change, model) => {
    if (isGroup(change)) return renderIpGroup.rollback(change, model);
    return isIdle(change) ? "" : update(change.set, entriesBefore(change));
  },
  full,
};

export function refusePolicy({ entries }: NamedSet): string | undefined {
  const other = entries.find(({ term }) => term.kind !== "block");
  return other === undefined ? undefined : `${other.text} is no address; make a rule or an IP Group for the prefixes`;
}
