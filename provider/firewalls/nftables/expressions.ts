/** Right sides of conditions and elements of sets, as text: nft(8), sections on expressions and on set elements. */
import type { Verdict } from "../netfilter/chains";
import type { Lexer, Token } from "./lexer";
import type { Definition, Element, Expression } from "./ruleset";

/** The variables that are visible. */
export interface Scope {
  find(name: string): Definition | undefined;
}

/** Deeper braces have no meaning in any rule. */
const deepest = 8;

export function endsStatement({ kind, text }: Token): boolean {
  return kind === "line" || kind === "end" || (kind === "sign" && (text === ";" || text === "}"));
}

export function isSign({ kind, text }: Token, sign: string): boolean {
  return kind === "sign" && text === sign;
}

export function isWord({ kind, text }: Token, ...words: readonly string[]): boolean {
  return kind === "word" && words.includes(text);
}

/** What a program or something else decides: no chain of the file has such a name. */
export function foreignVerdict(what: string): Verdict {
  return { kind: "jump", chain: what };
}

/** Undefined when there is none; then nothing was taken. */
export function readVerdict(lexer: Lexer): Verdict | undefined {
  const { kind, text } = lexer.peek();
  if (kind !== "word") return undefined;
  switch (text) {
    case "accept":
    case "drop":
    case "return":
    case "continue":
      lexer.take();
      return { kind: text };
    case "jump":
    case "goto": {
      lexer.take();
      const target = lexer.peek();
      if (isSign(target, "{")) {
        // A chain without a name, written where it is used: its rules must not be taken for those around.
        skipBraces(lexer);
        return foreignVerdict("a chain in braces");
      }
      if (endsStatement(target)) return foreignVerdict("a chain without a name");
      return { kind: text, chain: lexer.take().text };
    }
    case "queue":
      lexer.take();
      return foreignVerdict("a program (queue)");
    default:
      return undefined;
  }
}

/** @param inSet a comma ends the expression */
export function readExpression(lexer: Lexer, scope: Scope, inSet = false, depth = 0): Expression {
  const first = readPart(lexer, scope, depth);
  if (isWord(lexer.peek(), ".")) {
    const parts = [first];
    while (isWord(lexer.peek(), ".")) {
      lexer.take();
      parts.push(readPart(lexer, scope, depth));
    }
    return { kind: "concat", parts };
  }
  const joins = (): boolean => isSign(lexer.peek(), "|") || (!inSet && isSign(lexer.peek(), ","));
  if (!joins()) return first;
  const items = [first];
  while (joins()) {
    lexer.take();
    lexer.skipLines();
    items.push(readPart(lexer, scope, depth));
  }
  return { kind: "list", items };
}

function readPart(lexer: Lexer, scope: Scope, depth: number): Expression {
  const token = lexer.peek();
  if (isSign(token, "{")) return readSet(lexer, scope, depth);
  if (isSign(token, "(")) {
    lexer.take();
    const inner: Expression = depth >= deepest ? { kind: "unknown", text: "(" } : readInner(lexer, scope, depth);
    if (isSign(lexer.peek(), ")")) lexer.take();
    return inner;
  }
  if (token.kind !== "word" && token.kind !== "string") {
    if (!endsStatement(token)) lexer.take();
    return { kind: "unknown", text: token.text };
  }
  lexer.take();
  const { text, line } = token;
  if (token.kind === "word" && text.startsWith("@")) return { kind: "reference", name: text.slice(1) };
  if (token.kind === "word" && text.startsWith("$")) {
    const definition = scope.find(text.slice(1));
    return { kind: "variable", name: text.slice(1), ...(definition === undefined ? {} : { definition }) };
  }
  if (!isWord(lexer.peek(), "-")) return { kind: "value", text, line };
  lexer.take();
  const last = lexer.peek();
  if (last.kind !== "word" && last.kind !== "string") return { kind: "unknown", text: `${text}-` };
  return { kind: "value", text: `${text}-${lexer.take().text}`, line };
}

function readInner(lexer: Lexer, scope: Scope, depth: number): Expression {
  return readExpression(lexer, scope, false, depth + 1);
}

function readSet(lexer: Lexer, scope: Scope, depth: number): Expression {
  if (depth >= deepest) {
    skipBraces(lexer);
    return { kind: "unknown", text: "{" };
  }
  lexer.take();
  const elements: Element[] = [];
  for (;;) {
    lexer.skipLines();
    const token = lexer.peek();
    if (isSign(token, "}")) {
      lexer.take();
      break;
    }
    if (token.kind === "end") {
      // What was cut off may hold more.
      const { line } = token;
      elements.push({
        text: "(the rest of the file)",
        line,
        value: { kind: "unknown", text: "(the rest of the file)" },
      });
      break;
    }
    if (isSign(token, ",")) lexer.take();
    else elements.push(readElement(lexer, scope, depth));
  }
  return { kind: "set", elements };
}

function readElement(lexer: Lexer, scope: Scope, depth: number): Element {
  const { from, line } = lexer.peek();
  const value = readExpression(lexer, scope, true, depth + 1);
  // A sign that belongs nowhere is passed over, so that reading goes on.
  if (lexer.peek().from === from && lexer.peek().kind !== "end") lexer.take();
  const written = value.kind === "value" ? value.text : lexer.quote(from, Math.max(from, lexer.end())).trim();
  let options = "";
  let expires = false;
  let verdict: Verdict | undefined;
  for (;;) {
    lexer.skipLines();
    const token = lexer.peek();
    if (token.kind === "end" || isSign(token, ",") || isSign(token, "}")) break;
    if (isWord(token, "timeout", "expires")) {
      lexer.take();
      const { kind, text } = lexer.peek();
      if (kind !== "word") continue;
      lexer.take();
      options += ` ${token.text} ${text}`;
      expires ||= token.text === "timeout" && !/^0[a-z]*$/.test(text);
    } else if (isWord(token, "comment")) {
      lexer.take();
      if (lexer.peek().kind === "string") options += commentOf(lexer.take().text);
    } else if (isWord(token, ":")) {
      lexer.take();
      lexer.skipLines();
      verdict = readVerdict(lexer);
    } else if (isSign(token, "{")) skipBraces(lexer);
    else lexer.take();
  }
  const text = written + options;
  // Written out: most elements have neither.
  if (verdict === undefined && !expires) return { value, text, line };
  return { value, text, line, ...(verdict === undefined ? {} : { verdict }), ...(expires ? { expires } : {}) };
}

/** ` comment "…"`, where nft can take it: it knows no way to write a quote. */
export function commentOf(comment: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a comment in a document may hold any character
  return /["\\\u0000-\u001f]/.test(comment) || comment === "" ? "" : ` comment "${comment}"`;
}

/** Past the brace that closes the next one. */
export function skipBraces(lexer: Lexer): void {
  let depth = 0;
  for (;;) {
    const token = lexer.peek();
    if (token.kind === "end") return;
    lexer.take();
    if (isSign(token, "{")) depth++;
    else if (isSign(token, "}") && --depth <= 0) return;
  }
}

/** Past the end of the line; braces on it belong to it. */
export function skipLine(tokens: Lexer): void {
  while (!endsStatement(tokens.peek())) {
    if (isSign(tokens.peek(), "{")) skipBraces(tokens);
    else tokens.take();
  }
  if (!isSign(tokens.peek(), "}") && tokens.peek().kind !== "end") tokens.take();
}
