/** A connector's life in the portal: what a person is asked for, product by product and change by change. */
import { type DrivenContext, type DrivenLifecycle, drivenLifecycle } from "../../provider/connections/driven";
import type { DrivenState, Driver, HandOffState } from "../../provider/connections/portal/state";
import { readDrivenState } from "../../provider/connections/portal/state";
import type { ConnectorState } from "../../provider/connections/state";
import type { ConnectorDescriptor } from "../../provider/core/connector/define";
import type { ConnectorInputs } from "../../provider/core/connector/inputs";
import { connectors } from "../../provider/vendors";
import { armis } from "../../provider/vendors/armis/connector";
import { qualys } from "../../provider/vendors/qualys/connector";
import { serviceNow } from "../../provider/vendors/servicenow/connector";
import { tenable } from "../../provider/vendors/tenable/connector";

const canary = "canary-51e0";
const owner = { project: "p", stack: "s", name: "logical" };

/** A program, a clock and a log; each `up` is check, then create or update, as the engine does it. */
function stackOf(descriptor: ConnectorDescriptor, driver: Driver = "portal") {
  const lifecycle: DrivenLifecycle = drivenLifecycle(descriptor, () => driver);
  let minute = 0;
  let state: DrivenState | undefined;
  let inputs: ConnectorInputs | undefined;
  const said: string[] = [];
  const now = () => new Date(Date.UTC(2026, 10, 24, 10, minute));
  const context: DrivenContext = {
    driver: "portal",
    now,
    warn: (message) => void said.push(message),
    preflight: async ({ type }) => ({ type, outcomes: [], warnings: [] }),
  };
  const check = (given: Record<string, unknown>) =>
    lifecycle.check({ name: "shop", owner, ...given }, inputs, { environment: () => "set", now });
  return {
    lifecycle,
    context,
    said,
    check,
    /** The state as the engine keeps it: JSON. */
    async up(given: Record<string, unknown>): Promise<HandOffState> {
      minute += 1;
      const checked = check(given);
      expect([checked.problems, checked.refusal]).toEqual([[], undefined]);
      state =
        state === undefined
          ? (await lifecycle.ensure(checked.inputs, context)).state
          : await lifecycle.sync("portal:x", state, checked.inputs, context);
      state = readDrivenState(JSON.parse(JSON.stringify(state)));
      inputs = checked.inputs;
      expect(JSON.stringify([(state as HandOffState).actionRequired, said])).not.toContain(canary);
      return state as HandOffState;
    },
    /** The time of the last `up`, which a confirmation must not be older than. */
    confirmed: () => now().toISOString(),
  };
}

const asked = ({ actionRequired }: HandOffState) => actionRequired?.fields.map(({ label }) => label) ?? [];

/** Arguments that work, with the canary for each secret. */
function argumentsOf(descriptor: ConnectorDescriptor): Record<string, unknown> {
  const settings = Object.entries(descriptor.settings).map(([name, { example }]) => [name, example]);
  const [way] = descriptor.authentication;
  const fields = Object.entries(way.fields).map(([name, { secret, example }]) => [name, secret ? canary : example]);
  return descriptor.authentication.length > 1
    ? { ...Object.fromEntries(settings), authentication: { kind: way.kind, ...Object.fromEntries(fields) } }
    : Object.fromEntries([...settings, ...fields]);
}

