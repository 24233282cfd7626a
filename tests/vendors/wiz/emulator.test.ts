import { type ManualClock, manualClock } from "../../../provider/emulator/clock";
import { createVendorEmulator, type RunningVendor } from "../../../provider/emulator/vendor";
import { type WizStore, wizEmulator } from "../../../provider/vendors/wiz/emulator";
import { rawClient } from "../raw";

const query = "query { ipRestrictions { serviceAccountAccessAllowedIPs userAccessAllowedIPs } }";
const mutation = "mutation ($input: UpdateIPRestrictionsInput!) { updateIPRestrictions(input: $input) { x } }";

describe("the emulated Wiz", () => {
  let vendor: RunningVendor<WizStore>;
  let clock: ManualClock;
  let authorization = "";
  const call = rawClient(
    () => vendor.url,
    () => ({ authorization }),
  );
  const token = (form: string) => {
    clock.advance(1_000);
    return call("POST", "/oauth/token", form, { "content-type": "application/x-www-form-urlencoded" });
  };
  const right = "grant_type=client_credentials&client_id=client&client_secret=secret&audience=wiz-api";
  const graphql = (text: string, input?: object) => {
    clock.advance(1_000);
    return call("POST", "/graphql", { query: text, variables: { input } });
  };
  const update = (accounts: readonly unknown[], users: readonly unknown[] = []) =>
    graphql(mutation, { serviceAccountAccessAllowedIPs: accounts, userAccessAllowedIPs: users });
  const errorOf = ({ json }: { json: unknown }) =>
    (json as { errors?: { message: string; extensions?: { code: string } }[] }).errors?.[0];

  beforeEach(async () => {
    clock = manualClock();
    vendor = await createVendorEmulator(wizEmulator, { clock });
    const reply = await token(right);
    authorization = `Bearer ${(reply.json as { access_token: string }).access_token}`;
  });

  afterEach(() => vendor.close());

  it("gives a token for grant, client and audience, and else none", async () => {
    expect((await token(right)).json).toMatchObject({ token_type: "Bearer", expires_in: 86_400 });
    expect((await token(right.replace("wiz-api", "beyond-api"))).status).toBe(400);
    expect((await token(right.replace("client_credentials", "password"))).status).toBe(400);
    expect((await token(right.replace("=secret", "=wrong"))).status).toBe(401);
  });

  it("ends a token at its time", async () => {
    vendor.store.tokenSeconds = 900;
    authorization = `Bearer ${((await token(right)).json as { access_token: string }).access_token}`;
    clock.advance(898_000);
    expect((await graphql(query)).status).toBe(200);
    expect((await graphql(query)).status).toBe(401);
  });

  it("replaces both lists whole", async () => {
    await update(["198.51.100.7", "192.0.2.0/24"], ["0.0.0.0/0"]);
    await update(["198.51.100.7/32"], ["203.0.113.0/24"]);
    expect((await graphql(query)).json).toEqual({
      data: {
        ipRestrictions: {
          serviceAccountAccessAllowedIPs: ["198.51.100.7/32"],
          userAccessAllowedIPs: ["203.0.113.0/24"],
        },
      },
    });
  });

  it("empties a list that is left out", async () => {
    await update([], ["203.0.113.0/24"]);
    await graphql(mutation, { serviceAccountAccessAllowedIPs: [] });
    expect(vendor.store.users).toEqual([]);
  });

  it("reports errors with status 200", async () => {
    vendor.store.clients = [{ clientId: "client", clientSecret: "secret", scopes: [] }];
    const read = await graphql(query);
    expect([read.status, errorOf(read)?.extensions?.code]).toEqual([200, "FORBIDDEN"]);
    vendor.store.clients = [{ clientId: "client", clientSecret: "secret", scopes: ["read:security_settings"] }];
    expect(errorOf(await graphql(query))).toBeUndefined();
    const write = await update([]);
    expect([write.status, errorOf(write)?.extensions?.code]).toEqual([200, "FORBIDDEN"]);
    expect(errorOf(await graphql("{ nothing }"))?.message).toBe('Cannot query field "nothing" on type "Query".');
    expect(errorOf(await graphql("mutation { ipRestrictions }"))?.message).toContain('on type "Mutation"');
  });

  it.each(["a.example", "192.0.2.0/33", "192.0.2.0/24/1", "2001:db8::/32", 7])("does not take %p", async (entry) => {
    expect(errorOf(await update([entry]))?.extensions?.code).toBe("BAD_USER_INPUT");
    expect(errorOf(await update([], [entry]))?.extensions?.code).toBe("BAD_USER_INPUT");
    expect([vendor.store.serviceAccounts, vendor.store.users]).toEqual([[], []]);
  });

  it("lets a caller shut itself out", async () => {
    expect((await update(["192.0.2.0/24"])).status).toBe(200);
    expect((await graphql(query)).status).toBe(403);
    vendor.store.callerAddress = "192.0.2.9";
    expect((await graphql(query)).status).toBe(200);
  });

  it("takes three requests in a second and no fourth", async () => {
    clock.advance(1_000);
    const reply = () => call("POST", "/graphql", { query });
    expect([(await reply()).status, (await reply()).status, (await reply()).status]).toEqual([200, 200, 200]);
    expect((await reply()).status).toBe(429);
    clock.advance(999);
    expect((await reply()).status).toBe(429);
    clock.advance(1);
    expect((await reply()).status).toBe(200);
  });

  it("records what a call is about, and strikes it by that", async () => {
    await update(["198.51.100.0/24"]);
    vendor.faults.add({
      when: { method: "GET", path: "/graphql/ipRestrictions" },
      effect: { kind: "staleRead" },
      times: 1,
    });
    expect(JSON.stringify((await graphql(query)).json)).toContain('"serviceAccountAccessAllowedIPs":[]');
    expect(JSON.stringify((await graphql(query)).json)).toContain("198.51.100.0/24");
    expect(vendor.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /oauth/token",
      "POST /graphql/updateIPRestrictions",
      "GET /graphql/ipRestrictions",
      "GET /graphql/ipRestrictions",
    ]);
  });
});
