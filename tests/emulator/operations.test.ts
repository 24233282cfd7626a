import { manualClock } from "../../provider/emulator/clock";
import type { Emulator } from "../../provider/emulator/index";
import { call, closeAll, create, errorOf, operationOf, qualysConnection, secretCanary, start } from "./harness";

afterEach(closeAll);

const statusOf = (emulator: Emulator, name = "a") => emulator.connections().find((one) => one.name === name)?.status;
const detailOf = (emulator: Emulator) => emulator.connections()[0]?.statusDetail;
const account = { connectorType: "qualys", identifier: "msem-reader", secrets: { password: secretCanary } };
const credentials = (password: string) => ({ kind: "basic", username: "msem-reader", password });

describe("operations on the clock", () => {
  it("Connecting, Connected, Ingesting; the operation ends when its time has come", async () => {
    const clock = manualClock();
    const emulator = await start({ clock, latency: { connectMs: 2_000, ingestMs: 60_000 } });
    const started = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    expect(operationOf(started)).toMatchObject({
      status: "Running",
      resourceLocation: expect.stringContaining("/connections/"),
    });
    expect(started.headers["retry-after"]).toBe("1");
    const poll = () => call(emulator, "GET", started.headers["operation-location"] ?? "", { query: null });
    clock.advance(1_999);
    expect([operationOf(await poll()).status, statusOf(emulator)]).toEqual(["Running", "Connecting"]);
    clock.advance(1);
    const ended = await poll();
    expect([operationOf(ended).status, statusOf(emulator)]).toEqual(["Succeeded", "Connected"]);
    expect(ended.headers).not.toHaveProperty("retry-after");
    clock.advance(60_000);
    expect(emulator.connections()[0]).toMatchObject({
      status: "Ingesting",
      lastSuccessfulSyncDateTime: "2026-11-01T00:01:02.000Z",
    });
    clock.advance(49 * 3_600_000);
    expect(emulator.connections()[0]?.lastSuccessfulSyncDateTime).toBe("2026-11-03T00:01:02.000Z");
  });

  it("without latency it is over at the first poll", async () => {
    const emulator = await start();
    const started = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    expect([operationOf(started).status, started.headers["retry-after"]]).toEqual(["Running", "0"]);
    expect(operationOf(await call(emulator, "GET", started.headers["operation-location"] ?? "")).status).toBe(
      "Succeeded",
    );
  });

  it("a later change cancels the operation before it, and so does a removal", async () => {
    const clock = manualClock();
    const emulator = await start({ clock, latency: { connectMs: 1_000 } });
    const first = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    const path = new URL(operationOf(first).resourceLocation ?? "").pathname;
    const second = await call(emulator, "PATCH", path, { body: { credentials: credentials("p") } });
    const poll = async (started: typeof first) =>
      operationOf(await call(emulator, "GET", started.headers["operation-location"] ?? "")).status;
    expect([await poll(first), await poll(second)]).toEqual(["Canceled", "Running"]);
    await call(emulator, "DELETE", path);
    clock.advance(5_000);
    expect(await poll(second)).toBe("Canceled");
  });

  it("finished operations are kept for a day", async () => {
    const clock = manualClock();
    const emulator = await start({ clock });
    const started = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    const poll = async () => (await call(emulator, "GET", started.headers["operation-location"] ?? "")).status;
    clock.advance(23 * 3_600_000);
    expect(await poll()).toBe(200);
    clock.advance(2 * 3_600_000);
    await call(emulator, "POST", "/connections", { body: qualysConnection("b") });
    expect(await poll()).toBe(404);
  });
});

