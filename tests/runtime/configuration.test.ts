import { readConfiguration, resolveConfiguration, resolveGraph } from "../../provider/runtime/configuration";

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
    expect(resolve(config, { SECRET_TOKEN: "t" }).credential).toEqual({ kind: "reference", reference });
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

describe("configuration of Microsoft Graph", () => {
  const graph = (config: Record<string, string>, variables: Record<string, string> = {}) =>
    resolveGraph(
      readConfiguration((key) => config[key]),
      around(variables),
    );

  it("needs nothing: the global Graph, with a token from Microsoft Entra", () => {
    expect(graph({})).toEqual({
      endpoint: "https://graph.microsoft.com",
      credential: {
        kind: "entra",
        scope: "https://graph.microsoft.com/.default",
        setting: "msem:graphToken (MSEM_GRAPH_TOKEN)",
      },
    });
  });

  it("takes an endpoint and a token, by value, by reference or from the environment, and not those of the connections", () => {
    expect(
      graph({ "msem:graphEndpoint": "http://127.0.0.1:1", "msem:token": "other" }, { MSEM_GRAPH_TOKEN: "t" }),
    ).toEqual({
      endpoint: "http://127.0.0.1:1",
      credential: { kind: "token", token: "t" },
    });
    expect(graph({ "msem:graphToken": '{"fromFile":"there"}' }).credential).toEqual({
      kind: "reference",
      reference: { fromFile: "there" },
    });
    expect(() => graph({ "msem:graphToken": '{"fromFile":"canary"}' })).toThrow(
      /MSEM_CONFIGURATION Microsoft Graph cannot be asked:\n {2}graphToken: the file that fromFile names does not exist/,
    );
  });
});
