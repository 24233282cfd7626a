/**
 * The errors that a user can meet. Each has a stable `code`, one sentence of what went wrong, and the way out.
 * No message ever holds a secret or a query string: whoever builds one passes names, figures and identifiers only.
 */
import type { explanations } from "./explanations";

/** Stable codes: scripts may match on them; messages may improve. Each is explained in `explanations.ts`. */
export type ErrorCode = keyof typeof explanations;

/** What an error knows beyond its sentence. */
export interface ErrorDetails {
  /** The way out, as a sentence. */
  readonly hint?: string;
  /** HTTP status, when the service answered. */
  readonly status?: number;
  /** The service's own code, from `error.code` or `x-ms-error-code`. */
  readonly serviceCode?: string;
  /** The service's own sentence, redacted. */
  readonly serviceMessage?: string;
  /** What stood in the body where JSON of the service should be (`HTML`, `plain text`), or what is wrong with it. */
  readonly foreignBody?: string;
  /** Why there was no connection, as Node names it: `ENOTFOUND`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, … */
  readonly networkCode?: string;
  /** `x-ms-request-id` of the answer: what the operator of the service asks for first. */
  readonly requestId?: string;
  /** `x-ms-client-request-id` that we sent. */
  readonly clientRequestId?: string;
  /** The connection that exists in spite of the error. */
  readonly connectionId?: string;
  readonly cause?: unknown;
}

/** Every error that this project throws on purpose. */
export class MsemError extends Error {
  override readonly name: string = "MsemError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** The message without code, hint and ids, for an error that wraps this one. */
  readonly sentence: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(describe(code, message, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
    this.sentence = message;
  }
}

/**
 * Something exists remotely, but not as asked. Carries what a front end must record, so that the object is never lost
 * and the next run carries on from there.
 */
export class PartialFailure<State> extends MsemError {
  override readonly name: string = "PartialFailure";
  readonly id: string;
  readonly state: State;

  constructor(id: string, state: State, code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
    this.id = id;
    this.state = state;
  }
}

/** The same error, told of one argument or setting; anything that is not ours as it is. */
export function errorOf(name: string, error: unknown): unknown {
  return error instanceof MsemError ? new MsemError(error.code, `${name}: ${error.sentence}`, error.details) : error;
}

/**
 * An error as people see it: its message, and where its code is explained. What is not ours is a fault of ours.
 *
 * @param text of an error that is not ours, where its message is not enough
 */
export function shownMessage(error: unknown, text = error instanceof Error ? error.message : String(error)): string {
  if (error instanceof MsemError) return withPointer(error.code, error.message);
  return withPointer("MSEM_FAULT", `MSEM_FAULT ${text}`);
}

/**
 * The text, and as its last line where its code is explained: in the docs of the repository, and without them by the
 * command, which is always at hand where the package is. The repository has no public address that could stand here.
 */
export function withPointer(code: ErrorCode, text: string): string {
  return `${text}\n  More: msem explain ${code}, docs/troubleshooting.md#${code.toLowerCase()}`;
}

function describe(code: ErrorCode, message: string, details: ErrorDetails): string {
  const ids = [
    details.requestId === undefined ? undefined : `request id ${details.requestId}`,
    details.clientRequestId === undefined ? undefined : `client request id ${details.clientRequestId}`,
  ].filter((part) => part !== undefined);
  return [
    `${code} ${message}`,
    details.hint === undefined ? undefined : `  ${details.hint}`,
    ids.length === 0 ? undefined : `  (${ids.join(", ")})`,
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}
