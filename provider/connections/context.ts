import type { ResolveReference } from "../core/connector/inputs";
import type { ConnectionsClient } from "./model";

/** What a connector's life needs of its surroundings; nothing below a front end reads a global. */
export interface ConnectorContext {
  readonly client: ConnectionsClient;
  readonly resolve: ResolveReference;
  /** A true warning of the engine, or a line on stderr. */
  warn(message: string): void;
}
