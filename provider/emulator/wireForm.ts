/** Records as the contract tells them. What is not named here does not leave the emulator. */
import type { WireConnection, WireOperation } from "../connections/schema";
import { isOver } from "./machine";
import type { ConnectionRecord, OperationRecord } from "./records";

/** Two names with the same key are the same name. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export function etagOf(connection: ConnectionRecord): string {
  return `"${connection.revision.toString(36)}"`;
}

export function toWireConnection(connection: ConnectionRecord): WireConnection {
  const { credential } = connection;
  return {
    id: connection.id,
    name: connection.name,
    ...(connection.description === undefined ? {} : { description: connection.description }),
    connectorType: connection.connectorType,
    settings: { ...connection.settings },
    credentialInfo: {
      kind: credential.kind,
      ...(credential.identifier === undefined ? {} : { identifier: credential.identifier }),
      updatedDateTime: credential.updatedDateTime,
    },
    status: connection.status,
    ...(connection.statusDetail === undefined ? {} : { statusDetail: { ...connection.statusDetail } }),
    createdDateTime: connection.createdDateTime,
    lastModifiedDateTime: connection.lastModifiedDateTime,
    ...(connection.lastSuccessfulSyncDateTime === undefined
      ? {}
      : { lastSuccessfulSyncDateTime: connection.lastSuccessfulSyncDateTime }),
    tags: { ...connection.tags },
  };
}

/** @param connection the operation's connection, when it still exists. */
export function toWireOperation(
  operation: OperationRecord,
  connection: ConnectionRecord | undefined,
  resourceLocation: string,
): WireOperation {
  const connected = operation.kind === "connect" && operation.status === "Succeeded" && connection !== undefined;
  const result = connected ? toWireConnection(connection) : operation.testResult;
  return {
    id: operation.id,
    status: operation.status,
    createdDateTime: operation.createdDateTime,
    lastActionDateTime: operation.lastActionDateTime,
    ...(operation.error === undefined ? {} : { error: operation.error }),
    ...(result === undefined ? {} : { result }),
    resourceLocation,
  };
}

/** The operation before its last step: still running. */
export function beforeLastStep(operation: OperationRecord): OperationRecord {
  if (!isOver(operation)) return operation;
  const { error: _error, testResult: _result, ...rest } = operation;
  return { ...rest, status: "Running", lastActionDateTime: operation.createdDateTime };
}
