/** An emulated product, a state file and published lists for the tests of `msem allowlist`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ApplyArguments } from "../../provider/cli/allowlist/arguments";
import { defaultVariable, settingFlag } from "../../provider/cli/allowlist/options";
import { type AllowlistIo, runApply, runDrift, runPlan } from "../../provider/cli/allowlist/run";
import { type ManualClock, manualClock } from "../../provider/emulator/clock";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/vendor";
import { targets } from "../../provider/vendors/targets";
import type { TargetProfile } from "../conformance/profile";
import { capture, type Ran, scratch } from "./capture";

/** Public addresses of nobody in particular: the guards refuse those of the documentation in a published list. */
export const few = ["20.36.0.0/28", "20.36.0.64/29", "20.36.1.2/32"];
export const more = [...few, "20.36.2.0/27"];

/** A weekly file with one tag. */
export function weekly(prefixes: readonly string[], changeNumber: number, fileNumber = 100 + changeNumber): string {
  return JSON.stringify({
    changeNumber: fileNumber,
    cloud: "Public",
    values: [
      {
        name: "Scuba",
        id: "Scuba",
        properties: { changeNumber, region: "", platform: "Azure", systemService: "Scuba", addressPrefixes: prefixes },
      },
    ],
  });
}

export interface AllowlistLab {
  readonly profile: TargetProfile;
  readonly vendor: RunningVendor<object>;
  readonly clock: ManualClock;
  readonly folder: string;
  readonly state: string;
  readonly ranges: string;
  /** The credentials, by the default variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Flag to value, as the command line gives it. */
  readonly access: Readonly<Record<string, string>>;
  /** What the command line has, apart from the sub-command and its own options. */
  readonly flags: readonly string[];
  publish(prefixes: readonly string[], changeNumber: number): void;
  admitted(): readonly string[];
  writes(): number;
  plan(args?: Partial<ApplyArguments>, io?: Partial<AllowlistIo>): Promise<Ran>;
  apply(args?: Partial<ApplyArguments>, io?: Partial<AllowlistIo>): Promise<Ran>;
  drift(args?: Partial<ApplyArguments>, io?: Partial<AllowlistIo>): Promise<Ran>;
  close(): Promise<void>;
}

/** A product that is slow to its clients gets through its minutes: commands in processes of their own cannot be told the time. */
const haste = 20;

/** @param real on a clock that runs, for commands in processes of their own; else waits cost no time */
export async function openAllowlistLab(profile: TargetProfile, { real = false } = {}): Promise<AllowlistLab> {
  const clock = manualClock();
  const started = Date.now();
  const hasty = () => started + (Date.now() - started) * haste;
  const vendor = await createVendorEmulator(profile.emulator, {
    seed: profile.restrict,
    clock: real ? { now: () => new Date(hasty()) } : clock,
  });
  const time = real
    ? { now: hasty, sleep: async (ms: number) => void (await wait(Math.ceil(ms / haste))) }
    : { now: () => clock.now().getTime(), sleep: async (ms: number) => clock.advance(ms) };
  const { folder, remove } = scratch();
  const state = join(folder, "state.json");
  const ranges = join(folder, "weekly.json");
  const publish = (prefixes: readonly string[], changeNumber: number) =>
    writeFileSync(ranges, weekly(prefixes, changeNumber));
  publish(few, 1);
  const { access, environment, experimental } = translate(profile, vendor.url);
  const base: ApplyArguments = {
    target: profile.descriptor.kind,
    state,
    ranges,
    tag: "Scuba",
    mode: "additive",
    families: "ipv4,ipv6",
    additional: [],
    caller: [profile.caller],
    startEnforcement: false,
    adopt: false,
    experimental,
    access,
    guardOptions: {},
    format: "text",
    verbose: false,
    yes: true,
  };
  const run =
    (command: (args: ApplyArguments, io: AllowlistIo) => Promise<number>) =>
    (args: Partial<ApplyArguments> = {}, io: Partial<AllowlistIo> = {}) =>
      capture((streams) => command({ ...base, ...args }, { ...streams, env: environment, targets, ...time, ...io }));
  return {
    profile,
    vendor,
    clock,
    folder,
    state,
    ranges,
    environment,
    access,
    flags: [
      ...["--target", profile.descriptor.kind, "--state", state],
      ...(experimental ? ["--experimental"] : []),
      ...Object.entries(access).flat(),
    ],
    publish,
    admitted: () => profile.admitted(vendor.store),
    writes: () => vendor.requests().filter(({ method, path }) => profile.writes(method, path)).length,
    plan: run(runPlan),
    apply: run(runApply),
    drift: run(runDrift),
    close: async () => {
      await vendor.close();
      remove();
    },
  };
}

/** A profile's target argument as a command line has it: settings as options, credentials in the environment. */
function translate({ descriptor, target }: TargetProfile, url: string) {
  const { kind, experimental, authentication, ...given } = target(url);
  const union = authentication as Readonly<Record<string, unknown>> | undefined;
  const access: Record<string, string> = {};
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...given, ...union })) {
    if (name === "kind") access["--authentication"] = String(value);
    else if (name in descriptor.settings) access[settingFlag(name)] = String(value);
    else environment[defaultVariable(String(kind), name)] = String(value);
  }
  return { access, environment, experimental: experimental === true };
}
