/**
 * Gets one document from the Internet: whole or not at all, within a limit of time and size, over https, following few
 * redirects. For published files; the transport beside it is for an API that takes a token and answers JSON.
 */
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { type ErrorDetails, MsemError } from "../core/errors";
import { isLoopback } from "./endpoint";
import { codeOf, networkSentence, seconds } from "./errors";
import { cleanCause, createRedactor, networkTrouble, oneLine, type Redactor, showUrl } from "./redact";
import {
  backoffMs,
  defaultRetryPolicy,
  isPermanentNetworkCode,
  isRetriableStatus,
  parseRetryAfter,
  type RetryPolicy,
} from "./retry";

/** What a server says about a version, to ask later whether it is still that one. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface DownloadRequest {
  /** https; plain http for loopback hosts only. Its query string is never shown. */
  readonly url: string;
  /** What it is, for messages: `the download page`. */
  readonly what: string;
  /** Value of the header Accept. */
  readonly accept: string;
  /** With a token no redirect is followed, so that it goes nowhere else. */
  readonly token?: string;
  /** The version that is known already. */
  readonly known?: Validators;
  /** Which addresses may be asked, those of redirects included. Default: all. */
  readonly permits?: (url: URL) => boolean;
  /** Reads the server's own words out of an error body. */
  readonly readError?: (body: Uint8Array) => string | undefined;
  /** The way out when it is not there or refused. */
  readonly hint?: string;
}

export interface DownloadSettings {
  /** Time, as `now`, by which everything must have ended. */
  readonly deadline: number;
  /** Limit of one attempt. Default 60,000 ms. */
  readonly attemptMs?: number;
  /** Default 64 MiB: the weekly file has 4. */
  readonly maxBytes?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Clock in ms since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export type Downloaded =
  /** The known version is still the one. */
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "body";
      readonly bytes: Uint8Array;
      /** Where it was in the end, after redirects. */
      readonly url: string;
      readonly validators: Validators;
    };

const maxRedirects = 5;
const defaultAttemptMs = 60_000;
const defaultMaxBytes = 64 * 1024 * 1024;

const client: AxiosInstance = axios.create({
  adapter: "http",
  // Followed here, where each address is judged first.
  maxRedirects: 0,
  responseType: "arraybuffer",
  validateStatus: () => true,
  transformResponse: [(data: unknown) => data],
});

/**
 * @throws MsemError MSEM_CONFIGURATION for an address that may not be asked, MSEM_PROTOCOL for a redirect to one, MSEM_TIMEOUT,
 * MSEM_NETWORK, or the code of the status (MSEM_NOT_FOUND, MSEM_FORBIDDEN, MSEM_THROTTLED, MSEM_UNAVAILABLE, …)
 */
export async function download(request: DownloadRequest, settings: DownloadSettings): Promise<Downloaded> {
  let url = new URL(request.url);
  const problem = judgeAddress(url, request);
  if (problem !== undefined) {
    throw new MsemError("MSEM_CONFIGURATION", `${request.what}: the address ${showUrl(url)} ${problem}`, {
      hint: 'An address looks like "https://host/path"; plain http is for this machine only (localhost, 127.0.0.1).',
    });
  }
  for (let hop = 0; ; hop++) {
    const response = await attemptAll(url, request, settings);
    const site = siteOf(url, request);
    if (response.status === 304 && request.known !== undefined) return { kind: "unchanged" };
    if (response.status >= 200 && response.status < 300) {
      return {
        kind: "body",
        bytes: response.data,
        url: url.href,
        validators: validatorsOf(response),
      };
    }
    const location = headerOf(response, "location");
    if (response.status < 300 || response.status >= 400 || location === undefined) throw statusError(response, site);
    url = nextAddress(location, url, hop, site);
  }
}

/** Why an address may not be asked, as half a sentence. */
function judgeAddress(url: URL, { permits }: DownloadRequest): string | undefined {
  if (url.username !== "" || url.password !== "") return "holds a user name or password; remove it";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) return "is not https";
  return permits === undefined || permits(url) ? undefined : "is not one of the expected hosts";
}

function nextAddress(location: string, from: URL, hop: number, site: Site): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const problem =
    site.request.token !== undefined
      ? "is not followed with a token"
      : to === undefined
        ? "is no address"
        : hop >= maxRedirects
          ? `would be number ${hop + 1}; at most ${maxRedirects} are followed`
          : // A page on the Internet must not make us ask this machine.
            isLoopback(to.hostname) && !isLoopback(from.hostname)
            ? "leads to this machine"
            : judgeAddress(to, site.request);
  if (to !== undefined && problem === undefined) return to;
  throw failure(site, "MSEM_PROTOCOL", `the redirect to ${showUrl(to ?? location)} ${problem}`);
}

