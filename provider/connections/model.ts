/** Connections as the rest of the code knows them. `wire.ts` maps them to and from the Connection API's JSON. */
import type { Credentials } from "../core/connector/credentials";

export type ConnectionStatus = "Connecting" | "Connected" | "Ingesting" | "Failed" | "Disconnected";

export interface StatusDetail {
  /** `Unauthorized`, `Forbidden`, `EndpointNotFound`, `Conflict`, `Throttled`, `TemporarilyDisconnected`. */
  readonly code: string;
  readonly message: string;
  /** RFC 3339. */
  readonly since?: string;
}

/** What the service tells of the credential that it holds. */
export interface CredentialInfo {
  readonly kind: string;
  readonly identifier?: string;
  readonly updatedDateTime: string;
  readonly expiresDateTime?: string;
}

export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly connectorType: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly credentialInfo: CredentialInfo;
  readonly status: ConnectionStatus;
  readonly statusDetail?: StatusDetail;
  readonly createdDateTime: string;
  readonly lastModifiedDateTime: string;
  readonly lastSuccessfulSyncDateTime?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** For If-Match. Never stored. */
  readonly etag: string;
}

export interface ConnectionDraft {
  readonly name: string;
  readonly connectorType: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Only what differs. `null` removes. */
export interface ConnectionChanges {
  readonly name?: string;
  readonly settings?: Readonly<Record<string, string | null>>;
  readonly credentials?: Credentials;
  readonly description?: string | null;
  readonly tags?: Readonly<Record<string, string | null>>;
}

export interface TestResult {
  readonly succeeded: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly checkedDateTime: string;
}

/** Which tenant a token and an endpoint lead to. Compared by id where both sides know it, by endpoint otherwise. */
export interface Tenant {
  /** Origin and path of the service, without a trailing slash. */
  readonly endpoint: string;
  /** `tid` of the token, when it is a JWT that says so. Not verified: it guards against mistakes, not attacks. */
  readonly id?: string;
}

/** Outcome of creating: `conflict` tells who holds the name, so that the caller can converge or refuse. */
export type CreateOutcome =
  | { readonly kind: "created"; readonly connection: Connection }
  | { readonly kind: "nameConflict"; readonly holderId: string };

/**
 * The client of the Connection API. Every method is bounded in time, retries what is safe to retry (with repeatability
 * ids where it is not idempotent), and throws `MsemError`.
 */
export interface ConnectionsClient {
  tenant(): Promise<Tenant>;
  /** All connections, page by page. */
  list(filter?: { connectorType?: string; name?: string }): AsyncIterable<Connection>;
  /** Undefined when there is none of that id. */
  get(id: string): Promise<Connection | undefined>;
  /** Connects and waits until the service has decided: the connection may come back `Failed`. An error after the
   *  connection exists carries `details.connectionId`. */
  create(draft: ConnectionDraft): Promise<CreateOutcome>;
  /** Changes and waits for a reconnect if there is one. `MSEM_PRECONDITION` when `etag` is no longer current;
   *  undefined when the connection is gone; `nameConflict` as in create. */
  update(id: string, etag: string, changes: ConnectionChanges): Promise<Connection | undefined>;
  /** Disconnects. "gone" when there was nothing. */
  remove(id: string, etag?: string): Promise<"removed" | "gone">;
  /** Asks the service to check credential and reachability now, and waits for the answer. */
  test(id: string): Promise<TestResult>;
}
