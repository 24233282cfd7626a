/**
 * One HTTP request, with everything that keeps it safe: bounded time, retries only of what may be repeated, no
 * redirects, no proxy for this machine, and no secret in what goes wrong.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import axios, { type AxiosError, type AxiosInstance, type AxiosRequestConfig, type AxiosResponse } from "axios";
import axiosRetry, { type IAxiosRetryConfig } from "axios-retry";
import { MsemError } from "../core/errors";
import { type Answer, type RawAnswer, requestIdOf, statusFailure, toAnswer } from "./answer";
import type { Authorization, Authorize, Dialect } from "./dialect";
import { type Endpoint, parseEndpoint, resolveLink } from "./endpoint";
import { type CallSite, type Effort, type Failure, toError } from "./errors";
import { createRedactor, networkTrouble, oneLine } from "./redact";
import {
  backoffMs,
  defaultRetryPolicy,
  isPermanentNetworkCode,
  isRetriableStatus,
  parseRetryAfter,
  type RetryPolicy,
} from "./retry";

export interface TransportOptions {
  /** `https://host/base`; http only for loopback hosts. */
  readonly endpoint: string;
  readonly authorize: Authorize;
  /** How the service talks; it may depend on what a call is for. */
  readonly dialect: (access: Access) => Dialect;
  /** Limit of one attempt. Default 30,000 ms. */
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Bytes of an answer's body above which it is not read on. Default 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** Clock in ms since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly userAgent?: string;
  /** Gets one redacted line per attempt. */
  readonly log?: (line: string) => void;
}

export type Access = "read" | "write";

/** A body that is not JSON: `application/x-www-form-urlencoded`, XML. */
export interface Content {
  readonly type: string;
  readonly text: string;
}

/** One call: what is sent, and what each status that it understands means. */
export interface Call<T> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Relative to the endpoint (`/connections`), or an absolute URL that `resolve` has passed. */
  readonly to: string | URL;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Of `body`. Default `application/json`. */
  readonly contentType?: string;
  /** Instead of `body`. */
  readonly content?: Content;
  readonly access: Access;
  /** True when a repeat does no harm. Default: GET, PUT and DELETE. */
  readonly repeatable?: boolean;
  /** Values in the body that must never be shown. */
  readonly secrets?: readonly string[];
  /** Time (as `now`) after which the call must have ended, if that is earlier than its own limit. */
  readonly deadline?: number;
  /** A reader per status; any other status is an error. Readers may throw. */
  readonly answers: Readonly<Record<number, (answer: Answer) => T>>;
}

export interface Transport {
  readonly endpoint: Endpoint;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  send<T>(call: Call<T>): Promise<T>;
  /** A link that the service gave, made absolute. Throws MSEM_PROTOCOL when it leads to another origin. */
  resolve(link: string, what: string): URL;
}

/** Milliseconds that one attempt may take. */
export const defaultRequestTimeoutMs = 30_000;
/** No answer of the contract comes near: a page of 100 connections is some 100 KB. */
const defaultMaxAnswerBytes = 16 * 1024 * 1024;

/** @throws MsemError MSEM_CONFIGURATION for an unusable endpoint */
export function createTransport(options: TransportOptions): Transport {
  const endpoint = parseEndpoint(options.endpoint);
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const settings: Settings = {
    options,
    endpoint,
    now,
    sleep,
    client: createAxios(endpoint, options.maxAnswerBytes ?? defaultMaxAnswerBytes),
    policy: { ...defaultRetryPolicy, ...options.retry },
    requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
  };
  return {
    endpoint,
    now,
    sleep,
    send: (call) => send(settings, call),
    resolve: (link, what) => resolveLink(endpoint, link, what),
  };
}

interface Settings {
  readonly options: TransportOptions;
  readonly endpoint: Endpoint;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly client: AxiosInstance;
  readonly policy: RetryPolicy;
  readonly requestTimeoutMs: number;
}

function createAxios(endpoint: Endpoint, maxAnswerBytes: number): AxiosInstance {
  const client = axios.create({
    adapter: "http",
    // The token must go nowhere but to the endpoint.
    maxRedirects: 0,
    maxContentLength: maxAnswerBytes,
    responseType: "text",
    // Bodies are written and read by us: the library's parser is lenient and its errors quote the body.
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    ...(endpoint.loopback ? { proxy: false as const } : {}),
  });
  axiosRetry(client, { retries: 0 });
  return client;
}