interface Site {
  readonly url: URL;
  readonly request: DownloadRequest;
  readonly redact: Redactor;
}

function siteOf(url: URL, request: DownloadRequest): Site {
  return { url, request, redact: createRedactor(request.token === undefined ? [] : [request.token]) };
}

/** One address, tried again while that may help and time is left. */
async function attemptAll(
  url: URL,
  request: DownloadRequest,
  settings: DownloadSettings,
): Promise<AxiosResponse<Uint8Array>> {
  const now = settings.now ?? Date.now;
  const sleep = settings.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const policy = { ...defaultRetryPolicy, ...settings.retry };
  const site = siteOf(url, request);
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(site, settings, now);
    const last = "error" in outcome ? !outcome.again : !isRetriableStatus(outcome.response.status);
    const asked = "error" in outcome ? undefined : parseRetryAfter(headerOf(outcome.response, "retry-after"), now());
    const waitMs = asked ?? backoffMs(attempt, policy);
    if (last || attempt > policy.attempts || now() + waitMs >= settings.deadline) {
      if ("error" in outcome) throw outcome.error;
      return outcome.response;
    }
    await sleep(waitMs);
  }
}

type Outcome =
  | { readonly response: AxiosResponse<Uint8Array> }
  | { readonly error: MsemError; readonly again: boolean };

async function attemptOnce(site: Site, settings: DownloadSettings, now: () => number): Promise<Outcome> {
  const { url, request } = site;
  const limitMs = Math.max(1, Math.min(settings.attemptMs ?? defaultAttemptMs, settings.deadline - now()));
  const signal = AbortSignal.timeout(Math.ceil(limitMs));
  const maxBytes = settings.maxBytes ?? defaultMaxBytes;
  try {
    const response = await client.get<Uint8Array>(url.href, {
      // The signal also bounds a body that drips; the library's own time-out ends with the first byte.
      signal,
      maxContentLength: maxBytes,
      headers: headersOf(request),
      ...(isLoopback(url.hostname) ? { proxy: false as const } : {}),
    });
    return { response };
  } catch (error) {
    if (signal.aborted) {
      const hint = "The server may be overloaded, or a firewall may drop the traffic silently.";
      return { error: failure(site, "MSEM_TIMEOUT", `no answer within ${seconds(limitMs)}`, { hint }), again: true };
    }
    if (axios.isAxiosError(error) && error.message.includes("maxContentLength")) {
      const message = `the answer is longer than ${maxBytes} bytes`;
      return { error: failure(site, "MSEM_PROTOCOL", message), again: false };
    }
    if (axios.isAxiosError(error) && error.response !== undefined) {
      return { error: failure(site, "MSEM_NETWORK", "the answer broke off before its end"), again: true };
    }
    const { code } = networkTrouble(error);
    const hint = "Check DNS, firewall and the proxy settings (HTTPS_PROXY, NO_PROXY).";
    const details = { hint, cause: cleanCause(error, site.redact) };
    return {
      error: failure(site, "MSEM_NETWORK", networkSentence(code), details),
      again: !isPermanentNetworkCode(code),
    };
  }
}

function headersOf({ accept, token, known }: DownloadRequest): Record<string, string> {
  return {
    Accept: accept,
    "User-Agent": "pulumi-msem",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(known?.etag === undefined ? {} : { "If-None-Match": known.etag }),
    ...(known?.lastModified === undefined ? {} : { "If-Modified-Since": known.lastModified }),
  };
}

function validatorsOf(response: AxiosResponse<unknown>): Validators {
  const etag = headerOf(response, "etag");
  const lastModified = headerOf(response, "last-modified");
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

function headerOf(response: AxiosResponse<unknown>, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function statusError(response: AxiosResponse<Uint8Array>, site: Site): MsemError {
  const { status } = response;
  const said = site.request.readError?.(response.data);
  const words = said === undefined ? "" : `: ${oneLine(said, 500)}`;
  const what = status === 404 || status === 410 ? "it is not there" : "the server answered";
  return failure(site, status === 410 ? "MSEM_NOT_FOUND" : codeOf(status), `${what} (${status})${words}`, {
    status,
    ...(site.request.hint === undefined ? {} : { hint: site.request.hint }),
  });
}

function failure(site: Site, code: MsemError["code"], what: string, details: ErrorDetails = {}): MsemError {
  const message = site.redact(`${site.request.what} at ${showUrl(site.url)}: ${what}`);
  return new MsemError(code, message, details);
}
