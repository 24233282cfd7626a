/** Rules of a JSON document as nft would write them, so that reports quote what people know. */
import type { Verdict } from "../netfilter/chains";
import type { Expression, Statement } from "./ruleset";

/** More elements say nothing to a reader. */
const shownElements = 8;

/** @param value for an element: it alone */
export function textOfStatements(statements: readonly Statement[], comment?: string): string {
  return [...statements.map(statementText), ...(comment === undefined ? [] : [`comment "${comment}"`])].join(" ");
}

function statementText(statement: Statement): string {
  switch (statement.kind) {
    case "match": {
      const { selectors, mask, operator, value } = statement;
      const masked = mask === undefined ? "" : ` & (${written(mask)})`;
      const sign = mask === undefined && (operator === "==" || operator === "in") ? "" : `${operator} `;
      return `${selectors.map(shortened).join(" . ")}${masked} ${sign}${written(value)}`;
    }
    case "verdictMap":
      return `${statement.selectors.map(shortened).join(" . ")} vmap ${written(statement.map)}`;
    case "verdict":
      return statement.text ?? verdictText(statement.verdict);
    case "condition":
      return statement.text;
    case "translate":
      return statement.to === "source" ? "snat" : "dnat";
  }
}

function shortened(selector: string): string {
  return selector.replace(/^meta (?=[io]if)/, "");
}

function verdictText(verdict: Verdict): string {
  return "chain" in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

export function written(expression: Expression): string {
  switch (expression.kind) {
    case "value":
    case "unknown":
      return expression.text;
    case "reference":
      return `@${expression.name}`;
    case "variable":
      return `$${expression.name}`;
    case "concat":
      return expression.parts.map(written).join(" . ");
    case "list":
      return expression.items.slice(0, shownElements).map(written).join(",");
    case "set": {
      const elements = expression.elements.slice(0, shownElements).map(({ text, verdict }) => {
        return verdict === undefined ? text : `${text} : ${verdictText(verdict)}`;
      });
      return `{ ${elements.join(", ")}${expression.elements.length > shownElements ? ", …" : ""} }`;
    }
  }
}
