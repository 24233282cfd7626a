import { driverOf, graphSettings, readConfiguration, resolveConfiguration } from "../../provider/runtime/configuration";

const around = (variables: Record<string, string>) => ({
  environment: (name: string) => variables[name],
  now: () => new Date(0),
  fileTrouble: (path: string) => (path === "there" ? undefined : "does not exist"),
});
const resolve = (config: Record<string, string>, variables: Record<string, string> = {}) =>
  resolveConfiguration(
    readConfiguration((key) => config[key]),
    around(variables),
  );

describe("provider configuration", () => {
  it("takes the configuration first and the environment for what is missing", () => {
    expect(
      resolve({ "msem:endpoint": "https://a", "msem:token": "t" }, { MSEM_ENDPOINT: "https://b", MSEM_TOKEN: "u" }),
    ).toEqual({
      endpoint: "https://a",
      credential: { kind: "token", token: "t" },
    });
    expect(resolve({}, { MSEM_ENDPOINT: "https://b", MSEM_TOKEN: "u" })).toMatchObject({
      endpoint: "https://b",
      credential: { kind: "token", token: "u" },
    });
  });

  it.each([
    { fromEnvironment: "SECRET_TOKEN" },
    { fromKeyVault: "https://contoso.vault.azure.net/secrets/msem-token" },
    { fromFile: "there" },
    { fromCommand: ["az", "account", "get-access-token"] },
  ])("takes a token by reference: %j", (reference) => {
    const config = { "msem:endpoint": "https://a", "msem:token": JSON.stringify(reference) };
    expect(resolve(config, { SECRET_TOKEN: "t" }).credential).toEqual({
      kind: "reference",
      reference,
      setting: "msem:token",
    });
  });

  it("judges a token by reference before it is needed, and quotes nothing of it", () => {
    const at = (token: string) => () => resolve({ "msem:endpoint": "https://a", "msem:token": token });
    expect(at('{"fromEnvironment":"SECRET_TOKEN"}')).toThrow(/token: the environment variable SECRET_TOKEN is not set/);
    expect(at('{"fromFile":"gone"}')).toThrow(/token: the file that fromFile names does not exist/);
    expect(at('{"fromFile":"there","fromEnvironment":"X"}')).toThrow(/token: must have exactly one of/);
    for (const text of [
      '{"fromKeyVault":"canary"}',
      '{"canary":1}',
      '{"fromEnvironment":"canary',
      '{"fromCommand":[]}',
    ]) {
      expect(at(text)).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/token(\.\w+)?: (must|begins)/) }),
      );
      expect(at(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining("canary") }));
    }
  });

  it("takes Microsoft Entra when there is a scope and no token", () => {
    expect(resolve({ "msem:endpoint": "https://a", "msem:scope": "api://x/.default" }).credential).toEqual({
      kind: "entra",
      scope: "api://x/.default",
      setting: "msem:token",
    });
  });

  it("takes the portal only when it is chosen, and names it where an endpoint is missing", () => {
    const driver = (config: Record<string, string>, variables: Record<string, string> = {}) =>
      driverOf(
        readConfiguration((key) => config[key]),
        around(variables),
      );
    expect(driver({})).toBe("api");
    expect(driver({ "msem:driver": "portal" })).toBe("portal");
    expect(driver({}, { MSEM_DRIVER: "portal" })).toBe("portal");
    expect(driver({ "msem:driver": "api" }, { MSEM_DRIVER: "portal" })).toBe("api");
    expect(() => driver({ "msem:driver": "Portal" })).toThrow(
      'MSEM_CONFIGURATION msem:driver is "Portal"; there are api and portal',
    );
    expect(() => resolve({})).toThrow(/pulumi config set msem:driver portal/);
  });

  it("says everything that is missing or wrong in one error, and no value of a token", () => {
    expect(() => resolve({})).toThrow(
      /msem:endpoint[\s\S]*MSEM_ENDPOINT[\s\S]*msem:token[\s\S]*MSEM_TOKEN[\s\S]*msem:scope/,
    );
    expect(() => resolve({ "msem:token": "canary", "msem:requestTimeoutSeconds": "soon" })).toThrow(
      /endpoint: [\s\S]*requestTimeoutSeconds: must be/,
    );
    expect(() => resolve({ "msem:token": "canary" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canary") }),
    );
  });

  it("reads time-outs in seconds", () => {
    const config = { "msem:endpoint": "https://a", "msem:token": "t", "msem:requestTimeoutSeconds": "1.5" };
    expect(resolve(config)).toMatchObject({ requestTimeoutMs: 1500 });
  });
});

it("reads what is set for Microsoft Graph, and does not mix it with the token of the connections", () => {
  const settings = (config: Record<string, string>, variables: Record<string, string> = {}) =>
    graphSettings(
      readConfiguration((key) => config[key]),
      around(variables),
    );
  expect(settings({ "msem:token": "t", "msem:endpoint": "https://a" })).toEqual({});
  expect(
    settings({ "msem:graphEndpoint": "https://g" }, { MSEM_GRAPH_ENDPOINT: "https://h", MSEM_GRAPH_TOKEN: "t" }),
  ).toEqual({
    endpoint: "https://g",
    token: "t",
  });
});
