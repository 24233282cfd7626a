/**
 * From the portal to a service on the real engine, in place: what somebody connected by hand becomes this stack's. And
 * back, which is refused. What a hand-off says at each step: `npm run demo:portal`, tests/demoPortal.test.ts.
 */
import { canary } from "./classes.ts";
import { changesOf, expectOk, type Lab, openLab, specs } from "./lab.ts";
import type { ConnectorSpec } from "./programs/connectors.ts";

jest.setTimeout(180_000);

const scanner: ConnectorSpec = {
  className: "QualysConnector",
  name: "scanner",
  args: { apiServer: "qualysapi.qualys.eu", username: "msem", password: `${canary}-scanner` },
};
/** Never confirmed, and made by nobody. */
const cloud: ConnectorSpec = {
  className: "WizConnector",
  name: "cloud",
  args: { apiEndpoint: "https://api.eu1.app.wiz.io/", clientId: "client-1", clientSecret: `${canary}-cloud` },
};
/** Follows a connector's outputs: what a hand-off does not know must not be a difference in each preview. */
const program = { ...specs([scanner, cloud]), health: [{ name: "data", connector: "cloud" }] };
const nightly = { refresh: true, expectNoChanges: true };

let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
});

afterAll(async () => {
  await lab.close();
});

const portal = (confirmed?: string) => ({
  "msem:driver": { value: "portal" },
  ...(confirmed === undefined ? {} : { "msem:confirmed": { value: JSON.stringify({ scanner: confirmed }) } }),
});
const onServer = (name: string) => lab.emulator.connections().find((one) => one.name === name);

/** What a person does in the portal, here at the emulated tenant: without the tags that mark what is Pulumi's. */
async function connectByHand(): Promise<void> {
  const answer = await fetch(`${lab.emulator.url}/connections?api-version=2026-11-01`, {
    method: "POST",
    headers: { authorization: `Bearer ${lab.emulator.tokens.securityOperator}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: "Scanner",
      connectorType: "qualys",
      settings: { apiServer: "qualysapi.qualys.com" },
      credentials: { kind: "basic", username: "somebody", password: "by hand" },
    }),
  });
  expect({ ok: answer.ok, said: await answer.text() }).toMatchObject({ ok: true });
}

it("takes over in place what was connected by hand, and manages it like any other from then on", async () => {
  const asked = expectOk(await lab.run("up", program, {}, portal()));
  expect(asked.outputs).toMatchObject({
    ids: { scanner: "portal:qualys/scanner", cloud: "portal:wiz/cloud" },
    statuses: { scanner: "actionRequired", cloud: "actionRequired" },
  });
  expectOk(await lab.run("preview", program, { expectNoChanges: true }, portal()));
  expect(lab.emulator.requests()).toEqual([]);

  await connectByHand();
  const confirmed = expectOk(await lab.run("up", program, {}, portal(new Date().toISOString())));
  expect(confirmed.outputs.statuses).toEqual({ scanner: "confirmed", cloud: "actionRequired" });
  const byHand = onServer("Scanner");
  expect(byHand).toBeDefined();

  // With the endpoint and token of the lab, and without the portal.
  const moved = expectOk(await lab.run("up", program));
  expect(changesOf(moved)).toEqual([
    "cloud: update [driver, health, secretsFrom]",
    "data: update [connectedSince, connectionId]",
    "scanner: update [confirmed, driver, health, secretsFrom]",
  ]);
  expect(moved.diagnostics.map(({ message }) => message).join("\n")).toContain(
    `took over connection ${byHand?.id}, which was made in the portal`,
  );
  expect(moved.outputs).toMatchObject({
    ids: { scanner: "portal:qualys/scanner", cloud: "portal:wiz/cloud" },
    statuses: { scanner: "connected", cloud: "connected" },
  });
  expect(lab.emulator.connections()).toHaveLength(2);
  expect(onServer("scanner")).toMatchObject({
    id: byHand?.id,
    settings: { apiServer: "qualysapi.qualys.eu" },
    credentialInfo: { identifier: "msem" },
    tags: { "pulumi-name": "scanner", "pulumi-stack": "test" },
  });
  expectOk(await lab.run("preview", program, nightly));

  lab.emulator.edit("scanner", { settings: { apiServer: "qualysapi.qualys.com" } });
  lab.emulator.remove("cloud");
  const repaired = expectOk(await lab.run("up", program, { refresh: true }));
  expect(changesOf(repaired)).toEqual([
    "cloud: create",
    "data: update [connectedSince, connectionId]",
    "scanner: update [apiServer]",
  ]);
  expect(onServer("scanner")?.settings).toEqual({ apiServer: "qualysapi.qualys.eu" });
  // Made anew, it is named by the service.
  expect(onServer("cloud")).toBeDefined();
});

it("refuses to go back to the portal, with nothing changed or forgotten", async () => {
  const back = await lab.run("preview", program, {}, portal());
  expect(back.ok).toBe(false);
  expect(back.output).toMatch(
    /MSEM_REFUSED "(scanner|cloud)" is managed through the Connection API; the portal driver would/,
  );
  expectOk(await lab.run("destroy", program));
  expect(lab.emulator.connections()).toEqual([]);
});
