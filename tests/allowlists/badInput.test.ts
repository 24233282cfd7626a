/** Bad input of an allowlist: every mistake at once, each with its path, for every target. */
import { checkAllowlist } from "../../provider/allowlists/check";
import { targets } from "../../provider/vendors/targets";
import { canary } from "../conformance/profile";
import { profiles } from "../conformance/profiles/index";

const surroundings = { environment: () => undefined, now: () => new Date("2026-11-24T00:00:00Z") };
const ranges = { serviceTag: "Scuba", changeNumber: 31, prefixes: { "192.0.2.0/29": "Scuba" } };

describe.each(profiles.map((profile) => [profile.descriptor.kind, profile] as const))(
  "inputs for %s",
  (_kind, profile) => {
    const target = profile.target("http://127.0.0.1:9");
    const check = (args: object) => checkAllowlist(targets, { target, ranges, ...args }, undefined, surroundings);
    const problems = (args: object) => check(args).problems.map(({ path, message }) => `${path} ${message}`);

    it("are fine as they should be, with defaults filled in", () => {
      const { inputs, problems: found } = check({});
      expect(found).toEqual([]);
      expect(inputs).toMatchObject({
        mode: "additive",
        startEnforcement: false,
        adopt: false,
        families: ["ipv4", "ipv6"],
      });
    });

    it("are judged whole: every prefix that is none, with what would be right", () => {
      const found = problems({
        additionalPrefixes: {
          "192.0.2.1/24": "host bits",
          "10.0.0.9-10.0.0.1": "reversed",
          "192.0.2.0-2001:db8::1": "mixed",
          "010.0.0.0/8": "octal",
          "192.0.2.0/33": "too long",
          "": "empty",
          "203.0.113.0/24": "",
        },
        callerPrefixes: ["198.51.100.7/32", "198.51.100.300/32", 7],
      });
      expect(found).toEqual([
        expect.stringMatching(/^callerPrefixes\[2\] must be text/),
        expect.stringMatching(/^callerPrefixes\[1\] "198\.51\.100\.300\/32"/),
        expect.stringMatching(/^additionalPrefixes\["192\.0\.2\.1\/24"\] .*the prefix is 192\.0\.2\.0\/24/),
        expect.stringMatching(/^additionalPrefixes\["10\.0\.0\.9-10\.0\.0\.1"\] /),
        expect.stringMatching(/^additionalPrefixes\["192\.0\.2\.0-2001:db8::1"\] /),
        expect.stringMatching(/^additionalPrefixes\["010\.0\.0\.0\/8"\] /),
        expect.stringMatching(/^additionalPrefixes\["192\.0\.2\.0\/33"\] /),
        expect.stringMatching(/^additionalPrefixes\[""\] /),
        expect.stringMatching(/^additionalPrefixes\["203\.0\.113\.0\/24"\] must have a reason/),
      ]);
    });

    it("are judged whole: every argument of a wrong kind", () => {
      const paths = check({
        mode: "append",
        families: ["ipv5"],
        startEnforcement: "yes",
        adopt: 1,
        guards: { acceptForeignRemovals: -1, acceptForeignRemoval: 3 },
        verifyConnections: "cmdb",
        prefix: [],
      }).problems.map(({ path }) => path);
      expect(paths.sort()).toEqual([
        "adopt",
        "families",
        "guards.acceptForeignRemoval",
        "guards.acceptForeignRemovals",
        "mode",
        "prefix",
        "startEnforcement",
        "verifyConnections",
      ]);
    });

    it("without any prefix that the product can hold are never taken as a wish for an empty list", () => {
      expect(problems({ ranges: { ...ranges, prefixes: {} } })).toEqual([
        expect.stringMatching(/^prefixes none is left .*never taken as "remove all"/),
      ]);
    });

    it("never show a secret in what is wrong with them", () => {
      const { problems: found, warnings } = check({ target: { ...target, endpoint: "not a url", extra: canary } });
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify([found, warnings])).not.toContain(canary);
    });
  },
);

it("a target that does not exist is refused with those that do", () => {
  const { problems } = checkAllowlist(targets, { target: { kind: "acme" }, ranges }, undefined, surroundings);
  expect(problems.map(({ path }) => path)).toEqual(["target.kind"]);
  for (const { kind } of targets) expect(problems[0]?.message).toContain(kind);
});
