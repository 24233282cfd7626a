/** The list of tenants: what it may hold, and that all that is wrong is told at once, without a value. */
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { ListError, parseTenants, variablesOf } from "../../../examples/fleet/list.ts";
import { connectors } from "../../../provider/vendors/index.ts";
import { canary, classCases } from "../../engine/classes.ts";

const entry = (more: object = {}) => ({
  name: "contoso",
  endpoint: "https://msem.contoso.example",
  token: { fromEnvironment: "CONTOSO_TOKEN" },
  connectors: {},
  ...more,
});
const parse = (...tenants: readonly object[]) => parseTenants(stringify({ tenants }), "tenants.yaml");

function problemsOf(text: string): readonly string[] {
  try {
    parseTenants(text, "tenants.yaml");
  } catch (error) {
    if (error instanceof ListError) return error.problems;
    throw error;
  }
  return [];
}

/** Literal secrets replaced by references. */
function byReference(value: unknown): unknown {
  if (typeof value === "string") return value.includes(canary) ? { fromEnvironment: "SECRET" } : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, byReference(inner)]));
}

it("takes the list that comes with the example, and the same as JSON", () => {
  const text = readFileSync("examples/fleet/tenants.yaml", "utf8");
  const tenants = parseTenants(text, "tenants.yaml");
  expect(tenants.map(({ name, connectors }) => [name, Object.keys(connectors)])).toEqual([
    ["contoso", ["scanner", "cmdb"]],
    ["fabrikam", ["vulnerabilities"]],
  ]);
  expect(parseTenants(JSON.stringify({ tenants }), "tenants.json")).toEqual(tenants);
  expect(tenants.flatMap(variablesOf)).toEqual([
    "CONTOSO_MSEM_TOKEN",
    "CONTOSO_QUALYS_PASSWORD",
    "FABRIKAM_TENABLE_SECRET_KEY",
  ]);
});

it("has a case for every connector there is", () => {
  expect(new Set(classCases.map(({ connectorType }) => connectorType))).toEqual(
    new Set(connectors.map(({ type }) => type)),
  );
});

it.each(classCases)("takes $connectorType ($name) with its secrets by reference, and refuses them by value", (one) => {
  const good = entry({ connectors: { [one.name]: { type: one.connectorType, ...(byReference(one.args) as object) } } });
  expect(parse(good)[0]?.connectors).toEqual(good.connectors);
  const problems = problemsOf(
    stringify({ tenants: [entry({ connectors: { [one.name]: { type: one.connectorType, ...one.args } } })] }),
  );
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) {
    expect(problem).toMatch(
      new RegExp(`^tenants\\[0\\] \\(contoso\\)\\.connectors\\.${one.name}\\.[\\w.]+: must be \\{ from`),
    );
  }
  expect(problems.join()).not.toContain(canary);
});

it("tells all that is wrong in one error, with paths", () => {
  const problems = problemsOf(
    stringify({
      tenants: [
        entry({ endpoint: "http://msem.contoso.example", token: "eyJ-secret" }),
        entry({ name: "-", scope: "api://x/.default" }),
        entry({
          name: "fabrikam",
          token: undefined,
          colour: "blue",
          connectors: {
            a: { type: "qualis" },
            b: { type: "wiz", apiEndpoint: "https://x.app.wiz.io/", clientId: 7, clientSecret: { fromCommand: ["x"] } },
            c: { type: "rapid7", endpoint: "eu", apiKey: { fromEnvironment: "A-B" }, polling: true },
          },
        }),
        entry({ name: "Contoso" }),
      ],
      tenant: [],
    }),
  );
  expect(problems.map((one) => one.split(": ")[0]).sort()).toEqual([
    "list",
    "tenants[0] (contoso).endpoint",
    "tenants[0] (contoso).token",
    "tenants[1] (-).name",
    "tenants[1] (-).token",
    "tenants[2] (fabrikam)",
    "tenants[2] (fabrikam).connectors.a.type",
    "tenants[2] (fabrikam).connectors.b.clientId",
    "tenants[2] (fabrikam).connectors.b.clientSecret",
    "tenants[2] (fabrikam).connectors.c",
    "tenants[2] (fabrikam).connectors.c.apiKey.fromEnvironment",
  ]);
  expect(problems.join()).toContain("must have a type: serviceNow, qualys");
  expect(problems.join()).not.toContain("eyJ-secret");
});

it.each([
  ["a token and a scope", [entry({ scope: "x" })], "tenants[0] (contoso).token: needs a token, or a scope"],
  ["neither", [entry({ token: undefined })], "tenants[0] (contoso).token: needs a token, or a scope"],
  [
    "one name twice, whatever its case",
    [entry(), entry({ name: "CONTOSO" })],
    "tenants[1] (CONTOSO).name: is the name of tenants[0] too",
  ],
  ["no tenants", [], "tenants: "],
  ["a name that leads out of its folder", [entry({ name: "../x" })], "tenants[0].name: must begin"],
  [
    "a credential in an endpoint",
    [entry({ endpoint: "https://user:pw@host.example" })],
    "tenants[0] (contoso).endpoint: must be",
  ],
])("refuses %s", (_what, tenants, problem) => {
  const [first = "", ...more] = problemsOf(stringify({ tenants }));
  expect(first).toContain(problem);
  expect(more).toEqual([]);
});

it("tells where a file is no YAML, and quotes none of it", () => {
  const problems = problemsOf('tenants:\n  - name: "open-secret\n  - {name: b\n');
  expect(problems[0]).toMatch(/^line \d+, column \d+: /);
  expect(problems.join()).not.toContain("open-secret");
  expect(problemsOf("a: 1\na: 2\n")).toEqual(["line 2, column 1: duplicate key"]);
});

it("is not blown up by aliases", () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`);
  expect(problemsOf(`a0: &a0 [x]\n${levels.join("\n")}\n`)).toEqual(["too many aliases"]);
});
