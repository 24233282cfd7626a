import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs, ResolveReference } from "../core/connector/inputs";
import type { PreflightReport } from "../core/preflight";
import type { ConnectionsClient } from "./model";

/** What a connector's life needs of its surroundings; nothing below a front end reads a global. */
export interface ConnectorContext {
  readonly client: ConnectionsClient;
  readonly resolve: ResolveReference;
  /** Asks the product itself, with the connector's credential and from this machine. */
  preflight(descriptor: ConnectorDescriptor, inputs: ConnectorInputs): Promise<PreflightReport>;
  /** A true warning of the engine, or a line on stderr. */
  warn(message: string): void;
}
