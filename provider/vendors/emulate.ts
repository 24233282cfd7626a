/**
 * The shape of an emulated product: a store of plain data and routes that answer in the product's own words. Written
 * against the vendor's documents and not against our client: it shares no code with it, so that one mistake cannot hide
 * in both. Who listens, breaks connections and counts is common to all (`emulator/vendor.ts`).
 */
import type { Hono } from "hono";

/** What a route may use. */
export interface EmulatorTools<Store> {
  /** The data of now; changes are kept. */
  readonly store: () => Store;
  readonly now: () => Date;
  /** The next of a row of ids that is the same at every start. */
  readonly nextId: () => string;
}

export interface CallOnTheWire {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface VendorEmulator<Store extends object> {
  /** Folder of the vendor. */
  readonly name: string;
  /** What the emulator stands in for; shown when it starts. */
  readonly displayName: string;
  /** Plain data: it is copied for reset and for stale reads. */
  readonly store: () => Store;
  readonly routes: (tools: EmulatorTools<Store>) => Hono;
  /** An error in the product's own form, for faults that are asked for. */
  readonly problem: (status: number) => Response;
  /**
   * What a call is about where method and path do not tell, as with GraphQL: `GET` for a query, `POST` for a mutation, and
   * a path of its own for each. Faults, stale reads and the record of requests go by it.
   */
  readonly meaning?: (call: CallOnTheWire) => { readonly method: string; readonly path: string };
  /** Header that carries the id of a request; none where the product has none. */
  readonly requestIdHeader?: string;
}

export function defineEmulator<Store extends object>(emulator: VendorEmulator<Store>): VendorEmulator<Store> {
  return emulator;
}
