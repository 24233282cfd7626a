import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { runVerify, type VerifyArguments } from "../../provider/cli/verify";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/vendor";
import { type QualysStore, qualysEmulator } from "../../provider/vendors/qualys/emulator";
import { type Rapid7Store, rapid7Emulator } from "../../provider/vendors/rapid7/emulator";
import { capture, scratch } from "./capture";

const canary = "canary-93e0b2";
const files = scratch();
let rapid7: RunningVendor<Rapid7Store>;
let qualys: RunningVendor<QualysStore>;
let env: Record<string, string>;

beforeAll(async () => {
  rapid7 = await createVendorEmulator(rapid7Emulator, {
    seed: (store) => store.keys.push({ key: `${canary}-key`, readsAssets: true }),
  });
  qualys = await createVendorEmulator(qualysEmulator, {
    seed: (store) =>
      store.users.push({ name: "msem", password: `${canary}-password`, readsAssets: true, readsKnowledgeBase: true }),
  });
  env = {
    MSEM_RAPID7_URL: rapid7.url,
    MSEM_QUALYS_URL: qualys.url,
    RAPID7_KEY: `${canary}-key`,
    QUALYS_PASSWORD: `${canary}-password`,
    PATH: files.folder,
  };
});
afterAll(async () => {
  await Promise.all([rapid7.close(), qualys.close()]);
  files.remove();
});
beforeEach(() => {
  rapid7.reset();
  qualys.reset();
});

const nothing: VerifyArguments = { setting: [], secretEnv: [], format: "text", allowInconclusive: false };

async function verify(args: Partial<VerifyArguments>, variables: Record<string, string> = env) {
  const ran = await capture((io) => runVerify({ ...nothing, ...args }, io), { env: variables });
  expect(JSON.stringify(ran)).not.toContain(canary);
  return ran;
}

const one: Partial<VerifyArguments> = {
  connector: "rapid7",
  setting: ["endpoint=eu.api.insight.rapid7.com"],
  secretEnv: ["apiKey=RAPID7_KEY"],
};

describe("msem verify, one connector by flags", () => {
  it("says first what it does not prove, then what it found", async () => {
    const { code, stdout, stderr } = await verify(one);
    expect([code, stdout]).toEqual([
      0,
      [
        "Checking 1 connector from this machine. This proves credentials and rights, not that Microsoft's",
        "addresses get through.",
        "  rapid7  Rapid7  ok  the key is good in this region; reads assets; 1,204 visible",
        "All good: nothing needs attention",
        "",
      ].join("\n"),
    ]);
    expect(stderr).toBe("[1/1] rapid7: ok\n");
  });

  it("exits with 2 for a refused credential, with the product's words and what to do", async () => {
    rapid7.store.keys = [];
    const { code, stdout } = await verify(one);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /rapid7 {2}Rapid7 {2}denied {2}key: the credential is refused \(401 Unauthorized\)\n\s+to do: The key/,
    );
    expect(stdout).toMatch(/\n1 of 1 needs attention\n$/);
  });

  it("takes the parts of a union by their paths", async () => {
    const { code, stderr } = await verify({
      connector: "serviceNow",
      setting: ["instance=contoso.service-now.com", "authentication.kind=basic", "authentication.username=u"],
      secretEnv: ["authentication.password=NOT_SET"],
    });
    expect(code).toBe(1);
    expect(stderr).toContain("authentication.password: the environment variable NOT_SET is not set");
    expect(stderr.match(/\n {2}(?!More: )/g)).toHaveLength(1);
  });

  it.each<[string, Partial<VerifyArguments>, string]>([
    [
      "an unknown type",
      { ...one, connector: "rapid" },
      "--connector: there is no such connector type; did you mean rapid7?",
    ],
    [
      "a secret by value",
      { ...one, secretEnv: [], setting: [`apiKey=${canary}`] },
      "apiKey: is secret; name the environment variable",
    ],
    [
      "a secret instead of a name",
      { ...one, secretEnv: [`apiKey=${canary}`] },
      "must be the name of an environment variable",
    ],
    ["a flag without =", { ...one, setting: [canary] }, "--setting must be of the form name=value"],
    [
      "an unknown setting",
      { ...one, setting: ["endpiont=x"] },
      "endpiont: Rapid7Connector has no such property; did you mean endpoint?",
    ],
    ["no connector", {}, "give one of --connector, --file and --stack"],
    ["two sources", { ...one, file: "x.json" }, "give one of --connector, --file and --stack"],
    [
      "flags without a connector",
      { setting: ["a=b"], file: "x.json" },
      "--setting and --secret-env belong to --connector",
    ],
  ])("refuses %s, and asks nobody", async (_, args, message) => {
    const { code, stdout, stderr } = await verify(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(rapid7.requests()).toEqual([]);
  });
});

