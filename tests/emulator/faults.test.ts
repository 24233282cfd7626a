import type { Emulator } from "../../provider/emulator/index";
import { call, closeAll, create, errorOf, fault, qualysConnection, start } from "./harness";

afterEach(closeAll);

const names = (emulator: Emulator) => emulator.connections().map((one) => one.name);
const post = (emulator: Emulator, name: string) =>
  call(emulator, "POST", "/connections", { body: qualysConnection(name) });

describe("each kind of fault", () => {
  it("status: answers the error, with Retry-After, and does nothing", async () => {
    const emulator = await start();
    emulator.faults.set([
      fault(
        { method: "POST" },
        { kind: "status", status: 429, retryAfter: "Sun, 01 Nov 2026 00:00:05 GMT", code: "Slow" },
      ),
    ]);
    const answer = await post(emulator, "a");
    expect([answer.status, errorOf(answer).code, answer.headers["retry-after"]]).toEqual([
      429,
      "Slow",
      "Sun, 01 Nov 2026 00:00:05 GMT",
    ]);
    expect(names(emulator)).toEqual([]);
    expect((await post(emulator, "a")).status).toBe(202);
  });

  it("delay: waits and then does its work", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "delay", ms: 80 })]);
    const begin = performance.now();
    expect((await post(emulator, "a")).status).toBe(202);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(75);
  });

  it("a delay does not hold up closing", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "delay", ms: 60_000 })]);
    const pending = expect(call(emulator, "GET", "/connections")).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    await emulator.close();
    await pending;
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it("dropBefore: breaks the connection, nothing happened", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "dropBefore" })]);
    await expect(post(emulator, "a")).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(names(emulator)).toEqual([]);
    expect(emulator.requests()).toEqual([{ method: "POST", path: "/connections", status: 0, connectionName: "a" }]);
  });

  it("dropAfter: breaks the connection, the write took effect and its repeat brings the first answer", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "dropAfter" })]);
    const headers = { "repeatability-request-id": "r", "repeatability-first-sent": "Sun, 01 Nov 2026 00:00:00 GMT" };
    const send = () => call(emulator, "POST", "/connections", { body: qualysConnection("a"), headers });
    await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(names(emulator)).toEqual(["a"]);
    expect((await send()).status).toBe(202);
    expect(names(emulator)).toEqual(["a"]);
  });

  it("truncate: announces the whole answer and sends half", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "truncate" })]);
    const response = await fetch(`${emulator.url}/connectorTypes?api-version=2026-11-01`, {
      headers: { authorization: `Bearer ${emulator.tokens.globalReader}` },
    });
    expect([response.status, Number(response.headers.get("content-length")) > 100]).toEqual([200, true]);
    await expect(response.text()).rejects.toThrow();
  });

  it("html: a page instead of an answer, nothing happened", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "html" }), fault({ call: 2 }, { kind: "html", status: 502 })]);
    const pages = [await post(emulator, "a"), await post(emulator, "a")];
    expect(pages.map((one) => [one.status, one.headers["content-type"]])).toEqual([
      [200, "text/html; charset=utf-8"],
      [502, "text/html; charset=utf-8"],
    ]);
    expect(names(emulator)).toEqual([]);
  });

  it("staleRead: tells what was there before the last write, once", async () => {
    const emulator = await start();
    const id = await create(emulator, "a", { description: "old" });
    const stale = (path: string) => {
      emulator.faults.set([fault({ method: "GET" }, { kind: "staleRead" })]);
      return call(emulator, "GET", path);
    };
    expect((await stale(`/connections/${id}`)).status).toBe(404);
    expect((await stale("/connections")).json.value).toEqual([]);
    await call(emulator, "PATCH", `/connections/${id}`, { body: { description: "new" } });
    expect((await stale(`/connections/${id}`)).json.description).toBe("old");
    expect((await stale("/connections")).json.value).toMatchObject([{ description: "old" }]);
    expect((await call(emulator, "GET", `/connections/${id}`)).json.description).toBe("new");
    await call(emulator, "DELETE", `/connections/${id}`);
    expect((await stale(`/connections/${id}`)).json.description).toBe("new");
    expect((await call(emulator, "GET", `/connections/${id}`)).status).toBe(404);
  });

  it("staleRead on an operation: still running", async () => {
    const emulator = await start();
    const started = await post(emulator, "a");
    const poll = async () => (await call(emulator, "GET", started.headers["operation-location"] ?? "")).json.status;
    expect(await poll()).toBe("Succeeded");
    emulator.faults.set([fault({ path: "/operations/{id}" }, { kind: "staleRead" })]);
    expect([await poll(), await poll()]).toEqual(["Running", "Succeeded"]);
  });

  it("expiredToken: 401 once, the same token is good again", async () => {
    const emulator = await start();
    emulator.faults.set([fault({}, { kind: "expiredToken" })]);
    const answers = [await call(emulator, "GET", "/connections"), await call(emulator, "GET", "/connections")];
    expect(answers.map((one) => one.status)).toEqual([401, 200]);
    expect(answers[0]?.headers["www-authenticate"]).toContain("expired");
  });

  it("halfApplied: the first property of a PATCH and no more, then 500", async () => {
    const emulator = await start();
    const id = await create(emulator, "a", { description: "old" });
    emulator.faults.set([fault({}, { kind: "halfApplied" })]);
    const answer = await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "b", description: "new" } });
    expect(answer.status).toBe(500);
    expect(emulator.connections()).toMatchObject([{ name: "b", description: "old" }]);
    expect(
      (await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "b", description: "new" } })).json
        .description,
    ).toBe("new");
  });
});

