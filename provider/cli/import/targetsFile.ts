/** The file that names the products whose lists are imported. Secrets in it are references only. */
import { z } from "zod";
import { checkAllowlist } from "../../allowlists/check";
import type { AllowlistInputs } from "../../allowlists/inputs";
import { type Authentication, hasAuthenticationUnion } from "../../core/connector/define";
import { authenticationOf, credentialFieldsOf, isReference, type SecretReference } from "../../core/connector/inputs";
import { MsemError } from "../../core/errors";
import type { Surroundings } from "../../core/lifecycle";
import type { TargetDescriptor } from "../../core/targets/target";
import { readText } from "../../ranges/readText";
import { logicalName } from "./names";

const referenceSchema = z.custom<SecretReference>(isReference, "must be text or a reference");

const fileSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    kind: z.string(),
    settings: z.record(z.string(), z.string()).default({}),
    credentials: z.record(z.string(), z.union([z.string(), referenceSchema])).default({}),
    experimental: z.boolean().optional(),
  }),
);

export interface ListedTarget {
  readonly name: string;
  readonly descriptor: TargetDescriptor;
  readonly way: Authentication;
  readonly settings: Readonly<Record<string, string>>;
  /** Text of what may be shown, references of what is secret. */
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly experimental?: boolean;
}

const hint =
  'A file looks like [{ "name": "tenable", "kind": "tenable", "credentials": { "accessKey": "…", "secretKey": { "fromEnvironment": "TENABLE_SECRET_KEY" } } }].';

/** @throws MSEM_INVALID with all that is wrong */
export async function readTargets(
  path: string,
  targets: readonly TargetDescriptor[],
  surroundings: Surroundings,
): Promise<ListedTarget[]> {
  const parsed = fileSchema.safeParse(parseJson(await readText(path)));
  if (!parsed.success) {
    // Paths only: a value might be a secret.
    const lines = parsed.error.issues.map(({ path: at, message }) => `\n  ${at.join(".") || "file"}: ${message}`);
    throw new MsemError("MSEM_INVALID", `--targets ${path} is no list of products${lines.join("")}`, { hint });
  }
  const problems: string[] = [];
  const names = parsed.data.map(({ name }) => logicalName(name));
  const listed = parsed.data.flatMap((entry, index): ListedTarget[] => {
    const { name, kind, settings, credentials } = entry;
    const report = (at: string, message: string) => problems.push(`${index}.${at}: ${message}`);
    if (names.indexOf(logicalName(name)) !== index) report("name", `"${name}" stands here already`);
    const descriptor = targets.find((one) => one.kind === kind);
    if (descriptor === undefined) {
      report("kind", `must be one of ${targets.map((one) => one.kind).join(", ")}`);
      return [];
    }
    const inputs = targetInputs({ ...entry, descriptor });
    const found = checkAllowlist(targets, { target: inputs, ranges: anyRanges }, undefined, surroundings);
    for (const problem of found.problems) report(problem.path, problem.message);
    const way = authenticationOf(descriptor, inputs);
    const fields = credentialFieldsOf(descriptor, inputs);
    for (const [field, { secret }] of Object.entries(way?.fields ?? {})) {
      // Files are read by others: backups, repositories.
      if (secret && typeof fields[field] === "string") {
        report(`credentials.${field}`, 'is secret; give a reference instead, such as { "fromEnvironment": "NAME" }');
      }
    }
    const { experimental } = entry;
    return way === undefined
      ? []
      : [
          {
            name,
            descriptor,
            way,
            settings,
            credentials,
            ...(experimental === undefined ? {} : { experimental }),
          },
        ];
  });
  if (problems.length === 0) return listed;
  const lines = problems.map((problem) => `\n  ${problem}`).join("");
  throw new MsemError("MSEM_INVALID", `--targets ${path}: nothing was read or written${lines}`, { hint });
}

/** The argument `target`, as a program would give it. */
export function targetInputs({
  descriptor,
  settings,
  credentials,
  experimental,
}: Omit<ListedTarget, "name" | "way">): AllowlistInputs["target"] {
  return {
    kind: descriptor.kind,
    ...(experimental === undefined ? {} : { experimental }),
    ...settings,
    ...(hasAuthenticationUnion(descriptor) ? { authentication: credentials } : credentials),
  };
}

/** Only the target is judged here. */
const anyRanges = { serviceTag: "Any", changeNumber: 1, prefixes: { "8.8.8.0/24": "Any" } };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
