/** `msem emulator` as people start it: a process, its one line, its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

jest.setTimeout(60_000);

const roleNames = [
  "globalAdministrator",
  "securityAdministrator",
  "securityOperator",
  "globalReader",
  "securityReader",
];

interface Started {
  readonly url: string;
  readonly tokens: Record<string, string>;
}

const children: ChildProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "msem-emulator-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<{ child: ChildProcess; told: string }> {
  const child = spawn(process.execPath, [resolve("provider", "bin", "msem.js"), "emulator", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let told = "";
  let complaints = "";
  await new Promise<void>((done, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not start: ${complaints}`)), 30_000);
    child.stderr?.on("data", (chunk) => {
      complaints += chunk;
    });
    child.stdout?.on("data", (chunk) => {
      told += chunk;
      if (!told.includes("\n")) return;
      clearTimeout(timer);
      done();
    });
    child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${complaints}`)));
  });
  return { child, told };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((done) => {
    child.removeAllListeners("exit");
    child.once("exit", (code) => done(code));
    child.kill(signal);
  });
}

const list = ({ url }: Started, token: string | undefined, init: RequestInit = {}) =>
  fetch(`${url}/connections?api-version=2026-11-01`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });

describe("msem emulator", () => {
  it("prints one line of JSON with a token for each role, and each token does what its role may", async () => {
    const { child, told } = await start("--json");
    expect(told.trim().split("\n")).toHaveLength(1);
    const started = JSON.parse(told) as Started;
    expect(Object.keys(started.tokens)).toEqual(roleNames);
    for (const role of roleNames) expect((await list(started, started.tokens[role])).status).toBe(200);
    const writes = await Promise.all(
      roleNames.map((role) => list(started, started.tokens[role], { method: "POST", body: "{}" })),
    );
    expect(writes.map(({ status }) => status)).toEqual([400, 400, 400, 403, 403]);
    expect(await ended(child, "SIGTERM")).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "stops cleanly on %s, and carries on from its state file with the same tokens",
    async (signal) => {
      const state = join(folder, "tenant.json");
      const first = await start("--json", "--state", state);
      const started = JSON.parse(first.told) as Started;
      const body = JSON.stringify({
        name: "scanner",
        connectorType: "qualys",
        settings: { apiServer: "qualysapi.qualys.eu" },
        credentials: { kind: "basic", username: "msem", password: "canary-in-the-state-file" },
      });
      expect((await list(started, started.tokens.securityOperator, { method: "POST", body })).status).toBe(202);
      expect(await ended(first.child, signal)).toBe(0);
      expect(readFileSync(state, "utf8")).not.toContain("canary-in-the-state-file");
      const again = JSON.parse((await start("--json", "--state", state)).told) as Started;
      const answer = await list(again, started.tokens.globalReader);
      expect(((await answer.json()) as { value: { name: string }[] }).value.map(({ name }) => name)).toEqual([
        "scanner",
      ]);
    },
  );

  it("tells a person the address, the roles and what it is not", async () => {
    const { told, child } = await start();
    expect(await ended(child, "SIGINT")).toBe(0);
    expect(told).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    for (const text of ["Global Administrator", "Security Reader", "Not the real"]) expect(told).toContain(text);
  });
});
