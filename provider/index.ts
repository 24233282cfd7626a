/**
 * Infrastructure as code for the data connectors of Microsoft Security Exposure Management.
 *
 * Importing this stays cheap: no HTTP, no schemas; those live in the provider process (`pulumi-msem/runtime`).
 */
export type { ConnectorArgs, SecretInput, SecretReference } from "./resources/connector";
export { Connector } from "./resources/connector";
export { ConnectorHealth, type ConnectorHealthArgs } from "./resources/connectorHealth";
export * from "./resources/connectors";
export { IpAllowlist, type IpAllowlistArgs, type PublishedRanges } from "./resources/ipAllowlist";
export { Provider, type ProviderArgs } from "./resources/provider";
export { file, getScubaRanges, type RangeSource, type ScubaRanges, type ScubaRangesArgs } from "./resources/ranges";
export * as targets from "./resources/targets";
