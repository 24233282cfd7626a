/** What an emulated tenant holds at first. */
import { MsemError } from "../core/errors";
import type { SeedAccount } from "./accounts";
import { ApiProblem } from "./problem";
import type { Store } from "./store";
import { readCreate } from "./validation";

/** A connection that exists from the start; the same properties as in a request that creates one. */
export interface SeedConnection {
  readonly name: string;
  readonly connectorType: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>> & { readonly kind: string };
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Seed {
  readonly connections?: readonly SeedConnection[];
  /** Where a vendor has at least one account, only matching credentials connect; elsewhere any do. */
  readonly accounts?: readonly SeedAccount[];
  /** Default: derived from `ids`. */
  readonly tenantId?: string;
  /** Ids are derived from this text. Default "msem". */
  readonly ids?: string;
}

/** @throws MSEM_CONFIGURATION when a connection is not one that the API would accept, or a name comes twice. */
export function plantSeed(store: Store, seed: Seed | undefined): void {
  for (const account of seed?.accounts ?? []) store.setAccount(account);
  for (const connection of seed?.connections ?? []) {
    const draft = readSeed(connection);
    if (store.byName(draft.name) !== undefined) throw misfit(connection.name, "the name comes twice");
    store.connect(store.create(draft));
  }
}

function readSeed(connection: SeedConnection) {
  try {
    return readCreate(connection);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    throw misfit(
      connection.name,
      (error.options.details ?? []).map(({ target, message }) => `${target} ${message}`).join("; "),
    );
  }
}

function misfit(name: string, why: string): MsemError {
  return new MsemError("MSEM_CONFIGURATION", `the seed's connection "${name}" does not fit: ${why}`);
}
