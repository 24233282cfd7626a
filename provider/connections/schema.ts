/**
 * The Connection API's JSON, written once. Types, validation in client and emulator, and the OpenAPI 3.1 document all
 * come from these schemas. The contract is ours: Microsoft publishes no API for MSEM data connectors.
 *
 * Requests are strict (unknown properties are refused), answers are loose (unknown properties are ignored).
 */
import { z } from "zod";

/** Versions of the contract that the service knows; the client always sends the last. */
export const apiVersions = ["2026-11-01"] as const;
export const apiVersion = apiVersions[apiVersions.length - 1] as (typeof apiVersions)[number];

const timestamp = z.iso.datetime().describe("RFC 3339, UTC");
const name = z
  .string()
  .min(1)
  .max(128)
  .describe("Unique per tenant without regard to case; tells several instances of one connector apart");
const description = z.string().max(1024);
const stringMap = z.record(z.string(), z.string());

export const errorDetailSchema = z.object({ code: z.string(), message: z.string(), target: z.string().optional() });

export const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      target: z.string().optional().describe("JSON pointer into the request"),
      details: z.array(errorDetailSchema).optional(),
      innererror: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: "ErrorResponse" });

export const catalogFieldSchema = z
  .object({
    name: z.string(),
    displayName: z.string(),
    description: z.string(),
    secret: z.boolean(),
    format: z.enum(["hostname", "url", "text"]),
    required: z.boolean(),
  })
  .meta({ id: "ConnectorField" });

export const connectorTypeSchema = z
  .object({
    type: z.string(),
    displayName: z.string(),
    vendor: z.string(),
    category: z.string(),
    availability: z.string(),
    settings: z.array(catalogFieldSchema).describe("Where the product is"),
    authMethods: z.array(z.object({ kind: z.string(), displayName: z.string(), fields: z.array(catalogFieldSchema) })),
    documentationUrl: z.string(),
  })
  .meta({ id: "ConnectorType" });

/** Write-only: never returned, never logged. `kind` names one of the connector type's `authMethods`. */
export const credentialsSchema = z.object({ kind: z.string() }).catchall(z.string()).meta({ id: "Credentials" });

/** The identifier is the half that may be shown: a user name, a client id, a key id. */
export const credentialInfoSchema = z
  .object({
    kind: z.string(),
    identifier: z.string().optional(),
    updatedDateTime: timestamp,
    expiresDateTime: timestamp.optional(),
  })
  .meta({ id: "CredentialInfo" });

export const connectionStatuses = ["Connecting", "Connected", "Ingesting", "Failed", "Disconnected"] as const;

/** The classes of failure that the connector pages document: 401, 403, 404, 409, 429, temporary disconnect. */
export const statusDetailCodes = [
  "Unauthorized",
  "Forbidden",
  "EndpointNotFound",
  "Conflict",
  "Throttled",
  "TemporarilyDisconnected",
] as const;

export const statusDetailSchema = z
  .object({ code: z.enum(statusDetailCodes), message: z.string(), sinceDateTime: timestamp.optional() })
  .meta({ id: "StatusDetail" });

export const connectionSchema = z
  .object({
    id: z.string().min(1),
    name,
    description: description.optional(),
    connectorType: z.string(),
    settings: stringMap,
    credentialInfo: credentialInfoSchema,
    status: z.enum(connectionStatuses),
    statusDetail: statusDetailSchema.optional(),
    createdDateTime: timestamp,
    lastModifiedDateTime: timestamp,
    lastSuccessfulSyncDateTime: timestamp.optional(),
    tags: stringMap,
  })
  .meta({ id: "Connection" });

export const connectionCreateSchema = z
  .strictObject({
    name,
    connectorType: z.string().min(1),
    settings: stringMap,
    credentials: credentialsSchema,
    description: description.optional(),
    tags: stringMap.optional(),
  })
  .meta({ id: "ConnectionCreate" });

/** JSON merge patch (RFC 7396): `null` removes. Credentials are replaced whole. */
export const connectionPatchSchema = z
  .strictObject({
    name: name.optional(),
    settings: z.record(z.string(), z.string().nullable()).optional(),
    credentials: credentialsSchema.optional(),
    description: description.nullable().optional(),
    tags: z.record(z.string(), z.string().nullable()).optional(),
  })
  .meta({ id: "ConnectionPatch" });

export const operationStatuses = ["NotStarted", "Running", "Succeeded", "Failed", "Canceled"] as const;

export const testResultSchema = z
  .object({
    succeeded: z.boolean(),
    code: z.enum(statusDetailCodes).optional(),
    message: z.string().optional(),
    checkedDateTime: timestamp,
  })
  .meta({ id: "TestResult" });

export const operationSchema = z
  .object({
    id: z.string().min(1),
    status: z.enum(operationStatuses),
    createdDateTime: timestamp,
    lastActionDateTime: timestamp,
    error: errorSchema.shape.error.optional(),
    result: z.union([testResultSchema, connectionSchema]).optional(),
    resourceLocation: z.string().optional().describe("URL of the connection, known from the start of the operation"),
  })
  .meta({ id: "Operation" });

export const connectionPageSchema = z
  .object({ value: z.array(connectionSchema), nextLink: z.string().optional() })
  .meta({ id: "ConnectionPage" });

export const connectorTypePageSchema = z
  .object({ value: z.array(connectorTypeSchema), nextLink: z.string().optional() })
  .meta({ id: "ConnectorTypePage" });

export type WireConnection = z.infer<typeof connectionSchema>;
export type WireConnectionCreate = z.infer<typeof connectionCreateSchema>;
export type WireConnectionPatch = z.infer<typeof connectionPatchSchema>;
export type WireOperation = z.infer<typeof operationSchema>;
export type WireTestResult = z.infer<typeof testResultSchema>;
export type WireConnectorType = z.infer<typeof connectorTypeSchema>;
export type WireError = z.infer<typeof errorSchema>;
