/** How one product's pre-flight takes part in the tests that are common to all. */
import type { PreflightResult } from "../../../provider/core/preflight";
import type { Fault } from "../../../provider/emulator/faults";
import type { VendorEmulator } from "../../../provider/vendors/emulate";
import type { PreflightDefinition } from "../../../provider/vendors/preflight";

/** What brings about a result, and what the report then says. */
export interface Cell<Store extends object> {
  readonly change?: Partial<Store>;
  readonly faults?: readonly Fault[];
  /** Instead of the profile's. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Instead of the profile's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Name of the check that finds it. */
  readonly check: string;
  /** Stands in `found`, `says` or `todo` of that check. */
  readonly words?: readonly (string | RegExp)[];
}

export interface PreflightProfile<Store extends object = object> {
  readonly definition: PreflightDefinition;
  readonly emulator: VendorEmulator<Store>;
  /** A connector's inputs with a credential that the emulator does not know yet. `canary` stands in every secret. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes that credential known. */
  readonly admit: (store: Store) => void;
  /** Every result that is not impossible, once or more. */
  readonly reach: Partial<Readonly<Record<PreflightResult, readonly Cell<Store>[]>>>;
}

export const canary = "canary-41c9ab";

export function defineProfile<Store extends object>(profile: PreflightProfile<Store>): PreflightProfile {
  return profile as unknown as PreflightProfile;
}

/** Strikes each call of a path, or of all. */
export function always(effect: Fault["effect"], path?: string): readonly Fault[] {
  return [{ when: path === undefined ? {} : { path }, effect, times: 1_000 }];
}
