/** What check makes of an allowlist's arguments: one map of prefixes, all problems at once, guards with a memory. */
import { checkAllowlist } from "../../provider/allowlists/check";
import type { AllowlistInputs } from "../../provider/allowlists/inputs";
import type { TargetDescriptor } from "../../provider/core/targets/target";
import { tenableTarget } from "../../provider/vendors/tenable/allowlist";

const surroundings = { environment: () => undefined, now: () => new Date("2026-11-24T10:00:00Z") };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const target = { kind: "tenable", accessKey: "a".repeat(64), secretKey: "b".repeat(64) };
const ranges = {
  serviceTag: "Scuba",
  changeNumber: 31,
  prefixes: { "20.1.0.0/24": "Scuba", "2603:1000::/48": "Scuba" },
};

function check(given: object, previous?: AllowlistInputs, targets: readonly TargetDescriptor[] = [tenableTarget]) {
  return checkAllowlist(targets, { target, ...given }, previous, surroundings);
}

const paths = (given: object) => check(given).problems.map(({ path }) => path);

describe("an allowlist's arguments", () => {
  it("become one sorted map, with defaults filled in and nothing twice", () => {
    const { inputs, problems } = check({
      ranges,
      additionalPrefixes: { "20.0.0.7/32": "CI", "20.1.0.0/24": "also wanted by hand" },
    });
    expect(problems).toEqual([]);
    expect(inputs).toMatchObject({
      mode: "additive",
      families: ["ipv4", "ipv6"],
      startEnforcement: false,
      adopt: false,
    });
    expect(inputs.target).toMatchObject({ endpoint: "https://cloud.tenable.com" });
    expect(Object.entries(inputs.prefixes)).toEqual([
      ["20.0.0.7/32", "CI"],
      ["20.1.0.0/24", "Scuba"],
      ["2603:1000::/48", "Scuba"],
    ]);
    expect(inputs).not.toHaveProperty("ranges");
    expect(inputs).not.toHaveProperty("additionalPrefixes");
  });

  it("are all judged at once, with paths and without a secret", () => {
    const { problems } = check({
      target: { kind: "tenable", accessKey: "", secretKey: "canary-secret ", endpont: "https://x" },
      ranges: { serviceTag: "Scuba", changeNumber: 1, prefixes: { "10.0.0.1/8": "Scuba" } },
      mode: "strict",
      families: ["ipv5"],
      additionalPrefixes: { "010.0.0.1/32": "CI" },
      callerPrefixes: ["198.51.100.7"],
      startEnforcement: "yes",
      enforce: true,
    });
    expect(problems.map(({ path }) => path).sort()).toEqual(
      [
        'additionalPrefixes["010.0.0.1/32"]',
        "callerPrefixes[0]",
        "enforce",
        "families",
        "mode",
        'ranges.prefixes["10.0.0.1/8"]',
        "startEnforcement",
        "target.accessKey",
        "target.endpont",
        "target.secretKey",
      ].sort(),
    );
    expect(JSON.stringify(problems)).not.toContain("canary-secret");
  });

  it.each([
    ["ranges", { ranges: unknown }],
    ["additional prefixes", { ranges, additionalPrefixes: unknown }],
  ])("stay unknown while %s are", (_what, given) => {
    const { inputs, problems } = check(given);
    expect(problems).toEqual([]);
    expect(inputs.prefixes).toBe(unknown);
  });

  it("name the targets there are", () => {
    expect(check({ ranges, target: { kind: "tenble" } }).problems).toEqual([
      { path: "target.kind", message: "must be one of tenable, manual" },
    ]);
  });

  it("leave out a family only when told to, and never all of it", () => {
    expect(Object.keys(check({ ranges, families: ["ipv6"] }).inputs.prefixes)).toEqual(["2603:1000::/48"]);
    const only6 = { ...ranges, prefixes: { "2603:1000::/48": "Scuba" } };
    expect(paths({ ranges: only6, families: ["ipv4"] })).toEqual(["prefixes"]);
  });

  it("leave out, with a warning, what the product cannot hold", () => {
    const ipv4Only = { ...tenableTarget, capability: { ...tenableTarget.capability, families: ["ipv4"] as const } };
    const { inputs, warnings } = check({ ranges }, undefined, [ipv4Only]);
    expect(Object.keys(inputs.prefixes)).toEqual(["20.1.0.0/24"]);
    expect(warnings).toEqual(["1 prefix is left out of Tenable API access security: IPv6 is not supported"]);
  });

  it.each([
    [2, 0, []],
    [1, 0, ["prefixes"]],
    [4, 2, []],
    [3, 2, ["prefixes"]],
  ])("fit a list of %i with %i foreign entries, or say so before anything is sent", (maxEntries, foreign, wrong) => {
    const small = { ...tenableTarget, capability: { ...tenableTarget.capability, maxEntries } };
    const previous = { ...check({ ranges }).inputs, __seen: { foreign } };
    expect(check({ ranges }, previous, [small]).problems.map(({ path }) => path)).toEqual(wrong);
  });

  it("say in one line what changes", () => {
    const { inputs } = check({ ranges });
    const next = { ...ranges, changeNumber: 32, prefixes: { "20.1.0.0/24": "Scuba", "20.2.0.0/24": "Scuba" } };
    expect(check({ ranges: next }, inputs).notices).toEqual(["Scuba 31 -> 32: 1 added, 1 removed, 1 kept"]);
    expect(check({ ranges }, inputs).notices).toEqual([]);
  });
});

describe("guards", () => {
  it("of what is published belong to where it is judged", () => {
    expect(paths({ ranges, guards: { onRefused: "keepLast", acceptForeignRemovals: 9 } })).toEqual([
      "guards.onRefused",
    ]);
    expect(paths({ ranges, guards: { acceptForeignRemovals: -1 } })).toEqual(["guards.acceptForeignRemovals"]);
    expect(check({ ranges, guards: { acceptForeignRemovals: 9 } }).inputs.guards).toEqual({ acceptForeignRemovals: 9 });
  });
});
