/**
 * The operations of the Connection API as data. The OpenAPI document is made from this table and the emulator's routes
 * are driven by it, so neither can know a path, a parameter or a status that the other lacks. The contract is ours:
 * Microsoft publishes no API for MSEM data connectors.
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { rolesFor } from "./roles";
import {
  apiVersions,
  connectionCreateSchema,
  connectionPageSchema,
  connectionPatchSchema,
  connectionSchema,
  connectorTypePageSchema,
  connectorTypeSchema,
  errorSchema,
  operationSchema,
} from "./schema";

/** Largest request body in bytes; above it the answer is 413. */
export const maximumBodyBytes = 256 * 1024;

/** Largest page, and the page size where `$top` is not given. */
export const maximumPageSize = 100;

const apiVersion = {
  "api-version": z
    .enum(apiVersions)
    .describe("Version of this contract. Missing or unknown: 400 UnsupportedApiVersion"),
};

const paging = {
  $top: z.coerce
    .number()
    .int()
    .min(1)
    .max(maximumPageSize)
    .optional()
    .describe(`Page size, 1 to ${maximumPageSize}; default ${maximumPageSize}`),
  $skiptoken: z.string().optional().describe("Opaque. Comes with nextLink; clients follow nextLink and never make one"),
};

const requestHeaders = {
  "x-ms-client-request-id": z
    .string()
    .max(128)
    .optional()
    .describe("Echoed in the answer: the caller's own name for the call"),
};

const repeatabilityHeaders = {
  "Repeatability-Request-ID": z
    .string()
    .max(128)
    .optional()
    .describe(
      "Same id, same call: the first answer comes again and nothing is done twice (OASIS Repeatable Requests 1.0)",
    ),
  "Repeatability-First-Sent": z
    .string()
    .optional()
    .describe("When the id was first sent, as an HTTP date; required beside the id"),
};

const ifMatch = {
  "If-Match": z.string().optional().describe("ETag of the connection as last read; otherwise 412 ConditionNotMet"),
};

const answerHeaders = {
  "x-ms-request-id": z.string().describe("The service's name for the call; tell it when you report a problem"),
  "x-ms-client-request-id": z.string().optional().describe("Echo of the request's header"),
};
const errorHeaders = { ...answerHeaders, "x-ms-error-code": z.string().describe("error.code once more") };
const etag = { ETag: z.string().describe("Changes with every write; not with the status") };
const retryAfter = { "Retry-After": z.string().optional().describe("Seconds, or an HTTP date") };
const repeatabilityResult = {
  "Repeatability-Result": z
    .enum(["accepted", "rejected"])
    .optional()
    .describe("Present when Repeatability-Request-ID was sent"),
};
const operationHeaders = {
  "Operation-Location": z.string().describe("Absolute URL of the operation, with its api-version: poll it as it is"),
  ...retryAfter,
};

function answer(description: string, schema: z.ZodType, headers: z.ZodRawShape = {}) {
  return {
    description,
    headers: z.object({ ...answerHeaders, ...headers }),
    content: { "application/json": { schema } },
  };
}

function problem(description: string, headers: z.ZodRawShape = {}) {
  return {
    description,
    headers: z.object({ ...errorHeaders, ...headers }),
    content: { "application/json": { schema: errorSchema } },
  };
}

/** What every call may answer beside its own statuses. */
function commonProblems(access: "read" | "write") {
  return {
    400: problem("UnsupportedApiVersion, or InvalidQueryParameter: malformed or unknown"),
    401: problem("InvalidAuthenticationToken: missing, malformed, badly signed, expired, or of another tenant", {
      "WWW-Authenticate": z.string().describe("RFC 6750"),
    }),
    403: problem(`Forbidden. Roles that would do: ${rolesFor(access).join(", ")}`),
    405: problem("MethodNotAllowed: the path does not have this method", {
      Allow: z.string().describe("Methods that it has"),
    }),
    429: problem("TooManyRequests", retryAfter),
    500: problem("InternalError"),
    503: problem("ServiceUnavailable", retryAfter),
  };
}

/** What calls with a body may answer. */
const bodyProblems = {
  400: problem(
    "UnsupportedApiVersion; InvalidQueryParameter; InvalidHeader; InvalidRepeatabilityRequest (the id was used for another call); " +
      "InvalidJson; ValidationFailed (every problem is in error.details, each with a JSON pointer)",
    repeatabilityResult,
  ),
  413: problem(`RequestBodyTooLarge: more than ${maximumBodyBytes} bytes`),
  415: problem("UnsupportedMediaType: Content-Type is not the one of this call"),
};

const security = [{ bearerAuth: [] }];
const connectionId = z.object({ id: z.string().min(1).describe("Id of the connection") });
const connectionGone = problem("ConnectionNotFound");
const nameTaken = problem("NameConflict: error.innererror.connectionId is the id of the holder");
const conditionNotMet = problem("ConditionNotMet");

