/**
 * Commands for gcloud, which replaces all ranges of a rule at once. So a change reads those that are there, takes away and
 * adds; it stops where reading fails or nothing would be left. jq 1.6 succeeds on no input, hence the `test`.
 */
import { shellWord } from "./shell";

export interface RangesChange {
  /** What gcloud calls the rule, from the resource on: `firewall-rules`, with its flags and its name apart. */
  readonly resource: readonly string[];
  readonly rule: readonly string[];
  /** Where a description has the ranges, for jq: `.sourceRanges`. */
  readonly ranges: string;
  readonly flag: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function replaceRanges({ resource, rule, ranges, flag, added, removed }: RangesChange): string {
  if (added.length + removed.length === 0) return "";
  const command = (verb: string): string => ["gcloud compute", ...resource, verb, ...rule.map(shellWord)].join(" ");
  const json = (texts: readonly string[]): string => shellWord(JSON.stringify(texts));
  return [
    `ranges=$(${command("describe")} --format=json |`,
    `  jq -er --argjson remove ${json(removed)} --argjson add ${json(added)} \\`,
    `  '${ranges} - $remove + $add | join(",")') && test -n "$ranges" &&`,
    `  ${command("update")} ${flag}="$ranges"`,
    "",
  ].join("\n");
}

/** Names that gcloud takes: a name that begins with a hyphen would be an option. */
export function isGcloudName(name: string): boolean {
  return /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}
