/** One range of a rule: a prefix; a single address is its own. */
import type { Term } from "../core/allowlist/index";
import { parseEntry } from "../core/ip/index";
import { type JsonNode, textOf } from "./json";
import { quotable } from "./lines";

export interface RangeReading {
  readonly text: string;
  readonly term: Term;
  readonly problem?: string;
}

export function readRange(node: JsonNode): RangeReading {
  const text = textOf(node);
  if (text === undefined) {
    return { text: node.kind, term: { kind: "unknown", what: "notUnderstood" }, problem: `a ${node.kind} is no range` };
  }
  const parsed = parseEntry(text);
  if (parsed.ok) return { text, term: { kind: "block", block: parsed.value } };
  const cleared = parseEntry(text, { hostBits: "clear" });
  return {
    text: quotable(text),
    term: { kind: "unknown", what: "notUnderstood", ...(cleared.ok ? { within: cleared.value } : {}) },
    problem: parsed.problem.message,
  };
}
