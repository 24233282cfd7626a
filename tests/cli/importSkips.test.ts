/** Connections that an emulator would never hold: what a later release of a service may have. */
import { join } from "node:path";
import { declareRanges } from "../../provider/cli/import/allowlists";
import { literal, print } from "../../provider/cli/import/code";
import { sortConnections } from "../../provider/cli/import/connections";
import { program } from "../../provider/cli/import/files";
import { namesWith } from "../../provider/cli/import/names";
import { type Home, projectName } from "../../provider/cli/import/stack";
import type { Connection } from "../../provider/connections/model";
import { parsePrefix } from "../../provider/core/ip/index";
import { formatOwnership } from "../../provider/core/ownership";
import { downloadCenter, serviceTagApi, url, type WantedRanges } from "../../provider/ranges/index";
import { scratch } from "./capture";

const connection = (more: Partial<Connection>): Connection => ({
  id: more.name ?? "id",
  name: "scanner",
  connectorType: "qualys",
  settings: { apiServer: "qualysapi.qualys.eu" },
  credentialInfo: { kind: "basic", identifier: "msem", updatedDateTime: "2026-11-01T00:00:00Z" },
  status: "Connected",
  createdDateTime: "2026-11-01T00:00:00Z",
  lastModifiedDateTime: "2026-11-01T00:00:00Z",
  tags: {},
  etag: "",
  ...more,
});

/** An empty stack. */
function emptyHome(): Home {
  const take = namesWith("-");
  return {
    project: "security",
    stack: "prod",
    holderOf: () => undefined,
    recover: (_class, owner) => owner.stack === "prod" && take(owner.name) === owner.name,
    has: () => false,
    takeName: (_class, wanted) => take(wanted),
    providerUrn: (name) => name,
    setting: () => undefined,
  };
}

const sort = (...connections: Connection[]) =>
  sortConnections(connections, {
    client: { tenant: async () => ({ endpoint: "https://example.test" }) },
    home: emptyHome(),
    credentials: { form: "config", takeKey: namesWith(""), takeVariable: namesWith("_") },
    takeIdentifier: namesWith(""),
    adopt: false,
    resolve: async () => "",
  });

it.each<[string, Partial<Connection>, string]>([
  ["a type", { connectorType: "vendorX" }, 'this release has no class for "vendorX"'],
  [
    "a way to sign in",
    { credentialInfo: { kind: "passkey", updatedDateTime: "2026-11-01T00:00:00Z" } },
    'signs in by "passkey", which QualysConnector does not know',
  ],
  [
    "a setting",
    { settings: { apiServer: "qualysapi.qualys.eu", lane: "2" } },
    "lane: QualysConnector has no such property",
  ],
  ["a value", { settings: { apiServer: "qualysguard.qualys.eu" } }, "apiServer: "],
])("skips %s that it does not know, with the reason, and goes on", async (_what, more, reason) => {
  const { found, skipped } = await sort(connection({ name: "other", ...more }), connection({ name: "good" }));
  expect(found.map(({ logicalName }) => logicalName)).toEqual(["good"]);
  expect(skipped).toEqual([expect.objectContaining({ name: "other", attention: true })]);
  expect(skipped[0]?.reason).toContain(reason);
});

it("asks the configuration also for a user name that the service does not tell", async () => {
  const { found } = await sort(
    connection({ credentialInfo: { kind: "basic", updatedDateTime: "2026-11-01T00:00:00Z" } }),
  );
  expect(program(found, { stack: "prod" }, false)).toContain('username: config.require("scannerUsername")');
  expect(found[0]?.inputs).not.toHaveProperty("username");
});

it("keeps the name of what the stack has lost from what merely has that name", async () => {
  const { found } = await sort(
    connection({ name: "a" }),
    connection({ name: "b", tags: formatOwnership({ project: "security", stack: "prod", name: "a" }) }),
  );
  expect(found.map(({ id, logicalName, inputs }) => [id, logicalName, inputs.name])).toEqual([
    ["b", "a", "b"],
    ["a", "a-2", "a"],
  ]);
});

it("writes logical names that fit into a URN and a command line", async () => {
  const { found } = await sort(connection({ name: "a::b\nc" }), connection({ name: "\u200b" }));
  expect(found.map(({ logicalName }) => logicalName)).toEqual(["a:b c", "connection"]);
});

it.each<[string, WantedRanges, string]>([
  ["", { serviceTag: "scuba", source: downloadCenter() }, 'new msem.ServiceTagRanges("scuba")'],
  [
    "of another cloud",
    { serviceTag: "Scuba", cloud: "China", source: downloadCenter({ cloud: "China" }) },
    '("scuba", { cloud: "China" })',
  ],
  ["of a server", { serviceTag: "Scuba", source: url("https://a.test/b.json") }, 'msem.url("https://a.test/b.json")'],
  [
    "of the Azure API",
    { serviceTag: "Scuba", source: serviceTagApi({ subscriptionId: "s", location: "westeurope" }) },
    'source: msem.serviceTagApi({\n    cloud: "Public",\n    subscriptionId: "s",\n    location: "westeurope",\n  })',
  ],
])("declares ranges %s as they were read", async (_what, wanted, code) => {
  const parsed = parsePrefix("20.1.0.0/29");
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const ranges = await declareRanges(
    wanted,
    { serviceTag: "Scuba", counter: "file/Public/Scuba", changeNumber: 7, prefixes: [parsed.value] },
    {
      home: emptyHome(),
      takeIdentifier: namesWith(""),
      judging: { environment: () => undefined, now: () => new Date(0) },
    },
  );
  expect(program([ranges], { stack: "prod" }, false)).toContain(code);
  expect(ranges.outputs).toMatchObject({ changeNumber: 7, prefixes: { "20.1.0.0/29": "Scuba" }, stateVersion: 1 });
});

it("writes keys as what they are", () => {
  const code = print(literal(JSON.parse('{"a-b": ["x", {"y": 1}], "__proto__": "p", "ok": {}}')));
  expect(code).toBe('{\n  "a-b": ["x", {"y":1}],\n  ["__proto__"]: "p",\n  ok: {},\n}');
});

describe("the project's name", () => {
  const files = scratch();
  afterAll(files.remove);

  it.each([
    ["name: shop\nruntime: nodejs\n", "shop"],
    ['runtime: nodejs\nname: "shop-2" # the shop\n', "shop-2"],
    ["description: name: x\nname:  'a.b'\r\n", "a.b"],
  ])("is read from %j, in the folder or above it", (text, name) => {
    files.write("Pulumi.yaml", text);
    expect(projectName(join(files.folder, "src"))).toBe(name);
  });

  it("is asked for where there is none", () => {
    files.write("Pulumi.yaml", "runtime: nodejs\n");
    expect(() => projectName(files.folder)).toThrow("no line with the project's name");
  });
});