describe.each(connectors.map((one) => [one.className, one] as const))("%s in the portal", (_, descriptor) => {
  it("asks for every field of the pane, and for a secret by where it is", async () => {
    const stack = stackOf(descriptor);
    const state = await stack.up(argumentsOf(descriptor));
    const [way] = descriptor.authentication;
    const labels = [...Object.values(descriptor.settings), ...Object.values(way.fields)].map((one) => one.displayName);
    expect(asked(state)).toEqual([
      "Connector name",
      ...(descriptor.authentication.length > 1 ? ["Authentication"] : []),
      ...labels,
    ]);
    for (const { field, value, from } of state.actionRequired?.fields ?? []) {
      const name = field.replace(/^authentication\./, "");
      const { secret } = { ...descriptor.settings, ...way.fields }[name] ?? { secret: false };
      expect([field, value === undefined, from]).toEqual([
        field,
        secret,
        secret ? `the argument ${field} of the program` : undefined,
      ]);
    }
    expect(state.actionRequired).toMatchObject({ action: "connect", entry: descriptor.portal.entry });
    expect(state).toMatchObject({ status: "actionRequired", health: "notVerifiable" });
    expect(stack.said).toEqual([`'logical': ${state.actionRequired?.text}`]);
  });

  it("asks for a rotated secret alone, and for nothing when nothing changed", async () => {
    const stack = stackOf(descriptor);
    const given = argumentsOf(descriptor);
    await stack.up(given);
    const settled = await stack.up({ ...given, confirmed: stack.confirmed() });
    expect(settled).toMatchObject({ status: "confirmed", confirmedDateTime: "2026-11-24T10:01:00.000Z" });
    // What a preview should know is there, also when it is nothing.
    expect(settled.actionRequired).toBeNull();
    const confirmed = settled.confirmed;
    const rotated = JSON.parse(JSON.stringify(given).replaceAll(`"${canary}"`, `"${canary}-2"`));
    const way = descriptor.authentication[0];
    const secrets = Object.values(way.fields).filter(({ secret }) => secret);
    const again = await stack.up({ ...rotated, confirmed });
    expect(asked(again)).toEqual(secrets.map(({ displayName }) => displayName));
    expect(again).toMatchObject({ status: "actionRequired", confirmedDateTime: confirmed });
    expect(asked(await stack.up({ ...rotated, confirmed, description: "noted", tags: { a: "b" } }))).toEqual(
      asked(again),
    );
    expect((await stack.up({ ...rotated, confirmed: stack.confirmed() })).status).toBe("confirmed");
    stack.said.length = 0;
    expect((await stack.up({ ...rotated, confirmed: stack.confirmed(), description: "other" })).status).toBe(
      "confirmed",
    );
    expect(stack.said).toEqual([]);
  });
});

describe("what has changed", () => {
  const given = { apiServer: "qualysapi.qualys.eu", username: "u", password: canary };

  async function settled(descriptor: ConnectorDescriptor, first: Record<string, unknown>) {
    const stack = stackOf(descriptor);
    await stack.up(first);
    const confirmed = stack.confirmed();
    await stack.up({ ...first, confirmed });
    return { stack, confirmed };
  }

  it("is told with what was there before, and the connector under the name that the portal knows", async () => {
    const { stack, confirmed } = await settled(qualys, given);
    const { actionRequired } = await stack.up({
      ...given,
      apiServer: "qualysapi.qualys.com",
      name: "store",
      confirmed,
    });
    expect(actionRequired?.text).toBe(
      [
        "change Qualys VM by hand; until somebody has done it, the connection is as it was",
        "  Open     Microsoft Defender portal > Exposure management > Data connectors, https://security.microsoft.com/exposure-data-connectors",
        '  Choose   Qualys, the connector "shop"',
        "  Enter    Connector name  store (was shop; if the pane asks for one)",
        "           API server      qualysapi.qualys.com (was qualysapi.qualys.eu)",
        "  Confirm  msem confirm logical, then pulumi up",
      ].join("\n"),
    );
  });

  it("are all fields of another way to sign in", async () => {
    const basic = { kind: "basic", username: "u", password: canary };
    const { stack, confirmed } = await settled(serviceNow, {
      instance: "contoso.service-now.com",
      authentication: basic,
    });
    const state = await stack.up({
      instance: "contoso.service-now.com",
      authentication: { kind: "oauth2", clientId: "c", clientSecret: canary },
      confirmed,
    });
    expect(state.actionRequired?.fields).toMatchObject([
      { label: "Authentication", value: "OAuth 2.0 client credentials", was: "User name and password" },
      { label: "Client ID", value: "c" },
      { label: "Client secret", from: "the argument authentication.clientSecret of the program" },
    ]);
  });

  it("is a field that both ways have in common, too: the other pane is empty", async () => {
    const [basic, oauth] = serviceNow.authentication;
    const shared = {
      ...serviceNow,
      authentication: [basic, { ...oauth, fields: { ...oauth?.fields, username: basic.fields.username } }],
    } as unknown as ConnectorDescriptor;
    const instance = "contoso.service-now.com";
    const { stack, confirmed } = await settled(shared, {
      instance,
      authentication: { kind: "basic", username: "u", password: canary },
    });
    const authentication = { kind: "oauth2", clientId: "c", clientSecret: canary, username: "u" };
    expect(asked(await stack.up({ instance, authentication, confirmed }))).toEqual([
      "Authentication",
      "Client ID",
      "Client secret",
      "User name",
    ]);
  });

  it("is every secret when the version of the credential was raised, and none while it stays", async () => {
    const byReference = {
      accessKey: "a".repeat(64),
      secretKey: { fromEnvironment: "TENABLE_SECRET_KEY" },
      credentialVersion: "1",
    };
    const { stack, confirmed } = await settled(tenable, byReference);
    expect((await stack.up({ ...byReference, confirmed })).status).toBe("confirmed");
    const raised = await stack.up({ ...byReference, credentialVersion: "2", confirmed });
    expect(raised.actionRequired?.fields).toMatchObject([
      ...(tenable.authentication[0].fields.accessKey?.secret === true ? [{ label: "Access key" }] : []),
      { label: "Secret key", from: "the environment variable TENABLE_SECRET_KEY" },
    ]);
  });

  it("is another reference, told as such", async () => {
    const references = [
      [{ fromKeyVault: "https://v.vault.azure.net/secrets/s" }, "Key Vault, https://v.vault.azure.net/secrets/s"],
      [{ fromFile: "secrets/q" }, "the file secrets/q"],
      [{ fromCommand: ["op", "read", canary] }, "what the command op prints"],
    ] as const;
    const { stack, confirmed } = await settled(qualys, { ...given, password: { fromEnvironment: "Q" } });
    for (const [password, from] of references) {
      const { actionRequired } = await stack.up({ ...given, password, confirmed });
      expect(actionRequired?.fields).toMatchObject([{ label: "Password", from }]);
    }
  });

  it("is told by the key of the stack's configuration; and what a program keeps secret is not shown by any name", async () => {
    const secretsFrom = { password: "p:qualysPassword", username: "" };
    const first = await stackOf(qualys).up({ ...given, username: canary, secretsFrom });
    expect(first.actionRequired?.fields.slice(2)).toMatchObject([
      { label: "User name", from: "the argument username of the program" },
      { label: "Password", from: "the secret p:qualysPassword of the stack's configuration" },
    ]);
    const whole = await stackOf(serviceNow).up({
      instance: "contoso.service-now.com",
      authentication: { kind: "basic", username: canary, password: canary },
      secretsFrom: { authentication: "" },
    });
    expect(whole.actionRequired?.fields.filter(({ value }) => value === undefined)).toHaveLength(2);
  });
});

