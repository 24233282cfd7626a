/** Chains with their jumps as one list of rules, in the order in which the kernel takes them. */
import { https, type Rule, shareOf } from "../../core/allowlist/index";
import type { Family } from "../../core/ip/index";
import { both, everything, type Flow, operandOf, serviceOf } from "./flow";
import type { RuleLine } from "./matches";

export interface ChainRule extends RuleLine {
  readonly text: string;
  readonly line: number;
}

export interface Chain {
  readonly name: string;
  readonly line: number;
  readonly policy: "ACCEPT" | "DROP" | undefined;
  readonly rules: readonly ChainRule[];
}

/** Chains that jump to one another many times grow without bound. */
const mostRules = 50_000;
const deepest = 32;

/** Targets after which the rules go on. */
const going =
  /^(LOG|NFLOG|ULOG|MARK|CONNMARK|CONNSECMARK|SECMARK|SET|CT|NOTRACK|TRACE|TCPMSS|TOS|DSCP|TTL|HL|CLASSIFY|CHECKSUM|AUDIT|RATEEST|IDLETIMER|LED)$/;

export interface Unfolded {
  readonly rules: Rule[];
  /** The user's chains that are reached. */
  readonly reached: ReadonlySet<string>;
}

export function unfold(start: Chain, chains: ReadonlyMap<string, Chain>, family: Family): Unfolded {
  const rules: Rule[] = [];
  const reached = new Set<string>();
  let full = false;

  const emit = (
    chain: Chain,
    rule: ChainRule,
    flow: Flow,
    action: Rule["action"],
    why: readonly string[] = [],
  ): void => {
    if (rules.length >= mostRules) {
      full = true;
      return;
    }
    const source = operandOf(flow.source, family, rule.line);
    const destination = operandOf(flow.destination, family, rule.line);
    if (source === undefined || destination === undefined) return;
    const unsure = [...new Set([...flow.unsure, ...why])];
    rules.push({
      name: chain.name,
      text: rule.text,
      line: rule.line,
      action,
      source,
      destination,
      service: serviceOf(flow),
      family,
      enabled: true,
      ...(flow.input === undefined ? {} : { from: [flow.input] }),
      ...(flow.output === undefined ? {} : { to: [flow.output] }),
      ...(flow.inside ? { direction: "out" as const } : {}),
      ...(unsure.length === 0 ? {} : { uncertain: `it depends on ${unsure.join(", ")}` }),
    });
  };
  const doubt = (chain: Chain, rule: ChainRule, flow: Flow, why: string): void => {
    emit(chain, rule, flow, "permit", [why]);
    emit(chain, rule, flow, "deny", [why]);
  };

  const walk = (chain: Chain, outer: Flow, path: readonly string[]): void => {
    let here = outer;
    for (const rule of chain.rules) {
      for (const condition of rule.flows) {
        if (full) return;
        const flow = both(here, condition);
        const { target } = rule;
        if (flow.never || target === undefined || going.test(target)) continue;
        let returns = target === "RETURN";
        if (target === "ACCEPT") emit(chain, rule, flow, "permit");
        else if (/^(DROP|REJECT|TARPIT|STEAL)$/.test(target)) emit(chain, rule, flow, "deny");
        else if (!returns) {
          const next = chains.get(target);
          if (next === undefined || path.includes(target) || path.length >= deepest) {
            doubt(
              chain,
              rule,
              flow,
              next === undefined ? `${target.slice(0, 80)}, which is not in the file` : `the loop ${target}`,
            );
          } else {
            reached.add(target);
            walk(next, flow, [...path, target]);
            returns = rule.goesTo;
          }
        }
        if (!returns) continue;
        const rest = without(here, condition);
        if (rest === undefined) return;
        here = rest;
      }
    }
  };
  walk(start, everything, [start.name]);
  if (full) {
    const last = {
      text: "more rules than are unfolded",
      line: start.line,
      flows: [],
      target: undefined,
      goesTo: false,
    };
    rules.length = mostRules - 2;
    full = false;
    doubt(start, last, everything, "more rules than are unfolded");
  }
  return { rules, reached };
}

/** What goes on in a chain after those who match have left it; undefined: nobody. */
function without(here: Flow, condition: Flow): Flow | undefined {
  if (condition.inside || shareOf(serviceOf(condition), [https]) === "none") return here;
  const { source, destination, protocol, ports, sourcePorts, input, output, unsure } = condition;
  const others =
    destination.length > 0 || [protocol, ports, sourcePorts, input, output].some((one) => one !== undefined);
  if (others || unsure.length > 0 || source.length > 1) return { ...here, unsure: [...here.unsure, "a RETURN before"] };
  const [only] = source;
  if (only === undefined) return undefined;
  return { ...here, source: [...here.source, { entry: only.entry, negated: !only.negated }] };
}
