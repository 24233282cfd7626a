import { MsemError, PartialFailure } from "../../provider/core/errors";
import { checkHealth, gracePeriodLimit } from "../../provider/ingestion/check";
import { type HealthInputs, type HealthState, readState } from "../../provider/ingestion/inputs";
import { healthLifecycle } from "../../provider/ingestion/lifecycle";
import { connectors } from "../../provider/vendors";
import { ingestions } from "../../provider/vendors/ingestions";
import * as stateVersions from "../fixtures/state/connectorHealth.json";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const owner = { project: "p", stack: "s", name: "scanner-data" };
const lifecycle = healthLifecycle(connectors, ingestions);
const check = (given: Record<string, unknown>, previous?: HealthInputs) =>
  checkHealth(connectors, ingestions, given, previous);
const inputs = (given: Record<string, unknown> = {}) =>
  check({ connectorType: "qualys", connectionId: "c1", owner, ...given }).inputs;

/** A graph that counts, and a clock. */
function surroundings(start = "2026-11-20T08:00:00Z") {
  const warnings: string[] = [];
  const world = { count: 0, time: new Date(start), warnings };
  const context = {
    count: async () => world.count,
    now: () => world.time,
    warn: (message: string) => void warnings.push(message),
  };
  return {
    world,
    context,
    later: (hours: number) => {
      world.time = new Date(world.time.getTime() + hours * 3_600_000);
    },
  };
}
const observed = async (state: HealthState, context: ReturnType<typeof surroundings>["context"]) => {
  const found = await lifecycle.observe("id", state, context);
  if (found === undefined) throw new Error("gone");
  return found;
};

describe("the check of a ConnectorHealth", () => {
  it("takes a type or a class, and fills in what is left out", () => {
    expect(check({ connectorType: "QualysConnector", connectionId: "c1" })).toEqual({
      inputs: { connectorType: "qualys", connectionId: "c1", gracePeriodHours: 72, onStalled: "warn", health: "ok" },
      problems: [],
      warnings: [],
    });
  });

  it("reports all problems at once", () => {
    const { problems } = check({
      connectorType: "qualis",
      connectionId: "",
      connectedSince: "yesterday",
      gracePeriodHours: gracePeriodLimit + 1,
      onStalled: "shout",
      gracePeriod: 1,
    });
    expect(problems.map(({ path, message }) => `${path}: ${message}`).sort()).toEqual([
      'connectedSince: must be a time such as "2026-11-20T08:00:00Z"',
      "connectionId: must not be empty",
      "connectorType: must be a connector's type; did you mean qualys?",
      "gracePeriod: ConnectorHealth has no such property; did you mean gracePeriodHours?",
      "gracePeriodHours: must be a number from 0 to 720",
      'onStalled: must be "warn" or "fail"',
    ]);
    expect(check({ connectorType: "qualys", gracePeriodHours: gracePeriodLimit }).problems).toEqual([]);
    expect(check({}).problems).toEqual([expect.objectContaining({ path: "connectorType" })]);
  });

  it("passes what is not known yet", () => {
    const given = {
      connectorType: unknown,
      connectionId: unknown,
      connectedSince: unknown,
      gracePeriodHours: unknown,
      onStalled: unknown,
    };
    expect(check(given)).toMatchObject({ inputs: given, problems: [] });
  });

  it("warns once of a product that nothing can be told of", () => {
    const first = check({ connectorType: "wiz" });
    expect(first.warnings).toEqual([expect.stringContaining("no query that shows data of Wiz")]);
    expect(check({ connectorType: "wiz" }, first.inputs).warnings).toEqual([]);
  });

  it("resets an observed health to what is wanted", () => {
    expect(check({ connectorType: "qualys", health: "stalled: …" }).inputs.health).toBe("ok");
  });
});

