/** Broken configurations for fuzzing: fixtures with lines and characters moved, cut, doubled and mixed. */
import fc from "fast-check";

interface Edit {
  readonly kind: "drop" | "double" | "swap" | "cut" | "character" | "word" | "join" | "move";
  readonly at: number;
  readonly other: number;
  readonly character: string;
}

/** Any code point but NUL, which makes a file binary. Drawn by number: the library's own takes a second to get ready. */
const codePoint = fc
  .integer({ min: 1, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "cut", "character", "word", "join", "move"),
  at: fc.nat(),
  other: fc.nat(),
  character: fc.oneof(
    fc.constantFrom(
      "\t",
      "\r",
      "\n",
      '"',
      "'",
      "{",
      "}",
      "[",
      "]",
      "<",
      ">",
      "/",
      ",",
      "-",
      "!",
      "0",
      ":",
      "\u00e9",
      "\u2028",
    ),
    codePoint,
  ),
});

/** A fixture with a few edits, or a text of the fixtures' words in any order. */
export function brokenText(fixtures: readonly string[]): fc.Arbitrary<string> {
  const words = [...new Set(fixtures.flatMap((text) => text.split(/[\s]+/)))].filter((word) => word !== "");
  const edited = fc
    .tuple(fc.constantFrom(...fixtures), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([text, edits]) => edits.reduce((now, one) => apply(now, one, words), text));
  const mixed = fc
    .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(" ", " ", " ", "\n", "\n ", "\t")), { maxLength: 60 })
    .map((parts) => parts.map(([word, gap]) => word + gap).join(""));
  const anything = fc.string({ maxLength: 200, unit: codePoint });
  return fc.oneof(
    { weight: 8, arbitrary: edited },
    { weight: 3, arbitrary: mixed },
    { weight: 1, arbitrary: anything },
  );
}

function apply(text: string, { kind, at, other, character }: Edit, words: readonly string[]): string {
  const lines = text.split("\n");
  const line = at % lines.length;
  const target = other % lines.length;
  const place = text.length === 0 ? 0 : at % text.length;
  switch (kind) {
    case "drop":
      return lines.toSpliced(line, 1).join("\n");
    case "double":
      return lines.toSpliced(target, 0, lines[line] as string).join("\n");
    case "move":
      return lines
        .toSpliced(line, 1)
        .toSpliced(target, 0, lines[line] as string)
        .join("\n");
    case "swap":
      return lines
        .with(line, lines[target] as string)
        .with(target, lines[line] as string)
        .join("\n");
    case "cut":
      return text.slice(0, place);
    case "character":
      return text.slice(0, place) + character + text.slice(place + (other % 2));
    case "join":
      return lines.toSpliced(line, 2, `${lines[line]}${lines[line + 1] ?? ""}`).join("\n");
    case "word": {
      const parts = (lines[line] as string).split(" ");
      return lines
        .with(line, parts.with(other % parts.length, words[other % words.length] as string).join(" "))
        .join("\n");
    }
  }
}
