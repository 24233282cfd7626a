/**
 * For resources of `@pulumi/azure-native`: which prefixes they can hold, in which form. Plain functions, for `apply` on
 * the outputs of a `ServiceTagRanges`, or for what `getScubaRanges` gives.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Fitted, LimitOptions, Prefixes, SecurityRulePrefixes } from "../core/cloud/azure";
import { shownMessage } from "../core/errors";

export type { Fitted, LeftOut, LimitOptions, Prefixes, SecurityRulePrefixes } from "../core/cloud/azure";

/**
 * `value`s of the IP rules of a storage account. It takes public IPv4 only, and neither /31 nor /32: their addresses
 * stand there one by one, so that 232 prefixes may be 277 rules.
 *
 * Such rules have no effect on callers in the account's own region: they come from private addresses.
 *
 * ```ts
 * const rules = scuba.prefixes.apply((prefixes) => msem.azure.storageIpRules(prefixes));
 * new storage.StorageAccount("data", {
 *   networkRuleSet: {
 *     defaultAction: "Deny",
 *     ipRules: rules.values.apply((values) => values.map((value) => ({ iPAddressOrRange: value }))),
 *   },
 *   …
 * });
 * export const leftOut = rules.leftOut;   // IPv6: whoever calls from there is not let in
 * ```
 * @param prefixes as a list, or as the keys of a map
 * @param options `limit`: default 400, which counts what stands there afterwards; Microsoft's pages of 2020 said 200
 * @throws pulumi.RunError, a clean line, when more than the limit are left, or none, or an entry is no prefix
 * @see https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations
 */
export function storageIpRules(prefixes: Prefixes, options: LimitOptions = {}): Fitted {
  return cleanly(({ storageIpRules: fit }) => fit(prefixes, options));
}

/**
 * `ipAddresses` of an IP group of Azure Firewall. Only IPv4 is documented.
 *
 * @param prefixes as a list, or as the keys of a map
 * @param options `limit`: default 5,000
 * @throws pulumi.RunError, a clean line, when more than the limit are left, or none, or an entry is no prefix
 * @see https://learn.microsoft.com/azure/firewall/ip-groups
 */
export function ipGroupAddresses(prefixes: Prefixes, options: LimitOptions = {}): Fitted {
  return cleanly(({ ipGroupAddresses: fit }) => fit(prefixes, options));
}

/**
 * `sourceAddressPrefixes` of two rules of a network security group, one for each family: a rule cannot hold both.
 *
 * @param prefixes as a list, or as the keys of a map
 * @param options `limit`: default 4,000, for the sources of all rules of the group; those of your other rules count too
 * @throws pulumi.RunError, a clean line, when more than the limit are left, or none, or an entry is no prefix
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
 */
export function securityRulePrefixes(prefixes: Prefixes, options: LimitOptions = {}): SecurityRulePrefixes {
  return cleanly(({ securityRulePrefixes: fit }) => fit(prefixes, options));
}

/** An error of ours ends the program with its message alone, not with a stack. */
function cleanly<Result>(action: (azure: typeof import("../core/cloud/azure")) => Result): Result {
  try {
    // Loaded late: most programs have no use for it.
    return action(require("../core/cloud/azure") as typeof import("../core/cloud/azure"));
  } catch (error) {
    throw new pulumi.RunError(shownMessage(error));
  }
}
