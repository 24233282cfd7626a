/** What a program registers, and what it can do with it, seen through Pulumi's mocks. */
import * as pulumi from "@pulumi/pulumi";
import { serviceTagRangesLifecycle } from "../../provider/core/servicetags/index";
import * as msem from "../../provider/index";

const registered: { type: string; inputs: Record<string, unknown> }[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, inputs });
        const surroundings = { environment: () => undefined, now: () => new Date() };
        const { inputs: checked } = serviceTagRangesLifecycle.check(inputs, undefined, surroundings);
        return { id: `${name}-id`, state: checked };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    true,
  );
});

const settled = <Value>(output: pulumi.Output<Value>) =>
  new Promise<Value>((resolve) => output.apply((value) => resolve(value as Value)));

const sample = msem.file("examples/ranges/service-tags-sample.json");
// The sample is made of documentation addresses.
const guards = { acceptSpecialPurpose: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"] };

describe("ServiceTagRanges in a program", () => {
  it("resolves the list itself, and registers it with its day under a constant provider", async () => {
    const scuba = new msem.ServiceTagRanges("scuba", { source: sample, guards });
    await settled(scuba.urn);
    const [{ type, inputs } = { type: "", inputs: {} }] = registered;
    expect(type).toBe("pulumi-nodejs:dynamic/msem:ServiceTagRanges");
    expect(inputs).toMatchObject({
      __provider: 'exports.handler = () => require("pulumi-msem/runtime").ServiceTagRanges;',
      guards,
      published: { serviceTag: "Scuba", counter: "file/public/scuba", changeNumber: 4 },
    });
    expect(inputs.published).toHaveProperty("asOf", new Date().toISOString().slice(0, 10));
  });

  it("gives the list whole and by family, sorted as addresses whatever the engine made of the map", async () => {
    const scuba = new msem.ServiceTagRanges("scuba", { source: sample, guards });
    const plain = await msem.getScubaRanges({ source: sample });
    expect(await settled(scuba.ipv4)).toEqual(plain.ipv4);
    expect(await settled(scuba.ipv6)).toEqual(plain.ipv6);
    const ranges = await settled(scuba.ranges);
    expect([ranges.serviceTag, ranges.changeNumber]).toEqual(["Scuba", 4]);
    expect(ranges.prefixes).toEqual(Object.fromEntries(plain.prefixes.map((prefix) => [prefix, "Scuba"])));
  });
});
