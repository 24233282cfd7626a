/** Between our model and the Connection API's JSON. The only module that knows both. */

import type { z } from "zod";
import type { Credentials } from "../core/connector/credentials";
import { MsemError } from "../core/errors";
import type { ServiceError } from "../http/errors";
import type { Connection, ConnectionChanges, ConnectionDraft, TestResult } from "./model";
import {
  connectionCreateSchema,
  connectionPatchSchema,
  errorSchema,
  type WireConnection,
  type WireConnectionCreate,
  type WireConnectionPatch,
  type WireTestResult,
} from "./schema";

/**
 * A connection as the service tells it.
 * @param etag the `ETag` header of the same answer
 */
export function fromWire(wire: WireConnection, etag: string): Connection {
  const { statusDetail, credentialInfo } = wire;
  return defined<Connection>({
    id: wire.id,
    name: wire.name,
    description: wire.description,
    connectorType: wire.connectorType,
    settings: wire.settings,
    credentialInfo: defined<Connection["credentialInfo"]>({
      kind: credentialInfo.kind,
      identifier: credentialInfo.identifier,
      updatedDateTime: credentialInfo.updatedDateTime,
      expiresDateTime: credentialInfo.expiresDateTime,
    }),
    status: wire.status,
    statusDetail:
      statusDetail === undefined
        ? undefined
        : defined<NonNullable<Connection["statusDetail"]>>({
            code: statusDetail.code,
            message: statusDetail.message,
            since: statusDetail.sinceDateTime,
          }),
    createdDateTime: wire.createdDateTime,
    lastModifiedDateTime: wire.lastModifiedDateTime,
    lastSuccessfulSyncDateTime: wire.lastSuccessfulSyncDateTime,
    tags: wire.tags,
    etag,
  });
}

/** @throws MsemError MSEM_INVALID when the draft does not fit the contract; names places, never values */
export function toWire(draft: ConnectionDraft): WireConnectionCreate {
  return fit(connectionCreateSchema, "connection", {
    name: draft.name,
    connectorType: draft.connectorType,
    settings: draft.settings,
    credentials: credentialsToWire(draft.credentials),
    description: draft.description,
    tags: draft.tags,
  });
}

/**
 * The merge patch for a change: what is absent stays, `null` removes.
 * @throws MsemError MSEM_INVALID when the change does not fit the contract; names places, never values
 */
export function changesToWire(changes: ConnectionChanges): WireConnectionPatch {
  return fit(connectionPatchSchema, "change", {
    name: changes.name,
    settings: changes.settings,
    credentials: changes.credentials === undefined ? undefined : credentialsToWire(changes.credentials),
    description: changes.description,
    tags: changes.tags,
  });
}

export function testResultFromWire(wire: WireTestResult): TestResult {
  return defined<TestResult>({
    succeeded: wire.succeeded,
    code: wire.code,
    message: wire.message,
    checkedDateTime: wire.checkedDateTime,
  });
}

/** The error that an answer's body describes; undefined when it is none of this API. */
export function readError(json: unknown): ServiceError | undefined {
  const parsed = errorSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { code, message, target, details, innererror } = parsed.data.error;
  return defined<ServiceError>({ code, message, target, details: details ?? [], inner: innererror });
}

/** The id of the connection that holds a name, from a `NameConflict`. */
export function holderOf(error: ServiceError | undefined): string | undefined {
  const id = error?.inner?.connectionId;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** The values of a credential that must not be shown. Which field is secret is not known here: all are kept out. */
export function secretsOf(credentials: Credentials | undefined): readonly string[] {
  return credentials === undefined ? [] : Object.values(credentials.fields);
}

/** True when a connection already is what the changes ask for, the credential apart: that cannot be read back. */
export function holds(connection: Connection, changes: ConnectionChanges): boolean {
  return (
    (changes.name === undefined || changes.name === connection.name) &&
    (changes.description === undefined || (changes.description ?? undefined) === connection.description) &&
    mapHolds(connection.settings, changes.settings) &&
    mapHolds(connection.tags, changes.tags)
  );
}

function mapHolds(
  map: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>> | undefined,
): boolean {
  return Object.entries(changes ?? {}).every(([key, value]) => {
    const held = Object.hasOwn(map, key) ? map[key] : undefined;
    return value === null ? held === undefined : held === value;
  });
}

function credentialsToWire(credentials: Credentials): z.infer<typeof connectionCreateSchema>["credentials"] {
  if (Object.hasOwn(credentials.fields, "kind")) {
    throw new MsemError("MSEM_FAULT", 'A credential field cannot be called "kind": the contract uses that name.');
  }
  return { ...credentials.fields, kind: credentials.kind };
}

function fit<T>(schema: z.ZodType<T>, what: string, value: unknown): T {
  const checked = schema.safeParse(value);
  if (checked.success) return withoutUndefined(checked.data);
  const lines = checked.error.issues.map(
    (issue) => `\n  - ${issue.path.map(String).join(".") || what}: ${issue.message}`,
  );
  throw new MsemError("MSEM_INVALID", `The ${what} does not fit the Connection API:${lines.join("")}`);
}

function withoutUndefined<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

/** Leaves out what is undefined: such keys would be seen as differences, and are no clean JSON. */
function defined<T>(value: { readonly [K in keyof T]: T[K] }): T {
  return withoutUndefined(value) as T;
}
