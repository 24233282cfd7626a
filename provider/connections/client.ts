/** The client of the Connection API. */
import { MsemError } from "../core/errors";
import type { Answer } from "../http/answer";
import { askToken, type TokenSource, tenantIdOf } from "../http/auth";
import { withConnectionId } from "../http/errors";
import { createMicrosoftTransport } from "../http/microsoft";
import { oneLine } from "../http/redact";
import type { RetryPolicy } from "../http/retry";
import { defaultRequestTimeoutMs } from "../http/transport";
import type {
  Connection,
  ConnectionChanges,
  ConnectionDraft,
  ConnectionsClient,
  CreateOutcome,
  TestResult,
} from "./model";
import {
  type Accepted,
  accepted,
  awaitOperation,
  connectionIdOf,
  locate,
  operationError,
  outdated,
  unseen,
} from "./operations";
import { connectionOf, get, gone, list, pathOf, readBack, repeatability, type Service, version } from "./reads";
import { adviceFor } from "./roles";
import { changesToWire, holderOf, holds, readError, secretsOf, testResultFromWire, toWire } from "./wire";

export interface ConnectionsClientOptions {
  /** `https://host/base`; http only for loopback hosts. */
  readonly endpoint: string;
  /** Asked for every request; after a 401 once more with `{ refresh: true }`. */
  readonly token: TokenSource;
  /** Limit of one attempt of a request. Default 30,000 ms. */
  readonly requestTimeoutMs?: number;
  /** Limit of waiting for one operation of the service. Default 300,000 ms. */
  readonly operationTimeoutMs?: number;
  /** Defaults: 4 retries, 500 ms doubling to 30,000 ms, 120,000 ms for a request with all its attempts. */
  readonly retry?: Partial<RetryPolicy>;
  /** Clock in ms since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Default `pulumi-msem`. */
  readonly userAgent?: string;
  /** Gets one line per attempt, without secrets and query strings. */
  readonly log?: (line: string) => void;
}

const defaultOperationTimeoutMs = 300_000;

/** @throws MsemError MSEM_CONFIGURATION for an endpoint that cannot be used */
export function createConnectionsClient(options: ConnectionsClientOptions): ConnectionsClient {
  const service: Service = {
    transport: createMicrosoftTransport({ ...options, readError, advice: adviceFor }),
    operationTimeoutMs: options.operationTimeoutMs ?? defaultOperationTimeoutMs,
  };
  return {
    async tenant() {
      const id = tenantIdOf(await askToken(options.token, options.requestTimeoutMs ?? defaultRequestTimeoutMs));
      const endpoint = service.transport.endpoint.href;
      return id === undefined ? { endpoint } : { endpoint, id };
    },
    list: (filter) => list(service, filter ?? {}),
    get: (id) => get(service, id),
    create: (draft) => create(service, draft),
    update: (id, etag, changes) => update(service, id, etag, changes),
    remove: (id, etag) => remove(service, id, etag),
    test: (id) => test(service, id),
  };
}

async function create(service: Service, draft: ConnectionDraft): Promise<CreateOutcome> {
  const secrets = secretsOf(draft.credentials);
  const answer = await service.transport.send<CreateOutcome | Accepted | MsemError>({
    method: "POST",
    to: "/connections",
    query: version,
    headers: { ...repeatability(service), "If-None-Match": "*" },
    body: toWire(draft),
    access: "write",
    repeatable: true,
    secrets,
    answers: {
      201: (created) => ({ kind: "created", connection: connectionOf(created) }),
      202: (work) => accepted(service.transport, work),
      409: nameConflict,
      // If-None-Match: a service may also say so that the name is taken.
      412: (refused) => refused.failure(),
    },
  });
  if (answer instanceof MsemError) {
    const holderId = await idOfName(service, draft.name, secrets);
    if (holderId === undefined) throw answer;
    return { kind: "nameConflict", holderId };
  }
  return answer.kind === "accepted" ? awaitCreated(service, draft, answer) : answer;
}

/** The holder of the name, or the error itself when the service does not name one. */
function nameConflict(answer: Answer): CreateOutcome | MsemError {
  const error = answer.serviceError();
  if (error?.code !== "NameConflict") throw answer.failure();
  const holderId = holderOf(error);
  return holderId === undefined ? answer.failure() : { kind: "nameConflict", holderId };
}

async function awaitCreated(service: Service, draft: ConnectionDraft, work: Accepted): Promise<CreateOutcome> {
  const secrets = secretsOf(draft.credentials);
  let known = work.connectionId;
  let vanished = false;
  try {
    const operation = await awaitOperation(service.transport, {
      location: locate(service.transport, work),
      what: `connecting "${draft.name}"`,
      deadline: service.transport.now() + service.operationTimeoutMs,
      access: "read",
      secrets,
      onState: (state) => {
        known ??= connectionIdOf(service.transport, state);
      },
    });
    known ??= await idOfName(service, draft.name, secrets);
    const connection =
      known === undefined
        ? undefined
        : await readBack(service, known, { exists: operation.status === "Succeeded", secrets });
    if (connection !== undefined) return { kind: "created", connection };
    vanished = true;
    if (operation.status === "Succeeded") throw unseen(draft.name);
    throw operationError(operation, `connecting "${draft.name}"`);
  } catch (error) {
    if (vanished) throw error;
    // The service accepted the name, so whoever holds it now is what we asked for.
    known ??= await idOfName(service, draft.name, secrets).catch(() => undefined);
    throw withConnectionId(error, known);
  }
}

async function idOfName(service: Service, name: string, secrets: readonly string[]): Promise<string | undefined> {
  const wanted = name.toLowerCase();
  for await (const connection of list(service, { name }, secrets)) {
    if (connection.name.toLowerCase() === wanted) return connection.id;
  }
  return undefined;
}

