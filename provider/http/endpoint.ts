/** Where a service is: checked once, before any token is sent there. */
import { MsemError } from "../core/errors";
import { oneLine, showUrl } from "./redact";

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

/**
 * A link that the service gave, made absolute.
 *
 * @param what it is, for the message: `next link`
 * @throws MsemError MSEM_PROTOCOL when it leads to another origin
 */
export function resolveLink(endpoint: Endpoint, link: string, what: string): URL {
  const url = URL.canParse(link, `${endpoint.href}/`) ? new URL(link, `${endpoint.href}/`) : undefined;
  if (url === undefined || url.origin !== endpoint.origin || url.username !== "" || url.password !== "") {
    const where = url === undefined ? "is not a URL" : `leads to another origin (${url.protocol}//${url.host})`;
    throw new MsemError(
      "MSEM_PROTOCOL",
      `The ${what} that the service gave ${oneLine(where, 300)}; it is not followed.`,
      {
        hint: "The token is only ever sent to the endpoint's own origin.",
      },
    );
  }
  url.hash = "";
  return url;
}

function misconfigured(what: string): MsemError {
  return new MsemError("MSEM_CONFIGURATION", `The endpoint ${what}.`, {
    hint: 'An endpoint looks like "https://host/base"; plain http is for this machine only (localhost, 127.0.0.1).',
  });
}
