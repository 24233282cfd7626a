/** The program of the policy pack's engine test: for each policy something that it objects to and something that passes. */
import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

export interface PolicyProgram {
  /** A list of service tags. */
  readonly list: string;
  /** Written in the program, so to speak. */
  readonly literal: string;
}

const config = new pulumi.Config();
const endpoint = "eu.api.insight.rapid7.com";
const userKey = { tags: { "rapid7-key": "user" } };

export function program({ list, literal }: PolicyProgram): void {
  const source = msem.file(list);
  const guarded = new msem.ServiceTagRanges("guarded", { source });
  new msem.ServiceTagRanges("unguarded", { source, guards: { acceptEmpty: true, quarantineDays: 14 } });

  const apiKey = config.requireSecret("apiKey");
  const good = new msem.Rapid7Connector("from-config", { endpoint, apiKey, ...userKey });
  new msem.Rapid7Connector("literal", { endpoint, apiKey: literal, ...userKey });
  new msem.Rapid7Connector("from-environment", { endpoint, apiKey: { fromEnvironment: "PATH" }, ...userKey });
  new msem.Rapid7Connector("not-known-yet", { endpoint, apiKey: good.connectionId, ...userKey });
  new msem.Rapid7Connector("structured", {
    endpoint,
    apiKey: config.requireSecretObject<{ key: string }>("structured").key,
    ...userKey,
  });
  new msem.Rapid7Connector("undeclared", { endpoint, apiKey });
  new msem.Rapid7Connector("accepted", { endpoint, apiKey });
  new msem.Rapid7Connector("adopting", { endpoint, apiKey, adopt: true, ...userKey });
  new msem.Provider("token", { endpoint: "https://connections.example", token: literal });

  const manual = (product: "rapid7" | "qualys") => msem.targets.manual({ product });
  new msem.IpAllowlist("narrow", { ranges: guarded.ranges, target: manual("rapid7") });
  new msem.IpAllowlist("wide", {
    ranges: guarded.ranges,
    target: manual("qualys"),
    additionalPrefixes: { "20.0.0.0/14": "a whole region" },
  });
  new msem.IpAllowlist("starting", {
    ranges: guarded.ranges,
    target: msem.targets.tenable({ accessKey: "ab".repeat(32), secretKey: literal }),
    startEnforcement: true,
  });
  const own = { serviceTag: "Scuba", changeNumber: 1, prefixes: { "20.200.0.0/29": "written here" } };
  new msem.IpAllowlist("own-ranges", { ranges: own, target: manual("qualys") });
}
