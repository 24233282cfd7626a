import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkConnector } from "../../provider/core/connector/check";
import { connectorOfType, connectors } from "../../provider/vendors";
import { exampleInputs, fieldsOf } from "./judge";

/** What issue 3 asks for; the classes' arguments are an interface that programs depend on. */
const promised = [
  ["ServiceNowConnector", "serviceNow", "instance basic.username basic.password oauth2.clientId oauth2.clientSecret"],
  ["QualysConnector", "qualys", "apiServer basic.username basic.password"],
  ["Rapid7Connector", "rapid7", "endpoint apiKey.apiKey"],
  ["TenableConnector", "tenable", "apiKey.accessKey apiKey.secretKey"],
  ["WizConnector", "wiz", "apiEndpoint oauth2.clientId oauth2.clientSecret"],
  ["PrismaCloudConnector", "prismaCloud", "endpoint accessKey.accessKeyId accessKey.secretKey"],
  ["CrowdStrikeConnector", "crowdStrike", "baseUrl oauth2.clientId oauth2.clientSecret"],
  ["SentinelOneConnector", "sentinelOne", "apiUrl apiToken.apiToken"],
  ["ArmisConnector", "armis", "hostname oauth2.clientId oauth2.clientSecret"],
  ["DragosConnector", "dragos", "hostname apiKey.apiKey apiKey.apiSecret"],
  ["ForescoutConnector", "forescout", "endpoint apiKey.apiKey"],
];

const secrets = new Set(["password", "clientSecret", "secretKey", "apiSecret", "apiToken"]);

describe("the connectors", () => {
  it("are those of the issue, with its classes, types and arguments", () => {
    const present = connectors.map((one) => [
      one.className,
      one.type,
      fieldsOf(one)
        .map(([path]) => path)
        .join(" "),
    ]);
    expect(present).toEqual(promised);
  });

  it("have types and classes of their own", () => {
    expect(new Set(connectors.map((one) => one.type.toLowerCase())).size).toBe(connectors.length);
    expect(new Set(connectors.map((one) => one.className)).size).toBe(connectors.length);
  });

  it("are found by the type of the Connection API", () => {
    for (const one of connectors) expect(connectorOfType(one.type)).toBe(one);
    expect(connectorOfType("nessus")).toBeUndefined();
  });
});

describe.each(connectors.map((one) => [one.className, one] as const))("%s", (_, connector) => {
  it("keeps secret what is secret, and nothing else", () => {
    for (const [path, field] of fieldsOf(connector)) {
      const name = path.split(".").pop() as string;
      // An API key is the whole credential, except Dragos's, whose other half is the secret.
      const secret = secrets.has(name) || (name === "apiKey" && connector.type !== "dragos");
      expect([path, field.secret]).toEqual([path, secret]);
    }
  });

  it("describes every field in sentences", () => {
    for (const [path, field] of fieldsOf(connector)) {
      expect([path, field.description]).toEqual([path, expect.stringMatching(/^[A-Z].{15,}\.$/s)]);
      expect(field.displayName).not.toBe("");
      expect(field.example).not.toBe("");
    }
  });

  it("shows as identifier a field that may be shown, unless the whole credential is secret", () => {
    for (const way of connector.authentication) {
      const open = Object.keys(way.fields).filter((name) => way.fields[name]?.secret === false);
      expect(way.identifier).toBe(open[0]);
    }
  });

  it("names prerequisites, a source, and Microsoft's page", () => {
    expect(connector.prerequisites.length).toBeGreaterThan(0);
    expect(connector.source).toContain("Microsoft Learn");
    expect(connector.documentationUrl).toMatch(
      /^https:\/\/learn\.microsoft\.com\/security-exposure-management\/[a-z0-9-]+-data-connector$/,
    );
  });

  it("explains the usual refusals with a remedy each, and who needs Microsoft's addresses", () => {
    const symptoms = connector.troubles.map((trouble) => trouble.symptom);
    expect(new Set(symptoms).size).toBe(symptoms.length);
    for (const status of ["401", "403"]) expect(symptoms.filter((symptom) => symptom.includes(status))).not.toEqual([]);
    // Tenable has no host that could be wrong.
    if (connector.type !== "tenable") expect(symptoms.join("\n")).toContain("404");
    const blocked = connector.troubles.find((trouble) => trouble.symptom === "Blocked source address");
    expect(blocked?.remedy).toContain("service tag Scuba");
    for (const { meaning, remedy } of connector.troubles) {
      expect(meaning).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
    }
  });

  it("accepts its own example in every way to sign in, with no warning but its standing remarks", () => {
    for (const inputs of exampleInputs(connector)) {
      const { problems, warnings } = checkConnector(connector, inputs, undefined, {
        environment: () => undefined,
        now: () => new Date(0),
      });
      expect({ problems, warnings }).toEqual({ problems: [], warnings: [...(connector.remarks ?? [])] });
    }
  });

  it("has a page that says what is documented, inferred, validated, and done for the allowlist", () => {
    const path = join(__dirname, "../../provider/vendors", connector.type.toLowerCase(), "README.md");
    expect(existsSync(path)).toBe(true);
    const page = readFileSync(path, "utf8");
    for (const needed of [
      "Microsoft publishes no API for data connectors",
      "## Example",
      "## Arguments",
      "## Prerequisites at the vendor",
      "## Errors and their remedies",
      "## What is checked before anything is sent",
      ...(connector.type === "tenable" ? ["There is no field for a host"] : []),
      "Warnings",
      "## IP allowlist",
      "## How sure this is",
      "Inferred",
      connector.documentationUrl,
    ]) {
      expect(page).toContain(needed);
    }
    expect(page).toMatch(/`IpAllowlist` (?:keeps|with `msem\.targets\.manual)/);
    for (const [path] of fieldsOf(connector)) expect(page).toContain(path.split(".").pop());
  });
});

it("warns of the reach of an organization key when a Rapid7 connector is new, and not again", () => {
  const rapid7 = connectorOfType("rapid7");
  if (rapid7 === undefined) throw new Error("no rapid7");
  const [inputs] = exampleInputs(rapid7);
  const surroundings = { environment: () => undefined, now: () => new Date(0) };
  const first = checkConnector(rapid7, inputs ?? {}, undefined, surroundings);
  expect(first.warnings.join()).toContain("organization key");
  expect(checkConnector(rapid7, inputs ?? {}, first.inputs, surroundings).warnings).toEqual([]);
});
