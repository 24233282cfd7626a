/** One rule as text: its statements in their order. Source: nft(8). What is not known becomes a condition. */

import { passingTargets } from "../netfilter/names";
import {
  endsStatement,
  foreignVerdict,
  isSign,
  isWord,
  readExpression,
  readVerdict,
  type Scope,
  skipBraces,
} from "./expressions";
import type { Lexer } from "./lexer";
import type { Expression, Operator, Statement } from "./ruleset";

export interface ReadRule {
  readonly statements: readonly Statement[];
  readonly comment?: string;
}

/** Words before the field that they have. */
const protocolsWithFields: ReadonlySet<string> = new Set(
  (
    "ip ip6 tcp udp udplite sctp dccp th icmp icmpv6 igmp esp ah comp ether vlan arp meta rt socket osf ipsec " +
    "exthdr dst hbh frag mh srh gre geneve vxlan gretap"
  ).split(" "),
);

/** Of `meta`, which need not be written. */
const bareKeys: ReadonlySet<string> = new Set(
  (
    "iif iifname iiftype iifgroup oif oifname oiftype oifgroup mark skuid skgid nftrace rtclassid pkttype cpu cgroup " +
    "priority ibrname obrname ibriport obriport time hour day"
  ).split(" "),
);

const statementWords: ReadonlySet<string> = new Set(
  "accept drop reject return continue jump goto queue fwd counter log limit quota comment".split(" "),
);

const operators: ReadonlyMap<string, Operator> = new Map([
  ["==", "=="],
  ["!=", "!="],
  ["<", "<"],
  [">", ">"],
  ["<=", "<="],
  [">=", ">="],
  ["eq", "=="],
  ["ne", "!="],
  ["neq", "!="],
  ["lt", "<"],
  ["gt", ">"],
  ["le", "<="],
  ["ge", ">="],
]);

/** Up to the end of the line, the semicolon or the brace, which stays. */
export function readRule(lexer: Lexer, scope: Scope): ReadRule {
  const statements: Statement[] = [];
  let comment: string | undefined;
  while (!endsStatement(lexer.peek())) {
    const before = lexer.peek().from;
    if (isWord(lexer.peek(), "comment")) {
      lexer.take();
      if (lexer.peek().kind === "string" || lexer.peek().kind === "word") comment = lexer.take().text;
    } else statements.push(...readStatement(lexer, scope));
    if (lexer.peek().from === before) lexer.take();
  }
  return { statements, ...(comment === undefined ? {} : { comment }) };
}

function readStatement(lexer: Lexer, scope: Scope): readonly Statement[] {
  const verdict = readVerdict(lexer);
  if (verdict !== undefined) {
    // What the queue has behind it.
    if ("chain" in verdict && verdict.chain.includes(" ")) skipRest(lexer);
    return [{ kind: "verdict", verdict }];
  }
  const token = lexer.peek();
  const selector = readSelector(lexer);
  if (selector !== undefined) return readComparison(lexer, scope, selector);
  if (isSign(token, "{")) {
    // Its end is not that of the chain.
    skipBraces(lexer);
    return [{ kind: "condition", text: "{…}" }];
  }
  lexer.take();
  if (token.kind !== "word") return [{ kind: "condition", text: token.text }];
  switch (token.text) {
    case "reject": {
      const rejected: Statement = { kind: "verdict", verdict: { kind: "drop" } };
      if (!isWord(lexer.peek(), "with")) return [rejected];
      const { line } = lexer.take();
      const reset = isWord(lexer.peek(), "tcp");
      while (isWord(lexer.peek(), "icmp", "icmpv6", "icmpx", "tcp", "type")) lexer.take();
      if (!endsStatement(lexer.peek()) && !isWord(lexer.peek(), "comment")) lexer.take();
      if (!reset) return [rejected];
      // Only TCP can be reset.
      const value: Expression = { kind: "value", text: "tcp", line };
      return [{ kind: "match", selectors: ["meta l4proto"], operator: "==", value }, rejected];
    }
    case "counter":
      takePairs(lexer, ["packets", "bytes", "name"]);
      return [];
    case "log":
      readLog(lexer);
      return [];
    case "notrack":
    case "mirror":
      return [];
    case "flow":
    case "dup":
    case "tproxy":
    case "synproxy":
      takeUntilVerdict(lexer);
      return [];
    case "masquerade":
    case "snat":
    case "dnat":
    case "redirect": {
      skipRest(lexer);
      const to = token.text === "masquerade" || token.text === "snat" ? "source" : "destination";
      return [
        { kind: "translate", to },
        { kind: "verdict", verdict: { kind: "accept" } },
      ];
    }
    case "fwd":
      skipRest(lexer);
      return [{ kind: "verdict", verdict: foreignVerdict("another device (fwd)") }];
    case "add":
    case "update":
    case "delete":
      return readSetStatement(lexer, token.text);
    case "meter":
      while (!endsStatement(lexer.peek()) && !isSign(lexer.peek(), "{")) lexer.take();
      if (isSign(lexer.peek(), "{")) skipBraces(lexer);
      return [{ kind: "condition", text: "meter" }];
    case "limit":
    case "quota":
      takeLimit(lexer);
      return [{ kind: "condition", text: token.text }];
    case "xt": {
      const kind = lexer.peek().text;
      takePairs(lexer, ["match", "target"]);
      return extension(kind, lexer.before());
    }
    default:
      return [{ kind: "condition", text: token.text }];
  }
}

