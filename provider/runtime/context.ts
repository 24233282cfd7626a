/** What lifecycles need, made from the process's configuration. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AllowlistContext } from "../allowlists/context";
import type { ConnectorContext } from "../connections/context";
import type { DrivenContext } from "../connections/driven";
import type { ConnectionsClient } from "../connections/model";
import type { Driver } from "../connections/portal/state";
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import type { Surroundings } from "../core/lifecycle";
import type { PreflightReport } from "../core/preflight";
import { createResolver, fileTrouble } from "../credentials";
import { tokenSource } from "../credentials/tokens";
import { connectGraph, type GraphSettings } from "../ingestion/connect";
import type { IngestionContext } from "../ingestion/context";
import { targets } from "../vendors/targets";
import {
  type Configuration,
  driverOf,
  graphSettings,
  type RawConfiguration,
  readConfiguration,
  resolveConfiguration,
} from "./configuration";
import { warn } from "./engineLog";

/** The host configures each handler apart, with the same values: the last call is as good as the first. */
let raw: RawConfiguration | undefined;
let graph: { readonly key: string; readonly value: IngestionContext["count"] } | undefined;
let client: { readonly key: string; readonly value: ConnectionsClient } | undefined;

const environment = (name: string): string | undefined => process.env[name];

/** What a pure check may know of this process. */
export const surroundings: Surroundings = { environment, now: () => new Date(), fileTrouble };

const resolve = createResolver({ environment });

export function configure(get: (key: string) => unknown): void {
  raw = readConfiguration(get);
}

/** @throws MSEM_CONFIGURATION */
export function driver(): Driver {
  return driverOf(given(), surroundings);
}

/** @throws MSEM_CONFIGURATION */
export function connectorContext(): DrivenContext {
  return driver() === "portal"
    ? { driver: "portal", now: surroundings.now, warn, preflight }
    : { driver: "api", ...apiContext() };
}

function given(): RawConfiguration {
  return raw ?? readConfiguration(() => undefined);
}

/** @throws MSEM_CONFIGURATION */
function apiContext(): ConnectorContext {
  const configuration = resolveConfiguration(given(), surroundings);
  return { client: clientFor(configuration), resolve, warn, preflight };
}

/** Loaded late: most connectors never ask for it. */
async function preflight(descriptor: ConnectorDescriptor, inputs: ConnectorInputs): Promise<PreflightReport> {
  const { preflightOf } = require("../vendors/preflights") as typeof import("../vendors/preflights");
  const { runPreflight } = require("../vendors/runPreflight") as typeof import("../vendors/runPreflight");
  return runPreflight(preflightOf(descriptor.type), inputs, {
    environment,
    resolve,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
  });
}

/** Products are reached with their own credentials; the service only where a connection is to be tested. */
export function allowlistContext(): AllowlistContext {
  return {
    targets,
    environment,
    resolve,
    warn,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    testConnection: async (id) => {
      const { succeeded, code, message } = await apiContext().client.test(id);
      return succeeded ? "ok" : `${code ?? "Failed"}: ${message ?? "the service gives no reason"}`;
    },
  };
}

export function ingestionContext(): IngestionContext {
  return {
    // A product without a query needs no Graph, and so no configuration.
    count: async (source) => graphFor(graphSettings(given(), surroundings))(source),
    now: surroundings.now,
    warn,
  };
}

function graphFor(settings: GraphSettings): IngestionContext["count"] {
  const key = JSON.stringify(settings);
  if (graph?.key !== key) graph = { key, value: connectGraph(settings, { ...surroundings, resolve, warn }) };
  return graph.value;
}

/** One client per process and configuration: throttling and token caches are shared by all resources. */
function clientFor(configuration: Configuration): ConnectionsClient {
  const key = JSON.stringify(configuration);
  if (client?.key === key) return client.value;
  // Loaded late: a check needs no HTTP.
  const { createConnectionsClient } = require("../connections/client") as typeof import("../connections/client");
  const { warningOfDoubt } = require("../connections/doubt") as typeof import("../connections/doubt");
  const { endpoint, credential, requestTimeoutMs, operationTimeoutMs } = configuration;
  const token = tokenSource(credential, resolve);
  const limit = requestTimeoutMs === undefined ? {} : { requestTimeoutMs };
  const plain = createConnectionsClient({
    endpoint,
    token,
    ...limit,
    ...(operationTimeoutMs === undefined ? {} : { operationTimeoutMs }),
  });
  const value = warningOfDoubt(plain, { token, ...limit, warn });
  client = { key, value };
  return value;
}
