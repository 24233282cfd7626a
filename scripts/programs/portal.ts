/** The program of `npm run demo:portal`: two connectors that somebody connects by hand. */
import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

const scanner = new msem.QualysConnector("scanner", {
  apiServer: "qualysapi.qg2.apps.qualys.eu",
  username: "msem-reader",
  password: config.requireSecret("qualysPassword"),
});

const plant = new msem.ArmisConnector("plant", {
  hostname: "contoso.armis.com",
  clientId: "msem-reader@contoso.com",
  clientSecret: { fromEnvironment: "ARMIS_CLIENT_SECRET" },
  credentialVersion: config.require("armisCredentialVersion"),
});

export const connectors = { scanner: scanner.status, plant: plant.status };
export const toDo = { scanner: scanner.actionRequired, plant: plant.actionRequired };
