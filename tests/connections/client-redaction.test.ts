import { inspect } from "node:util";
import { createConnectionsClient } from "../../provider/connections/client";
import type { ConnectionsClient } from "../../provider/connections/model";
import { MsemError } from "../../provider/core/errors";
import { failureOf, type Reply, startServer } from "../http/server";

/** Found nowhere: not in the token, the credential, nor the percent-encoded, JSON and base64 forms of either. */
const token = "canary.Token-9f3a";
const password = 'canary"Pass w/rd+9f3a';
const forms = [token, password].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
]);
/** A service can only quote what it was sent: the password where a credential was, the token everywhere. */
const sends = ["create", "update of the credential"];
const credentials = { kind: "basic", fields: { username: "scanner", password } };

function repliesTo(call: string): Record<string, Reply> {
  const quoted = sends.includes(call) ? password : token;
  const echo = `You sent ${quoted} (${encodeURIComponent(quoted)}) with Bearer ${token}, ${Buffer.from(quoted).toString("base64")}`;
  const echoing = (status: number): Reply => ({
    status,
    headers: { "x-ms-request-id": token, "x-ms-error-code": token, location: `https://u:${token}@host/p?x=${token}` },
    body: {
      error: {
        code: token,
        message: echo,
        target: quoted,
        details: [{ code: quoted, message: echo, target: token }],
        innererror: { connectionId: token, body: echo },
      },
    },
  });

  return {
    drop: "drop",
    hang: "hang",
    "cut off": { cut: echoing(200) as { status: number } },
    HTML: { status: 200, body: `<html>${echo}</html>` },
    "truncated JSON": { status: 200, body: JSON.stringify(echo).slice(0, -5) },
    "another shape": { status: 200, body: { id: { value: echo }, status: echo, settings: { a: [echo] } } },
    "a lost operation": { status: 202, headers: { "operation-location": `https://u:${token}@127.0.0.1/x?y=${token}` } },
    ...Object.fromEntries(
      [204, 301, 400, 401, 403, 404, 405, 408, 409, 412, 413, 422, 429, 500, 502, 503, 504].map((status) => [
        String(status),
        echoing(status),
      ]),
    ),
    "an error page": { status: 500, body: `<html>${echo}</html>` },
  };
}

const calls: Record<string, (client: ConnectionsClient) => Promise<unknown>> = {
  list: async (client) => {
    for await (const connection of client.list({ name: "n" })) return connection;
  },
  get: (client) => client.get("c-1"),
  create: (client) => client.create({ name: "n", connectorType: "q", settings: {}, credentials, tags: {} }),
  "update of the credential": (client) => client.update("c-1", '"1"', { credentials }),
  update: (client) => client.update("c-1", '"1"', { description: "d" }),
  remove: (client) => client.remove("c-1"),
  test: (client) => client.test("c-1"),
};

describe("no secret gets out", () => {
  it.each(Object.keys(repliesTo("get")))("whatever fails: %s", async (name) => {
    let current = "";
    const server = await startServer(() => repliesTo(current)[name] ?? "drop");
    const lines: string[] = [];
    let failures = 0;
    try {
      for (const [what, call] of Object.entries(calls)) {
        current = what;
        const client = createConnectionsClient({
          endpoint: `${server.url}/base`,
          token: async () => token,
          requestTimeoutMs: 40,
          retry: { attempts: 1, baseDelayMs: 1 },
          log: (line) => lines.push(line),
        });
        const error = await call(client).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        // A 404 to a removal, for one, is no failure.
        if (error === undefined) continue;
        failures += 1;
        expect(error).toBeInstanceOf(MsemError);
        const shown = [inspect(error, { depth: 30, showHidden: true }), JSON.stringify(error), chain(error)].join("\n");
        for (const form of forms) expect(shown).not.toContain(form);
      }
    } finally {
      await server.close();
    }
    expect(failures).toBeGreaterThan(2);
    expect(lines.length).toBeGreaterThan(0);
    for (const form of forms) expect(lines.join("\n")).not.toContain(form);
  });

  it("not even from a closed port or an unknown host", async () => {
    for (const endpoint of ["http://127.0.0.1:1", "https://host.invalid"]) {
      const client = createConnectionsClient({ endpoint, token: async () => token, retry: { attempts: 0 } });
      const error = await failureOf(calls.create?.(client) ?? Promise.resolve());
      expect(error).toMatchObject({ code: "MSEM_NETWORK" });
      for (const form of forms) expect(inspect(error, { depth: 30, showHidden: true })).not.toContain(form);
    }
  });
});

function chain(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push(
      String(current),
      current.stack ?? "",
      ...Object.values(current).map((value) => inspect(value, { depth: 30 })),
    );
  }
  return parts.join("\n");
}
