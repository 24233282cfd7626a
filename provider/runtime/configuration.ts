/**
 * The provider's configuration in its own process. One process serves one Pulumi provider (the default one, or each
 * `msem.Provider`), so one configuration per process is right.
 */
import { type Driver, drivers } from "../connections/portal/state";
import { MsemError } from "../core/errors";
import type { Surroundings } from "../core/lifecycle";
import { readTokenText, type TokenCredential } from "../credentials/tokens";
import type { GraphSettings } from "../ingestion/connect";

/** Keys that the engine hands to `configure`, each with the environment variable that fills in what is missing. */
export const configurationKeys = {
  driver: { key: "msem:driver", variable: "MSEM_DRIVER" },
  endpoint: { key: "msem:endpoint", variable: "MSEM_ENDPOINT" },
  token: { key: "msem:token", variable: "MSEM_TOKEN" },
  scope: { key: "msem:scope", variable: "MSEM_SCOPE" },
  graphEndpoint: { key: "msem:graphEndpoint", variable: "MSEM_GRAPH_ENDPOINT" },
  graphToken: { key: "msem:graphToken", variable: "MSEM_GRAPH_TOKEN" },
  requestTimeoutSeconds: { key: "msem:requestTimeoutSeconds", variable: "MSEM_REQUEST_TIMEOUT_SECONDS" },
  operationTimeoutSeconds: { key: "msem:operationTimeoutSeconds", variable: "MSEM_OPERATION_TIMEOUT_SECONDS" },
} as const;

export type RawConfiguration = Readonly<Record<keyof typeof configurationKeys, string | undefined>>;

export interface Configuration {
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly requestTimeoutMs?: number;
  readonly operationTimeoutMs?: number;
}

/** Reads what the engine gives. Synchronous and without a verdict: the host remembers a failed `configure` as success. */
export function readConfiguration(get: (key: string) => unknown): RawConfiguration {
  const values = Object.entries(configurationKeys).map(([name, { key }]) => {
    const value = get(key);
    return [name, typeof value === "string" && value !== "" ? value : undefined];
  });
  return Object.fromEntries(values) as RawConfiguration;
}

/**
 * Who carries out what the program says. The portal only where it was chosen: a forgotten endpoint is an error.
 *
 * @throws MSEM_CONFIGURATION for a driver that there is not
 */
export function driverOf(raw: RawConfiguration, surroundings: Surroundings): Driver {
  const chosen = reader(raw, surroundings)("driver") ?? "api";
  const driver = drivers.find((one) => one === chosen);
  if (driver !== undefined) return driver;
  throw new MsemError("MSEM_CONFIGURATION", `msem:driver is "${chosen}"; there are ${drivers.join(" and ")}`);
}

/**
 * Judges the configuration of the Connection API, when it is needed.
 *
 * @throws MSEM_CONFIGURATION, once, with every way to give what is missing.
 */
export function resolveConfiguration(raw: RawConfiguration, surroundings: Surroundings): Configuration {
  const from = reader(raw, surroundings);
  const problems: string[] = [];
  const endpoint = from("endpoint");
  if (endpoint === undefined) {
    problems.push(
      "endpoint: none given. `pulumi config set msem:endpoint https://…`, or the environment variable MSEM_ENDPOINT, or new msem.Provider(name, { endpoint })",
    );
  }
  const credential = resolveCredential(from("token"), from("scope"), surroundings, problems);
  const requestTimeoutMs = seconds("requestTimeoutSeconds", from("requestTimeoutSeconds"), problems);
  const operationTimeoutMs = seconds("operationTimeoutSeconds", from("operationTimeoutSeconds"), problems);
  if (endpoint === undefined || credential === undefined || problems.length > 0) {
    throw new MsemError(
      "MSEM_CONFIGURATION",
      `the provider is not configured:\n${problems.map((one) => `  ${one}`).join("\n")}`,
      {
        hint:
          "Microsoft publishes no API for data connectors; see the README. To have a person connect them in the portal: `pulumi config set msem:driver portal` (docs/portal.md). " +
          "To try it without a tenant: `npx msem emulator` prints an endpoint and tokens.",
      },
    );
  }
  return {
    endpoint,
    credential,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    ...(operationTimeoutMs === undefined ? {} : { operationTimeoutMs }),
  };
}

/** What is set for Microsoft Graph; judged where it is needed. */
export function graphSettings(raw: RawConfiguration, surroundings: Surroundings): GraphSettings {
  const from = reader(raw, surroundings);
  return { endpoint: from("graphEndpoint"), token: from("graphToken") };
}

function reader(raw: RawConfiguration, { environment }: Surroundings) {
  return (name: keyof typeof configurationKeys): string | undefined =>
    raw[name] ?? (environment(configurationKeys[name].variable) || undefined);
}

function resolveCredential(
  token: string | undefined,
  scope: string | undefined,
  surroundings: Surroundings,
  problems: string[],
): TokenCredential | undefined {
  if (token !== undefined) return readTokenText("token", token, surroundings, problems);
  if (scope !== undefined) return { kind: "entra", scope, setting: "msem:token" };
  problems.push(
    'credential: none given. `pulumi config set --secret msem:token …`, or a reference `pulumi config set msem:token \'{"fromEnvironment":"NAME"}\'` (fromKeyVault, fromFile and fromCommand do too), or the environment variable MSEM_TOKEN, ' +
      "or Microsoft Entra with `pulumi config set msem:scope …` (environment MSEM_SCOPE), or new msem.Provider(name, { token }) or { scope }",
  );
  return undefined;
}

function seconds(name: string, value: string | undefined, problems: string[]): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0 && number <= 3600) return number * 1000;
  problems.push(`${name}: must be a number of seconds from above 0 to 3600`);
  return undefined;
}
