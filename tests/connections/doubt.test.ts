/** The look into the token: what it doubts, that it does so once, and that it never decides. */
import fc from "fast-check";
import { createConnectionsClient } from "../../provider/connections/client";
import { doubtOf, warningOfDoubt } from "../../provider/connections/doubt";
import type { ConnectionsClient } from "../../provider/connections/model";
import { adviceFor, type RoleName, roles } from "../../provider/connections/roles";
import { createEmulator, type Emulator } from "../../provider/emulator";
import { failureOf } from "../http/server";

const jwt = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
const wids = (...names: RoleName[]) => names.map((name) => roles[name].id);

describe("a token", () => {
  it.each<[string, unknown]>([
    ["a reader's", { wids: wids("securityReader") }],
    ["both readers'", { wids: wids("globalReader", "securityReader") }],
    ["a reader's among other roles", { wids: [...wids("globalReader"), "b79fbf4d-3ef9-4689-8143-76b194e85509"] }],
    [
      "a reader's that may read more",
      { wids: wids("globalReader"), scp: "openid profile User.Read", roles: ["A.Read.All"] },
    ],
  ])("that is %s is doubted, with who may write", (_what, claims) => {
    const doubt = doubtOf(jwt(claims)) ?? "";
    expect(doubt).toMatch(/names the role (Global Reader|Security Reader)/);
    expect(doubt).toContain(adviceFor("write"));
  });

  it.each<[string, string]>([
    ["opaque", "opaque-token"],
    ["with a role that may write", jwt({ wids: wids("securityReader", "securityOperator") })],
    [
      "with an application role that may write",
      jwt({ wids: wids("globalReader"), roles: ["Connectors.ReadWrite.All"] }),
    ],
    ["with a scope for all that the person may", jwt({ wids: wids("globalReader"), scp: "openid user_impersonation" })],
    ["without roles: unified RBAC may grant it", jwt({})],
    ["with foreign roles only", jwt({ wids: ["b79fbf4d-3ef9-4689-8143-76b194e85509"] })],
    ["with claims of another form", jwt({ wids: "all", roles: 7, scp: ["x"] })],
    ["with a body that is no object", jwt([1])],
  ])("that is %s is not doubted", (_what, token) => {
    expect(doubtOf(token)).toBeUndefined();
  });

  it("never makes the look fail", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue().map(jwt)), (token) => {
        expect(["string", "undefined"]).toContain(typeof doubtOf(token));
      }),
    );
  });
});

describe("the warning", () => {
  let emulator: Emulator;
  const draft = {
    name: "scanner",
    connectorType: "qualys",
    settings: { apiServer: "qualysapi.qualys.eu" },
    credentials: { kind: "basic", fields: { username: "u", password: "p" } },
    tags: {},
  };

  beforeAll(async () => {
    emulator = await createEmulator();
  });
  afterAll(() => emulator.close());

  function clientOf(token: string): { client: ConnectionsClient; warnings: string[] } {
    const warnings: string[] = [];
    const source = async () => token;
    const plain = createConnectionsClient({ endpoint: emulator.url, token: source });
    return { client: warningOfDoubt(plain, { token: source, warn: (one) => void warnings.push(one) }), warnings };
  }

  it("comes once, before the first write, and the service decides", async () => {
    const { client, warnings } = clientOf(emulator.tokens.securityReader);
    for await (const one of client.list()) expect(one).toBeUndefined();
    await client.get("none");
    expect(warnings).toEqual([]);
    const refusals = await Promise.all([failureOf(client.create(draft)), failureOf(client.remove("none"))]);
    expect(warnings).toEqual([expect.stringContaining("Security Reader")]);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        code: "MSEM_FORBIDDEN",
        details: { hint: expect.stringContaining(adviceFor("write")) },
      });
  });

  it("stands in nobody's way when there was no token at first", async () => {
    let asked = 0;
    const token = async () => {
      asked += 1;
      if (asked === 1) throw new Error("not signed in");
      return emulator.tokens.securityOperator;
    };
    const client = warningOfDoubt(createConnectionsClient({ endpoint: emulator.url, token }), {
      token,
      warn: () => undefined,
    });
    expect(await client.create({ ...draft, name: "later" })).toMatchObject({ kind: "created" });
  });

  it("does not come for a token that may write", async () => {
    const { client, warnings } = clientOf(emulator.tokens.securityOperator);
    expect(await client.create(draft)).toMatchObject({ kind: "created" });
    expect(warnings).toEqual([]);
  });
});

describe("the advice", () => {
  it("names all five roles, those that would do first, and unified RBAC", () => {
    for (const { displayName } of Object.values(roles)) {
      expect(adviceFor("write")).toContain(displayName);
      expect(adviceFor("read")).toContain(displayName);
    }
    expect(adviceFor("write")).toMatch(/Security Operator \(Global Reader and Security Reader may only view\)/);
    expect(adviceFor("write")).toContain("Core security settings (manage)");
    expect(adviceFor("read")).toContain("Exposure Management (read)");
  });
});
