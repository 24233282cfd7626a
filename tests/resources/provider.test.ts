/** What a program registers, seen through Pulumi's mocks. */
import * as pulumi from "@pulumi/pulumi";
import * as msem from "../../provider/index";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const registered: Registered[] = [];
const secretMark = "4dabf18193072939515e22adb298388d";

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: inputs };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    true,
  );
});

async function inputsOf(make: () => pulumi.Resource): Promise<Record<string, unknown>> {
  registered.length = 0;
  const resource = make();
  await new Promise((done) => pulumi.all([resource.urn]).apply(done));
  return registered[0]?.inputs ?? {};
}

const isSecret = (value: unknown) => typeof value === "object" && value !== null && secretMark in value;

describe("a connector in a program", () => {
  it("registers a constant provider, its owner and its logical name, and marks a plain secret", async () => {
    const inputs = await inputsOf(
      () => new msem.QualysConnector("scanner", { apiServer: "qualysapi.qualys.eu", username: "u", password: "plain" }),
    );
    expect(inputs).toMatchObject({
      __provider: 'exports.handler = () => require("pulumi-msem/runtime").QualysConnector;',
      name: "scanner",
      username: "u",
      owner: { project: "project", stack: "stack", name: "scanner" },
    });
    expect(isSecret(inputs.password)).toBe(true);
  });

  it("marks a union that holds a secret", async () => {
    const inputs = await inputsOf(
      () =>
        new msem.ServiceNowConnector("cmdb", {
          instance: "contoso.service-now.com",
          authentication: { kind: "basic", username: "u", password: pulumi.output("plain") },
        }),
    );
    // The SDK lifts the mark of a nested secret to the whole argument.
    expect(isSecret(inputs.authentication)).toBe(true);
  });

  it("marks a union whole when it comes as an output", async () => {
    const inputs = await inputsOf(
      () =>
        new msem.ServiceNowConnector("cmdb-output", {
          instance: "contoso.service-now.com",
          authentication: pulumi.output({ kind: "basic" as const, username: "u", password: "plain" }),
        }),
    );
    expect(isSecret(inputs.authentication)).toBe(true);
  });

  it("leaves a union that holds only a reference readable", async () => {
    const inputs = await inputsOf(
      () =>
        new msem.ServiceNowConnector("cmdb-reference", {
          instance: "contoso.service-now.com",
          authentication: { kind: "basic", username: "u", password: { fromEnvironment: "PASSWORD" } },
        }),
    );
    expect(inputs.authentication).toEqual({ kind: "basic", username: "u", password: { fromEnvironment: "PASSWORD" } });
  });

  it.each<msem.SecretReference>([
    { fromEnvironment: "PASSWORD" },
    { fromKeyVault: "https://contoso.vault.azure.net/secrets/password" },
    { fromFile: "password.txt" },
    { fromCommand: ["op", "read", "op://vault/item/field"] },
  ])("passes a reference as it is, for it is no secret: %j", async (password) => {
    const inputs = await inputsOf(
      () => new msem.QualysConnector("by-reference", { apiServer: "qualysapi.qualys.eu", username: "u", password }),
    );
    expect(inputs.password).toEqual(password);
  });

  it("marks what is no clean reference as secret, whatever it is: check refuses it", async () => {
    const password = { fromFile: "password.txt", fromEnvironment: "PASSWORD" };
    const inputs = await inputsOf(
      () => new msem.QualysConnector("muddled", { apiServer: "qualysapi.qualys.eu", username: "u", password }),
    );
    expect(isSecret(inputs.password)).toBe(true);
  });
});

describe("a ConnectorHealth in a program", () => {
  it("takes type, id and time from its connector", async () => {
    const connector = new msem.QualysConnector("watched", { apiServer: "a", username: "u", password: "plain" });
    Object.assign(connector, {
      connectionId: pulumi.output("c1"),
      createdDateTime: pulumi.output("2026-11-01T00:00:00Z"),
      credentialAppliedDateTime: pulumi.output("2026-11-02T00:00:00Z"),
    });
    await new Promise((done) => connector.urn.apply(done));
    const inputs = await inputsOf(() => new msem.ConnectorHealth("data", { connector, onStalled: "fail" }));
    expect(inputs).toMatchObject({
      __provider: 'exports.handler = () => require("pulumi-msem/runtime").ConnectorHealth;',
      connectorType: "QualysConnector",
      connectionId: "c1",
      connectedSince: "2026-11-02T00:00:00Z",
      onStalled: "fail",
      owner: { project: "project", stack: "stack", name: "data" },
    });
    expect(inputs).not.toHaveProperty("connector");
  });
});

describe("an explicit provider", () => {
  it("keeps the token secret, and a reference as text", async () => {
    const byValue = await inputsOf(
      () => new msem.Provider("b", { endpoint: "https://b", token: "plain", requestTimeoutSeconds: 5 }),
    );
    expect(byValue).toMatchObject({ "msem:endpoint": "https://b", "msem:requestTimeoutSeconds": "5" });
    expect(isSecret(byValue["msem:token"])).toBe(true);
    const byReference = await inputsOf(
      () => new msem.Provider("c", { endpoint: "https://c", token: { fromEnvironment: "TOKEN" } }),
    );
    expect(byReference["msem:token"]).toBe('{"fromEnvironment":"TOKEN"}');
    const graph = await inputsOf(() => new msem.Provider("d", { graphEndpoint: "https://g", graphToken: "plain" }));
    expect(graph["msem:graphEndpoint"]).toBe("https://g");
    expect(isSecret(graph["msem:graphToken"])).toBe(true);
  });
});
