/** From the portal to a service: which connection becomes this stack's. Against the emulated service. */
import { createConnectionsClient } from "../../provider/connections/client";
import { type DrivenContext, drivenLifecycle } from "../../provider/connections/driven";
import type { HandOffState } from "../../provider/connections/portal/state";
import type { ConnectorState } from "../../provider/connections/state";
import type { ConnectorInputs } from "../../provider/core/connector/inputs";
import { formatOwnership } from "../../provider/core/ownership";
import { createResolver } from "../../provider/credentials";
import { createEmulator, type Emulator } from "../../provider/emulator";
import { qualys } from "../../provider/vendors/qualys/connector";
import { wiz } from "../../provider/vendors/wiz/connector";

const owner = { project: "p", stack: "s", name: "scanner" };
const wanted = {
  name: "scanner",
  apiServer: "qualysapi.qualys.eu",
  username: "u",
  password: "pw",
  health: "ok",
  owner,
} as ConnectorInputs;
const confirmed = { confirmedDateTime: "2026-11-24T10:00:00Z" };
const unconfirmed = {
  driver: "portal",
  health: "notVerifiable",
  stateVersion: 1,
  connectionId: "",
  actionRequired: null,
  confirmedDateTime: null,
};
const id = "portal:qualys/scanner";
const { sync, remove, observe } = drivenLifecycle(qualys, () => "api");

let emulator: Emulator;
let context: DrivenContext;
let said: string[];

beforeEach(async () => {
  emulator = await createEmulator({ faults: true, log: () => undefined });
  said = [];
  context = {
    driver: "api",
    client: createConnectionsClient({
      endpoint: emulator.url,
      token: async () => emulator.tokens.securityOperator,
      sleep: async () => undefined,
    }),
    resolve: createResolver({ environment: () => undefined }),
    preflight: async ({ type }) => ({ type, outcomes: [], warnings: [] }),
    warn: (message) => void said.push(message),
  };
});
afterEach(() => emulator.close());

const handedOff = (more: object = {}) => ({ ...wanted, ...unconfirmed, ...more }) as unknown as HandOffState;
const takeOver = (state: HandOffState, inputs = wanted) => sync(id, state, inputs, context);

/** A connection that is there already. */
async function there(name: string, tags: Record<string, string> = {}, type = qualys): Promise<string> {
  if (context.driver !== "api") throw new Error("no client");
  const settings: Record<string, string> =
    type === qualys ? { apiServer: "qualysapi.qualys.com" } : { apiEndpoint: "https://api.us1.app.wiz.io/" };
  const fields: Record<string, string> =
    type === qualys ? { username: "x", password: "x" } : { clientId: "x", clientSecret: "x" };
  const credentials = { kind: type.authentication[0].kind, fields };
  const made = await context.client.create({ name, connectorType: type.type, settings, credentials, tags });
  if (made.kind !== "created") throw new Error("taken");
  return made.connection.id;
}

describe("a connection made by hand, and confirmed", () => {
  it("is taken over under its own id, whatever the case of its name, and managed by it from then on", async () => {
    const connectionId = await there("SCANNER");
    const state = (await takeOver(handedOff(confirmed))) as ConnectorState;
    expect(state).toMatchObject({ connectionId, status: "connected", health: "ok" });
    expect(state).not.toHaveProperty("driver");
    expect(emulator.connections()).toMatchObject([
      {
        id: connectionId,
        name: "scanner",
        settings: { apiServer: "qualysapi.qualys.eu" },
        tags: formatOwnership(owner),
      },
    ]);
    expect(said).toEqual([`'scanner': took over connection ${connectionId}, which was made in the portal`]);
    expect((await observe(id, state, context))?.state).toMatchObject({ connectionId });
    await remove(id, state, context);
    expect(emulator.connections()).toEqual([]);
  });

  it("is found under the name that the portal knows while another one waits to be entered, and renamed", async () => {
    const connectionId = await there("old");
    const fields = [{ field: "name", label: "Connector name", value: "scanner", was: "old", requestedDateTime: "" }];
    const state = await takeOver(handedOff({ ...confirmed, actionRequired: { action: "change", fields } }));
    expect(state).toMatchObject({ connectionId });
    expect(emulator.connections()).toMatchObject([{ id: connectionId, name: "scanner" }]);
  });

  it("stays with its owner where there is one, and with its product where it is of another", async () => {
    await there("scanner", formatOwnership({ ...owner, stack: "other" }));
    await expect(takeOver(handedOff(confirmed))).rejects.toMatchObject({ code: "MSEM_NOT_OWNED" });
    emulator.remove("scanner");
    await there("scanner", {}, wiz);
    await expect(takeOver(handedOff(confirmed))).rejects.toMatchObject({ code: "MSEM_NOT_OWNED" });
    expect(emulator.connections()).toMatchObject([{ connectorType: "wiz", tags: {} }]);
  });

  it("is made when it is not there", async () => {
    expect(await takeOver(handedOff(confirmed))).toMatchObject({ status: "connected" });
    expect(emulator.connections()).toMatchObject([{ name: "scanner", tags: formatOwnership(owner) }]);
    expect(said).toEqual([]);
  });

  it("that does not work is kept with its own id, so that the next run goes on from there", async () => {
    const connectionId = await there("scanner");
    emulator.failConnection("scanner", { code: "Unauthorized", message: "no" });
    emulator.faults.set([
      { when: { method: "POST", path: "/connections/{id}/test" }, effect: { kind: "dropAfter" }, times: 50 },
    ]);
    const failure = await takeOver(handedOff(confirmed)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ state: { connectionId, health: "ok" } });
    emulator.faults.clear();
    const { state } = failure as { state: ConnectorState };
    expect(await sync(id, state, wanted, context)).toMatchObject({ connectionId, status: "connected" });
  });
});

describe("a connection of that name that nobody confirmed", () => {
  it("needs adopt, as for any name that is taken", async () => {
    const connectionId = await there("scanner");
    await expect(takeOver(handedOff())).rejects.toMatchObject({
      code: "MSEM_NOT_OWNED",
      message: expect.stringContaining("adopt: true"),
    });
    expect(emulator.connections()).toMatchObject([{ settings: { apiServer: "qualysapi.qualys.com" }, tags: {} }]);
    const state = await takeOver(handedOff(), { ...wanted, adopt: true });
    expect(state).toMatchObject({ connectionId, status: "connected" });
  });
});
