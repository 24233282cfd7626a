/**
 * Chains of the Linux packet filter as one list of rules, in the order in which a packet meets them. A jump is replaced by
 * the chain's rules, each under the jump's condition. What leaves a chain early (RETURN) meets the rest of the chains
 * around it and then the policy, under the condition of the RETURN; it never falls through to what stands behind it.
 */
import { anyService, anyTerm, type Operand, type Rule } from "../../core/allowlist/index";
import { both, type Conjoiner, commonService, type Interfaces, isEverything, type Match } from "./match";

export type Verdict =
  | { readonly kind: "accept" | "drop" | "return" }
  /** Accepted by all chains that were jumped to; what stands behind the outermost jump is still to be asked (nftables). */
  | { readonly kind: "pass" }
  /** Counts, logs or marks; the packet goes on. */
  | { readonly kind: "continue" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

export interface ChainRule {
  readonly match: Match;
  readonly verdict: Verdict;
  readonly text: string;
  readonly line: number;
  /** Object path, where rules are found by that. */
  readonly path?: string;
  readonly name?: string;
}

export interface Chain {
  readonly name: string;
  readonly line: number;
  readonly rules: readonly ChainRule[];
}

export interface Unfolding {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly conjoiner: Conjoiner;
  readonly interfaces: Interfaces;
  /** What holds for the whole list: its family. */
  readonly start: Match;
  /** The default policy, for what leaves the chains early. */
  readonly policy: {
    readonly action: "permit" | "deny";
    readonly text: string;
    readonly line: number;
    readonly uncertain?: string;
  };
}

/** The rest of the chains around: where a packet goes on that leaves a chain. */
interface Rest {
  readonly chain: Chain;
  readonly index: number;
  readonly outer: Rest | undefined;
  readonly active: Active;
}

/** The chains that are being walked: a jump to one of them is a circle, which the kernel refuses. */
interface Active {
  readonly name: string;
  readonly outer: Active | undefined;
}

function isActive(active: Active | undefined, name: string): boolean {
  for (let one = active; one !== undefined; one = one.outer) if (one.name === name) return true;
  return false;
}

/** Shared, so that rules without a destination are seen to have the same one. */
const anywhere: Operand = { entries: [{ text: "any", line: 1, term: anyTerm }] };

/** No firewall that a person can read jumps deeper. */
const deepest = 64;

/** Steps that one list may take, beyond four for each of its rules: each RETURN repeats what comes after it. */
const mostSteps = 10_000;

export function unfold(base: Chain, { chains, conjoiner, interfaces, start, policy }: Unfolding): Rule[] {
  const rules: Rule[] = [];
  let size = 0;
  for (const chain of chains.values()) size += chain.rules.length;
  let left = mostSteps + 4 * size;
  const emit = (
    { text, line, path, name }: Pick<ChainRule, "text" | "line" | "path" | "name">,
    match: Match,
    action: "permit" | "deny",
    why?: string,
  ): void => {
    const { family } = match;
    const from = interfaces.list(match.from, true);
    const to = interfaces.list(match.to, false);
    if (match.never || from?.length === 0 || to?.length === 0) return;
    const uncertain = why === undefined ? match.uncertain : [...match.uncertain, why];
    rules.push({
      ...(name === undefined ? {} : { name }),
      text,
      line,
      ...(path === undefined ? {} : { path }),
      action,
      source: conjoiner.operand(match.sources, { text, line }),
      destination: match.destinations.length === 0 ? anywhere : conjoiner.operand(match.destinations, { text, line }),
      service: match.services.length === 0 ? anyService : commonService(match.services),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(family === undefined ? {} : { family }),
      enabled: true,
      ...(uncertain.length === 0 ? {} : { uncertain: uncertain.join("; ") }),
    });
  };
  const doubt = (rule: ChainRule, match: Match, why: string): void => {
    emit(rule, match, "permit", why);
    emit(rule, match, "deny", why);
  };

  /** The rules of a chain from one on. False: a packet under this condition never gets beyond. */
  const walk = (chain: Chain, index: number, path: Match, rest: Rest | undefined, active: Active, depth: number) => {
    for (let at = index; at < chain.rules.length; at++) {
      const rule = chain.rules[at] as ChainRule;
      if (left <= 0) {
        if (left === 0) doubt(rule, start, "too many jumps to follow");
        left = -1;
        return false;
      }
      left--;
      const match = both(path, rule.match);
      if (match.never) continue;
      const whole = isEverything(rule.match);
      const { verdict } = rule;
      switch (verdict.kind) {
        case "continue":
          break;
        case "accept":
        case "drop":
          emit(rule, match, verdict.kind === "accept" ? "permit" : "deny");
          if (whole) return false;
          break;
        case "return":
          if (whole || onlyReturns(chain, at + 1)) return true;
          leave(rest, match, depth);
          break;
        case "pass": {
          const behind = outermost(rest);
          if (behind === rest && (whole || onlyReturns(chain, at + 1))) return true;
          leave(behind, match, depth);
          if (whole) return false;
          break;
        }
        case "jump":
        case "goto": {
          const target = chains.get(verdict.chain);
          if (target === undefined || depth >= deepest || isActive(active, verdict.chain)) {
            doubt(rule, match, target === undefined ? `${verdict.chain} is not in the file` : "jumps in a circle");
            break;
          }
          const after = verdict.kind === "jump" ? { chain, index: at + 1, outer: rest, active } : rest;
          const through = walk(target, 0, match, after, { name: target.name, outer: active }, depth + 1);
          if (!through && whole) return false;
          if (verdict.kind === "goto" && through) {
            if (whole) return true;
            leave(rest, match, depth);
          }
          break;
        }
      }
    }
    return true;
  };

  const leave = (rest: Rest | undefined, match: Match, depth: number): void => {
    for (let around = rest; around !== undefined; around = around.outer) {
      if (depth >= deepest) {
        doubt(around.chain.rules[0] as ChainRule, match, "too many jumps to follow");
        return;
      }
      if (!walk(around.chain, around.index, match, around.outer, around.active, depth + 1)) return;
    }
    emit(policy, match, policy.action, policy.uncertain);
  };

  walk(base, 0, start, undefined, { name: base.name, outer: undefined }, 0);
  return rules;
}

function outermost(rest: Rest | undefined): Rest | undefined {
  let around = rest;
  while (around?.outer !== undefined) around = around.outer;
  return around;
}

function onlyReturns({ rules }: Chain, from: number): boolean {
  // Few chains have more than one at their end; the bound keeps a file of nothing but RETURN linear.
  if (rules.length - from > 8) return false;
  return rules.slice(from).every(({ verdict }) => verdict.kind === "return" || verdict.kind === "continue");
}