async function update(
  service: Service,
  id: string,
  etag: string,
  changes: ConnectionChanges,
): Promise<Connection | undefined> {
  requireEtag(etag);
  const body = changesToWire(changes);
  const secrets = secretsOf(changes.credentials);
  // A credential cannot be read back. Should an answer get lost, the time before tells whether it was taken over.
  const before = changes.credentials === undefined ? undefined : await get(service, id, secrets);
  const answer = await service.transport.send<Updated | Accepted | MsemError | undefined>({
    method: "PATCH",
    to: pathOf(id),
    query: version,
    headers: { "If-Match": etag },
    body,
    contentType: "application/merge-patch+json",
    access: "write",
    // If-Match keeps a repeat from doing harm; what a 412 to a repeat means is found out below.
    repeatable: true,
    secrets,
    answers: {
      200: (done) => ({ kind: "updated", connection: connectionOf(done) }),
      202: (work) => accepted(service.transport, work),
      404: gone,
      409: (refused) => {
        throw taken(refused, changes);
      },
      412: (refused) => {
        if (refused.attempt === 1) throw refused.failure();
        return refused.failure(); // an earlier attempt may be what changed the ETag
      },
    },
  });
  if (answer === undefined) return undefined;
  const what = `updating connection ${id}`;
  const deadline = service.transport.now() + service.operationTimeoutMs;
  if (answer instanceof MsemError) {
    const formerUpdate = before?.etag === etag ? before.credentialInfo.updatedDateTime : undefined;
    return await recheck(service, id, changes, { refusal: answer, formerUpdate, deadline, what });
  }
  if (answer.kind === "updated") return answer.connection;
  try {
    const location = locate(service.transport, answer);
    const operation = await awaitOperation(service.transport, { location, what, deadline, access: "read", secrets });
    const exists = operation.status === "Succeeded";
    const connection = await readBack(service, id, { exists, secrets, formerEtag: etag });
    const visible = connection === undefined || connection.status === "Failed" || connection.status === "Disconnected";
    if (operation.status !== "Succeeded" && !visible) throw operationError(operation, what);
    if (changes.credentials !== undefined && connection?.etag === etag) throw outdated(what);
    return connection;
  } catch (error) {
    throw withConnectionId(error, id);
  }
}

interface Updated {
  readonly kind: "updated";
  readonly connection: Connection;
}

function requireEtag(etag: string): void {
  if (etag === "")
    throw new MsemError("MSEM_FAULT", "A connection from a list has no ETag: get it before changing it.");
}

function taken(answer: Answer, changes: ConnectionChanges): MsemError {
  const failure = answer.failure();
  const holder = holderOf(answer.serviceError());
  if (holder === undefined) return failure;
  const name = changes.name === undefined ? "The name" : `The name "${changes.name}"`;
  const { cause: _, ...details } = failure.details;
  return new MsemError("MSEM_CONFLICT", `${name} is held by connection ${answer.redact(oneLine(holder, 128))}.`, {
    ...details,
    hint: "Names are unique per tenant without regard to case: choose another one, or rename the holder.",
  });
}

/**
 * A repeated PATCH met a newer version. If that version is our own first attempt, whose answer was lost, the work is
 * done; if someone else's, it is their change that must not be overwritten.
 */
async function recheck(
  service: Service,
  id: string,
  changes: ConnectionChanges,
  at: { refusal: MsemError; formerUpdate: string | undefined; deadline: number; what: string },
): Promise<Connection | undefined> {
  const { transport } = service;
  let delay = 250;
  for (;;) {
    const connection = await get(service, id, secretsOf(changes.credentials));
    if (connection === undefined) return undefined;
    const credentialTaken =
      changes.credentials === undefined ||
      (at.formerUpdate !== undefined &&
        Date.parse(connection.credentialInfo.updatedDateTime) > Date.parse(at.formerUpdate));
    if (!holds(connection, changes) || !credentialTaken) throw at.refusal;
    // The answer that got lost may have been a 202: then there is no operation to ask, only the connection itself.
    if (connection.status !== "Connecting") return connection;
    const remaining = at.deadline - transport.now();
    if (remaining <= 0) {
      throw new MsemError("MSEM_TIMEOUT", `${at.what}: the connection is still connecting.`, { connectionId: id });
    }
    await transport.sleep(Math.min(delay, remaining));
    delay = Math.min(5_000, delay * 2);
  }
}

async function remove(service: Service, id: string, etag: string | undefined): Promise<"removed" | "gone"> {
  if (etag !== undefined) requireEtag(etag);
  return service.transport.send<"removed" | "gone">({
    method: "DELETE",
    to: pathOf(id),
    query: version,
    headers: { "If-Match": etag },
    access: "write",
    answers: { 204: () => "removed", 404: (answer) => gone(answer) ?? "gone" },
  });
}

async function test(service: Service, id: string): Promise<TestResult> {
  const work = await service.transport.send<Accepted>({
    method: "POST",
    to: `${pathOf(id)}/test`,
    query: version,
    headers: repeatability(service),
    access: "write",
    repeatable: true,
    answers: { 202: (answer) => accepted(service.transport, answer) },
  });
  const what = `testing connection ${id}`;
  const deadline = service.transport.now() + service.operationTimeoutMs;
  const operation = await awaitOperation(service.transport, {
    location: locate(service.transport, work),
    what,
    deadline,
    access: "read",
  });
  if (operation.status !== "Succeeded") throw operationError(operation, what);
  if (operation.result === undefined || !("succeeded" in operation.result)) {
    throw new MsemError("MSEM_PROTOCOL", `The operation for ${what} succeeded without a result.`);
  }
  return testResultFromWire(operation.result);
}
