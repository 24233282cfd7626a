import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "../../provider/connections/contract";
import { createOpenApiDocument, renderOpenApi } from "../../provider/connections/openapi";

const file = join(__dirname, "../../provider/connections/openapi.json");

interface Documented {
  readonly operationId?: string;
  readonly responses: Readonly<Record<string, { description?: string; content?: unknown }>>;
  readonly security?: unknown;
  readonly parameters: readonly { name: string; in: string; required?: boolean }[];
}

const routes = Object.entries(createOpenApiDocument().paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Documented>).map(([method, operation]) => ({ method, path, operation })),
);

/** The validator is an ES module, which jest does not load: a process of its own does. */
function validate(document: string): { valid: boolean; errors?: unknown } {
  const program = `
    import { Validator } from "@seriousme/openapi-schema-validator";
    let text = "";
    for await (const chunk of process.stdin) text += chunk;
    process.stdout.write(JSON.stringify(await new Validator().validate(JSON.parse(text))));`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      input: document,
      encoding: "utf8",
      cwd: __dirname,
    }),
  );
}

describe("the OpenAPI document", () => {
  it("is valid 3.1", () => {
    expect(JSON.parse(renderOpenApi()).openapi).toBe("3.1.0");
    expect(validate(renderOpenApi())).toEqual({ valid: true });
    // The validator does find mistakes.
    expect(validate(renderOpenApi().replace('"in": "path"', '"in": "nowhere"')).valid).toBe(false);
  });

  it("the checked-in file is current (npm run generate writes it)", () => {
    expect(readFileSync(file, "utf8")).toBe(renderOpenApi());
  });

  it("has every route of the contract, each with an operationId of its own", () => {
    const ids = routes.map((route) => route.operation.operationId);
    expect(ids.sort()).toEqual(Object.keys(operations).sort());
    for (const [id, operation] of Object.entries(operations)) expect(operation.operationId).toBe(id);
  });

  it.each(routes)(
    "$method $path documents every status, its parameters and its authentication",
    ({ path, operation }) => {
      const statuses = Object.keys(operation.responses);
      expect(statuses).toEqual(expect.arrayContaining(["400", "401", "403", "405", "429", "500", "503"]));
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(response.description).toBeTruthy();
        expect([status, response.content === undefined]).toEqual([status, status === "204"]);
      }
      const inPath = operation.parameters.filter((one) => one.in === "path").map((one) => `{${one.name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(operation.parameters).toContainEqual(
        expect.objectContaining({ name: "api-version", in: "query", required: true }),
      );
      expect(operation.security).toEqual([{ bearerAuth: [] }]);
    },
  );

  it("says that it is not Microsoft's", () => {
    expect(createOpenApiDocument().info.description).toContain("not of Microsoft");
  });

  it("names its shapes once", () => {
    expect(Object.keys(createOpenApiDocument().components?.schemas ?? {})).toEqual(
      expect.arrayContaining([
        "Connection",
        "ConnectionCreate",
        "ConnectionPatch",
        "ConnectorType",
        "ErrorResponse",
        "Operation",
        "TestResult",
      ]),
    );
  });
});
