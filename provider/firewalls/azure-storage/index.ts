/** Network rules of Azure Storage accounts. */
import { defineFormat, type NamedSet } from "../../core/allowlist/index";
import { countLines } from "../lines";
import { capability } from "./capability";

const own = /"(?:networkRuleSet|ipAddressOrRange|primaryEndpoints)"\s*:|"Microsoft\.Storage\/storageAccounts"/g;
/** Key vaults, registries and others have the same words. */
const shared = /"(?:networkAcls|ipRules)"\s*:/g;
const foreign = /"(?:securityRules|ruleCollections|vaultUri)"\s*:|"Microsoft\.Network\/networkSecurityGroups"/g;

function detect(head: string): number {
  if (countLines(head, foreign) > 0 || countLines(head, shared) + countLines(head, own) === 0) return 0;
  return countLines(head, own) > 0 ? 0.95 : 0.5;
}

function refuse(set: NamedSet): string | undefined {
  const { isComputed } = require("./parse") as typeof import("./parse");
  return isComputed(set) ? "a template works its addresses out; change its parameters" : undefined;
}

export const azureStorage = defineFormat({
  id: "azure-storage",
  displayName: "Azure Storage firewall",
  exported:
    "`az storage account show`, `az storage account network-rule list`, the portal's export, or an ARM template",
  detect,
  evaluation: "first-match",
  capability,
  load: () => {
    const { parseStorage } = require("./parse") as typeof import("./parse");
    const { renderStorage } = require("./render") as typeof import("./render");
    return { parse: parseStorage, refuse, render: renderStorage };
  },
});
