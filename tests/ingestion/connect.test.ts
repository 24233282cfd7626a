/** From settings to counts, with a token by value, by reference, and from the machine's identity. */
import {
  createVendorEmulator,
  type GraphStore,
  graphEmulator,
  identityPath,
  type RunningVendor,
} from "../../provider/emulator";
import { connectGraph, type GraphSettings, resolveGraph } from "../../provider/ingestion/connect";
import { qualysIngestion } from "../../provider/vendors/qualys/ingestion";
import { tenableIngestion } from "../../provider/vendors/tenable/ingestion";

const path = "/v1.0/security/runHuntingQuery";
let graph: RunningVendor<GraphStore>;
let time: number;
let warnings: string[];

beforeAll(async () => {
  graph = await createVendorEmulator(graphEmulator, {
    seed: (store) => {
      store.knownTokens = ["by-value", "by-reference"];
      store.counts = { qualys: 3 };
    },
  });
});
beforeEach(() => {
  graph.reset();
  time = 0;
  warnings = [];
});
afterAll(() => graph.close());

const around = {
  environment: (name: string) => (name === "SET" ? "by-reference" : undefined),
  now: () => new Date(time),
  fileTrouble: () => "does not exist",
  resolve: async () => "by-reference",
  warn: (message: string) => void warnings.push(message),
};
const connect = (settings: Partial<GraphSettings> = {}) =>
  connectGraph({ endpoint: graph.url, token: "by-value", ...settings }, around);
const hunts = () => graph.requests().filter((request) => request.path === path).length;

describe("the way to advanced hunting", () => {
  it("takes a token by value or by reference", async () => {
    expect(await connect()(qualysIngestion)).toBe(3);
    graph.store.knownTokens = ["by-reference"];
    expect(await connect({ token: '{"fromEnvironment":"SET"}' })(qualysIngestion)).toBe(3);
  });

  it("takes a token from Microsoft Entra where none is set, by the identity of the machine", async () => {
    const variables = { ...process.env };
    Object.assign(process.env, {
      IDENTITY_ENDPOINT: `${graph.url}${identityPath}`,
      IDENTITY_HEADER: graph.store.identityHeader,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    });
    graph.store.knownTokens = [];
    try {
      expect(await connect({ token: undefined })(qualysIngestion)).toBe(3);
      expect(Object.values(graph.store.tokens)).toEqual(["https://graph.microsoft.com"]);
    } finally {
      process.env = variables;
    }
  });

  it("asks once for what many want to know within a minute, and then anew", async () => {
    const count = connect();
    expect(await Promise.all([count(qualysIngestion), count(qualysIngestion), count(tenableIngestion)])).toEqual([
      3, 3, 0,
    ]);
    time = 59_999;
    expect(await count(qualysIngestion)).toBe(3);
    expect(hunts()).toBe(2);
    graph.store.counts.qualys = 4;
    time = 60_000;
    expect(await count(qualysIngestion)).toBe(4);
    expect(hunts()).toBe(3);
  });

  it("does not keep a failure", async () => {
    const count = connect();
    graph.store.mayHunt = false;
    await expect(count(qualysIngestion)).rejects.toMatchObject({ code: "MSEM_FORBIDDEN" });
    graph.store.mayHunt = true;
    expect(await count(qualysIngestion)).toBe(3);
  });

  it("warns once of a cloud without Exposure Management", () => {
    connect({ endpoint: "https://graph.microsoft.us" });
    expect(warnings).toEqual([expect.stringContaining("GCC High")]);
  });
});

describe("settings for Microsoft Graph", () => {
  const resolve = (settings: Partial<GraphSettings>) =>
    resolveGraph({ endpoint: undefined, token: undefined, ...settings }, around);

  it("may be left out: then it is the global Graph, with a token from Microsoft Entra", () => {
    expect(resolve({})).toEqual({
      endpoint: "https://graph.microsoft.com",
      credential: {
        kind: "entra",
        scope: "https://graph.microsoft.com/.default",
        setting: "msem:graphToken (MSEM_GRAPH_TOKEN)",
      },
    });
  });

  it("that cannot work are said without being quoted", () => {
    expect(() => resolve({ token: '{"fromFile":"canary"}' })).toThrow(
      /^MSEM_CONFIGURATION Microsoft Graph cannot be asked:\n {2}graphToken: the file that fromFile names does not exist$/,
    );
  });
});
