import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { manualProducts } from "../../provider/allowlists/manual";
import { preflightResults } from "../../provider/core/preflight";
import { connectors } from "../../provider/vendors";
import { preflights } from "../../provider/vendors/preflights";
import { targets } from "../../provider/vendors/targets";
import { renderManualSection, renderTargetSection } from "../../scripts/generate/allowlists";
import { renderClass, renderClassIndex } from "../../scripts/generate/classes";
import { exampleProgram, fileNameOf } from "../../scripts/generate/descriptors";
import { renderConnectorsPage, renderConnectorTable, renderVendorPage } from "../../scripts/generate/docs";
import { renderLimitsTable, renderManualTable } from "../../scripts/generate/limits";
import { replaceBetween } from "../../scripts/generate/markers";
import { renderPreflight } from "../../scripts/generate/preflight";

const root = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Layout is the formatter's business: compare what stands there, not how. */
const bare = (text: string) => text.replace(/,(?=\s*[}\])])/g, "").replace(/\s+|-{3,}/g, "");

describe("what is generated", () => {
  it.each(connectors.map((one) => [one.className, one] as const))(
    "is current for %s: class and page",
    (_, connector) => {
      const name = fileNameOf(connector);
      expect(bare(read(`provider/resources/connectors/${name}.ts`))).toBe(bare(renderClass(connector)));
      const page = read(`provider/vendors/${name}/README.md`);
      expect(bare(page)).toBe(bare(replaceBetween(name, page, "generated", renderVendorPage(connector))));
    },
  );

  it("is current for the index of the classes and of the docs", () => {
    expect(bare(read("provider/resources/connectors/index.ts"))).toBe(bare(renderClassIndex(connectors)));
    expect(bare(read("docs/connectors.md"))).toBe(bare(renderConnectorsPage(connectors)));
  });

  it("is current for the limits of the allowlists' targets, one row each", () => {
    const page = read("docs/allowlists.md");
    const limits = replaceBetween("page", page, "limits", renderLimitsTable(targets));
    expect(bare(page)).toBe(bare(replaceBetween("page", limits, "manual", renderManualTable(manualProducts))));
    for (const { kind } of targets) expect(page.match(new RegExp(`^\\| \`${kind}\``, "gm"))).toHaveLength(1);
  });

  it("is current for the page of the pre-flights", () => {
    const page = read("docs/preflight.md");
    const wanted = replaceBetween(
      "docs/preflight.md",
      page,
      "preflight",
      renderPreflight(preflights, preflightResults),
    );
    expect(bare(page)).toBe(bare(wanted));
  });

  it("is current for the allowlist of every vendor, live or by hand", () => {
    const sections = new Map([
      ...targets.map((target) => [target.kind.toLowerCase(), renderTargetSection(target)] as const),
      ...Object.entries(manualProducts).map(
        ([product, place]) => [product, renderManualSection(product, place)] as const,
      ),
    ]);
    expect([...sections.keys()].sort()).toEqual(connectors.map(fileNameOf).sort());
    for (const [name, section] of sections) {
      const page = read(`provider/vendors/${name}/README.md`);
      expect(bare(page)).toBe(bare(replaceBetween(name, page, "allowlist", section)));
    }
  });

  it("tells of a live target its limits, its rights, and that it is experimental where it is", () => {
    for (const target of targets) {
      const section = renderTargetSection(target);
      for (const text of [
        ...target.prerequisites,
        ...(target.capability.remarks ?? []),
        target.capability.lastVerified,
      ]) {
        expect(section).toContain(text.replaceAll("<", "&lt;"));
      }
      expect(section.includes("**Experimental**")).toBe(target.experimental !== undefined);
      expect(section).toContain(`msem.targets.${target.kind}(`);
      for (const way of target.authentication) {
        for (const [name, field] of Object.entries(way.fields)) {
          if (field.secret) expect(section).not.toContain(`${name}: "`);
        }
      }
    }
  });

  it("has no file of a connector that is gone", () => {
    const expected = ["index.ts", ...connectors.map((one) => `${fileNameOf(one)}.ts`)].sort();
    expect(readdirSync(join(root, "provider/resources/connectors")).sort()).toEqual(expected);
  });

  it("links only to pages that exist", () => {
    const links = [...renderConnectorTable(connectors).matchAll(/\]\((?!https:)([^)]+)\)/g)].map((match) => match[1]);
    expect(links).toHaveLength(connectors.length);
    for (const link of links) expect(existsSync(join(root, link as string))).toBe(true);
    for (const [, link] of renderConnectorsPage(connectors).matchAll(/\]\(\.\.\/([^)]+)\)/g)) {
      expect(existsSync(join(root, link as string))).toBe(true);
    }
  });

  it("is the same at every run", () => {
    expect(connectors.map(renderClass)).toEqual(connectors.map(renderClass));
  });
});

describe.each(connectors.map((one) => [one.className, one] as const))("the class %s", (_, connector) => {
  const text = renderClass(connector);
  const ways = connector.authentication;

  it("takes every secret as SecretInput, passes its name on, and has no output for it", () => {
    const secrets = /const secrets = \{ fields: \[([^\]]*)\](?:, union: \[([^\]]*)\])? \}/.exec(text);
    const listed = new Set([...`${secrets?.[1]},${secrets?.[2] ?? ""}`.matchAll(/"(\w+)"/g)].map((match) => match[1]));
    for (const [name, field] of ways.flatMap((way) => Object.entries(way.fields))) {
      expect([name, listed.has(name)]).toEqual([name, field.secret]);
      expect(text).toContain(`${name}: ${field.secret ? "SecretInput" : "pulumi.Input<string>"};`);
      if (field.secret || ways.length > 1) expect(text).not.toContain(`declare readonly ${name}:`);
      else expect(text).toContain(`declare readonly ${name}: pulumi.Output<string>;`);
    }
    for (const name of Object.keys(connector.settings)) {
      expect(text).toContain(`declare readonly ${name}: pulumi.Output<string>;`);
    }
  });

  it("shows no secret in its examples", () => {
    for (const way of ways) {
      const program = exampleProgram(connector, way);
      for (const [name, field] of Object.entries(way.fields)) {
        expect(program).toMatch(new RegExp(`${name}: ${field.secret ? "config\\.requireSecret\\(" : '"'}`));
      }
    }
  });
});

describe("the text between markers", () => {
  it("is replaced, and nothing else", () => {
    const page = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb <!-- y:begin --> c";
    const once = replaceBetween("page.md", page, "x", "new\n");
    expect(once).toBe("a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb <!-- y:begin --> c");
    expect(replaceBetween("page.md", once, "x", "new")).toBe(once);
  });

  it.each([
    ["no file", undefined],
    ["no markers", "text"],
    ["no end", "<!-- x:begin -->"],
    ["the end first", "<!-- x:end --><!-- x:begin -->"],
  ])("is not looked for where there is %s", (_, page) => {
    expect(() => replaceBetween("page.md", page, "x", "new")).toThrow("page.md must exist and hold the markers");
  });
});