describe("msem verify, a file", () => {
  const scanner = {
    name: "scanner",
    type: "qualys",
    settings: { apiServer: "qualysapi.qualys.eu" },
    credentials: { username: "msem", password: { fromEnvironment: "QUALYS_PASSWORD" } },
  };
  const vm = {
    name: "vm",
    type: "rapid7",
    settings: { endpoint: "eu.api.insight.rapid7.com" },
    credentials: { apiKey: { fromEnvironment: "RAPID7_KEY" } },
  };
  const list = (content: unknown) => files.write("connectors.json", JSON.stringify(content));

  it("checks all of it, in its order", async () => {
    const { code, stdout } = await verify({ file: list([scanner, vm]) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}scanner {2}Qualys {2}ok .*\n {2}vm {7}Rapid7 {2}ok /);
  });

  it("gives JSON with each check, its words and its request", async () => {
    qualys.store.refusal = "2012";
    const { code, stdout } = await verify({ file: list([scanner, vm]), format: "json" });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      ranFrom: "this machine",
      provesMicrosoftAddresses: false,
      attention: 1,
      connectors: [
        {
          name: "scanner",
          type: "qualys",
          result: "missingScope",
          needsAttention: true,
          checks: [
            { check: "assets", result: "ok" },
            {
              check: "knowledgeBase",
              result: "missingScope",
              says: "403 2012 User license is not authorized to run this API.",
              todo: "Ask Qualys for API access to the KnowledgeBase.",
            },
          ],
        },
        { name: "vm", result: "ok", needsAttention: false, warnings: [] },
      ],
    });
  });

  it("gives JUnit: what needs attention fails, what is let pass is skipped", async () => {
    rapid7.store.assets = 0;
    qualys.store.refusal = "2000";
    const parse = (text: string) =>
      new XMLParser({
        ignoreAttributes: false,
        parseAttributeValue: true,
        isArray: (name) => name === "testcase",
      }).parse(text).testsuites.testsuite;
    const strict = parse((await verify({ file: list([scanner, vm]), format: "junit" })).stdout);
    expect([strict["@_tests"], strict["@_failures"], strict["@_skipped"]]).toEqual([4, 2, 0]);
    expect(strict.testcase[1]).toMatchObject({
      "@_name": "scanner: knowledgeBase",
      "@_classname": "msem.qualys",
      failure: {
        "@_type": "denied",
        "@_message": "denied: user name or password is refused (401 2000 Bad Login/Password)",
      },
    });
    const lenient = parse(
      (await verify({ file: list([scanner, vm]), format: "junit", allowInconclusive: true })).stdout,
    );
    expect([lenient["@_failures"], lenient["@_skipped"]]).toEqual([1, 1]);
  });

  it("lets inconclusive results pass when asked to", async () => {
    rapid7.store.assets = 0;
    expect((await verify({ file: list([vm]) })).code).toBe(2);
    expect((await verify({ file: list([vm]), allowInconclusive: true })).code).toBe(0);
  });

  it.each<[string, string, string]>([
    ["no JSON", "{", "is no JSON"],
    ["no list", '{"type":"qualys"}', "is no list of connectors"],
    ["an unknown key", JSON.stringify([{ ...vm, secrets: canary }]), "0:"],
    ["a secret by value", JSON.stringify([{ ...vm, credentials: { apiKey: canary } }]), "apiKey: is secret"],
    ["an unknown type", JSON.stringify([{ ...vm, type: "snyk" }]), "0.type: there is no such connector type"],
  ])("refuses %s", async (_, content, message) => {
    const { code, stdout, stderr } = await verify({ file: files.write("bad.json", content) });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("Unexpected token");
  });

  it("has nothing to say about an empty list", async () => {
    const { code, stdout } = await verify({ file: list([]) });
    expect([code, stdout.split("\n")[2]]).toEqual([0, "There is nothing to check."]);
  });
});

