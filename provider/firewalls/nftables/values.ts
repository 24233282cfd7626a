/** Ports, protocols and names on the right side of a condition: variables and sets are followed. */
import type { PortRange, Service, ServiceTerm } from "../../core/allowlist/index";
import { otherPorts } from "../netfilter/match";
import { allButProtocol, portNamed, protocolNamed } from "../netfilter/names";
import { type Expression, elementsOf, type Operator, type Table } from "./ruleset";

export interface Words {
  readonly words: readonly string[];
  /** What could not be read. */
  readonly unknown: readonly string[];
}

/** No rule that a person can read compares with more. */
const mostWords = 4_096;

/** All values that an expression stands for. Bounded: variables may hold each other many times over. */
export function wordsIn(expression: Expression, table: Table): Words {
  const words: string[] = [];
  const unknown: string[] = [];
  const waiting: Expression[] = [expression];
  for (let steps = 0; waiting.length > 0; steps++) {
    if (steps > 2 * mostWords || waiting.length > 2 * mostWords || unknown.length > 8) {
      unknown.push("too many values to follow");
      break;
    }
    const next = waiting.pop() as Expression;
    switch (next.kind) {
      case "value":
        words.push(next.text);
        break;
      case "list":
        for (const item of next.items) waiting.push(item);
        break;
      case "set":
        for (const { value } of next.elements) waiting.push(value);
        break;
      case "variable":
        if (next.definition === undefined) unknown.push(`$${next.name.slice(0, 40)}`);
        else waiting.push(next.definition.value);
        break;
      case "reference": {
        const set = table.sets.get(next.name);
        if (set === undefined || set.maps !== undefined) unknown.push(`@${next.name.slice(0, 40)}`);
        else for (const { value } of elementsOf(set)) waiting.push(value);
        break;
      }
      default:
        unknown.push("something else");
    }
  }
  return { words, unknown };
}

/** `==` and what stands for it, or `!=`; undefined for comparisons of size. */
export function equality(operator: Operator): "is" | "is not" | undefined {
  if (operator === "==" || operator === "in") return "is";
  return operator === "!=" ? "is not" : undefined;
}

/** @param protocol `any` for `th`, which is every protocol with ports */
export function portService(
  protocol: string,
  side: "ports" | "sourcePorts",
  operator: Operator,
  { words, unknown }: Words,
): Service {
  const ranges: PortRange[] = [];
  const open: string[] = [...unknown];
  for (const word of words) {
    const range = rangeOf(word, operator);
    if (range === undefined) open.push(`port ${word.slice(0, 40)}`);
    else if (range.from <= range.to) ranges.push(range);
  }
  const negated = operator === "!=";
  // A name that is not known could be any port, and its opposite as well.
  const certain = negated ? (open.length > 0 ? [] : otherPorts(ranges)) : ranges;
  const terms: readonly ServiceTerm[] = certain.length === 0 ? [] : [{ protocol, [side]: certain }];
  if (open.length === 0) return { terms };
  return { terms, unknown: open.slice(0, 8) };
}

function rangeOf(word: string, operator: Operator): PortRange | undefined {
  const port = portNamed(word);
  if (port !== undefined) {
    switch (operator) {
      case "<":
        return { from: 0, to: port - 1 };
      case "<=":
        return { from: 0, to: port };
      case ">":
        return { from: port + 1, to: 65_535 };
      case ">=":
        return { from: port, to: 65_535 };
      default:
        return { from: port, to: port };
    }
  }
  if (equality(operator) === undefined) return undefined;
  const [first = "", last = "", ...more] = word.split("-");
  const [from, to] = [portNamed(first), portNamed(last)];
  return from === undefined || to === undefined || more.length > 0 ? undefined : { from, to };
}

export function protocolService(operator: Operator, { words, unknown }: Words): Service {
  const names = words.map(protocolNamed);
  const open = equality(operator) === undefined ? [...unknown, "a comparison of protocols"] : unknown;
  if (open.length > 0)
    return { terms: operator === "!=" ? [] : names.map((protocol) => ({ protocol })), unknown: open };
  return { terms: operator === "!=" ? allButProtocol(names) : names.map((protocol) => ({ protocol })) };
}
