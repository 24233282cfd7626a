/** The routes: the contract's table, each call through the same gates in the same order. */
import { type Context, Hono } from "hono";
import { maximumBodyBytes, type OperationContract, type OperationId, operations } from "../connections/contract";
import { createOpenApiDocument } from "../connections/openapi";
import { allows, rolesFor } from "../connections/roles";
import type { Clock } from "./clock";
import { type Answer, type Exchange, json, pause, toResponse } from "./exchange";
import type { FaultSource } from "./faults";
import { type Call, handlers } from "./handlers";
import { ApiProblem, envelopeOf } from "./problem";
import { parseFilter, requireApiVersion, requireKnownParameters } from "./query";
import { repeatably } from "./repeatability";
import type { Store } from "./store";
import { type TokenAuthority, tokenExpired } from "./tokens";

export interface AppOptions {
  readonly store: () => Store;
  readonly authority: TokenAuthority;
  readonly faults: FaultSource;
  readonly clock: Clock;
  /** Throws ApiProblem 429. */
  readonly throttle: () => void;
  readonly synchronous: boolean;
  /** Aborts waiting faults when the emulator closes. */
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
}

type App = Hono<{ Bindings: Exchange }>;
type AppContext = Context<{ Bindings: Exchange }>;

export function createApp(options: AppOptions): App {
  const app: App = new Hono();
  app.get("/openapi.json", () => toResponse(json(200, createOpenApiDocument())));
  for (const id of Object.keys(operations) as OperationId[]) {
    const operation = operations[id];
    app.on(operation.method.toUpperCase(), honoPath(operation.path), (context) => handle(options, operation, context));
  }
  for (const path of new Set(Object.values(operations).map((operation) => operation.path))) {
    app.all(honoPath(path), () => refuse(methodNotAllowed(path)));
  }
  app.notFound(() => refuse(new ApiProblem(404, "NotFound", "There is no such path.")));
  app.onError((error) => {
    if (error instanceof ApiProblem) return refuse(error);
    // Only the places: a message might quote what it stumbled over.
    options.log(
      `internal error ${error.name} ${
        error.stack
          ?.split("\n")
          .filter((line) => /^\s+at /.test(line))
          .slice(0, 3)
          .join(" ") ?? ""
      }`,
    );
    return refuse(new ApiProblem(500, "InternalError", "The emulator made a mistake; its log says where."));
  });
  return app;
}

/** An error envelope as an answer. */
export function problemAnswer(problem: ApiProblem): Answer {
  return json(problem.status, envelopeOf(problem), { "x-ms-error-code": problem.code, ...problem.options.headers });
}

function refuse(problem: ApiProblem): Response {
  return toResponse(problemAnswer(problem));
}

async function handle(options: AppOptions, operation: OperationContract, context: AppContext): Promise<Response> {
  const exchange = context.env;
  const url = new URL(context.req.url);
  const parameter = Object.values(context.req.param() as Record<string, string>)[0] ?? "";
  const method = operation.method.toUpperCase();
  const connectionName = nameBehind(options.store(), operation, parameter, url.searchParams, exchange.body);
  const effect = options.faults.take({
    method,
    path: operation.path,
    ...(connectionName === undefined ? {} : { connectionName }),
  });
  if (connectionName !== undefined) exchange.connectionName = connectionName;
  if (effect !== undefined) exchange.effect = effect;

  switch (effect?.kind) {
    case "dropBefore":
      return new Response(null);
    case "html":
      return new Response("<!doctype html><title>Proxy</title><h1>Sign in to continue</h1>", {
        status: effect.status ?? 200,
        headers: { "content-type": "text/html; charset=utf-8" },
      });
    case "status":
      throw new ApiProblem(effect.status, effect.code ?? codeOfStatus(effect.status), "A fault that was asked for.", {
        ...(effect.retryAfter === undefined ? {} : { headers: { "retry-after": String(effect.retryAfter) } }),
      });
    case "expiredToken":
      throw tokenExpired();
    case "delay":
      await pause(effect.ms, exchange, options.closing);
  }

  const wids = options.authority.authenticate(context.req.header("authorization"));
  requireApiVersion(url.searchParams);
  requireKnownParameters(url.searchParams, Object.keys(operation.request.query.shape));
  const access = operation.method === "get" ? "read" : "write";
  if (!allows(wids, access)) {
    const names = rolesFor(access);
    const what = access === "read" ? "read connections" : "change connections";
    throw new ApiProblem(
      403,
      "Forbidden",
      `The caller may not ${what}. One of these roles would do: ${names.join(", ")}.`,
      {
        innererror: { roles: names },
      },
    );
  }
  options.throttle();
  const raw = readBody(operation, exchange, context.req.header("content-type"));

  // From here on nothing waits: name checks and writes of one call are not interleaved with another's.
  const store = options.store();
  const call: Call = {
    store,
    origin: url.origin,
    parameter,
    query: url.searchParams,
    header: (name) => context.req.header(name),
    body: raw.length === 0 ? undefined : parseJson(raw),
    ...(effect?.kind === "staleRead" ? { stale: connectionName === undefined ? {} : { connectionName } } : {}),
    halfApplied: effect?.kind === "halfApplied",
    synchronous: options.synchronous,
  };
  const act = () => answerOf(() => handlers[operation.operationId](call));
  if (operation.method !== "post") return toResponse(act());
  const repeatable = {
    id: context.req.header("repeatability-request-id"),
    firstSent: context.req.header("repeatability-first-sent"),
    method,
    path: url.pathname,
    body: raw,
  };
  return toResponse(repeatably(store, options.clock.now().getTime(), repeatable, act));
}

