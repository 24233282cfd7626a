/** Where secrets come from. */
import {
  type CredentialSettings,
  configuredValues,
  judgeCredentials,
  sources,
} from "../../../policy/judgements/credentials";
import { type Inputs, unknown } from "../../../policy/subject";
import { subject } from "../subjects";

const canary = "canary-of-a-policy";
const configured = configuredValues({
  "msem:token": "token-value",
  "app:qualys": "configured-password",
  "app:empty": "",
  "app:wiz": '{"id":"client","nested":{"secret":"configured-leaf"},"more":["configured-item",7,null]}',
  "app:broken": '{"secret":"not json',
});
const settings: CredentialSettings = {
  sources: ["config", "keyVault"],
  tokenSources: ["config", "keyVault", "environment"],
};

function judge(className: string, inputs: Inputs, more: Partial<CredentialSettings> = {}) {
  return judgeCredentials(configured)(subject(className, inputs), { ...settings, ...more });
}

const qualys = (password: unknown, more: Inputs = {}) => judge("QualysConnector", { password, username: "u", ...more });
const elsewhere =
  "is no value of the stack's configuration: it is written in the program, computed, or read from elsewhere";
const keyVault = { fromKeyVault: "https://contoso.vault.azure.net/secrets/scanner" };

describe("a connector's secret", () => {
  it("passes as a value of the configuration, also as a part of a structured one, or by a reference to Key Vault", () => {
    expect(qualys("configured-password")).toEqual([]);
    expect(qualys("configured-leaf")).toEqual([]);
    expect(qualys("configured-item")).toEqual([]);
    expect(qualys(keyVault)).toEqual([]);
    expect(qualys({ fromKeyVault: unknown })).toEqual([]);
  });

  it("that is any other value is objected to, without being quoted", () => {
    expect(qualys(canary)).toEqual([`password: ${elsewhere}`]);
    expect(qualys("configured-passwor")).toHaveLength(1);
    expect(qualys("")).toHaveLength(1);
    expect(qualys(7)).toHaveLength(1);
    expect(qualys({ neither: canary })).toEqual([`password: ${elsewhere}`]);
  });

  it("tells what kind of reference it is", () => {
    const machine = "whatever machine runs `pulumi`";
    expect(qualys({ fromEnvironment: "QUALYS" })).toEqual([`password: is read from the environment of ${machine}`]);
    expect(qualys({ fromFile: "x" })).toEqual([`password: is read from a file on ${machine}`]);
    expect(qualys({ fromCommand: ["op", "read"] })).toEqual([`password: is printed by a program on ${machine}`]);
  });

  it("may come from whatever the settings name, and from nothing else", () => {
    const given: Record<string, unknown> = {
      config: "configured-password",
      keyVault,
      environment: { fromEnvironment: "X" },
      file: { fromFile: "x" },
      command: { fromCommand: ["x"] },
      other: canary,
    };
    for (const allowed of sources) {
      const passing = sources.filter(
        (source) => judge("QualysConnector", { password: given[source] }, { sources: [allowed] }).length === 0,
      );
      expect(passing).toEqual([allowed]);
    }
  });

  it("is not judged before it is known, nor where there is none", () => {
    expect(qualys(unknown)).toEqual([]);
    expect(judge("QualysConnector", {})).toEqual([]);
    expect(judge("ServiceNowConnector", { authentication: unknown })).toEqual([]);
    expect(judge("ServiceNowConnector", {})).toEqual([]);
  });

  it("may be an older one while credentialVersion stays: the sentence says so", () => {
    expect(qualys(canary, { credentialVersion: "2026-11" })[0]).toMatch(/raise credentialVersion\)$/);
    expect(qualys({ fromFile: "x" }, { credentialVersion: "2026-11" })[0]).not.toContain("credentialVersion");
  });

  it("is found within authentication, and what may be shown is not taken for one", () => {
    const authentication = { kind: "oauth2", clientId: "3f1c", clientSecret: canary };
    expect(judge("ServiceNowConnector", { authentication })).toEqual([`authentication.clientSecret: ${elsewhere}`]);
    expect(judge("ServiceNowConnector", { authentication: { ...authentication, clientSecret: unknown } })).toEqual([]);
    const basic = { kind: "basic", username: "u", password: { fromFile: "x" } };
    expect(judge("ServiceNowConnector", { authentication: basic })[0]).toMatch(/^authentication\.password: /);
  });
});

describe("an allowlist's credential", () => {
  it("is judged by the target's own secrets", () => {
    const target = { kind: "tenable", accessKey: "shown", secretKey: canary };
    expect(judge("IpAllowlist", { target })).toEqual([`target.secretKey: ${elsewhere}`]);
    expect(judge("IpAllowlist", { target: { ...target, secretKey: keyVault } })).toEqual([]);
    const serviceNow = { kind: "serviceNow", authentication: { kind: "basic", password: canary } };
    expect(judge("IpAllowlist", { target: serviceNow })).toEqual([`target.authentication.password: ${elsewhere}`]);
    expect(judge("IpAllowlist", { target: { kind: "manual", product: "qualys" } })).toEqual([]);
    expect([judge("IpAllowlist", { target: unknown }), judge("IpAllowlist", {})]).toEqual([[], []]);
  });
});

describe("a provider's token", () => {
  it("may come from the environment too, as a pipeline's token does", () => {
    const token = (value: unknown) => judge("Provider", { "msem:token": value, "msem:endpoint": "https://x" });
    expect(token("token-value")).toEqual([]);
    expect(token('{"fromEnvironment":"TOKEN"}')).toEqual([]);
    expect(token(JSON.stringify(keyVault))).toEqual([]);
    expect(token(unknown)).toEqual([]);
    expect(token(canary)).toEqual([`msem:token: ${elsewhere}`]);
    expect(token(`{${canary}`)).toEqual([`msem:token: ${elsewhere}`]);
    expect(token('{"fromFile":"x"}')[0]).toMatch(/^msem:token: is read from a file/);
    expect(judge("Provider", { "msem:graphToken": canary })).toEqual([`msem:graphToken: ${elsewhere}`]);
    expect(judge("Provider", {})).toEqual([]);
  });
});

describe("what this release does not know", () => {
  it("is said, never passed over", () => {
    expect(judge("NewConnector", { secret: canary })).toEqual([
      "this release of the pack does not know NewConnector: update it",
    ]);
    expect(judge("IpAllowlist", { target: { kind: "new", secret: canary } })).toEqual([
      'this release of the pack does not know the target "new": update it',
    ]);
    expect(judge("ConnectorHealth", {})).toEqual([]);
    expect(judge("ServiceTagRanges", {})).toEqual([]);
  });
});
