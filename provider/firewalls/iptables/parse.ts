/**
 * iptables: what `iptables-save` and `ip6tables-save` print, and scripts of commands. Sets of ipset may be in the same
 * file: then what they hold is known.
 */
import { type Model, noteCollector, type Rule, type RuleList } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { eachLine, quotable } from "../lines";
import { readRule } from "../netfilter/matches";
import { setReader } from "../netfilter/sets";
import { type Chain, unfold } from "../netfilter/unfold";

interface OpenChain {
  readonly name: string;
  readonly line: number;
  policy: "ACCEPT" | "DROP" | undefined;
  rules: { readonly words: readonly string[]; readonly text: string; readonly line: number }[];
}

interface Table {
  readonly name: string;
  /** Undefined until something in the file tells. */
  family: Family | undefined;
  readonly line: number;
  readonly chains: Map<string, OpenChain>;
}

type Notes = ReturnType<typeof noteCollector>;

/** Each insertion moves all later rules; more of them are not followed. */
const mostInsertions = 1_000;

export function parseIptables(text: string, file: string): Model {
  const notes = noteCollector();
  const sets = setReader(notes);
  const tables: Table[] = [];
  let said: Family | undefined;
  let current: Table | undefined;
  let insertions = 0;
  const tableOf = (name: string, family: Family | undefined, line: number): Table => {
    const known = tables.find((table) => table.name === name && table.family === family);
    if (known !== undefined) return known;
    const made: Table = { name, family, line, chains: new Map() };
    tables.push(made);
    return made;
  };

  eachLine(text, (raw, line) => {
    const trimmed = raw.trim();
    if (trimmed === "" || (!trimmed.startsWith("-") && sets.read(trimmed, line))) return;
    if (trimmed.startsWith("#")) {
      const header = /(ip6?tables)(-nft|-legacy)?-save/.exec(trimmed);
      if (header !== null) said = header[1] === "ip6tables" ? "ipv6" : "ipv4";
      return;
    }
    const first = trimmed.charAt(0);
    if (first === "*") {
      // Without a header each section stands for itself: its addresses tell of which family it is.
      const name = trimmed.slice(1);
      current = said === undefined ? { name, family: undefined, line, chains: new Map() } : tableOf(name, said, line);
      if (said === undefined) tables.push(current);
      return;
    }
    if (first === ":") {
      const [name, policy] = tokens(trimmed.slice(1));
      if (current !== undefined && name !== undefined) {
        chainOf(current, name, line).policy = policy === "ACCEPT" || policy === "DROP" ? policy : undefined;
      }
      return;
    }
    let words = tokens(trimmed);
    const program = /^(?:.*\/)?(ip6?tables)(-nft|-legacy)?$/.exec(words[0] ?? "");
    let table = current;
    if (program !== null) {
      words = words.slice(1).filter((word) => !/^(-w|--wait|-n|-v)$/.test(word));
      const at = words.findIndex((word) => word === "-t" || word === "--table");
      const name = at < 0 ? "filter" : (words[at + 1] ?? "filter");
      if (at >= 0) words.splice(at, 2);
      table = tableOf(name, program[1] === "ip6tables" ? "ipv6" : "ipv4", line);
    } else if (/^\[\d+:\d+\]$/.test(words[0] ?? "")) words.shift();
    if (words[0] === "COMMIT") current = undefined;
    else if (words[0]?.startsWith("-") === true) {
      table ??= tableOf("filter", said, line);
      const at = { words, text: quotable(trimmed), line };
      insertions += execute(table, at, insertions >= mostInsertions, notes);
    }
  });
  return { file, vendor: "iptables", sets: sets.sets(), ruleLists: listsOf(tables, notes), notes: notes.notes() };
}

/** Words, those in quotes without them. */
function tokens(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"?|'([^']*)'|[^\s"']+/g)].map(
    ([word, double, single]) => double ?? single ?? word,
  );
}

function chainOf(table: Table, name: string, line: number): OpenChain {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const made: OpenChain = { name, line, policy: undefined, rules: [] };
  table.chains.set(name, made);
  return made;
}

/** @returns how many insertions it took */
function execute(table: Table, at: OpenChain["rules"][number], full: boolean, notes: Notes): number {
  const [verb, name, ...rest] = at.words;
  if (name === undefined) return 0;
  const rule = { ...at, words: rest };
  switch (verb) {
    case "-A":
    case "--append":
      chainOf(table, name, at.line).rules.push(rule);
      return 0;
    case "-I":
    case "--insert": {
      const { rules } = chainOf(table, name, at.line);
      const numbered = /^\d{1,9}$/.test(rest[0] ?? "");
      const place = numbered ? Number(rest[0]) - 1 : 0;
      if (full) notes.add(at.line, "too many insertions: this rule is taken as the last one");
      rules.splice(full ? rules.length : Math.max(place, 0), 0, { ...rule, words: numbered ? rest.slice(1) : rest });
      return 1;
    }
    case "-D":
    case "--delete": {
      const { rules } = chainOf(table, name, at.line);
      const key = rest.join(" ");
      const index = /^\d{1,9}$/.test(key) ? Number(key) - 1 : rules.findIndex(({ words }) => words.join(" ") === key);
      if (index >= 0 && index < rules.length) rules.splice(index, 1);
      else notes.add(at.line, "there is no such rule to delete");
      return 1;
    }
    case "-P":
    case "--policy":
      chainOf(table, name, at.line).policy = rest[0] === "DROP" ? "DROP" : rest[0] === "ACCEPT" ? "ACCEPT" : undefined;
      return 0;
    case "-F":
    case "--flush":
      chainOf(table, name, at.line).rules = [];
      return 0;
    case "-N":
    case "--new-chain":
      chainOf(table, name, at.line);
      return 0;
    default:
      notes.add(at.line, `${(verb ?? "").slice(0, 40)} is not understood`);
      return 0;
  }
}

