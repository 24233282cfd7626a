/**
 * JSON with lines, for formats that are documents. `JSON.parse` knows no positions and gives nothing for a file that was
 * cut off; this reader keeps what it has read and says where it stopped. Linear; never throws.
 */

/** A value and the line where it begins, counted from 1. */
export type JsonNode =
  | { readonly kind: "object"; readonly line: number; readonly members: ReadonlyMap<string, JsonNode> }
  | { readonly kind: "array"; readonly line: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly line: number; readonly value: string }
  | { readonly kind: "number"; readonly line: number; readonly value: number }
  | { readonly kind: "boolean"; readonly line: number; readonly value: boolean }
  | { readonly kind: "null"; readonly line: number };

export interface JsonReading {
  /** What was read, also when the text stops early; absent when there is nothing. */
  readonly root?: JsonNode;
  /** Why reading stopped, if it did. */
  readonly problem?: { readonly line: number; readonly message: string };
}

/** The member of an object; undefined also when the node is none. */
export function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.get(name) : undefined;
}

/** The items of an array; none when the node is none. */
export function items(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.kind === "array" ? node.items : [];
}

/** The text of a string; undefined for everything else. */
export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === "string" ? node.value : undefined;
}

/** An object or array that is not closed yet. The last of equal keys counts, as everywhere. */
type Open =
  | { readonly kind: "object"; readonly members: Map<string, JsonNode>; key: string | undefined }
  | { readonly kind: "array"; readonly items: JsonNode[] };

/** Of a string its quote only: matched whole, a long one would exceed the stack of the expression. */
const token = /[ \t\n\r]*(?:([{}[\],:])|(")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;

export function readJson(text: string): JsonReading {
  const open: Open[] = [];
  let root: JsonNode | undefined;
  let line = 1;
  let at = 0;
  /** What may come next: a value, a key, a comma or an end. */
  let expected: "value" | "firstValue" | "key" | "firstKey" | "colon" | "comma" | "end" = "value";
  const stopped = (message: string): JsonReading => ({
    ...(root === undefined ? {} : { root }),
    problem: { line, message },
  });

  const put = (node: JsonNode): void => {
    const holder = open.at(-1);
    if (holder === undefined) root = node;
    else if (holder.kind === "array") holder.items.push(node);
    else if (holder.key !== undefined) holder.members.set(holder.key, node);
    expected = holder === undefined ? "end" : "comma";
  };

  for (;;) {
    token.lastIndex = at;
    const match = token.exec(text);
    const from = match === null ? skipBlanks(text, at) : token.lastIndex - match[0].trimStart().length;
    line += newlines(text, at, from);
    if (match === null) {
      if (from < text.length) return stopped(`${JSON.stringify(text.slice(from, from + 12))} is no JSON`);
      return expected === "end" && root !== undefined ? { root } : stopped("the document stops early");
    }
    at = token.lastIndex;
    const [, sign, quote, number, word] = match;
    let string: string | undefined;
    if (quote !== undefined) {
      at = endOfString(text, at);
      string = parseString(text.slice(from, at));
      if (string === undefined) return stopped(`${JSON.stringify(text.slice(from, from + 12))} is no JSON`);
    }
    if (expected === "end") return stopped("something follows the document");
    if (sign === undefined) {
      if (string !== undefined && (expected === "key" || expected === "firstKey")) {
        (open.at(-1) as Open & { kind: "object" }).key = string;
        expected = "colon";
        continue;
      }
      if (expected !== "value" && expected !== "firstValue")
        return stopped(`a value stands where a ${expected} belongs`);
      if (string !== undefined) put({ kind: "string", line, value: string });
      else if (number !== undefined) put({ kind: "number", line, value: Number(number) });
      else put(word === "null" ? { kind: "null", line } : { kind: "boolean", line, value: word === "true" });
      continue;
    }
    const holder = open.at(-1);
    switch (sign) {
      case "{":
      case "[": {
        if (expected !== "value" && expected !== "firstValue")
          return stopped(`"${sign}" stands where a ${expected} belongs`);
        // Put where it belongs before it is filled: what is cut off keeps what was read.
        if (sign === "{") {
          const members = new Map<string, JsonNode>();
          put({ kind: "object", line, members });
          open.push({ kind: "object", members, key: undefined });
          expected = "firstKey";
        } else {
          const list: JsonNode[] = [];
          put({ kind: "array", line, items: list });
          open.push({ kind: "array", items: list });
          expected = "firstValue";
        }
        break;
      }
      case "}":
      case "]": {
        const kind = sign === "}" ? "object" : "array";
        const empty = sign === "}" ? "firstKey" : "firstValue";
        if (holder?.kind !== kind || (expected !== "comma" && expected !== empty)) {
          return stopped(`"${sign}" stands where it does not belong`);
        }
        open.pop();
        expected = open.length === 0 ? "end" : "comma";
        break;
      }
      case ",":
        if (expected !== "comma") return stopped('"," stands where it does not belong');
        expected = holder?.kind === "object" ? "key" : "value";
        break;
      default:
        if (expected !== "colon") return stopped('":" stands where it does not belong');
        expected = "value";
    }
  }
}

/** Behind the quote that ends a string, or the end of the text. @param from behind the quote that begins it */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (quote - 1 - escapes >= from && text[quote - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** Undefined for what is no string of JSON: not closed, a control character, an escape that there is not. */
function parseString(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\n\r".includes(text[at] as string)) at++;
  return at;
}

/** Line ends between two offsets: LF, or CR where no LF follows. */
function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count++;
  }
  return count;
}
