import { maximumBodyBytes, type OperationId, operations } from "../../provider/connections/contract";
import type { Emulator, EmulatorOptions } from "../../provider/emulator/index";
import { type Answer, call, closeAll, create, fault, qualysConnection, start } from "./harness";

afterEach(closeAll);

/** Puts the emulator where the operation has something to work on, and gives its path and a good body. */
async function target(
  id: OperationId,
  options: EmulatorOptions,
): Promise<{ emulator: Emulator; path: string; body?: unknown }> {
  const emulator = await start(options);
  switch (id) {
    case "listConnectorTypes":
      return { emulator, path: "/connectorTypes" };
    case "getConnectorType":
      return { emulator, path: "/connectorTypes/qualys" };
    case "listConnections":
      return { emulator, path: "/connections" };
    case "createConnection":
      return { emulator, path: "/connections", body: qualysConnection("created") };
    case "getConnection":
    case "deleteConnection":
      return { emulator, path: `/connections/${await create(emulator, "one")}` };
    case "updateConnection":
      return { emulator, path: `/connections/${await create(emulator, "one")}`, body: { description: "changed" } };
    case "testConnection":
      return { emulator, path: `/connections/${await create(emulator, "one")}/test` };
    case "getOperation": {
      const answer = await call(emulator, "POST", "/connections", { body: qualysConnection("one") });
      return { emulator, path: new URL(answer.headers["operation-location"] ?? "").pathname };
    }
  }
}

type Scenario = (id: OperationId) => Promise<Answer>;

const method = (id: OperationId) => operations[id].method.toUpperCase();

async function plain(id: OperationId, options: EmulatorOptions = {}): Promise<Answer> {
  const { emulator, path, body } = await target(id, options);
  return call(emulator, method(id), path, { body });
}

/** How each status comes about, for every operation that documents it. */
const scenarios: Readonly<Record<number, Scenario>> = {
  200: (id) => plain(id),
  201: (id) => plain(id, { synchronous: true }),
  202: async (id) => {
    if (id !== "updateConnection") return plain(id);
    const { emulator, path } = await target(id, {});
    return call(emulator, "PATCH", path, { body: { credentials: { kind: "basic", username: "u", password: "p" } } });
  },
  204: (id) => plain(id),
  400: async (id) => {
    const { emulator, path, body } = await target(id, {});
    return call(emulator, method(id), path, { body, query: { "api-version": "1999-01-01" } });
  },
  401: async (id) => {
    const { emulator, path, body } = await target(id, {});
    return call(emulator, method(id), path, { body, token: undefined });
  },
  403: async (id) => {
    const { emulator, path, body } = await target(id, {});
    return call(emulator, method(id), path, { body, token: emulator.mint({ roles: [] }) });
  },
  404: async (id) => {
    const { emulator, path, body } = await target(id, {});
    const gone = path.replace(/^(\/\w+)\/[^/]+/, "$1/no-such-id");
    return call(emulator, method(id), gone, { body });
  },
  405: async (id) => {
    const { emulator, path } = await target(id, {});
    return call(emulator, "PUT", path);
  },
  409: async (id) => {
    const { emulator, path } = await target(id, {});
    await create(emulator, "taken");
    const body = id === "createConnection" ? qualysConnection("TAKEN") : { name: "TAKEN" };
    return call(emulator, method(id), path, { body });
  },
  412: async (id) => {
    const { emulator, path, body } = await target(id, {});
    return call(emulator, method(id), path, { body, headers: { "if-match": '"not-this-one"' } });
  },
  413: async (id) => {
    const { emulator, path } = await target(id, {});
    return call(emulator, method(id), path, { raw: Buffer.alloc(maximumBodyBytes + 1, 0x20) });
  },
  415: async (id) => {
    const { emulator, path } = await target(id, {});
    return call(emulator, method(id), path, { raw: "{}", headers: { "content-type": "text/plain" } });
  },
  429: async (id) => {
    // The throttle lets through what the target needed, and not the call itself.
    const needed = ["getConnection", "deleteConnection", "updateConnection", "testConnection", "getOperation"].includes(
      id,
    )
      ? 1
      : 0;
    return plain(id, { throttle: { requests: needed, perSeconds: 60 } });
  },
  500: async (id) => {
    const { emulator, path, body } = await target(id, {});
    emulator.faults.set([fault({}, { kind: "status", status: 500 })]);
    return call(emulator, method(id), path, { body });
  },
  503: async (id) => {
    const { emulator, path, body } = await target(id, {});
    emulator.faults.set([fault({}, { kind: "status", status: 503, retryAfter: 2 })]);
    return call(emulator, method(id), path, { body });
  },
};

const cases = (Object.keys(operations) as OperationId[]).flatMap((id) =>
  Object.keys(operations[id].responses).map((status) => ({ id, status: Number(status) })),
);

describe("every status of the contract", () => {
  it.each(cases)("$id answers $status", async ({ id, status }) => {
    const scenario = scenarios[status];
    if (scenario === undefined) throw new Error(`no scenario makes ${id} answer ${status}`);
    const answer = await scenario(id);
    expect(answer.status).toBe(status);
    expect(documentedHeaders(id, status).filter((name) => answer.headers[name] === undefined)).toEqual([]);
  });
});

/** Headers that the contract promises with this status. */
function documentedHeaders(id: OperationId, status: number): string[] {
  const responses: Record<
    number,
    { headers?: { shape: Record<string, { safeParse(value: unknown): { success: boolean } }> } }
  > = operations[id].responses as never;
  return Object.entries(responses[status]?.headers?.shape ?? {})
    .filter(([, schema]) => !schema.safeParse(undefined).success)
    .map(([name]) => name.toLowerCase());
}

describe("paths and methods outside the contract", () => {
  it("an unknown path is 404", async () => {
    const answer = await call(await start(), "GET", "/connection");
    expect(answer.status).toBe(404);
  });

  it("405 names the methods that the path has", async () => {
    const answer = await call(await start(), "DELETE", "/connections");
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe("GET, POST");
  });

  it("serves its OpenAPI document without a token", async () => {
    const answer = await call(await start(), "GET", "/openapi.json", { token: undefined, query: null });
    expect(answer.status).toBe(200);
    expect(answer.json.openapi).toBe("3.1.0");
  });
});

describe("429", () => {
  it("says when to come again, and lets calls through then", async () => {
    const { manualClock } = await import("../../provider/emulator/clock");
    const clock = manualClock();
    const emulator = await start({ clock, throttle: { requests: 2, perSeconds: 10 } });
    await call(emulator, "GET", "/connections");
    clock.advance(3_000);
    await call(emulator, "GET", "/connections");
    const refused = await call(emulator, "GET", "/connections");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "7"]);
    clock.advance(7_000);
    expect((await call(emulator, "GET", "/connections")).status).toBe(200);
  });
});
