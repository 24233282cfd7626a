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
import { canary as listCanary } from "../conformance/profile.ts";
import { profiles } from "../conformance/profiles/index.ts";
import { type ClassCase, canary, classCases } from "./classes.ts";
import { changesOf, expectOk, filesContaining, type Lab, openLab } from "./lab.ts";
import type { ImportedProgram } from "./programs/imported.ts";

jest.setTimeout(240_000);

type Given = Readonly<Record<string, unknown>>;
type Texts = Record<string, string>;

const byValue = ({ name }: { name: string }) => `${name} by value`;
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

function descriptorOf({ connectorType }: ClassCase): ProductAccess {
  const found = connectors.find(({ type }) => type === connectorType);
  if (found === undefined) throw new Error(connectorType);
  return found;
}

const seeded = (one: ClassCase, name: string): SeedConnection => {
  const { settings, credentials } = parted(descriptorOf(one), one.args);
  return { name, connectorType: one.connectorType, settings, credentials: credentials as SeedConnection["credentials"] };
};

const published = ["20.1.0.0/29", "20.1.0.16/31", "20.1.0.44/32"];
const adopted = { apiServer: "qualysapi.qualys.eu", username: "by-hand", password: `${canary}-adopted` };
const environment: Texts = { LAB_ADOPTED: adopted.password };
const configuration: Texts = {};
for (const one of classCases) {
  const { credentials, secrets } = parted(descriptorOf(one), one.args);
  for (const field of secrets) {
    environment[upperSnake(one.name, field)] = credentials[field] ?? "";
    configuration[`${camel(byValue(one))}${capital(field)}`] = credentials[field] ?? "";
  }
}

let outside: string;
let lab: Lab<ImportedProgram>;
const vendors: RunningVendor<object>[] = [];
const writesOf: (() => number)[] = [];

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
      vendors.push(vendor);
      writesOf.push(() => vendor.requests().filter(({ method, path }) => profile.writes(method, path)).length);
      const { kind: _kind, experimental, ...args } = profile.target(vendor.url);
      const { settings, credentials, secrets } = parted(descriptor, args);
      const { kind, ...fields } = credentials;
      const shown: Given = {
        ...(hasAuthenticationUnion(descriptor) ? { kind } : {}),
        ...fields,
        ...Object.fromEntries(secrets.map((field) => [field, { fromEnvironment: upperSnake("list", descriptor.kind) }])),
      };
      for (const field of secrets) {
        environment[upperSnake("list", descriptor.kind)] = credentials[field] ?? "";
        configuration[`${camel(name(descriptor.kind))}${capital(field)}`] = credentials[field] ?? "";
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
    MSEM_TOKEN: lab.emulator.tokens.securityReader,
  });
const generated = (folder: string, file: string) => join(outside, folder, file);

beforeAll(async () => {
  outside = mkdtempSync(resolve(".work", "import-"));
});

afterAll(async () => {
  await Promise.all(vendors.map((vendor) => vendor.close()));
  await lab.close();
  rmSync(outside, { recursive: true, force: true });
});

it("goes from what exists to a program whose preview shows no change, or just the credentials", async () => {
  const plain = await products("Scuba", (kind) => kind);
  const valued = await products("Other", (kind) => `${kind} by value`);
  lab = await openLab<ImportedProgram>({
    program: "imported",
    environment,
    emulator: {
      seed: {
        connections: [
          ...classCases.flatMap((one) => [seeded(one, one.name), seeded(one, byValue(one))]),
          {
            name: "by hand",
            connectorType: "qualys",
            settings: { apiServer: adopted.apiServer },
            credentials: { kind: "basic", username: adopted.username, password: adopted.password },
          },
        ],
      },
    },
  });
  const at = { endpoint: lab.emulator.url };
  environment.LAB_TOKEN = lab.emulator.tokens.securityOperator;
  expectOk(await lab.run("up", at));

  const named = (name: (one: ClassCase) => string) => classCases.flatMap((one) => ["--name", name(one)]);
  const [first, second] = await Promise.all([
    msem(
      ...named(({ name }) => name),
      ...["--credentials", "fromEnvironment", "--out", join(outside, "plain"), "--json"],
      ...["--targets", plain.targets, "--ranges", plain.ranges],
    ),
    msem(
      ...named(byValue),
      ...["--provider", "tenant", "--out", join(outside, "valued")],
      ...["--targets", valued.targets, "--ranges", valued.ranges, "--tag", "Other"],
    ),
  ]);
  expect([first.code, second.code, first.stderr, second.stderr]).toEqual([0, 0, expect.anything(), expect.anything()]);
});
