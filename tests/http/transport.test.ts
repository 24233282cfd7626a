import { z } from "zod";
import { readError } from "../../provider/connections/wire";
import { MsemError } from "../../provider/core/errors";
import { createMicrosoftTransport, type MicrosoftTransportOptions } from "../../provider/http/microsoft";
import type { Call, Transport } from "../../provider/http/transport";
import { failureOf, type Reply, script, serviceError, startServer, type TestServer } from "./server";

const thing = z.object({ id: z.string(), count: z.number().optional() });
let server: TestServer | undefined;
let waits: number[] = [];

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(...replies: Reply[]): Promise<TestServer> {
  server = await startServer(script(...replies));
  return server;
}

/** Waits are recorded, not slept: what counts is how long the transport would have waited. */
function transport(options: Partial<MicrosoftTransportOptions> = {}): Transport {
  waits = [];
  return createMicrosoftTransport({
    endpoint: `${server?.url}/base`,
    token: async () => "token-of-the-test",
    readError,
    advice: (access) => (access === "write" ? "A writer would do." : "A reader would do."),
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
}

function read(more: Partial<Call<{ id: string }>> = {}): Call<{ id: string }> {
  return { method: "GET", to: "/things/1", access: "read", answers: { 200: (answer) => answer.json(thing) }, ...more };
}

function post(more: Partial<Call<{ id: string }>> = {}): Call<{ id: string }> {
  return read({ method: "POST", to: "/things", body: { a: 1 }, access: "write", ...more });
}

async function msem(promise: Promise<unknown>): Promise<MsemError> {
  const error = await failureOf(promise);
  if (!(error instanceof MsemError)) throw error;
  return error;
}

const ok: Reply = { status: 200, body: { id: "1" } };

describe("a request", () => {
  it("goes to the endpoint's path with token, ids and query", async () => {
    const { received } = await serve(ok);
    await expect(transport().send(read({ query: { "api-version": "x y", none: undefined } }))).resolves.toEqual({
      id: "1",
    });
    expect(received).toHaveLength(1);
    expect(received[0]?.path).toBe("/base/things/1");
    expect([...(received[0]?.query ?? [])]).toEqual([["api-version", "x y"]]);
    expect(received[0]?.headers.authorization).toBe("Bearer token-of-the-test");
    expect(received[0]?.headers["x-ms-client-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("does not follow a redirect, and names where it would have gone without its query", async () => {
    const { received } = await serve({ status: 302, headers: { location: "http://127.0.0.1:9/login?code=hidden" } });
    const error = await msem(transport().send(read()));
    expect(error.code).toBe("MSEM_PROTOCOL");
    expect(error.message).toContain("http://127.0.0.1:9/login");
    expect(error.message).not.toContain("hidden");
    expect(received).toHaveLength(1);
  });

  it("does not use a proxy for this machine", async () => {
    const { received } = await serve(ok);
    const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];
    const former = names.map((name) => process.env[name]);
    try {
      for (const name of names)
        process.env[name] = name.toLowerCase() === "no_proxy" ? "" : "http://user:pw@127.0.0.1:1";
      await transport({ retry: { attempts: 0 } }).send(read());
    } finally {
      names.forEach((name, index) => {
        const value = former[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      });
    }
    expect(received).toHaveLength(1);
  });
});

describe("a retry", () => {
  it.each([408, 429, 500, 502, 503, 504])("follows a %i", async (status) => {
    const { received } = await serve({ status, body: serviceError("Busy", "later") }, ok);
    await expect(transport().send(read())).resolves.toEqual({ id: "1" });
    expect(received).toHaveLength(2);
  });

  it.each([
    [400, "MSEM_REJECTED"],
    [401, "MSEM_UNAUTHENTICATED"],
    [403, "MSEM_FORBIDDEN"],
    [404, "MSEM_NOT_FOUND"],
    [409, "MSEM_CONFLICT"],
    [412, "MSEM_PRECONDITION"],
    [422, "MSEM_REJECTED"],
    [501, "MSEM_UNAVAILABLE"],
    [204, "MSEM_PROTOCOL"],
  ])("does not follow a %i, which is %s", async (status, code) => {
    const { received } = await serve({ status, body: status === 204 ? undefined : serviceError("Code", "Why.") });
    const error = await msem(transport().send(read()));
    expect(error.code).toBe(code);
    expect(error.details.status).toBe(status);
    expect(received).toHaveLength(1);
  });

  it("waits as many seconds as Retry-After says, and may exceed the largest back-off", async () => {
    await serve({ status: 429, headers: { "retry-after": "7" } }, ok);
    await transport({ retry: { maxDelayMs: 1_000 } }).send(read());
    expect(waits).toEqual([7_000]);
  });

  it("waits until the HTTP date in Retry-After", async () => {
    const now = Date.UTC(2026, 10, 23, 12, 0, 0);
    await serve({ status: 503, headers: { "retry-after": new Date(now + 9_000).toUTCString() } }, ok);
    await transport({ now: () => now }).send(read());
    expect(waits).toEqual([9_000]);
  });

  it("doubles the wait with jitter where the service does not say", async () => {
    await serve({ status: 429 }, { status: 500 }, "drop", { status: 502, body: "<html>" }, ok);
    await transport({ retry: { baseDelayMs: 100, maxDelayMs: 300 } }).send(read());
    expect(waits).toHaveLength(4);
    [100, 200, 300, 300].forEach((full, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(full / 2);
      expect(waits[index]).toBeLessThanOrEqual(full);
    });
  });

  it("gives up after the bounded number of attempts and says how many there were", async () => {
    const { received } = await serve({ status: 503, body: serviceError("Busy", "Too much to do.") });
    const error = await msem(transport({ retry: { attempts: 2 } }).send(read()));
    expect(error.code).toBe("MSEM_UNAVAILABLE");
    expect(error.message).toContain("3 attempts");
    expect(received).toHaveLength(3);
  });

  it("gives up at once when Retry-After lies beyond the limit of the request, and says both figures", async () => {
    const { received } = await serve({ status: 429, headers: { "retry-after": "3600" } });
    const error = await msem(transport({ retry: { totalMs: 60_000 } }).send(read()));
    expect(error.code).toBe("MSEM_THROTTLED");
    expect(error.message).toContain("asks to wait 3600 s");
    expect(error.message).toContain("60 s remain");
    expect(received).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it("stays within the limit of the whole request", async () => {
    await serve("hang");
    const started = Date.now();
    const error = await msem(
      transport({
        requestTimeoutMs: 100,
        retry: { attempts: 50, baseDelayMs: 10, maxDelayMs: 10, totalMs: 350 },
        sleep: undefined,
      }).send(read()),
    );
    expect(error.code).toBe("MSEM_TIMEOUT");
    const took = Date.now() - started;
    expect(took).toBeGreaterThanOrEqual(200);
    expect(took).toBeLessThan(1_500);
  });

  it("keeps the ids of the request over all attempts", async () => {
    const { received } = await serve("drop", { status: 500 }, ok);
    await transport().send(post({ repeatable: true, headers: { "Repeatability-Request-ID": "r-1" } }));
    expect(received).toHaveLength(3);
    expect(new Set(received.map((request) => request.headers["x-ms-client-request-id"])).size).toBe(1);
    expect(received.map((request) => [request.headers["repeatability-request-id"], request.body])).toEqual(
      Array.from({ length: 3 }, () => ["r-1", { a: 1 }]),
    );
  });

  it.each<[string, Reply]>([
    ["a broken connection", "drop"],
    ["a 503", { status: 503 }],
    ["a cut-off answer", { cut: { status: 200, body: { id: "1" } } }],
  ])("never follows %s for a POST that is not repeatable", async (_name, reply) => {
    const { received } = await serve(reply, ok);
    await msem(transport().send(post()));
    expect(received).toHaveLength(1);
  });
});

describe("time-outs and broken connections", () => {
  it("ends an attempt that gets no answer and tries again", async () => {
    const { received } = await serve("hang", ok);
    await expect(transport({ requestTimeoutMs: 80 }).send(read())).resolves.toEqual({ id: "1" });
    expect(received).toHaveLength(2);
  });

  it("ends an attempt whose body drips without end", async () => {
    await serve({ drip: { status: 200, body: { id: "x".repeat(2_000) } } });
    const started = Date.now();
    const error = await msem(transport({ requestTimeoutMs: 150, retry: { attempts: 0 } }).send(read()));
    expect(error.code).toBe("MSEM_TIMEOUT");
    expect(Date.now() - started).toBeLessThan(1_500);
  });

  it("says that nothing listens", async () => {
    const { url, close } = await startServer(script(ok));
    await close();
    const error = await msem(transport({ endpoint: url, retry: { attempts: 1 } }).send(read()));
    expect(error.code).toBe("MSEM_NETWORK");
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.message).toContain("2 attempts");
  });

  it("bounds a token source that never answers", async () => {
    await serve(ok);
    const never = new Promise<string>(() => undefined);
    const error = await msem(transport({ token: () => never, requestTimeoutMs: 50 }).send(read()));
    expect(error.code).toBe("MSEM_TIMEOUT");
  });
});

describe("an answer that is not the contract's", () => {
  it.each<[string, Reply, string]>([
    ["HTML", { status: 200, body: "<!doctype html><title>Sign in, canary-in-body</title>" }, "HTML"],
    ["malformed JSON", { status: 200, body: '{"id":"canary-in-body' }, "cut-off or malformed JSON"],
    ["plain text", { status: 200, body: "canary-in-body" }, "plain text"],
    ["nothing", { status: 200 }, "empty"],
    ["a wrong shape", { status: 200, body: { id: 5, count: "canary-in-body" } }, "count: "],
    ["a broken-off body", { cut: { status: 200, body: { id: "canary-in-body" } } }, "broke off"],
  ])("is MSEM_PROTOCOL after bounded retries: %s", async (_name, reply, says) => {
    const { received } = await serve(reply);
    const error = await msem(transport({ retry: { attempts: 2 } }).send(read()));
    expect(error.code).toBe("MSEM_PROTOCOL");
    expect(error.message).toContain("GET /things/1");
    expect(error.message).toContain("200");
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("canary-in-body");
    expect(received).toHaveLength(3);
  });

  it("is asked for again when the body broke off", async () => {
    await serve({ cut: { status: 200, body: { id: "1" } } }, { status: 200, body: '{"id":' }, ok);
    await expect(transport().send(read())).resolves.toEqual({ id: "1" });
  });

  it("keeps the status of an error page that a gateway sends", async () => {
    await serve({ status: 502, body: "<html>Bad gateway</html>" });
    const error = await msem(transport({ retry: { attempts: 0 } }).send(read()));
    expect(error.code).toBe("MSEM_UNAVAILABLE");
    expect(error.message).toContain("HTML");
  });
});

describe("an error of the service", () => {
  it("lists every problem of a validation with its target, and both request ids", async () => {
    const { received } = await serve({
      status: 400,
      headers: { "x-ms-request-id": "req-7" },
      body: serviceError("ValidationFailed", "Two problems.", {
        details: [
          { code: "Required", message: "is missing", target: "/settings/apiServer" },
          { code: "TooLong", message: "has 200 characters", target: "/name" },
        ],
      }),
    });
    const error = await msem(transport().send(post()));
    expect(error.code).toBe("MSEM_REJECTED");
    expect(error.message).toContain("/settings/apiServer: is missing (Required)");
    expect(error.message).toContain("/name: has 200 characters (TooLong)");
    expect(error.message).toContain("request id req-7");
    expect(error.details.serviceCode).toBe("ValidationFailed");
    expect(error.details.clientRequestId).toBe(received[0]?.headers["x-ms-client-request-id"]);
  });

  it("takes the code from the header when there is no body", async () => {
    await serve({ status: 409, headers: { "x-ms-error-code": "InUse" } });
    expect((await msem(transport().send(read()))).details.serviceCode).toBe("InUse");
  });

  it("says who would be allowed what was refused", async () => {
    await serve(
      { status: 403, body: serviceError("Forbidden", "Not allowed.") },
      { status: 403, body: serviceError("Forbidden", "Not allowed.") },
    );
    const client = transport();
    expect((await msem(client.send(read()))).details.hint).toMatch(/^A reader would do\. On refresh and destroy/);
    expect((await msem(client.send(post()))).details.hint).toMatch(/^A writer would do\. On refresh and destroy/);
  });

  it("prints nothing that could move the cursor of a terminal", async () => {
    await serve({ status: 400, body: serviceError("Bad", "red \u001b[31m\r\ntext") });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect((await msem(transport().send(read()))).message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe("a refused token", () => {
  it("is renewed once", async () => {
    server = await startServer((request) =>
      request.headers.authorization === "Bearer fresh"
        ? ok
        : { status: 401, body: serviceError("InvalidAuthenticationToken", "Expired.") },
    );
    const asked: unknown[] = [];
    const token = async (options?: { refresh?: boolean }) => {
      asked.push(options?.refresh);
      return options?.refresh === true ? "fresh" : "stale";
    };
    await expect(transport({ token }).send(read())).resolves.toEqual({ id: "1" });
    expect(asked).toEqual([undefined, true]);
    expect(server.received).toHaveLength(2);
  });

  it("is an error that says how to renew it, after one further attempt at most", async () => {
    const { received } = await serve({ status: 401 });
    let count = 0;
    const error = await msem(transport({ token: async () => `token-${++count}` }).send(read()));
    expect(error.code).toBe("MSEM_UNAUTHENTICATED");
    expect(error.message).toMatch(/stale/);
    expect(error.message).toContain("MSEM_TOKEN");
    expect(received).toHaveLength(2);
  });

  it("is not repeated with the very same token", async () => {
    const { received } = await serve({ status: 401 });
    await msem(transport().send(read()));
    expect(received).toHaveLength(1);
  });

  it.each(["", "with space", "line\nbreak"])(
    "never reaches the service when it cannot stand in a header: %j",
    async (token) => {
      const { received } = await serve(ok);
      const error = await msem(transport({ token: async () => token }).send(read()));
      expect(error.code).toBe("MSEM_CONFIGURATION");
      if (token !== "") expect(error.message).not.toContain(token);
      expect(received).toHaveLength(0);
    },
  );
});

describe("a link of the service", () => {
  it("is followed on the same origin only", async () => {
    await serve(ok);
    const client = transport();
    expect(client.resolve("/operations/1", "link").href).toBe(`${server?.url}/operations/1`);
    for (const link of [
      "https://evil.example/x",
      "//evil.example/x",
      "http://127.0.0.1:1/x",
      "http://u:p@127.0.0.1/x",
      "data:x",
    ]) {
      expect(() => client.resolve(link, "link")).toThrow(/MSEM_PROTOCOL/);
    }
  });
});

describe("the log", () => {
  it("has one line per attempt, without query strings and secrets", async () => {
    await serve({ status: 503 }, ok);
    const lines: string[] = [];
    await transport({ log: (line) => lines.push(line) }).send(read({ query: { filter: "hidden" } }));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("503");
    expect(lines.join()).not.toMatch(/hidden|token-of-the-test/);
  });
});
