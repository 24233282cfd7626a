/** A target against its emulator over real HTTP, on one clock for both, which waits move on. */
import { openAccount } from "../../provider/allowlists/account";
import { carryOut, type Outcome } from "../../provider/allowlists/carryOut";
import type { AllowlistInputs } from "../../provider/allowlists/inputs";
import { type Prefix, parsePrefix } from "../../provider/core/ip/index";
import type { Policy } from "../../provider/core/targets/plan";
import { type ManualClock, manualClock } from "../../provider/emulator/clock";
import type { RequestRecord } from "../../provider/emulator/server";
import { createVendorEmulator, type RunningVendor } from "../../provider/emulator/vendor";
import { targets } from "../../provider/vendors/targets";
import type { TargetProfile } from "../conformance/profile";

export interface TargetLab<Store> {
  readonly vendor: RunningVendor<Store>;
  readonly clock: ManualClock;
  /** Milliseconds that the client waited. */
  readonly waits: readonly number[];
  readonly warnings: string[];
  /** Makes the list what is wanted. Remembers what is ours where only state tells. */
  apply(prefixes: readonly string[], options?: ApplyOptions): Promise<Outcome>;
  admitted(): readonly string[];
  /** Calls that write, since the start or the last time. */
  writes(): readonly RequestRecord[];
  close(): Promise<void>;
}

export interface ApplyOptions {
  readonly policy?: Partial<Policy>;
  /** Name of the resource. */
  readonly name?: string;
  /** Instead of, or besides, what the profile gives. */
  readonly target?: Readonly<Record<string, unknown>>;
}

export async function openTarget<Store extends object>(
  profile: TargetProfile,
  seed: (store: Store) => void = profile.restrict as (store: Store) => void,
): Promise<TargetLab<Store>> {
  const clock = manualClock();
  const waits: number[] = [];
  const warnings: string[] = [];
  const owned = new Map<string, readonly string[]>();
  const vendor = (await createVendorEmulator(profile.emulator, {
    clock,
    seed: seed as (store: object) => void,
  })) as RunningVendor<Store>;
  let counted = 0;
  return {
    vendor,
    clock,
    waits,
    warnings,
    async apply(prefixes, { policy, name = "list", target } = {}) {
      const inputs = {
        target: { ...profile.target(vendor.url), ...target },
        owner: { project: "shop", stack: "prod", name },
      } as unknown as AllowlistInputs;
      const account = openAccount(inputs, {
        targets,
        now: () => clock.now().getTime(),
        sleep: async (ms) => {
          waits.push(ms);
          clock.advance(ms);
        },
        environment: () => undefined,
        warn: (message) => void warnings.push(message),
        testConnection: async () => "ok",
      });
      const outcome = await carryOut(
        account,
        {
          desired: Object.fromEntries(prefixes.map((prefix) => [prefix, "Scuba"])),
          owned: new Set(owned.get(name)),
          policy: { mode: "additive", startEnforcement: false, adopt: false, caller: [], ...policy },
          known: owned.get(name) ?? [],
        },
        {
          warn: (message) => void warnings.push(message),
          sleep: async (ms) => {
            waits.push(ms);
            clock.advance(ms);
          },
        },
      );
      owned.set(name, outcome.owned);
      return outcome;
    },
    admitted: () => profile.admitted(vendor.store),
    writes() {
      const all = vendor.requests().filter(({ method, path }) => profile.writes(method, path));
      const fresh = all.slice(counted);
      counted = all.length;
      return fresh;
    },
    close: () => vendor.close(),
  };
}

/** So many prefixes that touch no other test's: 10.0.0.0/28, 10.0.0.32/28, … */
export function prefixes(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (from + index) * 32;
    return `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}/28`;
  });
}

/** A prefix for `policy.caller`. */
export function callerAt(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}
