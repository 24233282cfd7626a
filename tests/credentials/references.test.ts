/** Every kind of reference, resolved for real: files, child processes, a vault on this machine over TLS. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import type { SecretReference } from "../../provider/core/connector/inputs";
import { createResolver, fileTrouble } from "../../provider/credentials";
import { outputLimit } from "../../provider/credentials/command";
import { fileLimit } from "../../provider/credentials/file";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator";
import { identityPath } from "../../provider/emulator/identity";
import { type KeyVaultStore, keyVaultEmulator } from "../../provider/emulator/keyVault";
import { selfSigned } from "./certificate";

const canary = "canary-3b9d";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "msem-references-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const resolver = (options: { limitMs?: number; variables?: Record<string, string> } = {}) =>
  createResolver({
    folder,
    environment: (name) => options.variables?.[name],
    ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
  });
const resolve = (reference: SecretReference) => resolver()(reference);
/** The failure, which never holds what was read. */
async function failureOf(reference: SecretReference, options: { limitMs?: number } = {}): Promise<string> {
  const error: unknown = await resolver(options)(reference).then(
    (value) => new Error(`resolved ${value.length} characters`),
    (failure: unknown) => failure,
  );
  expect(inspect(error, { depth: 10 })).not.toContain(canary);
  return error instanceof Error ? error.message : String(error);
}
const inFile = (name: string, text: string | Buffer) => {
  writeFileSync(join(folder, name), text);
  return { fromFile: name };
};

describe("a secret in the environment", () => {
  it("is read when it is needed, and named when it is not there", async () => {
    const read = resolver({ variables: { HERE: canary, EMPTY: "" } });
    expect(await read({ fromEnvironment: "HERE" })).toBe(canary);
    await expect(read({ fromEnvironment: "GONE" })).rejects.toThrow(/MSEM_REFERENCE .*variable GONE is not set/);
    await expect(read({ fromEnvironment: "EMPTY" })).rejects.toThrow("fromEnvironment gives an empty text");
  });
});

describe("a secret in a file", () => {
  it.each([
    ["without a line break", canary, canary],
    ["with the line break of an editor", `${canary}\n`, canary],
    ["with one of Windows", `${canary}\r\n`, canary],
    ["of several lines, of which only the last break goes", `a\nb\n\n`, "a\nb\n"],
  ])("%s is taken", async (_what, text, secret) => {
    expect(await resolve(inFile("plain", text))).toBe(secret);
  });

  it("is taken by an absolute path, and through a link, as containers mount it", async () => {
    inFile("..data", canary);
    symlinkSync(join(folder, "..data"), join(folder, "link"));
    expect(await resolve({ fromFile: join(folder, "link") })).toBe(canary);
  });

  it("may be as long as the limit, and no longer", async () => {
    expect(await resolve(inFile("longest", "x".repeat(fileLimit)))).toHaveLength(fileLimit);
    const tooLong = inFile("too-long", `${canary}${"x".repeat(fileLimit)}`);
    truncateSync(join(folder, "too-long"), fileLimit + 1);
    const told = `is ${fileLimit + 1} bytes long; the limit is ${fileLimit}`;
    expect(await failureOf(tooLong)).toContain(told);
    expect(fileTrouble("too-long", folder)).toBe(told);
  });

  it("that is missing, empty, a folder or not readable says so before and when it is needed", async () => {
    inFile("empty", "");
    for (const [path, told] of [
      ["missing", "does not exist"],
      ["longest/below", "does not exist"],
      ["empty", "is empty"],
      [".", "is not a file"],
    ] as const) {
      expect(fileTrouble(path, folder)).toBe(told);
      expect(await failureOf({ fromFile: path })).toContain(`the file that fromFile names ${told}`);
    }
    expect(await failureOf(inFile("only-break", "\n"))).toContain("fromFile gives an empty text");
  });
});

