/**
 * The two example pipelines, night after night: their own steps run in bash, with stand-ins for Pulumi and for the
 * commands of GitHub and Azure that keep an issue in a file. `msem check` is the real one.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run as prefixes, weeklyFile } from "../ranges/weekly.ts";
import { type Checkout, checkout, proposal, realMsem } from "./lab.ts";

interface Step {
  readonly name: string;
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  readonly condition?: string;
}

interface Pipeline {
  readonly file: string;
  readonly steps: readonly Step[];
  /** Values of the expressions in the steps' environments; outputs of the script are added. */
  readonly values: Readonly<Record<string, string>>;
  /** How the expression of an output of the script is written. */
  readonly output: (name: string) => string;
  /** What tells the script where it runs. */
  readonly runner: (lab: Checkout) => Readonly<Record<string, string>>;
  /** Puts the commands that keep issues on PATH. */
  readonly tracker: (lab: Checkout) => void;
}

interface GithubStep {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Record<string, string>;
}
interface AzureStep {
  readonly displayName?: string;
  readonly script?: string;
  readonly publish?: string;
  readonly condition?: string;
  readonly inputs?: { readonly inlineScript?: string };
  readonly env?: Record<string, string>;
}

const load = (file: string): unknown => parse(readFileSync(file, "utf8"));

const githubFile = "examples/github-actions/nightly.yml";
const github = load(githubFile) as {
  readonly permissions: object;
  readonly jobs: { readonly drift: { permissions: object; env: Record<string, string>; steps: GithubStep[] } };
};
const azureFile = "examples/azure-pipelines/nightly.yml";
const azure = load(azureFile) as { readonly jobs: { readonly job: string; readonly steps: AzureStep[] }[] };
const azureSteps = azure.jobs[0]?.steps ?? [];

const optional = (condition: string | undefined) => (condition === undefined ? {} : { condition });

const pipelines: readonly Pipeline[] = [
  {
    file: githubFile,
    steps: github.jobs.drift.steps.flatMap(({ name = "", run: source, env = {}, if: condition }) =>
      source === undefined ? [] : [{ name, source, env: { ...github.jobs.drift.env, ...env }, ...optional(condition) }],
    ),
    values: {},
    output: (name) => `\${{ steps.drift.outputs.${name} }}`,
    runner: (lab) => ({
      GITHUB_REPOSITORY: "contoso/security",
      GITHUB_OUTPUT: join(lab.folder, "outputs"),
      GITHUB_STEP_SUMMARY: join(lab.folder, "page.md"),
    }),
    tracker: (lab) =>
      lab.command(
        "gh",
        `import fs from "node:fs";
const [noun, verb, ...rest] = process.argv.slice(2);
const option = (name) => rest[rest.indexOf("--" + name) + 1];
const issues = fs.existsSync("tracker.json") ? JSON.parse(fs.readFileSync("tracker.json")) : [];
const issue = issues.find(({ number }) => String(number) === rest[0]);
if (noun === "label") process.exit(0);
if (verb === "list") {
  const open = issues.filter(({ state }) => state === "open").map(({ number, text }) => ({ number, body: text }));
  console.log(JSON.stringify(open));
} else {
  if (verb === "create") issues.push({ number: issues.length + 7, state: "open", text: fs.readFileSync(option("body-file"), "utf8"), told: 0 });
  else if (verb === "edit") issue.text = fs.readFileSync(option("body-file"), "utf8");
  else if (verb === "comment") issue.told++;
  else if (verb === "close") issue.state = "done";
  else throw new Error(verb);
  fs.writeFileSync("tracker.json", JSON.stringify(issues));
}
`,
      ),
  },
  {
    file: azureFile,
    steps: azureSteps.flatMap(({ displayName: name = "", script, inputs, env = {}, condition }) => {
      const source = script ?? inputs?.inlineScript;
      return source === undefined ? [] : [{ name, source, env, ...optional(condition) }];
    }),
    values: { "$(doneState)": "Done", "$(System.TeamProject)": "Security" },
    output: (name) => `$(drift.${name})`,
    runner: () => ({ TF_BUILD: "True" }),
    tracker: (lab) =>
      lab.command(
        "az",
        `import fs from "node:fs";
const [, noun, verb] = process.argv.slice(2);
const rest = process.argv.slice(noun === "query" ? 4 : 5);
const option = (name) => (rest.includes("--" + name) ? rest[rest.indexOf("--" + name) + 1] : undefined);
const items = fs.existsSync("tracker.json") ? JSON.parse(fs.readFileSync("tracker.json")) : [];
const item = items.find(({ id }) => String(id) === option("id"));
const tags = () => option("fields").replace("System.Tags=", "");
if (noun === "query") {
  if (!/'msem-drift'/.test(option("wiql"))) throw new Error("another query");
  const open = items.find(({ state, tags }) => state === "open" && tags.split("; ").includes("msem-drift"));
  if (open) console.log(open.id);
} else if (verb === "show") {
  console.log(JSON.stringify({ id: item.id, fields: { "System.Tags": item.tags } }));
} else {
  if (verb === "create") items.push({ id: items.length + 7, state: "open", text: option("description"), tags: tags(), told: 0 });
  else if (option("state")) item.state = "done";
  else Object.assign(item, { text: option("description"), tags: tags(), told: item.told + 1 });
  fs.writeFileSync("tracker.json", JSON.stringify(items));
}
`,
      ),
  },
];

