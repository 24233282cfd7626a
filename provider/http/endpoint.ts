/** Where a service is: checked once, before any token is sent there. */
import { MsemError } from "../core/errors";
import { showUrl } from "./redact";

export interface Endpoint {
  /** Origin and path without a trailing slash. */
  readonly href: string;
  readonly origin: string;
  /** True for an address of this machine: plain http is allowed and no proxy is asked. */
  readonly loopback: boolean;
}

/**
 * Reads an endpoint such as `https://host/base`. Plain http is for loopback hosts only: anywhere else it would send the
 * token and the credentials in the clear.
 * @throws MsemError MSEM_CONFIGURATION
 */
export function parseEndpoint(text: string): Endpoint {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) throw misconfigured("is not a URL");
  const url = new URL(trimmed);
  const loopback = isLoopback(url.hostname);
  if (url.username !== "" || url.password !== "") throw misconfigured("holds a user name or password; remove it");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw misconfigured(`uses ${url.protocol} instead of https:`);
  if (url.protocol === "http:" && !loopback) {
    throw misconfigured(`${showUrl(url)} is plain http, which would send the token unencrypted; use https`);
  }
  if (url.search !== "" || url.hash !== "") throw misconfigured("has a query string or a fragment; remove it");
  return { href: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, origin: url.origin, loopback };
}

/** True for `localhost`, names under it, 127.0.0.0/8 and ::1, as `URL.hostname` spells them. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function misconfigured(what: string): MsemError {
  return new MsemError("MSEM_CONFIGURATION", `The endpoint ${what}.`, {
    hint: 'An endpoint looks like "https://host/base"; plain http is for this machine only (localhost, 127.0.0.1).',
  });
}
