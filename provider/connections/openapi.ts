/** The OpenAPI 3.1 document of the Connection API, made from the contract table. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { operations } from "./contract";
import { apiVersion } from "./schema";

/** A fresh OpenAPI 3.1 object; the caller may change it. */
export function createOpenApiDocument() {
  const generator = new OpenAPIHono();
  generator.openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A Microsoft Entra token. The roles in its `wids` claim decide what the caller may do.",
  });
  for (const operation of Object.values(operations)) generator.openAPIRegistry.registerPath(operation);
  const document = generator.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Connection API for Microsoft Security Exposure Management data connectors",
      version: apiVersion,
      description:
        "A contract of the pulumi-msem project, not of Microsoft: Microsoft publishes no API for these connectors. " +
        "Times are RFC 3339 in UTC. Unknown properties are refused in a request and to be ignored in an answer.",
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "Where this document was served from" }],
  });
  // The generator leaves an empty `webhooks` and `parameters` behind.
  const { webhooks: _none, ...rest } = document;
  return rest;
}

/** The document as the package ships it: stable, indented, with a line break at its end. */
export function renderOpenApi(): string {
  // Short lists on one line, as the project's formatter has them: the checked-in file passes it untouched.
  const text = JSON.stringify(createOpenApiDocument(), undefined, 2).replaceAll(
    /^( *(?:"[^"]*": )?)\[\n([^[\]{}]*?)\n *\](,?)$/gm,
    (whole: string, start: string, items: string, comma: string) => {
      const line = `${start}[${items.trim().replaceAll(/,\n */g, ", ")}]${comma}`;
      return line.length <= 120 ? line : whole;
    },
  );
  return `${text}\n`;
}
