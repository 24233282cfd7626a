/** IP Groups of Azure Firewall. */
import { defineFormat, type NamedSet } from "../../core/allowlist/index";
import { countLines } from "../lines";
import { capability } from "./capability";

const own = /"ipAddresses"\s*:|"Microsoft\.Network\/ipGroups"/gi;
/** A policy may have its groups in the same file; then it is judged as a whole. */
const foreign =
  /"(?:ruleCollections|ruleCollectionGroups|securityRules|networkAcls|networkRuleSet)"\s*:|"Microsoft\.Network\/firewallPolicies/gi;

function detect(head: string): number {
  if (countLines(head, foreign) > 0) return 0;
  return countLines(head, own) > 0 ? 0.95 : 0;
}

/** The addresses as a whole are an expression: there is no list to add to. */
function refuse({ entries }: NamedSet): string | undefined {
  const other = entries.find(({ term }) => term.kind === "unknown" && term.what === "dynamic");
  return other === undefined ? undefined : `${other.text} is worked out by a template; change its parameters`;
}

export const azureIpGroup = defineFormat({
  id: "azure-ipgroup",
  displayName: "Azure IP Group",
  exported: "`az network ip-group show` or `az network ip-group list` as JSON, the portal's export, or an ARM template",
  detect,
  evaluation: "none",
  capability,
  replaces: "Azure replaces the addresses of a group",
  load: () => {
    const { parseIpGroups } = require("./parse") as typeof import("./parse");
    const { renderIpGroup } = require("./render") as typeof import("./render");
    return { parse: parseIpGroups, refuse, render: renderIpGroup };
  },
});