/** Every operation, by operationId. */
export const operations = {
  listConnectorTypes: {
    operationId: "listConnectorTypes",
    method: "get",
    path: "/connectorTypes",
    summary: "The catalog: products that can be connected, and what each asks for",
    security,
    request: { query: z.object({ ...apiVersion, ...paging }), headers: z.object(requestHeaders) },
    responses: { ...commonProblems("read"), 200: answer("One page", connectorTypePageSchema) },
  },
  getConnectorType: {
    operationId: "getConnectorType",
    method: "get",
    path: "/connectorTypes/{type}",
    summary: "One entry of the catalog",
    security,
    request: {
      params: z.object({ type: z.string().min(1).describe("connectorType, such as qualys") }),
      query: z.object(apiVersion),
      headers: z.object(requestHeaders),
    },
    responses: {
      ...commonProblems("read"),
      200: answer("The entry", connectorTypeSchema),
      404: problem("ConnectorTypeNotFound"),
    },
  },
  listConnections: {
    operationId: "listConnections",
    method: "get",
    path: "/connections",
    summary: "Connections of the tenant, oldest first",
    security,
    request: {
      query: z.object({
        ...apiVersion,
        ...paging,
        $filter: z
          .string()
          .optional()
          .describe(
            "`connectorType eq '…'`, `name eq '…'` (without regard to case), or both joined by `and`; a quote is doubled",
          ),
      }),
      headers: z.object(requestHeaders),
    },
    responses: { ...commonProblems("read"), 200: answer("One page", connectionPageSchema) },
  },
  createConnection: {
    operationId: "createConnection",
    method: "post",
    path: "/connections",
    summary: "Connects a product. The connection exists at once; the operation tells when the service has decided",
    security,
    request: {
      query: z.object(apiVersion),
      headers: z.object({
        ...requestHeaders,
        ...repeatabilityHeaders,
        "If-None-Match": z
          .string()
          .optional()
          .describe("`*`: never overwrite. Creating never does: a taken name is 409 NameConflict with or without it"),
      }),
      body: { required: true, content: { "application/json": { schema: connectionCreateSchema } } },
    },
    responses: {
      ...commonProblems("write"),
      ...bodyProblems,
      201: answer("Connected already", connectionSchema, {
        ...etag,
        ...repeatabilityResult,
        Location: z.string().describe("URL of the connection"),
      }),
      202: answer("Connecting", operationSchema, { ...operationHeaders, ...repeatabilityResult }),
      409: problem("NameConflict: error.innererror.connectionId is the id of the holder", repeatabilityResult),
      412: problem("ConditionNotMet: If-Match on a connection that is yet to be created", repeatabilityResult),
    },
  },
  getConnection: {
    operationId: "getConnection",
    method: "get",
    path: "/connections/{id}",
    summary: "One connection, without its credential",
    security,
    request: { params: connectionId, query: z.object(apiVersion), headers: z.object(requestHeaders) },
    responses: {
      ...commonProblems("read"),
      200: answer("The connection", connectionSchema, etag),
      404: connectionGone,
    },
  },
  updateConnection: {
    operationId: "updateConnection",
    method: "patch",
    path: "/connections/{id}",
    summary: "JSON merge patch (RFC 7396). Changed settings and any credentials reconnect",
    security,
    request: {
      params: connectionId,
      query: z.object(apiVersion),
      headers: z.object({ ...requestHeaders, ...ifMatch }),
      body: {
        required: true,
        content: {
          "application/merge-patch+json": { schema: connectionPatchSchema },
          "application/json": { schema: connectionPatchSchema },
        },
      },
    },
    responses: {
      ...commonProblems("write"),
      ...bodyProblems,
      200: answer("Changed; the service need not reconnect", connectionSchema, etag),
      202: answer("Changed; reconnecting", operationSchema, operationHeaders),
      404: connectionGone,
      409: nameTaken,
      412: conditionNotMet,
    },
  },
  deleteConnection: {
    operationId: "deleteConnection",
    method: "delete",
    path: "/connections/{id}",
    summary: "Disconnects and forgets the credential",
    security,
    request: {
      params: connectionId,
      query: z.object(apiVersion),
      headers: z.object({ ...requestHeaders, ...ifMatch }),
    },
    responses: {
      ...commonProblems("write"),
      204: { description: "Gone", headers: z.object(answerHeaders) },
      404: connectionGone,
      412: conditionNotMet,
    },
  },
  testConnection: {
    operationId: "testConnection",
    method: "post",
    path: "/connections/{id}/test",
    summary: "Checks credential and reachability now, from the service. The operation's result is a TestResult",
    security,
    request: {
      params: connectionId,
      query: z.object(apiVersion),
      headers: z.object({ ...requestHeaders, ...repeatabilityHeaders }),
      body: { required: false, content: { "application/json": { schema: z.strictObject({}) } } },
    },
    responses: {
      ...commonProblems("write"),
      ...bodyProblems,
      202: answer("Testing", operationSchema, { ...operationHeaders, ...repeatabilityResult }),
      404: problem("ConnectionNotFound", repeatabilityResult),
    },
  },
  getOperation: {
    operationId: "getOperation",
    method: "get",
    path: "/operations/{id}",
    summary: "State of an operation. Kept for a day",
    security,
    request: {
      params: z.object({ id: z.string().min(1).describe("Id of the operation") }),
      query: z.object(apiVersion),
      headers: z.object(requestHeaders),
    },
    responses: {
      ...commonProblems("read"),
      200: answer("The operation; Retry-After while it is not over", operationSchema, retryAfter),
      404: problem("OperationNotFound"),
    },
  },
} as const satisfies Readonly<Record<string, RouteConfig>>;

export type OperationId = keyof typeof operations;
export type OperationContract = (typeof operations)[OperationId];
