/**
 * A change is PHP for Diagnostics > Command Prompt, or for pfSsh.php: it edits one alias in the running configuration,
 * keeps descriptions in step with addresses, writes once and reloads the filter. A whole list is an alias in XML.
 */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { escapeXml } from "../xml";

/** Describes what we add, so that a person sees whose it is. */
const mark = "pulumi-msem";

const quote = (text: string): string => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;

const lines = (words: readonly string[]): string => words.map((word) => `  ${quote(word)},\n`).join("");

function script({ name }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  if (added.length + removed.length === 0) return "";
  return `$name = ${quote(name)};
$add = [
${lines(added)}];
$remove = [
${lines(removed)}];
$found = false;
foreach (config_get_path('aliases/alias', []) as $at => $alias) {
  if ($alias['name'] !== $name) continue;
  $found = true;
  $addresses = preg_split('/\\s+/', $alias['address'] ?? '', -1, PREG_SPLIT_NO_EMPTY);
  $details = array_slice(array_pad(explode('||', $alias['detail'] ?? ''), count($addresses), ''), 0, count($addresses));
  foreach ($add as $address) {
    $addresses[] = $address;
    $details[] = '${mark}';
  }
  foreach ($remove as $address) {
    $place = array_search($address, $addresses, true);
    if ($place === false) continue;
    array_splice($addresses, $place, 1);
    array_splice($details, $place, 1);
  }
  config_set_path("aliases/alias/{$at}/address", implode(' ', $addresses));
  config_set_path("aliases/alias/{$at}/detail", implode('||', $details));
}
if ($found) {
  write_config('${mark}: alias ' . $name);
  filter_configure();
} else {
  echo "There is no alias {$name}; nothing was changed.\\n";
}
`;
}

const addedWords = ({ add }: ListChange): string[] => add.map(formatPrefix);
const removedWords = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderPfsense: Format["render"] = {
  change: (change) => script(change.set, addedWords(change), removedWords(change)),
  rollback: (change) => script(change.set, removedWords(change), addedWords(change)),
  full: ({ name, prefixes }) => `<?xml version="1.0"?>
<aliases>
  <alias>
    <name>${escapeXml(name)}</name>
    <type>network</type>
    <address>${prefixes.map(formatPrefix).join(" ")}</address>
    <descr></descr>
    <detail>${prefixes.map(() => mark).join("||")}</detail>
  </alias>
</aliases>
`,
};

export function refusePfsense({ kind }: NamedSet): string | undefined {
  if (kind === "network alias") return undefined;
  if (kind === "host alias") return "it holds single hosts; prefixes stand in an alias of the type Network(s)";
  return "its addresses come from elsewhere; name an alias of the type Network(s)";
}
