/**
 * A stand-in for the two places that publish service tags: Microsoft's download page with its weekly files, and the list
 * of Azure Resource Manager. It publishes what it is given and nothing else, and can misbehave in the ways that they could.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MsemError } from "../core/errors";
import { errorCode } from "./errorCode";

/** The clouds whose pages exist. */
export type PublishingCloud = "Public" | "AzureGovernment" | "China";

export interface ServiceTagsEmulatorOptions {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The only token that the list accepts. Default: any. */
  readonly token?: string;
  /** Gets method, path and status of every call. Default: nobody. */
  readonly log?: (line: string) => void;
}

/** How it answers. All defaults are what an honest server does. */
export interface PublishingBehaviour {
  /** The download page: `noData` has the links in its text only, `broken` has none, `unavailable` is a 503. */
  readonly page: "ordinary" | "noData" | "broken" | "unavailable";
  /** The weekly file: `moved` is a 404, `partial` breaks off in the middle, `html` is a page instead, `silent` never comes. */
  readonly file: "ordinary" | "moved" | "partial" | "html" | "silent";
  /** How the file is written. */
  readonly form: "lf" | "crlf" | "bom";
  /** The undocumented address that always has the newest Public file. */
  readonly alias: boolean;
  /** Whether files have an ETag and 304 is answered. */
  readonly conditional: boolean;
  /** How often the page redirects to itself before it answers. */
  readonly redirects: number;
  /** Where the page redirects to instead of answering. */
  readonly redirectTo: string | undefined;
  /** Tags on one page of the list. */
  readonly pageSize: number;
  /** Where the list's link to the next page leads. Default: to the next page. */
  readonly nextLink: string | undefined;
  /** A status instead of the list. */
  readonly listStatus: number | undefined;
}

/** One call, as it was answered. */
export interface PublishingRequest {
  readonly path: string;
  /** 0 when the connection was broken or nothing was answered. */
  readonly status: number;
  /** Whether it asked for a version other than the one it knows. */
  readonly conditional: boolean;
}

/** What Azure Resource Manager answers; the tags are cut into pages. */
export interface ListAnswer {
  readonly values: readonly unknown[];
  readonly [field: string]: unknown;
}

export interface ServiceTagsEmulator {
  /** For MSEM_DOWNLOAD_CENTER_URL and for MSEM_ARM_URL. */
  readonly url: string;
  /** Publishes a weekly file under a date such as `2026-11-16`; earlier ones stay offered. */
  publish(cloud: PublishingCloud, date: string, document: object): void;
  /** Takes back all weekly files of a cloud. */
  withdraw(cloud: PublishingCloud): void;
  /** What Azure Resource Manager lists from now on: `{ changeNumber: "63", cloud, values: […] }`. */
  list(answer: ListAnswer): void;
  /** Changes how it answers; what is left out is as an honest server does. */
  behave(behaviour: Partial<PublishingBehaviour>): void;
  requests(): readonly PublishingRequest[];
  close(): Promise<void>;
}

const honest: PublishingBehaviour = {
  page: "ordinary",
  file: "ordinary",
  form: "lf",
  alias: false,
  conditional: true,
  redirects: 0,
  redirectTo: undefined,
  pageSize: Number.POSITIVE_INFINITY,
  nextLink: undefined,
  listStatus: undefined,
};

const pageNumbers: Readonly<Record<string, PublishingCloud>> = {
  "56519": "Public",
  "57063": "AzureGovernment",
  "57062": "China",
};

interface WeeklyFile {
  readonly cloud: PublishingCloud;
  readonly date: string;
  readonly path: string;
  readonly text: string;
}

interface Published {
  behaviour: PublishingBehaviour;
  files: WeeklyFile[];
  list: ListAnswer | undefined;
}

/**
 * Starts a stand-in.
 *
 * @throws MSEM_CONFIGURATION when it cannot listen
 */
export async function createServiceTagsEmulator(
  options: ServiceTagsEmulatorOptions = {},
): Promise<ServiceTagsEmulator> {
  const state: Published = { behaviour: honest, files: [], list: undefined };
  const requests: PublishingRequest[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    const conditional = "if-none-match" in request.headers || "if-modified-since" in request.headers;
    response.on("close", () => {
      const status = response.writableFinished ? response.statusCode : 0;
      requests.push({ path: url.pathname, status, conditional });
      options.log?.(`${request.method} ${url.pathname} ${status}`);
    });
    answer(state, options, url, request, response);
  });
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new MsemError("MSEM_CONFIGURATION", `the emulator cannot listen on ${host} (${errorCode(error)})`, {
      hint: "Choose another port, or 0 for any free one.",
    });
  }
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    publish: (cloud, date, document) => {
      const name = `ServiceTags_${cloud}_${date.replaceAll("-", "")}.json`;
      const text = `${JSON.stringify(document, undefined, 2)}\n`;
      state.files.push({ cloud, date, path: `/download/${hash(name + text).slice(0, 8)}/${name}`, text });
    },
    withdraw: (cloud) => {
      state.files = state.files.filter((file) => file.cloud !== cloud);
    },
    list: (given) => {
      state.list = given;
    },
    behave: (behaviour) => {
      state.behaviour = { ...honest, ...behaviour };
    },
    requests: () => [...requests],
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(
  state: Published,
  options: ServiceTagsEmulatorOptions,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): ServerResponse {
  const file = state.files.find(({ path }) => path === url.pathname);
  if (request.method !== "GET") return send(response, 405, "text/plain", "");
  if (file !== undefined) return sendFile(state.behaviour, file, request, response);
  if (/\/download\/details\.aspx$/.test(url.pathname)) return sendPage(state, url, response);
  if (/\/ServiceTags_Public_Latest\.json$/.test(url.pathname) && state.behaviour.alias) {
    const newest = newestFirst(state.files, "Public")[0];
    if (newest !== undefined) return sendFile({ ...state.behaviour, file: "ordinary" }, newest, request, response);
  }
  if (/\/locations\/[a-z0-9]+\/serviceTags$/.test(url.pathname))
    return sendList(state, options, url, request, response);
  return send(response, 404, "text/html", "<!doctype html><title>404</title><p>Not found</p>");
}

