/** When to try again, and how long to wait before. Pure. */

export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly attempts: number;
  /** Wait before the first retry, doubled for each further one. */
  readonly baseDelayMs: number;
  /** Upper end of the doubling. A service's own Retry-After may ask for more. */
  readonly maxDelayMs: number;
  /** Limit of one request with all its attempts and waits. */
  readonly totalMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 4, baseDelayMs: 500, maxDelayMs: 30_000, totalMs: 120_000 };

const retriableStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Connection codes that a second attempt cannot mend: unknown host, no TLS at the other end. */
const permanentCodes: ReadonlySet<string> = new Set(["ENOTFOUND", "EPROTO"]);

export function isRetriableStatus(status: number): boolean {
  return retriableStatuses.has(status);
}

export function isPermanentNetworkCode(code: string | undefined): boolean {
  return code !== undefined && (permanentCodes.has(code) || isCertificateCode(code));
}

/** Node's and OpenSSL's codes for a certificate that was refused. */
export function isCertificateCode(code: string): boolean {
  return /CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)/.test(code);
}

/**
 * Milliseconds that a `Retry-After` asks for: seconds or an HTTP date (RFC 9110). Undefined when it says nothing
 * usable: absent, malformed, or a date that has passed, as with clocks that disagree.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // Date.parse also takes much that is no HTTP date ("-5" is a year to it).
  if (!/^[A-Z][a-z]+,? /.test(text)) return undefined;
  const until = Date.parse(text);
  return Number.isNaN(until) || until <= now ? undefined : until - now;
}

/**
 * Wait before retry number `retry` (from 1) where the service does not say: exponential, and half of it random, so that
 * many resources that failed together do not come back together.
 */
export function backoffMs(
  retry: number,
  policy: Pick<RetryPolicy, "baseDelayMs" | "maxDelayMs">,
  random: () => number = Math.random,
): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (retry - 1));
  return Math.round(full * (0.5 + 0.5 * random()));
}
