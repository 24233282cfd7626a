/**
 * The errors that a user can meet. Each has a stable `code`, one sentence of what went wrong, and the way out.
 * No message ever holds a secret or a query string: whoever builds one passes names, figures and identifiers only.
 */

/** Stable codes: scripts may match on them; messages may improve. */
export type ErrorCode =
  | "MSEM_INVALID" // inputs that cannot work
  | "MSEM_CONFIGURATION" // the provider lacks an endpoint or a credential
  | "MSEM_REFERENCE" // a secret by reference could not be obtained
  | "MSEM_UNAUTHENTICATED" // 401
  | "MSEM_FORBIDDEN" // 403
  | "MSEM_NOT_FOUND" // 404
  | "MSEM_CONFLICT" // 409
  | "MSEM_PRECONDITION" // 412 after the bounded number of attempts
  | "MSEM_THROTTLED" // 429 after the bounded number of attempts
  | "MSEM_REJECTED" // any other 4xx: the service refuses the request
  | "MSEM_UNAVAILABLE" // 5xx after the bounded number of attempts
  | "MSEM_TIMEOUT" // a request or an operation passed its deadline
  | "MSEM_NETWORK" // no connection, or it broke
  | "MSEM_PROTOCOL" // an answer that is not what the contract says (HTML, cut-off JSON, wrong shape)
  | "MSEM_CONNECTION_FAILED" // the service could not reach the product, or the product refused the credential
  | "MSEM_INGESTION" // no data arrives in the exposure graph
  | "MSEM_NOT_OWNED" // an object of that name belongs to someone else
  | "MSEM_OTHER_TENANT" // state belongs to another tenant or endpoint
  | "MSEM_PREFLIGHT" // a pre-flight was required and failed: nothing was sent to the service
  | "MSEM_REFUSED" // a guard or a rule holds: it could be done, but would make things worse
  | "MSEM_DRIFT" // what was judged differs from what is wanted
  | "MSEM_FAULT"; // a mistake of ours

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
