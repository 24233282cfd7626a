/** Chains as lists: those that hold nothing but sources are sets of addresses, INPUT and FORWARD are lists of rules. */
import { anyService, anyTerm, type NamedSet, type Rule, type RuleList } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { type Chain, type ChainRule, unfold } from "../netfilter/chains";
import { type Conjoiner, everything, type Interfaces } from "../netfilter/match";
import { builtIn, type FilterTable, type TableChain, type TableRule } from "./tables";
import { joinWords } from "./words";

/** A chain whose rules with a source are alike but for it. */
export interface ChainSet extends NamedSet {
  readonly family: Family;
  /** Words of one rule; `at` is where its source stands. */
  readonly pattern: { readonly words: readonly string[]; readonly at: number };
  /** Which place in the chain the first of them has, from 1. */
  readonly place: number;
}

export function isChainSet(set: NamedSet): set is ChainSet {
  return "pattern" in set;
}

/** What an empty chain is taken to be for. */
const emptyPattern = { words: ["-s", "", "-j", "ACCEPT"], at: 1 };

/** The run of rules `-s … -j ACCEPT` in a user chain, if the rest of the chain asks for no source. */
function chainSet(chain: TableChain, family: Family): ChainSet | undefined {
  if (builtIn.has(chain.name)) return undefined;
  const { rules } = chain;
  const first = rules.findIndex(({ source }) => source !== undefined);
  const pattern = first < 0 ? undefined : patternOf(rules[first] as TableRule);
  const base = { id: `chain:${family}:${chain.name}`, name: chain.name, kind: "chain", line: chain.line, family };
  if (pattern === undefined) {
    const open = rules.every(({ match, verdict }) => match.sources.length === 0 && verdict.kind !== "accept");
    if (!open || first >= 0) return undefined;
    // Chains that log and drop are no lists; an empty one, or one that only goes back or drops at once, may be.
    if (rules.length > 1 || rules.some(({ words }) => words.length > 2)) return undefined;
    return { ...base, entries: [], pattern: emptyPattern, place: 1 };
  }
  let end = first;
  while (end < rules.length && isLike(rules[end] as TableRule, pattern)) end++;
  const others = [...rules.slice(0, first), ...rules.slice(end)];
  if (others.some(({ match }) => match.sources.length > 0)) return undefined;
  const entries = rules.slice(first, end).flatMap(({ source }) => (source === undefined ? [] : [source.entry]));
  return { ...base, entries, pattern, place: first + 1 };
}

function patternOf({ source, verdict, words }: TableRule): ChainSet["pattern"] | undefined {
  if (source === undefined || (verdict.kind !== "accept" && verdict.kind !== "jump")) return undefined;
  return { words: words.with(source.at + 1, ""), at: source.at + 1 };
}

function isLike({ source, words }: TableRule, { words: pattern, at }: ChainSet["pattern"]): boolean {
  if (source === undefined || source.at + 1 !== at || words.length !== pattern.length) return false;
  return words.every((word, index) => index === at || word === pattern[index]);
}

export interface Lists {
  readonly sets: readonly NamedSet[];
  readonly ruleLists: readonly RuleList[];
}

export function listsOf(tables: readonly FilterTable[], conjoiner: Conjoiner, interfaces: Interfaces): Lists {
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { match } of rules) for (const one of [...match.from, ...match.to]) interfaces.see(one);
    }
  }
  const sets: ChainSet[] = [];
  const parts: Part[] = [];
  for (const { family, chains } of tables) {
    const own = new Map<string, ChainSet>();
    for (const chain of chains.values()) {
      const set = chainSet(chain, family);
      if (set === undefined) continue;
      own.set(chain.name, set);
      sets.push(set);
    }
    const hooks = ["INPUT", "FORWARD"].flatMap((hook) => {
      const base = chains.get(hook);
      if (base === undefined) return [];
      const views = new Map([...chains.values()].map((chain) => [chain.name, view(chain, hook, own.get(chain.name))]));
      const policy = policyOf(base);
      const start = { ...everything, family };
      const rules = unfold(views.get(hook) as Chain, { chains: views, conjoiner, interfaces, start, policy });
      const { text, line, action, uncertain } = policy;
      const last = { ...wholeRule(text, line, action, family), isDefault: true };
      rules.push(uncertain === undefined ? last : { ...last, uncertain });
      return [{ hook, family, line: base.line, rules, filters: rules.some(refuses) }];
    });
    // A chain that refuses nothing, beside one that does, is not where access is decided.
    const some = hooks.some(({ filters }) => filters);
    parts.push(...hooks.map((part) => ({ ...part, decides: part.filters || !some })));
  }
  const absent = (["ipv4", "ipv6"] as const)
    .filter((family) => !tables.some((table) => table.family === family))
    .map(absentFamily);
  const ruleLists = ["INPUT", "FORWARD"].flatMap((hook) => {
    const mine = parts.filter((part) => part.hook === hook);
    const deciding = mine.filter(({ decides }) => decides);
    const idle = mine.filter(({ decides }) => !decides);
    if (deciding.length === 0 || idle.length === 0) return mine.length === 0 ? [] : [listOf(hook, mine, absent)];
    return [listOf(hook, deciding, absent), listOf(`${hook}-${(idle[0] as Part).family}`, idle, [])];
  });
  return { sets: [...sets, ...conjoiner.sets()], ruleLists };
}

