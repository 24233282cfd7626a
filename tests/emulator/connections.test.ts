import { connectionSchema } from "../../provider/connections/schema";
import { manualClock } from "../../provider/emulator/clock";
import { call, closeAll, create, errorOf, operationOf, qualysConnection, secretCanary, start } from "./harness";

afterEach(closeAll);

const targetsOf = (answer: Parameters<typeof errorOf>[0]) =>
  (errorOf(answer).details ?? []).map((one) => `${one.code} ${one.target}`).sort();

describe("validation", () => {
  it("reports every problem at once, each with its JSON pointer", async () => {
    const answer = await call(await start(), "POST", "/connections", {
      body: {
        name: "",
        connectorType: "qualys",
        settings: { apiServer: "qualysguard.qualys.eu", "a/b": "x" },
        credentials: { kind: "basic", password: " ", colour: "red" },
        extra: 1,
      },
    });
    expect([answer.status, errorOf(answer).code]).toEqual([400, "ValidationFailed"]);
    expect(targetsOf(answer)).toEqual([
      "Invalid /credentials/password",
      "Invalid /name",
      "Invalid /settings/apiServer",
      "Required /credentials/username",
      "Unknown /credentials/colour",
      "Unknown /extra",
      "Unknown /settings/a~1b",
    ]);
  });

  it("names the known types and the known ways to sign in", async () => {
    const emulator = await start();
    const type = await call(emulator, "POST", "/connections", {
      body: qualysConnection("a", { connectorType: "qualis" }),
    });
    expect(errorOf(type).details?.[0]).toMatchObject({
      target: "/connectorType",
      message: expect.stringContaining("qualys"),
    });
    const kind = await call(emulator, "POST", "/connections", {
      body: qualysConnection("a", { credentials: { kind: "oauth9", token: secretCanary } }),
    });
    expect(errorOf(kind).details?.[0]).toMatchObject({
      target: "/credentials/kind",
      message: expect.stringContaining("basic"),
    });
  });

  it("does not quote a secret, not even one in the wrong field", async () => {
    const secret = `qualysguard.${secretCanary}`;
    const answer = await call(await start(), "POST", "/connections", {
      body: qualysConnection("a", {
        settings: { apiServer: secret },
        credentials: { kind: "basic", username: "u", password: secret },
      }),
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(secretCanary);
  });

  it.each(["[]", "null", '"text"', "12"])("refuses %s as a body", async (raw) => {
    const answer = await call(await start(), "POST", "/connections", { raw });
    expect([answer.status, errorOf(answer).code]).toEqual([400, "ValidationFailed"]);
  });

  it.each(["{", "", `{"password": "${secretCanary}`, Buffer.from([0x22, 0xff, 0x22])])(
    "refuses what is not JSON",
    async (raw) => {
      const answer = await call(await start(), "POST", "/connections", { raw });
      expect([answer.status, errorOf(answer).code]).toEqual([400, "InvalidJson"]);
      expect(answer.text).not.toContain(secretCanary);
    },
  );

  it("refuses a name that JavaScript would swallow, and reads inherited names as unknown", async () => {
    const raw = JSON.stringify(qualysConnection("a", { settings: {} })).replace(
      '"settings":{}',
      '"settings":{"apiServer":"qualysapi.qg2.apps.qualys.eu","constructor":"x"},"tags":{"__proto__":"x"}',
    );
    const answer = await call(await start(), "POST", "/connections", { raw });
    expect(targetsOf(answer)).toEqual(["Invalid /tags/__proto__", "Unknown /settings/constructor"]);
  });

  it("a refused request leaves nothing behind", async () => {
    const emulator = await start();
    await call(emulator, "POST", "/connections", { body: { ...qualysConnection("a"), extra: 1 } });
    expect(emulator.connections()).toEqual([]);
  });
});

describe("names", () => {
  it("are unique without regard to case; the conflict names the holder", async () => {
    const emulator = await start();
    const holder = await create(emulator, "Prod");
    const id = await create(emulator, "other");
    const post = await call(emulator, "POST", "/connections", {
      body: qualysConnection("PROD"),
      headers: { "if-none-match": "*" },
    });
    const patch = await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "pROD" } });
    for (const answer of [post, patch]) {
      expect([answer.status, errorOf(answer).code, errorOf(answer).innererror]).toEqual([
        409,
        "NameConflict",
        { connectionId: holder },
      ]);
    }
    expect(emulator.connections().map((one) => one.name)).toEqual(["Prod", "other"]);
  });

  it("may change their case, and are free again after a rename and after a removal", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    expect((await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "A" } })).status).toBe(200);
    expect((await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "b" } })).status).toBe(200);
    await create(emulator, "a");
    await call(emulator, "DELETE", `/connections/${id}`);
    await create(emulator, "B");
    expect(emulator.connections().map((one) => one.name)).toEqual(["a", "B"]);
  });

  it("of concurrent creates exactly one wins", async () => {
    const emulator = await start();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call(emulator, "POST", "/connections", { body: qualysConnection("race") })),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([202, ...Array(7).fill(409)]);
    expect(emulator.connections()).toHaveLength(1);
  });
});

