/**
 * Judges a connector's inputs: pure, all problems at once, weaker where values are not known yet. No message quotes a
 * secret.
 */
import { closeNames } from "../closeNames";
import type { Checked, Problem, Surroundings } from "../lifecycle";
import { ownershipTags } from "../ownership";
import { isUnknown } from "../unknown";
import { type ConnectorDescriptor, type Field, hasAuthenticationUnion } from "./define";
import { authenticationOf, type ConnectorInputs, credentialFieldsOf, healthy, isRecord, isReference } from "./inputs";

const common = ["name", "description", "tags", "credentialVersion", "adopt", "owner"] as const;
const nameLimit = 128;
const descriptionLimit = 1024;

/** @param previous what the last accepted check returned; undefined on create. */
export function checkConnector(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
  surroundings: Surroundings,
): Checked<ConnectorInputs> {
  const problems: Problem[] = [];
  const warnings: string[] = previous === undefined ? [...(descriptor.remarks ?? [])] : [];
  const inputs: Record<string, unknown> = {};
  const judge: Judge = { problems, warnings, surroundings };

  refuseUnknownProperties(descriptor, given, problems);
  checkCommon(given, inputs, problems);
  for (const [name, field] of Object.entries(descriptor.settings)) {
    keep(inputs, name, checkText(name, field, given[name], judge));
  }
  if (hasAuthenticationUnion(descriptor)) {
    keep(inputs, "authentication", checkAuthentication(descriptor, given, previous, judge));
  } else {
    Object.assign(
      inputs,
      checkCredentialFields("", descriptor.authentication[0].fields, given, held(descriptor, given, previous), judge),
    );
  }
  return { inputs: { ...inputs, health: healthy } as ConnectorInputs, problems, warnings };
}

interface Judge {
  readonly problems: Problem[];
  readonly warnings: string[];
  readonly surroundings: Surroundings;
}

function refuseUnknownProperties(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  problems: Problem[],
): void {
  const credentials = hasAuthenticationUnion(descriptor)
    ? ["authentication"]
    : Object.keys(descriptor.authentication[0].fields);
  const known = [...Object.keys(descriptor.settings), ...credentials, ...common.filter((name) => name !== "owner")];
  for (const property of Object.keys(given)) {
    // The engine's own keys, and what a refresh put there.
    if (property.startsWith("__") || property === "owner" || property === "health") continue;
    if (known.includes(property) || isAbsent(given[property])) continue;
    problems.push({
      path: property,
      message: unknownName(`${descriptor.className} has no such property`, property, known),
    });
  }
}

function checkCommon(
  given: Readonly<Record<string, unknown>>,
  inputs: Record<string, unknown>,
  problems: Problem[],
): void {
  keep(inputs, "name", checkLength("name", given.name, 1, nameLimit, problems));
  if (isAbsent(given.name)) problems.push({ path: "name", message: "is missing" });
  keep(inputs, "description", checkLength("description", given.description, 0, descriptionLimit, problems));
  keep(inputs, "credentialVersion", checkLength("credentialVersion", given.credentialVersion, 1, nameLimit, problems));
  keep(inputs, "tags", checkTags(given.tags, problems));
  const adopt = given.adopt;
  if (!isAbsent(adopt) && typeof adopt !== "boolean" && !isUnknown(adopt)) {
    problems.push({ path: "adopt", message: "must be true or false" });
  }
  keep(inputs, "adopt", adopt);
  keep(inputs, "owner", given.owner);
}

function checkTags(tags: unknown, problems: Problem[]): unknown {
  if (isAbsent(tags) || isUnknown(tags)) return tags;
  if (!isRecord(tags)) {
    problems.push({ path: "tags", message: "must be a map of text to text" });
    return tags;
  }
  for (const [key, value] of Object.entries(tags)) {
    if (ownershipTags.includes(key)) {
      problems.push({
        path: `tags.${key}`,
        message: "is written by this provider to mark its own connections; choose another key",
      });
    } else if (typeof value !== "string") {
      problems.push({ path: `tags.${key}`, message: "must be text" });
    }
  }
  return tags;
}

