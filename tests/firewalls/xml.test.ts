import fc from "fast-check";
import { childNamed, childrenNamed, escapeXml, readXml } from "../../provider/firewalls/xml";

describe("XML with lines", () => {
  it("keeps the line and column of every element, in tags over several lines too", () => {
    const { root, problem } = readXml('<?xml version="1.0"?>\n<a>\n  <b\n   name="x"/>\n  <b>1.10</b><c/>\n</a>\n');
    expect(problem).toBeUndefined();
    const places = childrenNamed(root, "b").map(({ line, column, text }) => [line, column, text]);
    expect(places).toEqual([
      [3, 3, ""],
      [5, 3, "1.10"],
    ]);
    expect(childNamed(root, "c")).toMatchObject({ line: 5, column: 14 });
  });

  it("counts CRLF and CR as one line end each", () => {
    for (const ending of ["\r\n", "\r", "\n"]) {
      expect(childNamed(readXml(`<a>${ending}${ending}<b/></a>`).root, "b")).toMatchObject({ line: 3, column: 1 });
    }
  });

  it("keeps what was read of a file that was cut off, and says so", () => {
    const { root, problem } = readXml("<a><b>x</b><c>y");
    expect(root?.children.map(({ name, text }) => [name, text])).toEqual([
      ["b", "x"],
      ["c", "y"],
    ]);
    expect(problem).toMatchObject({ line: 1 });
  });

  it("expands no entities of its own making", () => {
    const { root, problem } = readXml('<!DOCTYPE a [<!ENTITY b "boom">]>\n<a>&b;</a>');
    expect(root?.text).not.toContain("boom");
    expect(problem?.message).toMatch(/entity/);
  });

  it("reads what it escapes, and throws for nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(readXml(`<a name="${escapeXml(text)}">${escapeXml(text)}</a>`).root).toMatchObject({
          attributes: { name: text },
          text: text.trim(),
        });
        expect(() => readXml(text)).not.toThrow();
        expect(() => readXml(`<a>${text}`)).not.toThrow();
      }),
    );
  });
});