describe("merge patch", () => {
  it("sets, keeps and removes; no reconnect for words alone", async () => {
    const emulator = await start();
    const id = await create(emulator, "a", { description: "old", tags: { keep: "1", drop: "2" } });
    const answer = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { description: null, tags: { drop: null, add: "3" } },
      headers: { "content-type": "application/merge-patch+json" },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      tags: { keep: "1", add: "3" },
      status: "Ingesting",
      settings: { apiServer: "qualysapi.qg2.apps.qualys.eu" },
    });
    expect(answer.json).not.toHaveProperty("description");
  });

  it("changed settings reconnect, equal ones do not", async () => {
    const emulator = await start({ latency: { connectMs: 0, ingestMs: 3_600_000 } });
    const id = await create(emulator, "a");
    const same = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { settings: { apiServer: "qualysapi.qg2.apps.qualys.eu" } },
    });
    const changed = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { settings: { apiServer: "qualysapi.qualys.com" } },
    });
    expect([same.status, changed.status]).toEqual([200, 202]);
    expect((await call(emulator, "GET", `/connections/${id}`)).json).toMatchObject({
      settings: { apiServer: "qualysapi.qualys.com" },
    });
  });

  it("a required setting cannot be removed, nor the type changed", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    const answer = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { settings: { apiServer: null }, connectorType: "wiz" },
    });
    expect(targetsOf(answer)).toEqual(["Required /settings/apiServer", "Unknown /connectorType"]);
  });

  it("credentials move their time on at every write, also when the clock stands still", async () => {
    const emulator = await start({ clock: manualClock() });
    const id = await create(emulator, "a");
    const times = [emulator.connections()[0]?.credentialInfo.updatedDateTime];
    for (const username of ["second", "second"]) {
      await call(emulator, "PATCH", `/connections/${id}`, {
        body: { credentials: { kind: "basic", username, password: "p" } },
      });
      expect(emulator.connections()[0]?.credentialInfo.identifier).toBe("second");
      times.push(emulator.connections()[0]?.credentialInfo.updatedDateTime);
    }
    expect(new Set(times).size).toBe(3);
    expect([...times].sort()).toEqual(times);
  });
});

describe("ETags", () => {
  it("let a write through that read what is there, and stop one that did not", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    const etag = (await call(emulator, "GET", `/connections/${id}`)).headers.etag ?? "";
    const first = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { description: "1" },
      headers: { "if-match": etag },
    });
    const second = await call(emulator, "PATCH", `/connections/${id}`, {
      body: { description: "2" },
      headers: { "if-match": etag },
    });
    const removal = await call(emulator, "DELETE", `/connections/${id}`, { headers: { "if-match": etag } });
    expect([first.status, second.status, removal.status]).toEqual([200, 412, 412]);
    expect(emulator.connections()[0]?.description).toBe("1");
    const current = first.headers.etag ?? "";
    expect(current).not.toBe(etag);
    expect(
      (await call(emulator, "DELETE", `/connections/${id}`, { headers: { "if-match": `"x", ${current}` } })).status,
    ).toBe(204);
  });

  it("stay the same while only the status moves, and when a patch changes nothing", async () => {
    const clock = manualClock();
    const emulator = await start({ clock, latency: { connectMs: 1_000, ingestMs: 1_000 } });
    const id = await create(emulator, "a");
    const read = () => call(emulator, "GET", `/connections/${id}`);
    const before = await read();
    clock.advance(5_000);
    await call(emulator, "PATCH", `/connections/${id}`, { body: { name: "a", tags: {} } });
    const after = await read();
    expect([before.json.status, after.json.status]).toEqual(["Connecting", "Ingesting"]);
    expect(after.headers.etag).toBe(before.headers.etag);
  });

  it("create takes If-None-Match: * and nothing else", async () => {
    const answer = await call(await start(), "POST", "/connections", {
      body: qualysConnection("a"),
      headers: { "if-none-match": '"1"' },
    });
    expect([answer.status, errorOf(answer).code]).toEqual([400, "InvalidHeader"]);
  });
});

