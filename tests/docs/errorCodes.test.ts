/** Every code that an error carries is explained on the page that the error points to, and no other is. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, withPointer } from "../../provider/core/errors";
import { explanations } from "../../provider/core/explanations";
import { replaceBetween } from "../../scripts/generate/markers";
import { renderExplanations } from "../../scripts/generate/troubleshooting";
import { type Page, readPages } from "./pages";

const root = join(__dirname, "../..");
const pages = readPages(root);

describe("error codes", () => {
  const codes = Object.keys(explanations);
  const sources = ["provider", "bench", "scripts", "examples", "tests"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
    )
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(ts|mjs|yml)$/.test(path) && !/\/(dist|node_modules)\//.test(path))
    .filter((path) => !path.startsWith("tests/docs/"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  const product = sources.filter(({ path }) => path.startsWith("provider/")).map(({ text }) => text);
  const textOf = (path: string) => sources.find((one) => one.path === path)?.text ?? "";

  it("each have a section, and errors point to it", () => {
    const page = pages.find(({ path }) => path === "docs/troubleshooting.md") as Page;
    expect([...page.anchors].filter((anchor) => anchor.startsWith("msem_")).sort()).toEqual(
      codes.map((code) => code.toLowerCase()).sort(),
    );
    for (const code of codes) {
      const [, path = "", anchor = ""] = /, (\S+)#(\S+)$/.exec(withPointer(code as ErrorCode, "x")) ?? [];
      expect([path, page.anchors.has(anchor)]).toEqual([page.path, true]);
    }
  });

  it("are on the page in the words of the table", () => {
    const text = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
    const current = replaceBetween("docs/troubleshooting.md", text, "codes", renderExplanations(explanations));
    expect(text).toBe(current);
  });

  it("are all used, and have the words that a person needs", () => {
    for (const [code, { title, causes, waysOut, pages: more = [] }] of Object.entries(explanations)) {
      expect(product.some((text) => text.includes(`"${code}"`))).toBe(true);
      expect([title, ...causes, ...waysOut].every((text) => text.length > 10)).toBe(true);
      expect([causes.length, waysOut.length].every((count) => count > 0)).toBe(true);
      for (const name of more) expect(existsSync(join(root, "docs", name))).toBe(true);
    }
  });

  it("are not mistaken for variables, and those that pages name exist", () => {
    // Variables of a person's own pipeline, and patterns with a product's name in them.
    const free =
      /^MSEM_(CLIENT_ID|TENANT_ID|SUBSCRIPTION_ID|[A-Z0-9]+_URL|(TENABLE|PRISMACLOUD|SERVICENOW|WIZ)_[A-Z_]+|LIVE_.*)$/;
    const unknown = pages.flatMap(({ path }) =>
      [...readFileSync(join(root, path), "utf8").matchAll(/\bMSEM_[A-Z0-9_]+(?![<A-Z0-9_…])/g)]
        .map(([name]) => name)
        .filter((name) => !codes.includes(name) && !free.test(name) && !sources.some(({ text }) => text.includes(name)))
        .map((name) => `${path}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it("and the names behind them stand in the tables: of failures, guards and rules", () => {
    const text = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
    const words = (source: string, list: RegExp) =>
      [...(list.exec(source)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => name as string);
    const names = words(textOf("provider/connections/schema.ts"), /statusDetailCodes = \[([^\]]*)\]/);
    const rules = words(textOf("provider/core/targets/plan.ts"), /interface PlanRefusal \{\s+readonly code:([^;]*);/);
    const guards = words(textOf("provider/core/servicetags/guardOptions.ts"), /type GuardCode =([^;]*);/);
    for (const [list, known] of [
      [names, "Unauthorized"],
      [rules, "callerLockedOut"],
      [guards, "rollback"],
    ] as const)
      expect(list).toContain(known);
    for (const name of [...names, ...rules, ...guards]) expect(text).toContain(`\`${name}\``);
  });
});
