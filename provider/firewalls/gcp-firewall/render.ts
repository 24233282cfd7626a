/**
 * gcloud replaces all ranges of a rule at once, so the command reads those that are there, takes away and adds. It stops
 * where reading fails or nothing would be left: a rule without a source admits everybody, and jq 1.6 succeeds on no input.
 */
import type { Format, ListChange, Model, NamedSet } from "../../core/allowlist/index";
import { formatPrefix, type Prefix } from "../../core/ip/index";
import { shellWord } from "../shell";
import { deniedKind } from "./parse";

function command({ name }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  if (added.length + removed.length === 0) return "";
  const rule = shellWord(name);
  return [
    `ranges=$(gcloud compute firewall-rules describe ${rule} --format=json |`,
    `  jq -er --argjson remove ${shellWord(JSON.stringify(removed))} --argjson add ${shellWord(JSON.stringify(added))} \\`,
    `  '.sourceRanges - $remove + $add | join(",")') && test -n "$ranges" &&`,
    `  gcloud compute firewall-rules update ${rule} --source-ranges="$ranges"`,
    "",
  ].join("\n");
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

export function refuseGcpFirewall({ kind, name }: NamedSet, _model: Model): string | undefined {
  if (kind === deniedKind) return "its rule denies";
  return /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name) ? undefined : "its rule has no name that gcloud would take";
}
