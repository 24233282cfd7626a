/** From settings to counts: the one way to advanced hunting, for the provider and for the command line. */
import type { ResolveReference } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import type { IngestionSource } from "../core/ingestion";
import type { Surroundings } from "../core/lifecycle";
import { readTokenText, type TokenCredential, tokenSource } from "../credentials/tokens";
import { defaultGraphEndpoint, graphScope, sovereignWarning } from "./cloud";
import { sharedQuota } from "./quota";

/** As they are set; nothing has to be. */
export interface GraphSettings {
  /** @default "https://graph.microsoft.com" */
  readonly endpoint: string | undefined;
  /** A token, or a reference to one as JSON. @default a token from Microsoft Entra */
  readonly token: string | undefined;
}

export interface GraphSurroundings extends Surroundings {
  readonly resolve: ResolveReference;
  warn(message: string): void;
}

/** Milliseconds for which an answer is good: connectors of one product ask the same within one run. */
const sharedMs = 60_000;

/**
 * Gives what a source's query counts. Asks for the same once a minute, however many ask.
 *
 * @throws MSEM_CONFIGURATION for settings that cannot work
 */
export function connectGraph(
  settings: GraphSettings,
  surroundings: GraphSurroundings,
): (source: IngestionSource) => Promise<number> {
  const { endpoint, credential } = resolveGraph(settings, surroundings);
  const warning = sovereignWarning(endpoint);
  if (warning !== undefined) surroundings.warn(warning);
  // Loaded late: a check needs no HTTP.
  const { createHuntingClient } = require("./graph") as typeof import("./graph");
  const token = tokenSource(credential, surroundings.resolve);
  const client = createHuntingClient({ endpoint, token, quota: sharedQuota });
  const asked = new Map<string, { readonly at: number; readonly count: Promise<number> }>();
  return ({ query }) => {
    const now = surroundings.now().getTime();
    const known = asked.get(query);
    if (known !== undefined && now < known.at + sharedMs) return known.count;
    const count = client.count(query);
    asked.set(query, { at: now, count });
    // A failure is not kept: the next one asks anew.
    count.catch(() => {
      if (asked.get(query)?.count === count) asked.delete(query);
    });
    return count;
  };
}

export interface GraphConfiguration {
  readonly endpoint: string;
  readonly credential: TokenCredential;
}

/** @throws MSEM_CONFIGURATION */
export function resolveGraph(settings: GraphSettings, surroundings: Surroundings): GraphConfiguration {
  const { endpoint = defaultGraphEndpoint, token } = settings;
  const problems: string[] = [];
  const credential: TokenCredential | undefined =
    token === undefined
      ? { kind: "entra", scope: graphScope(endpoint), setting: "msem:graphToken (MSEM_GRAPH_TOKEN)" }
      : readTokenText("graphToken", token, surroundings, problems);
  if (credential !== undefined) return { endpoint, credential };
  throw new MsemError(
    "MSEM_CONFIGURATION",
    `Microsoft Graph cannot be asked:\n${problems.map((one) => `  ${one}`).join("\n")}`,
  );
}
