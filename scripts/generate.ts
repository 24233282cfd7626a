/**
 * Makes from the connectors' and formats' descriptors what would otherwise be written again for each: the Pulumi classes,
 * the OpenAPI document, the schema of \`msem check\`, the index of the docs, and the tables in the READMEs. Reads the built package (`provider/dist`).
 *
 *     node scripts/generate.ts           writes what differs
 *     node scripts/generate.ts --check   writes nothing; exits 1 and names what differs
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Format } from "../provider/core/allowlist/format.ts";
import type { ConnectorDescriptor } from "../provider/core/connector/define.ts";
import type { IngestionSource } from "../provider/core/ingestion.ts";
import type { TargetDescriptor } from "../provider/core/targets/target.ts";
import { renderManualSection, renderTargetSection } from "./generate/allowlists.ts";
import { renderClass, renderClassIndex } from "./generate/classes.ts";
import { fileNameOf } from "./generate/descriptors.ts";
import { renderConnectorsPage, renderConnectorTable, renderVendorPage } from "./generate/docs.ts";
import { renderFormatTable } from "./generate/formats.ts";
import { renderLimitsTable, renderManualTable } from "./generate/limits.ts";
import { replaceBetween } from "./generate/markers.ts";
import { type Role, renderRoleTable, renderVendorPermissions } from "./generate/permissions.ts";
import { renderPolicyTable, renderSecretFields } from "./generate/policy.ts";
import { renderPreflight } from "./generate/preflight.ts";
import { renderExplanations } from "./generate/troubleshooting.ts";

type PolicyModule = typeof import("../policy/policies.ts");
type PreflightModule = typeof import("../provider/vendors/preflights.ts");
type ResultsModule = typeof import("../provider/core/preflight.ts");
type ExplanationsModule = typeof import("../provider/core/explanations.ts");

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const classFolder = "provider/resources/connectors";
const allowlistsPage = "docs/allowlists.md";
const load = createRequire(import.meta.url);

process.exitCode = main(process.argv.slice(2));

function main(options: readonly string[]): number {
  const unknown = options.filter((option) => option !== "--check");
  if (unknown.length > 0) return complain(`generate: unknown option ${unknown.join(" ")}; there is only --check`);
  const vendors = join(root, "provider/dist/vendors/index.js");
  if (!existsSync(vendors))
    return complain("generate: provider/dist is missing; build the provider first (npm run build)");
  const { connectors } = load(vendors) as { connectors: readonly ConnectorDescriptor[] };

  const { targets } = load(join(root, "provider/dist/vendors/targets.js")) as { targets: readonly TargetDescriptor[] };
  const { manualProducts } = load(join(root, "provider/dist/allowlists/manual.js")) as {
    manualProducts: Readonly<Record<string, string>>;
  };

  const wanted = filesFor(connectors, allowlistSections(targets, manualProducts));
  const secretFields = "policy/judgements/secretFields.ts";
  wanted.set(secretFields, formatted(secretFields, renderSecretFields(connectors, targets)));
  wanted.set("docs/policy.md", renderPolicyPage());
  const differing = [...wanted].filter(([path, content]) => readText(path) !== content).map(([path]) => path);
  const leftOver = readdirIfThere(classFolder)
    .map((name) => `${classFolder}/${name}`)
    .filter((path) => !wanted.has(path));

  if (options.includes("--check")) {
    for (const path of differing) console.error(`not current: ${path}`);
    for (const path of leftOver) console.error(`not generated any more: ${path}`);
    if (differing.length + leftOver.length > 0) return complain("generate: run `npm run generate`");
    console.log(`generate: ${wanted.size} files are current`);
    return 0;
  }
  for (const path of differing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted.get(path) as string);
    console.log(`wrote ${path}`);
  }
  for (const path of leftOver) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
  console.log(`generate: ${differing.length} of ${wanted.size} files differed`);
  return 0;
}

/** Everything that is generated, by path from the root. */
function filesFor(
  connectors: readonly ConnectorDescriptor[],
  allowlists: ReadonlyMap<string, string>,
): Map<string, string> {
  const files = new Map<string, string>();
  for (const connector of connectors) {
    const name = fileNameOf(connector);
    files.set(`${classFolder}/${name}.ts`, renderClass(connector));
    const readme = `provider/vendors/${name}/README.md`;
    const page = replaceBetween(readme, readText(readme), "generated", renderVendorPage(connector));
    files.set(readme, replaceBetween(readme, page, "allowlist", allowlists.get(name) ?? ""));
  }
  files.set(`${classFolder}/index.ts`, renderClassIndex(connectors));
  const openApi = renderedOpenApi();
  if (openApi !== undefined) files.set("provider/connections/openapi.json", openApi);
  files.set("docs/connectors.md", renderConnectorsPage(connectors));
  const { preflights } = load(join(root, "provider/dist/vendors/preflights.js")) as PreflightModule;
  const { preflightResults } = load(join(root, "provider/dist/core/preflight.js")) as ResultsModule;
  const preflightPage = "docs/preflight.md";
  files.set(
    preflightPage,
    replaceBetween(preflightPage, readText(preflightPage), "preflight", renderPreflight(preflights, preflightResults)),
  );
  const { renderCheckSchema } = load(join(root, "provider/dist/cli/check/schema.js")) as {
    renderCheckSchema: () => unknown;
  };
  files.set("provider/cli/check.schema.json", JSON.stringify(renderCheckSchema()));
  files.set("docs/permissions.md", permissionsPage(connectors));
  for (const [path, content] of files) files.set(path, formatted(path, content));

  const { explanations } = load(join(root, "provider/dist/core/explanations.js")) as ExplanationsModule;
  const troubleshooting = "docs/troubleshooting.md";
  files.set(
    troubleshooting,
    replaceBetween(troubleshooting, readText(troubleshooting), "codes", renderExplanations(explanations)),
  );

  const { formats } = load(join(root, "provider/dist/firewalls/index.js")) as { formats: readonly Format[] };
  const firewalls = "docs/firewalls.md";
  files.set(firewalls, replaceBetween(firewalls, readText(firewalls), "formats", renderFormatTable(formats)));

  // Only the table: the rest of that page is not ours to format.
  const readme = readText("README.md");
  if (readme?.includes("<!-- connectors:begin -->")) {
    const table = formatted("README.md", renderConnectorTable(connectors));
    files.set("README.md", replaceBetween("README.md", readme, "connectors", table));
  }
  files.set(allowlistsPage, renderAllowlistsPage());
  return files;
}

