/** Random addresses for property tests: boundary words and short blocks are far likelier than chance would have them. */
import fc from "fast-check";
import {
  type Block,
  bitsOf,
  compareWords,
  type Family,
  type Interval,
  intervalOf,
  type Prefix,
  prefixAround,
} from "../../../provider/core/ip/address";
import type { Parsed } from "../../../provider/core/ip/parse";

const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x1_0000, 0xffff_ffff, 0x8000_0000), fc.nat({ max: 0xffff_ffff }));

export const address = fc.oneof(
  word.map((only) => ({ family: "ipv4" as const, words: [only] })),
  fc.tuple(word, word, word, word).map((words) => ({ family: "ipv6" as const, words })),
);

export const prefix: fc.Arbitrary<Prefix> = address.chain((any) =>
  fc.nat({ max: bitsOf(any.family) }).map((length) => prefixAround(any, length)),
);

/** Prefixes that lie within 256 addresses of one another, so that sets overlap, touch and nest. */
export const crowded: fc.Arbitrary<Prefix> = fc
  .tuple(fc.constantFrom<Family>("ipv4", "ipv6"), fc.nat({ max: 255 }), fc.nat({ max: 8 }))
  .map(([family, offset, hostBits]) => {
    const words =
      family === "ipv4" ? [0xc000_0200 + offset] : [0x2001_0db8, 0, 0xffff_ffff, (0xffff_ff80 + offset) >>> 0];
    return prefixAround({ family, words }, bitsOf(family) - hostBits);
  });

/** From any address to any other of the same family. */
export const interval: fc.Arbitrary<Interval> = fc.oneof(
  fc.tuple(word, word).map(([a, b]) => ordered("ipv4", [a], [b])),
  fc.tuple(fc.tuple(word, word, word, word), fc.tuple(word, word, word, word)).map(([a, b]) => ordered("ipv6", a, b)),
);

/** Intervals in the neighbourhood of {@link crowded}. */
export const crowdedInterval: fc.Arbitrary<Interval> = fc.tuple(crowded, fc.nat({ max: 40 })).map(([start, more]) => {
  const { family, first } = intervalOf(start);
  const low = first.at(-1) as number;
  return { family, first, last: [...first.slice(0, -1), Math.min(low + more, 0xffff_ffff)] };
});

function ordered(family: Family, a: readonly number[], b: readonly number[]): Interval {
  const [first, last] = compareWords(a, b) <= 0 ? [a, b] : [b, a];
  return { family, first, last };
}

/** The slow, plain meaning of a set: every address of the crowded neighbourhood, one by one. */
export function enumerate(blocks: readonly Block[]): Set<string> {
  const all = new Set<string>();
  for (const block of blocks) {
    const { first, last } = intervalOf(block);
    const head = first.slice(0, -1).join(":");
    for (let low = first.at(-1) as number; low <= (last.at(-1) as number); low++)
      all.add(`${block.family}:${head}:${low}`);
  }
  return all;
}

export function accepted<Value>(parsed: Parsed<Value>): Value {
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** The message of the refusal. */
export function refused(parsed: Parsed<unknown>): string {
  if (parsed.ok) throw new Error(`was accepted as ${JSON.stringify(parsed.value)}`);
  return parsed.problem.message;
}
