/** How a service talks beyond HTTP: where its ids and errors stand, when to come back, what a person can do. */
import type { RawAnswer } from "./answer";
import type { HintQuestion, ServiceError } from "./errors";

/** Reads an error body; undefined when it is none. `json` is undefined when the body is no JSON. */
export type ErrorReader = (json: unknown, raw: RawAnswer) => ServiceError | undefined;

export interface Dialect {
  /** What messages begin with; none for the one service that needs no naming. */
  readonly product?: string;
  /** Headers of an answer that may hold the id that the operator asks for, in lower case; the first one counts. */
  readonly requestIdHeaders: readonly string[];
  /** Header of a request that carries our own id; none where the service takes none. */
  readonly clientRequestIdHeader?: string;
  /** Header of an answer with the error's code, in lower case. */
  readonly errorCodeHeader?: string;
  readonly readError: ErrorReader;
  /** Milliseconds until the service wants to be asked again, from headers of its own. `Retry-After` is always read. */
  readonly retryAfterMs?: (header: (name: string) => string | undefined, now: number) => number | undefined;
  /** The way out of a failure, as a sentence. */
  readonly hint: (question: HintQuestion) => string | undefined;
}

/** What signs a request in: headers, and the values in them that must never be shown. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * Gives what signs the next request in. After a refusal (401) it is asked once more with `refresh`: a source with a
 * cache should then bypass it.
 */
export type Authorize = (refresh: boolean) => Promise<Authorization>;
