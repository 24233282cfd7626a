/** Commands that replace the ranges of a rule. */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix, type Prefix } from "../../core/ip/index";
import { isGcloudName, replaceRanges } from "../gcloud";
import { deniedKind } from "./parse";

function command({ name }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  const rule = { resource: ["firewall-rules"], rule: [name], ranges: ".sourceRanges", flag: "--source-ranges" };
  return replaceRanges({ ...rule, added, removed });
}

const added = ({ add }: ListChange): string[] => add.map(formatPrefix);
const removed = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

function full(name: string, prefixes: readonly Prefix[]): object {
  return {
    allowed: [{ IPProtocol: "tcp", ports: ["443"] }],
    direction: "INGRESS",
    disabled: false,
    name,
    priority: 1000,
    sourceRanges: prefixes.map(formatPrefix),
  };
}

export const renderGcpFirewall: Format["render"] = {
  change: (change) => command(change.set, added(change), removed(change)),
  rollback: (change) => command(change.set, removed(change), added(change)),
  full: ({ name, prefixes }) => `${JSON.stringify(full(name, prefixes), undefined, 2)}\n`,
};

export function refuseGcpFirewall({ kind, name }: NamedSet): string | undefined {
  if (kind === deniedKind) return "its rule denies";
  return isGcloudName(name) ? undefined : "its rule has no name that gcloud would take";
}
