/**
 * Base chains as lists of rules. A packet goes through every base chain of its hooks, in all tables: one that drops it is
 * enough, and one that accepts it leaves it to the others. So the list of a hook is all of them, one behind the other; as
 * no order changes what passes all of them, those that accept least come first, which repeats the fewest rules.
 */
import { anyService, anyTerm, type NamedSet, type Rule, type RuleList, type Term } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { type Chain, type ChainRule, unfold, type Verdict } from "../netfilter/chains";
import { type Conjoiner, conjoiner, everything, type Interfaces, interfaces, type Match } from "../netfilter/match";
import { chainRules, type RuleView } from "./rules";
import { type BaseChain, type Ruleset, type Table, type TableChain, titleOf } from "./ruleset";
import { wordsIn } from "./values";

type Note = (line: number, message: string) => void;

/** The hooks that a packet passes, by where it goes; the last named is the one that the list is about. */
const paths = [
  { hook: "input", passed: ["ingress", "prerouting", "input"], forThisMachine: true },
  { hook: "forward", passed: ["ingress", "prerouting", "forward", "postrouting"], forThisMachine: false },
] as const;

type Path = (typeof paths)[number];

/** A base chain on a path. */
interface Stage {
  readonly table: Table;
  readonly chain: TableChain;
  readonly base: BaseChain;
  /** Its rules, and those of the chains that it reaches, by name. */
  readonly rules: ReadonlyMap<string, readonly ChainRule[]>;
  readonly accepts: number;
  readonly refuses: boolean;
}

export interface Lists {
  readonly sets: readonly NamedSet[];
  readonly ruleLists: readonly RuleList[];
}

export function listsOf(ruleset: Ruleset, note: Note): Lists {
  const names = interfaces();
  const conditions = conjoiner();
  const tables = [...ruleset.tables.values()].filter((table) => isJudged(table, note));
  const redirected = tables.filter((table) => seeTranslations(table, names, note)).length > 0;
  const told = new Set<string>();
  const once: Note = (line, message) => {
    if (told.has(`${line} ${message}`)) return;
    told.add(`${line} ${message}`);
    note(line, message);
  };
  const hooks = paths.map((path) => ({ path, stages: stagesOf(tables, path, redirected, once) }));
  for (const { stages } of hooks) {
    for (const { rules } of stages) {
      for (const { match } of [...rules.values()].flat())
        for (const one of [...match.from, ...match.to]) names.see(one);
    }
  }
  const own = hooks.filter(({ path, stages }) => stages.some(({ base }) => base.hook === path.hook));
  // Rules at the door alone are those of both ways; one list of them is enough.
  const chosen = own.length > 0 ? own : hooks.filter(({ stages }) => stages.some(({ refuses }) => refuses)).slice(0, 1);
  const decides = ({ path, stages }: (typeof hooks)[number]): boolean =>
    stages.some(({ base, refuses }) => refuses && (base.hook === path.hook || own.length === 0));
  const some = chosen.some(decides);
  const ruleLists = chosen.map((one) =>
    listOf(one.path, one.stages, { names, conditions, ruleset, inForce: !some || decides(one) }),
  );
  return { sets: conditions.sets(), ruleLists };
}

function isJudged({ family, dormant, line, chains, ...names }: Table, note: Note): boolean {
  if (dormant) {
    note(line, `table ${titleOf({ family, ...names })} is dormant: its rules are not in force`);
    return false;
  }
  const judged = family === "ip" || family === "ip6" || family === "inet" || family === "netdev";
  if (!judged && [...chains.values()].some(({ rules }) => rules.length > 0)) {
    note(line, `table ${titleOf({ family, ...names })} is for another kind of packets; it is not judged`);
  }
  return judged;
}

/** Where addresses are translated the way out is known, and with it the way in. True: packets are sent elsewhere. */
function seeTranslations(table: Table, names: Interfaces, note: Note): boolean {
  let moved = false;
  for (const { base, rules } of table.chains.values()) {
    for (const { statements, line } of rules) {
      const translation = statements.find((statement) => statement.kind === "translate");
      if (translation?.kind !== "translate") continue;
      if (translation.to === "destination") {
        if (!moved)
          note(line, "packets are sent elsewhere (dnat, redirect); rules are judged by the ports that they name");
        moved = true;
        continue;
      }
      if (base !== undefined && base.hook !== "postrouting") continue;
      for (const statement of statements) {
        if (statement.kind !== "match" || (statement.operator !== "==" && statement.operator !== "in")) continue;
        const [selector] = statement.selectors;
        if (selector !== "meta oifname" && selector !== "meta oif") continue;
        const { words, unknown } = wordsIn(statement.value, table);
        if (unknown.length === 0) for (const word of words) names.outside(word.replace(/\*$/, "+"));
      }
    }
  }
  return moved;
}

