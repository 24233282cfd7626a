import { type ConnectionsClientOptions, createConnectionsClient } from "../../provider/connections/client";
import type { Connection, ConnectionDraft, ConnectionsClient } from "../../provider/connections/model";
import { MsemError } from "../../provider/core/errors";
import { failureOf, serviceError } from "../http/server";
import { etag, type Service, seed, startService } from "../http/service";

let service: Service;
let waits: number[] = [];
let clock = 0;

beforeEach(async () => {
  service = await startService();
  waits = [];
  clock = Date.UTC(2026, 10, 23);
});
afterEach(() => service.close());

/** Time passes only by waiting: deadlines of minutes take milliseconds here. */
function client(options: Partial<ConnectionsClientOptions> = {}): ConnectionsClient {
  return createConnectionsClient({
    endpoint: `${service.url}/base`,
    token: async () => "opaque-token",
    now: () => clock,
    sleep: async (ms) => {
      waits.push(ms);
      clock += ms;
    },
    ...options,
  });
}

const draft: ConnectionDraft = {
  name: "qualys-eu",
  connectorType: "qualys",
  settings: { apiServer: "one.example" },
  credentials: { kind: "basic", fields: { username: "scanner", password: "pw-of-the-test" } },
  tags: { owner: "us" },
};

async function msem(promise: Promise<unknown>): Promise<MsemError> {
  const error = await failureOf(promise);
  if (!(error instanceof MsemError)) throw error;
  return error;
}

async function all(list: AsyncIterable<Connection>): Promise<string[]> {
  const ids: string[] = [];
  for await (const connection of list) ids.push(connection.id);
  return ids;
}

describe("the tenant", () => {
  it("is the endpoint without its slash, and the token's tid when it tells one", async () => {
    expect(await client({ endpoint: `${service.url}/base/` }).tenant()).toEqual({ endpoint: `${service.url}/base` });
    const token = `x.${Buffer.from('{"tid":"t-1"}').toString("base64url")}.y`;
    expect(await client({ token: async () => token }).tenant()).toEqual({ endpoint: `${service.url}/base`, id: "t-1" });
  });

  it("is never reached over plain http beyond this machine", () => {
    expect(() => client({ endpoint: "http://host.example" })).toThrow(/MSEM_CONFIGURATION/);
  });
});

describe("listing", () => {
  it.each([0, 1, 99, 100, 101, 250])("yields each of %i connections once", async (count) => {
    for (let index = 0; index < count; index += 1) seed(service, `c-${index}`);
    expect(await all(client().list())).toEqual(Array.from({ length: count }, (_, index) => `c-${index}`));
    expect(service.received).toHaveLength(Math.max(1, Math.ceil(count / 100)));
  });

  it("filters by name and type, quotes included", async () => {
    seed(service, "a", { name: "o'brien and co" });
    seed(service, "b", { connectorType: "wiz" });
    expect(await all(client().list({ name: "O'Brien and co" }))).toEqual(["a"]);
    expect(await all(client().list({ connectorType: "wiz" }))).toEqual(["b"]);
    expect(await all(client().list({ connectorType: "wiz", name: "o'brien and co" }))).toEqual([]);
  });

  it("sends the token to no other origin, whatever nextLink says", async () => {
    const other = await startService();
    try {
      service.intercept = () => ({
        status: 200,
        body: { value: [], nextLink: `${other.url}/base/connections?page=2` },
      });
      expect((await msem(all(client().list()))).code).toBe("MSEM_PROTOCOL");
      expect(other.received).toHaveLength(0);
    } finally {
      await other.close();
    }
  });
});

describe("getting", () => {
  it("gives the connection with its ETag", async () => {
    const stored = seed(service, "c/1 ü");
    expect(await client().get("c/1 ü")).toMatchObject({
      id: "c/1 ü",
      etag: etag(stored),
      credentialInfo: { identifier: "scanner" },
    });
  });

  it("gives undefined for one that the service does not know", async () => {
    expect(await client().get("c-none")).toBeUndefined();
  });

  it.each([undefined, "<html>not here</html>", { message: "no route" }])(
    "takes no other 404 for gone: %j",
    async (body) => {
      service.intercept = () => ({ status: 404, body });
      expect((await msem(client().get("c-1"))).code).toBe("MSEM_PROTOCOL");
    },
  );

  it.each(["", ".", ".."])("refuses %j, which would address something else", async (id) => {
    expect((await msem(client().get(id))).code).toBe("MSEM_INVALID");
    expect(service.received).toHaveLength(0);
  });
});

