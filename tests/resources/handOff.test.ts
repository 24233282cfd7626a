/** What a program tells a hand-off: where its secrets come from, and what was confirmed. Seen through Pulumi's mocks. */
import * as pulumi from "@pulumi/pulumi";
import * as msem from "../../provider/index";

let inputs: Record<string, unknown> = {};
/** What the provider would add. */
let outputs: Record<string, unknown> = {};

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        inputs = resource.inputs;
        return { id: "id", state: { ...outputs, ...resource.inputs } };
      },
      call: () => ({}),
    },
    "shop",
    "stack",
  );
});

beforeEach(() => configure({}));

function configure(more: Record<string, string>): void {
  pulumi.runtime.setAllConfig({ "shop:qualysPassword": "of the stack", "shop:user": "msem", ...more }, [
    "shop:qualysPassword",
  ]);
}

async function told(make: () => pulumi.Resource): Promise<Record<string, unknown>> {
  const resource = make();
  await new Promise((done) => pulumi.all([resource.urn]).apply(done));
  return { secretsFrom: inputs.secretsFrom, confirmed: inputs.confirmed };
}

const scanner = (more: Partial<msem.QualysConnectorArgs> = {}, name = "scanner") =>
  told(
    () =>
      new msem.QualysConnector(name, {
        apiServer: "qualysapi.qualys.eu",
        username: "msem",
        password: new pulumi.Config("shop").requireSecret("qualysPassword"),
        ...more,
      }),
  );

describe("where secrets come from", () => {
  it("is the key of the stack's configuration that holds the value; the name is no secret", async () => {
    // Equal to a value of the configuration, but not secret: nothing to tell.
    expect((await scanner()).secretsFrom).toEqual({ password: "shop:qualysPassword" });
  });

  it("is no key for a secret from elsewhere, and nothing for a reference", async () => {
    expect((await scanner({ password: "literal" })).secretsFrom).toEqual({ password: "" });
    expect((await scanner({ password: { fromEnvironment: "Q" } })).secretsFrom).toEqual({});
  });

  it("is told also for what the program itself keeps secret", async () => {
    const { secretsFrom } = await scanner({ username: pulumi.secret("msem"), apiServer: pulumi.secret("a host") });
    expect(secretsFrom).toEqual({ password: "shop:qualysPassword", username: "shop:user", apiServer: "" });
  });

  it("names both keys where two hold the same value", async () => {
    configure({ "shop:again": "of the stack" });
    expect((await scanner()).secretsFrom).toEqual({ password: "shop:qualysPassword or shop:again" });
  });

  it("is told for the parts of a union, and for one that is secret as a whole", async () => {
    const cmdb = (authentication: msem.ServiceNowConnectorArgs["authentication"]) =>
      told(() => new msem.ServiceNowConnector("cmdb", { instance: "contoso.service-now.com", authentication }));
    const password = new pulumi.Config("shop").requireSecret("qualysPassword");
    expect((await cmdb({ kind: "basic", username: "u", password })).secretsFrom).toEqual({
      "authentication.password": "shop:qualysPassword",
    });
    const whole = { kind: "basic", username: "u", password: "p" };
    expect((await cmdb(pulumi.secret(whole) as never)).secretsFrom).toEqual({ authentication: "" });
    expect((await cmdb(pulumi.output(whole) as never)).secretsFrom).toEqual({});
  });
});

describe("what was confirmed", () => {
  it("is what msem confirm wrote under the logical name, unless the program says it itself", async () => {
    expect((await scanner()).confirmed).toBeUndefined();
    configure({ "msem:confirmed": '{"scanner":"2026-11-24T10:00:00Z"}' });
    expect((await scanner()).confirmed).toBe("2026-11-24T10:00:00Z");
    expect((await scanner({}, "other")).confirmed).toBeUndefined();
    expect((await scanner({ confirmed: "2026-11-25T10:00:00Z" })).confirmed).toBe("2026-11-25T10:00:00Z");
  });
});

describe("the driver", () => {
  it("can be chosen for one provider", async () => {
    await told(() => new msem.Provider("by-hand", { driver: "portal" }));
    expect(inputs["msem:driver"]).toBe("portal");
  });
});

describe("a connection that somebody makes by hand", () => {
  const watchedSince = async (known: Record<string, unknown>) => {
    outputs = known;
    const connector = new msem.QualysConnector("scanner", {
      apiServer: "qualysapi.qualys.eu",
      username: "msem",
      password: "literal",
    });
    await told(() => new msem.ConnectorHealth("data", { connector }));
    outputs = {};
    return inputs.connectedSince;
  };

  it("is watched from its confirmation on, and told by no id of a service", async () => {
    const asked = { connectionId: "", createdDateTime: "2026-11-24T09:00:00Z", credentialAppliedDateTime: "" };
    expect(await watchedSince(asked)).toBe("2026-11-24T09:00:00Z");
    expect(inputs).not.toHaveProperty("connectionId");
    const confirmed = { ...asked, credentialAppliedDateTime: "2026-11-24T10:00:00Z" };
    expect(await watchedSince(confirmed)).toBe("2026-11-24T10:00:00Z");
  });
});