function answerOf(act: () => Answer): Answer {
  try {
    return act();
  } catch (error) {
    if (error instanceof ApiProblem) return problemAnswer(error);
    throw error;
  }
}

/** @throws ApiProblem 413, 415, 400 InvalidJson */
function readBody(operation: OperationContract, exchange: Exchange, contentType: string | undefined): Buffer {
  if (!("body" in operation.request)) return Buffer.alloc(0);
  const { body } = exchange;
  if (body === undefined) {
    throw new ApiProblem(413, "RequestBodyTooLarge", `The body is larger than ${maximumBodyBytes} bytes.`);
  }
  const { required, content } = operation.request.body;
  if (body.length === 0 && !required) return body;
  const known = Object.keys(content);
  const given = contentType?.split(";")[0]?.trim().toLowerCase();
  if (given === undefined || !known.includes(given)) {
    throw new ApiProblem(415, "UnsupportedMediaType", `Content-Type must be ${known.join(" or ")}.`);
  }
  if (body.length === 0) throw invalidJson();
  return body;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The parser's message quotes the body.
    throw invalidJson();
  }
}

function invalidJson(): ApiProblem {
  return new ApiProblem(400, "InvalidJson", "The body is not JSON in UTF-8.");
}

function methodNotAllowed(path: string): ApiProblem {
  const methods = Object.values(operations)
    .filter((operation) => operation.path === path)
    .map((operation) => operation.method.toUpperCase());
  return new ApiProblem(405, "MethodNotAllowed", `This path has ${methods.join(", ")}.`, {
    headers: { allow: methods.join(", ") },
  });
}

/** Whom a call is about, so that a fault by name strikes every call of that connection. */
function nameBehind(
  store: Store,
  operation: OperationContract,
  parameter: string,
  query: URLSearchParams,
  body: Buffer | undefined,
): string | undefined {
  switch (operation.operationId) {
    case "createConnection":
      return nameInBody(body);
    case "getConnection":
    case "updateConnection":
    case "deleteConnection":
    case "testConnection":
      return store.nameOf(parameter);
    case "getOperation": {
      const found = store.operation(parameter);
      return found === undefined ? undefined : store.nameOf(found.connectionId);
    }
    case "listConnections":
      return nameInFilter(query.get("$filter"));
    default:
      return undefined;
  }
}

function nameInBody(body: Buffer | undefined): string | undefined {
  try {
    const parsed: unknown = JSON.parse((body ?? Buffer.alloc(0)).toString("utf8"));
    const name = typeof parsed === "object" && parsed !== null && "name" in parsed ? parsed.name : undefined;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

function nameInFilter(filter: string | null): string | undefined {
  try {
    return parseFilter(filter).name;
  } catch {
    return undefined;
  }
}

function codeOfStatus(status: number): string {
  const codes: Readonly<Record<number, string>> = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    412: "ConditionNotMet",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
  };
  return codes[status] ?? (status < 500 ? "Rejected" : "InternalError");
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
