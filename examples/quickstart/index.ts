import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

const cmdb = new msem.ServiceNowConnector("cmdb", {
  instance: "contoso.service-now.com",
  authentication: {
    kind: "oauth2",
    clientId: "3f1c2b7a9d0e4c55",
    clientSecret: config.requireSecret("serviceNowClientSecret"),
  },
});

const scanner = new msem.QualysConnector("scanner", {
  apiServer: "qualysapi.qg2.apps.qualys.eu",
  username: "msem-reader",
  password: config.requireSecret("qualysPassword"),
});

const insight = new msem.Rapid7Connector("insight", {
  endpoint: "eu.api.insight.rapid7.com",
  apiKey: config.requireSecret("rapid7ApiKey"),
});

const vulnerabilities = new msem.TenableConnector("vulnerabilities", {
  accessKey: config.requireSecret("tenableAccessKey"),
  secretKey: config.requireSecret("tenableSecretKey"),
});

const cloud = new msem.WizConnector("cloud", {
  apiEndpoint: "https://api.eu1.app.wiz.io/",
  clientId: "wiz-msem-integration",
  clientSecret: config.requireSecret("wizClientSecret"),
});

const posture = new msem.PrismaCloudConnector("posture", {
  endpoint: "api.eu.prismacloud.io",
  accessKeyId: "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00",
  secretKey: config.requireSecret("prismaCloudSecretKey"),
});

/** What each connector is doing now. */
export const connectors = {
  cmdb: cmdb.status,
  scanner: scanner.status,
  insight: insight.status,
  vulnerabilities: vulnerabilities.status,
  cloud: cloud.status,
  posture: posture.status,
};
