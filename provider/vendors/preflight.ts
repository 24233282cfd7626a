/**
 * The shape of a product's pre-flight: small reads that prove a credential before anything is connected. A check never
 * starts a job and asks for one record at most. Deadlines, faults of the way there and secrets are common to all
 * (`runPreflight.ts`).
 */
import type { Credentials } from "../core/connector/credentials";
import type { ConnectorDescriptor } from "../core/connector/define";
import type { MsemError } from "../core/errors";
import type { Finding, PreflightResult } from "../core/preflight";
import type { Answer } from "../http/answer";
import type { Authorization, Dialect } from "../http/dialect";
import type { Call } from "../http/transport";

/** What is checked: a connector's settings and its credential in the clear. */
export interface PreflightAccount {
  readonly settings: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
}

export interface SessionOptions {
  /** Another host of the product than `baseUrl`: one that hands out tokens. */
  readonly url?: string;
  /** Asked before each request, so that a later check uses the token of an earlier one. */
  readonly authorize?: () => Authorization;
  readonly requestIdHeaders?: Dialect["requestIdHeaders"];
  readonly readError?: Dialect["readError"];
  readonly retryAfterMs?: Dialect["retryAfterMs"];
}

/** A read. POST is one where the product wants it so: repeating it does no harm. */
export type ProbeCall<T> = Omit<Call<T>, "access" | "repeatable" | "deadline">;

export interface PreflightSession {
  /** Within the deadline of the check that sends it. */
  send<T>(call: ProbeCall<T>): Promise<T>;
}

/** What a pre-flight may use. */
export interface PreflightTools {
  connect(options: SessionOptions): PreflightSession;
  environment(name: string): string | undefined;
}

export interface Check {
  /** One word or two: it stands in tables. */
  readonly name: string;
  /** Throws what the session throws: the runner makes a finding of it. */
  readonly ask: () => Promise<Finding>;
}

export interface PreflightDefinition {
  readonly connector: ConnectorDescriptor;
  /** Where the product's API is. */
  readonly baseUrl: (settings: Readonly<Record<string, string>>) => string;
  /** Results that no answer of this product leads to, each with the reason. All others are reached by a test. */
  readonly impossible: Partial<Readonly<Record<PreflightResult, string>>>;
  /** What `ok` proves, as it stands in the docs. */
  readonly proves: string;
  /** What it leaves open, beyond that it ran from this machine. */
  readonly doesNotProve: string;
  /** What a failure means where it means something else than usual. */
  readonly explain?: (error: MsemError, check: string) => Partial<Finding> | undefined;
  /** In the order in which they are made; a later one may use what an earlier one got. */
  readonly open: (account: PreflightAccount, tools: PreflightTools) => readonly [Check, ...Check[]];
}

/** Checks the definition at load, so that a mistake in it is found by any test that loads it. */
export function definePreflight(definition: PreflightDefinition): PreflightDefinition {
  if (definition.impossible.unreachable !== undefined) {
    throw new Error(`${definition.connector.type}: every product can be out of reach`);
  }
  return definition;
}

export function ok(found: string, more: Omit<Finding, "result" | "found"> = {}): Finding {
  return { result: "ok", found, ...more };
}

export function inconclusive(found: string, todo: string): Finding {
  return { result: "inconclusive", found, todo };
}

/** The header of HTTP Basic authentication, and what in it must never be shown. */
export function basic(user: string, password: string): Authorization {
  const pair = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  return { headers: { Authorization: `Basic ${pair}` }, secrets: [password, pair] };
}

/** Without a credential. */
export const anonymous: Authorization = { headers: {}, secrets: [] };

/** A reader that throws the ordinary error of its status. */
export function refuse(answer: Answer): never {
  throw answer.failure();
}
