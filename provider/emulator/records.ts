/** What the emulator keeps. The same schemas read the state file, so that memory and file cannot differ in shape. */
import { z } from "zod";
import { connectionStatuses, operationStatuses, statusDetailCodes, testResultSchema } from "../connections/schema";

const stringMap = z.record(z.string(), z.string());

/** Salted proofs of secret fields, by field name. */
export const proofsSchema = stringMap;

export const statusDetailRecord = z.object({
  code: z.enum(statusDetailCodes),
  message: z.string(),
  sinceDateTime: z.string().optional(),
});
export type StatusDetail = z.infer<typeof statusDetailRecord>;

export const credentialRecord = z.object({
  kind: z.string(),
  identifier: z.string().optional(),
  proofs: proofsSchema,
  updatedDateTime: z.string(),
});
export type CredentialRecord = z.infer<typeof credentialRecord>;

export const connectionRecord = z.object({
  id: z.string(),
  /** Order of creation; what paging continues from. */
  sequence: z.number().int(),
  /** Raised by every write, never by the status: the ETag. */
  revision: z.number().int(),
  name: z.string(),
  description: z.string().optional(),
  connectorType: z.string(),
  settings: stringMap,
  tags: stringMap,
  credential: credentialRecord,
  status: z.enum(connectionStatuses),
  statusDetail: statusDetailRecord.optional(),
  createdDateTime: z.string(),
  lastModifiedDateTime: z.string(),
  lastSuccessfulSyncDateTime: z.string().optional(),
  /** When the service reads the product next, in milliseconds since 1970; none while it cannot. */
  nextSyncAt: z.number().optional(),
});
export type ConnectionRecord = z.infer<typeof connectionRecord>;

export const operationRecord = z.object({
  id: z.string(),
  kind: z.enum(["connect", "test"]),
  connectionId: z.string(),
  status: z.enum(operationStatuses),
  createdDateTime: z.string(),
  lastActionDateTime: z.string(),
  /** When it ends, in milliseconds since 1970. */
  dueAt: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  testResult: testResultSchema.optional(),
});
export type OperationRecord = z.infer<typeof operationRecord>;

/** The first answer to a repeatable call. */
export const repeatRecord = z.object({
  /** Keyed digest of method, path and body: the body holds a credential and is not kept. */
  digest: z.string(),
  at: z.number(),
  status: z.number().int(),
  headers: stringMap,
  body: z.string(),
});
export type RepeatRecord = z.infer<typeof repeatRecord>;
