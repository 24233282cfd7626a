/** Raw HTTP against an emulator, with every answer held against the contract. */
import { request as httpRequest } from "node:http";
import { operations } from "../../provider/connections/contract";
import { apiVersion, errorSchema, type WireError, type WireOperation } from "../../provider/connections/schema";
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type SeedConnection,
} from "../../provider/emulator/index";

export const secretCanary = "canary-5f3a-P4ss!w0rd";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // The tests look at what came; the contract check below has held its shape against the schema.
  readonly json: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  /** Query without the api-version; null leaves the version out. */
  readonly query?: Readonly<Record<string, string>> | null;
}

/** Emulators that a test started; close them after each. */
const running: Emulator[] = [];

export async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator(options);
  running.push(emulator);
  return emulator;
}

export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
}

/** One call with the token of a Security Administrator, unless told otherwise. */
export async function call(
  emulator: Emulator,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const url = path.startsWith("http") ? new URL(path) : new URL(`${emulator.url}${path}`);
  if (options.query !== null) {
    for (const [name, value] of Object.entries({ "api-version": apiVersion, ...options.query })) {
      if (!url.searchParams.has(name)) url.searchParams.set(name, value);
    }
  }
  const token = "token" in options ? options.token : emulator.tokens.securityAdministrator;
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(payload === undefined ? {} : { "content-type": "application/json" }),
    ...options.headers,
  };
  const answer = await send(url, method, headers, payload);
  holdAgainstContract(method, url.pathname, answer);
  return answer;
}

function send(
  url: URL,
  method: string,
  headers: Record<string, string>,
  payload: string | Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const flat = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
        resolve({ status: response.statusCode ?? 0, headers: flat, text, json: parse(text) });
      });
    });
    request.on("error", reject);
    request.end(payload);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Status documented, body fitting its schema, headers of every answer there. */
function holdAgainstContract(method: string, path: string, answer: Answer): void {
  expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  if (answer.headers["content-type"]?.startsWith("application/json") !== true) return;
  if (answer.status >= 400) {
    const error = errorSchema.strict().parse(answer.json);
    expect(answer.headers["x-ms-error-code"]).toBe(error.error.code);
  }
  const onPath = Object.values(operations).filter((one) =>
    new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  // Another method on a known path is documented with each of the path's operations.
  const operation = onPath.find((one) => one.method === method.toLowerCase()) ?? onPath[0];
  if (operation === undefined) return;
  const documented: Record<number, { content?: unknown; headers?: unknown }> = operation.responses;
  const response = documented[answer.status];
  if (response === undefined)
    throw new Error(`${method} ${path} answered ${answer.status}, which is not in the contract`);
  const content = response.content as
    | { "application/json"?: { schema: { parse(value: unknown): unknown } } }
    | undefined;
  content?.["application/json"]?.schema.parse(answer.json);
}

export function errorOf(answer: Answer): WireError["error"] {
  return errorSchema.parse(answer.json).error;
}

export function operationOf(answer: Answer): WireOperation {
  return answer.json as unknown as WireOperation;
}

/** A create body that the connector accepts. */
export function qualysConnection(name: string, more: Partial<SeedConnection> = {}): SeedConnection {
  return {
    name,
    connectorType: "qualys",
    settings: { apiServer: "qualysapi.qg2.apps.qualys.eu" },
    credentials: { kind: "basic", username: "msem-reader", password: secretCanary },
    ...more,
  };
}

/** Creates, and returns the id. */
export async function create(emulator: Emulator, name: string, more: Partial<SeedConnection> = {}): Promise<string> {
  const answer = await call(emulator, "POST", "/connections", { body: qualysConnection(name, more) });
  expect(answer.status).toBe(202);
  return new URL(operationOf(answer).resourceLocation ?? "").pathname.split("/").at(-1) ?? "";
}

/** A fault that strikes once, unless told otherwise. */
export function fault(when: Fault["when"], effect: Fault["effect"], times = 1): Fault {
  return { when, effect, times };
}
