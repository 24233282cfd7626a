/** What stands in the braces of a set or a map. */
import { endsStatement, isSign, readExpression, type Scope, skipLine } from "./expressions";
import type { Lexer } from "./lexer";
import { addElements, type Element, type Expression, type TableSet } from "./ruleset";

/** One statement of a definition: its type, its flags, its elements. */
export function readSetLine(
  tokens: Lexer,
  note: (line: number, message: string) => void,
  scope: Scope,
  set: TableSet,
): void {
  const first = tokens.take();
  const rest = (): string[] => {
    const words: string[] = [];
    while (!endsStatement(tokens.peek())) words.push(tokens.take().text);
    return words;
  };
  switch (first.text) {
    case "type":
    case "typeof": {
      const words = rest();
      const colon = words.indexOf(":");
      const types = (colon < 0 ? words : words.slice(0, colon)).join(" ").split(" . ");
      set.types = first.text === "type" ? types : types.map(typeOf);
      if (colon >= 0) set.maps = words.slice(colon + 1).join(" ");
      return;
    }
    case "flags":
      set.flags = rest().filter((word) => word !== ",");
      return;
    case "auto-merge":
      set.merges = true;
      return;
    case "timeout":
      set.timeout = !/^0[a-z]*$/.test(rest().join(" "));
      return;
    case "size": {
      const size = rest().join("");
      if (/^\d{1,10}$/.test(size)) set.size = Number(size);
      return;
    }
    case "elements": {
      if (isSign(tokens.peek(), "=")) tokens.take();
      const value = readExpression(tokens, scope);
      addElements(set, value.kind === "set" ? value.elements : [elementOf(value, first.line)]);
      skipLine(tokens);
      return;
    }
    case "gc-interval":
    case "comment":
    case "policy":
    case "counter":
    case "quota":
    case "limit":
    case "ct":
    case "last":
      skipLine(tokens);
      return;
    default:
      note(first.line, `not understood in set ${set.name.slice(0, 80)}: ${first.text.slice(0, 40)}`);
      if (isSign(first, "{")) return;
      skipLine(tokens);
  }
}

/** `typeof ip saddr` and what else has addresses. */
export function typeOf(selector: string): string {
  if (/^ip (saddr|daddr)$/.test(selector)) return "ipv4_addr";
  if (/^ip6 (saddr|daddr)$/.test(selector)) return "ipv6_addr";
  if (/ (sport|dport)$/.test(selector)) return "inet_service";
  if (/^(meta )?(iifname|oifname)$/.test(selector)) return "ifname";
  return selector;
}

/** A variable in place of elements in braces. */
export function elementOf(value: Expression, line: number): Element {
  return { value, line, text: value.kind === "variable" ? `$${value.name}` : "?" };
}
