/** The small pure parts that the lifecycle is made of. */
import { changesTo, needsCredential } from "../../provider/connections/changes";
import { describeHealth } from "../../provider/connections/health";
import type { Connection } from "../../provider/connections/model";
import { withoutSecrets, withoutSecretsOf } from "../../provider/connections/redaction";
import { type ConnectorState, readState } from "../../provider/connections/state";
import { requireSameTenant } from "../../provider/connections/tenant";
import type { ConnectorInputs } from "../../provider/core/connector/inputs";
import { qualys } from "../../provider/vendors/qualys/connector";
import * as stateVersions from "../fixtures/state/qualys.json";

const owner = { project: "p", stack: "s", name: "scanner" };
const ours = { "managed-by": "pulumi", "pulumi-project": "p", "pulumi-stack": "s", "pulumi-name": "scanner" };
const inputs: ConnectorInputs = {
  name: "scanner",
  apiServer: "qualysapi.qualys.eu",
  username: "u",
  password: "secret",
  owner,
  health: "ok",
};
const connection: Connection = {
  id: "c1",
  name: "scanner",
  connectorType: "qualys",
  settings: { apiServer: "qualysapi.qualys.eu" },
  credentialInfo: { kind: "basic", identifier: "u", updatedDateTime: "2026-11-01T00:00:00Z" },
  status: "Connected",
  createdDateTime: "2026-11-01T00:00:00Z",
  lastModifiedDateTime: "2026-11-01T00:00:00Z",
  tags: ours,
  etag: '"1"',
};
const state: ConnectorState = {
  ...inputs,
  stateVersion: 1,
  connectionId: "c1",
  status: "connected",
  credentialInfo: { kind: "basic" },
  credentialAppliedDateTime: "2026-11-01T00:00:00Z",
  createdDateTime: "2026-11-01T00:00:00Z",
  tenant: { endpoint: "https://a" },
};

describe("changes to a connection", () => {
  it("are none when nothing differs", () => {
    expect(changesTo(qualys, connection, state, inputs)).toBeUndefined();
    expect(needsCredential(qualys, connection, state, inputs)).toBe(false);
  });

  it("hold only what differs, null for what must go", () => {
    const current = {
      ...connection,
      description: "old",
      tags: { ...ours, stale: "x" },
      settings: { apiServer: "qualysapi.qualys.com", extra: "y" },
    };
    expect(changesTo(qualys, current, undefined, { ...inputs, name: "other", tags: { team: "t" } })).toEqual({
      name: "other",
      description: null,
      settings: { apiServer: "qualysapi.qualys.eu", extra: null },
      tags: { team: "t", stale: null },
    });
  });

  it("send what the program changed even where it seems to be there: a lagging replica may show it from before", () => {
    const before = { ...state, description: "old" };
    const current = { ...connection, description: "new" };
    expect(changesTo(qualys, current, before, { ...inputs, description: "new" })).toEqual({ description: "new" });
  });

  it.each<[string, Partial<Connection>, Partial<ConnectorState>, Partial<ConnectorInputs>]>([
    ["the secret differs", {}, {}, { password: "rotated" }],
    ["the identifier differs", {}, {}, { username: "v" }],
    ["the version was raised", {}, { credentialVersion: "1" }, { credentialVersion: "2" }],
    ["the connection failed", { status: "Failed" }, {}, {}],
    ["the connection was disconnected", { status: "Disconnected" }, {}, {}],
    [
      "someone else replaced it",
      { credentialInfo: { ...connection.credentialInfo, updatedDateTime: "2026-11-02T00:00:00Z" } },
      {},
      {},
    ],
    ["a reference replaces the value", {}, {}, { password: { fromEnvironment: "P" } }],
  ])("send the credential when %s", (_why, current, recorded, wanted) => {
    expect(
      needsCredential(
        qualys,
        { ...connection, ...current },
        { ...state, ...recorded } as ConnectorState,
        { ...inputs, ...wanted } as ConnectorInputs,
      ),
    ).toBe(true);
  });

  it("send the credential when we never applied one", () => {
    expect(needsCredential(qualys, connection, undefined, inputs)).toBe(true);
  });
});

