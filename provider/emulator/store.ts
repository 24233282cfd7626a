/** The emulated tenant: connections with unique names, operations, repeatable answers, accounts at the vendors. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import type { WireConnection, WireOperation } from "../connections/schema";
import { type AccountRecord, accountOf, accountSchema, proofsOf, refusal, type SeedAccount } from "./accounts";
import type { Clock } from "./clock";
import { evolve, fail, isOver, iso, type Latency } from "./machine";
import {
  type ConnectionRecord,
  type CredentialRecord,
  connectionRecord,
  type OperationRecord,
  operationRecord,
  type RepeatRecord,
  repeatRecord,
  type StatusDetail,
} from "./records";
import { nameKey, toWireConnection, toWireOperation } from "./wireForm";

/** Finished operations and repeatable answers are forgotten after a day. */
const retentionMs = 24 * 3600 * 1000;

/** The whole store as data; also the shape of the state file. */
export const tenantSchema = z.object({
  version: z.literal(1),
  tenantId: z.string(),
  /** Signs the tokens. */
  key: z.string(),
  /** Salts the proofs of credentials and the digests of requests. */
  salt: z.string(),
  issuedAt: z.number(),
  /** Ids are derived from it and the counter; random ids without it. */
  idSeed: z.string().optional(),
  counter: z.number().int(),
  revision: z.number().int(),
  connections: z.array(connectionRecord),
  operations: z.array(operationRecord),
  repeats: z.record(z.string(), repeatRecord),
  accounts: z.array(accountSchema),
});
export type TenantData = z.infer<typeof tenantSchema>;

