/** What a tenant was brought to: the program, the package, where its stack is, and its entry in the list. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Tenant } from "./list.ts";
import type { StackSettings } from "./protocol.ts";

/**
 * @param folder all files in it belong to the program
 * @param version of `pulumi-msem`
 */
export function programDigest(folder: string, version: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  return digest([version, ...files.map((file) => readFileSync(file, "utf8"))]);
}

/** Version of the `pulumi-msem` that a module finds. */
export function packageVersion(from: string): string {
  const { version } = createRequire(from)("pulumi-msem/package.json") as { version: string };
  return version;
}

/** @param backend URL, where the environment names one */
export function revisionOf(tenant: Tenant, program: string, settings: StackSettings, backend = ""): string {
  return digest([program, backend, settings.project, settings.organization, tenant]);
}

function digest(content: unknown): string {
  // The order in which somebody wrote the list is no difference.
  const text = JSON.stringify(content, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