describe("a hand-off's other steps", () => {
  const given = { apiServer: "qualysapi.qualys.eu", username: "u", password: canary };

  it("has an id that says what it is", async () => {
    const { lifecycle, context, check } = stackOf(qualys);
    expect((await lifecycle.ensure(check(given).inputs, context)).id).toBe("portal:qualys/shop");
  });

  it("finds in a refresh what is recorded, and reminds of what waits", async () => {
    const stack = stackOf(armis);
    const state = await stack.up(argumentsOf(armis));
    stack.said.length = 0;
    const observed = await stack.lifecycle.observe("portal:armis/shop", state, stack.context);
    expect(observed?.inputs).toEqual(stack.check(argumentsOf(armis)).inputs);
    expect(observed?.state).toEqual(state);
    expect(stack.said).toEqual([
      "'logical': waits since 2026-11-24T10:01:00.000Z to be connected by hand; msem confirm shows what to do",
    ]);
    const given = { ...argumentsOf(armis), confirmed: stack.confirmed() };
    const confirmed = await stack.up(given);
    stack.said.length = 0;
    const calm = await stack.lifecycle.observe("portal:armis/shop", confirmed, stack.context);
    expect([calm?.inputs, stack.said]).toEqual([stack.check(given).inputs, []]);
  });

  it("keeps in a refresh a confirmation that did not count, apart from the one that did", async () => {
    const stack = stackOf(qualys);
    await stack.up(given);
    const first = stack.confirmed();
    await stack.up({ ...given, confirmed: first });
    const state = await stack.up({ ...given, username: "other", confirmed: first.replace("10:01", "09:00") });
    expect(state.confirmedDateTime).toBe(first);
    const observed = await stack.lifecycle.observe("portal:qualys/shop", state, stack.context);
    expect(observed?.inputs.confirmed).toBe("2026-11-24T09:00:00.000Z");
  });

  it("says at the end what to disconnect, and whether anybody ever said that it was connected", async () => {
    const stack = stackOf(armis);
    const waiting = await stack.up(argumentsOf(armis));
    stack.said.length = 0;
    await stack.lifecycle.remove("portal:armis/shop", waiting, stack.context);
    const confirmed = await stack.up({ ...argumentsOf(armis), confirmed: stack.confirmed() });
    await stack.lifecycle.remove("portal:armis/shop", confirmed, stack.context);
    expect(stack.said).toEqual([
      [
        "'logical': nobody confirmed that Armis OT was connected; if it was, disconnect it by hand",
        "  Open     Microsoft Defender portal > System > Data management > Data connectors > Unified connectors > Catalog, https://security.microsoft.com/",
        '  Choose   Armis, the connector "shop", and remove it',
        "  Then     revoke its credential at Armis, unless something else uses it",
      ].join("\n"),
      expect.stringMatching(/^'logical': disconnect Armis OT by hand; the stack forgets it now, the portal does not\n/),
    ]);
  });

  it("judges as strictly as with a service, and the time of a confirmation", () => {
    const { check } = stackOf(qualys);
    const { problems } = check({ ...given, apiServer: "qualysguard.qualys.eu", colour: "red", confirmed: "yesterday" });
    expect(problems.map(({ path }) => path).sort()).toEqual(["apiServer", "colour", "confirmed"]);
    // A preview may not know it yet.
    expect(check({ ...given, confirmed: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }).problems).toEqual([]);
  });

  it("stops for a pre-flight that is required and fails, with nothing recorded", async () => {
    const stack = stackOf(qualys);
    const denied = { check: "assets", result: "denied", found: "no", says: "401", todo: "Look." } as const;
    const context = {
      ...stack.context,
      preflight: async () => ({ type: "qualys", outcomes: [denied], warnings: [] }),
    } as DrivenContext;
    const { inputs } = stack.check({ ...given, preflight: "require" });
    await expect(stack.lifecycle.ensure(inputs, context)).rejects.toMatchObject({ code: "MSEM_PREFLIGHT" });
    expect(stack.said).toEqual([]);
  });

  it("cannot look anything up", async () => {
    const { lifecycle, context } = stackOf(qualys);
    await expect(lifecycle.observe("c1", undefined, context)).rejects.toMatchObject({ code: "MSEM_CONFIGURATION" });
  });
});

