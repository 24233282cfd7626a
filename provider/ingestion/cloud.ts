/** Which Graph is asked: the global one, or that of a national cloud. */

export const defaultGraphEndpoint = "https://graph.microsoft.com";

/** Graph of the clouds in which Exposure Management is not offered, by a public summary (third party). */
const sovereignClouds: Readonly<Record<string, string>> = {
  "graph.microsoft.us": "US Government L4 (GCC High)",
  "dod-graph.microsoft.us": "US Government L5 (DoD)",
  "microsoftgraph.chinacloudapi.cn": "China (21Vianet)",
};

/** The scope of a token for this Graph. Anything but a national cloud's is the global one's. */
export function graphScope(endpoint: string): string {
  const host = hostOf(endpoint);
  return `https://${Object.hasOwn(sovereignClouds, host) ? host : hostOf(defaultGraphEndpoint)}/.default`;
}

/** A warning for a cloud in which there is probably nothing to see; undefined for any other. */
export function sovereignWarning(endpoint: string): string | undefined {
  const host = hostOf(endpoint);
  const cloud = Object.hasOwn(sovereignClouds, host) ? sovereignClouds[host] : undefined;
  if (cloud === undefined) return undefined;
  return `msem:graphEndpoint is that of ${cloud}; by public accounts Exposure Management is not offered there, so that no data may ever be seen`;
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).hostname.toLowerCase() : "";
}