/** A match or a target of iptables: what it does is not in the file, unless it is known to do nothing. */
export function extension(kind: string, name: string): readonly Statement[] {
  if (kind !== "target") return [{ kind: "condition", text: `xt ${kind}` }];
  return passingTargets.test(name) ? [] : [{ kind: "verdict", verdict: foreignVerdict(`xt target ${name}`) }];
}

/** The name of what is compared, in one spelling: `meta iifname` also where `meta` is left out. */
function readSelector(lexer: Lexer): string | undefined {
  const first = lexer.peek();
  const second = lexer.peek(1);
  if (first.kind !== "word") return undefined;
  if (bareKeys.has(first.text)) {
    lexer.take();
    return `meta ${first.text}`;
  }
  if (first.text.startsWith("@") && isSign(second, ",")) return readRaw(lexer);
  if (second.kind !== "word") return undefined;
  if (first.text === "fib") return readFib(lexer);
  if (first.text === "ct") return readTracking(lexer);
  if (!protocolsWithFields.has(first.text)) return undefined;
  lexer.take();
  lexer.take();
  // `tcp option maxseg size`: as many words as there are before a comparison; none of them is understood.
  if (second.text === "option") while (isWord(lexer.peek(), "maxseg", "size", "mss", "exists", "missing")) lexer.take();
  return `${first.text} ${second.text}`;
}

/** `@th,16,16`: bits of the packet; these are the destination port. */
function readRaw(lexer: Lexer): string {
  let text = lexer.take().text;
  while (isSign(lexer.peek(), ",")) {
    lexer.take();
    text += `,${lexer.take().text}`;
  }
  return text === "@th,16,16" ? "th dport" : text;
}

function readFib(lexer: Lexer): string {
  lexer.take();
  const keys = [lexer.take().text];
  while (isWord(lexer.peek(), ".")) {
    lexer.take();
    keys.push(lexer.take().text);
  }
  const result = endsStatement(lexer.peek()) ? "" : lexer.take().text;
  return `fib ${keys.join(" . ")} ${result}`;
}

function readTracking(lexer: Lexer): string {
  lexer.take();
  const words = [lexer.take().text];
  if (words[0] === "original" || words[0] === "reply") {
    if (isWord(lexer.peek(), "ip", "ip6")) words.push(lexer.take().text);
    if (lexer.peek().kind === "word") words.push(lexer.take().text);
  }
  return `ct ${words.join(" ")}`;
}

