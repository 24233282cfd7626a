/** Rules as the packet filter's: what each matches, and what becomes of the packet. */
import type { ChainRule, Verdict } from "../netfilter/chains";
import { both, everything, type Match } from "../netfilter/match";
import { choicesOf, matchesOf, type RuleContext } from "./conditions";
import { foreignVerdict } from "./expressions";
import type { Element, Statement, Table, TableRule } from "./ruleset";

export interface RuleView {
  readonly table: Table;
  readonly forThisMachine: boolean;
  readonly redirected: boolean;
  readonly note: (line: number, message: string) => void;
}

/** Concatenations and maps multiply; more is no rule that a person can read. */
const mostMatches = 256;

/** One for each combination of what the rule may match; none when it decides nothing. */
export function chainRules(rule: TableRule, view: RuleView): ChainRule[] {
  const { text, line, path, comment, statements } = rule;
  const place = path === undefined ? { line } : { line, path };
  const context: RuleContext = {
    table: view.table,
    text,
    place,
    forThisMachine: view.forThisMachine,
    redirected: view.redirected,
    note: (message) => view.note(line, message),
  };
  const verdictOf = (match: Match, verdict: Verdict): ChainRule => ({
    match,
    verdict,
    text,
    ...place,
    ...(comment === undefined ? {} : { name: comment }),
  });
  let matches: readonly Match[] = [everything];
  for (const statement of statements) {
    switch (statement.kind) {
      case "match":
        matches = product(matches, matchesOf(statement, context));
        break;
      case "condition": {
        const uncertain = [`${statement.text.slice(0, 80)} is not decided by the file`];
        matches = matches.map((match) => both(match, { ...everything, uncertain }));
        break;
      }
      case "verdictMap":
        return mapped(matches, statement, context).map(({ match, verdict }) => verdictOf(match, verdict));
      case "verdict":
        return statement.verdict.kind === "continue" ? [] : matches.map((match) => verdictOf(match, statement.verdict));
      case "translate":
        break;
    }
  }
  return [];
}

function product(left: readonly Match[], right: readonly Match[]): readonly Match[] {
  if (left.length * right.length > mostMatches) {
    return left.map((one) => both(one, { ...everything, uncertain: ["too many combinations to follow"] }));
  }
  return left.flatMap((one) => right.map((other) => both(one, other)));
}

function mapped(
  matches: readonly Match[],
  { selectors, map }: Statement & { readonly kind: "verdictMap" },
  context: RuleContext,
): readonly { readonly match: Match; readonly verdict: Verdict }[] {
  const verdict = (element: Element): Verdict => element.verdict ?? foreignVerdict("a verdict");
  const choices = choicesOf(
    selectors,
    map,
    {
      keyOf: (element) => JSON.stringify(verdict(element)),
      ends: (element) => verdict(element).kind === "accept" || verdict(element).kind === "drop",
    },
    context,
  );
  if (choices === undefined) {
    const name = map.kind === "reference" ? `@${map.name}` : "a map";
    return matches.map((match) => ({ match, verdict: foreignVerdict(name) }));
  }
  if (choices.length * matches.length > mostMatches) {
    return matches.map((match) => ({ match, verdict: foreignVerdict("a map with too many combinations") }));
  }
  // A key that leads on says nothing, but a wildcard behind it must not take it.
  return matches.flatMap((match) =>
    choices.map((choice) => ({ match: both(match, choice.match), verdict: verdict(choice.element) })),
  );
}
