/**
 * How a connection lives on the clock: Connecting → Connected → Ingesting, or Failed. Nothing runs in the background;
 * what should have happened by now is worked out when somebody looks.
 */
import type { ConnectionRecord, CredentialRecord, OperationRecord, StatusDetail } from "./records";

/** How long things take, in milliseconds of the emulator's clock. */
export interface Latency {
  /** Until an operation that connects has ended. Default 0. */
  readonly connectMs: number;
  /** Until a test has ended. Default 0. */
  readonly testMs: number;
  /** From Connected to the first data. Default 0. */
  readonly ingestMs: number;
  /** From one reading of the product to the next. Default a day. */
  readonly syncMs: number;
}

export const defaultLatency: Latency = { connectMs: 0, testMs: 0, ingestMs: 0, syncMs: 24 * 3600 * 1000 };

export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly latency: Latency;
  /** What the vendor says to the credential; nothing when it lets it in. */
  refusal(connectorType: string, credential: CredentialRecord): StatusDetail | undefined;
}

export function isOver(operation: OperationRecord): boolean {
  return operation.status !== "NotStarted" && operation.status !== "Running";
}

/** Brings a connection and its operations up to now. */
export function evolve(
  connection: ConnectionRecord,
  pending: readonly OperationRecord[],
  surroundings: Surroundings,
): void {
  for (;;) {
    const operation = pending.filter((one) => !isOver(one)).sort((a, b) => a.dueAt - b.dueAt)[0];
    const operationAt = operation?.dueAt ?? Number.POSITIVE_INFINITY;
    const syncAt = connection.nextSyncAt ?? Number.POSITIVE_INFINITY;
    if (Math.min(operationAt, syncAt) > surroundings.now) return;
    if (operation !== undefined && operationAt <= syncAt) finish(operation, connection, surroundings);
    else sync(connection, syncAt, Math.min(surroundings.now, operationAt), surroundings);
  }
}

function finish(operation: OperationRecord, connection: ConnectionRecord, surroundings: Surroundings): void {
  const at = operation.dueAt;
  const refused = surroundings.refusal(connection.connectorType, connection.credential);
  if (refused !== undefined) fail(connection, refused, at);
  else if (operation.kind === "connect" || connection.status === "Failed" || connection.status === "Disconnected") {
    connection.status = "Connected";
    delete connection.statusDetail;
    connection.nextSyncAt = at + surroundings.latency.ingestMs;
  }
  operation.lastActionDateTime = iso(at);
  if (operation.kind === "test") {
    operation.status = "Succeeded";
    operation.testResult = { succeeded: refused === undefined, ...plain(refused), checkedDateTime: iso(at) };
  } else if (refused === undefined) operation.status = "Succeeded";
  else {
    operation.status = "Failed";
    operation.error = { code: refused.code, message: refused.message };
  }
}

/** Reads the product at `at`, and at every interval after it up to `until`. */
function sync(connection: ConnectionRecord, at: number, until: number, surroundings: Surroundings): void {
  const refused = surroundings.refusal(connection.connectorType, connection.credential);
  if (refused !== undefined) {
    fail(connection, refused, at);
    return;
  }
  const { syncMs } = surroundings.latency;
  const last = at + Math.floor((until - at) / syncMs) * syncMs;
  connection.status = "Ingesting";
  connection.lastSuccessfulSyncDateTime = iso(last);
  connection.nextSyncAt = last + syncMs;
}

/** @param at milliseconds since 1970. */
export function fail(connection: ConnectionRecord, reason: StatusDetail, at: number): void {
  // Of the same failure the beginning counts.
  const since =
    connection.status === "Failed" && connection.statusDetail?.code === reason.code
      ? connection.statusDetail.sinceDateTime
      : undefined;
  connection.status = "Failed";
  connection.statusDetail = { code: reason.code, message: reason.message, sinceDateTime: since ?? iso(at) };
  delete connection.nextSyncAt;
}

export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function plain(detail: StatusDetail | undefined): { code?: StatusDetail["code"]; message?: string } {
  return detail === undefined ? {} : { code: detail.code, message: detail.message };
}
