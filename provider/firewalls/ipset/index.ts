/** ipset: sets of addresses of the Linux kernel, as `ipset save` prints them. */
import { defineFormat, type Model, noteCollector } from "../../core/allowlist/index";
import { countLines, eachLine } from "../lines";
import { setCapability } from "../netfilter/capability";
import { renderSets } from "../netfilter/render";
import { refuseSet, setReader } from "../netfilter/sets";

const own = /^[ \t]*(ipset )?create \S+ (hash|bitmap|list):/gm;
const rules = /^(\*(filter|nat|mangle|raw)|:[A-Z]+ (ACCEPT|DROP)|(ip6?tables )?-A \S+ .*-j )/gm;

function parseIpset(text: string, file: string): Model {
  const notes = noteCollector();
  const reader = setReader(notes);
  eachLine(text, (raw, line) => {
    reader.read(raw, line);
  });
  return { file, vendor: "ipset", sets: reader.sets(), ruleLists: [], notes: notes.notes() };
}

export const ipset = defineFormat({
  id: "ipset",
  displayName: "ipset",
  exported: "`ipset save`; the change is for `ipset restore`",
  detect: (head) => (countLines(head, own) === 0 || countLines(head, rules) > 0 ? 0 : 0.95),
  evaluation: "none",
  capability: setCapability,
  parse: parseIpset,
  refuse: refuseSet,
  render: renderSets,
});