/** A credential as a request brings it, split by what may be shown. */
export interface GivenCredential {
  readonly kind: string;
  readonly identifier?: string;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ConnectionDraft {
  readonly name: string;
  readonly connectorType: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly credential: GivenCredential;
}

/** `null` removes the description; settings and tags are whole, already merged. */
export interface ConnectionEdit {
  readonly name?: string;
  readonly description?: string | null;
  readonly settings?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly credential?: GivenCredential;
}

export function newTenant(clock: Clock, idSeed: string | undefined, tenantId: string | undefined): TenantData {
  return {
    version: 1,
    tenantId: tenantId ?? (idSeed === undefined ? randomUUID() : derivedId(idSeed, "tenant")),
    key: randomBytes(32).toString("base64url"),
    salt: randomBytes(16).toString("base64url"),
    issuedAt: clock.now().getTime(),
    ...(idSeed === undefined ? {} : { idSeed }),
    counter: 0,
    revision: 0,
    connections: [],
    operations: [],
    repeats: {},
    accounts: [],
  };
}

export type Store = ReturnType<typeof createStore>;

export function createStore(data: TenantData, clock: Clock, latency: Latency) {
  const connections = new Map(data.connections.map((one) => [one.id, one]));
  const names = new Map(data.connections.map((one) => [nameKey(one.name), one.id]));
  const operations = new Map(data.operations.map((one) => [one.id, one]));
  const repeats = new Map(Object.entries(data.repeats));
  /** Operations that are not over, by connection: looking through all of them at each read would be quadratic. */
  const pending = new Map<string, OperationRecord[]>();
  for (const one of data.operations) {
    if (!isOver(one)) pending.set(one.connectionId, [...(pending.get(one.connectionId) ?? []), one]);
  }
  /** Per connection, what it was before the last write: what a replica that lags would still tell. */
  const before = new Map<string, ConnectionRecord | undefined>();
  /** Names of connections that are gone, so that a fault by name still finds a late call. */
  const goneNames = new Map<string, string>();
  let accounts: AccountRecord[] = data.accounts;
  let { counter, revision } = data;
  let dirty = false;
  let lastForgotten = clock.now().getTime();

  const now = () => clock.now().getTime();
  const newId = () => {
    counter += 1;
    return data.idSeed === undefined ? randomUUID() : derivedId(data.idSeed, String(counter));
  };

  function current(connection: ConnectionRecord): ConnectionRecord {
    evolve(connection, pending.get(connection.id) ?? [], {
      now: now(),
      latency,
      refusal: (type, credential) => refusal(accounts, type, credential),
    });
    const left = (pending.get(connection.id) ?? []).filter((one) => !isOver(one));
    if (left.length === 0) pending.delete(connection.id);
    else pending.set(connection.id, left);
    return connection;
  }

  function get(id: string): ConnectionRecord | undefined {
    const connection = connections.get(id);
    return connection === undefined ? undefined : current(connection);
  }

  function list(): ConnectionRecord[] {
    return [...connections.values()].map(current);
  }

  function byName(name: string): ConnectionRecord | undefined {
    const id = names.get(nameKey(name));
    return id === undefined ? undefined : get(id);
  }

  function start(kind: OperationRecord["kind"], connection: ConnectionRecord, milliseconds: number): OperationRecord {
    forgetOld();
    const at = now();
    const operation: OperationRecord = {
      id: newId(),
      kind,
      connectionId: connection.id,
      status: "Running",
      createdDateTime: iso(at),
      lastActionDateTime: iso(at),
      dueAt: at + milliseconds,
    };
    operations.set(operation.id, operation);
    pending.set(connection.id, [...(pending.get(connection.id) ?? []), operation]);
    dirty = true;
    return operation;
  }

  function cancel(connectionId: string, kinds: readonly OperationRecord["kind"][], message: string): void {
    for (const operation of pending.get(connectionId) ?? []) {
      if (!kinds.includes(operation.kind)) continue;
      operation.status = "Canceled";
      operation.lastActionDateTime = iso(now());
      operation.error = { code: "Canceled", message };
    }
  }

  function credentialOf(connectorType: string, given: GivenCredential, previous?: CredentialRecord): CredentialRecord {
    return {
      kind: given.kind,
      ...(given.identifier === undefined ? {} : { identifier: given.identifier }),
      proofs: proofsOf(data.salt, connectorType, given.secrets),
      updatedDateTime: after(previous?.updatedDateTime),
    };
  }

  /** Now, but later than `previous` also when the clock stands still: clients tell credentials apart by this time. */
  function after(previous: string | undefined): string {
    return iso(Math.max(now(), previous === undefined ? 0 : Date.parse(previous) + 1));
  }

  /** The caller has made sure that the name is free. */
  function create(draft: ConnectionDraft): ConnectionRecord {
    const at = iso(now());
    revision += 1;
    const connection: ConnectionRecord = {
      id: newId(),
      sequence: revision,
      revision,
      name: draft.name,
      ...(draft.description === undefined ? {} : { description: draft.description }),
      connectorType: draft.connectorType,
      settings: { ...draft.settings },
      tags: { ...draft.tags },
      credential: credentialOf(draft.connectorType, draft.credential),
      status: "Connecting",
      createdDateTime: at,
      lastModifiedDateTime: at,
    };
    connections.set(connection.id, connection);
    names.set(nameKey(draft.name), connection.id);
    before.set(connection.id, undefined);
    dirty = true;
    return connection;
  }

  /** The caller has made sure that a new name is free. Says nothing about status: see `connect`. */
  function edit(connection: ConnectionRecord, changes: ConnectionEdit): void {
    before.set(connection.id, structuredClone(connection));
    if (changes.name !== undefined) {
      names.delete(nameKey(connection.name));
      names.set(nameKey(changes.name), connection.id);
      connection.name = changes.name;
    }
    if (changes.description === null) delete connection.description;
    else if (changes.description !== undefined) connection.description = changes.description;
    if (changes.settings !== undefined) connection.settings = { ...changes.settings };
    if (changes.tags !== undefined) connection.tags = { ...changes.tags };
    if (changes.credential !== undefined) {
      connection.credential = credentialOf(connection.connectorType, changes.credential, connection.credential);
    }
    touch(connection);
  }

  function touch(connection: ConnectionRecord): void {
    revision += 1;
    connection.revision = revision;
    connection.lastModifiedDateTime = iso(now());
    dirty = true;
  }

  /** Starts to connect with the settings and the credential as they are now. */
  function connect(connection: ConnectionRecord): OperationRecord {
    cancel(connection.id, ["connect"], "A later change of the connection took its place.");
    connection.status = "Connecting";
    delete connection.statusDetail;
    delete connection.nextSyncAt;
    return start("connect", connection, latency.connectMs);
  }

  function remove(connection: ConnectionRecord): void {
    before.set(connection.id, structuredClone(connection));
    cancel(connection.id, ["connect", "test"], "The connection was removed.");
    pending.delete(connection.id);
    connections.delete(connection.id);
    names.delete(nameKey(connection.name));
    goneNames.set(connection.id, connection.name);
    dirty = true;
  }

  /** Sets a status that the service found out for itself. */
  function setFailed(connection: ConnectionRecord, status: "Failed" | "Disconnected", reason: StatusDetail): void {
    fail(connection, reason, now());
    connection.status = status;
    dirty = true;
  }

  /** Someone else applied another credential. */
  function rotate(connection: ConnectionRecord): void {
    before.set(connection.id, structuredClone(connection));
    connection.credential.updatedDateTime = after(connection.credential.updatedDateTime);
    touch(connection);
  }

  /** The connections as a replica shows them that missed the last write of each, or of the one of that name. */
  function staleList(name?: string): ConnectionRecord[] {
    const wanted = (connection: ConnectionRecord) => name === undefined || nameKey(connection.name) === nameKey(name);
    const stale = [...before.values()].filter((one) => one !== undefined).filter(wanted);
    const fresh = list().filter((one) => !wanted(one) || !before.has(one.id));
    return [...fresh, ...stale].sort((a, b) => a.sequence - b.sequence);
  }

  function operation(id: string): OperationRecord | undefined {
    const found = operations.get(id);
    const connection = found === undefined ? undefined : connections.get(found.connectionId);
    if (connection !== undefined) current(connection);
    return found;
  }

  /** Sets the accounts after everything that should have happened under the old ones has happened. */
  function setAccount(seed: SeedAccount): void {
    list();
    const account = accountOf(data.salt, seed);
    accounts = [
      ...accounts.filter((one) => one.connectorType !== account.connectorType || one.identifier !== account.identifier),
      account,
    ];
    dirty = true;
  }

  function forgetOld(): void {
    // Once an hour is often enough, and keeps a thousand writes from looking through everything a thousand times.
    if (now() - lastForgotten < retentionMs / 24) return;
    lastForgotten = now();
    const oldest = now() - retentionMs;
    for (const [key, repeat] of repeats) if (repeat.at < oldest) repeats.delete(key);
    for (const [id, one] of operations) if (isOver(one) && one.dueAt < oldest) operations.delete(id);
  }

  function remember(key: string, repeat: RepeatRecord): void {
    repeats.set(key, repeat);
    dirty = true;
  }

  return {
    tenantId: data.tenantId,
    salt: data.salt,
    get,
    list,
    byName,
    create,
    edit,
    connect,
    remove,
    setFailed,
    rotate,
    staleList,
    operation,
    setAccount,
    remember,
    repeat: (key: string) => repeats.get(key),
    test: (connection: ConnectionRecord) => start("test", connection, latency.testMs),
    /** Reads the product now instead of at the next interval. */
    sync: (connection: ConnectionRecord) => {
      if (connection.nextSyncAt !== undefined) connection.nextSyncAt = now();
      current(connection);
      dirty = true;
    },
    /** Before its last write; the connection itself when there was none since the start. */
    stale: (id: string) => (before.has(id) ? before.get(id) : get(id)),
    /** Also of a connection that is gone. */
    nameOf: (id: string) => connections.get(id)?.name ?? goneNames.get(id),
    wire: (connection: ConnectionRecord): WireConnection => toWireConnection(connection),
    wireOperation: (one: OperationRecord, resourceLocation: string): WireOperation =>
      toWireOperation(one, connections.get(one.connectionId), resourceLocation),
    /** Milliseconds until it ends; none below zero. */
    remaining: (one: OperationRecord) => (isOver(one) ? undefined : Math.max(0, one.dueAt - now())),
    /** True once after a write. */
    takeDirty: () => {
      const was = dirty;
      dirty = false;
      return was;
    },
    markDirty: () => {
      dirty = true;
    },
    snapshot: (): TenantData => ({
      ...data,
      counter,
      revision,
      connections: [...connections.values()],
      operations: [...operations.values()],
      repeats: Object.fromEntries(repeats),
      accounts,
    }),
  };
}

function derivedId(seed: string, what: string): string {
  const hex = createHash("sha256").update(`${seed}\n${what}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
