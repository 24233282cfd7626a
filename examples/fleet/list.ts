/** The list of tenants: YAML or JSON, judged as a whole before anything is done. */
import { readFileSync } from "node:fs";
import { type Document, parseDocument } from "yaml";
import { z } from "zod";
import { connectorSettings, reference } from "./program/connectors.ts";

const tenantSchema = z
  .strictObject({
    /** Also the stack's name: who renames a tenant gets a new stack, and leaves the old one behind. */
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][\w.-]{0,99}$/,
        "must begin with a letter or digit and have at most 100 of A-Z a-z 0-9 _ . -",
      ),
    endpoint: z.string().refine(isEndpoint, "must be an https URL, or http on a loopback address"),
    token: reference.optional(),
    scope: z.string().min(1).optional(),
    connectors: z.record(z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/), connectorSettings),
  })
  .refine(({ token, scope }) => (token === undefined) !== (scope === undefined), {
    error: "needs a token, or a scope of Microsoft Entra, and not both",
    path: ["token"],
  });

const listSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1) }).check(({ value, issues }) => {
  const seen = new Map<string, number>();
  for (const [index, { name }] of value.tenants.entries()) {
    // Folders and stack names may not tell case apart.
    const key = name.toLowerCase();
    const before = seen.get(key);
    if (before === undefined) seen.set(key, index);
    else {
      const message = `is the name of tenants[${before}] too`;
      issues.push({ code: "custom", message, path: ["tenants", index, "name"], input: name });
    }
  }
});

export type Tenant = z.infer<typeof tenantSchema>;

/** A list with problems: all of them, each with its path. No value stands in a message, as it may be a secret. */
export class ListError extends Error {
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${file}: ${count}\n${problems.map((one) => `  ${one}`).join("\n")}`);
    this.problems = problems;
  }
}

/** @throws ListError */
export function readTenants(file: string): readonly Tenant[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ListError(file, [`cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
  return parseTenants(text, file);
}

/**
 * @param file what messages call it
 * @throws ListError
 */
export function parseTenants(text: string, file: string): readonly Tenant[] {
  const document = parseDocument(text, { merge: true });
  // Their messages quote the text.
  const broken = [...document.errors, ...document.warnings].map(({ code, linePos }) => {
    const at = linePos === undefined ? "somewhere" : `line ${linePos[0].line}, column ${linePos[0].col}`;
    return `${at}: ${code.toLowerCase().replaceAll("_", " ")}`;
  });
  if (broken.length > 0) throw new ListError(file, broken);
  const content: unknown = contentOf(document, file);
  const parsed = listSchema.safeParse(content);
  if (!parsed.success) {
    throw new ListError(
      file,
      parsed.error.issues.map(({ path, message }) => `${pathOf(path, content)}: ${message}`),
    );
  }
  return parsed.data.tenants;
}

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    // A few aliases that stand for millions of nodes.
    throw new ListError(file, ["too many aliases"]);
  }
}

/** `tenants[3] (contoso).connectors.scanner.password` */
function pathOf(path: readonly PropertyKey[], content: unknown): string {
  const [list, index, ...rest] = path;
  if (list !== "tenants" || typeof index !== "number") return path.map(String).join(".") || "list";
  const name = (content as { tenants?: { name?: unknown }[] }).tenants?.[index]?.name;
  const called = typeof name === "string" && /^[\w.-]{1,100}$/.test(name) ? ` (${name})` : "";
  return [`tenants[${index}]${called}`, ...rest.map(String)].join(".");
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search } = new URL(text);
  if (username !== "" || password !== "" || search !== "") return false;
  return protocol === "https:" || (protocol === "http:" && /^(127\.[\d.]+|localhost|\[::1\])$/.test(hostname));
}

/** Names of the environment variables that an entry refers to. */
export function variablesOf(entry: unknown): readonly string[] {
  if (typeof entry !== "object" || entry === null) return [];
  return Object.entries(entry).flatMap(([key, value]) =>
    key === "fromEnvironment" && typeof value === "string" ? [value] : variablesOf(value),
  );
}
