import type { ConnectorContext } from "../../provider/connections/context";
import { connectorLifecycle } from "../../provider/connections/lifecycle";
import type { ConnectorState } from "../../provider/connections/state";
import { checkConnector } from "../../provider/core/connector/check";
import type { ConnectorInputs } from "../../provider/core/connector/inputs";
import { type CheckOutcome, preflightResults, stops } from "../../provider/core/preflight";
import { createResolver } from "../../provider/credentials";
import { rapid7 } from "../../provider/vendors/rapid7/connector";

const surroundings = { environment: () => undefined, now: () => new Date(0) };
const given = { name: "vm", endpoint: "eu.api.insight.rapid7.com", apiKey: "a key" };
const state = { ...given, tenant: { id: "t", endpoint: "e" } } as unknown as ConnectorState;

/** A client that fails at its first use: then the pre-flight has let it pass. */
function contextWith(outcomes: readonly CheckOutcome[], warnings: readonly string[] = []) {
  const said: string[] = [];
  const asked: string[] = [];
  const client = new Proxy({} as ConnectorContext["client"], {
    get: () => async () => {
      throw new Error("the service was asked");
    },
  });
  const context: ConnectorContext = {
    client,
    resolve: createResolver({ environment: () => undefined }),
    warn: (message) => void said.push(message),
    preflight: async (descriptor) => {
      asked.push(descriptor.type);
      return { type: descriptor.type, outcomes, warnings };
    },
  };
  return { context, said, asked };
}

const outcome = (result: CheckOutcome["result"]): CheckOutcome => ({
  check: "key",
  result,
  found: "found",
  says: "401 no",
  todo: "Look.",
});

const lifecycle = connectorLifecycle(rapid7);
const ways = [
  ["create", (inputs: ConnectorInputs, context: ConnectorContext) => lifecycle.ensure(inputs, context)],
  ["update", (inputs: ConnectorInputs, context: ConnectorContext) => lifecycle.sync("c1", state, inputs, context)],
] as const;

describe.each(ways)("a pre-flight in %s", (_, act) => {
  const inputs = (preflight?: ConnectorInputs["preflight"]) =>
    ({ ...given, health: "ok", ...(preflight === undefined ? {} : { preflight }) }) as ConnectorInputs;

  it.each([undefined, "off"] as const)("is not made when it is %s", async (mode) => {
    const { context, asked, said } = contextWith([outcome("denied")]);
    await expect(act(inputs(mode), context)).rejects.toThrow("the service was asked");
    expect([asked, said]).toEqual([[], []]);
  });

  it.each(preflightResults)(
    "that is required, with the result %s, stops before the service or warns",
    async (result) => {
      const { context, said } = contextWith(
        [{ ...outcome("ok"), check: "first" }, outcome(result)],
        ["a clock is wrong"],
      );
      const acting = act(inputs("require"), context);
      if (stops(result)) {
        await expect(acting).rejects.toMatchObject({ code: "MSEM_PREFLIGHT" });
        await expect(acting).rejects.toThrow(
          `MSEM_PREFLIGHT 1 of 2 checks at Rapid7 failed; nothing was sent to the service\n  first: ok, found (the product says: 401 no). Look.\n  key: ${result}, found`,
        );
        expect(said).toEqual(["'vm': pre-flight: a clock is wrong"]);
      } else {
        await expect(acting).rejects.toThrow("the service was asked");
        expect(said).toHaveLength(result === "ok" ? 1 : 2);
      }
    },
  );

  it.each(preflightResults)("that only warns, with the result %s, goes on", async (result) => {
    const { context, said } = contextWith([outcome(result)]);
    await expect(act(inputs("warn"), context)).rejects.toThrow("the service was asked");
    const line = `'vm': pre-flight: key: ${result}, found (the product says: 401 no). Look.`;
    expect(said).toEqual(result === "ok" ? [] : [line]);
  });
});

describe("the argument preflight", () => {
  it.each(["require", "warn", "off", undefined])("takes %s", (preflight) => {
    const { problems, inputs } = checkConnector(rapid7, { ...given, preflight }, undefined, surroundings);
    expect(problems).toEqual([]);
    expect(inputs.preflight).toBe(preflight);
  });

  it.each(["always", true, 1])("refuses %s", (preflight) => {
    const { problems } = checkConnector(rapid7, { ...given, preflight }, undefined, surroundings);
    expect(problems).toEqual([{ path: "preflight", message: 'must be one of "require", "warn", "off"' }]);
  });
});