describe("creating", () => {
  it("returns what a service created at once", async () => {
    service.asynchronous = false;
    expect(await client().create(draft)).toMatchObject({
      kind: "created",
      connection: { name: "qualys-eu", status: "Connected" },
    });
    expect([...service.connections.values()]).toMatchObject([
      { settings: draft.settings, password: "pw-of-the-test", tags: draft.tags },
    ]);
  });

  it("waits for the operation: at once, then longer and longer", async () => {
    service.pollsUntilDone = 7;
    expect(await client().create(draft)).toMatchObject({ kind: "created", connection: { status: "Connected" } });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it("waits as long as Retry-After says", async () => {
    service.pollsUntilDone = 2;
    service.intercept = (request, proceed) =>
      request.path.includes("/operations/") ? { ...proceed(), headers: { "retry-after": "3" } } : undefined;
    await client().create(draft);
    expect(waits).toEqual([3_000, 3_000]);
  });

  it("returns a connection that failed", async () => {
    service.outcome = {
      operation: "Failed",
      connection: "Failed",
      error: { code: "Unauthorized", message: "refused" },
    };
    expect(await client().create(draft)).toMatchObject({ kind: "created", connection: { status: "Failed" } });
  });

  it("tells who holds the name", async () => {
    seed(service, "c-77", { name: "QUALYS-eu" });
    expect(await client().create(draft)).toEqual({ kind: "nameConflict", holderId: "c-77" });
  });

  it.each([409, 412])("finds the holder itself when a %i does not name it", async (status) => {
    seed(service, "c-77", { name: "QUALYS-eu" });
    service.intercept = (request) =>
      request.method === "POST"
        ? { status, body: serviceError(status === 409 ? "NameConflict" : "ConditionNotMet", "x") }
        : undefined;
    expect(await client().create(draft)).toEqual({ kind: "nameConflict", holderId: "c-77" });
  });

  it("makes another kind of conflict an error", async () => {
    service.intercept = () => ({ status: 409, body: serviceError("QuotaExceeded", "Too many.") });
    expect((await msem(client().create(draft))).code).toBe("MSEM_CONFLICT");
  });

  it("gives up at the operation's deadline, with one last look, and tells which connection exists", async () => {
    service.pollsUntilDone = Number.POSITIVE_INFINITY;
    const error = await msem(client({ operationTimeoutMs: 1_000 }).create(draft));
    expect(error.code).toBe("MSEM_TIMEOUT");
    expect(error.message).toContain('connecting "qualys-eu"');
    expect(error.message).toContain("After 1 s");
    expect(error.details.connectionId).toBe("c-1");
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(1_000);
  });

  it("tells which connection exists when the operation cannot be asked", async () => {
    service.intercept = (request) =>
      request.path.includes("/operations/") ? { status: 403, body: serviceError("Forbidden", "no") } : undefined;
    const error = await msem(client().create(draft));
    expect(error.code).toBe("MSEM_FORBIDDEN");
    expect(error.details.connectionId).toBe("c-1");
    expect(service.count("GET /base/connections")).toBe(1);
  });

  it("tells which connection exists when it cannot be read", async () => {
    service.intercept = (request) =>
      request.method === "GET" && request.path.includes("/connections/") ? { status: 500 } : undefined;
    const error = await msem(client({ retry: { attempts: 1 } }).create(draft));
    expect(error.code).toBe("MSEM_UNAVAILABLE");
    expect(error.details.connectionId).toBe("c-1");
  });

  it("makes a lost operation an error", async () => {
    service.intercept = (request) =>
      request.path.includes("/operations/") ? { status: 404, body: serviceError("OperationNotFound", "?") } : undefined;
    const error = await msem(client().create(draft));
    expect(error.code).toBe("MSEM_NOT_FOUND");
    expect(error.message).toContain("no longer knows the operation");
    expect(error.details.connectionId).toBe("c-1");
  });

  it.each(["https://evil.example/operations/1", undefined])(
    "asks no other origin for the operation: %s",
    async (location) => {
      service.intercept = (request, proceed) =>
        request.method === "POST"
          ? { ...proceed(), headers: location === undefined ? undefined : { "operation-location": location } }
          : undefined;
      const error = await msem(client().create(draft));
      expect(error.code).toBe("MSEM_PROTOCOL");
      expect(error.details.connectionId).toBe("c-1");
    },
  );

  it("is an error without a connection when the operation failed and left none", async () => {
    service.outcome = {
      operation: "Failed",
      connection: "Failed",
      error: {
        code: "Broken",
        message: "echo pw-of-the-test",
        details: [{ code: "x", message: "opaque-token", target: "pw-of-the-test" }],
      },
    };
    service.intercept = (request, proceed) => {
      if (request.path.includes("/operations/")) service.connections.clear();
      return proceed();
    };
    const error = await msem(client().create(draft));
    expect(error.code).toBe("MSEM_CONNECTION_FAILED");
    expect(error.message).toContain("Broken");
    expect(error.message).not.toMatch(/pw-of-the-test|opaque-token/);
    expect(error.details.connectionId).toBeUndefined();
  });

  it("looks again when a replica does not know the new connection yet", async () => {
    let stale = 2;
    service.intercept = (request) =>
      request.method === "GET" && request.path.includes("/connections/") && stale-- > 0
        ? { status: 404, body: serviceError("ConnectionNotFound", "?") }
        : undefined;
    expect(await client().create(draft)).toMatchObject({
      kind: "created",
      connection: { id: "c-1", status: "Connected" },
    });
  });
});

describe("updating", () => {
  it("changes only what is asked and returns the new version", async () => {
    const stored = seed(service, "c-1", { description: "old", tags: { owner: "us", gone: "x" } });
    const changed = await client().update("c-1", etag(stored), { description: null, tags: { gone: null, more: "1" } });
    expect(changed).toMatchObject({ tags: { owner: "us", more: "1" }, etag: '"c-1-2"' });
    expect(stored).toMatchObject({
      tags: { owner: "us", more: "1" },
      settings: { apiServer: "one.example" },
      password: "first",
    });
    expect(stored.description).toBeUndefined();
  });

  it("waits for the reconnect that new credentials cause", async () => {
    const stored = seed(service, "c-1", { status: "Failed" });
    const changed = await client().update("c-1", etag(stored), { credentials: draft.credentials });
    expect(changed).toMatchObject({ status: "Connected" });
    expect(stored.password).toBe("pw-of-the-test");
  });

  it("is undefined for a connection that is gone", async () => {
    expect(await client().update("c-1", '"c-1-1"', { name: "x" })).toBeUndefined();
  });

  it("refuses to overwrite someone else's change", async () => {
    const stored = seed(service, "c-1");
    const error = await msem(client().update("c-1", '"older"', { settings: { apiServer: "two.example" } }));
    expect(error.code).toBe("MSEM_PRECONDITION");
    expect(stored.settings).toEqual({ apiServer: "one.example" });
  });

  it("does not take someone else's equal change for its own when nothing was repeated", async () => {
    seed(service, "c-1");
    const error = await msem(client().update("c-1", '"older"', { settings: { apiServer: "one.example" } }));
    expect(error.code).toBe("MSEM_PRECONDITION");
    expect(service.received).toHaveLength(1);
  });

  it("names the holder of a name that is taken", async () => {
    const stored = seed(service, "c-1");
    seed(service, "c-2", { name: "taken" });
    const error = await msem(client().update("c-1", etag(stored), { name: "Taken" }));
    expect(error.code).toBe("MSEM_CONFLICT");
    expect(error.message).toContain("c-2");
    expect(error.message).toContain('"Taken"');
  });

  it("shows a failed operation that the connection's status does not show", async () => {
    const stored = seed(service, "c-1");
    service.outcome = { operation: "Failed", connection: "Connected", error: { code: "Broken", message: "half done" } };
    const error = await msem(client().update("c-1", etag(stored), { credentials: draft.credentials }));
    expect(error.code).toBe("MSEM_CONNECTION_FAILED");
    expect(error.details.connectionId).toBe("c-1");
  });

  it("takes no ETag of a list, which tells none", async () => {
    seed(service, "c-1");
    for await (const connection of client().list()) {
      expect((await msem(client().update(connection.id, connection.etag, { name: "x" }))).code).toBe("MSEM_FAULT");
      expect((await msem(client().remove(connection.id, connection.etag))).code).toBe("MSEM_FAULT");
    }
    expect(service.connections.size).toBe(1);
  });
});

describe("removing", () => {
  it("disconnects, and says when there was nothing", async () => {
    const stored = seed(service, "c-1");
    expect(await client().remove("c-1", etag(stored))).toBe("removed");
    expect(service.connections.size).toBe(0);
    expect(await client().remove("c-1")).toBe("gone");
  });

  it("leaves alone what has changed since", async () => {
    seed(service, "c-1");
    expect((await msem(client().remove("c-1", '"older"'))).code).toBe("MSEM_PRECONDITION");
    expect(service.connections.size).toBe(1);
  });
});

describe("testing", () => {
  it("returns what the service found", async () => {
    seed(service, "c-1");
    expect(await client().test("c-1")).toEqual({ succeeded: true, checkedDateTime: "2026-11-01T00:01:00.000Z" });
  });

  it("is an error for a connection that is not there, and for an operation that failed", async () => {
    expect((await msem(client().test("c-1"))).code).toBe("MSEM_NOT_FOUND");
    seed(service, "c-1");
    service.outcome = { operation: "Canceled", connection: "Connected" };
    expect((await msem(client().test("c-1"))).message).toContain("Canceled");
  });
});