describe("msem verify, a stack", () => {
  const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc:def" };
  const resource = (className: string, name: string, inputs: object, more: object = {}) => ({
    urn: `urn:pulumi:prod::security::pulumi-nodejs:dynamic/msem:${className}::${name}`,
    type: `pulumi-nodejs:dynamic/msem:${className}`,
    custom: true,
    inputs: { __provider: "exports.handler = …", name, owner: { project: "p", stack: "s", name }, ...inputs },
    outputs: {},
    ...more,
  });
  const byReference = { endpoint: "eu.api.insight.rapid7.com", apiKey: { fromEnvironment: "RAPID7_KEY" } };
  const resources = [
    { urn: "urn:pulumi:prod::security::pulumi:pulumi:Stack::security-prod", type: "pulumi:pulumi:Stack" },
    resource("Rapid7Connector", "vm", byReference),
    resource("QualysConnector", "scanner", { apiServer: "qualysapi.qualys.eu", username: "msem", password: mark }),
    resource("ServiceNowConnector", "cmdb", { instance: "contoso.service-now.com", authentication: mark }),
    resource("Rapid7Connector", "leaving", byReference, { delete: true }),
    resource("Rapid7Connector", "looked-up", {}, { external: true }),
    resource("IpAllowlist", "list", {}),
  ];

  /** Stands in for the Pulumi CLI: notes its arguments, prints what it is told to. */
  function pulumi(content: string, exit = 0): string {
    const output = files.write("export.json", content);
    const args = join(files.folder, "args.txt");
    const script = files.write(
      "pulumi",
      `#!/bin/sh\necho "$@" > '${args}'\n/bin/cat '${output}'\necho 'error: no stack named x' >&2\nexit ${exit}\n`,
    );
    chmodSync(script, 0o755);
    return args;
  }

  it("checks references, names what it does not decrypt, and leaves the rest alone", async () => {
    const args = pulumi(JSON.stringify({ version: 3, deployment: { resources } }));
    const { code, stdout } = await verify({ stack: "prod" });
    expect(code).toBe(2);
    expect(stdout).toContain("Checking 3 connectors");
    expect(stdout).toMatch(/\n {2}vm {7}Rapid7 {6}ok /);
    expect(stdout).toMatch(/\n {2}scanner {2}Qualys {6}notChecked {2}password: the secret is in the stack's state/);
    expect(stdout).toMatch(/\n {2}cmdb {5}ServiceNow {2}notChecked {2}authentication: /);
    expect(stdout).toContain('use preflight: "warn" on the connector');
    expect(stdout).toContain("2 of 3 need attention");
    expect(readFileSync(args, "utf8")).toBe("stack export --non-interactive --stack prod\n");
    expect((await verify({ stack: "prod", allowInconclusive: true })).code).toBe(0);
  });

  it("gives JUnit that stays XML whatever stands in it", async () => {
    pulumi(JSON.stringify({ deployment: { resources } }));
    const { stdout } = await verify({ stack: "prod", format: "junit" });
    expect(XMLValidator.validate(stdout)).toBe(true);
    expect(stdout).toContain("use preflight: &quot;warn&quot; on the connector");
  });

  it("takes the selected stack without a name, and names an environment variable that is missing here", async () => {
    const args = pulumi(JSON.stringify({ deployment: { resources } }));
    const { RAPID7_KEY: _, ...without } = env;
    const { code, stdout } = await verify({ stack: true }, without);
    expect(code).toBe(2);
    expect(stdout).toMatch(/vm .*notChecked {2}apiKey: the environment variable RAPID7_KEY is not set/);
    expect(readFileSync(args, "utf8")).toBe("stack export --non-interactive\n");
  });

  it.each<[string, () => unknown, string]>([
    [
      "Pulumi refuses",
      () => pulumi("", 255),
      "`pulumi stack export --non-interactive --stack prod` failed: error: no stack named x",
    ],
    ["Pulumi prints something else", () => pulumi("<html>"), "printed something else than a deployment"],
    ["there is no Pulumi", () => files.write("pulumi", ""), "`pulumi`"],
  ])("says so when %s", async (_, prepare, message) => {
    prepare();
    const variables = message === "`pulumi`" ? { ...env, PATH: "/nonexistent" } : env;
    const { code, stderr } = await verify({ stack: "prod" }, variables);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
