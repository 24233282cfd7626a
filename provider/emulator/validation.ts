/**
 * What the service accepts: the contract's schemas first, then the connector's own fields. All problems are reported
 * at once, each with a JSON pointer, and none of them quotes what stands in a secret field.
 */
import type { z } from "zod";
import {
  connectionCreateSchema,
  connectionPatchSchema,
  type WireConnectionCreate,
  type WireConnectionPatch,
} from "../connections/schema";
import type { Authentication, ConnectorDescriptor, Field } from "../core/connector/define";
import { connectorOfType, connectors } from "../vendors/index";
import { ApiProblem, type ProblemDetail } from "./problem";
import type { ConnectionRecord } from "./records";
import type { ConnectionDraft, ConnectionEdit, GivenCredential } from "./store";

type Json = Readonly<Record<string, unknown>>;

/** @throws ApiProblem 400 ValidationFailed */
export function readCreate(body: unknown): ConnectionDraft {
  const shape = connectionCreateSchema.safeParse(body);
  const raw = isObject(body) ? body : {};
  const details = [...shapeProblems(shape), ...reservedKeys(raw)];
  const type = raw.connectorType;
  const descriptor = typeof type === "string" ? connectorOfType(type) : undefined;
  if (typeof type === "string" && type !== "" && descriptor === undefined) {
    details.push(
      invalid(
        "/connectorType",
        `is not a known connector type; known are ${connectors.map((one) => one.type).join(", ")}`,
      ),
    );
  }
  if (descriptor !== undefined) {
    details.push(...fieldProblems(descriptor.settings, raw.settings, "/settings"));
    details.push(...credentialProblems(descriptor, raw.credentials));
  }
  if (!shape.success || descriptor === undefined || details.length > 0)
    throw refused(details, secretsOf(descriptor, raw));
  const create: WireConnectionCreate = shape.data;
  return {
    name: create.name,
    connectorType: create.connectorType,
    settings: create.settings,
    tags: create.tags ?? {},
    ...(create.description === undefined ? {} : { description: create.description }),
    credential: splitCredential(descriptor, create.credentials),
  };
}

/** Reads a merge patch against what is there. @throws ApiProblem 400 ValidationFailed */
export function readPatch(body: unknown, connection: ConnectionRecord): ConnectionEdit {
  const shape = connectionPatchSchema.safeParse(body);
  const raw = isObject(body) ? body : {};
  const details = [...shapeProblems(shape), ...reservedKeys(raw)];
  const descriptor = connectorOfType(connection.connectorType);
  if (descriptor !== undefined) {
    if (isObject(raw.settings)) {
      details.push(...fieldProblems(descriptor.settings, merge(connection.settings, raw.settings), "/settings"));
    }
    if (raw.credentials !== undefined) details.push(...credentialProblems(descriptor, raw.credentials));
  }
  if (!shape.success || descriptor === undefined || details.length > 0)
    throw refused(details, secretsOf(descriptor, raw));
  const patch: WireConnectionPatch = shape.data;
  return {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.description === undefined ? {} : { description: patch.description }),
    ...(patch.settings === undefined ? {} : { settings: merge(connection.settings, patch.settings) }),
    ...(patch.tags === undefined ? {} : { tags: merge(connection.tags, patch.tags) }),
    ...(patch.credentials === undefined ? {} : { credential: splitCredential(descriptor, patch.credentials) }),
  };
}

