/** One request on its way through the emulator, and the answer that comes of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultEffect } from "./faults";

/** What the node server hands to the routes, and what it reads back from them. */
export interface Exchange {
  readonly requestId: string;
  /** Undefined when it was larger than the contract allows. */
  readonly body: Buffer | undefined;
  /** Aborted when the caller hangs up before it has the answer. */
  readonly gone: AbortSignal;
  /** Set by the routes: whom the call is about. */
  connectionName?: string;
  /** Set by the routes: what strikes the call. The server breaks the connection where the fault says so. */
  effect?: FaultEffect;
  /** Set by the routes: what the call is about, where method and path do not tell (GraphQL). */
  meaning?: { readonly method: string; readonly path: string };
}

/** Waits for a fault: until the time is over or the caller has gone. Throws when the emulator closes. */
export async function pause(ms: number, { gone }: Exchange, closing: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: AbortSignal.any([gone, closing]) });
  } catch (error) {
    if (closing.aborted) throw error;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for an answer without content. */
  readonly body: string;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

export function toResponse(answer: Answer): Response {
  return new Response(answer.body === "" ? null : answer.body, { status: answer.status, headers: answer.headers });
}
