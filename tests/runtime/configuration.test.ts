import { readConfiguration, resolveConfiguration } from "../../provider/runtime/configuration";

const resolve = (config: Record<string, string>, variables: Record<string, string> = {}) =>
  resolveConfiguration(
    readConfiguration((key) => config[key]),
    (name) => variables[name],
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

  it("resolves a token by reference when it is needed, and names the variable when it is not set", () => {
    const config = { "msem:endpoint": "https://a", "msem:token": '{"fromEnvironment":"SECRET_TOKEN"}' };
    expect(resolve(config, { SECRET_TOKEN: "t" }).credential).toEqual({ kind: "token", token: "t" });
    expect(() => resolve(config)).toThrow(/SECRET_TOKEN.*is not set/);
  });

  it("takes Microsoft Entra when there is a scope and no token", () => {
    expect(resolve({ "msem:endpoint": "https://a", "msem:scope": "api://x/.default" }).credential).toEqual({
      kind: "entra",
      scope: "api://x/.default",
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
