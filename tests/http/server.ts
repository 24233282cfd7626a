/** A real HTTP server on loopback for tests: answers as told, also with what no honest server would send. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  /** Parsed JSON, or undefined for an empty body. */
  body: unknown;
}

export interface JsonReply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
}

/** `drop`: the socket is destroyed. `hang`: nothing is ever sent. `cut`: half of the body, then the socket is destroyed. */
export type Reply = JsonReply | "drop" | "hang" | { cut: JsonReply } | { drip: JsonReply };

export interface TestServer {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

export async function startServer(handle: (request: Received, index: number) => Reply): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const text = Buffer.concat(chunks).toString("utf8");
      const entry: Received = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: text === "" ? undefined : JSON.parse(text),
      };
      received.push(entry);
      answer(response, handle(entry, received.length - 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === "hang") return;
  if (reply === "drop") {
    response.socket?.destroy();
    return;
  }
  const plain = "cut" in reply ? reply.cut : "drip" in reply ? reply.drip : reply;
  const text = typeof plain.body === "string" ? plain.body : plain.body === undefined ? "" : JSON.stringify(plain.body);
  const type = text === "" ? {} : { "content-type": "application/json" };
  response.writeHead(plain.status, { ...type, "content-length": Buffer.byteLength(text), ...plain.headers });
  if ("cut" in reply) {
    response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy());
  } else if ("drip" in reply) {
    // One byte every 20 ms: each one resets an idle time-out, so only a limit on the whole attempt ends this.
    let at = 0;
    const timer = setInterval(() => {
      if (response.destroyed || at >= text.length) clearInterval(timer);
      else response.write(text[at++] ?? "");
    }, 20);
    response.on("close", () => clearInterval(timer));
  } else response.end(text);
}

/** Answers the first request with the first reply, and so on; the last one repeats. */
export function script(...replies: Reply[]): (request: Received, index: number) => Reply {
  return (_request, index) => replies[Math.min(index, replies.length - 1)] ?? { status: 500 };
}

export function serviceError(code: string, message: string, more: Record<string, unknown> = {}): unknown {
  return { error: { code, message, ...more } };
}

/** The error that the promise rejects with; fails when it does not reject. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure, but the call succeeded");
}
