/**
 * From what exists to a program that changes nothing: every connector class and every live target, with credentials by
 * reference and by value, in one stack and one `pulumi import`.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { createVendorEmulator, type RunningVendor, type SeedConnection } from "pulumi-msem/emulator";
import { hasAuthenticationUnion, type ProductAccess } from "../../provider/core/connector/define";
import { connectors } from "../../provider/vendors";
import { canary as listCanary, type TargetProfile } from "../conformance/profile.ts";
import { profiles } from "../conformance/profiles/index.ts";
import { type ClassCase, canary, classCases } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab } from "./lab.ts";
import type { ImportedProgram } from "./programs/imported.ts";

jest.setTimeout(240_000);

type Given = Readonly<Record<string, unknown>>;
type Texts = Record<string, string>;

const canaries = [canary, listCanary];
const byValueName = (name: string) => `${name} by value`;
const upperSnake = (...names: string[]) =>
  names
    .join("_")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
const camel = (text: string) => text.replace(/[ -]+(.)/g, (_, letter: string) => letter.toUpperCase());
const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Flat arguments, as the contract and the file of products have them: settings, and credentials with their kind. */
function parted(access: ProductAccess, args: Given): { settings: Texts; credentials: Texts; secrets: string[] } {
  const union = hasAuthenticationUnion(access);
  const given = (union ? args.authentication : args) as Texts;
  const way = access.authentication.find(({ kind }) => !union || kind === given.kind);
  const fields = Object.entries(way?.fields ?? {});
  const pick = (from: Given, names: string[]) =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : []))) as Texts;
  return {
    settings: pick(args, Object.keys(access.settings)),
    credentials: {
      kind: way?.kind ?? "",
      ...pick(
        given,
        fields.map(([name]) => name),
      ),
    },
    secrets: fields.filter(([, { secret }]) => secret).map(([name]) => name),
  };
}

function descriptorOf({ connectorType }: Pick<ClassCase, "connectorType">): ProductAccess {
  const found = connectors.find(({ type }) => type === connectorType);
  if (found === undefined) throw new Error(connectorType);
  return found;
}

function seeded(one: Pick<ClassCase, "connectorType" | "args">, name: string): SeedConnection {
  const { settings, credentials } = parted(descriptorOf(one), one.args);
  return {
    name,
    connectorType: one.connectorType,
    settings,
    credentials: credentials as SeedConnection["credentials"],
  };
}

const published = ["20.1.0.0/29", "20.1.0.16/31", "20.1.0.44/32"];
const adopted = {
  name: "by hand",
  args: { apiServer: "qualysapi.qualys.eu", username: "by-hand", password: `${canary}-adopted` },
};
const connections = [
  ...classCases.flatMap((one) => [seeded(one, one.name), seeded(one, byValueName(one.name))]),
  seeded({ connectorType: "qualys", args: adopted.args }, adopted.name),
];

/** Secrets as the generated programs ask for them, and what a preview says of those by value. */
const environment: Texts = {};
const configuration: Texts = {};
const credentialsByValue: string[] = [];
for (const one of classCases) {
  const { credentials, secrets } = parted(descriptorOf(one), one.args);
  for (const field of secrets) {
    environment[upperSnake(one.name, field)] = credentials[field] ?? "";
    configuration[`${camel(byValueName(one.name))}${capital(field)}`] = credentials[field] ?? "";
    const path = hasAuthenticationUnion(descriptorOf(one)) ? `authentication.${field}` : field;
    credentialsByValue.push(`${byValueName(one.name)}: update [${path}]`);
  }
}

let outside: string;
let lab: Lab<ImportedProgram>;
const vendors: { readonly profile: TargetProfile; readonly vendor: RunningVendor<object> }[] = [];

/** Products whose list has what is published, and more; and the file that names them. */
async function products(tag: string, name: (kind: string) => string): Promise<{ targets: string; ranges: string }> {
  const entries = await Promise.all(
    profiles.map(async (profile) => {
      const { descriptor } = profile;
      const vendor = await createVendorEmulator(profile.emulator, {
        seed: (store) => {
          profile.restrict(store);
          for (const prefix of published) profile.addForeign(store, prefix);
        },
      });
      vendors.push({ profile, vendor });
      const { kind: _kind, experimental, ...args } = profile.target(vendor.url);
      const { settings, credentials, secrets } = parted(descriptor, args);
      const { kind, ...fields } = credentials;
      const union = hasAuthenticationUnion(descriptor);
      const shown: Given = {
        ...(union ? { kind } : {}),
        ...fields,
        ...Object.fromEntries(
          secrets.map((field) => [field, { fromEnvironment: upperSnake("list", descriptor.kind) }]),
        ),
      };
      for (const field of secrets) {
        environment[upperSnake("list", descriptor.kind)] = credentials[field] ?? "";
        configuration[`${camel(name(descriptor.kind))}Allowlist${capital(field)}`] = credentials[field] ?? "";
        if (tag === "Other") {
          credentialsByValue.push(
            `${name(descriptor.kind)}: update [target.${union ? "authentication." : ""}${field}]`,
          );
        }
      }
      return { name: name(descriptor.kind), kind: descriptor.kind, settings, credentials: shown, experimental };
    }),
  );
  const [targets, ranges] = [join(outside, `${tag}-products.json`), join(outside, `${tag}.json`)];
  writeFileSync(targets, JSON.stringify(entries));
  const properties = { changeNumber: 7, region: "", platform: "Azure", systemService: tag, addressPrefixes: published };
  writeFileSync(ranges, JSON.stringify({ name: tag, id: tag, properties }));
  return { targets, ranges };
}

