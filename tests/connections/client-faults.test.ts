import { createConnectionsClient } from "../../provider/connections/client";
import type { ConnectionChanges, ConnectionDraft, ConnectionsClient } from "../../provider/connections/model";
import { MsemError } from "../../provider/core/errors";
import { failureOf, type JsonReply, type Received, type Reply, serviceError } from "../http/server";
import { etag, type Service, seed, startService } from "../http/service";

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

function client(): ConnectionsClient {
  return createConnectionsClient({
    endpoint: `${service.url}/base`,
    token: async () => "opaque",
    requestTimeoutMs: 150,
    operationTimeoutMs: 3_000,
    retry: { baseDelayMs: 1, maxDelayMs: 2 },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5))),
  });
}

const draft: ConnectionDraft = {
  name: "qualys-eu",
  connectorType: "qualys",
  settings: { apiServer: "one.example" },
  credentials: { kind: "basic", fields: { username: "scanner", password: "pw-1" } },
  tags: { owner: "us" },
};
const everything: ConnectionChanges = {
  name: "qualys-us",
  description: "new",
  settings: { apiServer: "two.example" },
  credentials: { kind: "basic", fields: { username: "scanner", password: "pw-2" } },
  tags: { owner: null, team: "sec" },
};

type Proceed = () => JsonReply;
/** Faults that end by themselves. Some happen before the service has done anything, some after. */
const faults: Record<string, (proceed: Proceed) => Reply> = {
  "dropped before": () => "drop",
  "dropped after": (proceed) => {
    proceed();
    return "drop";
  },
  "no answer, nothing done": () => "hang",
  "no answer, but done": (proceed) => {
    proceed();
    return "hang";
  },
  "500 before": () => ({ status: 500, body: serviceError("Internal", "?") }),
  "503 after": (proceed) => {
    proceed();
    return { status: 503, headers: { "retry-after": "0" } };
  },
  "429 with Retry-After": () => ({
    status: 429,
    headers: { "retry-after": "1" },
    body: serviceError("TooMany", "slow"),
  }),
  "429 without Retry-After": () => ({ status: 429, body: serviceError("TooMany", "slow") }),
  "sign-in page before": () => ({ status: 200, body: "<!doctype html><p>Sign in</p>" }),
  "gateway page after": (proceed) => {
    proceed();
    return { status: 502, body: "<html>Bad gateway</html>" };
  },
};
/** Faults that spoil the body of an answer. Of a 202 only the headers count, so these leave it as it is. */
const bodyFaults: Record<string, (proceed: Proceed) => Reply> = {
  "cut off": (proceed) => ({ cut: proceed() }),
  "truncated JSON": (proceed) => {
    const reply = proceed();
    return { ...reply, body: JSON.stringify(reply.body ?? {}).slice(0, 20) };
  },
  "HTML instead of JSON": (proceed) => ({ ...proceed(), body: "<!doctype html><p>Sign in</p>" }),
};

/** Lets the fault happen once, at the request with that number; tells whether it did. */
function faultAt(position: number, fault: (proceed: Proceed) => Reply): { happened: boolean } {
  const state = { happened: false };
  let index = -1;
  service.intercept = (_request: Received, proceed) => {
    index += 1;
    if (index !== position) return undefined;
    state.happened = true;
    return fault(proceed);
  };
  return state;
}

const names = [...Object.keys(faults), ...Object.keys(bodyFaults)];
const cases = (requests: number) =>
  Array.from({ length: requests }, (_, at) => names.map((name) => [name, at] as const)).flat();
const pick = (name: string) => faults[name] ?? bodyFaults[name] ?? (() => "drop");

describe("one fault at any call of create", () => {
  // POST, two polls, GET
  it.each(cases(4))("%s at call %i: one connection, connected", async (name, at) => {
    const fault = faultAt(at, pick(name));
    expect(await client().create(draft)).toMatchObject({
      kind: "created",
      connection: { id: "c-1", status: "Connected" },
    });
    expect(fault.happened).toBe(true);
    expect([...service.connections.values()]).toMatchObject([{ name: "qualys-eu", password: "pw-1" }]);
  });

  it("sends the same repeatability id with every attempt, and another one with the next create", async () => {
    faultAt(0, pick("dropped after"));
    await client().create(draft);
    await client().create({ ...draft, name: "second" });
    const posts = service.received.filter((request) => request.method === "POST");
    const ids = posts.map((request) => request.headers["repeatability-request-id"]);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(posts[0]?.headers["repeatability-first-sent"]).toBe(posts[1]?.headers["repeatability-first-sent"]);
    expect(posts[0]?.headers["repeatability-first-sent"]).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  });
});

