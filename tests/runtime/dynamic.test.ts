import type { ConnectorLifecycle } from "../../provider/connections/lifecycle";
import { type ConnectorState, readState } from "../../provider/connections/state";
import type { ConnectorInputs } from "../../provider/core/connector/inputs";
import { MsemError, PartialFailure } from "../../provider/core/errors";
import { dynamicProvider, formatProblems } from "../../provider/runtime/dynamic";

const state = { stateVersion: 1, connectionId: "c1", name: "n", health: "ok" } as unknown as ConnectorState;
const props = { __provider: "text", ...state };

function providerWith(lifecycle: Partial<ConnectorLifecycle>, warnings: string[] = []) {
  const whole: ConnectorLifecycle = {
    check: () => ({ inputs: {} as ConnectorInputs, problems: [], warnings: [] }),
    replaces: () => [],
    observe: async () => undefined,
    ensure: async () => ({ id: "c1", state }),
    sync: async () => state,
    remove: async () => undefined,
    ...lifecycle,
  };
  return dynamicProvider(
    {
      lifecycle: whole,
      context: () => ({}) as never,
      readState,
      missing: (id) => new MsemError("MSEM_NOT_FOUND", `there is no connection with id "${id}"`),
    },
    {
      configure: () => undefined,
      environment: () => undefined,
      now: () => new Date(0),
      warn: (message) => void warnings.push(message),
      info: (message) => void warnings.push(`info: ${message}`),
    },
  );
}

async function thrown(action: () => Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await action();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("nothing was thrown");
}

