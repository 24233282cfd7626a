/**
 * iptables-save and ip6tables-save, one or both in a file, also with the sets of `ipset save`; and the commands that
 * change them. Only the table `filter` admits and refuses; drops in other tables are noted.
 */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { type Family, parseEntry } from "../../core/ip/index";
import { ipsetStore } from "../ipset/store";
import { eachLine } from "../lines";
import { conjoiner, interfaces } from "../netfilter/match";
import { listsOf } from "./lists";
import { tableStore } from "./tables";
import { splitWords } from "./words";

const setLine = /^(ipset\s|(create|add|del|flush|destroy|swap|rename)\s)/;

/** A line of `filter`, kept until the family of its section is known. */
interface Waiting {
  readonly words: readonly string[];
  readonly raw: string;
  readonly line: number;
}

export function parseIptables(text: string, file: string): Model {
  const notes = noteCollector();
  const ipsets = ipsetStore(notes);
  const store = tableStore();
  let table = "filter";
  /** What a comment of the program said, or the words of the section's rules. */
  let said: Family | undefined;
  let seen: Family | undefined;
  let waiting: Waiting[] = [];
  let dropsElsewhere = 0;
  const names = interfaces();

  const flush = (): void => {
    const family = said ?? seen;
    if (family === undefined && waiting.length > 0) {
      notes.add(waiting[0]?.line ?? 1, "nothing says whether these rules are for IPv4 or IPv6; taken as IPv4");
    }
    for (const { words, raw, line } of waiting) {
      store.read(words, { raw, line, family: family ?? "ipv4", note: notes.add });
    }
    waiting = [];
    seen = undefined;
  };

  eachLine(text, (whole, line) => {
    const raw = whole.trim().replace(/^\[\d+:\d+\]\s*/, "");
    if (raw === "") return;
    if (raw.startsWith("#")) {
      const program = /\b(ip6?tables)(-nft|-legacy)?-(save|restore)\b/.exec(raw)?.[1];
      if (program === undefined) return;
      flush();
      said = program === "ip6tables" ? "ipv6" : "ipv4";
      table = "filter";
      return;
    }
    if (raw.startsWith("*")) {
      flush();
      table = raw.slice(1).trim();
      return;
    }
    if (raw === "COMMIT") {
      flush();
      table = "filter";
      // Sections that follow without a comment have their own family.
      said = undefined;
      return;
    }
    if (setLine.test(raw)) {
      if (!ipsets.read(raw, line)) notes.add(line, `not understood: ${raw.slice(0, 80)}`);
      return;
    }
    const words = splitWords(raw);
    const program = /(^|\/)(ip6?tables)(-nft|-legacy)?$/.exec(words[0] ?? "")?.[2];
    let here = table;
    if (program !== undefined) {
      words.shift();
      const at = words.findIndex((word) => word === "-t" || word === "--table");
      here = at < 0 ? "filter" : (words[at + 1] ?? "");
      if (at >= 0) words.splice(at, 2);
      while (words[0] === "-w" || words[0] === "--wait") words.shift();
    }
    if (here !== "filter") {
      const outside = here === "nat" ? translated(words) : undefined;
      if (outside !== undefined) names.outside(outside);
      if (words.includes("DROP") && dropsElsewhere++ === 0) {
        notes.add(line, `the table ${here.slice(0, 40)} drops packets too; only the table filter is judged`);
      }
      return;
    }
    if (program !== undefined) {
      store.read(words, { raw, line, family: program === "ip6tables" ? "ipv6" : "ipv4", note: notes.add });
      return;
    }
    seen ??= familyIn(words);
    waiting.push({ words, raw, line });
  });
  flush();

  const lists = listsOf([...store.tables.values()], conjoiner(), names);
  return {
    file,
    vendor: "iptables",
    sets: [...lists.sets, ...ipsets.sets()],
    ruleLists: lists.ruleLists,
    notes: notes.notes(),
  };
}

/** What a rule's addresses or protocol say of its family. */
function familyIn(words: readonly string[]): Family | undefined {
  for (let at = 0; at + 1 < words.length; at++) {
    const word = words[at] as string;
    const value = words[at + 1] as string;
    if (word === "-p" && /^(ipv6-icmp|icmpv6|icmp6)$/.test(value)) return "ipv6";
    if (word !== "-s" && word !== "-d") continue;
    const parsed = parseEntry(value, { hostBits: "clear" });
    if (parsed.ok) return parsed.value.family;
  }
  return undefined;
}

/** The interface whose traffic out of the network gets another source: beyond it is the outside. */
function translated(words: readonly string[]): string | undefined {
  if (!words.includes("POSTROUTING") || !(words.includes("MASQUERADE") || words.includes("SNAT"))) return undefined;
  const at = words.findIndex((word) => word === "-o" || word === "--out-interface");
  return at < 0 || words[at - 1] === "!" ? undefined : words[at + 1];
}
