/** One document from a real server on loopback: whole, in time, in bounds, or a clear error. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { MsemError } from "../../provider/core/errors";
import { type DownloadRequest, type DownloadSettings, download } from "../../provider/http/download";
import { failureOf, type Reply, script, startServer, type TestServer } from "./server";

let server: TestServer;
const waits: number[] = [];

afterEach(async () => {
  waits.length = 0;
  await server.close();
});

async function get(
  replies: readonly Reply[],
  request: Partial<DownloadRequest> = {},
  settings: Partial<DownloadSettings> = {},
) {
  server = await startServer(script(...replies));
  return download(
    { url: `${server.url}/list.json?sig=canary`, what: "the list", accept: "application/json", ...request },
    { deadline: Date.now() + 5_000, sleep: async (ms) => void waits.push(ms), ...settings },
  );
}

async function refusal(run: Promise<unknown>): Promise<MsemError> {
  const error = await failureOf(run);
  if (!(error instanceof MsemError)) throw error;
  expect(error.message).not.toContain("canary");
  return error;
}

const body = { status: 200, body: '{"values":[]}' };

describe("a download", () => {
  it("gives the bytes, where they were, and their version", async () => {
    const headers = { etag: '"1"', "last-modified": "Mon, 16 Nov 2026 00:00:00 GMT" };
    const answer = await get([{ ...body, headers }]);
    if (answer.kind !== "body") throw new Error("no body");
    expect(Buffer.from(answer.bytes).toString()).toBe(body.body);
    expect(answer).toMatchObject({
      url: `${server.url}/list.json?sig=canary`,
      validators: { etag: '"1"', lastModified: "Mon, 16 Nov 2026 00:00:00 GMT" },
    });
    expect(server.received[0]?.headers.authorization).toBeUndefined();
  });

  it("asks with what it knows, and takes 304 for unchanged only then", async () => {
    const known = { etag: '"1"', lastModified: "Mon, 16 Nov 2026 00:00:00 GMT" };
    expect(await get([{ status: 304 }], { known })).toEqual({ kind: "unchanged" });
    expect(server.received[0]?.headers).toMatchObject({
      "if-none-match": '"1"',
      "if-modified-since": "Mon, 16 Nov 2026 00:00:00 GMT",
    });
    await server.close();
    expect((await refusal(get([{ status: 304 }]))).code).toBe("MSEM_PROTOCOL");
  });

  it.each([
    [{ status: 400 }, "MSEM_REJECTED"],
    [{ status: 401 }, "MSEM_UNAUTHENTICATED"],
    [{ status: 403 }, "MSEM_FORBIDDEN"],
    [{ status: 404 }, "MSEM_NOT_FOUND"],
    [{ status: 410 }, "MSEM_NOT_FOUND"],
  ] as const)("%j is asked once and is %s", async (reply, code) => {
    expect((await refusal(get([reply]))).code).toBe(code);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    [{ status: 429 } as Reply, "MSEM_THROTTLED"],
    [{ status: 503 } as Reply, "MSEM_UNAVAILABLE"],
    ["drop" as Reply, "MSEM_NETWORK"],
    [{ cut: body } as Reply, "MSEM_NETWORK"],
  ])("%j is tried five times and is then %s", async (reply, code) => {
    expect((await refusal(get([reply]))).code).toBe(code);
    expect([server.received.length, waits.length]).toEqual([5, 4]);
  });

  it("succeeds when what went wrong passes", async () => {
    const answer = await get(["drop", { status: 503 }, { cut: body }, body]);
    expect(answer.kind).toBe("body");
  });

  it("waits as long as it is asked to, and not at all when that would pass the deadline", async () => {
    const patient = (seconds: number) => [{ status: 429, headers: { "retry-after": String(seconds) } }, body];
    await get(patient(4));
    expect(waits).toEqual([4_000]);
    await server.close();
    expect((await refusal(get(patient(6)))).code).toBe("MSEM_THROTTLED");
    expect([waits, server.received.length]).toEqual([[4_000], 1]);
  });

  it("ends an answer that drips, whatever comes in between", async () => {
    const started = Date.now();
    const dripping = get(
      [{ drip: { status: 200, body: "x".repeat(500) } }],
      {},
      { attemptMs: 200, retry: { attempts: 0 } },
    );
    expect((await refusal(dripping)).message).toContain("MSEM_TIMEOUT the list at http://127.0.0.1:");
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it("takes as many bytes as it may, not one more", async () => {
    const big = (length: number) => [{ status: 200, body: "x".repeat(length) }];
    expect((await get(big(1_000), {}, { maxBytes: 1_000 })).kind).toBe("body");
    await server.close();
    const { code, message } = await refusal(get(big(1_001), {}, { maxBytes: 1_000 }));
    expect([code, message]).toEqual(["MSEM_PROTOCOL", expect.stringContaining("longer than 1000 bytes")]);
    expect(server.received).toHaveLength(1);
  });

  it("counts bytes as they are after unpacking", async () => {
    server = await startServer(() => body);
    const packed = gzipSync(Buffer.alloc(5_000_000));
    const bomb = createServer((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed),
    );
    await new Promise<void>((resolve) => bomb.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(bomb.address() as AddressInfo).port}/`;
    const settings = { deadline: Date.now() + 5_000, maxBytes: 100_000 };
    const error = await refusal(download({ url, what: "the list", accept: "*/*" }, settings));
    bomb.closeAllConnections();
    bomb.close();
    expect(error.message).toContain("longer than 100000 bytes");
  });

  it("with a token sends it, follows no redirect, and never shows it", async () => {
    const redirect = { status: 302, headers: { location: "/elsewhere" } };
    const { code, message } = await refusal(get([redirect, body], { token: "canary-token" }));
    expect([code, message]).toEqual(["MSEM_PROTOCOL", expect.stringContaining("is not followed with a token")]);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(["Bearer canary-token"]);
    await server.close();
    expect((await get([redirect, body])).kind).toBe("body");
  });

  it("shows what the server says of itself, in one line and without secrets", async () => {
    const readError = () => "bad\nthing: password=canary";
    const { message } = await refusal(get([{ status: 403 }], { readError, hint: "Ask for the right." }));
    expect(message).toMatch(/the server answered \(403\): bad thing: password=\[redacted\]\n {2}Ask for the right\.$/);
  });
});
