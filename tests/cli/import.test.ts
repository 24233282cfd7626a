/** `msem import` against an emulated tenant and products, with a stand-in for the Pulumi CLI. */
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ImportArguments, runImport } from "../../provider/cli/import/run";
import { createEmulator, type Emulator, type SeedConnection } from "../../provider/emulator/index";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/vendor";
import { type TenableStore, tenableEmulator } from "../../provider/vendors/tenable/emulator";
import { capture, scratch } from "./capture";

const canary = "canary-2b8e70";
const files = scratch();
let emulator: Emulator | undefined;
let vendor: RunningVendor<TenableStore>;
let turn = 0;

beforeAll(async () => {
  vendor = await createVendorEmulator(tenableEmulator, {
    seed: (store) => {
      store.users = [{ accessKey: "a".repeat(64), secretKey: `${canary}-tenable`, role: 64 }];
      store.allowedIpv4 = "20.1.0.0/29, 198.51.100.7";
    },
  });
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});
afterAll(async () => {
  await vendor.close();
  files.remove();
});

const scanner = (name: string, more: Partial<SeedConnection> = {}): SeedConnection => ({
  name,
  connectorType: "qualys",
  settings: { apiServer: "qualysapi.qualys.eu" },
  credentials: { kind: "basic", username: "msem", password: `${canary}-password` },
  ...more,
});

interface Stack {
  readonly resources?: readonly object[];
  readonly config?: object;
}

/** A `pulumi` that knows one stack. */
function pulumi({ resources = [], config = {} }: Stack): void {
  const exported = files.write("export.json", JSON.stringify({ deployment: { resources } }));
  const settings = files.write("config.json", JSON.stringify(config));
  const script = `case "$1 $2" in "stack export") cat ${exported};; "config --json") cat ${settings};; *) echo prod;; esac`;
  chmodSync(files.write("pulumi", `#!/bin/sh\n${script}\n`), 0o755);
}

const defaults: ImportArguments = {
  all: false,
  kind: [],
  name: [],
  ranges: "downloadCenter",
  tag: "Scuba",
  credentials: "config",
  adopt: false,
  project: "security",
  out: "",
  force: false,
  json: false,
  verbose: false,
};

async function open(connections: readonly SeedConnection[], stack: Stack = {}): Promise<Record<string, string>> {
  emulator = await createEmulator({ seed: { connections } });
  pulumi(stack);
  return {
    PATH: `${files.folder}:${process.env.PATH ?? ""}`,
    MSEM_ENDPOINT: emulator.url,
    MSEM_TOKEN: emulator.tokens.securityReader,
  };
}

async function run(env: Record<string, string>, args: Partial<ImportArguments>) {
  const out = args.out ?? join(files.folder, `out-${turn++}`);
  const ran = await capture((io) => runImport({ ...defaults, ...args, out }, io), { env });
  const read = (name: string) => (existsSync(join(out, name)) ? readFileSync(join(out, name), "utf8") : "");
  const resources = read("import.json");
  const program = read("imported.ts");
  expect(JSON.stringify({ ...ran, resources, program })).not.toContain(canary);
  return { ...ran, out, program, resources: resources === "" ? [] : JSON.parse(resources).resources };
}

