/** A connector's state as the engine keeps it. Every shape that we ever wrote stays readable. */

import type { ConnectorInputs } from "../core/connector/inputs";
import { readVersioned } from "../core/state";
import type { Tenant } from "./model";

/** Version of the shape below. Raise it with an upgrade step in `readState` and a fixture of the version before. */
export const stateVersion = 1;

/** Inputs under the same names (so that secrets are re-marked by equal key), and what only the service knows. */
export interface ConnectorState extends ConnectorInputs {
  readonly stateVersion: number;
  readonly connectionId: string;
  /** Coarse, so that it never flickers: Connected and Ingesting are one value. */
  readonly status: CoarseStatus;
  /** No secrets and nothing derived from one: the identifier is the input that it came from. */
  readonly credentialInfo: { readonly kind: string; readonly expiresDateTime?: string };
  /** The service's time of the credential that we applied last. A different one there means: changed by someone else. */
  readonly credentialAppliedDateTime: string;
  readonly createdDateTime: string;
  readonly tenant: Tenant;
}

export type CoarseStatus = "connecting" | "connected" | "failed" | "actionRequired";

/** Names of what state holds beside the inputs. */
export const outputNames = [
  "stateVersion",
  "connectionId",
  "status",
  "credentialInfo",
  "credentialAppliedDateTime",
  "createdDateTime",
  "tenant",
] as const;

/** @throws MSEM_FAULT for state of a newer release; see {@link readVersioned} */
export function readState(raw: Readonly<Record<string, unknown>>): ConnectorState | undefined {
  return readVersioned<ConnectorState>(raw, stateVersion);
}
