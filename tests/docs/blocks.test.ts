/** Every fenced block of the docs is run, parsed by what it is for, or type-checked. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { subjectsFromFile } from "../../provider/cli/verifySubjects";
import { callsOf, msemProblems, place, scriptsIn, toolProblems, yamlOf } from "./calls";
import { type Block, readPage, readPages } from "./pages";
import { pipelineProblems } from "./pipelines";
import { typeProblems } from "./programs";
import { commandsOf } from "./shell";

const root = join(__dirname, "../..");
const pages = readPages(root);
/** Configurations in the vendors' languages; tests/firewalls reads and changes them as these pages say. */
const samples = "docs/firewalls/";
const languages = ["console", "json", "sh", "text", "ts", "yaml"];
const sampleLanguages = [...languages, "php", "xml"];
const blocks = pages.flatMap((page) => page.blocks);
const ours = blocks.filter(({ page }) => !page.startsWith(samples));

describe("fenced blocks", () => {
  it("are there, on many pages", () => {
    expect(pages.length).toBeGreaterThan(50);
    expect(ours.length).toBeGreaterThan(50);
  });

  it("name a language that is known here, so that nothing goes unchecked", () => {
    const unknown = blocks
      .filter(({ page, language }) => !(page.startsWith(samples) ? sampleLanguages : languages).includes(language))
      .map((block) => `${place(block)}: "${block.language}"`);
    expect(unknown).toEqual([]);
  });

  it("of text hold no commands", () => {
    const commands = ours
      .filter(({ language, text }) => language === "text" && /^(\$|msem|npx|npm|pulumi|node|az|export) /m.test(text))
      .map((block) => place(block));
    expect(commands).toEqual([]);
  });

  it("of TypeScript compile against the package, and one that is wrong does not, which is told with its line", () => {
    const program = 'new msem.QualysConnector("a", {\n  apiServer: "qualysapi.qualys.eu", user: "b", password: "c" });';
    const wrong = readPage("docs/made-up.md", `\`\`\`ts\n${program}\n\`\`\`\n`).blocks;
    // Together, because most of the time goes into the types of the packages.
    expect(typeProblems([...ours.filter(({ language }) => language === "ts"), ...wrong], root)).toEqual([
      expect.stringMatching(/^docs\/made-up\.md:3: .*'user' does not exist/),
    ]);
  }, 60_000);

  it("of JSON are JSON, and files of ours are what reads them takes", async () => {
    const found = await Promise.all(ours.filter(({ language }) => language === "json").map(jsonProblems));
    expect(found.flat()).toEqual([]);
  });

  it("of YAML are YAML, and pipelines have the shape of pipelines", () => {
    const broken = ours
      .filter(({ language }) => language === "yaml")
      .flatMap((block) =>
        yamlOf(block)
          .flatMap(pipelineProblems)
          .map((problem) => `${place(block)}: ${problem}`),
      );
    expect(broken).toEqual([]);
  });

  it("of a shell are ones that a shell can read", () => {
    const broken = scriptsIn(ours).flatMap(({ page, line, text }) => {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
      return status === 0 ? [] : [`${place({ page, line })}: ${stderr}`];
    });
    expect(broken).toEqual([]);
  });

  it("call msem as its command line takes it", () => {
    // Among the vendors' own commands ours stand on lines of their own.
    const among = blocks.map((block) =>
      block.page.startsWith(samples)
        ? { ...block, text: block.text.replaceAll(/^(?!(\$ )?(npx )?msem ).*$/gm, "") }
        : block,
    );
    const calls = callsOf(among);
    expect(calls.filter(({ words }) => words[0] === "msem").length).toBeGreaterThan(20);
    expect(msemProblems(calls, root)).toEqual([]);
  }, 60_000);

  it("call other programs as they are", () => {
    expect(toolProblems(callsOf(ours), root)).toEqual([]);
  });

  const runnable = ours.filter(({ language, words }) => language === "console" && words.includes("run"));
  it("that say so are run, and print what stands there", () => {
    expect(runnable.length).toBeGreaterThan(0);
    for (const block of runnable) expect(`${place(block)}\n${played(block)}`).toBe(`${place(block)}\n${block.text}`);
  }, 60_000);
});

/** What is wrong with a block: files of `msem verify` and reports of `msem check` have readers and a schema here. */
async function jsonProblems(block: Block): Promise<string[]> {
  let value: unknown;
  try {
    value = JSON.parse(block.text);
  } catch (error) {
    return [`${place(block)}: ${String(error)}`];
  }
  const said = (problem: string) => `${place(block)}: ${problem}`;
  if (block.words.includes("connectors")) return (await subjectProblems(block.text)).map(said);
  if (typeof value !== "object" || value === null || !("schemaVersion" in value)) return [];
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(root, "provider/cli/check.schema.json"), "utf8")));
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ path, message }) => said(`${path.join(".")}: ${message}`));
}

