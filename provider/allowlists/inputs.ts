/** An allowlist's inputs as check accepts them, and its state as the engine keeps it. */

import type { ActionRequired } from "../core/handOffText";
import type { Family } from "../core/ip/index";
import type { Owner } from "../core/ownership";
import { readVersioned } from "../core/state";

/** `kind`, the settings, and the credential fields (or `authentication`) of the target. */
export interface TargetInputs {
  readonly kind: string;
  readonly experimental?: boolean;
  readonly [argument: string]: unknown;
}

/** What was there when we looked last: whether a list fits is judged by it before anything is asked of the product. */
export interface LastSeen {
  /** Entries that are not ours. */
  readonly foreign: number;
  /** Lists that are not ours, where the product has several. */
  readonly foreignLists?: number;
}

export interface AllowlistInputs {
  readonly target: TargetInputs;
  readonly mode: "additive" | "exclusive";
  readonly families: readonly Family[];
  readonly startEnforcement: boolean;
  readonly adopt: boolean;
  readonly callerPrefixes?: readonly string[];
  readonly guards?: Readonly<Record<string, unknown>>;
  /** Ids of connections to test from the service after a change. */
  readonly verifyConnections?: readonly string[];
  readonly serviceTag: string;
  /** Of the service tag: rises whenever its prefixes change. */
  readonly changeNumber?: number;
  /** Canonical prefix → why it is there. What was observed, when read. Only inputs make drift. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** RFC 3339, where a person has to do it: when somebody did what was asked by then. */
  readonly confirmed?: string;
  /** From the program side: provider methods are told neither project nor stack nor name. */
  readonly owner?: Owner;
  readonly __seen?: LastSeen;
}

/** Version of the shape below. Raise it with an upgrade step in `readState` and a fixture of the version before. */
export const stateVersion = 1;

export interface AllowlistState extends AllowlistInputs {
  readonly stateVersion: number;
  /** Which list of which product. */
  readonly place: string;
  /** Blocks that we added, where nothing in the product tells. */
  readonly owned: readonly string[];
  /** `applied`; for a product without an API `actionRequired`, or `confirmed`: somebody says that it is done. */
  readonly status: "applied" | "actionRequired" | "confirmed";
  /** What a person has to do. `null` when there is nothing to do; absent where the list is written by itself. */
  readonly actionRequired?: ActionRequired | null;
  /** RFC 3339: the confirmation that counted last. `null` while nothing was ever confirmed. */
  readonly confirmedDateTime?: string | null;
  /** For pasting, where a person has to do it: one prefix a line. */
  readonly paste?: string;
  /** Connection id → `ok`, or why the test from the service failed. */
  readonly verification?: Readonly<Record<string, string>>;
}

/** @throws MSEM_FAULT for state of a newer release; see {@link readVersioned} */
export function readState(raw: Readonly<Record<string, unknown>>): AllowlistState | undefined {
  return readVersioned<AllowlistState>(raw, stateVersion);
}

/** Logical name, for messages. */
export function nameOf({ owner }: Pick<AllowlistInputs, "owner">): string {
  return owner?.name ?? "allowlist";
}