describe("msem import", () => {
  it("declares what exists as a person would write it, and records the same", async () => {
    const env = await open([
      scanner("Scanner (EU)", { description: 'of "Europe"', tags: { team: "vm" } }),
      {
        name: "cmdb",
        connectorType: "serviceNow",
        settings: { instance: "contoso.service-now.com" },
        credentials: { kind: "oauth2", clientId: "client-1", clientSecret: `${canary}-secret` },
      },
    ]);
    const { code, program, resources, stdout } = await run(env, { all: true });
    expect(
      program,
    ).toBe(`// Written by \`msem import\` of what existed, for stack prod. It is yours now: change it as you like.

import * as pulumi from "@pulumi/pulumi";
import * as msem from "pulumi-msem";

const config = new pulumi.Config();

export const cmdb = new msem.ServiceNowConnector("cmdb", {
  instance: "contoso.service-now.com",
  authentication: {
    kind: "oauth2",
    clientId: "client-1",
    clientSecret: config.requireSecret("cmdbClientSecret"),
  },
});

export const scannerEu = new msem.QualysConnector("Scanner (EU)", {
  apiServer: "qualysapi.qualys.eu",
  username: "msem",
  password: config.requireSecret("scannerEuPassword"),
  description: "of \\"Europe\\"",
  tags: { team: "vm" },
});
`);
    expect(code).toBe(0);
    expect(stdout).toContain("2 resources to import into stack prod of project security\n");
    expect(stdout).toContain("pulumi config set --secret cmdbClientSecret\n");
    expect(resources[1]).toMatchObject({
      type: "pulumi-nodejs:dynamic/msem:QualysConnector",
      name: "Scanner (EU)",
      inputs: {
        owner: { project: "security", stack: "prod", name: "Scanner (EU)" },
        description: 'of "Europe"',
        health: "ok",
      },
      outputs: { stateVersion: 1, status: "connected", tenant: { endpoint: emulator?.url } },
    });
    expect(resources[1].inputs).not.toHaveProperty("password");
  });

  it("refers to environment variables when that is wanted, in the file too", async () => {
    const env = await open([scanner("Scanner EU")]);
    const { program, resources, stdout } = await run(env, { all: true, credentials: "fromEnvironment" });
    expect(program).toContain('password: { fromEnvironment: "SCANNER_EU_PASSWORD" }');
    expect(program).not.toContain("config");
    expect(resources[0].inputs.password).toEqual({ fromEnvironment: "SCANNER_EU_PASSWORD" });
    expect(resources[0].outputs.password).toEqual({ fromEnvironment: "SCANNER_EU_PASSWORD" });
    expect(stdout).toMatch(/SCANNER_EU_PASSWORD[\s\S]*The preview shows no change\.\n$/);
  });

  it("makes every name an identifier of its own, and no text of the service becomes code", async () => {
    const hostile = `"); process.exit(); ("\`$\{1}`;
    const names = ["scanner-eu", "Scanner EU", "class", "2024 scan", "資産", "Zürich", hostile];
    const env = await open(names.map((name) => scanner(name)));
    const { program, resources } = await run(env, { all: true });
    const declared = [
      ...program.matchAll(/export const (\S+) = new msem\.QualysConnector\(("(?:[^"\\]|\\.)*"), \{\n/g),
    ];
    expect(declared.map(([, identifier]) => identifier).sort()).toEqual(
      ["class2", "zurich", "processExit1", "qualys", "qualys2024Scan", "scannerEu", "scannerEu2"].sort(),
    );
    expect(declared.map(([, , text]) => JSON.parse(text ?? "")).sort()).toEqual(names.toSorted());
    expect(new Set([...program.matchAll(/requireSecret\("(\w+)"\)/g)].map(([, key]) => key)).size).toBe(names.length);
    expect(resources).toHaveLength(names.length);
  });

  it("reads every page, writes the same at every run, and chooses by type and name", async () => {
    const many = Array.from({ length: 130 }, (_, index) => scanner(`scan-${index}`));
    const rapid7 = {
      name: "Insight",
      connectorType: "rapid7",
      settings: { endpoint: "eu.api.insight.rapid7.com" },
      credentials: { kind: "apiKey", apiKey: `${canary}-key` },
    };
    const env = await open([...many, rapid7]);
    const [first, second] = [await run(env, { all: true }), await run(env, { all: true })];
    expect(first.resources).toHaveLength(131);
    expect([second.program, second.resources]).toEqual([first.program, first.resources]);
    expect((await run(env, { kind: ["rapid7"] })).resources).toHaveLength(1);
    expect((await run(env, { name: ["INSIGHT", "scan-7"] })).resources).toHaveLength(2);
    const unknown = await run(env, { name: ["Insigth"] });
    expect([unknown.code, unknown.resources]).toEqual([1, []]);
    expect(unknown.stderr).toContain('Did you mean "Insight"?');
  });

  it("leaves alone what is in the stack and what belongs to another one, and brings back what the stack has lost", async () => {
    const tags = (stack: string, name: string) => ({
      "managed-by": "pulumi",
      "pulumi-project": "security",
      "pulumi-stack": stack,
      "pulumi-name": name,
    });
    const env = await open([
      scanner("mine", { tags: tags("prod", "present") }),
      scanner("lost one", { tags: tags("prod", "lost") }),
      scanner("theirs", { tags: tags("dev", "x") }),
    ]);
    const mine = emulator?.connections().find(({ name }) => name === "mine")?.id;
    const urn = "urn:pulumi:prod::security::pulumi-nodejs:dynamic/msem:QualysConnector::present";
    const type = "pulumi-nodejs:dynamic/msem:QualysConnector";
    pulumi({ resources: [{ urn, type, outputs: { connectionId: mine } }] });
    const { code, resources, stdout, program } = await run(env, { all: true });
    expect(code).toBe(2);
    expect(resources.map(({ name }: { name: string }) => name)).toEqual(["lost"]);
    expect(program).toContain('name: "lost one"');
    expect(stdout).toContain("mine (qualys): is in the stack already, as 'present'");
    expect(stdout).toContain("theirs (qualys): belongs to resource 'x' of stack dev in project security; --adopt");
    const adopting = await run(env, { name: ["theirs"], adopt: true });
    expect([adopting.code, adopting.program]).toEqual([0, expect.stringContaining("adopt: true")]);
    expect(adopting.resources[0].inputs).toMatchObject({ adopt: true, owner: { stack: "prod", name: "theirs" } });
    const nothing = await run(env, { name: ["mine"] });
    expect([nothing.code, nothing.stdout.split("\n")[0]]).toEqual([0, "There is nothing to import, 1 skipped"]);
    expect(existsSync(nothing.out)).toBe(false);
  });

  it("says which connections do not work, and exits with 2", async () => {
    const env = await open([scanner("broken")]);
    emulator?.failConnection("broken", { code: "Unauthorized", message: "bad login" });
    const { code, stdout, resources } = await run(env, { all: true, json: true });
    expect([code, JSON.parse(stdout).found[0]]).toMatchObject([
      2,
      { name: "broken", needsAttention: true, note: expect.stringContaining("Unauthorized: bad login") },
    ]);
    expect(resources[0].inputs.health).toContain("bad login");
  });

  it("never replaces a file unless told to", async () => {
    const env = await open([scanner("one")]);
    const { out } = await run(env, { all: true });
    const program = join(out, "imported.ts");
    writeFileSync(program, "// edited");
    const before = emulator?.requests().length;
    const refused = await run(env, { all: true, out });
    expect([refused.code, refused.program]).toEqual([1, "// edited"]);
    expect(refused.stderr).toContain("are there already");
    expect(emulator?.requests().length).toBe(before);
    expect((await run(env, { all: true, out, force: true })).program).toContain("QualysConnector");
    const nowhere = await run(env, { all: true, out: join(program, "below") });
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining("cannot be written there (ENOTDIR)")]);
    expect(readdirSync(out).sort()).toEqual(["import.json", "imported.ts"]);
  });

  it("takes endpoint and token from the stack too, and says what is missing without decrypting anything", async () => {
    const env = await open([scanner("one")]);
    const { MSEM_ENDPOINT: endpoint = "", MSEM_TOKEN: token = "", ...bare } = env;
    pulumi({
      config: {
        "msem:endpoint": { value: endpoint, secret: false },
        "msem:token": { value: '{"fromEnvironment":"TOKEN_OF_CI"}', secret: false },
      },
    });
    expect(await run({ ...bare, TOKEN_OF_CI: token }, { all: true })).toMatchObject({ code: 0 });
    pulumi({ config: { "msem:token": { secret: true } } });
    const { code, stderr } = await run(bare, { all: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/endpoint: none in[\s\S]*msem:token of stack prod is encrypted[\s\S]*set MSEM_TOKEN/);
  });

  it.each([
    [{}, "nothing was chosen"],
    [{ all: true, kind: ["qualys"] }, "--all means every connection"],
    [{ kind: ["qualis"] }, "--kind: there is no such connector type; did you mean qualys?"],
    [{ all: true, provider: "tenant" }, "the stack prod has no such msem.Provider"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await run(await open([]), args);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

describe("msem import of lists", () => {
  const published = ["20.1.0.0/29", "20.1.0.16/31"];
  const properties = {
    changeNumber: 7,
    region: "",
    platform: "Azure",
    systemService: "Scuba",
    addressPrefixes: published,
  };
  const ranges = () => files.write("tags.json", JSON.stringify({ name: "Scuba", id: "Scuba", properties }));
  const product = (more: object = {}) => ({
    name: "api",
    kind: "tenable",
    settings: { endpoint: vendor.url },
    credentials: { accessKey: "a".repeat(64), secretKey: { fromEnvironment: "TENABLE_SECRET" } },
    ...more,
  });
  const listed = (...products: object[]) => files.write("products.json", JSON.stringify(products));
  const env = async (): Promise<Record<string, string>> => ({
    ...(await open([])),
    TENABLE_SECRET: `${canary}-tenable`,
  });

  it("records what is there of the published list, says what is missing, and needs no tenant", async () => {
    const { MSEM_ENDPOINT: _endpoint, ...without } = await env();
    const { code, program, resources, stdout } = await run(without, { targets: listed(product()), ranges: ranges() });
    expect(code).toBe(2);
    expect(stdout).toContain("1 of 2 prefixes present, 1 entry of others");
    expect(program).toContain('export const scuba = new msem.ServiceTagRanges("scuba", { source: msem.file(');
    expect(program).toContain(`export const apiAllowlist = new msem.IpAllowlist("api", {
  target: msem.targets.tenable({
    endpoint: "${vendor.url}",
    accessKey: "${"a".repeat(64)}",
    secretKey: config.requireSecret("apiAllowlistSecretKey"),
  }),
  ranges: scuba.ranges,
});`);
    expect(resources[1]).toMatchObject({
      inputs: { prefixes: { "20.1.0.0/29": "Scuba" }, changeNumber: 7 },
      outputs: { owned: [], status: "applied" },
    });
    expect(resources[1].inputs.target).toEqual({ kind: "tenable", endpoint: vendor.url, accessKey: "a".repeat(64) });
    expect(vendor.requests().every(({ method }) => method === "GET")).toBe(true);
  });

  it("takes over the wanted entries with --adopt, and no others", async () => {
    const { resources } = await run(await env(), { targets: listed(product()), ranges: ranges(), adopt: true });
    expect(resources[1].outputs).toMatchObject({ adopt: true, owned: ["20.1.0.0/29"] });
  });

  it("shows all mistakes of the file at once, and no secret that stands in it", async () => {
    const products = listed(
      product({ credentials: { accessKey: "a".repeat(64), secretKey: `${canary}-plain` } }),
      product({ kind: "wiz", settings: {}, credentials: {} }),
      product({ name: "x", kind: "qualys" }),
    );
    const { code, stderr } = await run(await env(), { targets: products, ranges: ranges() });
    expect(code).toBe(1);
    expect(stderr).toContain("0.credentials.secretKey: is secret; give a reference instead");
    expect(stderr).toContain('1.name: "api" stands here already');
    expect(stderr).toContain("1.target.experimental: must be true");
    expect(stderr).toContain("2.kind: must be one of tenable, prismaCloud, serviceNow, wiz");
  });

  it("exits with 3 when a guard refuses the published list", async () => {
    const refused = JSON.stringify({ name: "Scuba", id: "Scuba", properties: { ...properties, addressPrefixes: [] } });
    const { code, stderr } = await run(await env(), {
      targets: listed(product()),
      ranges: files.write("empty.json", refused),
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining("MSEM_REFUSED")]);
  });
});