function readComparison(lexer: Lexer, scope: Scope, first: string): readonly Statement[] {
  if (first === "ct count") {
    takeLimit(lexer);
    return [{ kind: "condition", text: first }];
  }
  const selectors = [first];
  while (isWord(lexer.peek(), ".")) {
    lexer.take();
    const next = readSelector(lexer);
    if (next === undefined) return [{ kind: "condition", text: `${first} .` }];
    selectors.push(next);
  }
  let mask: Expression | undefined;
  if (isSign(lexer.peek(), "&") || isWord(lexer.peek(), "and")) {
    lexer.take();
    mask = readExpression(lexer, scope);
  }
  const next = lexer.peek();
  if (isWord(next, "set")) {
    lexer.take();
    skipValue(lexer, scope);
    return [];
  }
  if (isWord(next, "vmap")) {
    lexer.take();
    const map = readExpression(lexer, scope);
    if (mask === undefined) return [{ kind: "verdictMap", selectors, map }];
    // With a mask the keys are not what they say.
    return [{ kind: "verdict", verdict: foreignVerdict("a verdict map with a mask") }];
  }
  if (isWord(next, "map")) {
    // What it leads to is an object: a counter, a quota, a limit.
    lexer.take();
    readExpression(lexer, scope);
    return [{ kind: "condition", text: `${selectors.join(" . ")} map` }];
  }
  const operator = next.kind === "sign" || next.kind === "word" ? operators.get(next.text) : undefined;
  if (operator !== undefined) lexer.take();
  else if (next.kind === "sign" && next.text !== "{" && next.text !== "(") {
    return [{ kind: "condition", text: `${selectors.join(" . ")} ${next.text}` }];
  }
  // What begins another statement is no value.
  const absent = endsStatement(lexer.peek()) || (operator === undefined && statementWords.has(lexer.peek().text));
  if (absent) return [{ kind: "condition", text: selectors.join(" . ") }];
  const value = readExpression(lexer, scope);
  // `tcp flags syn / fin,syn`: the value first, then what is looked at.
  if (mask === undefined && isWord(lexer.peek(), "/")) {
    lexer.take();
    mask = readExpression(lexer, scope);
    return [{ kind: "match", selectors, mask, operator: operator ?? "==", value }];
  }
  return [{ kind: "match", selectors, ...(mask === undefined ? {} : { mask }), operator: operator ?? "in", value }];
}

/** The new value of a mark or a field: it may be computed. */
function skipValue(lexer: Lexer, scope: Scope): void {
  if (isWord(lexer.peek(), "numgen", "jhash", "symhash")) {
    takeUntilVerdict(lexer);
    return;
  }
  if (readSelector(lexer) === undefined) readExpression(lexer, scope);
  while (
    isWord(lexer.peek(), "and", "or", "xor", "map", "mtu", "offset", "seed") ||
    isSign(lexer.peek(), "&") ||
    isSign(lexer.peek(), "^") ||
    isSign(lexer.peek(), "<<") ||
    isSign(lexer.peek(), ">>")
  ) {
    const { text } = lexer.take();
    if (text !== "mtu" && readSelector(lexer) === undefined) readExpression(lexer, scope);
  }
}

/** `add @set { ip saddr limit rate over 10/second }`: with a rate it is a condition. */
function readSetStatement(lexer: Lexer, verb: string): readonly Statement[] {
  let limited = false;
  if (!endsStatement(lexer.peek())) lexer.take();
  if (isSign(lexer.peek(), "{")) {
    let depth = 0;
    for (;;) {
      const token = lexer.peek();
      if (token.kind === "end") break;
      lexer.take();
      if (isWord(token, "limit", "quota", "count")) limited = true;
      if (isSign(token, "{")) depth++;
      else if (isSign(token, "}") && --depth <= 0) break;
    }
  }
  return limited ? [{ kind: "condition", text: `${verb} with a rate` }] : [];
}

function takePairs(lexer: Lexer, words: readonly string[]): void {
  while (isWord(lexer.peek(), ...words)) {
    lexer.take();
    if (!endsStatement(lexer.peek())) lexer.take();
  }
}

function readLog(lexer: Lexer): void {
  for (;;) {
    if (isWord(lexer.peek(), "prefix", "level", "group", "snaplen", "queue-threshold")) {
      lexer.take();
      if (!endsStatement(lexer.peek())) lexer.take();
    } else if (isWord(lexer.peek(), "flags")) {
      lexer.take();
      const kind = lexer.take();
      if (isWord(kind, "tcp", "ip")) {
        while (isWord(lexer.peek(), "sequence", "options") || isSign(lexer.peek(), ",")) lexer.take();
      }
    } else return;
  }
}

function takeLimit(lexer: Lexer): void {
  const own = /^(rate|over|until|burst|used|name|count|\$.*|\d+(\/\w+)?|[km]?bytes(\/\w+)?|packets)$/;
  while (lexer.peek().kind === "string" || (lexer.peek().kind === "word" && own.test(lexer.peek().text))) lexer.take();
}

function takeUntilVerdict(lexer: Lexer): void {
  while (!endsStatement(lexer.peek()) && !statementWords.has(lexer.peek().text)) {
    if (isSign(lexer.peek(), "{")) skipBraces(lexer);
    else lexer.take();
  }
}

function skipRest(lexer: Lexer): void {
  while (!endsStatement(lexer.peek()) && !isWord(lexer.peek(), "comment")) {
    if (isSign(lexer.peek(), "{")) skipBraces(lexer);
    else lexer.take();
  }
}
