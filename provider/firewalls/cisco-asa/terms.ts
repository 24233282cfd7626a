/** Addresses as the ASA writes them: netmasks, never wildcards; aliases from `name` in place of any address. */
import type { Term } from "../../core/allowlist/index";
import { bitsOf, parseAddress, parseNetmask, parsePrefix, parseRange } from "../../core/ip/index";

/** Alias to address, from `name 192.0.2.1 HOST`. */
export type Names = Map<string, string>;

export interface Reading {
  readonly term: Term;
  readonly note?: string;
}

/** `host A`, `range A B`, `A MASK`, `A/n`, `any`. Words after the address are left alone. */
export function readAddress(words: readonly string[], names: Names): Reading {
  const [first, second, third] = names.size === 0 ? words : words.map((word) => names.get(word) ?? word);
  switch (first) {
    case undefined:
      return unknown("no address stands here");
    case "any":
      return { term: { kind: "any" } };
    case "any4":
      return { term: { kind: "any", family: "ipv4" } };
    case "any6":
      return { term: { kind: "any", family: "ipv6" } };
    case "host":
      return second === undefined ? unknown("host has no address") : host(second);
    case "range": {
      const parsed = parseRange(`${second}-${third}`);
      return parsed.ok ? block(parsed.value) : unknown(parsed.problem.message);
    }
  }
  if (first.includes("/")) {
    const parsed = parsePrefix(first, { hostBits: "clear" });
    return parsed.ok ? block(parsed.value, parsed.note?.message) : unknown(parsed.problem.message);
  }
  if (second === undefined) return host(first);
  // The mask decides by its bits alone, so host bits change nothing; the device would not have taken them.
  const parsed = parseNetmask(`${first} ${second}`, { hostBits: "clear" });
  return parsed.ok ? block(parsed.value, parsed.note?.message) : unknown(parsed.problem.message);
}

function host(word: string): Reading {
  const parsed = parseAddress(word);
  if (!parsed.ok) return unknown(parsed.problem.message);
  const { family, words } = parsed.value;
  return block({ family, words, length: bitsOf(family) });
}

function block(value: Extract<Term, { kind: "block" }>["block"], note?: string): Reading {
  return { term: { kind: "block", block: value }, ...(note === undefined ? {} : { note }) };
}

function unknown(note: string): Reading {
  return { term: { kind: "unknown", what: "notUnderstood" }, note };
}