describe("one fault at any call of update", () => {
  // GET (a credential is sent), PATCH, two polls, GET
  it.each(cases(5))("%s at call %i: changed once, as asked", async (name, at) => {
    const stored = seed(service, "c-1");
    // An answer that got lost takes the operation's address with it: the service goes on without being asked.
    const fault = faultAt(at, pick(name));
    const faulted = service.intercept;
    let looks = 0;
    service.intercept = (request, proceed) => {
      if (request.method === "GET" && request.path.endsWith("/connections/c-1") && ++looks > 3)
        stored.status = "Connected";
      return faulted?.(request, proceed);
    };
    expect(await client().update("c-1", etag(stored), everything)).toMatchObject({
      name: "qualys-us",
      description: "new",
      settings: { apiServer: "two.example" },
      tags: { team: "sec" },
      status: "Connected",
    });
    expect(fault.happened).toBe(true);
    expect(stored).toMatchObject({ name: "qualys-us", password: "pw-2", credentialVersion: 1 });
  });

  it.each(Object.keys(faults))("%s, without credentials and operation", async (name) => {
    const stored = seed(service, "c-1");
    faultAt(0, pick(name));
    expect(await client().update("c-1", etag(stored), { settings: { apiServer: "two.example" } })).toMatchObject({
      settings: { apiServer: "two.example" },
    });
    expect(stored.version).toBe(2);
  });
});

describe("a dropped PATCH that meets a newer version", () => {
  /** The first PATCH is lost before the service saw it; meanwhile somebody else changes the connection. */
  function meanwhile(change: () => void): void {
    let first = true;
    service.intercept = (request) => {
      if (request.method !== "PATCH" || !first) return undefined;
      first = false;
      change();
      return "drop";
    };
  }

  it("does not overwrite someone else's change", async () => {
    const stored = seed(service, "c-1");
    meanwhile(() => Object.assign(stored, { settings: { apiServer: "theirs.example" }, version: 5 }));
    const error = await failureOf(client().update("c-1", etag(stored), { settings: { apiServer: "ours.example" } }));
    expect(error).toMatchObject({ code: "MSEM_PRECONDITION" });
    expect(stored.settings).toEqual({ apiServer: "theirs.example" });
  });

  it("does not take a credential for sent that was not", async () => {
    const stored = seed(service, "c-1");
    meanwhile(() => Object.assign(stored, { description: "new", version: 5 }));
    const changes = { description: "new", credentials: draft.credentials };
    expect(await failureOf(client().update("c-1", etag(stored), changes))).toMatchObject({ code: "MSEM_PRECONDITION" });
    expect(stored.password).toBe("first");
  });

  it("is undefined when the connection has gone meanwhile", async () => {
    const stored = seed(service, "c-1");
    meanwhile(() => service.connections.clear());
    expect(await client().update("c-1", etag(stored), { description: "new" })).toBeUndefined();
  });

  it("does not look further than the deadline for the end of a reconnect", async () => {
    const stored = seed(service, "c-1");
    let time = 0;
    const impatient = createConnectionsClient({
      endpoint: `${service.url}/base`,
      token: async () => "opaque",
      now: () => time,
      sleep: async (ms) => {
        time += ms;
      },
    });
    faultAt(1, pick("dropped after"));
    const error = await failureOf(impatient.update("c-1", etag(stored), everything));
    expect(error).toMatchObject({ code: "MSEM_TIMEOUT", details: { connectionId: "c-1" } });
    expect(time).toBeGreaterThanOrEqual(300_000);
    expect(time).toBeLessThan(310_000);
  });
});

describe("one fault at a removal", () => {
  it.each(Object.keys(faults))("%s: nothing is left, and that is no error", async (name) => {
    const stored = seed(service, "c-1");
    const fault = faultAt(0, pick(name));
    expect(["removed", "gone"]).toContain(await client().remove("c-1", etag(stored)));
    expect(fault.happened).toBe(true);
    expect(service.connections.size).toBe(0);
  });
});

describe("one fault at any call of a test", () => {
  it.each(cases(3))("%s at call %i: the result comes all the same", async (name, at) => {
    seed(service, "c-1");
    const fault = faultAt(at, pick(name));
    expect(await client().test("c-1")).toMatchObject({ succeeded: true });
    expect(fault.happened).toBe(true);
  });
});

describe("a fault that lasts", () => {
  it.each(Object.keys(faults))("%s at every call: one clear error after a bounded number of attempts", async (name) => {
    seed(service, "c-1");
    service.intercept = (_request, proceed) => pick(name)(proceed);
    const error = await failureOf(client().get("c-1"));
    expect(error).toBeInstanceOf(MsemError);
    expect((error as MsemError).message).toContain("5 attempts");
    expect(service.received).toHaveLength(5);
  });

  it("keeps a create from making two, however often it is run", async () => {
    service.intercept = (request, proceed) => {
      const reply = proceed();
      return request.method === "POST" ? "drop" : reply;
    };
    expect(await failureOf(client().create(draft))).toMatchObject({ code: "MSEM_NETWORK" });
    service.intercept = undefined;
    expect(await client().create(draft)).toEqual({ kind: "nameConflict", holderId: "c-1" });
    expect(service.connections.size).toBe(1);
  });
});
