/** The example with Azure's resources, type-checked and run against Pulumi's mocks. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { serviceTagRangesLifecycle } from "../../provider/core/servicetags/index";
import { weekly } from "../cli/allowlist.lab";
import { azureNative } from "./azureNative";

jest.setTimeout(420_000);

const ipv4 = ["20.36.0.0/28", "20.36.0.64/31", "20.36.1.2/32"];
const ipv6 = ["2603:1030:20e::/124"];

type Inputs = Record<string, unknown>;
const registered = new Map<string, Inputs>();
const refusals: string[] = [];
const warnings: string[] = [];

let folder: string;

beforeAll(async () => {
  // Beside the package's node_modules, as a user's project is.
  folder = mkdtempSync(join(azureNative(), "example-"));
  for (const name of ["index.ts", "tsconfig.json"])
    cpSync(resolve("examples", "azure-network", name), join(folder, name));
  // Without "type", as the example's: the module format of a file comes from there. Its name stands in this tree already.
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  writeFileSync(join(folder, "weekly.json"), weekly([...ipv4, ...ipv6], 31));
  pulumi.runtime.setAllConfig({ "project:rangesFile": join(folder, "weekly.json") });
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.set(type, inputs as Inputs);
        if (!type.includes("msem:")) return { id: `${name}-id`, state: { name, ...inputs } };
        // What the provider's check makes of it: the engine would run it.
        const surroundings = { environment: () => undefined, now: () => new Date() };
        const checked = serviceTagRangesLifecycle.check(inputs, undefined, surroundings);
        if (checked.refusal !== undefined) refusals.push(checked.refusal.message);
        return { id: `${name}-id`, state: checked.inputs };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    false,
  );
  jest.spyOn(pulumi.log, "warn").mockImplementation(async (message) => void warnings.push(message));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function settled<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((done) => output.apply((value) => done(value as Value)));
}

interface Example {
  readonly changeNumber: pulumi.Output<number>;
  readonly ids: Readonly<Record<string, pulumi.Output<string>>>;
  readonly leftOut: Readonly<Record<string, pulumi.Output<readonly { prefix: string }[]>>>;
}

describe("examples/azure-network", () => {
  let example: Example;

  beforeAll(async () => {
    example = require(join(folder, "index.ts")) as Example;
    await Promise.all(Object.values(example.ids).map(settled));
    await Promise.all(Object.values(example.leftOut).map(settled));
  });

  it("has the types that azure-native and this package have", () => {
    const tsc = resolve("node_modules", "typescript", "bin", "tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", timeout: 120_000 });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  it("gives the security group a rule for each family", () => {
    expect(refusals).toEqual([]);
    const { securityRules } = registered.get("azure-native:network:NetworkSecurityGroup") as {
      securityRules: {
        name: string;
        sourceAddressPrefixes: string[];
        description: string;
        destinationPortRange: string;
      }[];
    };
    expect(securityRules.map(({ name, sourceAddressPrefixes }) => [name, sourceAddressPrefixes])).toEqual([
      ["scuba-ipv4", ipv4],
      ["scuba-ipv6", ipv6],
    ]);
    expect(securityRules[0]).toMatchObject({ description: "Scuba change 31", destinationPortRange: "443" });
  });

  it("gives the IP group what is documented for it: IPv4", () => {
    expect(registered.get("azure-native:network:IpGroup")).toMatchObject({ ipAddresses: ipv4 });
  });

  it("gives the storage account single addresses for what it cannot hold, and shuts out the rest", () => {
    expect(registered.get("azure-native:storage:StorageAccount")).toMatchObject({
      networkRuleSet: {
        defaultAction: "Deny",
        ipRules: ["20.36.0.0/28", "20.36.0.64", "20.36.0.65", "20.36.1.2"].map((value) => ({
          iPAddressOrRange: value,
        })),
      },
    });
  });

  it("says what is left out, as warnings and as an output", async () => {
    expect(warnings.sort()).toEqual([
      "1 prefix is left out of an IP group: 1 because only IPv4 is documented",
      "1 prefix is left out of the IP rules of a storage account: 1 because IPv6 is not supported",
    ]);
    for (const output of Object.values(example.leftOut)) {
      expect((await settled(output)).map(({ prefix }) => prefix)).toEqual(ipv6);
    }
  });
});
