/** What lifecycles need, made from the process's configuration. */
import type { ConnectorContext } from "../connections/context";
import type { ConnectionsClient } from "../connections/model";
import { type Configuration, type RawConfiguration, readConfiguration, resolveConfiguration } from "./configuration";
import { warn } from "./engineLog";

/** The host configures each handler apart, with the same values: the last call is as good as the first. */
let raw: RawConfiguration | undefined;
let client: { readonly key: string; readonly value: ConnectionsClient } | undefined;

export const environment = (name: string): string | undefined => process.env[name];

export function configure(get: (key: string) => unknown): void {
  raw = readConfiguration(get);
}

/** @throws MSEM_CONFIGURATION */
export function connectorContext(): ConnectorContext {
  const configuration = resolveConfiguration(raw ?? readConfiguration(() => undefined), environment);
  return { client: clientFor(configuration), environment, warn };
}

/** One client per process and configuration: throttling and token caches are shared by all resources. */
function clientFor(configuration: Configuration): ConnectionsClient {
  const key = JSON.stringify(configuration);
  if (client?.key === key) return client.value;
  // Loaded late: a check needs no HTTP.
  const { createConnectionsClient } = require("../connections/client") as typeof import("../connections/client");
  const { endpoint, credential, requestTimeoutMs, operationTimeoutMs } = configuration;
  const value = createConnectionsClient({
    endpoint,
    token: tokenSource(credential),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    ...(operationTimeoutMs === undefined ? {} : { operationTimeoutMs }),
  });
  client = { key, value };
  return value;
}

function tokenSource(credential: Configuration["credential"]): () => Promise<string> {
  if (credential.kind === "token") return async () => credential.token;
  const { entraToken } = require("./entra") as typeof import("./entra");
  return entraToken(credential.scope);
}
