/** The arrows of the layout: dependencies point one way, and core is pure. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const root = resolve("provider");

/** Who may import whom, by the first folder; a folder may always import itself. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  http: ["core"],
  vendors: ["core", "http"],
  firewalls: ["core"],
  ranges: ["core", "http"],
  connections: ["core", "http"],
  allowlists: ["core"],
  ingestion: ["core", "credentials", "http"],
  credentials: ["core", "http"],
  // The emulator shares the contract's schemas with the client and no other code.
  emulator: ["core", "connections", "vendors"],
  runtime: ["core", "allowlists", "connections", "credentials", "vendors", "firewalls", "ingestion", "ranges"],
  resources: ["core", "ranges"],
  cli: ["core", "allowlists", "connections", "credentials", "vendors", "firewalls", "ingestion", "ranges", "emulator"],
  "index.ts": ["resources"],
};

const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith(`dist${sep}`) && !file.includes("node_modules"))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const found = [...text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+["']([^"']+)["']/g)].map(
    (match) => ({
      specifier: match[3] as string,
      typeOnly: match[2] !== undefined,
    }),
  );
  const late = [...text.matchAll(/(?:require|import)\(\s*["']([^"']+)["']\s*\)(\s*as\s+typeof)?/g)].map((match) => ({
    specifier: match[1] as string,
    typeOnly: false,
  }));
  return [...found, ...late];
}

function roomOf(path: string): string {
  return relative(root, path).split(sep)[0] as string;
}

describe("the layout", () => {
  it("has sources to look at", () => {
    expect(sources.length).toBeGreaterThan(40);
  });

  it("keeps dependencies pointing one way", () => {
    const wrong = sources.flatMap(({ file, text }) =>
      importsOf(text)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => ({
          from: roomOf(join(root, file)),
          to: roomOf(resolve(root, dirname(file), specifier)),
          file,
          specifier,
        }))
        .filter(({ from, to }) => from !== to && !(allowed[from] ?? []).includes(to))
        .map((arrow) => `${arrow.file} imports ${arrow.specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps core free of Pulumi, HTTP, the file system and processes", () => {
    const wrong = sources
      .filter(({ file }) => file.startsWith(`core${sep}`))
      .flatMap(({ file, text }) =>
        importsOf(text)
          .filter(({ specifier }) => !specifier.startsWith(".") && specifier !== "zod")
          .map(({ specifier }) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps the emulator from sharing code with the client but the contract", () => {
    const contract = ["schema", "roles", "contract", "openapi"];
    const wrong = sources
      .filter(({ file }) => file.startsWith(`emulator${sep}`))
      .flatMap(({ file, text }) =>
        importsOf(text)
          .filter(
            ({ specifier }) =>
              specifier.includes("connections/") && !contract.includes(specifier.split("/").pop() ?? ""),
          )
          .map(({ specifier }) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps the program side light: no schema and no HTTP at import", () => {
    const wrong = sources
      .filter(({ file }) => file === "index.ts" || file.startsWith(`resources${sep}`))
      .flatMap(({ file, text }) =>
        importsOf(text.replace(/require\([^)]*\)( as typeof import\([^)]*\))?/g, ""))
          .filter(
            ({ specifier, typeOnly }) => !typeOnly && !specifier.startsWith(".") && specifier !== "@pulumi/pulumi",
          )
          .map(({ specifier }) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps the policy pack apart: it is installed without the provider", () => {
    const files = readdirSync("policy", { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !/^(dist|node_modules)/.test(file),
    );
    const wrong = files.flatMap((file) =>
      importsOf(readFileSync(join("policy", file), "utf8"))
        .filter(({ specifier }) =>
          specifier.startsWith(".")
            ? relative("policy", join("policy", dirname(file), specifier)).startsWith("..")
            : !["@pulumi/policy", "@pulumi/pulumi"].includes(specifier),
        )
        .map(({ specifier }) => `${file} imports ${specifier}`),
    );
    expect([files.length > 5, wrong]).toEqual([true, []]);
  });
});
