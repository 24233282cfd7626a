/** Judges the fields of a connector or an allowlist target: all problems at once, and no message quotes a secret. */
import { closeNames } from "../closeNames";
import type { Problem, Surroundings } from "../lifecycle";
import { isUnknown } from "../unknown";
import { type Field, hasAuthenticationUnion, type ProductAccess } from "./define";
import { authenticationOf, isRecord } from "./inputs";
import { judgeReference, looksLikeReference, referenceForms } from "./references";

/** Where problems and warnings are gathered. */
export interface Judge {
  readonly problems: Problem[];
  readonly warnings: string[];
  readonly surroundings: Surroundings;
}

type Given = Readonly<Record<string, unknown>>;

/** The arguments that hold a product's settings and credentials. */
export function accessNames(access: ProductAccess): string[] {
  return [
    ...Object.keys(access.settings),
    ...(hasAuthenticationUnion(access) ? ["authentication"] : Object.keys(access.authentication[0].fields)),
  ];
}

/**
 * Settings and credentials as check accepts them.
 *
 * @param prefix of paths: `target.` for those inside an argument
 * @param held   credential fields that stay in force whatever is given; undefined for none
 */
export function checkAccess(
  access: ProductAccess,
  given: Given,
  prefix: string,
  held: Given | undefined,
  judge: Judge,
): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(access.settings)) {
    keep(inputs, name, checkText(`${prefix}${name}`, field, given[name] ?? access.defaults?.[name], judge));
  }
  if (hasAuthenticationUnion(access)) {
    keep(inputs, "authentication", checkAuthentication(access, given, prefix, held, judge));
    return inputs;
  }
  return { ...inputs, ...checkCredentialFields(prefix, access.authentication[0].fields, given, held, judge) };
}

function checkAuthentication(
  access: ProductAccess,
  given: Given,
  prefix: string,
  held: Given | undefined,
  judge: Judge,
): unknown {
  const { authentication } = given;
  const path = `${prefix}authentication`;
  const kinds = access.authentication.map((way) => `"${way.kind}"`).join(" or ");
  if (isUnknown(authentication)) return authentication;
  if (!isRecord(authentication)) {
    judge.problems.push({ path, message: `is missing: an object with kind ${kinds}` });
    return authentication;
  }
  if (isUnknown(authentication.kind)) return authentication;
  const way = authenticationOf(access, given);
  if (way === undefined) {
    judge.problems.push({ path: `${path}.kind`, message: `must be ${kinds}` });
    return authentication;
  }
  refuseUnknownNames(
    authentication,
    ["kind", ...Object.keys(way.fields)],
    `${path}.`,
    `authentication of kind "${way.kind}" has no such property`,
    judge.problems,
  );
  return { kind: way.kind, ...checkCredentialFields(`${path}.`, way.fields, authentication, held, judge) };
}

function checkCredentialFields(
  prefix: string,
  fields: Readonly<Record<string, Field>>,
  given: Readonly<Record<string, unknown>>,
  previous: Readonly<Record<string, unknown>> | undefined,
  judge: Judge,
): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const path = `${prefix}${name}`;
    const value = given[name];
    if (field.secret && looksLikeReference(value)) {
      judge.problems.push(...judgeReference(path, value, judge.surroundings));
      checked[name] = value;
      continue;
    }
    const text = checkText(path, field, value, judge);
    const kept = field.secret && typeof previous?.[name] === "string" ? previous[name] : text;
    keep(checked, name, kept);
  }
  return checked;
}

function checkText(path: string, field: Field, value: unknown, judge: Judge): unknown {
  if (isUnknown(value)) return value;
  if (isAbsent(value)) {
    judge.problems.push({
      path,
      message: `is missing: ${field.displayName}, such as ${field.secret ? "a secret from the stack's configuration" : `"${field.example}"`}`,
    });
    return undefined;
  }
  if (typeof value !== "string") {
    const reference = field.secret ? `, or a reference ${referenceForms}` : "";
    judge.problems.push({ path, message: `must be text${reference}` });
    return value;
  }
  const result = field.schema.safeParse(value);
  if (!result.success) {
    judge.problems.push(...result.error.issues.map((issue) => ({ path, message: issue.message })));
    return value;
  }
  const warning = field.warn?.(value);
  if (warning !== undefined) judge.warnings.push(`${path}: ${warning}`);
  return value;
}

/** Text within a length, if there is any. */
export function checkLength(path: string, value: unknown, least: number, most: number, problems: Problem[]): unknown {
  if (isAbsent(value) || isUnknown(value)) return value;
  if (typeof value !== "string") problems.push({ path, message: "must be text" });
  else if (value.length < least) problems.push({ path, message: "must not be empty" });
  else if (value.length > most)
    problems.push({ path, message: `is ${value.length} characters long; the limit is ${most}` });
  return value;
}

/** Every property that nobody knows, with the nearest known name. */
export function refuseUnknownNames(
  given: Given,
  known: readonly string[],
  prefix: string,
  sentence: string,
  problems: Problem[],
): void {
  for (const property of Object.keys(given)) {
    if (known.includes(property) || isAbsent(given[property])) continue;
    const [near] = closeNames(property, known, 1);
    const hint = near === undefined ? `; it has ${known.join(", ")}` : `; did you mean ${near}?`;
    problems.push({ path: `${prefix}${property}`, message: `${sentence}${hint}` });
  }
}

export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

export function keep(target: Record<string, unknown>, name: string, value: unknown): void {
  if (!isAbsent(value)) target[name] = value;
}
