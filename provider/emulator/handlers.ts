/** What each operation of the contract does. Synchronous: between two lines of a handler no other request runs. */
import type { OperationId } from "../connections/contract";
import { apiVersion, type WireConnectorType } from "../connections/schema";
import type { ConnectorDescriptor, Field } from "../core/connector/define";
import { connectors } from "../vendors/index";
import { type Answer, json } from "./exchange";
import { ApiProblem } from "./problem";
import { page, parseFilter } from "./query";
import type { ConnectionRecord, OperationRecord } from "./records";
import type { Store } from "./store";
import { readCreate, readPatch } from "./validation";
import { beforeLastStep, etagOf, nameKey } from "./wireForm";

/** One call, past authentication, version and media type. */
export interface Call {
  readonly store: Store;
  /** Scheme and host as the caller wrote them: links lead back the same way. */
  readonly origin: string;
  /** The parameter of the path, where it has one. */
  readonly parameter: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  /** Parsed body; undefined when there is none. */
  readonly body: unknown;
  /** A replica answers that missed the last write, of the connection of that name or of all. */
  readonly stale?: { readonly connectionName?: string };
  /** PATCH breaks after its first property. */
  readonly halfApplied: boolean;
  /** Answer 201 and 200 instead of an operation where nothing has to be waited for. */
  readonly synchronous: boolean;
}

export const handlers: Readonly<Record<OperationId, (call: Call) => Answer>> = {
  listConnectorTypes: (call) => {
    const entries = connectors.map((descriptor, index) => ({ descriptor, index }));
    const { items, next } = page(entries, (entry) => entry.index, call.query);
    return json(200, {
      value: items.map((entry) => catalogEntry(entry.descriptor)),
      ...nextLink(call, "/connectorTypes", next),
    });
  },

  getConnectorType: (call) => {
    const descriptor = connectors.find((one) => one.type === call.parameter);
    if (descriptor === undefined) throw notFound("ConnectorType", call.parameter);
    return json(200, catalogEntry(descriptor));
  },

  listConnections: (call) => {
    const filter = parseFilter(call.query.get("$filter"));
    const all = call.stale === undefined ? call.store.list() : call.store.staleList(call.stale.connectionName);
    const wanted = all.filter(
      (one) =>
        (filter.connectorType === undefined || one.connectorType === filter.connectorType) &&
        (filter.name === undefined || nameKey(one.name) === nameKey(filter.name)),
    );
    const { items, next } = page(wanted, (one) => one.sequence, call.query);
    return json(200, { value: items.map(call.store.wire), ...nextLink(call, "/connections", next) });
  },

  createConnection: (call) => {
    const { store } = call;
    if (call.header("if-match") !== undefined)
      throw conditionNotMet("If-Match asks for a connection that exists already; create makes a new one.");
    const ifNoneMatch = call.header("if-none-match");
    if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*") {
      throw new ApiProblem(400, "InvalidHeader", "If-None-Match must be * when a connection is created.", {
        target: "If-None-Match",
      });
    }
    const draft = readCreate(call.body);
    requireFreeName(store, draft.name);
    const connection = store.create(draft);
    const operation = store.connect(connection);
    if (call.synchronous && store.remaining(operation) === 0) {
      const location = connectionUrl(call, connection.id);
      return withConnection(call, 201, connection.id, { location });
    }
    return accepted(call, operation);
  },

  getConnection: (call) => {
    const connection = call.stale === undefined ? call.store.get(call.parameter) : call.store.stale(call.parameter);
    if (connection === undefined) throw notFound("Connection", call.parameter);
    return json(200, call.store.wire(connection), { etag: etagOf(connection) });
  },

  updateConnection: (call) => {
    const { store } = call;
    const connection = existing(call);
    requireMatch(call, connection);
    const changes = readPatch(call.halfApplied ? firstProperty(call.body) : call.body, connection);
    if (changes.name !== undefined) requireFreeName(store, changes.name, connection.id);
    const reconnects = changes.credential !== undefined || !sameMap(changes.settings, connection.settings);
    const differs =
      reconnects ||
      (changes.name !== undefined && changes.name !== connection.name) ||
      (changes.description !== undefined && changes.description !== (connection.description ?? null)) ||
      !sameMap(changes.tags, connection.tags);
    if (differs) store.edit(connection, changes);
    const operation = reconnects ? store.connect(connection) : undefined;
    if (call.halfApplied) throw new ApiProblem(500, "InternalError", "The change was applied in part.");
    if (operation === undefined || (call.synchronous && store.remaining(operation) === 0))
      return withConnection(call, 200, connection.id);
    return accepted(call, operation);
  },

  deleteConnection: (call) => {
    const connection = existing(call);
    requireMatch(call, connection);
    call.store.remove(connection);
    return { status: 204, headers: {}, body: "" };
  },

  testConnection: (call) => {
    const isEmpty =
      typeof call.body === "object" &&
      call.body !== null &&
      !Array.isArray(call.body) &&
      Object.keys(call.body).length === 0;
    const connection = existing(call);
    if (call.body !== undefined && !isEmpty) {
      const details = [{ code: "Unknown", message: "a test takes no properties", target: "" }];
      throw new ApiProblem(400, "ValidationFailed", "One thing is wrong with the request; see details.", { details });
    }
    return accepted(call, call.store.test(connection));
  },

  getOperation: (call) => {
    const operation = call.store.operation(call.parameter);
    if (operation === undefined) throw notFound("Operation", call.parameter);
    const shown = call.stale === undefined ? operation : beforeLastStep(operation);
    return json(200, wireOperation(call, shown), retryAfter(call, shown));
  },
};