const msem = (...args: string[]) =>
  lab.command(process.execPath, [resolve("provider/bin/msem.js"), "import", ...args], {
    environment: { MSEM_TOKEN: lab.emulator.tokens.securityReader },
  });
const programs = () => ["plain", "valued"].map((folder) => join(outside, folder, "imported.ts"));
const stage = ([plain, withProvider]: string[] = [], adopt?: typeof adopted): ImportedProgram => ({
  endpoint: lab.emulator.url,
  token: lab.emulator.tokens.securityOperator,
  ...(plain === undefined ? {} : { plain }),
  ...(withProvider === undefined ? {} : { withProvider }),
  ...(adopt === undefined ? {} : { adopted: adopt }),
});

beforeAll(async () => {
  outside = mkdtempSync(resolve(".work", "import-"));
});

afterAll(async () => {
  await Promise.all(vendors.map(({ vendor }) => vendor.close()));
  await lab.close();
  rmSync(outside, { recursive: true, force: true });
});

it("writes an import file and a program of both, without any credential", async () => {
  const plain = await products("Scuba", (kind) => kind);
  const valued = await products("Other", byValueName);
  lab = await openLab<ImportedProgram>({ program: "imported", environment, emulator: { seed: { connections } } });
  expectOk(await lab.run("up", stage()));

  const named = (name: (one: ClassCase) => string) => classCases.flatMap((one) => ["--name", name(one)]);
  const runs = await Promise.all([
    msem(
      ...named(({ name }) => name),
      ...["--credentials", "fromEnvironment", "--out", join(outside, "plain")],
      ...["--targets", plain.targets, "--ranges", plain.ranges],
    ),
    msem(
      ...named(({ name }) => byValueName(name)),
      ...["--provider", "tenant", "--out", join(outside, "valued")],
      ...["--targets", valued.targets, "--ranges", valued.ranges, "--tag", "Other"],
    ),
  ]);
  const said = runs.map(({ code, stdout }) => [code, stdout.trim().split("\n").at(-1)]);
  const resources = classCases.length + profiles.length;
  expect(said).toEqual([
    [0, "The preview shows no change."],
    [0, `The preview shows just the credentials of ${resources} resources, which the next up sends.`],
  ]);
  expect(canaries.flatMap((one) => filesContaining(outside, one))).toEqual([]);
});

it("writes programs that a strict compiler accepts", async () => {
  const settings = {
    extends: resolve("tsconfig.json"),
    compilerOptions: { module: "nodenext", moduleResolution: "nodenext", types: ["node"] },
    include: programs(),
    exclude: [],
  };
  const file = join(outside, "tsconfig.json");
  writeFileSync(file, JSON.stringify(settings));
  const compiler = resolve("node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, "-p", file]).catch((error) => error);
  expect(stdout).toBe("");
});

it("imports all of it at once, without a word against it", async () => {
  const secrets = Object.entries(configuration).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
  expect(await lab.command("pulumi", ["config", "set-all", ...secrets, "--stack", "test"])).toMatchObject({ code: 0 });
  const [plain, valued] = ["plain", "valued"].map((folder) =>
    JSON.parse(readFileSync(join(outside, folder, "import.json"), "utf8")),
  );
  const both = { nameTable: valued.nameTable, resources: [...plain.resources, ...valued.resources] };
  const file = join(outside, "import.json");
  writeFileSync(file, JSON.stringify(both));
  // The other operations run inline; this one needs a language host.
  writeFileSync(join(lab.projectFolder, "Pulumi.yaml"), "name: lab\nruntime: yaml\n");
  const imported = await lab.command("pulumi", [
    ...["import", "--file", file, "--generate-code=false", "--protect=false"],
    ...["--yes", "--skip-preview", "--stack", "test"],
  ]);
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining(`= ${both.resources.length} imported`) });
  const warnings = imported.stdout
    .split("\n")
    .filter((line) => /warning:/.test(line) && !/pulumi-language-/.test(line));
  expect(warnings).toEqual([]);
});

it("then shows no change where credentials are references, and just the credentials where they are values", async () => {
  const preview = expectOk(await lab.run("preview", stage(programs())));
  expect(changesOf(preview)).toEqual(credentialsByValue.toSorted());
});

it("sends just those, takes over without an import what is declared with adopt, and is in sync", async () => {
  const sent = () =>
    lab.emulator
      .requests()
      .filter(({ method }) => method === "PATCH")
      .map(({ path }) => lab.emulator.connections().find(({ id }) => path.endsWith(id))?.name)
      .sort();
  expect(sent()).toEqual([]);
  expectOk(await lab.run("up", stage(programs(), adopted)));
  expect(sent()).toEqual([...classCases.map(({ name }) => byValueName(name)), adopted.name].sort());
  expect(
    vendors.flatMap(({ vendor, profile }) =>
      vendor.requests().filter(({ method, path }) => profile.writes(method, path)),
    ),
  ).toEqual([]);
  expectOk(await lab.run("preview", stage(programs(), adopted), { refresh: true, expectNoChanges: true }));
});
