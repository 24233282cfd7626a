/** A secret of each kind of reference on one stack of the real engine: connected, unseen, rotated, found missing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { identityPath } from "../../provider/emulator/identity.ts";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/index.ts";
import { type KeyVaultStore, keyVaultEmulator } from "../../provider/emulator/keyVault.ts";
import { selfSigned } from "../credentials/certificate.ts";
import { canary } from "./classes.ts";
import { expectOk, type Lab, openLab, specs } from "./lab.ts";
import type { ConnectorSpec } from "./programs/connectors.ts";

jest.setTimeout(180_000);

/** Outside the lab, which searches its own folder for secrets. */
let outside: string;
let vault: RunningVendor<KeyVaultStore>;
let lab: Lab;

const version = (digit: string) => digit.padStart(32, "0");
const secretFile = () => join(outside, "password.txt");

beforeAll(async () => {
  outside = mkdtempSync(resolve(".work", "secrets-"));
  const tls = selfSigned();
  writeFileSync(join(outside, "ca.pem"), tls.cert);
  writeFileSync(secretFile(), `${canary}-file\n`);
  vault = await createVendorEmulator(keyVaultEmulator, {
    tls,
    seed: (store) => {
      store.secrets.scanner = [{ version: version("1"), value: `${canary}-vault`, enabled: true }];
    },
  });
  const accounts = ["environment", "file", "command", "vault"].map((kind) => ({
    connectorType: "qualys",
    identifier: `user-${kind}`,
    secrets: { password: `${canary}-${kind}` },
  }));
  lab = await openLab({
    emulator: { seed: { accounts } },
    environment: {
      IDENTITY_ENDPOINT: `${vault.url}${identityPath}`,
      IDENTITY_HEADER: vault.store.identityHeader,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      NODE_EXTRA_CA_CERTS: join(outside, "ca.pem"),
      LAB_PASSWORD: `${canary}-environment`,
      LAB_COMMAND_PASSWORD: `${canary}-command`,
    },
  });
  writeFileSync(join(outside, "token"), `${lab.emulator.tokens.securityOperator}\n`);
});

afterAll(async () => {
  await lab.close();
  await vault.close();
  rmSync(outside, { recursive: true, force: true });
});

const references = () => ({
  environment: { fromEnvironment: "LAB_PASSWORD" },
  // From the program's folder on.
  file: { fromFile: relative(resolve("."), secretFile()) },
  command: { fromCommand: [process.execPath, "-p", "process.env.LAB_COMMAND_PASSWORD"] },
  vault: { fromKeyVault: `${vault.url}/secrets/scanner` },
});

const program = (credentialVersion: string) =>
  specs(
    Object.entries(references()).map(
      ([kind, password]): ConnectorSpec => ({
        className: "QualysConnector",
        name: kind,
        args: { apiServer: "qualysapi.qualys.eu", username: `user-${kind}`, password, credentialVersion },
      }),
    ),
  );

const tokenByReference = () => ({
  "msem:endpoint": { value: lab.emulator.url },
  "msem:token": { value: JSON.stringify({ fromFile: join(outside, "token") }) },
});

it("connects with each, and no secret is in state, said or logged", async () => {
  expectOk(await lab.run("up", program("1"), {}, tokenByReference()));
  // The emulated vendor knows each password: only the right one connects.
  const shown = lab.emulator.connections().map(({ name, status }) => [name, status]);
  expect(shown.sort()).toEqual([
    ["command", expect.stringMatching(/Connected|Ingesting/)],
    ["environment", expect.stringMatching(/Connected|Ingesting/)],
    ["file", expect.stringMatching(/Connected|Ingesting/)],
    ["vault", expect.stringMatching(/Connected|Ingesting/)],
  ]);
  const { deployment } = expectOk(await lab.run("export", program("1"), {}, tokenByReference()));
  const text = JSON.stringify(deployment);
  expect(text).toContain("fromKeyVault");
  expect(text).not.toContain(canary);
});

it("asks for no secret while nothing is to be sent", async () => {
  const before = vault.requests().length;
  expectOk(await lab.run("preview", program("1"), { refresh: true, expectNoChanges: true }, tokenByReference()));
  expect(vault.requests()).toHaveLength(before);
});

it("hides what the service repeats of a secret that only a reference leads to", async () => {
  lab.emulator.failConnection("vault", { code: "Unauthorized", message: `login with ${canary}-vault refused` });
  const preview = await lab.run("preview", program("1"), { refresh: true, diff: true }, tokenByReference());
  expect(preview.output).toContain("login with [secret] refused");
});

it("sends a rotated secret when the version is raised, and says what keeps it from being read", async () => {
  vault.store.mayRead = false;
  const refused = await lab.run("up", program("2"), { continueOnError: true }, tokenByReference());
  expect(refused.ok).toBe(false);
  expect(refused.output).toContain("MSEM_REFERENCE password: the secret");
  expect(refused.output).toContain("Key Vault Secrets User");
  vault.store.mayRead = true;
  expectOk(await lab.run("up", program("2"), {}, tokenByReference()));
  expect(lab.emulator.connections().map(({ status }) => status)).not.toContain("Failed");
});

it("judges what it can before anything is sent, all at once", async () => {
  rmSync(secretFile());
  const result = await lab.run(
    "preview",
    specs([
      {
        className: "QualysConnector",
        name: "file",
        args: {
          apiServer: "qualysapi.qualys.eu",
          username: "u",
          password: { fromFile: secretFile() },
          surprise: 1,
        },
      },
    ]),
    {},
    tokenByReference(),
  );
  expect(result.output).toContain("MSEM_INVALID 2 problems");
  expect(result.output).toContain("password: the file that fromFile names does not exist");
});
