/**
 * Infrastructure as code for the data connectors of Microsoft Security Exposure Management.
 *
 * Importing this stays cheap: no HTTP, no schemas; those live in the provider process (`pulumi-msem/runtime`).
 */
export * as azure from "./resources/azure";
export type { ConnectorArgs, SecretInput, SecretReference } from "./resources/connector";
export { Connector } from "./resources/connector";
export { ConnectorHealth, type ConnectorHealthArgs } from "./resources/connectorHealth";
export * from "./resources/connectors";
export { FirewallAllowlist, type FirewallAllowlistArgs } from "./resources/firewallAllowlist";
export type { ActionRequired, AskedField } from "./resources/handOff";
export { type AllowlistGuards, IpAllowlist, type IpAllowlistArgs } from "./resources/ipAllowlist";
export { Provider, type ProviderArgs } from "./resources/provider";
export {
  type Cloud,
  type DownloadCenterOptions,
  downloadCenter,
  file,
  getScubaRanges,
  type RangeSource,
  type ScubaRanges,
  type ScubaRangesArgs,
  type ServiceTagApiOptions,
  serviceTagApi,
  type TokenReference,
  url,
} from "./resources/ranges";
export {
  type GuardOptions,
  type RangesValue,
  ServiceTagRanges,
  type ServiceTagRangesArgs,
} from "./resources/serviceTagRanges";
export * as targets from "./resources/targets";
