/**
 * A small Connection API for the client's tests: real state, repeatability, ETags, operations. It shares no code with
 * the client, so that one mistake cannot hide in both.
 */
import { type JsonReply, type Received, type Reply, serviceError, startServer, type TestServer } from "./server";

export interface Stored {
  id: string;
  name: string;
  description?: string;
  connectorType: string;
  settings: Record<string, string>;
  tags: Record<string, string>;
  status: string;
  password: string;
  credentialVersion: number;
  version: number;
}

export interface Service extends TestServer {
  connections: Map<string, Stored>;
  /** Polls that an operation answers as running before it ends. */
  pollsUntilDone: number;
  /** How operations end, and what status the connection then has. */
  outcome: { operation: string; connection: string; error?: unknown };
  /** Answers with 202 where it could answer at once. */
  asynchronous: boolean;
  /** May replace an answer; `proceed` does the work first. Called for every request. */
  intercept?: (request: Received, proceed: () => JsonReply) => Reply | undefined;
  /** Requests of one kind, such as `POST /connections`. */
  count(start: string): number;
}

interface Operation {
  polls: number;
  connectionId: string;
  test: boolean;
}

export async function startService(): Promise<Service> {
  const answers = new Map<string, JsonReply>();
  const operations = new Map<string, Operation>();
  let next = 1;
  const server = await startServer((request) => service.intercept?.(request, () => work(request)) ?? work(request));
  const service: Service = Object.assign(server, {
    connections: new Map<string, Stored>(),
    pollsUntilDone: 1,
    outcome: { operation: "Succeeded", connection: "Connected" },
    asynchronous: true,
    count: (start: string) => server.received.filter((one) => `${one.method} ${one.path}`.startsWith(start)).length,
  });

  function work(request: Received): JsonReply {
    if (request.query.get("api-version") !== "2026-11-01") return fail(400, "UnsupportedApiVersion");
    const key = request.headers["repeatability-request-id"];
    if (request.method !== "POST") return route(request);
    if (typeof key !== "string" || request.headers["repeatability-first-sent"] === undefined)
      return fail(400, "NoRepeatability");
    const former = answers.get(key);
    if (former !== undefined) return former;
    const reply = route(request);
    answers.set(key, reply);
    return reply;
  }

  function route(request: Received): JsonReply {
    const [, , kind, id, action] = request.path.split("/").map(decodeURIComponent);
    if (kind === "operations" && id !== undefined) return operation(id);
    if (kind !== "connections") return fail(404, "NoSuchRoute");
    if (id === undefined) return request.method === "POST" ? create(request) : list(request);
    const stored = service.connections.get(id);
    if (stored === undefined) return fail(404, "ConnectionNotFound");
    if (action === "test") return start(stored, true);
    const match = request.headers["if-match"];
    if (match !== undefined && match !== etag(stored)) return fail(412, "ConditionNotMet");
    if (request.method === "GET") return show(stored);
    if (request.method === "PATCH") return patch(request, stored);
    service.connections.delete(id);
    return { status: 204 };
  }

  function create(request: Received): JsonReply {
    const body = request.body as { name: string; credentials: Record<string, string> } & Omit<Stored, "id">;
    const holder = holderOf(body.name);
    if (request.headers["if-none-match"] !== "*") return fail(400, "NoIfNoneMatch");
    if (holder !== undefined) return conflict(holder);
    const stored: Stored = {
      id: `c-${next++}`,
      name: body.name,
      ...(body.description === undefined ? {} : { description: body.description }),
      connectorType: body.connectorType,
      settings: body.settings,
      tags: body.tags ?? {},
      status: service.asynchronous ? "Connecting" : "Connected",
      password: body.credentials.password ?? "",
      credentialVersion: 0,
      version: 1,
    };
    service.connections.set(stored.id, stored);
    return service.asynchronous ? start(stored, false) : { ...show(stored), status: 201 };
  }

  function patch(request: Received, stored: Stored): JsonReply {
    if (request.headers["content-type"] !== "application/merge-patch+json") return fail(415, "WrongMediaType");
    const body = request.body as Partial<Stored> & {
      credentials?: Record<string, string>;
      description?: string | null;
    };
    const holder = body.name === undefined ? undefined : holderOf(body.name);
    if (holder !== undefined && holder !== stored) return conflict(holder);
    if (body.name !== undefined) stored.name = body.name;
    if (body.description === null) delete stored.description;
    else if (body.description !== undefined) stored.description = body.description;
    for (const map of ["settings", "tags"] as const) {
      for (const [key, value] of Object.entries<string | null>(body[map] ?? {})) {
        if (value === null) delete stored[map][key];
        else stored[map][key] = value;
      }
    }
    stored.version += 1;
    if (body.credentials === undefined) return show(stored);
    stored.password = body.credentials.password ?? "";
    stored.credentialVersion += 1;
    if (!service.asynchronous) return show(stored);
    stored.status = "Connecting";
    return start(stored, false);
  }

  function start(stored: Stored, test: boolean): JsonReply {
    const id = `op-${next++}`;
    operations.set(id, { polls: 0, connectionId: stored.id, test });
    return { status: 202, headers: { "operation-location": `${service.url}/base/operations/${id}` } };
  }

  function operation(id: string): JsonReply {
    const found = operations.get(id);
    if (found === undefined) return fail(404, "OperationNotFound");
    found.polls += 1;
    const stored = service.connections.get(found.connectionId);
    const done = found.polls > service.pollsUntilDone;
    if (done && !found.test && stored?.status === "Connecting") {
      stored.status = service.outcome.connection;
      stored.version += 1;
    }
    const body = {
      id,
      status: done ? service.outcome.operation : "Running",
      createdDateTime: stamp(0),
      lastActionDateTime: stamp(0),
      ...(done && service.outcome.error !== undefined ? { error: service.outcome.error } : {}),
      ...(done && found.test ? { result: { succeeded: true, checkedDateTime: stamp(1) } } : {}),
      ...(found.test
        ? {}
        : { resourceLocation: `${service.url}/base/connections/${found.connectionId}?api-version=x` }),
    };
    return { status: 200, body };
  }

  function list(request: Received): JsonReply {
    const filter = request.query.get("$filter") ?? "";
    const name = /name eq '((?:[^']|'')*)'/.exec(filter)?.[1]?.replaceAll("''", "'");
    const type = /connectorType eq '((?:[^']|'')*)'/.exec(filter)?.[1]?.replaceAll("''", "'");
    const top = Number(request.query.get("$top"));
    const from = Number(request.query.get("skip") ?? 0);
    const matching = [...service.connections.values()].filter(
      (one) =>
        (name === undefined || one.name.toLowerCase() === name.toLowerCase()) &&
        (type === undefined || one.connectorType === type),
    );
    const rest = matching.length > from + top;
    const nextLink = `${service.url}/base/connections?$top=${top}&skip=${from + top}&$filter=${encodeURIComponent(filter)}`;
    return { status: 200, body: { value: matching.slice(from, from + top).map(json), ...(rest ? { nextLink } : {}) } };
  }

  function holderOf(name: string): Stored | undefined {
    return [...service.connections.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
  }

  return service;
}

