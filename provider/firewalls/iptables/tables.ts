/** The chains of `filter` while lines are read: iptables-save, iptables-restore, and commands that change chains. */
import type { Family } from "../../core/ip/index";
import { quotable } from "../lines";
import { type RuleOptions, readOptions } from "./options";
import { joinWords } from "./words";

export interface TableRule extends RuleOptions {
  /** Without command and chain. */
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
  /** What `-D` compares. */
  readonly key: string;
}

export interface TableChain {
  readonly name: string;
  readonly line: number;
  rules: TableRule[];
  policy: { readonly target: string; readonly line: number; readonly text: string } | undefined;
}

/** The table `filter` of one family. */
export interface FilterTable {
  readonly family: Family;
  readonly chains: Map<string, TableChain>;
}

export const builtIn: ReadonlySet<string> = new Set(["INPUT", "FORWARD", "OUTPUT"]);

/** Beyond this, lines that ask for a place or take one away are not followed: each moves all after it. */
const mostMoves = 5_000;

export interface TableStore {
  readonly tables: Map<Family, FilterTable>;
  read(words: readonly string[], place: TablePlace): void;
}

export interface TablePlace {
  readonly raw: string;
  readonly line: number;
  readonly family: Family;
  readonly note: (line: number, message: string) => void;
}

const commands: Readonly<Record<string, string>> = {
  "--append": "-A",
  "--insert": "-I",
  "--delete": "-D",
  "--replace": "-R",
  "--new-chain": "-N",
  "--delete-chain": "-X",
  "--flush": "-F",
  "--policy": "-P",
  "--rename-chain": "-E",
};

export function tableStore(): TableStore {
  const tables = new Map<Family, FilterTable>();
  let moves = 0;
  const tableOf = (family: Family): FilterTable => {
    const known = tables.get(family);
    if (known !== undefined) return known;
    const table: FilterTable = { family, chains: new Map() };
    tables.set(family, table);
    return table;
  };
  const chainOf = (family: Family, name: string, line: number): TableChain => {
    const { chains } = tableOf(family);
    const known = chains.get(name);
    if (known !== undefined) return known;
    const chain: TableChain = { name, line, rules: [], policy: undefined };
    chains.set(name, chain);
    return chain;
  };
  const ruleOf = (words: readonly string[], { raw, line, note }: TablePlace): TableRule => {
    const text = quotable(raw);
    const options = readOptions(words, text, line);
    if (options.timed) note(line, "in force at certain times only (-m time); taken as always in force");
    for (const why of options.match.uncertain) note(line, why);
    return { ...options, words, text, line, key: keyOf(words, options) };
  };

  return {
    tables,
    read([first = "", name = "", ...rest], place) {
      const { line, family, raw } = place;
      if (first.startsWith(":")) {
        const chain = chainOf(family, first.slice(1), line);
        // A line of this kind empties the chain, as iptables-restore does.
        chain.rules = [];
        if (name !== "-" && name !== "") chain.policy = { target: name, line, text: quotable(raw) };
        return;
      }
      const command = commands[first] ?? first;
      if (name === "" && command !== "-F" && command !== "-X") return;
      switch (command) {
        case "-A":
          chainOf(family, name, line).rules.push(ruleOf(rest, place));
          return;
        case "-I":
        case "-R": {
          const { rules } = chainOf(family, name, line);
          const numbered = /^\d+$/.test(rest[0] ?? "");
          const at = Math.min(numbered ? Math.max(Number(rest[0]) - 1, 0) : 0, rules.length);
          if (moves++ >= mostMoves) {
            place.note(line, "too many insertions to follow");
            rules.unshift(doubtful(place));
            return;
          }
          rules.splice(at, command === "-R" ? 1 : 0, ruleOf(numbered ? rest.slice(1) : rest, place));
          return;
        }
        case "-D": {
          const chain = chainOf(family, name, line);
          if (moves++ >= mostMoves) {
            place.note(line, "too many deletions to follow");
            chain.rules.unshift(doubtful(place));
            return;
          }
          const key = keyOf(rest, readOptions(rest, raw, line));
          const at = /^\d+$/.test(rest[0] ?? "")
            ? Number(rest[0]) - 1
            : chain.rules.findIndex((rule) => rule.key === key);
          if (at >= 0) chain.rules.splice(at, 1);
          return;
        }
        case "-N":
          chainOf(family, name, line);
          return;
        case "-F":
          for (const chain of tableOf(family).chains.values()) if (name === "" || chain.name === name) chain.rules = [];
          return;
        case "-X":
          for (const chain of [...tableOf(family).chains.keys()]) {
            if (!builtIn.has(chain) && (name === "" || chain === name)) tableOf(family).chains.delete(chain);
          }
          return;
        case "-P":
          chainOf(family, name, line).policy = { target: rest[0] ?? "", line, text: quotable(raw) };
          return;
        case "-Z":
        case "-L":
        case "-S":
          return;
        default:
          place.note(line, `not understood: ${quotable(raw).slice(0, 80)}`);
      }
    },
  };
}

/** Stands first where the file says more than is followed: nothing after it is sure. */
function doubtful({ raw, line }: TablePlace): TableRule {
  const text = quotable(raw);
  const words = ["-j", "(a rule at an unknown place)"];
  return { ...readOptions(words, text, line), words, text, line, key: "" };
}

/** Host bits and bare addresses are spelled in one way. */
function keyOf(words: readonly string[], { source }: RuleOptions): string {
  if (source === undefined) return joinWords(words);
  return joinWords(words.with(source.at + 1, canonical(source.entry.term)));
}

function canonical(term: RuleOptions["match"]["sources"][number]["entries"][number]["term"]): string {
  return term.kind === "block" && "length" in term.block ? `${term.block.words.join(".")}/${term.block.length}` : "?";
}