async function send<T>(settings: Settings, call: Call<T>): Promise<T> {
  const started = settings.now();
  const exchange: Exchange = {
    started,
    deadline: Math.min(started + settings.policy.totalMs, call.deadline ?? Number.POSITIVE_INFINITY),
    clientRequestId: randomUUID(),
    attempt: 0,
  };
  const first = await settings.options.authorize(false);
  const refused = await attemptAll(settings, call, exchange, first);
  if (refused.kind === "done") return refused.value;
  // A source with a cache may hold a token that has just expired; one that gives the same again has no better one.
  const second = await settings.options.authorize(true);
  if (isDeepStrictEqual(second, first)) throw refused.error;
  const outcome = await attemptAll(settings, call, exchange, second);
  if (outcome.kind === "done") return outcome.value;
  throw outcome.error;
}

/** What changes while one call runs through its attempts. */
interface Exchange {
  readonly started: number;
  readonly deadline: number;
  readonly clientRequestId: string;
  attempt: number;
  attemptStarted?: number;
  attemptLimitMs?: number;
  signal?: AbortSignal;
  waitMs?: number;
  refusedWait?: Effort["refusedWait"];
}

type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "unauthenticated"; readonly error: MsemError };

async function attemptAll<T>(
  settings: Settings,
  call: Call<T>,
  exchange: Exchange,
  authorization: Authorization,
): Promise<Outcome<T>> {
  const url = urlOf(settings, call);
  const dialect = settings.options.dialect(call.access);
  const site: CallSite = {
    method: call.method,
    path: pathOf(settings.endpoint, url),
    ...(dialect.clientRequestIdHeader === undefined ? {} : { clientRequestId: exchange.clientRequestId }),
    ...(dialect.product === undefined ? {} : { product: dialect.product }),
    redact: createRedactor([...authorization.secrets, ...(call.secrets ?? [])]),
    hint: dialect.hint,
  };
  const effort = (): Effort => ({
    attempts: exchange.attempt,
    elapsedMs: settings.now() - exchange.started,
    refusedWait: exchange.refusedWait,
  });
  let read: { readonly value: T } | undefined;
  let breach: MsemError | undefined;

  const begin = (config: AxiosRequestConfig): void => {
    exchange.attempt += 1;
    exchange.attemptStarted = settings.now();
    exchange.attemptLimitMs = Math.max(1, Math.min(settings.requestTimeoutMs, exchange.deadline - settings.now()));
    exchange.signal = AbortSignal.timeout(Math.ceil(exchange.attemptLimitMs));
    // The library's own time-out ends with the first byte; the signal also bounds a body that drips.
    config.signal = exchange.signal;
    breach = undefined;
  };

  const retry: IAxiosRetryConfig = {
    retries: Math.max(0, settings.policy.attempts - exchange.attempt),
    shouldResetTimeout: true,
    // Runs for every answer, whatever its status: true ends the call with what the reader made of it.
    validateResponse: (response) => {
      const raw = rawOf(response);
      const reader = call.answers[raw.status];
      if (raw.body === undefined || reader === undefined) return false;
      try {
        read = { value: reader(toAnswer(raw, site, effort(), dialect)) };
        return true;
      } catch (error) {
        if (!(error instanceof MsemError) || error.code !== "MSEM_PROTOCOL") throw error;
        breach = error;
        return false;
      }
    },
    retryCondition: (error) => {
      if (!mayRepeat(call, classify(error, exchange, dialect, site), breach)) return false;
      const wait = waitBefore(settings, exchange, error, dialect);
      const remainingMs = exchange.deadline - settings.now();
      if (wait.ms >= remainingMs) {
        exchange.refusedWait = { waitMs: wait.ms, remainingMs: Math.max(0, remainingMs), asked: wait.asked };
        return false;
      }
      exchange.waitMs = wait.ms;
      return true;
    },
    onRetry: async (_count, error, config) => {
      logAttempt(
        settings,
        site,
        exchange,
        `${describeFailure(classify(error, exchange, dialect, site))}, next in ${exchange.waitMs ?? 0} ms,`,
      );
      await settings.sleep(exchange.waitMs ?? 0);
      begin(config);
    },
    retryDelay: () => 0,
  };

  const config: AxiosRequestConfig = {
    method: call.method,
    url: url.href,
    headers: headersOf(settings, call, exchange, authorization, dialect),
    data: call.content?.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
    timeout: settings.requestTimeoutMs,
    "axios-retry": retry,
  };
  begin(config);
  try {
    await settings.client.request(config);
    if (read === undefined) throw new MsemError("MSEM_FAULT", `${site.method} ${site.path}: an answer went unread.`);
    logAttempt(settings, site, exchange, "answered");
    return { kind: "done", value: read.value };
  } catch (error) {
    const failure: Failure = isAxiosError(error)
      ? classify(error, exchange, dialect, site)
      : { kind: "network", error };
    logAttempt(settings, site, exchange, error instanceof MsemError ? error.code : describeFailure(failure));
    if (error instanceof MsemError) throw error;
    const final = breach !== undefined && failure.kind === "status" ? breach : toError(failure, site, effort());
    if (failure.kind === "status" && failure.status === 401) return { kind: "unauthenticated", error: final };
    throw final;
  }
}