export function seed(service: Service, id: string, more: Partial<Stored> = {}): Stored {
  const stored: Stored = {
    id,
    name: id,
    connectorType: "qualys",
    settings: { apiServer: "one.example" },
    tags: { owner: "us" },
    status: "Connected",
    password: "first",
    credentialVersion: 0,
    version: 1,
    ...more,
  };
  service.connections.set(id, stored);
  return stored;
}

export function etag(stored: Stored): string {
  return `"${encodeURIComponent(stored.id)}-${stored.version}"`;
}

function show(stored: Stored): JsonReply {
  return { status: 200, headers: { etag: etag(stored) }, body: json(stored) };
}

function json(stored: Stored): unknown {
  const { password: _, credentialVersion, version, ...rest } = stored;
  return {
    ...rest,
    credentialInfo: { kind: "basic", identifier: "scanner", updatedDateTime: stamp(credentialVersion) },
    createdDateTime: stamp(0),
    lastModifiedDateTime: stamp(version),
  };
}

function stamp(minute: number): string {
  return new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();
}

function fail(status: number, code: string): JsonReply {
  return { status, headers: { "x-ms-error-code": code }, body: serviceError(code, `${code}.`) };
}

function conflict(holder: Stored): JsonReply {
  return {
    status: 409,
    body: serviceError("NameConflict", "The name is taken.", { innererror: { connectionId: holder.id } }),
  };
}
