/** Random addresses for property tests: boundary words and short blocks are far likelier than chance would have them. */
import fc from "fast-check";
import { bitsOf, type Family, type Prefix, prefixAround } from "../../../provider/core/ip/address";

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
