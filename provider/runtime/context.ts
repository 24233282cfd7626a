/** What lifecycles need, made from the process's configuration. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AllowlistContext } from "../allowlists/context";
import type { ConnectorContext } from "../connections/context";
import type { ConnectionsClient } from "../connections/model";
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import type { PreflightReport } from "../core/preflight";
import { targets } from "../vendors/targets";
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
  return { client: clientFor(configuration), environment, warn, preflight };
}

/** Loaded late: most connectors never ask for it. */
async function preflight(descriptor: ConnectorDescriptor, inputs: ConnectorInputs): Promise<PreflightReport> {
  const { preflightOf } = require("../vendors/preflights") as typeof import("../vendors/preflights");
  const { runPreflight } = require("../vendors/runPreflight") as typeof import("../vendors/runPreflight");
  return runPreflight(preflightOf(descriptor.type), inputs, {
    environment,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
  });
}

/** Products are reached with their own credentials; the service only where a connection is to be tested. */
export function allowlistContext(): AllowlistContext {
  return {
    targets,
    environment,
    warn,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    testConnection: async (id) => {
      const { succeeded, code, message } = await connectorContext().client.test(id);
      return succeeded ? "ok" : `${code ?? "Failed"}: ${message ?? "the service gives no reason"}`;
    },
  };
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
