/** A refusal on its way to becoming an answer. */
import type { WireError } from "../connections/schema";

export type ProblemDetail = NonNullable<WireError["error"]["details"]>[number];

export interface ProblemOptions {
  /** JSON pointer into the request, or the name of a parameter or header. */
  readonly target?: string;
  readonly details?: readonly ProblemDetail[];
  readonly innererror?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by the emulator's handlers; becomes an error envelope. Messages never hold a value of a secret field. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly options: ProblemOptions;

  constructor(status: number, code: string, message: string, options: ProblemOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.options = options;
  }
}

export function envelopeOf(problem: ApiProblem): WireError {
  const { target, details, innererror } = problem.options;
  return {
    error: {
      code: problem.code,
      message: problem.message,
      ...(target === undefined ? {} : { target }),
      ...(details === undefined ? {} : { details: [...details] }),
      ...(innererror === undefined ? {} : { innererror: { ...innererror } }),
    },
  };
}
