/** The examples of live targets, each an ordinary project, on the real engine against its emulated product. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createVendorEmulator, type RunningVendor } from "pulumi-msem/emulator";
import { type EngineStack, engineStack } from "../../scripts/engine/stack.ts";
import { few, weekly } from "../cli/allowlist.lab";
import { canary, type TargetProfile } from "../conformance/profile";
import { profiles } from "../conformance/profiles";
import { expectOk, filesContaining } from "../engine/lab";

jest.setTimeout(240_000);

/** Every target has one, and every folder one target. */
const folderOf = ({ descriptor }: TargetProfile) => join("examples", `allowlist-${descriptor.kind.toLowerCase()}`);

it("there is an example for every target, and for nothing else", () => {
  const found = readdirSync("examples").filter((name) => name.startsWith("allowlist-"));
  expect(found.map((name) => join("examples", name)).sort()).toEqual(profiles.map(folderOf).sort());
});

describe.each(profiles)("the example for $descriptor.kind", (profile) => {
  const example = folderOf(profile);
  let folder: string;
  let vendor: RunningVendor<object>;
  let stack: EngineStack;

  beforeAll(async () => {
    vendor = await createVendorEmulator(profile.emulator, { seed: profile.restrict });
    mkdirSync(".work", { recursive: true });
    folder = mkdtempSync(resolve(".work", "example-"));
    const ranges = join(folder, "weekly.json");
    writeFileSync(ranges, weekly(few, 31));
    const project = /^name: (.+)$/m.exec(readFileSync(join(example, "Pulumi.yaml"), "utf8"))?.[1] as string;
    stack = engineStack({
      repository: resolve("."),
      folder,
      project,
      stack: "dev",
      program: resolve(example, "index.ts"),
      workDir: resolve(example),
      config: {
        [`${project}:rangesFile`]: { value: ranges },
        ...configurationOf(profile, vendor.url, project),
      },
    });
  });
  afterAll(async () => {
    await vendor.close();
    const leaks = filesContaining(folder, canary);
    rmSync(folder, { recursive: true, force: true });
    expect(leaks).toEqual([]);
  });

  it("has what a project has", () => {
    for (const name of ["Pulumi.yaml", "README.md", "index.ts", "package.json", "tsconfig.json"]) {
      expect([name, existsSync(join(example, name))]).toEqual([name, true]);
    }
  });

  it("puts the ranges into the product's list, leaves the rest, and has nothing to do the second time", async () => {
    const before = profile.admitted(vendor.store);
    const up = expectOk(await stack.run("up"));
    expect(up.outputs).toMatchObject({ changeNumber: 31 });
    expect(profile.admitted(vendor.store)).toEqual([...new Set([...before, ...few])].sort());
    const preview = expectOk(await stack.run("preview", { refresh: true, expectNoChanges: true }));
    expect(JSON.stringify([up, preview])).not.toContain(canary);
  });
});

/** A profile's target as the stack's configuration: settings by their names, credentials with the product's before them. */
function configurationOf({ descriptor, target }: TargetProfile, url: string, project: string) {
  const { kind, experimental: _, authentication, ...given } = target(url);
  const { kind: _kind, ...signIn } = (authentication ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries({ ...given, ...signIn }).map(([name, value]) => {
      const key = name in descriptor.settings ? name : `${String(kind)}${name[0]?.toUpperCase()}${name.slice(1)}`;
      return [`${project}:${key}`, { value: String(value), secret: !(name in descriptor.settings) }];
    }),
  );
}
