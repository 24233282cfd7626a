import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MsemError } from "../../provider/core/errors";
import { createEmulator, type Emulator } from "../../provider/emulator/index";
import { call, closeAll, create, qualysConnection, secretCanary, start } from "./harness";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "msem-emulator-"));
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true });
});

const account = { connectorType: "qualys", identifier: "msem-reader", secrets: { password: secretCanary } };
const headers = { "repeatability-request-id": "r-1", "repeatability-first-sent": "Sun, 01 Nov 2026 00:00:00 GMT" };

describe("state file", () => {
  it("a restart finds connections, operations, repeatable answers, accounts and tokens again", async () => {
    const stateFile = join(folder, "tenant.json");
    const first = await start({ stateFile, seed: { accounts: [account], ids: "t" } });
    const body = qualysConnection("a", { description: "kept", tags: { x: "1" } });
    const started = await call(first, "POST", "/connections", { body, headers });
    const before = first.connections();
    await first.close();

    const second = await start({ stateFile });
    expect([second.tenantId, second.tokens]).toEqual([first.tenantId, first.tokens]);
    expect(second.connections()).toEqual(before);
    const token = first.tokens.securityAdministrator;
    const operation = new URL(started.headers["operation-location"] ?? "").pathname;
    expect((await call(second, "GET", operation, { token })).json.status).toBe("Succeeded");
    expect((await call(second, "POST", "/connections", { token, body, headers })).text).toBe(started.text);
    await create(second, "b", { credentials: { kind: "basic", username: "msem-reader", password: "wrong" } });
    expect(second.connections().map((one) => [one.name, one.status])).toEqual([
      ["a", "Ingesting"],
      ["b", "Failed"],
    ]);
  });

  it("holds every write when its answer leaves, also when the process then dies", async () => {
    const stateFile = join(folder, "tenant.json");
    const emulator = await start({ stateFile });
    const id = await create(emulator, "a");
    emulator.edit("a", { description: "by hand" });
    const onDisk = JSON.parse(readFileSync(stateFile, "utf8"));
    expect(onDisk.connections).toMatchObject([{ id, name: "a", description: "by hand" }]);
    await call(emulator, "DELETE", `/connections/${id}`);
    expect(JSON.parse(readFileSync(stateFile, "utf8")).connections).toEqual([]);
  });

  it("belongs to its owner alone, and leaves no temporary file", async () => {
    const stateFile = join(folder, "tenant.json");
    await create(await start({ stateFile }), "a");
    expect(readdirSync(folder)).toEqual(["tenant.json"]);
    if (process.platform !== "win32") expect(statSync(stateFile).mode & 0o777).toBe(0o600);
  });

  it("wins over the seed", async () => {
    const stateFile = join(folder, "tenant.json");
    const seed = { connections: [qualysConnection("seeded")] };
    const first = await start({ stateFile, seed });
    first.remove("seeded");
    await first.close();
    expect((await start({ stateFile, seed })).connections()).toEqual([]);
  });

  it.each(["", "{", "[]", "{}", '{"version":2}', '{"version":1,"connections":[]}'])(
    "%p is one clear error, and is left alone",
    async (content) => {
      const stateFile = join(folder, "tenant.json");
      writeFileSync(stateFile, content);
      const error = await createEmulator({ stateFile }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MsemError);
      expect((error as MsemError).code).toBe("MSEM_CONFIGURATION");
      expect((error as MsemError).message).toContain(stateFile);
      expect(readFileSync(stateFile, "utf8")).toBe(content);
    },
  );

  it("a place that cannot be written is one clear error", async () => {
    await expect(createEmulator({ stateFile: join(folder, "missing", "tenant.json") })).rejects.toThrow(
      /cannot be written \(ENOENT\)/,
    );
  });

  it("a write that cannot be kept is not confirmed", async () => {
    const inner = join(folder, "inner");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(inner);
    const emulator = await start({ stateFile: join(inner, "tenant.json") });
    rmSync(inner, { recursive: true });
    const answer = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    expect(answer.status).toBe(500);
    mkdirSync(inner);
  });
});

describe("secrets", () => {
  it("are in no answer, no log line, no error and not in the state file", async () => {
    const stateFile = join(folder, "tenant.json");
    const lines: string[] = [];
    const emulator: Emulator = await start({
      stateFile,
      faults: true,
      log: (line) => lines.push(line),
      seed: { accounts: [account] },
    });
    const id = await create(emulator, "a");
    const texts = [
      (await call(emulator, "POST", "/connections", { body: qualysConnection("a") })).text,
      (
        await call(emulator, "POST", "/connections", {
          body: qualysConnection("b", { settings: { apiServer: secretCanary } }),
          headers,
        })
      ).text,
      (await call(emulator, "POST", "/connections", { body: { ...qualysConnection("c"), password: secretCanary } }))
        .text,
      (
        await call(emulator, "PATCH", `/connections/${id}`, {
          body: { credentials: { kind: "basic", username: "other", password: secretCanary } },
        })
      ).text,
      (
        await call(emulator, "POST", "/__admin/accounts", {
          body: { connectorType: "qualys", secrets: { password: secretCanary }, no: 1 },
        })
      ).text,
      (await call(emulator, "POST", "/__admin/accounts", { body: account })).text,
      (await call(emulator, "GET", `/connections/${id}`, { query: { secret: secretCanary } })).text,
      (await call(emulator, "GET", "/connections")).text,
      JSON.stringify(emulator.connections()),
      JSON.stringify(emulator.requests()),
      readFileSync(stateFile, "utf8"),
      lines.join("\n"),
    ];
    expect(texts.map((text) => text.includes(secretCanary))).toEqual(texts.map(() => false));
    expect(lines.join("\n")).not.toContain(emulator.tokens.securityAdministrator);
  });

  it("a log line is method, path, status and request id", async () => {
    const lines: string[] = [];
    const emulator = await start({ log: (line) => lines.push(line) });
    const answer = await call(emulator, "GET", "/connections", { query: { $top: "1" } });
    expect(lines[0]).toContain("not the real Microsoft service");
    expect(lines[1]).toBe(`GET /connections 200 ${answer.headers["x-ms-request-id"]}`);
  });
});

describe("start", () => {
  it("a port that is taken is one clear error", async () => {
    const emulator = await start();
    await expect(createEmulator({ port: Number(new URL(emulator.url).port) })).rejects.toThrow(/EADDRINUSE/);
  });

  it("a seed that does not fit is one clear error that names the connection and not its secret", async () => {
    const seed = { connections: [qualysConnection("odd", { settings: {} })] };
    const error = await createEmulator({ seed }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/"odd".*\/settings\/apiServer/);
    expect(String(error)).not.toContain(secretCanary);
    await expect(
      createEmulator({ seed: { connections: [qualysConnection("x"), qualysConnection("X")] } }),
    ).rejects.toThrow(/comes twice/);
  });

  it("listens on loopback alone unless told otherwise", async () => {
    expect(new URL((await start()).url).hostname).toBe("127.0.0.1");
  });
});
