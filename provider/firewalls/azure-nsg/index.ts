/** Network security groups of Azure. */
import { defineFormat } from "../../core/allowlist/index";
import { countLines } from "../lines";

const own =
  /"(?:securityRules|defaultSecurityRules|sourceAddressPrefix(?:es)?)"\s*:|"Microsoft\.Network\/networkSecurityGroups(?:\/securityRules)?"/gi;

export const azureNsg = defineFormat({
  id: "azure-nsg",
  displayName: "Azure network security group",
  exported: "`az network nsg show` or `az network nsg list` as JSON, the portal's export, or an ARM template",
  detect: (head) => (countLines(head, own) > 0 ? 0.95 : 0),
  evaluation: "priority",
  capability: {
    families: ["ipv4", "ipv6"],
    forms: ["prefix", "single"],
    mixedFamilies: false,
    maxEntries: 4_000,
    neverEmpty: "Azure refuses the rule",
    hostBits: "refused",
    source:
      "Azure subscription limits, networking: 4,000 addresses per group; one family in a rule, by the API's answer",
    lastVerified: "documentation, 2026-11",
  },
  replaces: "the CLI and the API replace the sources of a rule",
  load: () => {
    const { parseNsg } = require("./parse") as typeof import("./parse");
    const { refuseNsg, renderNsg } = require("./render") as typeof import("./render");
    return { parse: parseNsg, refuse: refuseNsg, render: renderNsg };
  },
});
