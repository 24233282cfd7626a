/** Each format has a page in docs/firewalls, and what its sample shows is what the commands print. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "../../provider/cli/check/index";
import type { CheckDocument } from "../../provider/cli/check/schema";
import { runRender } from "../../provider/cli/render";
import { formats } from "../../provider/firewalls/index";
import { capture, scratch } from "../cli/capture";
import { askedBy, type Section, sampleOf, sectionsOf } from "./page";

const folder = join(__dirname, "../../docs/firewalls");
const files = scratch();
afterAll(() => files.remove());

const headings = ["Export", "What is understood", "What is not", "A change"];

/** Sections by heading; the same for the tests of one page. */
function pageOf(id: string): ReadonlyMap<string, Section> {
  return new Map(sectionsOf(readFileSync(join(folder, `${id}.md`), "utf8")).map((one) => [one.heading, one]));
}

function tag(name: string, changeNumber: number, addressPrefixes: readonly string[]): string {
  return files.write(name, JSON.stringify({ name: "Scuba", properties: { changeNumber, addressPrefixes } }));
}

describe("the pages of the formats", () => {
  it("are one for each format and no others", () => {
    const pages = readdirSync(folder).sort();
    expect(pages).toEqual(formats.map(({ id }) => `${id}.md`).sort());
  });

  describe.each(formats.filter(({ id }) => existsSync(join(folder, `${id}.md`))))("$id", ({ id }) => {
    it("says how to export, what is understood, what is not, and shows a change", () => {
      const page = pageOf(id);
      expect(headings.filter((heading) => !page.has(heading))).toEqual([]);
      // A heading is not an answer: each of them has a sentence at least.
      for (const heading of headings) expect(page.get(heading)?.prose.trim()).toMatch(/\w{2,}[^.]*\./);
      expect(page.get("")?.prose).toContain(`\`--vendor ${id}\``);
    });

    it("shows the verdicts, the change and the rollback that the commands print", async () => {
      const section = pageOf(id).get("A change");
      if (section === undefined) throw new Error("no section about a change");
      const sample = sampleOf(section);
      const config = files.write(`${id}.config`, sample.config);
      const common = {
        ranges: tag(`${id}.json`, 2, sample.published),
        previous: [tag(`${id}-before.json`, 1, sample.previous)],
        tag: "Scuba",
      };

      const checked = await capture((io) =>
        runCheck({ ...common, ...askedBy(section, "check"), files: [config], format: "json", verbose: true }, io),
      );
      expect(checked).toMatchObject({ code: 2, stderr: "" });
      const document = JSON.parse(checked.stdout) as CheckDocument;
      expect(document.vendor).toBe(id);
      expect(verdictsOf(document)).toEqual(sample.verdicts);

      for (const way of ["change", "rollback"] as const) {
        const args = { ...common, ...askedBy(section, "render"), file: config, full: false };
        const { code, stdout } = await capture((io) => runRender({ ...args, rollback: way === "rollback" }, io));
        expect({ code, [way]: stdout }).toEqual({ code: 0, [way]: sample[way] });
      }
    });
  });
});

/** As the pages write it: the line is left out where no entry is the reason. */
function verdictsOf({ prefixes, extra }: CheckDocument): string[] {
  return [
    ...prefixes.map(({ prefix, verdict, by }) => [prefix, verdict, by.map(({ line }) => line).join(",")]),
    ...extra.map(({ verdict, line }) => [verdict, String(line)]),
  ].map((words) => words.filter((word) => word !== "").join(" "));
}