describe("accounts at the vendor", () => {
  it("only a matching credential connects where an account is known", async () => {
    const emulator = await start({ seed: { accounts: [account] } });
    await create(emulator, "good");
    const started = await call(emulator, "POST", "/connections", {
      body: qualysConnection("bad", { credentials: credentials("wrong-one") }),
    });
    await create(emulator, "stranger", { credentials: { kind: "basic", username: "nobody", password: secretCanary } });
    const ended = operationOf(await call(emulator, "GET", started.headers["operation-location"] ?? ""));
    expect(ended).toMatchObject({
      status: "Failed",
      error: { code: "Unauthorized", message: expect.stringContaining("401") },
    });
    expect(["good", "bad", "stranger"].map((name) => statusOf(emulator, name))).toEqual([
      "Ingesting",
      "Failed",
      "Failed",
    ]);
    expect(emulator.connections()[1]?.statusDetail).toMatchObject({
      code: "Unauthorized",
      message: expect.stringContaining("Qualys"),
    });
  });

  it("any credential connects where none is known", async () => {
    const emulator = await start({ seed: { accounts: [{ ...account, connectorType: "another" }] } });
    await create(emulator, "a", { credentials: credentials("whatever") });
    expect(statusOf(emulator)).toBe("Ingesting");
  });

  it("an account without an identifier lets anyone in who has its secrets", async () => {
    const emulator = await start({ seed: { accounts: [{ connectorType: "qualys", secrets: account.secrets }] } });
    await create(emulator, "good");
    await create(emulator, "bad", { credentials: credentials("wrong-one") });
    expect(["good", "bad"].map((name) => statusOf(emulator, name))).toEqual(["Ingesting", "Failed"]);
  });

  it("a secret that changes at the vendor fails the next reading, not the past ones", async () => {
    const clock = manualClock();
    const emulator = await start({ clock, seed: { accounts: [account] } });
    await create(emulator, "a");
    clock.advance(3_600_000);
    emulator.setAccount({ ...account, secrets: { password: "rotated" } });
    expect(statusOf(emulator)).toBe("Ingesting");
    clock.advance(24 * 3_600_000);
    expect(detailOf(emulator)).toMatchObject({ code: "Unauthorized", sinceDateTime: "2026-11-02T00:00:00.000Z" });
  });

  it("sync() reads at once, and new credentials bring the connection back", async () => {
    const emulator = await start({ seed: { accounts: [account] } });
    const id = await create(emulator, "a");
    emulator.connections();
    emulator.setAccount({ ...account, secrets: { password: "rotated" } });
    emulator.sync("a");
    expect(statusOf(emulator)).toBe("Failed");
    await call(emulator, "PATCH", `/connections/${id}`, { body: { credentials: credentials("rotated") } });
    expect([statusOf(emulator), detailOf(emulator)]).toEqual(["Ingesting", undefined]);
  });
});

describe("test of a connection", () => {
  const test = async (emulator: Emulator, id: string) => {
    const started = await call(emulator, "POST", `/connections/${id}/test`);
    return operationOf(await call(emulator, "GET", started.headers["operation-location"] ?? ""));
  };

  it("a bad one puts it to Failed, with the reason; a good one brings it back", async () => {
    const emulator = await start({ seed: { accounts: [account] } });
    const id = await create(emulator, "a");
    emulator.setAccount({ ...account, secrets: { password: "rotated" } });
    expect(await test(emulator, id)).toMatchObject({
      status: "Succeeded",
      result: { succeeded: false, code: "Unauthorized" },
    });
    expect([statusOf(emulator), detailOf(emulator)?.code]).toEqual(["Failed", "Unauthorized"]);
    emulator.setAccount(account);
    expect(await test(emulator, id)).toMatchObject({ status: "Succeeded", result: { succeeded: true } });
    expect([statusOf(emulator), detailOf(emulator)]).toEqual(["Ingesting", undefined]);
  });

  it("brings back a connection that was disconnected, and takes no properties", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    emulator.failConnection("a", { code: "TemporarilyDisconnected", message: "Maintenance.", status: "Disconnected" });
    expect(statusOf(emulator)).toBe("Disconnected");
    expect(errorOf(await call(emulator, "POST", `/connections/${id}/test`, { body: { force: true } })).code).toBe(
      "ValidationFailed",
    );
    expect(statusOf(emulator)).toBe("Disconnected");
    await test(emulator, id);
    expect(statusOf(emulator)).toBe("Ingesting");
  });
});

describe("changes behind the clients' backs", () => {
  it("edit, fail, rotate and remove show in the answers, and in the ETag where something was written", async () => {
    const emulator = await start({ clock: manualClock() });
    const id = await create(emulator, "a", { tags: { x: "1" } });
    const read = () => call(emulator, "GET", `/connections/${id}`);
    const before = await read();
    emulator.edit("a", { description: "by hand", tags: { x: null, y: "2" } });
    const edited = await read();
    expect(edited.json).toMatchObject({ description: "by hand", tags: { y: "2" } });
    emulator.rotateSecret(id);
    const rotated = await read();
    expect(rotated.json.credentialInfo).not.toEqual(before.json.credentialInfo);
    expect(new Set([before, edited, rotated].map((one) => one.headers.etag)).size).toBe(3);
    emulator.failConnection("a", { code: "Forbidden", message: "No right to read assets." });
    expect((await read()).json).toMatchObject({ status: "Failed", statusDetail: { code: "Forbidden" } });
    emulator.remove("A");
    expect((await read()).status).toBe(404);
    expect(() => emulator.remove("A")).toThrow(/no connection with the id or name "A"/);
  });

  it("requests() counts calls without bodies, and reset() goes back to the seed", async () => {
    const emulator = await start({ seed: { connections: [qualysConnection("seeded")] } });
    const id = await create(emulator, "a");
    await call(emulator, "GET", `/connections/${id}`);
    expect(emulator.requests()).toEqual([
      { method: "POST", path: "/connections", status: 202, connectionName: "a" },
      { method: "GET", path: `/connections/${id}`, status: 200, connectionName: "a" },
    ]);
    const token = emulator.tokens.securityReader;
    emulator.reset();
    expect([emulator.requests(), emulator.connections().map((one) => one.name)]).toEqual([[], ["seeded"]]);
    expect((await call(emulator, "GET", "/connections", { token })).status).toBe(200);
  });
});