function stagesOf(tables: readonly Table[], path: Path, redirected: boolean, note: Note): Stage[] {
  const stages: Stage[] = [];
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      const { base } = chain;
      if (base === undefined || base.type !== "filter" || !(path.passed as readonly string[]).includes(base.hook))
        continue;
      const rules = reachable(table, chain, { table, forThisMachine: path.forThisMachine, redirected, note });
      const all = [...rules.values()].flat();
      const refuses = chain.policy?.verdict === "drop" || all.some((rule) => mayRefuse(rule, rules));
      const accepts = all.filter(({ verdict }) => verdict.kind === "accept").length;
      stages.push({ table, chain, base, rules, accepts, refuses });
    }
  }
  const place = ({ base }: Stage): number =>
    (path.passed as readonly string[]).indexOf(base.hook) * 1e9 + base.priority;
  return stages.sort((a, b) => place(a) - place(b));
}

function mayRefuse({ verdict, match }: ChainRule, known: ReadonlyMap<string, unknown>): boolean {
  if (match.never) return false;
  return verdict.kind === "drop" || ("chain" in verdict && !known.has(verdict.chain));
}

/** The chain and all that it jumps to. */
function reachable(table: Table, from: TableChain, view: RuleView): Map<string, readonly ChainRule[]> {
  const found = new Map<string, readonly ChainRule[]>();
  const waiting = [from];
  for (let chain = waiting.pop(); chain !== undefined; chain = waiting.pop()) {
    if (found.has(chain.name)) continue;
    const rules = chain.rules.flatMap((rule) => chainRules(rule, view));
    found.set(chain.name, rules);
    for (const { verdict } of rules) {
      const target = "chain" in verdict ? table.chains.get(verdict.chain) : undefined;
      if (target !== undefined) waiting.push(target);
    }
  }
  return found;
}

interface ListContext {
  readonly names: Interfaces;
  readonly conditions: Conjoiner;
  readonly ruleset: Ruleset;
  readonly inForce: boolean;
}

function listOf(path: Path, stages: readonly Stage[], context: ListContext): RuleList {
  const families = ["ipv4", "ipv6"] as const;
  const same = stages.every(({ table: { family } }) => family === "inet" || family === "netdev");
  const rules = same
    ? rulesOf(path.hook, stages, undefined, context)
    : families.flatMap((family) =>
        rulesOf(
          path.hook,
          stages.filter((stage) => concerns(stage, family)),
          family,
          context,
        ),
      );
  const doubts = context.ruleset.doubts.slice(0, 8).flatMap(({ line, why }) => doubtfulRules(why, line));
  const own = stages.filter(({ base }) => base.hook === path.hook);
  const [only, ...more] = own.some(({ refuses }) => refuses) ? own.filter(({ refuses }) => refuses) : own;
  const named = only !== undefined && more.length === 0 ? only : undefined;
  return {
    id: path.hook,
    name: named?.chain.name ?? path.hook,
    kind: "chain",
    ...(named === undefined ? {} : { scope: titleOf(named.table) }),
    line: Math.min(...stages.map(({ chain }) => chain.line)),
    evaluation: "first-match",
    use: context.inForce ? "inbound" : "unbound",
    rules: [...doubts, ...rules],
  };
}

function concerns({ table: { family } }: Stage, wanted: Family): boolean {
  return family === "inet" || family === "netdev" || family === (wanted === "ipv4" ? "ip" : "ip6");
}

function rulesOf(hook: string, stages: readonly Stage[], family: Family | undefined, context: ListContext): Rule[] {
  // Chains that refuse nothing change nothing; of the hook itself they are named all the same.
  const asked = stages
    .filter(({ refuses, base }) => refuses || base.hook === hook)
    .toSorted((a, b) => a.accepts - b.accepts);
  const last = asked.at(-1);
  if (last === undefined) return family === undefined ? [] : [absentFamily(family)];
  const chains = new Map<string, Chain>();
  asked.forEach((stage, at) => {
    for (const [name, rules] of stage.rules) {
      const view = rules.map((rule) => ({ ...rule, verdict: verdictAt(rule.verdict, at, stage, stage === last) }));
      const key = keyOf(at, name);
      chains.set(key, { name: key, line: stage.chain.line, rules: view });
    }
    if (stage === last || stage.chain.policy?.verdict !== "drop") return;
    // What returns from a base chain meets its policy, and not the next chain.
    const { name, line } = stage.chain;
    const body: ChainRule = { match: everything, verdict: { kind: "jump", chain: keyOf(at, name) }, text: name, line };
    chains.set(entryOf(at), { name: entryOf(at), line, rules: [body, policyRule(stage)] });
  });
  const first: Chain = {
    name: "",
    line: last.chain.line,
    rules: asked.map((stage, at) => ({
      match: deviceMatch(stage),
      verdict: { kind: "jump", chain: chains.has(entryOf(at)) ? entryOf(at) : keyOf(at, stage.chain.name) },
      text: stage.chain.name,
      line: stage.chain.line,
    })),
  };
  const { text, line, verdict } = policyRule(last);
  const action = verdict.kind === "drop" ? ("deny" as const) : ("permit" as const);
  const start: Match = family === undefined ? everything : { ...everything, family };
  const { names, conditions } = context;
  const ways = waysIn(stages);
  const rules = unfold(first, {
    chains,
    conjoiner: conditions,
    interfaces: names,
    start,
    policy: { action, text, line },
  }).filter((rule) => hook !== "forward" || !goesBackOut(rule, ways));
  const end = rules.at(-1);
  // Behind a rule for everything no packet comes to the policy.
  if (end !== undefined && end.from === undefined && end.family === family && isForAll(end)) return rules;
  return [...rules, { ...wholeRule(text, line, action, family), isDefault: true }];
}

