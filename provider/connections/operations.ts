/** Long-running operations: asks how one stands until it has ended or its time is up. */
import { type ErrorDetails, MsemError } from "../core/errors";
import type { Answer } from "../http/answer";
import { oneLine } from "../http/redact";
import { parseRetryAfter } from "../http/retry";
import type { Access, Transport } from "../http/transport";
import { apiVersion, operationSchema, type WireOperation } from "./schema";

export interface Waiting {
  /** Absolute URL of the operation, on the endpoint's origin. */
  readonly location: URL;
  /** What is waited for, as in "connecting qualys-eu". */
  readonly what: string;
  /** Time (as the transport's `now`) at which waiting ends. */
  readonly deadline: number;
  readonly access: Access;
  /** Values that the service may quote in an error and that must not be shown. */
  readonly secrets?: readonly string[];
  /** Sees every state, the last one included: the connection's address is known long before the end. */
  readonly onState?: (operation: WireOperation) => void;
}

const firstDelayMs = 250;
const maxDelayMs = 5_000;

/**
 * Polls at once, then as Retry-After says (unless it says 0, which would be a loop without a pause), or after 250 ms
 * growing to 5 s; once more at the deadline itself.
 * @returns the operation in its final state, failed ones included
 * @throws MsemError MSEM_TIMEOUT at the deadline, MSEM_NOT_FOUND when the service has lost the operation
 */
export async function awaitOperation(transport: Transport, waiting: Waiting): Promise<WireOperation> {
  const started = transport.now();
  let delay = firstDelayMs;
  for (;;) {
    const { operation, retryAfterMs } = await poll(transport, waiting, started);
    waiting.onState?.(operation);
    if (operation.status !== "NotStarted" && operation.status !== "Running") return operation;
    const remaining = waiting.deadline - transport.now();
    if (remaining <= 0) throw late(transport, waiting, started);
    await transport.sleep(Math.min(retryAfterMs || delay, remaining));
    delay = Math.min(maxDelayMs, delay * 2);
  }
}

interface Polled {
  readonly operation: WireOperation;
  readonly retryAfterMs?: number;
}

async function poll(transport: Transport, waiting: Waiting, started: number): Promise<Polled> {
  try {
    return await transport.send<Polled>({
      method: "GET",
      to: waiting.location,
      query: { "api-version": apiVersion },
      access: waiting.access,
      secrets: waiting.secrets,
      // The poll at the deadline itself still gets a moment to be answered.
      deadline: Math.max(waiting.deadline, transport.now() + firstDelayMs),
      answers: {
        200: (answer) => ({
          operation: shown(answer),
          retryAfterMs: parseRetryAfter(answer.header("retry-after"), transport.now()),
        }),
        404: (answer) => lost(answer, waiting),
      },
    });
  } catch (error) {
    if (error instanceof MsemError && error.code === "MSEM_TIMEOUT" && transport.now() >= waiting.deadline) {
      throw late(transport, waiting, started, error);
    }
    throw error;
  }
}

/** The error of an operation may quote what was sent, so it is redacted before anything else sees it. */
function shown(answer: Answer): WireOperation {
  const operation = answer.json(operationSchema);
  if (operation.error === undefined) return operation;
  const { code, message, details } = operation.error;
  const clean = (text: string): string => answer.redact(oneLine(text, 500));
  return {
    ...operation,
    error: {
      code: clean(code),
      message: clean(message),
      details: details?.map((one) => ({
        code: clean(one.code),
        message: clean(one.message),
        ...(one.target === undefined ? {} : { target: clean(one.target) }),
      })),
    },
  };
}

function lost(answer: Answer, waiting: Waiting): never {
  const { details } = answer.failure();
  throw new MsemError("MSEM_NOT_FOUND", `The service no longer knows the operation for ${waiting.what}.`, {
    ...details,
    hint: "Whether it took effect is open; the next run finds out and carries on from there.",
  });
}

function late(transport: Transport, waiting: Waiting, started: number, cause?: MsemError): MsemError {
  const waited = Math.round((transport.now() - started) / 100) / 10;
  return new MsemError("MSEM_TIMEOUT", `After ${waited} s the service had not finished ${waiting.what}.`, {
    hint: "It may still finish; the next run finds out and carries on from there.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Work that the service goes on with. */
export interface Accepted {
  readonly kind: "accepted";
  readonly location: string | undefined;
  readonly connectionId?: string;
  breach(problem: string): MsemError;
}

/** Reads a 202. */
export function accepted(transport: Transport, answer: Answer): Accepted {
  const result = { kind: "accepted", location: answer.header("operation-location"), breach: answer.breach } as const;
  try {
    return { ...result, connectionId: connectionIdOf(transport, answer.json(operationSchema)) };
  } catch {
    // The body of a 202 is a courtesy; what counts is where to ask.
    return result;
  }
}

/** Where to ask for the work. Throws MSEM_PROTOCOL when the service does not say, or names another origin. */
export function locate(transport: Transport, work: Accepted): URL {
  if (work.location === undefined) throw work.breach("a 202 without Operation-Location");
  return transport.resolve(work.location, "Operation-Location");
}

/** The connection that an operation is about, from the last part of its address. */
export function connectionIdOf(transport: Transport, operation: WireOperation): string | undefined {
  if (operation.resourceLocation === undefined) return undefined;
  const { href } = transport.resolve(operation.resourceLocation.split(/[?#]/)[0] ?? "", "resourceLocation");
  const prefix = `${transport.endpoint.href}/connections/`;
  const id = href.startsWith(prefix) ? href.slice(prefix.length) : "";
  if (id === "" || id.includes("/") || !isPercentEncoded(id)) {
    throw new MsemError(
      "MSEM_PROTOCOL",
      "The resourceLocation that the service gave is not the address of a connection.",
    );
  }
  return decodeURIComponent(id);
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** What to throw for an operation that ended without success and left nothing that would show why. */
export function operationError(operation: WireOperation, what: string): MsemError {
  const { error } = operation;
  const reason = error === undefined ? "." : `: ${error.code}: ${error.message}`;
  const lines = (error?.details ?? []).map((detail) => `\n  - ${detail.target ?? detail.code}: ${detail.message}`);
  const details: ErrorDetails = error === undefined ? {} : { serviceCode: error.code };
  const text = `The operation for ${what} ended as ${operation.status}${reason}${lines.join("")}`;
  return new MsemError("MSEM_CONNECTION_FAILED", text, details);
}

/** What to throw for a connection that the service has connected and then does not show. */
export function unseen(name: string): MsemError {
  return new MsemError("MSEM_NOT_FOUND", `The service has connected "${name}", but does not find the connection.`, {
    hint: "It may have been removed at once, or a replica lags behind: run the same command again later.",
  });
}

/** What to throw for a changed credential when the time of the change, by which it is known again, cannot be seen. */
export function outdated(what: string): MsemError {
  return new MsemError("MSEM_TIMEOUT", `The service has finished ${what}, but still shows it as it was before.`, {
    hint: "A replica lags behind: run the same command again later.",
  });
}
