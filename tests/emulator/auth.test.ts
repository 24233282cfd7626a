import { type RoleName, roles } from "../../provider/connections/roles";
import { manualClock } from "../../provider/emulator/clock";
import { call, closeAll, create, errorOf, qualysConnection, start } from "./harness";

afterEach(closeAll);

const writers: readonly RoleName[] = ["globalAdministrator", "securityAdministrator", "securityOperator"];
const everyone = Object.keys(roles) as RoleName[];

describe("roles", () => {
  it.each(everyone)("%s may read", async (role) => {
    const emulator = await start();
    expect((await call(emulator, "GET", "/connections", { token: emulator.tokens[role] })).status).toBe(200);
  });

  it.each(writers)("%s may write", async (role) => {
    const emulator = await start();
    const token = emulator.tokens[role];
    expect((await call(emulator, "POST", "/connections", { token, body: qualysConnection("a") })).status).toBe(202);
  });

  it.each(["globalReader", "securityReader"] as const)(
    "%s may neither connect, change, test nor remove",
    async (role) => {
      const emulator = await start();
      const id = await create(emulator, "kept");
      const token = emulator.tokens[role];
      const answers = [
        await call(emulator, "POST", "/connections", { token, body: qualysConnection("a") }),
        await call(emulator, "PATCH", `/connections/${id}`, { token, body: { name: "b" } }),
        await call(emulator, "POST", `/connections/${id}/test`, { token }),
        await call(emulator, "DELETE", `/connections/${id}`, { token }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403]);
      for (const answer of answers) {
        expect(errorOf(answer).message).toContain("Global Administrator, Security Administrator, Security Operator");
      }
      expect(emulator.connections().map((one) => one.name)).toEqual(["kept"]);
    },
  );

  it("a token without roles may not even read, and learns which roles would do", async () => {
    const emulator = await start();
    const answer = await call(emulator, "GET", "/connections", { token: emulator.mint({ roles: [] }) });
    expect([answer.status, errorOf(answer).message]).toEqual([403, expect.stringContaining("Security Reader")]);
  });

  it("several roles give the rights of the strongest", async () => {
    const emulator = await start();
    const token = emulator.mint({ roles: ["globalReader", "securityOperator"] });
    expect((await call(emulator, "POST", "/connections", { token, body: qualysConnection("a") })).status).toBe(202);
  });
});

describe("tokens", () => {
  it("refuses what it did not sign, and what is not for it", async () => {
    const emulator = await start();
    const other = await start();
    const good = emulator.tokens.globalAdministrator;
    const [header, , signature] = good.split(".");
    const forged = Buffer.from(
      JSON.stringify({ tid: emulator.tenantId, aud: "api://msem-emulator", exp: 4e9, wids: [] }),
    );
    const bad = {
      garbled: "not-a-token",
      cutOff: good.slice(0, -5),
      unsigned: good.replace(/\.[^.]*$/, "."),
      otherPayload: `${header}.${forged.toString("base64url")}.${signature}`,
      ofAnotherEmulator: other.tokens.globalAdministrator,
      ofAnotherTenant: emulator.mint({ roles: ["globalAdministrator"], tenantId: other.tenantId }),
      forAnotherService: emulator.mint({ roles: ["globalAdministrator"], audience: "https://graph.microsoft.com" }),
      expired: emulator.mint({ roles: ["globalAdministrator"], expiresInSeconds: -1 }),
    };
    for (const [what, token] of Object.entries(bad)) {
      const answer = await call(emulator, "GET", "/connections", { token });
      expect([what, answer.status, errorOf(answer).code]).toEqual([what, 401, "InvalidAuthenticationToken"]);
      expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
      expect(answer.text).not.toContain(token);
    }
  });

  it("another scheme than Bearer is refused", async () => {
    const answer = await call(await start(), "GET", "/connections", {
      token: undefined,
      headers: { authorization: "Basic dTpw" },
    });
    expect(answer.status).toBe(401);
  });

  it("a token expires on the emulator's clock", async () => {
    const clock = manualClock();
    const emulator = await start({ clock });
    const token = emulator.mint({ roles: ["globalReader"], expiresInSeconds: 60 });
    clock.advance(59_000);
    expect((await call(emulator, "GET", "/connections", { token })).status).toBe(200);
    clock.advance(1_000);
    expect((await call(emulator, "GET", "/connections", { token })).status).toBe(401);
  });

  it("the answer names the version that it knows before it judges roles", async () => {
    const emulator = await start();
    for (const query of [{ "api-version": "2020-01-01" }, null]) {
      const answer = await call(emulator, "GET", "/connections", { query });
      expect([answer.status, errorOf(answer).code]).toEqual([400, "UnsupportedApiVersion"]);
      expect(errorOf(answer).message).toContain("2026-11-01");
    }
  });

  it("echoes the client's request id", async () => {
    const answer = await call(await start(), "GET", "/connections", {
      headers: { "x-ms-client-request-id": "mine-1" },
    });
    expect(answer.headers["x-ms-client-request-id"]).toBe("mine-1");
  });
});