/** RFC 7396 for a flat map: `null` removes. */
export function merge<Value>(
  present: Readonly<Record<string, Value>>,
  patch: Readonly<Record<string, Value | null>>,
): Record<string, Value> {
  const merged = new Map<string, Value>(Object.entries(present));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function credentialProblems(descriptor: ConnectorDescriptor, given: unknown): ProblemDetail[] {
  if (!isObject(given) || typeof given.kind !== "string") return [];
  const way = wayOf(descriptor, given.kind);
  if (way === undefined) {
    const kinds = descriptor.authentication.map((one) => one.kind).join(", ");
    return [invalid("/credentials/kind", `is not a way to sign in at ${descriptor.displayName}; known are ${kinds}`)];
  }
  const { kind: _kind, ...fields } = given;
  return fieldProblems(way.fields, fields, "/credentials");
}

function fieldProblems(fields: Readonly<Record<string, Field>>, given: unknown, pointer: string): ProblemDetail[] {
  // What is not an object the contract's schema has refused already.
  if (!isObject(given)) return [];
  const details: ProblemDetail[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(given, name)) {
      details.push({
        code: "Required",
        message: `${field.displayName} is required`,
        target: `${pointer}/${pointerStep(name)}`,
      });
      continue;
    }
    const value = given[name];
    if (typeof value !== "string") continue;
    const parsed = field.schema.safeParse(value);
    for (const issue of parsed.error?.issues ?? [])
      details.push(invalid(`${pointer}/${pointerStep(name)}`, issue.message));
  }
  const known = Object.keys(fields);
  for (const name of Object.keys(given)) {
    if (known.includes(name) || name === "__proto__") continue;
    const names = known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
    details.push({
      code: "Unknown",
      message: `is not a field of this connector; ${names}`,
      target: `${pointer}/${pointerStep(name)}`,
    });
  }
  return details;
}

function shapeProblems(shape: z.ZodSafeParseResult<unknown>): ProblemDetail[] {
  return (shape.error?.issues ?? []).flatMap((issue) => {
    const pointer = issue.path.map((part) => `/${pointerStep(String(part))}`).join("");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        code: "Unknown",
        message: "is not a property of this request",
        target: `${pointer}/${pointerStep(key)}`,
      }));
    }
    if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
      return [{ code: "Required", message: `is required (${issue.expected})`, target: pointer }];
    }
    return [invalid(pointer, issue.message)];
  });
}

/** A map's key that JavaScript would swallow is refused instead of being lost without a word. */
function reservedKeys(raw: Json): ProblemDetail[] {
  return ["settings", "credentials", "tags"].flatMap((part) => {
    const map = raw[part];
    return isObject(map) && Object.hasOwn(map, "__proto__")
      ? [invalid(`/${part}/__proto__`, "is not a possible name")]
      : [];
  });
}

function refused(details: readonly ProblemDetail[], secrets: readonly string[]): ApiProblem {
  const clean = details.map((detail) => ({ ...detail, message: without(detail.message, secrets) }));
  const count = clean.length === 1 ? "One thing is" : `${clean.length} things are`;
  return new ApiProblem(400, "ValidationFailed", `${count} wrong with the request; see details.`, { details: clean });
}

/** Values that must not be told back: a vendor's message that quotes one by mistake, or one pasted into a wrong field. */
function secretsOf(descriptor: ConnectorDescriptor | undefined, raw: Json): string[] {
  const given = raw.credentials;
  if (!isObject(given)) return [];
  const way = descriptor === undefined || typeof given.kind !== "string" ? undefined : wayOf(descriptor, given.kind);
  return Object.entries(given)
    .filter(([name]) => name !== "kind" && way?.fields[name]?.secret !== false)
    .map(([, value]) => value)
    .filter((value) => typeof value === "string" && value !== "")
    .map(String);
}

function without(message: string, secrets: readonly string[]): string {
  return [...secrets].sort((a, b) => b.length - a.length).some((one) => one.length > 3 && message.includes(one))
    ? "is not valid"
    : message;
}

function splitCredential(descriptor: ConnectorDescriptor, given: Readonly<Record<string, string>>): GivenCredential {
  const { kind = "", ...fields } = given;
  const identifier = wayOf(descriptor, kind)?.identifier;
  const shown = identifier === undefined ? undefined : fields[identifier];
  return {
    kind,
    ...(shown === undefined ? {} : { identifier: shown }),
    secrets: Object.fromEntries(Object.entries(fields).filter(([name]) => name !== identifier)),
  };
}

function wayOf(descriptor: ConnectorDescriptor, kind: string): Authentication | undefined {
  return descriptor.authentication.find((one) => one.kind === kind);
}

function invalid(target: string, message: string): ProblemDetail {
  return { code: "Invalid", message, target };
}

/** One step of a JSON pointer (RFC 6901). */
function pointerStep(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