/** Only the tables, as in the README. */
function renderAllowlistsPage(): string {
  const { targets } = load(join(root, "provider/dist/vendors/targets.js")) as { targets: readonly TargetDescriptor[] };
  const { manualProducts } = load(join(root, "provider/dist/allowlists/manual.js")) as {
    manualProducts: Readonly<Record<string, string>>;
  };
  const limits = formatted(allowlistsPage, renderLimitsTable(targets));
  const manual = formatted(allowlistsPage, renderManualTable(manualProducts));
  const page = replaceBetween(allowlistsPage, readText(allowlistsPage), "limits", limits);
  return replaceBetween(allowlistsPage, page, "manual", manual);
}

function renderPolicyPage(): string {
  const page = "docs/policy.md";
  const { policiesOf } = load(join(root, "policy/dist/policies.js")) as PolicyModule;
  return replaceBetween(page, readText(page), "policies", renderPolicyTable(policiesOf(new Set())));
}

/** By the vendor's folder. */
function allowlistSections(
  targets: readonly TargetDescriptor[],
  manual: Readonly<Record<string, string>>,
): Map<string, string> {
  return new Map([
    ...targets.map((target) => [target.kind.toLowerCase(), renderTargetSection(target)] as const),
    ...Object.entries(manual).map(([product, place]) => [product, renderManualSection(product, place)] as const),
  ]);
}

function permissionsPage(connectors: readonly ConnectorDescriptor[]): string {
  const page = "docs/permissions.md";
  const { roles } = load(join(root, "provider/dist/connections/roles.js")) as { roles: Readonly<Record<string, Role>> };
  const { targets } = load(join(root, "provider/dist/vendors/targets.js")) as { targets: readonly TargetDescriptor[] };
  const { ingestions } = load(join(root, "provider/dist/vendors/ingestions.js")) as {
    ingestions: readonly IngestionSource[];
  };
  const withRoles = replaceBetween(page, readText(page), "roles", renderRoleTable(Object.values(roles)));
  return replaceBetween(page, withRoles, "vendors", renderVendorPermissions(connectors, targets, ingestions));
}

function renderedOpenApi(): string | undefined {
  const path = join(root, "provider/dist/connections/openapi.js");
  if (!existsSync(path)) {
    console.error("generate: no OpenAPI document, because provider/dist/connections/openapi.js is missing");
    return undefined;
  }
  const { renderOpenApi } = load(path) as { renderOpenApi: () => unknown };
  const rendered = renderOpenApi();
  return typeof rendered === "string" ? rendered : `${JSON.stringify(rendered, undefined, 2)}\n`;
}

/** Through the project's own formatter, so that the lint step has nothing to say about generated files. */
function formatted(path: string, content: string): string {
  const biome = load.resolve("@biomejs/biome/bin/biome");
  const run = spawnSync(process.execPath, [biome, "format", `--stdin-file-path=${path}`], {
    cwd: root,
    input: content,
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`biome could not format ${path}: ${run.stderr}`);
  return run.stdout;
}

function readText(path: string): string | undefined {
  const full = join(root, path);
  return existsSync(full) ? readFileSync(full, "utf8") : undefined;
}

function readdirIfThere(path: string): readonly string[] {
  const full = join(root, path);
  return existsSync(full) ? readdirSync(full).filter((name) => name.endsWith(".ts")) : [];
}

function complain(sentence: string): number {
  console.error(sentence);
  return 1;
}