describe("a secret from a command", () => {
  const node = (script: string, ...args: string[]) => ({ fromCommand: [process.execPath, "-e", script, ...args] });

  it("is what it prints, without the line break", async () => {
    expect(await resolve(node("console.log(process.argv[1])", canary))).toBe(canary);
  });

  it("is run without a shell: what a shell would expand stays as it is", async () => {
    const argument = '$(touch pwned) ; "a b" `x` *';
    expect(await resolve(node("process.stdout.write(process.argv[1])", argument))).toBe(argument);
  });

  it("gets no input, so that a question cannot hold the run", async () => {
    expect(await resolve(node("process.stdin.on('data',()=>{}).on('end',()=>console.log('none'))"))).toBe("none");
  });

  it("shows its exit code and nothing that it printed", async () => {
    const told = await failureOf(
      node(`console.log('${canary}'.slice(0,12)); console.error('${canary}'.slice(0,12)); process.exit(3)`),
    );
    expect(told).toMatch(/the command "node[^"]*" of fromCommand ended with exit code 3/);
  });

  it("that a signal ends says which", async () => {
    expect(await failureOf(node("process.kill(process.pid, 'SIGTERM')"))).toContain("ended with SIGTERM");
  });

  it("that does not exist or may not be run says so", async () => {
    expect(await failureOf({ fromCommand: ["no-such-program-of-ours"] })).toContain("cannot be started (ENOENT)");
    inFile("not-a-program", "x");
    chmodSync(join(folder, "not-a-program"), 0o600);
    expect(await failureOf({ fromCommand: [join(folder, "not-a-program")] })).toContain("cannot be started (EACCES)");
  });

  it("is ended at the deadline, with what it started itself", async () => {
    const started = Date.now();
    const marker = join(folder, "still-there");
    const child = `setTimeout(() => require('fs').writeFileSync(${JSON.stringify(marker)}, ''), 1500)`;
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], {stdio: 'inherit'}); setTimeout(() => {}, 60000)`;
    expect(await failureOf(node(parent), { limitMs: 700 })).toContain("did not end within 0.7 s");
    expect(Date.now() - started).toBeLessThan(5_000);
    await new Promise((done) => setTimeout(done, 1_500));
    expect(fileTrouble("still-there", folder)).toBe("does not exist");
  });

  it("may print as much as the limit, and no more", async () => {
    const printing = (length: number) => node(`process.stdout.write('x'.repeat(${length}))`);
    expect(await resolve(printing(outputLimit))).toHaveLength(outputLimit);
    expect(await failureOf(printing(outputLimit + 1))).toContain(`printed more than ${outputLimit} bytes`);
  });

  it("that prints nothing is an error", async () => {
    expect(await failureOf(node(""))).toContain("fromCommand gives an empty text");
  });
});

describe("a secret in Azure Key Vault", () => {
  const old = "0".repeat(31).concat("1");
  const variables = { ...process.env };
  const trusted = getCACertificates("default");
  let vault: RunningVendor<KeyVaultStore>;

  beforeAll(async () => {
    const tls = selfSigned();
    setDefaultCACertificates([...trusted, tls.cert]);
    vault = await createVendorEmulator(keyVaultEmulator, {
      tls,
      seed: (store) => {
        store.secrets.scanner = [
          { version: old, value: `${canary}-old`, enabled: true },
          { version: "0".repeat(31).concat("2"), value: `${canary}-new`, enabled: true },
        ];
        store.secrets.off = [{ version: old, value: canary, enabled: false }];
        store.secrets.blank = [{ version: old, value: "", enabled: true }];
      },
    });
    process.env.IDENTITY_ENDPOINT = `${vault.url}${identityPath}`;
    process.env.IDENTITY_HEADER = vault.store.identityHeader;
    process.env.AZURE_TOKEN_CREDENTIALS = "ManagedIdentityCredential";
  });

  afterEach(() => {
    vault.faults.clear();
    vault.store.mayRead = true;
  });

  afterAll(async () => {
    await vault.close();
    setDefaultCACertificates(trusted);
    process.env = variables;
  });

  const secret = (path: string) => ({ fromKeyVault: `${vault.url}/secrets/${path}` });

  it("is read by the machine's identity, the newest version unless one is named", async () => {
    expect(await resolve(secret("scanner"))).toBe(`${canary}-new`);
    expect(await resolve(secret(`scanner/${old}`))).toBe(`${canary}-old`);
  });

  it("asks for one token for all secrets of a vault", async () => {
    await Promise.all([resolve(secret("scanner")), resolve(secret(`scanner/${old}`))]);
    const asked = vault.requests().map(({ path }) => path);
    expect(asked.filter((path) => path === identityPath)).toHaveLength(1);
    expect(asked.filter((path) => path.startsWith("/secrets/")).length).toBeGreaterThan(3);
  });

  it("says what keeps it from being read", async () => {
    expect(await failureOf(secret("none"))).toMatch(
      /MSEM_REFERENCE the secret "none" of 127.0.0.1:\d+ does not exist.*404/,
    );
    expect(await failureOf(secret("off"))).toContain("may not be read");
    vault.store.mayRead = false;
    const told = await failureOf(secret("scanner"));
    expect(told).toContain("may not be read by this identity");
    expect(told).toContain("Key Vault Secrets User");
    vault.store.mayRead = true;
    expect(await failureOf(secret("blank"))).toContain("fromKeyVault gives an empty text");
  });

  it("rides out a fault, and ends at the deadline when it lasts", async () => {
    vault.faults.add({ when: { path: "/secrets/scanner/" }, effect: { kind: "status", status: 503 }, times: 1 });
    expect(await resolve(secret("scanner"))).toBe(`${canary}-new`);
    vault.faults.add({ when: { path: "/secrets/scanner/" }, effect: { kind: "delay", ms: 20_000 }, times: 9 });
    expect(await failureOf(secret("scanner"), { limitMs: 400 })).toContain("did not come within 0.4 s");
  });

  it("takes a page of a proxy for an error, and shows nothing of it", async () => {
    vault.faults.add({ when: { path: "/secrets/scanner/" }, effect: { kind: "html", status: 403 }, times: 9 });
    expect(await failureOf(secret("scanner"))).toMatch(/may not be read.*403/);
  });

  it("that nobody answers for is a failure with the network's code", async () => {
    expect(await failureOf({ fromKeyVault: "https://127.0.0.1:1/secrets/x" }, { limitMs: 8_000 })).toMatch(
      /ECONNREFUSED|within 8 s/,
    );
  });
});
