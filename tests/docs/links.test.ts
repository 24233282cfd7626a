/** Every link of the docs leads somewhere, and every page of the docs is found. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { type Page, readPage, readPages } from "./pages";

const root = join(__dirname, "../..");
const pages = readPages(root);

describe("links", () => {
  const byPath = new Map(pages.map((page) => [page.path, page]));

  it.each(pages.filter(({ links }) => links.length > 0).map((page) => [page.path, page] as const))(
    "of %s lead to files and headings that exist",
    (_, page) => expect(linkProblems(page)).toEqual([]),
  );

  function linkProblems({ path, links }: Page): string[] {
    return links.flatMap(({ line, target }) => {
      if (/^[a-z]+:/.test(target)) return target.startsWith("https://") ? [] : [`${path}:${line}: ${target}`];
      const [file = "", anchor] = target.split("#", 2);
      const to = file === "" ? path : posix.join(dirname(path), file);
      const wrong = `${path}:${line}: ${target}`;
      if (!existsSync(join(root, to))) return [wrong];
      if (anchor === undefined) return [];
      const page = byPath.get(statSync(join(root, to)).isDirectory() ? posix.join(to, "README.md") : to);
      return page?.anchors.has(anchor) === true ? [] : [wrong];
    });
  }

  it("reach every page of the docs from the README", () => {
    const reached = new Set(["README.md"]);
    for (const path of reached) {
      for (const { target } of byPath.get(path)?.links ?? []) {
        const to = posix.join(dirname(path), target.split("#")[0] ?? "");
        if (byPath.has(to)) reached.add(to);
      }
    }
    expect(
      pages
        .map(({ path }) => path)
        .filter((path) => path.startsWith("docs/") && !path.startsWith("docs/firewalls/") && !reached.has(path)),
    ).toEqual([]);
  });
});

describe("a page as these tests read it", () => {
  const page = (text: string) => readPage("docs/made-up.md", text);

  it("has the anchors that GitHub makes of its headings", () => {
    const { anchors, links } = page("# A `b` & c\n## Twice\n## Twice\n[x](y.md#z) `[no](link)`\n### MSEM_A_B\n");
    expect([...anchors]).toEqual(["a-b--c", "twice", "twice-1", "msem_a_b"]);
    expect(links.map(({ target }) => target)).toEqual(["y.md#z"]);
  });

  it("has blocks that end, with what is given", () => {
    expect(() => page("```ts\nx")).toThrow("docs/made-up.md:1: this block does not end");
    const { blocks: found } = page("<!-- given: declare const vm: string -->\n```ts\nvm;\n```\n```ts\nvm;\n```\n");
    expect(found.map(({ given, line }) => [given, line])).toEqual([
      ["declare const vm: string", 3],
      [undefined, 6],
    ]);
  });
});
