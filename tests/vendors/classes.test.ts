import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../provider/core/connector/inputs";
import * as classes from "../../provider/resources/connectors";
import { connectors } from "../../provider/vendors";
import { exampleInputs } from "./judge";

/** What a program hands to the engine; mocks stand in for the engine only. */
const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: () => ({}),
  }),
);

type Constructor = new (name: string, args: object) => pulumi.CustomResource;

/** The value, and the paths at which the engine was told that it is secret. */
function unwrapped(value: unknown, path: string, secrets: string[]): unknown {
  if (!isRecord(value)) return value;
  // The engine's own mark of a secret on the wire.
  if (value["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270") {
    secrets.push(path);
    return value.value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, unwrapped(one, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}

describe.each(connectors.map((one) => [one.className, one] as const))("%s", (className, connector) => {
  const Class = (classes as unknown as Record<string, Constructor>)[className] as Constructor;

  it.each(connector.authentication.map((way, index) => [way.kind, way, index] as const))(
    "hands its arguments (%s) to its own handler, the secrets among them as secrets",
    async (_, way, index) => {
      const { name: _name, ...args } = exampleInputs(connector)[index] as Record<string, unknown>;
      const logicalName = `${connector.type}-${way.kind}`;
      const resource = new Class(logicalName, args);
      await new Promise((resolve) => resource.urn.apply(resolve));

      const one = registered.find((candidate) => candidate.name === logicalName);
      expect(one?.type).toBe(`pulumi-nodejs:dynamic/msem:${className}`);
      const secrets: string[] = [];
      expect(unwrapped(one?.inputs, "", secrets)).toMatchObject({
        ...args,
        name: logicalName,
        __provider: `exports.handler = () => require("pulumi-msem/runtime").${className};`,
      });
      const names = Object.keys(way.fields).filter((name) => way.fields[name]?.secret);
      // The SDK keeps an object that holds a secret as secret in whole.
      const wanted = connector.authentication.length > 1 ? ["authentication"] : names;
      expect(secrets.sort()).toEqual([...wanted].sort());
    },
  );
});
