/** A ConnectorHealth's inputs as check accepts them, and its state as the engine keeps it. */

import type { IngestionState } from "../core/ingestion";
import type { Owner } from "../core/ownership";
import { readVersioned } from "../core/state";

export interface HealthInputs {
  /** Whose data is looked for. Products are told apart in the graph, connections of one product are not. */
  readonly connectorType: string;
  /** Id of the connection, for messages and the order of things. */
  readonly connectionId?: string;
  /** RFC 3339: when the connection or its newest credential came to be. Without it: when this resource did. */
  readonly connectedSince?: string;
  readonly gracePeriodHours: number;
  readonly onStalled: "warn" | "fail";
  /** From the program side: provider methods are told neither project nor stack nor name. */
  readonly owner?: Owner;
  /** Always "ok" when wanted; what was observed when read. Only inputs make drift. */
  readonly health: string;
}

/** Version of the shape below. Raise it with an upgrade step in `readState` and a fixture of the version before. */
export const stateVersion = 1;

/** No count and no time of the last look: they would differ at every run. */
export interface HealthState extends HealthInputs {
  readonly stateVersion: number;
  readonly state: IngestionState;
  /** RFC 3339: when this resource began to watch this connection. */
  readonly watchedSince: string;
  /** Day (UTC) on which data was first seen. */
  readonly firstSeen?: string;
}

/** @throws MSEM_FAULT for state of a newer release; see {@link readVersioned} */
export function readState(raw: Readonly<Record<string, unknown>>): HealthState | undefined {
  return readVersioned<HealthState>(raw, stateVersion);
}