function existing(call: Call): ConnectionRecord {
  const connection = call.store.get(call.parameter);
  if (connection === undefined) throw notFound("Connection", call.parameter);
  return connection;
}

function requireFreeName(store: Store, name: string, except?: string): void {
  const holder = store.byName(name);
  if (holder === undefined || holder.id === except) return;
  throw new ApiProblem(409, "NameConflict", `A connection named "${holder.name}" exists already (${holder.id}).`, {
    target: "/name",
    innererror: { connectionId: holder.id },
  });
}

function requireMatch(call: Call, connection: ConnectionRecord): void {
  const header = call.header("if-match");
  if (header === undefined || header.trim() === "*") return;
  const etags = header.split(",").map((one) => one.trim());
  if (!etags.includes(etagOf(connection)))
    throw conditionNotMet("The connection was changed since it was read (If-Match).");
}

function conditionNotMet(message: string): ApiProblem {
  return new ApiProblem(412, "ConditionNotMet", message);
}

function notFound(what: "Connection" | "ConnectorType" | "Operation", id: string): ApiProblem {
  return new ApiProblem(404, `${what}NotFound`, `There is no ${what.toLowerCase()} "${id.slice(0, 128)}".`);
}

function accepted(call: Call, operation: OperationRecord): Answer {
  return json(202, wireOperation(call, operation), {
    "operation-location": `${call.origin}/operations/${operation.id}?api-version=${apiVersion}`,
    ...retryAfter(call, operation),
  });
}

function withConnection(
  call: Call,
  status: number,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const connection = call.store.get(id);
  if (connection === undefined) throw notFound("Connection", id);
  return json(status, call.store.wire(connection), { etag: etagOf(connection), ...headers });
}

function wireOperation(call: Call, operation: OperationRecord) {
  return call.store.wireOperation(operation, connectionUrl(call, operation.connectionId));
}

/** Whole seconds, at most one: an emulator is no place to wait. */
function retryAfter(call: Call, operation: OperationRecord): Record<string, string> {
  const remaining = call.store.remaining(operation);
  return remaining === undefined ? {} : { "retry-after": remaining === 0 ? "0" : "1" };
}

function connectionUrl(call: Call, id: string): string {
  return `${call.origin}/connections/${id}`;
}

function nextLink(call: Call, path: string, next: URLSearchParams | undefined): { nextLink?: string } {
  return next === undefined ? {} : { nextLink: `${call.origin}${path}?${next}` };
}

function firstProperty(body: unknown): unknown {
  return typeof body === "object" && body !== null ? Object.fromEntries(Object.entries(body).slice(0, 1)) : body;
}

/** An absent map asks for nothing, so nothing differs. */
function sameMap(a: Readonly<Record<string, string>> | undefined, b: Readonly<Record<string, string>>): boolean {
  if (a === undefined) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}

function catalogEntry(descriptor: ConnectorDescriptor): WireConnectorType {
  return {
    type: descriptor.type,
    displayName: descriptor.displayName,
    vendor: descriptor.vendor,
    category: descriptor.category,
    availability: descriptor.availability,
    settings: catalogFields(descriptor.settings),
    authMethods: descriptor.authentication.map((way) => ({
      kind: way.kind,
      displayName: way.displayName,
      fields: catalogFields(way.fields),
    })),
    documentationUrl: descriptor.documentationUrl,
  };
}

function catalogFields(fields: Readonly<Record<string, Field>>): WireConnectorType["settings"] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    displayName: field.displayName,
    description: field.description,
    secret: field.secret,
    format: field.format,
    required: true,
  }));
}
