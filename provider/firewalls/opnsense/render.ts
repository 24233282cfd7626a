/**
 * A change is calls of the API, one for each entry: it edits the alias, keeps it in the configuration and loads it. The
 * credentials stay in a file of curl's. A whole list is an alias in XML.
 */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { escapeXml } from "../xml";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function script({ name }: NamedSet, added: readonly string[], removed: readonly string[]): string {
  if (added.length + removed.length === 0) return "";
  const send = (verb: "add" | "delete") => (word: string) => `send ${verb} ${quote(word)}\n`;
  return `set -e
alias=${quote(name)}
send() {
  curl -fsS --netrc-file "$OPNSENSE_NETRC" --json "{\\"address\\": \\"$2\\"}" \\
    "$OPNSENSE_URL/api/firewall/alias_util/$1/$alias" | grep -q '"done"'
}
${added.map(send("add")).join("")}${removed.map(send("delete")).join("")}`;
}

const addedWords = ({ add }: ListChange): string[] => add.map(formatPrefix);
const removedWords = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderOpnsense: Format["render"] = {
  change: (change) => script(change.set, addedWords(change), removedWords(change)),
  rollback: (change) => script(change.set, removedWords(change), addedWords(change)),
  full: ({ name, prefixes }) => `<?xml version="1.0"?>
<opnsense>
  <OPNsense>
    <Firewall>
      <Alias>
        <aliases>
          <alias>
            <enabled>1</enabled>
            <name>${escapeXml(name)}</name>
            <type>network</type>
            <content>${prefixes.map(formatPrefix).join("\n")}</content>
          </alias>
        </aliases>
      </Alias>
    </Firewall>
  </OPNsense>
</opnsense>
`,
};

export function refuseOpnsense({ kind, entries }: NamedSet): string | undefined {
  if (kind.startsWith("disabled ")) return "it is disabled; enable it first";
  if (kind.startsWith("merged ")) return "it nests an alias with exclusions; change the aliases that it nests";
  if (kind === "host alias") return "it holds single hosts; prefixes stand in an alias of the type Network(s)";
  if (kind !== "network alias") return "its addresses come from elsewhere; name an alias of the type Network(s)";
  // One entry of the file that is several of ours: none of them can go alone.
  if (entries.some(({ text }) => /\/.*[.:]/.test(text))) {
    return "it holds a wildcard, which stands for many entries; write that out first";
  }
  // Taken out, it could not be put back.
  const range = entries.some(({ text, term }) => term.kind === "block" && text.includes("-"));
  return range ? "it holds a range, which the API cannot add; write that as prefixes first" : undefined;
}
