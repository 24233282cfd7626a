/** `msem verify --ingestion` against a stand-in for Microsoft Graph; the Pulumi CLI is a script that prints an export. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { runVerifyIngestion, type VerifyIngestionArguments } from "../../provider/cli/verifyIngestion";
import { createVendorEmulator, type GraphStore, graphEmulator, type RunningVendor } from "../../provider/emulator";
import { capture, scratch } from "./capture";

const root = join(__dirname, "../..");
const canary = "canary-71c5e8";
const files = scratch();
let graph: RunningVendor<GraphStore>;

beforeAll(async () => {
  graph = await createVendorEmulator(graphEmulator, {
    seed: (store) => {
      store.knownTokens = [`${canary}-token`];
      store.counts = { serviceNow: 12 };
    },
  });
});
beforeEach(() => graph.reset());
afterAll(async () => {
  await graph.close();
  files.remove();
});

const nothing: VerifyIngestionArguments = { setting: [], secretEnv: [], format: "text" };

async function look(args: Partial<VerifyIngestionArguments>, variables: Record<string, string> = {}) {
  const env = {
    PATH: files.folder,
    MSEM_GRAPH_ENDPOINT: graph.url,
    MSEM_GRAPH_TOKEN: `${canary}-token`,
    ...variables,
  };
  const ran = await capture((io) => runVerifyIngestion({ ...nothing, ...args }, io), { env });
  expect(JSON.stringify(ran)).not.toContain(canary);
  return ran;
}

/** A stack of four, one of them with a secret in its state. */
function stack() {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: `v1:${canary}` };
  const resource = (className: string, name: string, hoursAgo?: number) => ({
    urn: `urn:pulumi:prod::security::pulumi-nodejs:dynamic/msem:${className}::${name}`,
    type: `pulumi-nodejs:dynamic/msem:${className}`,
    inputs: { password: secret },
    outputs:
      hoursAgo === undefined ? {} : { createdDateTime: new Date(Date.now() - hoursAgo * 3_600_000).toISOString() },
  });
  const resources = [
    resource("ServiceNowConnector", "cmdb", 100),
    resource("QualysConnector", "scanner", 1),
    resource("Rapid7Connector", "vm", 80),
    resource("WizConnector", "cloud", 100),
    { ...resource("TenableConnector", "leaving", 100), delete: true },
  ];
  const content = files.write("export.json", JSON.stringify({ deployment: { resources } }));
  chmodSync(files.write("pulumi", `#!/bin/sh\n/bin/cat '${content}'\n`), 0o755);
}

describe("msem verify --ingestion", () => {
  it("tells of each connector of a stack, with time for those that are new, and decrypts nothing", async () => {
    stack();
    const { code, stdout, stderr } = await look({ stack: "prod" });
    const since = new Date(Date.now() - 80 * 3_600_000).toISOString().slice(0, 10);
    expect([code, stdout]).toEqual([
      2,
      [
        "Looking in the exposure graph for the data of 4 connectors.",
        "  cmdb     flowing: ServiceNow CMDB assets are in the exposure graph",
        "  scanner  pending: no Qualys asset seen yet; data may take up to 72 hours",
        `  vm       stalled: no Rapid7 finding seen in the exposure graph since ${since}`,
        "  cloud    not verifiable: Microsoft documents no query that shows its data",
        "1 of 4 needs attention",
        "",
      ].join("\n"),
    ]);
    expect(stderr).toBe("[1/4] cmdb: flowing\n[2/4] scanner: pending\n[3/4] vm: stalled\n[4/4] cloud: notVerifiable\n");
  });

  it("gives more time when asked to", async () => {
    stack();
    expect((await look({ stack: true, graceHours: 96 })).code).toBe(0);
    expect((await look({ stack: true, graceHours: 0.5 })).stdout).toContain("2 of 4 need attention");
  });

  it("gives JUnit: stalled fails, pending and not verifiable are skipped", async () => {
    stack();
    const { stdout } = await look({ stack: "prod", format: "junit" });
    const { testsuite } = new XMLParser({ ignoreAttributes: false, parseAttributeValue: true }).parse(
      stdout,
    ).testsuites;
    expect([testsuite["@_tests"], testsuite["@_failures"], testsuite["@_skipped"]]).toEqual([4, 1, 2]);
    expect(testsuite.testcase[2]).toMatchObject({ "@_name": "vm: ingestion", failure: { "@_type": "stalled" } });
  });

  it("takes the types of a file; what is not set on this machine does not matter", async () => {
    const listed = [{ name: "cmdb", type: "serviceNow" }, { type: "tenable" }];
    const { code, stdout } = await look({
      file: files.write("connectors.json", JSON.stringify(listed)),
      format: "json",
    });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      looksIn: "exposureGraph",
      attention: 1,
      connectors: [
        { name: "cmdb", type: "serviceNow", state: "flowing", needsAttention: false },
        { name: "tenable-2", type: "tenable", state: "stalled", needsAttention: true },
      ],
    });
  });

  it("needs no token for a product without a query", async () => {
    const { code, stdout } = await look({ connector: "wiz" }, { MSEM_GRAPH_TOKEN: '{"fromEnvironment":"NOT_SET"}' });
    expect([code, stdout.split("\n")[2]]).toEqual([0, "All good: nothing needs attention"]);
    expect(graph.requests()).toEqual([]);
  });

  it("says which permission is missing, and needs attention", async () => {
    graph.store.mayHunt = false;
    const { code, stdout } = await look({ connector: "serviceNow" });
    expect(code).toBe(2);
    expect(stdout).toContain("serviceNow  failed: ");
    const { stdout: json } = await look({ connector: "serviceNow", format: "json" });
    expect(JSON.parse(json).connectors[0].error.message).toContain("ThreatHunting.Read.All");
  });

  it.each<[string, Partial<VerifyIngestionArguments>, Record<string, string>, string]>([
    ["no connector", {}, {}, "give one of --connector, --file and --stack"],
    ["an unknown type", { connector: "qualis" }, {}, "did you mean qualys?"],
    ["a credential", { connector: "qualys", secretEnv: ["password=X"] }, {}, "no product is asked"],
    [
      "a token that is not there",
      { connector: "qualys" },
      { MSEM_GRAPH_TOKEN: '{"fromEnvironment":"NOT_SET"}' },
      "NOT_SET is not set",
    ],
  ])("refuses %s, and asks nobody", async (_, args, variables, message) => {
    const { code, stderr } = await look(args, variables);
    expect([code, graph.requests()]).toEqual([1, []]);
    expect(stderr).toContain(message);
  });

  it("is what hours of grace imply, on the command line", () => {
    const run = (hours: string) => {
      const args = [join(root, "provider/bin/msem.js"), "verify", "--connector", "wiz", "--grace-hours", hours];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 });
      return { status, text: stdout + stderr };
    };
    expect(run("5")).toEqual({ status: 0, text: expect.stringContaining("wiz  not verifiable") });
    for (const bad of ["soon", "-1", " "]) {
      expect(run(bad)).toEqual({ status: 1, text: expect.stringContaining("It must be a number of hours") });
    }
  });
});
