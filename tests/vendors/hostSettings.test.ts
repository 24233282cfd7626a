import { platforms } from "../../provider/vendors/qualys/platforms";
import { rapid7Regions } from "../../provider/vendors/rapid7/connector";
import { bareHostFields, judged } from "./judge";

describe.each(bareHostFields)("%s %s, a bare host name", (type, name, host) => {
  it("accepts the host, in any letter case, without a warning", () => {
    expect(judged(type, name, host)).toEqual({ problems: [] });
    expect(judged(type, name, host.toUpperCase())).toEqual({ problems: [] });
  });

  it.each([
    ["a scheme", `https://${host}`, `"https://${host}" has a scheme; give the host name only ${host}`],
    ["a path", `${host}/nav`, `"${host}/nav" has a path; give the host name only ${host}`],
    ["a closing slash", `${host}/`, `"${host}/" has a path; give the host name only ${host}`],
    [
      "scheme and path",
      `http://${host}/a/b`,
      `"http://${host}/a/b" has a scheme and a path; give the host name only ${host}`,
    ],
    [
      "a query string",
      `${host}?key=hunter2`,
      `the value has a query string or fragment; give the host name only ${host}`,
    ],
    ["white space before it", ` ${host}`, `" ${host}" has white space in or around it; remove it`],
    ["a line break after it", `${host}\n`, `"${host}\\u000a" has white space in or around it; remove it`],
    ["white space within", host.replace(".", " ."), /has white space in or around it/],
    ["a wildcard", `*.${host}`, /has a wildcard/],
    ["a closing dot", `${host}.`, `"${host}." ends with a dot; leave it out`],
    ["an empty part", host.replace(".", ".."), /an empty part/],
    ["an underscore", `my_${host}`, /is no host name: the part "my_/],
    ["a hyphen at the edge of a part", `-${host}`, /is no host name: the part "-/],
    ["a part of 64 characters", `${"a".repeat(64)}.${host}`, /at most 63/],
    ["more than 253 characters", `${"abcdefgh.".repeat(32)}${host}`, /the limit is 253/],
    ["a look-alike letter", host.replace("c", "с"), /\\u0441/],
    ["an IPv6 address", "2001:db8::1", /is no host name/],
    ["numbers that are no address", "1.2.3.400", /neither a host name nor an IPv4 address/],
    ["one part only", "intranet", /is no full host name|is the name of an instance/],
    ["nothing", "", /must not be empty/],
  ])("refuses %s", (_, value, message) => {
    // Not every host has the letter that the look-alike replaces.
    if (value === host) return expect(host).not.toContain("c");
    expect(judged(type, name, value).problems[0]).toEqual(
      typeof message === "string" ? message : expect.stringMatching(message),
    );
  });

  it("refuses user information and does not repeat it", () => {
    for (const value of [`https://joe:hunter2@${host}`, `joe:hun/ter2@${host}`, `https://joe:hunter2?@${host}/x`]) {
      const { problems } = judged(type, name, value);
      expect(problems).toEqual([expect.stringContaining("holds user information")]);
      expect(problems.join()).not.toMatch(/joe|hun|ter2/);
    }
  });
});

it.each(bareHostFields.filter(([type]) => type !== "forescout"))("%s %s refuses a port", (type, name, host) => {
  expect(judged(type, name, `${host}:8443`).problems).toEqual([
    `"${host}:8443" has a port; give the host name only ${host}`,
  ]);
});

it("warns of a port at Forescout, where its use is not documented, and refuses an impossible one", () => {
  expect(judged("forescout", "endpoint", "ot.contoso.com:8443").warning).toContain("(8443) is not documented");
  for (const port of ["0", "65536", "https", "", "1e3", "-1"]) {
    expect(judged("forescout", "endpoint", `ot.contoso.com:${port}`).problems.join()).toContain("1 to 65535");
  }
  expect(judged("forescout", "endpoint", "ot.contoso.com:65535").problems).toEqual([]);
});

describe("an address instead of a name", () => {
  it.each(["serviceNow instance", "qualys apiServer", "rapid7 endpoint", "armis hostname"])(
    "is refused by %s",
    (at) => {
      const [type, name] = at.split(" ") as [string, string];
      expect(judged(type, name, "192.0.2.10").problems.join()).toContain('"192.0.2.10" is an address');
    },
  );

  it.each(["dragos hostname", "forescout endpoint"])("is a warning for %s, which may stand on premises", (at) => {
    const [type, name] = at.split(" ") as [string, string];
    expect(judged(type, name, "192.0.2.10").warning).toContain("must be public");
    expect(judged(type, name, "dragos.plant.internal").warning).toContain("only your own network knows");
  });
});

describe("ServiceNow instance", () => {
  it("completes the mere name of an instance", () => {
    expect(judged("serviceNow", "instance", "contoso").problems).toEqual([
      '"contoso" is the name of an instance; its host name is contoso.service-now.com',
    ]);
  });

  it("refuses the domain without an instance", () => {
    expect(judged("serviceNow", "instance", "service-now.com").problems.join()).toContain("names no instance");
  });

  it.each([
    ["cmdb.contoso.com", /custom URL/],
    ["contoso.servicenow.com", /did you mean contoso\.service-now\.com\?/],
    ["agency.servicenowservices.com", /not offered in GCC/],
    ["service-now.com.contoso.com", /custom URL/],
  ])("warns of %s", (value, warning) => {
    expect(judged("serviceNow", "instance", value).warning).toMatch(warning);
  });
});

describe("Qualys API server", () => {
  const commercial = platforms.filter((platform) => platform.government !== true);

  it.each(commercial.map((platform) => platform.apiServer))("accepts %s without a warning", (host) => {
    expect(judged("qualys", "apiServer", host)).toEqual({ problems: [] });
  });

  it("knows the 14 public platforms", () => {
    expect(Object.fromEntries(platforms.map((platform) => [platform.name, platform.apiServer]))).toEqual({
      "US platform 1": "qualysapi.qualys.com",
      "US platform 2": "qualysapi.qg2.apps.qualys.com",
      "US platform 3": "qualysapi.qg3.apps.qualys.com",
      "US platform 4": "qualysapi.qg4.apps.qualys.com",
      "EU platform 1": "qualysapi.qualys.eu",
      "EU platform 2": "qualysapi.qg2.apps.qualys.eu",
      "EU platform 3": "qualysapi.qg3.apps.qualys.it",
      "India platform 1": "qualysapi.qg1.apps.qualys.in",
      "Canada platform 1": "qualysapi.qg1.apps.qualys.ca",
      "UAE platform 1": "qualysapi.qg1.apps.qualys.ae",
      "UK platform 1": "qualysapi.qg1.apps.qualys.co.uk",
      "Australia platform 1": "qualysapi.qg1.apps.qualys.com.au",
      "KSA platform 1": "qualysapi.qg1.apps.qualysksa.com",
      "US government platform 1": "qualysapi.gov1.qualys.us",
    });
    expect(commercial).toHaveLength(13);
  });

  it.each(platforms.map((one) => [one.console, one.name, one.apiServer] as const))(
    "refuses the web console %s and names the API server of %s",
    (console, name, apiServer) => {
      expect(judged("qualys", "apiServer", console).problems).toEqual([
        `"${console}" is the web console of ${name}; its API server is ${apiServer}`,
      ]);
    },
  );

  it.each(platforms.map((one) => [one.gateway, one.name, one.apiServer] as const))(
    "refuses the API gateway %s and names the API server of %s",
    (gateway, name, apiServer) => {
      expect(judged("qualys", "apiServer", gateway).problems).toEqual([
        `"${gateway}" is the API gateway of ${name}; its API server is ${apiServer}`,
      ]);
    },
  );

  it("refuses consoles and gateways of unknown platforms too", () => {
    for (const host of ["qualysguard.contoso.com", "gateway.qualys.contoso.com"]) {
      expect(judged("qualys", "apiServer", host).problems.join()).toContain("a platform that we do not know");
    }
  });

  it("names the API server also when the console is given as a URL", () => {
    const { problems } = judged("qualys", "apiServer", "https://qualysguard.qualys.eu/fo/login.php");
    expect(problems).toEqual([
      '"https://qualysguard.qualys.eu/fo/login.php" has a scheme and a path; give the host name only, such as qualysapi.qg2.apps.qualys.eu',
      '"qualysguard.qualys.eu" is the web console of EU platform 1; its API server is qualysapi.qualys.eu',
    ]);
  });

  it.each([
    ["qualysapi.contoso.com", /private platform/],
    ["qualysapi.qg5.apps.qualys.com", /nearest known one is qualysapi\.qg[234]\.apps\.qualys\.com/],
    ["qualysapi.qg1.apps.qualys.sa", /qualysapi\.qg1\.apps\.qualysksa\.com/],
    ["qualysapi.gov1.qualys.us", /US government platform 1.*GCC High/],
  ])("warns of %s", (value, warning) => {
    expect(judged("qualys", "apiServer", value).warning).toMatch(warning);
  });
});

describe("Rapid7 endpoint", () => {
  it("knows the regions that Rapid7 names", () => {
    expect([...rapid7Regions].sort()).toEqual(["ap", "au", "ca", "eu", "us", "us2", "us3"]);
  });

  it.each(rapid7Regions)("accepts the region %s without a warning", (region) => {
    expect(judged("rapid7", "endpoint", `${region}.api.insight.rapid7.com`)).toEqual({ problems: [] });
  });

  it.each([
    ["aps2.api.insight.rapid7.com", /third parties/],
    ["me-central-1.api.insight.rapid7.com", /third parties/],
    ["moon.api.insight.rapid7.com", /"moon" is not a region/],
    ["nexpose.contoso.com", /on-premises Security Console/],
    ["us.api.insight.rapid7.com.contoso.com", /not an endpoint/],
  ])("warns of %s", (value, warning) => {
    expect(judged("rapid7", "endpoint", value).warning).toMatch(warning);
  });

  it.each([
    ["api.insight.rapid7.com", /names no region/],
    ["insight.rapid7.com", /web console/],
    ["us.idr.insight.rapid7.com", /web console/],
  ])("refuses %s", (value, message) => {
    expect(judged("rapid7", "endpoint", value).problems.join()).toMatch(message);
  });
});

describe("Armis hostname", () => {
  it.each([
    ["api.armis.com", /all of Armis shares/],
    ["armis.contoso.com", /not of the form/],
    ["a.b.armis.com", /not of the form/],
  ])("warns of %s", (value, warning) => {
    expect(judged("armis", "hostname", value).warning).toMatch(warning);
  });
});

it("refuses Dragos WorldView, which has no assets", () => {
  expect(judged("dragos", "hostname", "portal.dragos.com").problems.join()).toContain("WorldView");
});