/** A hook's chains of one family. */
interface Part {
  readonly hook: string;
  readonly family: Family;
  readonly line: number;
  readonly rules: readonly Rule[];
  readonly decides: boolean;
}

/** The families never meet, so that one list serves for both. */
function listOf(name: string, parts: readonly Part[], absent: readonly Rule[]): RuleList {
  return {
    id: `filter:${name}`,
    name,
    kind: "chain",
    line: Math.min(...parts.map(({ line }) => line)),
    evaluation: "first-match",
    use: parts.some(({ decides }) => decides) ? "inbound" : "unbound",
    rules: [...parts.flatMap(({ rules }) => rules), ...absent],
  };
}

/** Whether the rule could keep HTTPS out. */
function refuses({ action, service }: Rule): boolean {
  return (
    action === "deny" &&
    (service.terms.some(({ protocol }) => protocol === "any" || protocol === "tcp") ||
      (service.unknown?.length ?? 0) > 0)
  );
}

/** The chain as the hook sees it, the rules of its list as one. */
function view(chain: TableChain, hook: string, set: ChainSet | undefined): Chain {
  const rules: ChainRule[] = [];
  const first = set === undefined ? -1 : set.place - 1;
  const past = set === undefined ? -1 : first + set.entries.length;
  for (let at = 0; at < Math.max(chain.rules.length, 1); at++) {
    if (set !== undefined && at === first) {
      const text = `-A ${chain.name} ${joinWords(set.pattern.words.with(set.pattern.at, "…"))}`;
      const source = { entries: [{ text, line: chain.line, term: { kind: "set", id: set.id } as const }] };
      const like = chain.rules[first];
      const match = set.entries.length > 0 && like !== undefined ? like.match : everything;
      const verdict = set.entries.length > 0 && like !== undefined ? like.verdict : ({ kind: "accept" } as const);
      rules.push({ match: { ...match, sources: [source] }, verdict, text, line: chain.line });
    }
    const rule = chain.rules[at];
    if (rule === undefined || (at >= first && at < past)) continue;
    const { match, verdict, text, line, comment, local } = rule;
    // What goes through is not for this machine itself.
    const seen = local && hook === "FORWARD" ? { ...match, never: true } : match;
    rules.push({ match: seen, verdict, text, line, ...(comment === undefined ? {} : { name: comment }) });
  }
  return { name: chain.name, line: chain.line, rules };
}

interface Policy {
  readonly action: "permit" | "deny";
  readonly text: string;
  readonly line: number;
  readonly uncertain?: string;
}

function policyOf({ name, line, policy }: TableChain): Policy {
  const uncertain = `the policy of ${name} is not in the file`;
  if (policy === undefined) return { action: "permit", text: `-P ${name}`, line, uncertain };
  const { target, text } = policy;
  if (target !== "ACCEPT" && target !== "DROP") return { action: "permit", text, line: policy.line, uncertain };
  return { action: target === "ACCEPT" ? "permit" : "deny", text, line: policy.line };
}

function wholeRule(text: string, line: number, action: "permit" | "deny", family: Family): Rule {
  const operand = { entries: [{ text, line, term: anyTerm }] };
  return { text, line, action, source: operand, destination: operand, service: anyService, family, enabled: true };
}

/** The rules of the other family are in the other program's output. */
function absentFamily(family: Family): Rule {
  const program = family === "ipv6" ? "ip6tables-save" : "iptables-save";
  const uncertain = `the rules for ${family === "ipv6" ? "IPv6" : "IPv4"} are in the output of ${program}, which is not in the file`;
  return { ...wholeRule(program, 1, "permit", family), isDefault: true, uncertain };
}
