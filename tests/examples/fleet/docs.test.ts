/** What docs/fleets.md shows: a list that is one, pipelines that parse, commands whose options exist. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { readArguments } from "../../../examples/fleet/arguments.ts";
import { parseTenants } from "../../../examples/fleet/list.ts";

const page = readFileSync("docs/fleets.md", "utf8");
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
const pipelines = blocks.filter((text) => !text.startsWith("tenants:"));

it("shows a list that is taken", () => {
  const [list = ""] = blocks.filter((text) => text.startsWith("tenants:"));
  expect(parseTenants(list, "docs").map(({ name }) => name)).toEqual(["contoso"]);
});

it("shows a pipeline of GitHub's and one of Azure's, whose parts cover the list and end in one summary", () => {
  expect(pipelines).toHaveLength(2);
  for (const text of pipelines) {
    expect(Object.keys(parse(text) as object).length).toBeGreaterThan(3);
    expect(text).toMatch(/fleet\.ts up [\s\S]*--shard [\s\S]*fleet\.ts summary/);
  }
  const { jobs } = parse(pipelines[0] ?? "") as { jobs: { up: { strategy: { matrix: { part: number[] } } } } };
  const { part } = jobs.up.strategy.matrix;
  expect(part).toEqual(part.map((_, index) => index + 1));
  expect(pipelines[0]).toContain(`--shard \${{ matrix.part }}/${part.length}`);
});

it("shows no command that is refused", () => {
  const commands = [...page.matchAll(/node fleet\.ts ([\s\S]*?)(?: *#.*)?(?=\n *(?:working|env|node|```)|$)/g)]
    .map(([, text = ""]) =>
      text
        .replaceAll(/\$\{\{.*?\}\}|\$\(.*?\)/g, "1")
        .trim()
        .split(/\s+/),
    )
    .filter(([first]) => first !== "--help");
  expect(commands.length).toBeGreaterThanOrEqual(7);
  for (const command of commands) expect(() => readArguments(command)).not.toThrow();
});