function sendPage({ behaviour, files }: Published, url: URL, response: ServerResponse): ServerResponse {
  const cloud = pageNumbers[url.searchParams.get("id") ?? ""];
  if (cloud === undefined) return send(response, 404, "text/html", "<!doctype html><title>404</title>");
  if (behaviour.page === "unavailable") return send(response, 503, "text/html", "<!doctype html><title>Busy</title>");
  const turn = Number(url.searchParams.get("turn") ?? 0);
  if (behaviour.redirectTo !== undefined || turn < behaviour.redirects) {
    response.setHeader(
      "location",
      behaviour.redirectTo ?? `${url.pathname}?id=${url.searchParams.get("id")}&turn=${turn + 1}`,
    );
    return send(response, 302, "text/plain", "");
  }
  const offered = newestFirst(files, cloud).map(({ path }) => `${url.origin}${path}`);
  // The newest stands in the middle: who takes the first or the last one is wrong.
  const [newest, ...older] = offered;
  const links = newest === undefined ? [] : [...older.slice(0, 1), newest, ...older.slice(1)];
  const data = {
    dlcDetailsView: {
      downloadTitle: 'Azure IP Ranges and Service Tags {a title; with braces} and a " quote',
      downloadFile: links.map((link) => ({ isPrimary: "True", name: link.split("/").pop(), url: link, size: "1" })),
    },
  };
  const body = {
    ordinary: `<script>window.__DLCDetails__=${JSON.stringify(data)}</script><p>Download</p>`,
    noData: links.map((link) => `<a href="${link}">Download</a>`).join("\n"),
    broken: "<p>We are sorry, this download is no longer available.</p>",
  }[behaviour.page];
  return send(
    response,
    200,
    "text/html; charset=utf-8",
    `<!doctype html><html><head><title>Download</title></head><body>${body}</body></html>`,
  );
}

function newestFirst(files: readonly WeeklyFile[], cloud: PublishingCloud): WeeklyFile[] {
  return files.filter((file) => file.cloud === cloud).sort((a, b) => (a.date < b.date ? 1 : -1));
}

function sendFile(
  { file, form, conditional }: PublishingBehaviour,
  { text }: WeeklyFile,
  request: IncomingMessage,
  response: ServerResponse,
): ServerResponse {
  if (file === "silent") return response;
  if (file === "moved") return send(response, 404, "text/html", "<!doctype html><title>404</title>");
  if (file === "html") return send(response, 200, "text/html", "<!doctype html><title>Sign in</title>");
  const written = form === "crlf" ? text.replaceAll("\n", "\r\n") : form === "bom" ? `\ufeff${text}` : text;
  const bytes = Buffer.from(written, "utf8");
  if (conditional) {
    const etag = `"${hash(written).slice(0, 16)}"`;
    response.setHeader("etag", etag);
    if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
  }
  if (file === "partial") {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    return response;
  }
  return send(response, 200, "application/octet-stream", bytes);
}

function sendList(
  { behaviour, list }: Published,
  { token }: ServiceTagsEmulatorOptions,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): ServerResponse {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined || (token !== undefined && given !== token)) {
    return sendError(response, 401, "AuthenticationFailed", "Authentication failed.");
  }
  if (behaviour.listStatus !== undefined) {
    return sendError(response, behaviour.listStatus, "AuthorizationFailed", "The client may not list service tags.");
  }
  if (url.searchParams.get("api-version") === null) {
    return sendError(response, 400, "MissingApiVersionParameter", "The api-version query parameter is required.");
  }
  if (list === undefined) return sendError(response, 404, "NotFound", "Nothing is listed.");
  const from = Number(url.searchParams.get("$skiptoken") ?? 0);
  const values = list.values.slice(from, from + behaviour.pageSize);
  const next = from + values.length;
  const following = new URL(url);
  following.searchParams.set("$skiptoken", String(next));
  const nextLink = next < list.values.length ? (behaviour.nextLink ?? following.href) : undefined;
  return send(response, 200, "application/json", JSON.stringify({ ...list, values, nextLink }));
}

function sendError(response: ServerResponse, status: number, code: string, message: string): ServerResponse {
  return send(response, status, "application/json", JSON.stringify({ error: { code, message } }));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): ServerResponse {
  return response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) }).end(body);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
