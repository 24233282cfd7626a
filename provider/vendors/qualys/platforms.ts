/** Platforms of Qualys. Sources: two public clients for the API hosts; UK and CA also Microsoft's connector page. */

/** One Qualys platform, with the host names of it that people mix up. */
export interface Platform {
  /** As Qualys counts: `EU platform 1`. */
  readonly name: string;
  /** What the connector needs. */
  readonly apiServer: string;
  /** Other services on the same platform. They cannot stand in for the API server. */
  readonly console: string;
  readonly gateway: string;
  readonly government?: true;
}

function platform(name: string, domain: string, gatewayDomain = domain): Platform {
  return {
    name,
    apiServer: `qualysapi.${domain}`,
    console: `qualysguard.${domain}`,
    gateway: `gateway.${gatewayDomain}`,
  };
}

/** All platforms that are publicly known; private platforms have hosts of their own. */
export const platforms: readonly Platform[] = [
  // The two oldest platforms have short names, but their gateways follow the later pattern.
  platform("US platform 1", "qualys.com", "qg1.apps.qualys.com"),
  platform("US platform 2", "qg2.apps.qualys.com"),
  platform("US platform 3", "qg3.apps.qualys.com"),
  platform("US platform 4", "qg4.apps.qualys.com"),
  platform("EU platform 1", "qualys.eu", "qg1.apps.qualys.eu"),
  platform("EU platform 2", "qg2.apps.qualys.eu"),
  platform("EU platform 3", "qg3.apps.qualys.it"),
  platform("India platform 1", "qg1.apps.qualys.in"),
  platform("Canada platform 1", "qg1.apps.qualys.ca"),
  platform("UAE platform 1", "qg1.apps.qualys.ae"),
  platform("UK platform 1", "qg1.apps.qualys.co.uk"),
  platform("Australia platform 1", "qg1.apps.qualys.com.au"),
  platform("KSA platform 1", "qg1.apps.qualysksa.com"),
  { ...platform("US government platform 1", "gov1.qualys.us"), government: true },
];

/** What else a host is, when it is a service of a known platform other than the API server. */
export function otherServiceOf(host: string): { readonly platform: Platform; readonly what: string } | undefined {
  for (const candidate of platforms) {
    const domain = candidate.apiServer.slice("qualysapi.".length);
    if (host === candidate.console) return { platform: candidate, what: "the web console" };
    if (host === candidate.gateway || host === `gateway.${domain}`)
      return { platform: candidate, what: "the API gateway" };
  }
  return undefined;
}
