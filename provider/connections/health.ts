/** What is wrong with a connection, as one readable reason: the text that the nightly check fails with. */
import { healthy } from "../core/connector/inputs";
import type { Connection } from "./model";
import type { CoarseStatus } from "./state";

/**
 * @param credentialApplied the service's time of the credential that we applied last; undefined when we never did.
 * @returns "ok", or a reason that stays the same until something changes.
 */
export function describeHealth(connection: Connection, credentialApplied: string | undefined): string {
  const failure = describeFailure(connection);
  if (failure !== undefined) return failure;
  if (credentialApplied !== undefined && connection.credentialInfo.updatedDateTime !== credentialApplied) {
    return `CredentialChanged: the credential was replaced outside this stack at ${connection.credentialInfo.updatedDateTime}`;
  }
  return healthy;
}

/** The reason of a connection that does not work; undefined for one that does. */
export function describeFailure(connection: Connection): string | undefined {
  if (connection.status !== "Failed" && connection.status !== "Disconnected") return undefined;
  const detail = connection.statusDetail;
  if (detail === undefined) return `${connection.status}: the service gives no reason`;
  const since = detail.since === undefined ? "" : ` (since ${detail.since.slice(0, 10)})`;
  return `${detail.code}: ${detail.message}${since}`;
}

export function coarseStatus(connection: Connection): CoarseStatus {
  switch (connection.status) {
    case "Connecting":
      return "connecting";
    case "Connected":
    case "Ingesting":
      return "connected";
    case "Failed":
    case "Disconnected":
      return "failed";
  }
}
