/** An emulated Exposure Management tenant that speaks the Connection API. It is not the Microsoft service. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type RoleName, roles } from "../connections/roles";
import { MsemError } from "../core/errors";
import { type Admin, createAdmin, mountAdmin } from "./admin";
import { createApp } from "./app";
import { type Clock, systemClock } from "./clock";
import { errorCode } from "./errorCode";
import { createFaults, type Fault, type Faults } from "./faults";
import { defaultLatency, type Latency } from "./machine";
import { plantSeed, type Seed } from "./seed";
import { createHttpServer, type RequestRecord } from "./server";
import { readTenant, writeTenant } from "./stateFile";
import { createStore, newTenant, type Store, type TenantData } from "./store";
import { createThrottle, type Throttle } from "./throttle";
import { createTokenAuthority, type TokenOptions } from "./tokens";

export type { SeedAccount } from "./accounts";
export type { FailureReason, OutOfBandChange } from "./admin";
export { type Clock, type ManualClock, manualClock, systemClock } from "./clock";
export type { Fault, FaultEffect, FaultStatus, Faults } from "./faults";
export { type GraphStore, graphEmulator } from "./graph";
export { identityPath } from "./identity";
export { type KeyVaultStore, keyVaultEmulator } from "./keyVault";
export type { Latency } from "./machine";
export type { Seed, SeedConnection } from "./seed";
export type { RequestRecord } from "./server";
export {
  createServiceTagsEmulator,
  type PublishingBehaviour,
  type PublishingCloud,
  type PublishingRequest,
  type ServiceTagsEmulator,
  type ServiceTagsEmulatorOptions,
} from "./serviceTags";
export type { Throttle } from "./throttle";
export type { TokenOptions } from "./tokens";
export { createVendorEmulator, type RunningVendor, type VendorEmulatorOptions } from "./vendor";

/** Requests that are remembered for {@link Emulator.requests}. */
const rememberedRequests = 10_000;

export interface EmulatorOptions {
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** What the tenant holds at first and after a reset. With a seed, ids are the same at every start. */
  readonly seed?: Seed;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Enables the admin routes; a list is armed from the start. Default false: the routes do not exist. */
  readonly faults?: boolean | readonly Fault[];
  /** Keeps the tenant over a restart. What is in the file wins over the seed. Default: nothing is kept. */
  readonly stateFile?: string;
  /** How long things take; see {@link Latency} for units and defaults. */
  readonly latency?: Partial<Latency>;
  /** Default: as many calls as come. */
  readonly throttle?: Throttle;
  /** Answers 201 and 200 instead of 202 where `latency.connectMs` is 0. Default false. */
  readonly synchronous?: boolean;
  /** Gets method, path, status and request id of every call; never a header, a query or a body. Default: nobody. */
  readonly log?: (line: string) => void;
}

export interface Emulator extends Admin {
  /** Without a slash at its end. */
  readonly url: string;
  readonly tenantId: string;
  /** One token per role, good for a year. */
  readonly tokens: Readonly<Record<RoleName, string>>;
  readonly faults: Faults;
  /** Makes another token: expired, without roles, with several, of another tenant. */
  mint(options: TokenOptions): string;
  /** Back to the seed. Tokens stay good; faults are as they were at the start. */
  reset(): void;
  /** Stops listening, breaks what is open, writes the state file. */
  close(): Promise<void>;
}

/**
 * Starts an emulator.
 *
 * @throws MSEM_CONFIGURATION when the port is taken, the state file is not one of ours, or the seed does not fit.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? (() => undefined);
  const latency: Latency = { ...defaultLatency, ...options.latency };
  const closing = new AbortController();
  const initialFaults = Array.isArray(options.faults) ? options.faults : [];
  const faults = createFaults(initialFaults);

  const fresh = newTenant(
    clock,
    options.seed === undefined ? undefined : (options.seed.ids ?? "msem"),
    options.seed?.tenantId,
  );
  const kept = options.stateFile === undefined ? undefined : readTenant(options.stateFile);
  const identity: TenantData = kept ?? fresh;
  let store: Store = createStore(identity, clock, latency);
  if (kept === undefined) plantSeed(store, options.seed);
  let requests: RequestRecord[] = [];
  let throttle = createThrottle(options.throttle, clock);

  const save = () => {
    if (store.takeDirty() && options.stateFile !== undefined) writeTenant(options.stateFile, store.snapshot());
  };
  const reset = () => {
    const { tenantId, key, salt, issuedAt } = identity;
    store = createStore({ ...fresh, tenantId, key, salt, issuedAt }, clock, latency);
    plantSeed(store, options.seed);
    faults.set(initialFaults);
    requests = [];
    throttle = createThrottle(options.throttle, clock);
    store.markDirty();
    save();
  };

  const authority = createTokenAuthority({ ...identity, clock });
  const admin = createAdmin(
    () => store,
    () => requests,
    save,
  );
  const app = createApp({
    store: () => store,
    authority,
    faults,
    clock,
    throttle: () => throttle(),
    synchronous: options.synchronous ?? false,
    closing: closing.signal,
    log,
  });
  if (options.faults !== undefined && options.faults !== false) mountAdmin(app, admin, faults, reset);
  const server = createHttpServer({
    answer: (request, exchange) => app.fetch(request, exchange),
    save,
    record: (request) => {
      requests.push(request);
      if (requests.length > rememberedRequests) requests.shift();
    },
    log,
    headers: (requestId, { "x-ms-client-request-id": clientId }) => ({
      "x-ms-request-id": requestId,
      ...(typeof clientId === "string" && clientId.length <= 128 ? { "x-ms-client-request-id": clientId } : {}),
    }),
  });

  // Written at once, so that the tokens that are printed survive whatever happens next.
  store.markDirty();
  save();
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw cannotListen(host, options.port ?? 0, error);
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  log(
    `emulator of the Connection API at ${url}: not the real Microsoft service, and nothing is sent to Microsoft or to any vendor`,
  );

  return {
    ...admin,
    url,
    tenantId: identity.tenantId,
    tokens: tokensOf((role) => authority.mint({ roles: [role] })),
    faults: { set: faults.set, add: faults.add, clear: faults.clear, list: faults.list },
    mint: authority.mint,
    reset,
    close: async () => {
      closing.abort();
      const closed = server.listening ? once(server, "close") : Promise.resolve();
      server.close();
      server.closeAllConnections();
      await closed;
      save();
    },
  };
}

function tokensOf(mint: (role: RoleName) => string): Record<RoleName, string> {
  const names = Object.keys(roles) as RoleName[];
  return Object.fromEntries(names.map((role) => [role, mint(role)])) as Record<RoleName, string>;
}

function cannotListen(host: string, port: number, error: unknown): MsemError {
  const code = errorCode(error);
  return new MsemError("MSEM_CONFIGURATION", `the emulator cannot listen on ${host} port ${port} (${code})`, {
    hint:
      code === "EADDRINUSE"
        ? "Something listens there already: choose another port, or 0 for any free one."
        : "Choose another address or port.",
  });
}
