/** Whether data arrives, on the real engine: no noise while it may still come, drift when it does not, and an end to it. */

import { type GraphStore, graphEmulator } from "../../provider/emulator/graph.ts";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/index.ts";
import { canary } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab } from "./lab.ts";
import type { ConnectorSpec, HealthSpec, ProgramArgs } from "./programs/connectors.ts";

jest.setTimeout(180_000);

const graphToken = `${canary}-graph-token`;
let graph: RunningVendor<GraphStore>;
let lab: Lab;

beforeAll(async () => {
  graph = await createVendorEmulator(graphEmulator, { seed: (store) => void store.knownTokens.push(graphToken) });
  lab = await openLab({
    environment: { MSEM_GRAPH_ENDPOINT: graph.url, MSEM_GRAPH_TOKEN: graphToken },
  });
});

afterAll(async () => {
  await lab.close();
  await graph.close();
});

const scanner: ConnectorSpec = {
  className: "QualysConnector",
  name: "scanner",
  args: { apiServer: "qualysapi.qualys.eu", username: "msem", password: `${canary}-scanner` },
};
const watch = (...more: HealthSpec[]): ProgramArgs => ({
  connectors: [scanner],
  health: [{ name: "scanner-data", connector: "scanner" }, ...more],
});
const nightly = (program = watch()) => lab.run("preview", program, { refresh: true, expectNoChanges: true });
const stateOf = (outputs: Readonly<Record<string, unknown>>) =>
  (outputs.ingestion as Record<string, string>)["scanner-data"];

it("is pending without noise, and flowing without noise", async () => {
  const { outputs } = expectOk(await lab.run("up", watch()));
  expect(stateOf(outputs)).toBe("pending");
  expectOk(await nightly());
  graph.store.counts.qualys = 5;
  expectOk(await nightly());
  const flowing = expectOk(await lab.run("up", watch(), { refresh: true, expectNoChanges: true }));
  expect(stateOf(flowing.outputs)).toBe("flowing");
  graph.store.counts.qualys = 6_000;
  expectOk(await nightly());
});

it("is drift with its reason when nothing is seen any more, night after night", async () => {
  graph.store.counts = {};
  const day = new Date().toISOString().slice(0, 10);
  for (const night of [1, 2]) {
    const drift = await lab.run("preview", watch(), { refresh: true, expectNoChanges: true, diff: true });
    expect({ night, exitCode: drift.exitCode, changes: changesOf(drift) }).toEqual({
      night,
      exitCode: 7,
      changes: ["scanner-data: update [health]"],
    });
    expect(drift.output).toContain(
      `stalled: no Qualys asset seen in the exposure graph any more; the first was seen on ${day}`,
    );
    if (night === 1) expectOk(await lab.run("refresh", watch()));
  }
  // An `up` cannot bring data: it warns, and the next night finds the same.
  const warned = expectOk(await lab.run("up", watch(), { refresh: true }));
  const warnings = warned.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  expect(warnings.join()).toContain("'scanner-data': stalled: no Qualys asset");
  expect((await nightly()).exitCode).toBe(7);
});

it("recovers when data is seen again", async () => {
  graph.store.counts.qualys = 1;
  const { outputs } = expectOk(await lab.run("up", watch(), { refresh: true }));
  expect(stateOf(outputs)).toBe("flowing");
});

it("fails the run after the grace period where that is wanted, is not lost, and passes when data has come", async () => {
  const overdue = watch({
    name: "cmdb-data",
    args: { connectorType: "serviceNow", connectedSince: "2026-01-15T00:00:00Z", onStalled: "fail" },
  });
  const failed = await lab.run("up", overdue);
  expect(failed.ok).toBe(false);
  expect(failed.output).toContain(
    "MSEM_INGESTION stalled: no ServiceNow CMDB asset seen in the exposure graph since 2026-01-15",
  );
  graph.store.counts.serviceNow = 1;
  expectOk(await lab.run("up", overdue));
  expectOk(await nightly(overdue));
});

it("says which permission is missing, and keeps the token out of everything", async () => {
  graph.store.mayHunt = false;
  const refused = await nightly();
  expect(refused.ok).toBe(false);
  expect(refused.output).toContain("MSEM_FORBIDDEN");
  expect(refused.output).toContain("ThreatHunting.Read.All");
  graph.store.mayHunt = true;
  expect(filesContaining(lab.folder, graphToken)).toEqual([]);
});

it("leaves nothing behind", async () => {
  expectOk(await lab.run("destroy", watch()));
  expect(lab.emulator.connections()).toEqual([]);
  expect(new Set(graph.requests().map(({ path }) => path))).toEqual(new Set(["/v1.0/security/runHuntingQuery"]));
});
