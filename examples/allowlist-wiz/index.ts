import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

/** Microsoft's newest weekly file, or one on disk; either is judged against the list that was accepted last. */
const rangesFile = config.get("rangesFile");
const scuba = new msem.ServiceTagRanges("scuba", {
  ...(rangesFile === undefined ? {} : { source: msem.file(rangesFile) }),
  guards: config.getObject<msem.GuardOptions>("guards") ?? {},
});

const allowlist = new msem.IpAllowlist("wiz", {
  ranges: scuba.ranges,
  target: msem.targets.wiz({
    // No public document describes these restrictions: try it where a lock-out does no harm.
    experimental: true,
    apiEndpoint: config.require("apiEndpoint"),
    tokenEndpoint: config.get("tokenEndpoint") ?? "https://auth.app.wiz.io/oauth/token",
    clientId: config.require("wizClientId"),
    clientSecret: config.requireSecret("wizClientSecret"),
  }),
  additionalPrefixes: { "198.51.100.7/32": "CI runner egress" },
  // Wiz is not known to keep its caller in: without this line a change that could shut it out is refused.
  callerPrefixes: ["198.51.100.7/32"],
});

export const changeNumber = scuba.changeNumber;
export const prefixes = allowlist.prefixes;