describe("health", () => {
  it("is ok for a connection that works with our credential", () => {
    expect(describeHealth(connection, connection.credentialInfo.updatedDateTime)).toBe("ok");
    expect(describeHealth({ ...connection, status: "Connecting" }, undefined)).toBe("ok");
  });

  it("gives the class, the reason and the day of a failure", () => {
    const failed: Connection = {
      ...connection,
      status: "Failed",
      statusDetail: { code: "Unauthorized", message: "bad login", since: "2026-11-20T10:00:00Z" },
    };
    expect(describeHealth(failed, undefined)).toBe("Unauthorized: bad login (since 2026-11-20)");
    expect(describeHealth({ ...connection, status: "Disconnected" }, undefined)).toBe(
      "Disconnected: the service gives no reason",
    );
  });

  it("tells that someone else replaced the credential", () => {
    expect(describeHealth(connection, "2026-10-01T00:00:00Z")).toBe(
      "CredentialChanged: the credential was replaced outside this stack at 2026-11-01T00:00:00Z",
    );
  });

  it("never repeats a secret that the service echoes", () => {
    expect(withoutSecrets("login with hunter2hunter failed for hunter2", ["hunter2", "hunter2hunter"])).toBe(
      "login with [secret] failed for [secret]",
    );
  });
});

describe("the service's own words", () => {
  const told = "login with hunter2 failed";
  const shown = (password: unknown, resolve: () => Promise<string>) =>
    withoutSecretsOf(qualys, { ...inputs, password }, told, resolve);

  it("lose a secret by value and one by reference", async () => {
    const never = () => Promise.reject(new Error("asked for no reason"));
    expect(await shown("hunter2", never)).toBe("login with [secret] failed");
    expect(await shown({ fromFile: "f" }, async () => "hunter2")).toBe("login with [secret] failed");
  });

  it("are still told where a reference leads nowhere any more", async () => {
    expect(await shown({ fromFile: "f" }, () => Promise.reject(new Error("gone")))).toBe(told);
  });
});

describe("the tenant of a state", () => {
  it("is the id where both sides know it, the endpoint otherwise", () => {
    const other = { endpoint: "https://b", id: "t2" };
    expect(() =>
      requireSameTenant({ endpoint: "https://a", id: "t1" }, { endpoint: "https://moved", id: "t1" }),
    ).not.toThrow();
    expect(() => requireSameTenant({ endpoint: "https://a", id: "t1" }, { endpoint: "https://a", id: "t2" })).toThrow(
      "MSEM_OTHER_TENANT",
    );
    expect(() => requireSameTenant({ endpoint: "https://a" }, { endpoint: "https://a", id: "t1" })).not.toThrow();
    expect(() => requireSameTenant({ endpoint: "https://a", id: "t1" }, other)).toThrow(
      /tenant t1 at https:\/\/a[\s\S]*tenant t2 at https:\/\/b/,
    );
    expect(() => requireSameTenant({ endpoint: "https://a" }, { endpoint: "https://b" })).toThrow("MSEM_OTHER_TENANT");
  });
});

describe("state", () => {
  it("of every version that we ever wrote is readable", () => {
    expect(Object.keys(stateVersions.versions)).toEqual(["1"]);
    for (const recorded of Object.values(stateVersions.versions)) {
      const read = readState(recorded);
      expect(read).toMatchObject({ connectionId: "c-0001", name: "scanner", tenant: { endpoint: expect.any(String) } });
      expect(
        needsCredential(
          qualys,
          {
            ...connection,
            credentialInfo: { ...connection.credentialInfo, updatedDateTime: recorded.credentialAppliedDateTime },
          },
          read,
          { ...inputs, ...recorded } as ConnectorInputs,
        ),
      ).toBe(false);
    }
  });

  it("is none for a look-up, and refused from a newer release", () => {
    expect(readState({ __provider: "x" })).toBeUndefined();
    expect(() => readState({ stateVersion: 2 })).toThrow("version 2");
  });
});