function listsOf(tables: readonly Table[], notes: Notes): RuleList[] {
  const byFamily = new Map<Family, Map<string, ReadonlyMap<string, Chain>>>();
  for (const table of tables) {
    const family = table.family ?? guessed(table, notes);
    const known = byFamily.get(family) ?? new Map<string, ReadonlyMap<string, Chain>>();
    byFamily.set(family, known);
    if (known.has(table.name)) notes.add(table.line, `there is a table ${table.name} already; the last one counts`);
    known.set(table.name, read(table, family, notes));
  }
  return [...byFamily].flatMap(([family, named]) => listsOfFamily(family, named, notes));
}

function guessed({ chains, line }: Table, notes: Notes): Family {
  const words = [...chains.values()].flatMap(({ rules }) => rules.flatMap((rule) => rule.words));
  if (words.some((word) => /^[0-9a-f]*:[0-9a-f:.]*(\/\d+)?$/i.test(word) && !/^\d*:\d*$/.test(word))) return "ipv6";
  if (words.some((word) => /^(icmpv6|ipv6-icmp)$/.test(word))) return "ipv6";
  if (!words.some((word) => /^\d+\.\d+\.\d+\.\d+/.test(word))) {
    notes.add(line, "nothing says of which family this table is; taken as IPv4");
  }
  return "ipv4";
}

function read({ chains }: Table, family: Family, notes: Notes): ReadonlyMap<string, Chain> {
  return new Map(
    [...chains.values()].map((chain) => [
      chain.name,
      {
        ...chain,
        rules: chain.rules.map(({ words, text, line }) => ({ ...readRule(words, line, family, notes), text, line })),
      },
    ]),
  );
}

const builtIn = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

function listsOfFamily(
  family: Family,
  tables: ReadonlyMap<string, ReadonlyMap<string, Chain>>,
  notes: Notes,
): RuleList[] {
  const filter = tables.get("filter");
  if (filter === undefined) return [];
  const reached = new Set<string>();
  const lists: RuleList[] = [];
  const used = (name: string): boolean => (filter.get(name)?.rules.length ?? 0) > 0;
  for (const chain of filter.values()) {
    if (!builtIn.test(chain.name)) continue;
    const unfolded = unfold(chain, filter, family);
    for (const name of unfolded.reached) reached.add(name);
    const other = chain.name === "INPUT" ? "FORWARD" : "INPUT";
    // A chain that nobody wrote a rule for says nothing of the traffic that the other one is for.
    const inbound = used(chain.name) || (!used(other) && chain.name === "INPUT");
    const before = chain.name === "OUTPUT" ? [] : earlierDenies(chain.name, family, tables);
    lists.push({
      ...listOf(chain, family, [...before, ...unfolded.rules, ...policyOf(chain, family, notes)]),
      use: chain.name === "OUTPUT" ? "outbound" : inbound ? "inbound" : "unbound",
    });
  }
  for (const chain of filter.values()) {
    if (builtIn.test(chain.name) || reached.has(chain.name)) continue;
    lists.push({ ...listOf(chain, family, unfold(chain, filter, family).rules), use: "unbound" });
  }
  return lists;
}

function listOf({ name, line }: Chain, family: Family, rules: readonly Rule[]): Omit<RuleList, "use"> {
  return { id: `chain:${family} ${name}`, name, kind: "chain", scope: family, line, evaluation: "first-match", rules };
}

/** What the tables before the filter drop. */
function earlierDenies(name: string, family: Family, tables: ReadonlyMap<string, ReadonlyMap<string, Chain>>): Rule[] {
  const places = [
    ["raw", "PREROUTING"],
    ["mangle", "PREROUTING"],
    ["mangle", name],
  ] as const;
  return places.flatMap(([table, hook]) => {
    const chains = tables.get(table);
    const chain = chains?.get(hook);
    if (chains === undefined || chain === undefined) return [];
    const { rules } = unfold(chain, chains, family);
    // What an ACCEPT before lets through here is not worked out.
    const accepts = rules.findIndex(({ action }) => action === "permit");
    return rules
      .map(
        (rule, at): Rule =>
          accepts >= 0 && accepts < at ? { ...rule, uncertain: `what table ${table} accepts` } : rule,
      )
      .filter(({ action }) => action === "deny");
  });
}

function policyOf({ name, line, policy }: Chain, family: Family, notes: Notes): Rule[] {
  if (policy === "DROP") return [];
  const any = { entries: [{ text: "any", line, term: { kind: "any", family } as const }] };
  if (policy === undefined) notes.add(line, `the policy of ${name} is not in the file`);
  const uncertain = policy === undefined ? { uncertain: "the policy is not in the file" } : {};
  const base = { text: `policy of ${name}`, line, source: any, destination: any, family, ...uncertain } as const;
  return [{ ...base, service: { terms: [{ protocol: "any" }] }, action: "permit", enabled: true, isDefault: true }];
}