async function subjectProblems(text: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "msem-docs-"));
  try {
    const file = join(folder, "connectors.json");
    writeFileSync(file, text);
    const variables = [...text.matchAll(/"fromEnvironment": "(\w+)"/g)].map(([, name]) => [name, "a-secret"]);
    await subjectsFromFile(file, Object.fromEntries(variables));
    return [];
  } catch (error) {
    return [String(error)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The block as it comes out when its commands are run in the root of the repository. */
function played(block: Block): string {
  let code = 0;
  const played: string[] = [];
  for (const step of block.text.split(/^(?=\$ )/m)) {
    const [typed = ""] = step.split("\n");
    const [{ words = [] } = {}] = commandsOf(typed.slice(2));
    const args = words.filter((word) => word !== "npx");
    let output = `${code}\n`;
    if (args[0] !== "echo") {
      expect(args[0]).toBe("msem");
      const run = spawnSync(process.execPath, [join(root, "provider/bin/msem.js"), ...args.slice(1)], {
        cwd: root,
        encoding: "utf8",
        timeout: 30_000,
      });
      code = run.status ?? -1;
      output = `${run.stdout}${run.stderr}`;
    }
    played.push(typed, output.trimEnd());
  }
  return played.join("\n");
}

describe("inline code", () => {
  it("names options of msem and scripts of npm that exist", () => {
    const spans = pages
      .filter(({ path }) => !path.startsWith(samples))
      .flatMap(({ path }) =>
        readFileSync(join(root, path), "utf8")
          .split("\n")
          .flatMap((line, index) =>
            [...line.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => ({ page: path, line: index + 1, text })),
          ),
      )
      .filter(({ text }) => /^(npx )?(msem .*--|npm run |npm test -- )/.test(text));
    expect(spans.length).toBeGreaterThan(10);
    const calls = spans.flatMap(({ page, line, text }) =>
      commandsOf(text.replaceAll("|", "-or-")).map(({ words, ...rest }) => ({
        ...rest,
        words: words[0] === "npx" ? words.slice(1) : words,
        where: place({ page, line }),
      })),
    );
    // Prose shows the option that it talks about, not what else a call needs.
    const problems = msemProblems(calls, root).filter(
      (problem) => !/missing required argument|argument missing/.test(problem),
    );
    expect([...problems, ...toolProblems(calls, root)]).toEqual([]);
  }, 60_000);
});

describe("these tests", () => {
  const page = (text: string) => readPage("docs/made-up.md", text);
  const block = (language: string, text: string) => page(`\`\`\`${language}\n${text}\n\`\`\`\n`).blocks;

  it.each([
    ["json", '{ "a": }', "SyntaxError"],
    ["json connectors", '[{ "type": "qualys", "settings": { "apiServr": "x" } }]', "apiServr"],
    ["json", '{ "schemaVersion": 1, "file": 5 }', "Invalid input"],
  ])("see wrong %s: %s", async (language, text, says) => {
    expect((await Promise.all(block(language, text).map(jsonProblems))).flat().join("\n")).toContain(says);
  });

  it("take a report of msem check for one", async () => {
    const sample = ["examples/ranges/allowlist.txt", "--ranges", "examples/ranges/service-tags-sample.json"];
    const msem = join(root, "provider/bin/msem.js");
    const { stdout } = spawnSync(process.execPath, [msem, "check", ...sample, "--format", "json"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stdout).toContain('"schemaVersion"');
    expect((await Promise.all(block("json", stdout).map(jsonProblems))).flat()).toEqual([]);
  });

  it("see wrong calls, in a shell, behind a prompt, in a pipeline and handed on", () => {
    const calls = callsOf([
      ...block("sh", "A=1 msem check a.cfg \\\n  --rul x | head"),
      ...block("console", "$ npx msem ranges --format xml\nmsem check --wrong"),
      ...block("yaml", "job:\n  script:\n    - node ci/detect-drift.mjs --stack a -- a.cfg --lst b"),
    ]);
    expect(msemProblems(calls, root)).toEqual([
      expect.stringContaining("docs/made-up.md:2: msem check a.cfg --rul x: error: unknown option '--rul'"),
      expect.stringContaining("argument 'xml' is invalid"),
      expect.stringContaining("unknown option '--lst'"),
    ]);
  });

  it.each([
    ["npm run nothing", "there is no npm script"],
    ["npm test -- tests/nowhere", "there is no tests/nowhere"],
    ["pulumi preview --refesh", "has no option --refesh"],
    ["pulumi dance", "no such command"],
    ["node ci/detect-drift.mjs --stak a", "has no option --stak"],
    ["node scripts/none.mjs", "there is no scripts/none.mjs"],
    ["x=$(wget x)", 'the program "wget" is not known'],
  ])("see that %s is wrong", (line, says) => {
    expect(toolProblems(callsOf(block("sh", line)), root)).toEqual([expect.stringContaining(says)]);
  });

  it("see pipelines of a wrong shape", () => {
    const of = (text: string) => block("yaml", text).flatMap((one) => yamlOf(one).flatMap(pipelineProblems));
    expect(of("name: n\non: {push: {}}\njobs:\n  a:\n    steps: [{ run: x, uses: a/b@v1 }]")).toHaveLength(2);
    expect(of("steps: [{ scrpt: x }]")).not.toEqual([]);
    expect(of("a: { script: [x], rule: [] }")).not.toEqual([]);
  });
});
