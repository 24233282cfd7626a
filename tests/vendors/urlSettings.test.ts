import { connectors } from "../../provider/vendors";
import { crowdStrikeClouds } from "../../provider/vendors/crowdstrike/connector";
import { prismaCloudHosts } from "../../provider/vendors/prismacloud/connector";
import { bareHostFields, judged, urlFields } from "./judge";

describe.each(urlFields)("%s %s, a base URL", (type, name, host) => {
  it("accepts https with and without a closing slash, without a warning", () => {
    for (const value of [`https://${host}`, `https://${host}/`, `HTTPS://${host.toUpperCase()}/`]) {
      expect(judged(type, name, value)).toEqual({ problems: [] });
    }
  });

  it.each([
    ["http", `http://${host}/`, `"http://${host}/" is not encrypted (http); write https://${host}/`],
    ["another scheme", `ftp://${host}/`, `"ftp://${host}/" does not start with https://; write https://${host}/`],
    ["one slash", `https:/${host}`, /does not start with https:\/\//],
    ["backslashes", `https:\\\\${host}`, /does not start with https:\/\//],
    ["no scheme but slashes", `//${host}`, /does not start with https:\/\//],
    ["a query string", `https://${host}/?token=hunter2`, `has a query string or fragment; write https://${host}/`],
    ["a fragment", `https://${host}#hunter2`, /has a query string or fragment/],
    ["a foreign path", `https://${host}/foo`, /has the path "\/foo"/],
    ["white space", `https://${host}/ `, /has white space/],
    ["a wildcard", `https://*.${host}/`, /has a wildcard/],
    ["an address", "https://192.0.2.1/", /is an address/],
    ["an IPv6 address", "https://[2001:db8::1]/", /is no host name/],
    ["no host", "https:///", /names no host/],
    ["nothing", "", /must not be empty/],
    ["more than 2,048 characters", `https://${host}/${"a".repeat(2_048)}`, /characters long/],
  ])("refuses %s", (_, value, message) => {
    const { problems } = judged(type, name, value);
    expect(problems).toContainEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expect(problems.join()).not.toContain("hunter2");
  });

  it("refuses user information and does not repeat it", () => {
    const { problems } = judged(type, name, `https://joe:hunter2@${host}/`);
    expect(problems).toEqual([expect.stringContaining("holds user information")]);
    expect(problems.join()).not.toMatch(/joe|hunter2/);
  });

  it("says all that is wrong at once", () => {
    expect(judged(type, name, `http://${host}/foo?x=1`).problems).toHaveLength(3);
  });
});

it.each(urlFields.filter(([type]) => type !== "sentinelOne"))("%s %s refuses a port", (type, name, host) => {
  expect(judged(type, name, `https://${host}:8443/`).problems).toEqual([
    `"https://${host}:8443/" names a port; write https://${host}/`,
  ]);
});

it.each(["wiz", "sentinelOne"])("%s refuses a bare host and writes the URL", (type) => {
  const [, name, host] = urlFields.find(([one]) => one === type) as (typeof urlFields)[number];
  expect(judged(type, name, host).problems).toEqual([`"${host}" has no scheme; write https://${host}/`]);
});

describe("Wiz API endpoint", () => {
  it("refuses /graphql and gives the URL without it", () => {
    for (const slash of ["", "/"]) {
      const value = `https://api.eu1.app.wiz.io/graphql${slash}`;
      expect(judged("wiz", "apiEndpoint", value).problems).toEqual([
        `"${value}" has the path "/graphql"; Microsoft asks for the endpoint without it; write https://api.eu1.app.wiz.io/`,
      ]);
    }
  });

  it.each([
    ["https://app.wiz.io/", /not the API of a data center/],
    ["https://eu1.app.wiz.io/", /not the API of a data center/],
    ["https://auth.app.wiz.io/oauth/token", /issues tokens/],
    ["https://auth0.gov.wiz.io/", /issues tokens/],
  ])("refuses %s", (value, message) => {
    expect(judged("wiz", "apiEndpoint", value).problems.join()).toMatch(message);
  });

  it.each([
    ["https://api.usgov1.app.wiz.us/", /Wiz for government.*GCC High/],
    ["https://api.eu1.app.wiz.io.contoso.com/", /not of the form/],
    ["https://wiz.contoso.com/", /not of the form/],
  ])("warns of %s", (value, warning) => {
    expect(judged("wiz", "apiEndpoint", value).warning).toMatch(warning);
  });
});

describe("Prisma Cloud endpoint", () => {
  const commercial = prismaCloudHosts.filter((host) => !host.includes(".gov."));

  it.each(commercial)("accepts %s, bare and as a URL, without a warning", (host) => {
    expect(judged("prismaCloud", "endpoint", host)).toEqual({ problems: [] });
    expect(judged("prismaCloud", "endpoint", `https://${host}/`)).toEqual({ problems: [] });
  });

  it("knows the 16 stacks that Palo Alto Networks lists", () => {
    const names = "api api2 api3 api4 api.anz api.eu api2.eu api.gov api.ca api.sg api.uk api.ind api.jp api.fr api.id";
    const hosts = [...names.split(" ").map((name) => `${name}.prismacloud.io`), "api.prismacloud.cn"];
    expect(new Set(prismaCloudHosts)).toEqual(new Set(hosts));
  });

  it.each([
    ["app.prismacloud.io", "api.prismacloud.io"],
    ["https://app2.eu.prismacloud.io/", "api2.eu.prismacloud.io"],
    ["app.prismacloud.cn", "api.prismacloud.cn"],
  ])("refuses the console %s and names its API", (value, api) => {
    expect(judged("prismaCloud", "endpoint", value).problems.join()).toContain(`its API is ${api}`);
  });

  it.each([
    ["api9.prismacloud.io", /the nearest is api\d?\.prismacloud\.io/],
    ["prisma.contoso.com", /not among the API hosts/],
    ["api.gov.prismacloud.io", /GCC High/],
  ])("warns of %s", (value, warning) => {
    expect(judged("prismaCloud", "endpoint", value).warning).toMatch(warning);
  });
});

describe("CrowdStrike base URL", () => {
  const clouds = Object.entries(crowdStrikeClouds);

  it("knows the six clouds", () => {
    expect(crowdStrikeClouds).toEqual({
      "us-1": "api.crowdstrike.com",
      "us-2": "api.us-2.crowdstrike.com",
      "us-3": "api.us-3.crowdstrike.com",
      "eu-1": "api.eu-1.crowdstrike.com",
      "gov-1": "api.laggar.gcw.crowdstrike.com",
      "gov-2": "api.us-gov-2.crowdstrike.mil",
    });
  });

  it.each(clouds.filter(([cloud]) => !cloud.startsWith("gov-")))("accepts cloud %s without a warning", (_, host) => {
    expect(judged("crowdStrike", "baseUrl", host)).toEqual({ problems: [] });
    expect(judged("crowdStrike", "baseUrl", `https://${host}`)).toEqual({ problems: [] });
  });

  it.each(clouds.filter(([cloud]) => cloud.startsWith("gov-")))("warns of the government cloud %s", (cloud, host) => {
    expect(judged("crowdStrike", "baseUrl", `https://${host}`).warning).toMatch(`government cloud ${cloud}`);
  });

  it("refuses the console and names its API", () => {
    expect(judged("crowdStrike", "baseUrl", "https://falcon.us-2.crowdstrike.com/").problems.join()).toContain(
      "its API is api.us-2.crowdstrike.com",
    );
  });

  it("warns of an unknown cloud and names the nearest", () => {
    expect(judged("crowdStrike", "baseUrl", "https://api.us-9.crowdstrike.com").warning).toMatch(
      /the nearest is api\.us-[23]\.crowdstrike\.com/,
    );
  });
});

describe("SentinelOne API URL", () => {
  it("accepts the API path, with and without a closing slash", () => {
    for (const slash of ["", "/"]) {
      expect(judged("sentinelOne", "apiUrl", `https://contoso.sentinelone.net/web/api/v2.1${slash}`)).toEqual({
        problems: [],
      });
    }
  });

  it("refuses another version of the API and writes the right one", () => {
    expect(judged("sentinelOne", "apiUrl", "https://contoso.sentinelone.net/web/api/v2.0").problems).toEqual([
      '"https://contoso.sentinelone.net/web/api/v2.0" has the path "/web/api/v2.0"; the API path is /web/api/v2.1; write https://contoso.sentinelone.net/web/api/v2.1',
    ]);
  });

  it("refuses the domain without a console", () => {
    expect(judged("sentinelOne", "apiUrl", "https://sentinelone.net/").problems.join()).toContain("names no console");
  });

  it.each([
    ["https://agency.s1gov.net/", /GCC High/],
    ["https://s1.contoso.com/", /not under sentinelone\.net/],
    ["https://contoso.sentinelone.net:8443/", /a port other than 443/],
  ])("warns of %s", (value, warning) => {
    expect(judged("sentinelOne", "apiUrl", value).warning).toMatch(warning);
  });
});

it("covers the settings of every connector", () => {
  const covered = [...bareHostFields, ...urlFields].map(([type, name]) => `${type} ${name}`);
  const present = connectors.flatMap((one) => Object.keys(one.settings).map((name) => `${one.type} ${name}`));
  expect(new Set(covered)).toEqual(new Set(present));
});
