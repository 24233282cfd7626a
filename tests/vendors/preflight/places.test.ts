/** Where each pre-flight would go without an emulated product in its place. */
import type { SessionOptions } from "../../../provider/vendors/preflight";
import { preflightOf, preflights } from "../../../provider/vendors/preflights";

/** The hosts that a pre-flight connects to, with these settings. */
function hostsOf(type: string, settings: Record<string, string>, kind = "any", variables: Record<string, string> = {}) {
  const definition = preflightOf(type);
  const hosts = new Set<string>();
  definition.open(
    { settings, credentials: { kind, fields: {} } },
    {
      connect: (options: SessionOptions) => {
        hosts.add(options.url ?? definition.baseUrl(settings));
        return { send: async () => Promise.reject(new Error("nothing is sent here")) };
      },
      environment: (name) => variables[name],
    },
  );
  return [...hosts];
}

it.each<[string, Record<string, string>, string[]]>([
  ["serviceNow", { instance: "contoso.service-now.com" }, ["https://contoso.service-now.com"]],
  ["qualys", { apiServer: "qualysapi.qualys.eu" }, ["https://qualysapi.qualys.eu"]],
  ["rapid7", { endpoint: "eu.api.insight.rapid7.com" }, ["https://eu.api.insight.rapid7.com"]],
  ["tenable", {}, ["https://cloud.tenable.com"]],
  ["wiz", { apiEndpoint: "https://api.eu1.app.wiz.io/" }, ["https://auth.app.wiz.io", "https://api.eu1.app.wiz.io"]],
  ["wiz", { apiEndpoint: "https://api.us1.app.wiz.us/" }, ["https://auth.app.wiz.us", "https://api.us1.app.wiz.us"]],
  ["prismaCloud", { endpoint: "api.eu.prismacloud.io" }, ["https://api.eu.prismacloud.io"]],
  ["prismaCloud", { endpoint: "https://api2.prismacloud.io/" }, ["https://api2.prismacloud.io"]],
  ["crowdStrike", { baseUrl: "https://api.eu-1.crowdstrike.com" }, ["https://api.eu-1.crowdstrike.com"]],
  ["crowdStrike", { baseUrl: "api.crowdstrike.com" }, ["https://api.crowdstrike.com"]],
  ["sentinelOne", { apiUrl: "https://contoso.sentinelone.net/web/api/v2.1" }, ["https://contoso.sentinelone.net"]],
  ["sentinelOne", { apiUrl: "https://contoso.sentinelone.net:8443" }, ["https://contoso.sentinelone.net:8443"]],
  ["armis", { hostname: "contoso.armis.com" }, ["https://contoso.armis.com"]],
  ["dragos", { hostname: "192.0.2.7" }, ["https://192.0.2.7"]],
  ["forescout", { endpoint: "us.forescout.cloud:8443" }, ["https://us.forescout.cloud:8443"]],
])("%s with %j goes to %j", (type, settings, hosts) => {
  expect(hostsOf(type, settings)).toEqual(hosts);
});

it("Armis with a vendor id goes to the host that hands out tokens", () => {
  const variables = { MSEM_ARMIS_VENDOR_ID: "v" };
  expect(hostsOf("armis", { hostname: "contoso.armis.com" }, "oauth2", variables)).toEqual(["https://api.armis.com"]);
});

it("each goes to https, with the example of its connector", () => {
  for (const { connector, baseUrl } of preflights) {
    const settings = Object.fromEntries(
      Object.entries(connector.settings).map(([name, { example }]) => [name, example]),
    );
    expect(new URL(baseUrl(settings)).protocol).toBe("https:");
  }
});

it("there is none for a type that no connector has", () => {
  expect(() => preflightOf("snyk")).toThrow("MSEM_FAULT");
});
