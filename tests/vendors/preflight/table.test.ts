/** The table product × result: each cell is reached on the emulated product, or the product says why it cannot be. */

import { preflightResults, worstOf } from "../../../provider/core/preflight";
import { createResolver } from "../../../provider/credentials";
import { createVendorEmulator, type RunningVendor } from "../../../provider/emulator/vendor";
import { connectors } from "../../../provider/vendors";
import { preflights } from "../../../provider/vendors/preflights";
import { runPreflight, urlVariable } from "../../../provider/vendors/runPreflight";
import { canary, type PreflightProfile } from "./profile";
import { profiles } from "./profiles";

const cells = profiles.flatMap((profile) =>
  preflightResults.map((result) => [profile.definition.connector.type, result, profile] as const),
);

it("has a pre-flight for each connector", () => {
  expect(preflights.map(({ connector }) => connector)).toEqual(connectors);
});

it("has a profile for each pre-flight", () => {
  expect(profiles.map(({ definition }) => definition)).toEqual(preflights);
});

it("is complete: a cell is reached, or impossible for a reason, and never both", () => {
  const wrong = cells.filter(([, result, { definition, reach }]) => {
    const reason = definition.impossible[result];
    return (reason === undefined) === ((reach[result]?.length ?? 0) === 0) || reason === "";
  });
  expect(wrong.map(([type, result]) => `${type} × ${result}`)).toEqual([]);
  const reached = cells.filter(([, result, { definition }]) => definition.impossible[result] === undefined).length;
  const size = `${profiles.length} products × ${preflightResults.length} results = ${cells.length} cells`;
  console.log(`pre-flight table: ${size}, ${reached} reached, ${cells.length - reached} impossible`);
});

describe.each(profiles.map((profile) => [profile.definition.connector.type, profile] as const))("%s", (_, profile) => {
  let vendor: RunningVendor<object>;
  beforeAll(async () => {
    vendor = await createVendorEmulator(profile.emulator, { seed: profile.admit });
  });
  afterAll(() => vendor.close());
  beforeEach(() => vendor.reset());

  const run = ({ inputs = profile.inputs, environment = profile.environment }: Partial<PreflightProfile> = {}) => {
    const { connector } = profile.definition;
    const variables: Record<string, string> = { ...environment, [urlVariable(connector)]: vendor.url };
    return runPreflight(profile.definition, inputs, {
      environment: (name) => variables[name],
      resolve: createResolver({ environment: (name) => variables[name] }),
      now: Date.now,
      sleep: async () => undefined,
    });
  };

  it.each(
    preflightResults.flatMap((result) =>
      (profile.reach[result] ?? []).map((cell) => [result, cell.check, cell] as const),
    ),
  )("reaches %s at %s", async (result, check, { change, faults, words = [], ...given }) => {
    Object.assign(vendor.store, structuredClone(change ?? {}));
    vendor.faults.set(faults ?? []);
    const report = await run(given);
    const outcome = report.outcomes.find((one) => one.check === check);
    expect([worstOf(report.outcomes), outcome?.result]).toEqual([result, result]);
    const said = [outcome?.found, outcome?.says, outcome?.todo].join("\n");
    for (const word of words) expect(said).toMatch(word);
    if (result !== "ok") expect(outcome?.todo).toMatch(/\S\.$|\)\.?$/);
    expect(JSON.stringify(report)).not.toContain(canary);
  });

  it("asks few questions, one attempt each, and changes nothing", async () => {
    const before = structuredClone(vendor.store);
    const { outcomes } = await run();
    expect(vendor.requests().length).toBeLessThanOrEqual(outcomes.length + 1);
    expect(vendor.store).toEqual(before);
  });

  it("never repeats a refused credential: accounts are locked after a few", async () => {
    if (profile.reach.denied === undefined) return;
    vendor.faults.set([{ when: {}, effect: { kind: "status", status: 401 }, times: 1_000 }]);
    await run();
    expect(vendor.requests()).toHaveLength(1);
  });
});
