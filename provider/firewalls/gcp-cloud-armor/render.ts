/** Commands that replace the ranges of a rule. */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { isGcloudName, replaceRanges } from "../gcloud";
import { allowedKind } from "./parse";

function command({ name, scope }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  return replaceRanges({
    resource: ["security-policies", "rules"],
    rule: [name, `--security-policy=${scope ?? ""}`],
    // Some versions of gcloud describe a rule as an array of one.
    ranges: "[.] | flatten | .[0].match.config.srcIpRanges",
    flag: "--src-ip-ranges",
    added,
    removed,
  });
}

const added = ({ add }: ListChange): string[] => add.map(formatPrefix);
const removed = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderCloudArmor: Format["render"] = {
  change: (change) => command(change.set, added(change), removed(change)),
  rollback: (change) => command(change.set, removed(change), added(change)),
  full: ({ name, prefixes }) => {
    const config = { srcIpRanges: prefixes.map(formatPrefix) };
    const priority = /^\d{1,10}$/.test(name) ? Number(name) : 1000;
    const rule = { action: "allow", match: { config, versionedExpr: "SRC_IPS_V1" }, preview: false, priority };
    return `${JSON.stringify(rule, undefined, 2)}\n`;
  },
};

export function refuseCloudArmor({ kind, name, scope }: NamedSet): string | undefined {
  if (kind !== allowedKind) return "its rule does not allow";
  if (!/^\d{1,10}$/.test(name)) return "its rule has no priority";
  return isGcloudName(scope ?? "") ? undefined : "its policy has no name that gcloud would take";
}
