import { inspect } from "node:util";
import fc from "fast-check";
import { MsemError } from "../../provider/core/errors";
import { askToken, tenantIdOf } from "../../provider/http/auth";
import { failureOf } from "./server";

function jwt(payload: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(payload)}.signature`;
}

describe("the tenant of a token", () => {
  it("is the tid that a JWT tells", () => {
    expect(tenantIdOf(jwt({ tid: "11111111-2222-3333-4444-555555555555", name: "Zoë" }))).toBe(
      "11111111-2222-3333-4444-555555555555",
    );
  });

  it.each(["opaque", "a.b.c", "", jwt({}), jwt({ tid: 5 }), jwt({ tid: "" }), jwt(null), jwt("tid")])(
    "is unknown for %j",
    (token) => {
      expect(tenantIdOf(token)).toBeUndefined();
    },
  );

  it("is never an exception", () => {
    fc.assert(fc.property(fc.string(), (token) => ["string", "undefined"].includes(typeof tenantIdOf(token))));
  });
});

describe("a token source that fails", () => {
  it("is one clean error", async () => {
    const failure = Object.assign(new Error("refused client_secret=canary-2"), { config: { body: "canary-2" } });
    const error = await failureOf(askToken(() => Promise.reject(failure), 1_000));
    expect(error).toBeInstanceOf(MsemError);
    expect((error as MsemError).code).toBe("MSEM_UNAUTHENTICATED");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("canary-2");
  });

  it("keeps an error of ours as it is", async () => {
    const own = new MsemError("MSEM_CONFIGURATION", "no token");
    expect(await failureOf(askToken(() => Promise.reject(own), 1_000))).toBe(own);
  });
});
