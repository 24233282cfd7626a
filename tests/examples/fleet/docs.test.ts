/** What docs/fleets.md shows of the example: a list that is one, parts that cover it, commands that are taken. */
import { resolve } from "node:path";
import { parse } from "yaml";
import { readArguments } from "../../../examples/fleet/arguments.ts";
import { parseTenants } from "../../../examples/fleet/list.ts";
import { callsOf } from "../../docs/calls.ts";
import { readPages } from "../../docs/pages.ts";

const blocks = readPages(resolve("."))
  .filter(({ path }) => path === "docs/fleets.md" || path === "examples/fleet/README.md")
  .flatMap((page) => page.blocks);
const yaml = blocks.filter(({ language }) => language === "yaml").map(({ text }) => text);

it("shows a list that is taken", () => {
  const [list = ""] = yaml.filter((text) => text.startsWith("tenants:"));
  expect(parseTenants(list, "docs").map(({ name }) => name)).toEqual(["contoso"]);
});

it("shows pipelines of GitHub's and Azure's whose parts cover the list and end in one summary", () => {
  const [github = "", azure = "", ...more] = yaml.filter((text) => text.includes("fleet.ts summary"));
  expect(more).toEqual([]);
  const { jobs } = parse(github) as { jobs: { up: { strategy: { matrix: { part: number[] } } } } };
  const { part } = jobs.up.strategy.matrix;
  expect(part).toEqual(part.map((_, index) => index + 1));
  expect(github).toContain(`--shard \${{ matrix.part }}/${part.length}`);
  expect(azure).toContain('--shard "$PART/$PARTS"');
});

it("shows no command that is refused", () => {
  const commands = callsOf(blocks)
    .filter(({ words }) => words[0] === "node" && words[1] === "fleet.ts")
    .map(({ words }) => words.slice(2).map((word) => word.replaceAll(/\$\w+|expression/g, "1")));
  expect(commands.length).toBeGreaterThanOrEqual(10);
  for (const command of commands) expect(() => readArguments(command)).not.toThrow();
});
