import fc from "fast-check";
import { comparePrefixes, formatPrefix, type Prefix } from "../../../provider/core/ip/index";
import { diffDocuments, diffPrefixes, parseServiceTags } from "../../../provider/core/servicetags/index";
import { prefix, run } from "./prefixes";

const texts = (prefixes: readonly Prefix[]) => prefixes.map(formatPrefix);

describe("the difference of two lists", () => {
  it("is added, removed and kept, each sorted, whatever the order of the lists", () => {
    const from = ["20.1.0.0/24", "2603:1000::/64", "20.0.0.0/24"].map(prefix);
    const to = ["2603:1000::/64", "2603:1000:1::/64", "20.0.0.0/24", "9.0.0.0/24"].map(prefix);
    const diff = diffPrefixes(from, to);
    expect(texts(diff.added)).toEqual(["9.0.0.0/24", "2603:1000:1::/64"]);
    expect(texts(diff.removed)).toEqual(["20.1.0.0/24"]);
    expect(texts(diff.kept)).toEqual(["20.0.0.0/24", "2603:1000::/64"]);
  });

  it("goes by prefix, not by address: a split prefix is one removed and two added", () => {
    const diff = diffPrefixes([prefix("20.0.0.0/24")], ["20.0.0.0/25", "20.0.0.128/25"].map(prefix));
    expect([diff.added.length, diff.removed.length, diff.kept.length]).toEqual([2, 1, 0]);
  });

  it("agrees with sets of texts on any two lists, repeats included", () => {
    const pool = [...run(24), ...["2603:1000::/64", "2603:1000::/48", "20.200.0.0/28"].map(prefix)];
    const list = fc.array(fc.constantFrom(...pool), { maxLength: 40 });
    fc.assert(
      fc.property(list, list, (from, to) => {
        const diff = diffPrefixes(from, to);
        const [before, after] = [new Set(texts(from)), new Set(texts(to))];
        expect(new Set(texts(diff.added))).toEqual(new Set([...after].filter((text) => !before.has(text))));
        expect(new Set(texts(diff.removed))).toEqual(new Set([...before].filter((text) => !after.has(text))));
        expect(new Set(texts(diff.kept))).toEqual(new Set([...after].filter((text) => before.has(text))));
        for (const part of [diff.added, diff.removed, diff.kept]) {
          for (let at = 1; at < part.length; at++)
            expect(comparePrefixes(part[at - 1] as Prefix, part[at] as Prefix)).toBeLessThan(0);
        }
      }),
    );
  });
});

function document(tags: Record<string, [number, ...string[]]>, api = false) {
  const number = (value: number) => (api ? String(value) : value);
  const values = Object.entries(tags).map(([name, [changeNumber, ...addressPrefixes]]) => ({
    name,
    properties: { changeNumber: number(changeNumber), addressPrefixes },
  }));
  return parseServiceTags(JSON.stringify({ changeNumber: number(1), cloud: "Public", values }), "f");
}

describe("the difference of two documents", () => {
  const from = document({
    b: [1, "20.0.0.0/24"],
    Gone: [1],
    a: [4, "20.1.0.0/24"],
    Same: [2, "20.2.0.0/24", "20.3.0.0/24"],
  });

  it("names the tags that came, went and changed, sorted without regard to case", () => {
    const to = document({
      Same: [2, "20.3.0.0/24", "20.2.0.0/24"],
      A: [5, "20.1.0.0/25"],
      B: [2, "20.0.0.0/24"],
      New: [1, "20.9.0.0/24"],
      Blank: [1],
    });
    const diff = diffDocuments(from, to);
    expect([diff.came, diff.went, diff.same]).toEqual([["Blank", "New"], ["Gone"], 1]);
    expect(
      diff.changed.map((tag) => [
        tag.serviceTag,
        tag.from.changeNumber,
        tag.to.changeNumber,
        texts(tag.added),
        texts(tag.removed),
      ]),
    ).toEqual([
      ["A", 4, 5, ["20.1.0.0/25"], ["20.1.0.0/24"]],
      ["B", 1, 2, [], []],
    ]);
  });

  it("takes an emptied tag for a change, and says when a changed tag cannot be read", () => {
    const [emptied] = diffDocuments(from, document({ a: [5] })).changed;
    expect(emptied).toMatchObject({ serviceTag: "a", added: [], removed: [prefix("20.1.0.0/24")] });
    expect(() => diffDocuments(from, document({ a: [5, "20.1.0.1/24"] }))).toThrow("host bits set");
  });

  it("does not compare the numbers of the file with those of the API", () => {
    const api = document({ a: [99, "20.1.0.0/24"], b: [1, "20.0.0.0/24"], Gone: [1], Same: [7, "20.2.0.0/24"] }, true);
    expect(diffDocuments(from, api).changed.map(({ serviceTag }) => serviceTag)).toEqual(["Same"]);
  });
});
