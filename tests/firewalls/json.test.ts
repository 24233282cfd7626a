import fc from "fast-check";
import { items, type JsonNode, member, readJson, textOf } from "../../provider/firewalls/json";

function plain(node: JsonNode | undefined): unknown {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case "object":
      return Object.fromEntries([...node.members].map(([name, value]) => [name, plain(value)]));
    case "array":
      return node.items.map(plain);
    case "null":
      return null;
    default:
      return node.value;
  }
}

describe("JSON with lines", () => {
  it("is what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const { root, problem } = readJson(text);
        expect(problem).toBeUndefined();
        // Through text on both sides: minus zero has none, and __proto__ is a key like any other.
        expect(JSON.stringify(plain(root))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it("accepts nothing that JSON.parse refuses, and refuses nothing that it accepts", () => {
    const pieces = fc.array(
      fc.constantFrom(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"a"',
        "1",
        "-",
        "null",
        " ",
        "\n",
        "0x",
        '"\\u12"',
        '"\\\\"',
        '"',
        "\\",
        "\t",
      ),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect({ text, valid: readJson(text).problem === undefined }).toEqual({ text, valid });
      }),
      { numRuns: 5_000 },
    );
  });

  it("knows the line of each value, with any line ending", () => {
    for (const ending of ["\n", "\r\n", "\r"]) {
      const { root } = readJson(["{", '"list": [', '"192.0.2.0/24",', "", '"192.0.2.1"]}'].join(ending));
      expect(items(member(root, "list")).map((node) => [textOf(node), node.line])).toEqual([
        ["192.0.2.0/24", 3],
        ["192.0.2.1", 5],
      ]);
    }
  });

  it("keeps what it has read of a document that was cut off, and says where it stopped", () => {
    const { root, problem } = readJson('{"list": ["a",\n"b", "c');
    expect(plain(root)).toEqual({ list: ["a", "b"] });
    expect(problem).toEqual({ line: 2, message: '"\\"c" is no JSON' });
    expect(readJson("[1,\n\n").problem).toEqual({ line: 3, message: "the document stops early" });
  });

  it("is not afraid of depth or length", () => {
    const deep = readJson("[".repeat(200_000));
    expect(deep.problem?.message).toBe("the document stops early");
    for (const filling of ["x", "\\\\", '\\"', "\u{1f600}"]) {
      expect(readJson(`"${filling.repeat(5_000_000)}"`).root?.kind).toBe("string");
      expect(readJson(`["a", "${filling.repeat(5_000_000)}`).problem?.message).toMatch(/is no JSON$/);
    }
  });
});