describe("the dynamic provider's face", () => {
  it("reports all problems as one failure without a property, so that the engine prints no value", async () => {
    const provider = providerWith({
      check: () => ({
        inputs: {} as ConnectorInputs,
        problems: [
          { path: "apiServer", message: "is wrong" },
          { path: "tags.a", message: "must be text" },
        ],
        warnings: ["odd"],
      }),
    });
    const { failures } = await provider.check({}, { __provider: "text" });
    expect(failures).toEqual([
      {
        property: "",
        reason: [
          "MSEM_INVALID 2 problems",
          "  apiServer: is wrong",
          "  tags.a:    must be text",
          "  More: msem explain MSEM_INVALID, docs/troubleshooting.md#msem_invalid",
        ].join("\n"),
      },
    ]);
  });

  it("never throws from check", async () => {
    const provider = providerWith({
      check: () => {
        throw new Error("oops");
      },
    });
    expect((await provider.check({}, {})).failures).toEqual([
      { property: "", reason: "MSEM_FAULT oops\n  More: msem explain MSEM_FAULT, docs/troubleshooting.md#msem_fault" },
    ]);
  });

  it("takes an empty old input for a create", async () => {
    const seen: unknown[] = [];
    const provider = providerWith({
      check: (_inputs, previous) => {
        seen.push(previous);
        return { inputs: {} as ConnectorInputs, problems: [], warnings: [] };
      },
    });
    await provider.check({}, {});
    await provider.check({ name: "n" }, {});
    expect(seen).toEqual([undefined, { name: "n" }]);
  });

  it("lets an import's inputs pass, which are checked against themselves and lack their secrets, and no others", async () => {
    const provider = providerWith({
      check: () => ({
        inputs: {} as ConnectorInputs,
        problems: [{ path: "password", message: "is missing" }],
        warnings: [],
      }),
    });
    const imported = { name: "n", tags: { a: "b" }, health: "ok", __provider: "text" };
    expect(await provider.check(imported, { ...imported, tags: { ...imported.tags } })).toEqual({
      inputs: { name: "n", tags: { a: "b" }, health: "ok" },
      failures: [],
    });
    const { health: _health, ...program } = imported;
    expect((await provider.check(imported, program)).failures).toHaveLength(1);
    expect((await provider.check({ ...imported, tags: {} }, imported)).failures).toHaveLength(1);
  });

  it("names the resource in warnings", async () => {
    const warnings: string[] = [];
    const provider = providerWith(
      { check: () => ({ inputs: {} as ConnectorInputs, problems: [], warnings: ["odd"] }) },
      warnings,
    );
    await provider.check({}, { owner: { name: "scanner" } });
    expect(warnings).toEqual(["'scanner': odd"]);
  });

  it("fails with the refusal's own code, after the lines that lead to it", async () => {
    const lines: string[] = [];
    const provider = providerWith(
      {
        check: () => ({
          inputs: {} as ConnectorInputs,
          problems: [],
          warnings: [],
          notices: ["Scuba 30 -> 31"],
          refusal: { code: "MSEM_REFUSED", message: "rollback guard" },
        }),
      },
      lines,
    );
    const { failures } = await provider.check({}, { owner: { name: "scuba" } });
    expect(failures).toEqual([
      {
        property: "",
        reason: "MSEM_REFUSED rollback guard\n  More: msem explain MSEM_REFUSED, docs/troubleshooting.md#msem_refused",
      },
    ]);
    expect(lines).toEqual(["info: 'scuba': Scuba 30 -> 31"]);
  });

  it("keeps our own hidden keys and drops the engine's", async () => {
    const seen: object[] = [];
    const provider = providerWith({
      check: (inputs) => {
        seen.push(inputs);
        return { inputs: inputs as ConnectorInputs, problems: [], warnings: [] };
      },
    });
    await provider.check({}, { __provider: "text", __defaults: [], __memory: "m", name: "n" });
    expect(seen).toEqual([{ __memory: "m", name: "n" }]);
  });

  it("leaves changes to the engine, so that each property shows", async () => {
    expect(await providerWith({}).diff("c1", props, props)).toEqual({ replaces: [] });
  });

  it("records what exists with its provider when a create fails half-way", async () => {
    const provider = providerWith({
      ensure: async () => {
        throw new PartialFailure("c1", state, "MSEM_CONNECTION_FAILED", "refused");
      },
    });
    const error = await thrown(() => provider.create({ __provider: "text" }));
    expect(error).toMatchObject({ id: "c1", properties: { __provider: "text", connectionId: "c1" } });
    expect(error.reasons).toEqual([
      "MSEM_CONNECTION_FAILED refused\n  More: msem explain MSEM_CONNECTION_FAILED, docs/troubleshooting.md#msem_connection_failed",
    ]);
  });

  it("keeps the resource's id when an update fails half-way, whatever the service calls the object", async () => {
    const provider = providerWith({
      sync: async () => {
        throw new PartialFailure("c1", state, "MSEM_CONNECTION_FAILED", "refused");
      },
    });
    const error = await thrown(() => provider.update("portal:qualys/scanner", props, props));
    expect(error).toMatchObject({ id: "portal:qualys/scanner", properties: { connectionId: "c1" } });
  });

  it("throws errors without a stack for the host to print", async () => {
    const provider = providerWith({
      remove: async () => {
        throw new MsemError("MSEM_FORBIDDEN", "not allowed", { requestId: "r1" });
      },
    });
    const error = await thrown(() => provider.delete("c1", props));
    expect(error.message).toBe(
      "MSEM_FORBIDDEN not allowed\n  (request id r1)\n  More: msem explain MSEM_FORBIDDEN, docs/troubleshooting.md#msem_forbidden",
    );
    expect(error.stack).toBe("");
    expect(error.cause).toBeUndefined();
  });

  it("gives a mistake of ours a code, and keeps its stack", async () => {
    const provider = providerWith({
      remove: async () => {
        throw new TypeError("x is no function");
      },
    });
    const error = await thrown(() => provider.delete("c1", props));
    expect(error.message).toMatch(/^MSEM_FAULT x is no function\n {2}More: msem explain MSEM_FAULT,/);
    expect(error.stack).toMatch(/^TypeError: x is no function\n +at /);
  });

  it("answers nothing for a connection that is gone, and fails for a look-up that finds none", async () => {
    expect(await providerWith({}).read("c1", props)).toEqual({});
    expect((await thrown(() => providerWith({}).read("c1", { __provider: "text" }))).message).toContain(
      'there is no connection with id "c1"',
    );
  });

  it("returns JSON only", async () => {
    const provider = providerWith({
      ensure: async () => ({ id: "c1", state: { ...state, description: undefined } as ConnectorState }),
    });
    expect(Object.keys((await provider.create({})).outs)).not.toContain("description");
  });

  it("refuses state of a newer release instead of guessing", async () => {
    const error = await thrown(() => providerWith({}).update("c1", { ...props, stateVersion: 99 }, props));
    expect(error.message).toContain("version 99");
  });

  it("aligns problems in one column", () => {
    expect(formatProblems([{ path: "a", message: "x" }])).toBe("MSEM_INVALID 1 problem\n  a: x");
  });
});
