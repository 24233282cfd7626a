/** The socket side: reads a bounded body, lets the routes answer, and breaks the connection where a fault says so. */
import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { maximumBodyBytes } from "../connections/contract";
import { problemAnswer } from "./app";
import { type Exchange, toResponse } from "./exchange";
import { ApiProblem } from "./problem";

/** What is kept of a call: enough to count, nothing that could hold a secret. */
export interface RequestRecord {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 when the connection was broken instead of an answer. */
  readonly status: number;
  /** Name of the connection that the call was about, where it was about one. */
  readonly connectionName?: string;
}

export interface ServerOptions {
  /** The routes. */
  readonly answer: (request: Request, exchange: Exchange) => Response | Promise<Response>;
  /** Before an answer leaves: what was written must be on disk by then. */
  readonly save: () => void;
  readonly record: (request: RequestRecord) => void;
  readonly log: (line: string) => void;
  /** Headers of every answer, by its request id and those of the request. */
  readonly headers: (requestId: string, request: IncomingHttpHeaders) => Readonly<Record<string, string>>;
  /** Speaks https: some of Microsoft's libraries refuse anything else. */
  readonly tls?: Tls;
}

/** Private key and certificate, both PEM. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** Bodies are read to their end up to here, so that a client that is still sending sees the 413. */
const drainedBytes = 32 * maximumBodyBytes;

export function createHttpServer(options: ServerOptions): Server {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    serve(options, incoming, outgoing).catch(() => {
      // The caller went away, or the emulator is closing: nobody is left to be told.
      outgoing.destroy();
    });
  };
  return options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
}

async function serve(options: ServerOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  const method = incoming.method ?? "GET";
  const path = (incoming.url ?? "/").split("?")[0] ?? "/";
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const exchange: Exchange = { requestId, body: await readBody(incoming), gone: gone.signal };
  let response = await respond(options, incoming, method, exchange);
  try {
    options.save();
  } catch {
    options.log("the state file cannot be written");
    response = toResponse(
      problemAnswer(new ApiProblem(500, "InternalError", "The emulator could not write its state file.")),
    );
  }
  const payload = Buffer.from(await response.arrayBuffer());
  const dropped = exchange.effect?.kind === "dropBefore" || exchange.effect?.kind === "dropAfter";
  const status = dropped ? 0 : response.status;
  options.log(`${method} ${path} ${dropped ? "dropped" : status} ${requestId}`);
  options.record({
    method: exchange.meaning?.method ?? method,
    path: exchange.meaning?.path ?? path,
    status,
    ...(exchange.connectionName === undefined ? {} : { connectionName: exchange.connectionName }),
  });
  if (dropped) {
    incoming.socket.destroy();
    return;
  }
  const headers: Record<string, string | number> = {
    ...Object.fromEntries(response.headers),
    ...options.headers(requestId, incoming.headers),
    "cache-control": "no-store",
  };
  if (response.status !== 204) headers["content-length"] = payload.length;
  if (exchange.body === undefined) headers.connection = "close";
  outgoing.writeHead(response.status, headers);
  if (exchange.effect?.kind === "truncate") {
    outgoing.write(payload.subarray(0, Math.floor(payload.length / 2)), () => incoming.socket.end());
    return;
  }
  outgoing.end(method === "HEAD" ? undefined : payload);
}

async function respond(
  options: ServerOptions,
  incoming: IncomingMessage,
  method: string,
  exchange: Exchange,
): Promise<Response> {
  let request: Request;
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    }
    request = new Request(`http://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`, { method, headers });
  } catch {
    return toResponse(
      problemAnswer(new ApiProblem(400, "BadRequest", "The request line or the Host header is malformed.")),
    );
  }
  return options.answer(request, exchange);
}

/** Undefined when it is larger than the contract allows. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > drainedBytes) throw new Error("a body without end");
    if (length <= maximumBodyBytes) chunks.push(bytes);
  }
  return length > maximumBodyBytes ? undefined : Buffer.concat(chunks);
}
