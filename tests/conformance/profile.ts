/** How one target takes part in the suites that are common to all: the engine's, the conformance suite, the property tests. */
import type { TargetDescriptor } from "../../provider/core/targets/target";
import type { VendorEmulator } from "../../provider/vendors/emulate";

export interface TargetProfile<Store extends object = object> {
  readonly descriptor: TargetDescriptor;
  readonly emulator: VendorEmulator<Store>;
  /** The `target` argument, with credentials that the emulator knows. `canary` stands in every secret. */
  readonly target: (url: string) => Readonly<Record<string, unknown>>;
  /** Makes those credentials known, and the list one in force that lets the caller in. */
  readonly restrict: (store: Store) => void;
  /** Makes those credentials known, and the list one that restricts nobody. */
  readonly unrestrict: (store: Store) => void;
  /** Canonical texts of what lets somebody in now, sorted as texts. */
  readonly admitted: (store: Store) => readonly string[];
  /** Somebody else adds an entry. Canonical text. */
  readonly addForeign: (store: Store, block: string) => void;
  /** Somebody else removes an entry, ours or another's. */
  readonly remove: (store: Store, block: string) => void;
  /** Methods of calls that write. */
  readonly writes: (method: string, path: string) => boolean;
  /** The caller's own address, which `restrict` puts into the list. */
  readonly caller: string;
  /**
   * Entries on one page of an answer, where the product gives them in pages: the suite goes to, under and over it.
   * Absent: one answer holds all.
   */
  readonly pageSize?: number;
  /** Ends every token that was given, where the product gives tokens. */
  readonly expireTokens?: (store: Store) => void;
  /** Named lists that are there, where the product has several. Default: as many as full ones would be. */
  readonly lists?: (store: Store) => number;
}

/** Stands in every secret of a profile; found nowhere but in credentials. */
export const canary = "canary-7c2e41";

export function defineProfile<Store extends object>(profile: TargetProfile<Store>): TargetProfile {
  return profile as unknown as TargetProfile;
}
