import { checkConnector } from "../../../provider/core/connector/check";
import { defineConnector, field, requiredText, secret } from "../../../provider/core/connector/define";
import type { ConnectorInputs } from "../../../provider/core/connector/inputs";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const canary = "canary-7f3a";

const text = (displayName: string) =>
  field({ displayName, description: displayName, format: "text", schema: requiredText(), example: "example" });
const hidden = (displayName: string) => secret({ displayName, description: displayName, example: "…" });

const common = {
  vendor: "V",
  category: "Cloud security",
  availability: "documented",
  portal: { page: "exposureManagement", entry: "Any" },
  settings: { host: { ...text("Host"), warn: (value: string) => (value === "odd" ? "odd host" : undefined) } },
  prerequisites: [],
  troubles: [],
  documentationUrl: "",
  source: "",
} as const;

const flat = defineConnector({
  ...common,
  type: "flat",
  className: "FlatConnector",
  displayName: "Flat",
  authentication: [
    {
      kind: "basic",
      displayName: "Basic",
      fields: { username: text("User"), password: hidden("Password") },
      identifier: "username",
    },
  ],
});

const union = defineConnector({
  ...common,
  type: "union",
  className: "UnionConnector",
  displayName: "Union",
  authentication: [
    {
      kind: "basic",
      displayName: "Basic",
      fields: { username: text("User"), password: hidden("Password") },
      identifier: "username",
    },
    {
      kind: "oauth2",
      displayName: "OAuth",
      fields: { clientId: text("Id"), clientSecret: hidden("Secret") },
      identifier: "clientId",
    },
  ],
});

const surroundings = (variables: Record<string, string> = {}) => ({
  environment: (name: string) => variables[name],
  now: () => new Date(0),
});
const good = { name: "n", host: "h", username: "u", password: canary };
const check = (
  given: Record<string, unknown>,
  previous?: Record<string, unknown>,
  variables?: Record<string, string>,
) => checkConnector(flat, given, previous as ConnectorInputs | undefined, surroundings(variables));
const paths = (result: { problems: readonly { path: string }[] }) => result.problems.map(({ path }) => path).sort();

describe("check of a connector", () => {
  it("accepts good inputs and asks for health", () => {
    const { inputs, problems, warnings } = check(good);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([]);
    expect(inputs).toEqual({ ...good, health: "ok" });
  });

  it("reports all problems at once, with their paths", () => {
    const result = check({
      name: "",
      host: " h",
      username: 3,
      tags: { "managed-by": "me", n: 1 },
      adopt: "yes",
      surprise: 1,
    });
    expect(paths(result)).toEqual([
      "adopt",
      "host",
      "name",
      "password",
      "surprise",
      "tags.managed-by",
      "tags.n",
      "username",
    ]);
  });

  it("names the nearest property for a slip of the fingers", () => {
    const { problems } = check({ ...good, pasword: "x" });
    expect(problems).toEqual([{ path: "pasword", message: expect.stringContaining("did you mean password?") }]);
  });

  it("never quotes a secret, whatever is wrong with it", () => {
    for (const password of [`${canary}\n`, [canary], { fromEnvironment: `${canary} x` }, { value: canary }]) {
      const { problems } = check({ ...good, password });
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems)).not.toContain(canary);
    }
  });

  it("passes unknown values through, also for maps and secrets, and judges the rest", () => {
    const given = {
      name: unknown,
      host: unknown,
      username: "",
      password: unknown,
      tags: unknown,
      description: unknown,
    };
    const result = check(given);
    expect(paths(result)).toEqual(["username"]);
    expect(result.inputs).toMatchObject({ host: unknown, password: unknown, tags: unknown, name: unknown });
  });

  it("takes a reference to an environment variable, and says when it is not set", () => {
    const given = { ...good, password: { fromEnvironment: "PASSWORD" } };
    expect(check(given, undefined, { PASSWORD: canary }).problems).toEqual([]);
    expect(JSON.stringify(check(given, undefined, { PASSWORD: canary }).inputs)).not.toContain(canary);
    expect(check(given).problems).toEqual([
      { path: "password", message: "the environment variable PASSWORD is not set in the provider process" },
    ]);
    expect(check(given, undefined, { PASSWORD: "" }).problems[0]?.message).toContain("is empty");
  });

  it("keeps the secret of the last accepted check while credentialVersion stays", () => {
    const previous = { ...good, credentialVersion: "1", health: "ok" };
    expect(check({ ...good, password: "minted", credentialVersion: "1" }, previous).inputs).toMatchObject({
      password: canary,
    });
    expect(check({ ...good, password: unknown, credentialVersion: "1" }, previous).inputs).toMatchObject({
      password: canary,
    });
    expect(check({ ...good, password: "minted", credentialVersion: "2" }, previous).inputs).toMatchObject({
      password: "minted",
    });
    expect(check({ ...good, password: "minted" }, previous).inputs).toMatchObject({ password: "minted" });
  });

  it("does not keep an old value over a new reference", () => {
    const previous = { ...good, credentialVersion: "1", health: "ok" };
    const given = { ...good, password: { fromEnvironment: "PASSWORD" }, credentialVersion: "1" };
    expect(check(given, previous, { PASSWORD: "x" }).inputs).toMatchObject({
      password: { fromEnvironment: "PASSWORD" },
    });
  });

  it("resets an observed health to what is wanted", () => {
    expect(check(good, { ...good, health: "Unauthorized: x" }).inputs.health).toBe("ok");
  });

  it("warns of what is only unusual", () => {
    expect(check({ ...good, host: "odd" })).toMatchObject({ problems: [], warnings: ["host: odd host"] });
  });

  it("judges the way to sign in that kind names", () => {
    const judge = (authentication: unknown) =>
      checkConnector(union, { name: "n", host: "h", authentication }, undefined, surroundings());
    expect(judge({ kind: "oauth2", clientId: "c", clientSecret: canary }).problems).toEqual([]);
    expect(paths(judge({ kind: "oauth2", username: "u" }))).toEqual([
      "authentication.clientId",
      "authentication.clientSecret",
      "authentication.username",
    ]);
    expect(judge({ kind: "saml" }).problems).toEqual([
      { path: "authentication.kind", message: 'must be "basic" or "oauth2"' },
    ]);
    expect(paths(judge(undefined))).toEqual(["authentication"]);
    expect(judge(unknown).problems).toEqual([]);
    expect(judge({ kind: unknown }).problems).toEqual([]);
  });

  it("drops a held secret when the way to sign in changes", () => {
    const previous = {
      name: "n",
      host: "h",
      credentialVersion: "1",
      authentication: { kind: "basic", username: "u", password: "old" },
      health: "ok",
    };
    const given = {
      name: "n",
      host: "h",
      credentialVersion: "1",
      authentication: { kind: "oauth2", clientId: "c", clientSecret: "new" },
    };
    const { inputs } = checkConnector(union, given, previous as unknown as ConnectorInputs, surroundings());
    expect(inputs.authentication).toEqual({ kind: "oauth2", clientId: "c", clientSecret: "new" });
  });
});