function checkAuthentication(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
  judge: Judge,
): unknown {
  const authentication = given.authentication;
  const kinds = descriptor.authentication.map((way) => `"${way.kind}"`).join(" or ");
  if (isUnknown(authentication)) return authentication;
  if (!isRecord(authentication)) {
    judge.problems.push({ path: "authentication", message: `is missing: an object with kind ${kinds}` });
    return authentication;
  }
  if (isUnknown(authentication.kind)) return authentication;
  const way = authenticationOf(descriptor, given);
  if (way === undefined) {
    judge.problems.push({ path: "authentication.kind", message: `must be ${kinds}` });
    return authentication;
  }
  const known = ["kind", ...Object.keys(way.fields)];
  for (const property of Object.keys(authentication)) {
    if (known.includes(property) || isAbsent(authentication[property])) continue;
    judge.problems.push({
      path: `authentication.${property}`,
      message: unknownName(`authentication of kind "${way.kind}" has no such property`, property, known),
    });
  }
  const fields = checkCredentialFields(
    "authentication.",
    way.fields,
    authentication,
    held(descriptor, given, previous),
    judge,
  );
  return { kind: way.kind, ...fields };
}

/**
 * The credential fields of the last accepted check, when they stay in force: same `credentialVersion`, same way to
 * sign in. A vault that mints a new password at every read then makes no diff.
 */
function held(
  descriptor: ConnectorDescriptor,
  given: Readonly<Record<string, unknown>>,
  previous: ConnectorInputs | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const version = given.credentialVersion;
  if (previous === undefined || typeof version !== "string" || isUnknown(version)) return undefined;
  if (previous.credentialVersion !== version) return undefined;
  if (authenticationOf(descriptor, previous)?.kind !== authenticationOf(descriptor, given)?.kind) return undefined;
  return credentialFieldsOf(descriptor, previous);
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
    if (field.secret && isReference(value)) {
      checkReference(path, value.fromEnvironment, judge);
      checked[name] = { fromEnvironment: value.fromEnvironment };
      continue;
    }
    const text = checkText(path, field, value, judge);
    const kept = field.secret && typeof previous?.[name] === "string" ? previous[name] : text;
    keep(checked, name, kept);
  }
  return checked;
}

function checkReference(path: string, variable: string, judge: Judge): void {
  if (isUnknown(variable)) return;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    // Not quoted: a secret that was put here by mistake must not be printed.
    judge.problems.push({ path: `${path}.fromEnvironment`, message: "must be the name of an environment variable" });
    return;
  }
  const value = judge.surroundings.environment(variable);
  if (value === undefined || value === "") {
    const what = value === undefined ? "not set" : "empty";
    judge.problems.push({ path, message: `the environment variable ${variable} is ${what} in the provider process` });
  }
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
    const reference = field.secret ? ', or a reference { fromEnvironment: "NAME" }' : "";
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

function checkLength(path: string, value: unknown, least: number, most: number, problems: Problem[]): unknown {
  if (isAbsent(value) || isUnknown(value)) return value;
  if (typeof value !== "string") problems.push({ path, message: "must be text" });
  else if (value.length < least) problems.push({ path, message: "must not be empty" });
  else if (value.length > most)
    problems.push({ path, message: `is ${value.length} characters long; the limit is ${most}` });
  return value;
}

function unknownName(sentence: string, given: string, known: readonly string[]): string {
  const [near] = closeNames(given, known, 1);
  return near === undefined ? `${sentence}; it has ${known.join(", ")}` : `${sentence}; did you mean ${near}?`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function keep(target: Record<string, unknown>, name: string, value: unknown): void {
  if (!isAbsent(value)) target[name] = value;
}
