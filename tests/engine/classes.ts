/** Every connector class with arguments that work, a changed setting, and a rotated secret. Invented values. */

export interface ClassCase {
  readonly className: string;
  readonly connectorType: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** A setting with its new value; classes without settings have none. */
  readonly setting?: readonly [name: string, value: string];
  /** The arguments with another secret. */
  readonly rotated: Readonly<Record<string, unknown>>;
  /** The property that shows when the identifier is changed out of band; none where all of the credential is secret. */
  readonly identifier?: string;
}

/** Found nowhere but in credentials: every test searches for it. */
export const canary = "canary-5d1f9e";

const secretOf = (name: string, turn: number) => `${canary}-${name}-${turn}`;

export const classCases: readonly ClassCase[] = [
  {
    className: "ServiceNowConnector",
    connectorType: "serviceNow",
    name: "cmdb",
    args: {
      instance: "contoso.service-now.com",
      authentication: { kind: "oauth2", clientId: "client-1", clientSecret: secretOf("cmdb", 1) },
    },
    setting: ["instance", "fabrikam.service-now.com"],
    rotated: { authentication: { kind: "oauth2", clientId: "client-1", clientSecret: secretOf("cmdb", 2) } },
    identifier: "authentication.clientId",
  },
  {
    className: "ServiceNowConnector",
    connectorType: "serviceNow",
    name: "cmdb-basic",
    args: {
      instance: "contoso.service-now.com",
      authentication: { kind: "basic", username: "msem", password: secretOf("cmdb-basic", 1) },
    },
    setting: ["instance", "fabrikam.service-now.com"],
    rotated: { authentication: { kind: "basic", username: "msem", password: secretOf("cmdb-basic", 2) } },
    identifier: "authentication.username",
  },
  {
    className: "QualysConnector",
    connectorType: "qualys",
    name: "qualys",
    args: { apiServer: "qualysapi.qg2.apps.qualys.eu", username: "msem", password: secretOf("qualys", 1) },
    setting: ["apiServer", "qualysapi.qualys.com"],
    rotated: { password: secretOf("qualys", 2) },
    identifier: "username",
  },
  {
    className: "Rapid7Connector",
    connectorType: "rapid7",
    name: "rapid7",
    args: { endpoint: "eu.api.insight.rapid7.com", apiKey: secretOf("rapid7", 1) },
    setting: ["endpoint", "us.api.insight.rapid7.com"],
    rotated: { apiKey: secretOf("rapid7", 2) },
  },
  {
    className: "TenableConnector",
    connectorType: "tenable",
    name: "tenable",
    args: { accessKey: "a".repeat(64), secretKey: secretOf("tenable", 1) },
    rotated: { secretKey: secretOf("tenable", 2) },
    identifier: "accessKey",
  },
  {
    className: "WizConnector",
    connectorType: "wiz",
    name: "wiz",
    args: { apiEndpoint: "https://api.eu1.app.wiz.io/", clientId: "client-1", clientSecret: secretOf("wiz", 1) },
    setting: ["apiEndpoint", "https://api.us1.app.wiz.io/"],
    rotated: { clientSecret: secretOf("wiz", 2) },
    identifier: "clientId",
  },
  {
    className: "PrismaCloudConnector",
    connectorType: "prismaCloud",
    name: "prisma",
    args: {
      endpoint: "api.eu.prismacloud.io",
      accessKeyId: "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00",
      secretKey: secretOf("prisma", 1),
    },
    setting: ["endpoint", "api2.prismacloud.io"],
    rotated: { secretKey: secretOf("prisma", 2) },
    identifier: "accessKeyId",
  },
  {
    className: "CrowdStrikeConnector",
    connectorType: "crowdStrike",
    name: "crowdstrike",
    args: {
      baseUrl: "https://api.eu-1.crowdstrike.com",
      clientId: "client-1",
      clientSecret: secretOf("crowdstrike", 1),
    },
    setting: ["baseUrl", "https://api.us-2.crowdstrike.com"],
    rotated: { clientSecret: secretOf("crowdstrike", 2) },
    identifier: "clientId",
  },
  {
    className: "SentinelOneConnector",
    connectorType: "sentinelOne",
    name: "sentinelone",
    args: { apiUrl: "https://contoso.sentinelone.net", apiToken: secretOf("sentinelone", 1) },
    setting: ["apiUrl", "https://fabrikam.sentinelone.net"],
    rotated: { apiToken: secretOf("sentinelone", 2) },
  },
  {
    className: "ArmisConnector",
    connectorType: "armis",
    name: "armis",
    args: { hostname: "contoso.armis.com", clientId: "client-1", clientSecret: secretOf("armis", 1) },
    setting: ["hostname", "fabrikam.armis.com"],
    rotated: { clientSecret: secretOf("armis", 2) },
    identifier: "clientId",
  },
  {
    className: "DragosConnector",
    connectorType: "dragos",
    name: "dragos",
    args: {
      hostname: "contoso.platform.dragos.cloud",
      apiKey: "8f14e45f-ceea-467f-a0e6-2b1c7d9a3f10",
      apiSecret: secretOf("dragos", 1),
    },
    setting: ["hostname", "fabrikam.platform.dragos.cloud"],
    rotated: { apiSecret: secretOf("dragos", 2) },
    identifier: "apiKey",
  },
  {
    className: "ForescoutConnector",
    connectorType: "forescout",
    name: "forescout",
    args: { endpoint: "us.forescout.cloud", apiKey: secretOf("forescout", 1) },
    setting: ["endpoint", "uk.forescout.cloud"],
    rotated: { apiKey: secretOf("forescout", 2) },
  },
];