describe("a connection of the service under the portal driver", () => {
  const state = { stateVersion: 1, connectionId: "c1", name: "shop", health: "ok" } as unknown as ConnectorState;
  const { lifecycle, context, said } = stackOf(qualys);
  const refused = { code: "MSEM_REFUSED", message: expect.stringContaining("nothing was changed") };

  it("is refused by every step, never forgotten", async () => {
    const inputs = { name: "shop", health: "ok" } as ConnectorInputs;
    const given = { name: "shop", apiServer: "qualysapi.qualys.eu", username: "u", password: canary };
    const surroundings = { environment: () => undefined, now: () => new Date() };
    expect(lifecycle.check(given, inputs, surroundings).refusal).toMatchObject({ code: "MSEM_REFUSED" });
    await expect(lifecycle.observe("c1", state, context)).rejects.toMatchObject(refused);
    await expect(lifecycle.sync("c1", state, inputs, context)).rejects.toMatchObject(refused);
    await expect(lifecycle.remove("c1", state, context)).rejects.toMatchObject(refused);
    expect(said).toEqual([]);
  });
});

describe("with a service", () => {
  it("no input tells of a hand-off, so that state is as it always was", () => {
    const { lifecycle } = stackOf(qualys, "api");
    const given = { name: "shop", apiServer: "qualysapi.qualys.eu", username: "u", password: canary };
    const surroundings = { environment: () => undefined, now: () => new Date() };
    const told = { ...given, confirmed: "2026-11-24T10:00:00Z", secretsFrom: { password: "p:q" }, driver: "portal" };
    expect(lifecycle.check(told, undefined, surroundings)).toEqual(lifecycle.check(given, undefined, surroundings));
  });

  it("what was handed off and not taken over yet is left as it is by a refresh, and told of at the end", async () => {
    const stack = stackOf(qualys);
    const state = await stack.up({ apiServer: "qualysapi.qualys.eu", username: "u", password: canary });
    stack.said.length = 0;
    const client = new Proxy({}, { get: () => () => Promise.reject(new Error("the service was asked")) });
    const api = { driver: "api", client, warn: stack.context.warn } as unknown as DrivenContext;
    const observed = await stack.lifecycle.observe("portal:qualys/shop", state, api);
    expect(observed?.state).toEqual(state);
    await stack.lifecycle.remove("portal:qualys/shop", state, api);
    expect(stack.said.join("\n")).toContain("if it was, disconnect it by hand");
  });
});
