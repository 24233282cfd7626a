/** Imported by subpath: the whole of azure-native takes seconds to load and hundreds of megabytes to type-check. */
import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

/** Microsoft's newest weekly file, or one on disk; either is judged against the list that was accepted last. */
const rangesFile = config.get("rangesFile");
const scuba = new msem.ServiceTagRanges("scuba", {
  ...(rangesFile === undefined ? {} : { source: msem.file(rangesFile) }),
  guards: config.getObject<msem.GuardOptions>("guards") ?? {},
});

const group = new resources.ResourceGroup("connectors");

// A rule takes one family, so there are two.
const sources = scuba.prefixes.apply((prefixes) => msem.azure.securityRulePrefixes(prefixes));
const allow = (family: "ipv4" | "ipv6", priority: number) => ({
  name: `scuba-${family}`,
  description: pulumi.interpolate`${scuba.serviceTag} change ${scuba.changeNumber}`,
  priority,
  direction: "Inbound",
  access: "Allow",
  protocol: "Tcp",
  sourceAddressPrefixes: sources[family],
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "443",
});
const edge = new network.NetworkSecurityGroup("edge", {
  resourceGroupName: group.name,
  // No IPv6 prefix, no IPv6 rule: an empty source would be refused.
  securityRules: sources.apply(({ ipv4, ipv6 }) => [
    ...(ipv4.length === 0 ? [] : [allow("ipv4", 200)]),
    ...(ipv6.length === 0 ? [] : [allow("ipv6", 201)]),
  ]),
});

const members = scuba.prefixes.apply((prefixes) => msem.azure.ipGroupAddresses(prefixes));
const firewallGroup = new network.IpGroup("scuba", {
  resourceGroupName: group.name,
  ipAddresses: members.values,
});

const rules = scuba.prefixes.apply((prefixes) => msem.azure.storageIpRules(prefixes));
const data = new storage.StorageAccount("data", {
  resourceGroupName: group.name,
  kind: storage.Kind.StorageV2,
  sku: { name: storage.SkuName.Standard_LRS },
  networkRuleSet: {
    defaultAction: storage.DefaultAction.Deny,
    bypass: storage.Bypass.AzureServices,
    ipRules: rules.values.apply((values) => values.map((value) => ({ iPAddressOrRange: value }))),
  },
});

// What has no place is said, and stands in the outputs: whoever calls from there is not let in.
pulumi.all([members, rules]).apply(([group, account]) => {
  for (const { warning } of [group, account]) if (warning !== undefined) void pulumi.log.warn(warning, scuba);
});

export const changeNumber = scuba.changeNumber;
export const ids = { securityGroup: edge.id, ipGroup: firewallGroup.id, storageAccount: data.id };
export const leftOut = {
  ipGroup: members.leftOut,
  storageAccount: rules.leftOut,
};
