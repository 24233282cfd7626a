/**
 * What a pre-flight can find out about a product's credential before anything is connected: the words, which of them
 * stop a deployment, and how findings are put. Pure.
 */

/** From good to bad; the worst check speaks for all. */
export const preflightResults = [
  /** The product gave what was asked for. */
  "ok",
  /** The answer proves nothing either way. */
  "inconclusive",
  /** The product asks to come back later. */
  "throttled",
  /** The credential is good, a right is missing. */
  "missingScope",
  /** The product refuses the credential. */
  "denied",
  /** The product refuses this machine's address, and says so. */
  "blockedBySourceAddress",
  /** Something answers, but not the product's API of this account. */
  "wrongEndpoint",
  /** No answer: name, connection, TLS, proxy or time. */
  "unreachable",
] as const;

export type PreflightResult = (typeof preflightResults)[number];

/** What a connector does with a pre-flight. */
export const preflightModes = ["require", "warn", "off"] as const;
export type PreflightMode = (typeof preflightModes)[number];

/** What one check found. */
export interface Finding {
  readonly result: PreflightResult;
  /** What it means, as a part of a sentence in our words. */
  readonly found: string;
  /** The product's own words, cut and without secrets; absent where it said nothing. */
  readonly says?: string;
  /** Id of the request at the product. */
  readonly requestId?: string;
  /** The way out, as a sentence; absent where nothing is to be done. */
  readonly todo?: string;
  /** When the credential ends, where the product tells it; RFC 3339. */
  readonly expiresDateTime?: string;
}

export interface CheckOutcome extends Finding {
  /** What was checked: `token`, `assets`, … */
  readonly check: string;
}

export interface PreflightReport {
  /** `connectorType` of the connector. */
  readonly type: string;
  /** One per check that was made, in their order; at least one. */
  readonly outcomes: readonly CheckOutcome[];
  /** What is true and yet worth a word: a credential that ends soon, a clock that is wrong, a proxy in between. */
  readonly warnings: readonly string[];
}

/** A connector whose credential certainly does not work as it is. Nothing else stops a deployment. */
export function stops(result: PreflightResult): boolean {
  return severity(result) >= severity("missingScope");
}

/** After these, a further question to the same product would only repeat the answer, or do harm. */
export function endsChecks(result: PreflightResult): boolean {
  return result === "throttled" || (stops(result) && result !== "missingScope");
}

export function worstOf(outcomes: readonly { readonly result: PreflightResult }[]): PreflightResult {
  return outcomes.reduce<PreflightResult>(
    (worst, { result }) => (severity(result) > severity(worst) ? result : worst),
    "ok",
  );
}

/** The check that speaks for all: the first of the worst ones. */
export function speaker(outcomes: readonly CheckOutcome[]): CheckOutcome | undefined {
  const worst = worstOf(outcomes);
  return outcomes.find(({ result }) => result === worst);
}

function severity(result: PreflightResult): number {
  return preflightResults.indexOf(result);
}

/** `assets: denied, the key is refused (the product says: …). What to do. (request id …)` */
export function describeOutcome({ check, result, found, says, todo, requestId }: CheckOutcome): string {
  const words = says === undefined ? "" : ` (the product says: ${says})`;
  const id = requestId === undefined ? "" : ` (request id ${requestId})`;
  return `${check}: ${result}, ${found}${words}${todo === undefined ? "" : `. ${todo}`}${id}`;
}

const dayMs = 86_400_000;

/**
 * A warning for a credential that ends within so many days.
 *
 * @param now the product's clock where it tells the time, else ours
 */
export function expiryWarning(expiresDateTime: string, now: number, days: number): string | undefined {
  const left = Date.parse(expiresDateTime) - now;
  if (Number.isNaN(left) || left > days * dayMs) return undefined;
  const whole = Math.max(0, Math.floor(left / dayMs));
  const when =
    left <= 0 ? "has ended" : whole === 0 ? "ends within a day" : `ends in ${whole} day${whole === 1 ? "" : "s"}`;
  return `the credential ${when} (${expiresDateTime}); warned below ${days} days (MSEM_EXPIRY_WARNING_DAYS)`;
}

/** Milliseconds by which clocks may differ before it is worth a word: tokens and signatures allow about as much. */
const toleratedSkewMs = 5 * 60_000;

/** A warning for a clock of this machine that is far from the product's. */
export function skewWarning(theirs: number, ours: number): string | undefined {
  const skew = ours - theirs;
  if (Number.isNaN(skew) || Math.abs(skew) <= toleratedSkewMs) return undefined;
  const minutes = Math.round(Math.abs(skew) / 60_000);
  return `this machine's clock is ${minutes} minutes ${skew > 0 ? "ahead of" : "behind"} the product's: set it right, tokens and certificates are judged by it`;
}

export const defaultExpiryWarningDays = 30;

/** Days from MSEM_EXPIRY_WARNING_DAYS; undefined for what is no number of days. */
export function expiryWarningDays(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return defaultExpiryWarningDays;
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}