interface Issue {
  readonly state: string;
  readonly text: string;
  readonly told: number;
}

function asa(members: readonly string[]): string {
  return [
    "ASA Version 9.16",
    "object-group network SCUBA",
    ...members.map((member) => ` network-object ${member}`),
    "access-list outside_in extended permit tcp object-group SCUBA any eq https",
    "access-group outside_in in interface outside",
    "",
  ].join("\n");
}

const inSync = "Previewing update (prod):\nResources:\n    4 unchanged\n";
const whole = asa(["20.200.0.0 255.255.255.192", "20.200.0.64 255.255.255.240"]);

describe.each(pipelines)("$file", ({ steps, values, output, runner, tracker }) => {
  let lab: Checkout;

  beforeEach(() => {
    lab = checkout();
    tracker(lab);
    lab.command("npm", "");
    realMsem(lab, "tags.json");
    lab.write("tags.json", JSON.stringify(weeklyFile(400, { Scuba: { changeNumber: 30, prefixes: prefixes(10) } })));
    lab.write("configs/edge-asa.cfg", whole);
    lab.pulumi(inSync, 0);
  });
  afterEach(() => lab.remove());

  /** One night: every step that its condition lets run. Resolves to the exit code of the check. */
  async function night(): Promise<number> {
    for (const file of ["outputs", "drift.md", "drift.sarif", "open-issue.json", "open-item.json"]) {
      rmSync(join(lab.folder, file), { force: true });
    }
    const known: Record<string, string> = { ...values };
    let outcome = -1;
    for (const { name, source, env, condition } of steps) {
      const issue = known[output("issue")] ?? "";
      if (condition !== undefined && /issue/.test(condition) && ["", "none"].includes(issue)) continue;
      const given = Object.entries(env).map(([key, text]): [string, string] => [key, known[text] ?? text]);
      const ran = await lab.shell(source, { ...runner(lab), ...Object.fromEntries(given) });
      if (name !== "Detect drift") {
        if (ran.code !== 0) throw new Error(`"${name}" ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
        continue;
      }
      outcome = ran.code;
      const written = existsSync(join(lab.folder, "outputs")) ? lab.read("outputs") : "";
      for (const [, key, value] of `${written}${ran.stdout}`.matchAll(
        /^(?:##vso\[task\.setvariable variable=)?(\w+)(?:;isOutput=true\]|=)(.*)$/gm,
      )) {
        known[output(key as string)] = value as string;
      }
    }
    return outcome;
  }

  const issues = (): Issue[] =>
    existsSync(join(lab.folder, "tracker.json")) ? (JSON.parse(lab.read("tracker.json")) as Issue[]) : [];

  it("says nothing while all is in sync", async () => {
    expect(await night()).toBe(0);
    expect(issues()).toEqual([]);
    expect(JSON.parse(lab.read("drift.sarif")).runs[0].results).toEqual([]);
  });

  it("opens an issue on drift, leaves it alone while that is the same, tells of another, closes it", async () => {
    lab.pulumi(proposal("edited"), 7);
    expect(await night()).toBe(2);
    expect(issues()).toMatchObject([{ state: "open", told: 0, text: expect.stringContaining("edited") }]);
    const before = issues();
    expect(await night()).toBe(2);
    expect(issues()).toEqual(before);

    lab.write("configs/edge-asa.cfg", asa(["20.200.0.0 255.255.255.192"]));
    expect(await night()).toBe(2);
    expect(issues()).toMatchObject([{ state: "open", told: 1, text: expect.stringContaining("20.200.0.64/29") }]);
    expect(JSON.parse(lab.read("drift.sarif")).runs[0].results).toHaveLength(2);

    lab.write("configs/edge-asa.cfg", whole);
    lab.pulumi(inSync, 0);
    expect(await night()).toBe(0);
    expect(issues()).toMatchObject([{ state: "done" }]);
    lab.pulumi(proposal("edited"), 7);
    expect(await night()).toBe(2);
    expect(issues()).toHaveLength(2);
  });

  it("reports a refusal and a failure too", async () => {
    lab.pulumi(
      "error: pulumi-nodejs:dynamic/msem:ServiceTagRanges resource 'scuba' has a problem: MSEM_REFUSED x\n",
      1,
    );
    expect(await night()).toBe(3);
    expect(issues()).toMatchObject([{ state: "open", told: 0 }]);
    lab.pulumi("error: no stack named 'prod' found\n", 1);
    expect(await night()).toBe(1);
    expect(issues()).toMatchObject([{ state: "open", told: 1, text: expect.stringContaining("no stack named") }]);
  });

  it("keeps text of a configuration from being taken for markup or for a command", async () => {
    const name = "x</pre>$(touch pwned)`touch pwned`";
    lab.pulumi(`error: pulumi-nodejs:dynamic/msem:IpAllowlist resource '${name}' has a problem: MSEM_DRIFT y\n`, 1);
    expect(await night()).toBe(2);
    expect(existsSync(join(lab.folder, "pwned"))).toBe(false);
    expect(issues()[0]?.text).toMatch(/x(<|&lt;)\/pre(>|&gt;)\$\(touch pwned\)`/);
  });
});

describe("what the pipelines may do", () => {
  it("is what the README says, and nothing at the top of the workflow", () => {
    expect(github.permissions).toEqual({});
    const readme = readFileSync("examples/github-actions/README.md", "utf8");
    const granted = Object.entries(github.jobs.drift.permissions).map(([scope, access]) => `\`${scope}: ${access}\``);
    expect(granted).toHaveLength(5);
    for (const one of granted) expect(readme).toContain(`| ${one} |`);
    expect([...readme.matchAll(/^\| `[\w-]+: \w+` \|/gm)]).toHaveLength(granted.length);
  });

  it("leaves no expression in a shell line, where its value would be code", () => {
    for (const { source } of pipelines.flatMap(({ steps }) => steps))
      expect(source).not.toMatch(/\$\{\{|\$\([\w]+\.[\w]/);
  });

  it("runs what follows the check also on drift", () => {
    const after = github.jobs.drift.steps.slice(
      github.jobs.drift.steps.findIndex(({ name }) => name === "Detect drift"),
    );
    for (const step of after.slice(1)) expect(step.if).toMatch(/^\$\{\{ !cancelled\(\) && /);
    const rest = azureSteps.slice(azureSteps.findIndex(({ displayName }) => displayName === "Detect drift") + 1);
    for (const step of rest) expect(step.condition).toMatch(/^(and\()?not\(canceled\(\)\)/);
    expect([after.length, rest.length]).toEqual([3, 3]);
  });
});
