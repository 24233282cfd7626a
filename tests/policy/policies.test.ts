/** The pack around the judgements: names, settings, reports, and values that are not known yet. */
import { readFileSync } from "node:fs";
import type { ResourceValidation, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { policiesOf } from "../../policy/policies";
import { typeOf, unknownOnTheWire, validationArgs } from "./subjects";

const policies = policiesOf(new Set(["configured"]));

/** What a policy reports of one resource. */
function reportsOf(name: string, type: string, inputs: Record<string, unknown>, more: object = {}): string[] {
  const policy = policies.find((one) => one.name === name) as ResourceValidationPolicy;
  const reports: string[] = [];
  (policy.validateResource as ResourceValidation)(
    validationArgs(type, inputs, more),
    (text) => void reports.push(text),
  );
  return reports;
}

describe("every policy", () => {
  it("has a name of its own, a reason, a way out, and a level", () => {
    expect(policies.map(({ name, enforcementLevel }) => [name, enforcementLevel])).toEqual([
      ["allowlist-width", "mandatory"],
      ["migration-switches", "mandatory"],
      ["credential-sources", "mandatory"],
      ["rapid7-user-key", "advisory"],
      ["guards-in-force", "mandatory"],
      ["ranges-guarded", "advisory"],
    ]);
    for (const { description, displayName, remediationSteps } of policies) {
      for (const text of [description, displayName, remediationSteps]) expect(text).toMatch(/.{20}/);
    }
  });

  it("describes each of its settings, with a default that its own schema takes", () => {
    const settings = policies.flatMap(({ configSchema }) => Object.values(configSchema?.properties ?? {}));
    expect(settings).toHaveLength(16);
    for (const { type, description, default: value, minimum, maximum } of settings) {
      expect(description).toMatch(/\.$/);
      expect(Array.isArray(value) ? "array" : typeof value).toBe(type === "integer" ? "number" : type);
      if (typeof value === "number") {
        expect(Number.isInteger(value) && value >= (minimum ?? 0) && value <= (maximum ?? value)).toBe(true);
      }
    }
  });
});

describe("the settings that the docs show", () => {
  it.each(["docs/policy.md", "policy/README.md"])("in %s are the pack's own", (page) => {
    const [, json = ""] = /```json\n(.*?)```/s.exec(readFileSync(page, "utf8")) ?? [];
    const shown = Object.entries(JSON.parse(json) as Record<string, Record<string, unknown>>);
    expect(shown.length).toBeGreaterThan(1);
    for (const [name, settings] of shown) {
      const known = policies.find((policy) => policy.name === name)?.configSchema?.properties ?? {};
      for (const setting of Object.keys(settings))
        expect(["enforcementLevel", ...Object.keys(known)]).toContain(setting);
    }
  });
});

describe("a report", () => {
  it("is one for a resource, with everything that is wrong and the way out", () => {
    const reports = reportsOf("migration-switches", typeOf("IpAllowlist"), { adopt: true, startEnforcement: true });
    expect(reports).toEqual([
      expect.stringMatching(
        /^- adopt: true in the stack "prod": .*\.\n- startEnforcement: true .*\.\nRun it once from a migration stack/,
      ),
    ]);
  });

  it("is about our own resources only", () => {
    const inputs = { adopt: true, password: "x", prefixes: { "0.0.0.0/0": "x" }, guards: { acceptEmpty: true } };
    for (const type of ["aws:s3:Bucket", "pulumi-nodejs:dynamic/other:IpAllowlist", "pulumi:providers:aws"]) {
      for (const { name } of policies.filter((policy) => "validateResource" in policy)) {
        expect(reportsOf(name, type, inputs)).toEqual([]);
      }
    }
  });

  it("takes a setting from the configuration, and the default of every other one", () => {
    const wide = { prefixes: { "20.0.0.0/18": "x" } };
    const report = (config: object) => reportsOf("allowlist-width", typeOf("IpAllowlist"), wide, { config });
    expect(report({})).toEqual([expect.stringContaining("is wider than /20")]);
    expect(report({ shortestIpv4: 18 })).toEqual([]);
    expect(report({ shortestIpv4: 19, maxPrefixes: 0 })[0]).toMatch(
      /wider than \/19\.\n- 1 prefixes; the limit is 0\./,
    );
    expect(reportsOf("migration-switches", typeOf("IpAllowlist"), { adopt: true }, { stack: "migration" })).toEqual([]);
  });

  it("is refused under a setting that is none: a limit that is misspelt would not hold", () => {
    const report = () => reportsOf("rapid7-user-key", typeOf("IpAllowlist"), {}, { config: { acepted: ["vm"] } });
    expect(report).toThrow("the policy rapid7-user-key has no setting acepted; it has tag, accepted");
  });

  it("knows the stack's configuration, and takes the default provider for a provider", () => {
    const of = (token: string) =>
      reportsOf("credential-sources", "pulumi:providers:pulumi-nodejs", { "msem:token": token });
    expect(of("configured")).toEqual([]);
    expect(of("literal")).toEqual([expect.stringContaining("msem:token: is no value of the stack's configuration")]);
  });
});

describe("a value that is not known yet", () => {
  it("keeps nothing else from being judged, wherever it stands", () => {
    const inputs = {
      name: unknownOnTheWire,
      authentication: { kind: "basic", username: unknownOnTheWire, password: "literal" },
    };
    expect(reportsOf("credential-sources", typeOf("ServiceNowConnector"), inputs)).toEqual([
      expect.stringContaining("authentication.password: is no value"),
    ]);
    const guards = { acceptSpecialPurpose: [unknownOnTheWire, "0.0.0.0/0"], acceptEmpty: unknownOnTheWire };
    expect(reportsOf("guards-in-force", typeOf("ServiceTagRanges"), { guards })).toEqual([
      expect.stringMatching(/^- guards\.acceptSpecialPurpose: 0\.0\.0\.0\/0 [^\n]*\n[^-]/),
    ]);
  });

  it("is neither objected to nor a reason to fail", () => {
    const inputs = Object.fromEntries(
      ["prefixes", "adopt", "password", "guards", "tags", "target"].map((key) => [key, unknownOnTheWire]),
    );
    for (const { name } of policies.filter((policy) => "validateResource" in policy)) {
      for (const className of ["IpAllowlist", "QualysConnector", "Rapid7Connector"]) {
        expect(reportsOf(name, typeOf(className), inputs)).toEqual([]);
      }
    }
  });
});

describe("ranges", () => {
  const reports = (className: string, ...from: string[]) => {
    const found: unknown[] = [];
    const policy = policies.find(({ name }) => name === "ranges-guarded") as StackValidationPolicy;
    const resource = {
      type: typeOf(className),
      urn: `urn:${className}`,
      propertyDependencies: from.length === 0 ? {} : { ranges: from.map((type) => ({ type })) },
    };
    policy.validateStack({ resources: [resource] } as never, (message, urn) => void found.push([urn, message]));
    return found;
  };

  it("come from a ServiceTagRanges, or the list that follows them is named", () => {
    expect(reports("IpAllowlist", typeOf("ServiceTagRanges"))).toEqual([]);
    expect(reports("FirewallAllowlist", "aws:s3:Bucket", typeOf("ServiceTagRanges"))).toEqual([]);
    expect(reports("IpAllowlist")).toEqual([["urn:IpAllowlist", expect.stringContaining("no guard has judged them")]]);
    expect(reports("FirewallAllowlist", "pulumi:pulumi:StackReference")).toHaveLength(1);
    expect(reports("QualysConnector")).toEqual([]);
  });
});
