/** The shape of a live target: how one product keeps its allowlist. Plans, guards and tests are common to all. */
import type { Credentials } from "../connector/credentials";
import type { ProductAccess } from "../connector/define";
import type { Capability } from "./capability";
import type { ObservedAllowlist } from "./entries";
import type { Plan } from "./plan";

/** What a target needs of its surroundings; nothing below a front end reads a global. */
export interface TargetSurroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds that one request may take. */
  readonly requestTimeoutMs?: number;
}

/** One product's list, with the account that reads and writes it. */
export interface TargetAccount {
  /** By argument name, defaults filled in. */
  readonly settings: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** What marks an entry or a list as ours: names project, stack and resource. */
  readonly mark: string;
}

export interface TargetSession {
  read(): Promise<ObservedAllowlist>;
  /**
   * Carries out exactly the plan's changes, in their order. Where the product has several lists: new ones, then
   * additions to lists that have room, then lists in which old entries make room for new ones, then removals.
   *
   * @param observed what `read` gave, and the plan was made from
   */
  write(plan: Plan, observed: ObservedAllowlist): Promise<void>;
}

export interface TargetDescriptor extends ProductAccess {
  /** `kind` of the argument. Never changes: it is in state. */
  readonly kind: string;
  readonly displayName: string;
  readonly vendor: string;
  readonly capability: Capability;
  /** Why it works only with `experimental: true`; absent for what is documented. */
  readonly experimental?: string;
  /** Roles and rights that the account needs. */
  readonly prerequisites: readonly string[];
  readonly documentationUrl: string;
  /** Names the list, not the account: two resources of the same place wait for each other, another place is another list. */
  readonly place: (settings: Readonly<Record<string, string>>) => string;
  readonly open: (account: TargetAccount, surroundings: TargetSurroundings) => TargetSession;
  /** Name of our n-th list, from 1, where the product has several. */
  readonly listName?: (mark: string, ordinal: number) => string;
}

/** Checks the descriptor at load, so that a mistake in a vendor's table is found by any test that loads it. */
export function defineTarget(target: TargetDescriptor): TargetDescriptor {
  const { capability, kind, listName } = target;
  if ((capability.granularity.kind === "lists") !== (listName !== undefined)) {
    throw new Error(`${kind}: a target with several lists names them, and no other does`);
  }
  if (capability.ownership === "list" && capability.granularity.kind !== "lists") {
    throw new Error(`${kind}: only a target with several lists can own one`);
  }
  return target;
}
