/**
 * Addresses in access lists and groups of IOS and NX-OS. The same four octets are a netmask in an `object-group network`
 * and a wildcard in a rule, so the caller says which.
 */
import type { Term } from "../../core/allowlist/index";
import {
  type Block,
  bitsOf,
  type Family,
  type Interval,
  parseAddress,
  parseNetmask,
  parsePrefix,
  parseRange,
  parseWildcard,
} from "../../core/ip/index";

export interface Style {
  readonly family: Family;
  readonly mask: "netmask" | "wildcard";
  /** An address alone is a host: in standard lists and in groups. */
  readonly bare: boolean;
}

/** What stands at a place of a line: several terms where a wildcard has holes. */
export interface Reading {
  readonly terms: readonly Term[];
  /** How many words that took. */
  readonly used: number;
  readonly note?: string;
}

/** A wildcard of more intervals than this stands as what it lies within. */
const mostPieces = 1_024;

/** How many intervals of wildcards one file may have: `0.255.255.0` alone is 65,536 of them. */
export interface Budget {
  pieces: number;
}

export const newBudget = (): Budget => ({ pieces: 500_000 });

const quad = /^\d+\.\d+\.\d+\.\d+$/;

/** `any`, `host A`, `A MASK`, `A/n`, `A /n`, `range A B`, `A, wildcard bits W`. Absent: no address stands here. */
export function readAddress(words: readonly string[], style: Style, budget: Budget): Reading | undefined {
  const first = words[0];
  const second = words[1];
  if (first === undefined) return undefined;
  if (first === "any") return { terms: [{ kind: "any", family: style.family }], used: 1 };
  if (first === "host") return second === undefined ? undefined : { ...readHost(second, style.family), used: 2 };
  if (first === "range") return { ...readRange(`${second}-${words[2]}`, style.family), used: 3 };
  if (first.includes("/")) return { ...readPrefix(first, style.family), used: 1 };
  if (second !== undefined && /^\/\d+$/.test(second)) return { ...readPrefix(first + second, style.family), used: 2 };
  if (first.endsWith(",") && second === "wildcard" && words[2] === "bits" && words[3] !== undefined) {
    return { ...readMasked(`${first.slice(0, -1)} ${words[3]}`, style, budget), used: 4 };
  }
  if (quad.test(first) && second !== undefined && quad.test(second)) {
    return { ...readMasked(`${first} ${second}`, style, budget), used: 2 };
  }
  return style.bare && /[.:]/.test(first) ? { ...readHost(first, style.family), used: 1 } : undefined;
}

type Terms = Pick<Reading, "terms" | "note">;

function readHost(word: string, family: Family): Terms {
  const parsed = parseAddress(word);
  if (parsed.ok) {
    const { value } = parsed;
    return blocks([{ family: value.family, words: value.words, length: bitsOf(value.family) }], family);
  }
  const isName = /[a-z]/i.test(word) && !word.includes(":");
  return isName ? { terms: [{ kind: "unknown", what: "fqdn" }] } : unknown(parsed.problem.message);
}

function readRange(text: string, family: Family): Terms {
  const parsed = parseRange(text);
  return parsed.ok ? blocks([parsed.value], family) : unknown(parsed.problem.message);
}

function readPrefix(text: string, family: Family): Terms {
  const parsed = parsePrefix(text, { hostBits: "clear" });
  return parsed.ok ? blocks([parsed.value], family, parsed.note?.message) : unknown(parsed.problem.message);
}

function readMasked(text: string, { family, mask }: Style, budget: Budget): Terms {
  // The mask decides by its bits alone, so host bits change nothing.
  if (mask === "netmask") {
    const parsed = parseNetmask(text, { hostBits: "clear" });
    return parsed.ok ? blocks([parsed.value], family, parsed.note?.message) : unknown(parsed.problem.message);
  }
  if (budget.pieces <= 0) return unknown("there are too many wildcards with holes in this file");
  const parsed = parseWildcard(text, { hostBits: "clear" });
  if (!parsed.ok) return unknown(parsed.problem.message);
  budget.pieces -= parsed.value.length - 1;
  if (parsed.value.length <= mostPieces) return blocks(parsed.value, family, parsed.note?.message);
  const { first } = parsed.value[0] as Interval;
  const { last } = parsed.value.at(-1) as Interval;
  return {
    terms: [{ kind: "unknown", what: "notUnderstood", within: { family: "ipv4", first, last } }],
    note: `the wildcard of ${text} stands for ${parsed.value.length} intervals; the most is ${mostPieces}`,
  };
}

/** An address of the other family cannot stand here: the line is not what it seems. */
function blocks(found: readonly Block[], family: Family, note?: string): Terms {
  if (found.some((block) => block.family !== family)) return unknown("an address of the other family stands here");
  return { terms: found.map((block) => ({ kind: "block", block })), ...(note === undefined ? {} : { note }) };
}

function unknown(note: string): Terms {
  return { terms: [{ kind: "unknown", what: "notUnderstood" }], note };
}