/** Interfaces by which packets come in, as far as rules say. */
function waysIn(stages: readonly Stage[]): ReadonlySet<string> {
  const rules = stages.flatMap((stage) => [...stage.rules.values()].flat());
  return new Set(rules.flatMap(({ match }) => match.from.flatMap(({ names, negated }) => (negated ? [] : names))));
}

/**
 * Out by the interface that it came in by; or everything out by one that packets come in by, whatever it is and wherever
 * it is from: such a rule lets out, and not in.
 */
function goesBackOut(rule: Rule, ways: ReadonlySet<string>): boolean {
  const { from, to, action } = rule;
  if (to === undefined || action !== "permit") return false;
  if (from?.length === 1 && to.length === 1 && from[0] === to[0]) return true;
  return isForAll({ ...rule, to: undefined }) && to.every((name) => ways.has(name));
}

/** Whether nothing but the way in is a condition. */
function isForAll({ source, destination, service, to, uncertain }: Conditions): boolean {
  const any = ({ entries: [only, ...more], negated }: Rule["source"]): boolean =>
    only?.term.kind === "any" && more.length === 0 && negated !== true;
  const [term, ...terms] = service.terms;
  const all = term?.protocol === "any" && terms.length === 0 && service.unknown === undefined;
  const ports = term?.ports === undefined && term?.sourcePorts === undefined;
  return uncertain === undefined && to === undefined && all && ports && any(source) && any(destination);
}

type Conditions = Pick<Rule, "source" | "destination" | "service"> & {
  readonly to?: Rule["to"] | undefined;
  readonly uncertain?: string | undefined;
};

function keyOf(stage: number, name: string): string {
  return `${stage} ${name}`;
}

function entryOf(stage: number): string {
  return `${stage}`;
}

/** Accepted by a stage that others follow, a packet goes on to those. */
function verdictAt(verdict: Verdict, at: number, { rules }: Stage, isLast: boolean): Verdict {
  if (verdict.kind === "accept") return isLast ? verdict : { kind: "pass" };
  return "chain" in verdict && rules.has(verdict.chain) ? { ...verdict, chain: keyOf(at, verdict.chain) } : verdict;
}

function deviceMatch({ base }: Stage): Match {
  if (base.hook !== "ingress") return everything;
  // Versions of nft leave it out of their JSON.
  if (base.devices.length === 0) return { ...everything, uncertain: ["its device is not in the file"] };
  return { ...everything, from: [{ names: base.devices, negated: false }] };
}

function policyRule({ chain: { name, line, policy } }: Stage): ChainRule {
  const drops = policy?.verdict === "drop";
  return {
    match: everything,
    verdict: { kind: drops ? "drop" : "accept" },
    text: `chain ${name} policy ${drops ? "drop" : "accept"}`,
    line: policy?.line ?? line,
  };
}

function wholeRule(
  text: string,
  line: number,
  action: Rule["action"],
  family: Family | undefined,
  term: Term = family === undefined ? anyTerm : { kind: "any", family },
): Rule {
  return {
    text,
    line,
    action,
    source: { entries: [{ text, line, term }] },
    destination: { entries: [{ text, line, term: anyTerm }] },
    service: anyService,
    ...(family === undefined ? {} : { family }),
    enabled: true,
  };
}

/** The file may be one table of several: what it does not say of a family is not known. */
function absentFamily(family: Family): Rule {
  const word = family === "ipv6" ? "IPv6" : "IPv4";
  const uncertain = `no chain of the file is for ${word}; \`nft list ruleset\` prints all tables`;
  const words = family === "ipv6" ? [0, 0, 0, 0] : [0];
  const elsewhere: Term = { kind: "unknown", what: "external", within: { family, words, length: 0 } };
  return { ...wholeRule(`(rules for ${word})`, 1, "permit", family, elsewhere), isDefault: true, uncertain };
}

function doubtfulRules(why: string, line: number): Rule[] {
  return (["permit", "deny"] as const).map((action) => ({
    ...wholeRule("(rules that are not in the file)", line, action, undefined, { kind: "unknown", what: "external" }),
    uncertain: why,
  }));
}