describe("repeatability", () => {
  const repeat = (id: string) => ({
    "repeatability-request-id": id,
    "repeatability-first-sent": "Sun, 01 Nov 2026 00:00:00 GMT",
  });

  it("the same id brings the first answer, and nothing is done twice", async () => {
    const emulator = await start();
    const send = () => call(emulator, "POST", "/connections", { body: qualysConnection("a"), headers: repeat("r-1") });
    const first = await send();
    const second = await send();
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect(second.headers["operation-location"]).toBe(first.headers["operation-location"]);
    expect([first, second].map((one) => one.headers["repeatability-result"])).toEqual(["accepted", "accepted"]);
    expect(emulator.connections()).toHaveLength(1);
  });

  it("a refusal is repeated too", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    const send = () => call(emulator, "POST", "/connections", { body: qualysConnection("a"), headers: repeat("r-2") });
    expect((await send()).status).toBe(409);
    await call(emulator, "DELETE", `/connections/${id}`);
    expect((await send()).status).toBe(409);
    expect(emulator.connections()).toEqual([]);
  });

  it("an id that was used for another call is refused", async () => {
    const emulator = await start();
    await call(emulator, "POST", "/connections", { body: qualysConnection("a"), headers: repeat("r-3") });
    const answer = await call(emulator, "POST", "/connections", {
      body: qualysConnection("b"),
      headers: repeat("r-3"),
    });
    expect([answer.status, errorOf(answer).code, answer.headers["repeatability-result"]]).toEqual([
      400,
      "InvalidRepeatabilityRequest",
      "rejected",
    ]);
    expect(emulator.connections()).toHaveLength(1);
  });

  it.each([
    { "repeatability-request-id": "r-4" },
    { "repeatability-first-sent": "yesterday", "repeatability-request-id": "r-4" },
  ])("half of the headers, or no date, is refused", async (headers) => {
    const emulator = await start();
    const answer = await call(emulator, "POST", "/connections", {
      body: qualysConnection("a"),
      headers: headers as Record<string, string>,
    });
    expect([answer.status, emulator.connections().length]).toEqual([400, 0]);
  });

  it("an id is forgotten after a day", async () => {
    const clock = manualClock();
    const emulator = await start({ clock });
    await call(emulator, "POST", "/connections", { body: qualysConnection("a"), headers: repeat("r-5") });
    clock.advance(25 * 3_600_000);
    await call(emulator, "POST", "/connections", { body: qualysConnection("b"), headers: repeat("r-6") });
    const answer = await call(emulator, "POST", "/connections", {
      body: qualysConnection("a"),
      headers: repeat("r-5"),
    });
    expect(answer.status).toBe(409);
  });
});

describe("answers", () => {
  it("a removed connection is gone for every call", async () => {
    const emulator = await start();
    const id = await create(emulator, "a");
    expect((await call(emulator, "DELETE", `/connections/${id}`)).status).toBe(204);
    const again = [
      await call(emulator, "DELETE", `/connections/${id}`),
      await call(emulator, "GET", `/connections/${id}`),
    ];
    expect(again.map((one) => [one.status, errorOf(one).code])).toEqual(Array(2).fill([404, "ConnectionNotFound"]));
  });

  it("the finished operation's result is the connection", async () => {
    const emulator = await start();
    const started = await call(emulator, "POST", "/connections", { body: qualysConnection("a") });
    const ended = await call(emulator, "GET", started.headers["operation-location"] ?? "");
    expect(operationOf(ended).status).toBe("Succeeded");
    expect(connectionSchema.strict().parse(operationOf(ended).result)).toEqual(emulator.connections()[0]);
  });

  it("ids are the same at every start with a seed, and others without", async () => {
    const ids = async (seeded: boolean) => create(await start(seeded ? { seed: {} } : {}), "a");
    expect(await ids(true)).toBe(await ids(true));
    expect(await ids(false)).not.toBe(await ids(false));
  });
});