describe("when a fault strikes", () => {
  it("at every call of one connection: create, read, list by name, change, test, operation, remove", async () => {
    const emulator = await start();
    await create(emulator, "other");
    const strike = { kind: "status", status: 503 } as const;
    const arm = (): void => emulator.faults.set([fault({ connectionName: "it's A" }, strike)]);
    arm();
    expect((await post(emulator, "It's a")).status).toBe(503);
    const started = await post(emulator, "It's a");
    const id = emulator.connections()[1]?.id;
    const other = emulator.connections()[0]?.id;
    const calls = [
      ["GET", `/connections/${id}`],
      ["GET", `/connections?$filter=${encodeURIComponent("name eq 'it''s a'")}`],
      ["PATCH", `/connections/${id}`],
      ["POST", `/connections/${id}/test`],
      ["GET", started.headers["operation-location"] ?? ""],
      ["DELETE", `/connections/${id}`],
    ] as const;
    for (const [method, path] of calls) {
      arm();
      expect((await call(emulator, "GET", `/connections/${other}`)).status).toBe(200);
      expect([method, path, (await call(emulator, method, path)).status]).toEqual([method, path, 503]);
    }
    await call(emulator, "DELETE", `/connections/${id}`);
    arm();
    expect((await call(emulator, "DELETE", `/connections/${id}`)).status).toBe(503);
  });

  it("from the n-th matching call on, so many times", async () => {
    const emulator = await start();
    emulator.faults.set([fault({ path: "/connections", call: 2 }, { kind: "status", status: 500 }, 2)]);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      await call(emulator, "GET", "/connectorTypes");
      statuses.push((await call(emulator, "GET", "/connections")).status);
    }
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect(emulator.faults.list()).toMatchObject([{ matched: 5, struck: 2 }]);
  });

  it("a fault that is none is refused", async () => {
    const emulator = await start();
    expect(() => emulator.faults.add(fault({}, { kind: "explode" } as never))).toThrow();
    expect(emulator.faults.list()).toEqual([]);
  });
});

describe("admin routes", () => {
  it("do not exist unless faults are enabled", async () => {
    const emulator = await start();
    for (const [method, path] of [
      ["GET", "/__admin/connections"],
      ["POST", "/__admin/faults"],
      ["DELETE", "/__admin/faults"],
    ] as const) {
      expect((await call(emulator, method, path, { body: method === "POST" ? [] : undefined })).status).toBe(404);
    }
  });

  it("arm and clear faults", async () => {
    const emulator = await start({ faults: true });
    const one = fault({}, { kind: "status", status: 503 });
    expect((await call(emulator, "POST", "/__admin/faults", { body: one })).status).toBe(204);
    expect((await call(emulator, "GET", "/__admin/faults")).json.value).toEqual([
      { fault: one, matched: 0, struck: 0 },
    ]);
    expect((await call(emulator, "GET", "/connections")).status).toBe(503);
    await call(emulator, "POST", "/__admin/faults", { body: [one, one] });
    await call(emulator, "DELETE", "/__admin/faults");
    expect((await call(emulator, "GET", "/connections")).status).toBe(200);
  });

  it("say what does not fit, and take JSON only", async () => {
    const emulator = await start({ faults: true });
    expect((await call(emulator, "POST", "/__admin/faults", { body: fault({}, { kind: "no" } as never) })).status).toBe(
      400,
    );
    expect(
      (await call(emulator, "POST", "/__admin/faults", { raw: "[]", headers: { "content-type": "text/plain" } }))
        .status,
    ).toBe(415);
    expect((await call(emulator, "POST", "/__admin/connections/none/remove")).status).toBe(404);
  });

  it("change connections and accounts, list and reset", async () => {
    const emulator = await start({ faults: true });
    const admin = async (path: string, body?: unknown) =>
      expect((await call(emulator, "POST", `/__admin${path}`, { body })).status).toBe(204);
    await create(emulator, "a b");
    await admin("/connections/a%20b/edit", { description: "by hand" });
    await admin("/connections/a%20b/rotateSecret");
    await admin("/connections/a%20b/fail", { code: "Forbidden", message: "No." });
    expect((await call(emulator, "GET", "/__admin/connections")).json.value).toMatchObject([
      { description: "by hand", status: "Failed" },
    ]);
    await admin("/accounts", { connectorType: "qualys", secrets: { password: "another" } });
    await create(emulator, "c");
    expect(emulator.connections()[1]?.status).toBe("Failed");
    await admin("/connections/c/remove");
    expect(names(emulator)).toEqual(["a b"]);
    expect((await call(emulator, "GET", "/__admin/requests")).json.value).toContainEqual({
      method: "POST",
      path: "/connections",
      status: 202,
      connectionName: "c",
    });
    await admin("/reset");
    expect(names(emulator)).toEqual([]);
  });
});