function isAxiosError(error: unknown): error is AxiosError {
  return axios.isAxiosError(error);
}

function classify(error: AxiosError, exchange: Exchange, dialect: Dialect, site: CallSite): Failure {
  if (exchange.signal?.aborted === true || error.code === "ECONNABORTED" || error.code === "ETIMEDOUT") {
    return { kind: "timeout", limitMs: exchange.attemptLimitMs ?? 0 };
  }
  const tooLong = error.message.includes("maxContentLength");
  if (error.response === undefined && !tooLong) return { kind: "network", error };
  const raw = error.response === undefined ? undefined : rawOf(error.response);
  const requestId = raw === undefined ? undefined : requestIdOf(raw, site, dialect);
  if (raw !== undefined && (raw.body !== undefined || raw.status >= 300)) return statusFailure(raw, dialect, requestId);
  const problem = tooLong ? `the body is longer than ${error.config?.maxContentLength ?? 0} bytes` : brokenOff;
  return {
    kind: "protocol",
    ...(raw === undefined ? {} : { status: raw.status }),
    ...(requestId === undefined ? {} : { requestId }),
    problems: [problem],
  };
}

/** What is wrong with an answer that ended too early. */
export const brokenOff = "the body broke off before its end";

function mayRepeat<T>(call: Call<T>, failure: Failure, breach: MsemError | undefined): boolean {
  const repeatable = call.repeatable ?? ["GET", "PUT", "DELETE"].includes(call.method);
  if (!repeatable) return false;
  switch (failure.kind) {
    case "timeout":
    case "protocol":
      return true;
    case "network":
      return !isPermanentNetworkCode(networkTrouble(failure.error).code);
    case "status":
      // A page instead of an answer, under a status of success: some gateway spoke, perhaps only this once.
      if (failure.status < 300 && failure.foreignBody !== undefined) return true;
      return breach !== undefined || isRetriableStatus(failure.status);
  }
}

function waitBefore(
  settings: Settings,
  exchange: Exchange,
  error: AxiosError,
  dialect: Dialect,
): { ms: number; asked: boolean } {
  const header = (name: string): string | undefined => {
    const value: unknown = error.response?.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const asked =
    parseRetryAfter(header("retry-after"), settings.now()) ?? dialect.retryAfterMs?.(header, settings.now());
  return asked === undefined
    ? { ms: backoffMs(exchange.attempt, settings.policy), asked: false }
    : { ms: asked, asked: true };
}

function headersOf<T>(
  settings: Settings,
  call: Call<T>,
  exchange: Exchange,
  authorization: Authorization,
  { clientRequestIdHeader }: Dialect,
): Record<string, string> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    ...authorization.headers,
    "User-Agent": settings.options.userAgent ?? "pulumi-msem",
  };
  if (clientRequestIdHeader !== undefined) headers[clientRequestIdHeader] = exchange.clientRequestId;
  if (call.content !== undefined) headers["Content-Type"] = call.content.type;
  else if (call.body !== undefined) headers["Content-Type"] = call.contentType ?? "application/json";
  for (const [name, value] of Object.entries(call.headers ?? {})) if (value !== undefined) headers[name] = value;
  return headers;
}

function urlOf<T>(settings: Settings, call: Call<T>): URL {
  const url = typeof call.to === "string" ? new URL(`${settings.endpoint.href}${call.to}`) : new URL(call.to);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    // A link from the service already carries what it needs.
    if (value !== undefined && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url;
}

function pathOf(endpoint: Endpoint, url: URL): string {
  const base = new URL(endpoint.href).pathname.replace(/\/+$/, "");
  return oneLine(url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : url.pathname, 300);
}

function rawOf(response: AxiosResponse<unknown>): RawAnswer {
  return {
    status: response.status,
    headers: response.headers,
    body: typeof response.data === "string" ? response.data : undefined,
  };
}

function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case "timeout":
      return "timed out";
    case "network":
      return networkTrouble(failure.error).code ?? "network error";
    case "protocol":
      return `${failure.status ?? "too long"}, cut off`;
    case "status":
      return String(failure.status);
  }
}

function logAttempt(settings: Settings, site: CallSite, exchange: Exchange, outcome: string): void {
  if (settings.options.log === undefined) return;
  const took = settings.now() - (exchange.attemptStarted ?? exchange.started);
  const line = `${site.method} ${site.path}: ${outcome} in ${took} ms (attempt ${exchange.attempt}, client request id ${site.clientRequestId})`;
  settings.options.log(site.redact(line));
}