describe("a ConnectorHealth", () => {
  it("is pending without drift, then flows, stalls with a reason that stays, and recovers", async () => {
    const { world, context, later } = surroundings();
    const { id, state: created } = await lifecycle.ensure(inputs(), context);
    expect(id).toBe("connector-health/scanner-data");
    expect(created).toMatchObject({ state: "pending", health: "ok", watchedSince: "2026-11-20T08:00:00.000Z" });

    later(71);
    let found = await observed(created, context);
    expect(found.state).toEqual(created);
    expect(found.inputs).toEqual(inputs());

    world.count = 987;
    found = await observed(found.state, context);
    expect(found.state).toMatchObject({ state: "flowing", health: "ok", firstSeen: "2026-11-23" });
    expect(JSON.stringify(found.state)).not.toContain("987");

    world.count = 0;
    later(24);
    const reason = "stalled: no Qualys asset seen in the exposure graph any more; the first was seen on 2026-11-23";
    found = await observed(found.state, context);
    expect(found.inputs.health).toBe(reason);
    later(24);
    found = await observed(found.state, context);
    expect(found.inputs.health).toBe(reason);

    world.count = 1;
    const repaired = await lifecycle.sync(id, found.state, inputs(), context);
    expect(repaired).toMatchObject({ state: "flowing", health: "ok", firstSeen: "2026-11-23" });
    expect((await observed(repaired, context)).inputs).toEqual(inputs());
  });

  it("begins its grace period with the connection, where that is known", async () => {
    const { context } = surroundings();
    const { state } = await lifecycle.ensure(inputs({ connectedSince: "2026-11-17T08:00:00Z" }), context);
    expect(state.state).toBe("stalled");
    const justInTime = await lifecycle.ensure(inputs({ connectedSince: "2026-11-17T08:00:01Z" }), context);
    expect(justInTime.state.state).toBe("pending");
  });

  it("warns or fails, as wanted, and is not lost", async () => {
    const { world, context } = surroundings();
    const old = { connectedSince: "2026-11-01T00:00:00Z" };
    const { state } = await lifecycle.ensure(inputs(old), context);
    expect(state).toMatchObject({ state: "stalled", health: "ok" });
    const told = "stalled: no Qualys asset seen in the exposure graph since 2026-11-01";
    expect(world.warnings).toEqual([`'scanner-data': ${told}`]);
    const failure: unknown = await lifecycle
      .ensure(inputs({ ...old, onStalled: "fail" }), context)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({
      code: "MSEM_INGESTION",
      id: "connector-health/scanner-data",
      state: { state: "stalled", stateVersion: 1 },
      message: expect.stringContaining(told),
    });
    expect(world.warnings).toHaveLength(1);
  });

  it("forgets what it saw of another connection", async () => {
    const { world, context, later } = surroundings();
    world.count = 1;
    const { id, state } = await lifecycle.ensure(inputs(), context);
    world.count = 0;
    later(1);
    const next = await lifecycle.sync(id, state, inputs({ connectionId: "c2" }), context);
    expect(next).toMatchObject({ state: "pending", watchedSince: "2026-11-20T09:00:00.000Z" });
    expect(next.firstSeen).toBeUndefined();
  });

  it("asks nobody about a product without a query", async () => {
    const { context } = surroundings();
    const silent = { ...context, count: () => Promise.reject(new MsemError("MSEM_CONFIGURATION", "no Graph")) };
    const { state } = await lifecycle.ensure(inputs({ connectorType: "wiz" }), silent);
    expect(state).toMatchObject({ state: "notVerifiable", health: "ok" });
    expect((await observed(state, silent)).inputs.health).toBe("ok");
    await expect(lifecycle.ensure(inputs(), silent)).rejects.toThrow("MSEM_CONFIGURATION");
  });

  it("has a state that a later release of the same shape reads, and a newer one refuses", () => {
    expect(readState({})).toBeUndefined();
    expect(Object.keys(stateVersions.versions)).toEqual(["1"]);
    for (const [version, state] of Object.entries(stateVersions.versions)) {
      expect(readState(state)).toMatchObject({
        stateVersion: Number(version),
        state: "flowing",
        firstSeen: "2026-11-21",
      });
    }
    expect(() => readState({ stateVersion: 2 })).toThrow("reads up to 1");
  });
});
