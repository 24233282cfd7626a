import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

/** Microsoft's newest weekly file, or one on disk; either is judged against the list that was accepted last. */
const rangesFile = config.get("rangesFile");
const scuba = new msem.ServiceTagRanges("scuba", {
  ...(rangesFile === undefined ? {} : { source: msem.file(rangesFile) }),
  guards: config.getObject<msem.GuardOptions>("guards") ?? {},
});

const allowlist = new msem.IpAllowlist("tenable", {
  ranges: scuba.ranges,
  target: msem.targets.tenable({
    // Of an administrator: the connector's own keys may have fewer rights.
    accessKey: config.requireSecret("tenableAccessKey"),
    secretKey: config.requireSecret("tenableSecretKey"),
    endpoint: config.get("endpoint") ?? "https://cloud.tenable.com",
  }),
  // Whoever calls Tenable's API today must stay in: this machine, and others that use it.
  additionalPrefixes: { "198.51.100.7/32": "CI runner egress" },
  callerPrefixes: ["198.51.100.7/32"],
});

export const changeNumber = scuba.changeNumber;
export const prefixes = allowlist.prefixes;
