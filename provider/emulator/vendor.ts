/** Runs an emulated product: listens, strikes with faults, counts requests. The same for every vendor. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { VendorEmulator } from "../vendors/emulate";
import { type Clock, systemClock } from "./clock";
import { type Exchange, pause } from "./exchange";
import { createFaults, type Fault, type Faults } from "./faults";
import { createHttpServer, type RequestRecord, type Tls } from "./server";

export interface VendorEmulatorOptions<Store> {
  /** Default 0: any free port of this machine. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly faults?: readonly Fault[];
  /** Changes the data that it starts with. */
  readonly seed?: (store: Store) => void;
  /** Gets method, path and status of every call; never a header, a query or a body. */
  readonly log?: (line: string) => void;
  /** Speaks https. Default: http. */
  readonly tls?: Tls;
}

export interface RunningVendor<Store> {
  /** Without a slash at its end. */
  readonly url: string;
  /** The data of now: read it to judge, change it to act behind everybody's back. */
  readonly store: Store;
  readonly faults: Faults;
  requests(): readonly RequestRecord[];
  /** When no call is under way: what a caller gave up on has taken effect by then. */
  settled(): Promise<void>;
  /** Back to the seed, without faults and requests. */
  reset(): void;
  /** Remembers the data of now. What it returns brings them back as `reset` does the seed, as often as it is called. */
  snapshot(): () => void;
  close(): Promise<void>;
}

export async function createVendorEmulator<Store extends object>(
  vendor: VendorEmulator<Store>,
  options: VendorEmulatorOptions<Store> = {},
): Promise<RunningVendor<Store>> {
  const clock = options.clock ?? systemClock;
  const closing = new AbortController();
  const faults = createFaults(options.faults);
  const fresh = (): Store => {
    const store = vendor.store();
    options.seed?.(store);
    return store;
  };
  let store = fresh();
  let before = structuredClone(store);
  let requests: RequestRecord[] = [];
  let ids = 0;
  const restart = (data: Store, idsThen: number): void => {
    store = data;
    before = structuredClone(data);
    requests = [];
    ids = idsThen;
    faults.clear();
  };
  const tools = (shown: () => Store) => ({
    store: shown,
    now: () => clock.now(),
    nextId: () => (++ids).toString(16).padStart(32, "0"),
  });
  const present = vendor.routes(tools(() => store));
  const past = vendor.routes(tools(() => before));

  const underWay = new Set<Promise<unknown>>();
  const respond = async (request: Request, exchange: Exchange): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const wire = { method: request.method, path: pathname };
    const call = vendor.meaning?.({ ...wire, body: exchange.body?.toString("utf8") ?? "" }) ?? wire;
    exchange.meaning = call;
    const effect = faults.take(call);
    if (effect !== undefined) exchange.effect = effect;
    const struck = await strike(vendor, exchange, closing.signal);
    if (struck !== undefined) return struck;
    const whole = withBody(request, exchange.body);
    if (effect?.kind === "staleRead") return past.fetch(whole);
    if (call.method !== "GET") before = structuredClone(store);
    return present.fetch(whole);
  };
  const answer = (request: Request, exchange: Exchange): Promise<Response> => {
    const response = respond(request, exchange).finally(() => underWay.delete(response));
    underWay.add(response);
    return response;
  };
  const server = createHttpServer({
    answer,
    save: () => undefined,
    record: (request) => void requests.push(request),
    log: options.log ?? (() => undefined),
    headers: (requestId) => (vendor.requestIdHeader === undefined ? {} : { [vendor.requestIdHeader]: requestId }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    get store() {
      return store;
    },
    faults,
    requests: () => requests,
    settled: async () => {
      await Promise.allSettled(underWay);
    },
    reset: () => restart(fresh(), 0),
    snapshot: () => {
      const kept = structuredClone(store);
      const idsThen = ids;
      return () => restart(structuredClone(kept), idsThen);
    },
    close: async () => {
      closing.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a fault answers before the routes are asked; undefined when they are to be asked. */
async function strike(
  { problem }: Pick<VendorEmulator<object>, "problem">,
  exchange: Exchange,
  closing: AbortSignal,
): Promise<Response | undefined> {
  const { effect } = exchange;
  switch (effect?.kind) {
    case "status": {
      const response = problem(effect.status);
      if (effect.retryAfter !== undefined) response.headers.set("retry-after", String(effect.retryAfter));
      return response;
    }
    case "expiredToken":
      return problem(401);
    case "dropBefore":
      return new Response(null);
    case "html":
      return new Response("<!doctype html><title>Proxy</title><h1>Sign in to continue</h1>", {
        status: effect.status ?? 200,
        headers: { "content-type": "text/html; charset=utf-8" },
      });
    case "delay":
      await pause(effect.ms, exchange, closing);
      return undefined;
    default:
      return undefined;
  }
}

function withBody(request: Request, body: Buffer | undefined): Request {
  const bare = request.method === "GET" || request.method === "HEAD" || body === undefined;
  return bare ? request : new Request(request, { body: new Uint8Array(body), method: request.method });
}
