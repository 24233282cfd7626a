/**
 * The one factory of errors that come from HTTP. Everything in them is a name, a figure or an identifier; what the
 * service wrote passes the redactor of the request first.
 */
import { type ErrorCode, type ErrorDetails, MsemError } from "../core/errors";
import { cleanCause, networkTrouble, oneLine, type Redactor } from "./redact";
import { isCertificateCode } from "./retry";

/** An error body of the Microsoft REST API Guidelines. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details: readonly { readonly code: string; readonly message: string; readonly target?: string }[];
  readonly inner?: Readonly<Record<string, unknown>>;
}

/** The request that failed. */
export interface CallSite {
  readonly method: string;
  /** Path relative to the endpoint, without query string. */
  readonly path: string;
  /** Ours, where the service takes one. */
  readonly clientRequestId?: string;
  /** What messages begin with, where more than one service is talked to: `Tenable`. */
  readonly product?: string;
  readonly redact: Redactor;
  /** What a person can do about it; see {@link Dialect.hint}. */
  readonly hint: (question: HintQuestion) => string | undefined;
}

/** A failure that wants a way out. */
export interface HintQuestion {
  readonly code: ErrorCode;
  readonly status?: number;
  readonly service?: ServiceError;
  /** What stands in the body where the error should be. */
  readonly foreignBody?: string;
  /** When to come back, for a failure that more time would mend. */
  readonly later?: string;
}

/** How often and how long it was tried, and why not longer. */
export interface Effort {
  readonly attempts: number;
  readonly elapsedMs: number;
  /** The wait that did not fit any more into the limit of the request. */
  readonly refusedWait?: { readonly waitMs: number; readonly remainingMs: number; readonly asked: boolean };
}

export type Failure =
  | { readonly kind: "network"; readonly error: unknown }
  | { readonly kind: "timeout"; readonly limitMs: number }
  | StatusFailure
  | ProtocolFailure;

export interface StatusFailure {
  readonly kind: "status";
  readonly status: number;
  readonly requestId?: string;
  /** The error code from a header, for an answer without a usable body. */
  readonly headerCode?: string;
  readonly service?: ServiceError;
  /** What stands in the body where the error should be: `HTML`, `cut-off JSON`, …; undefined when it is empty. */
  readonly foreignBody?: string;
  /** Where a redirect points, as it may be shown. */
  readonly location?: string;
}

export interface ProtocolFailure {
  readonly kind: "protocol";
  /** Absent where the library drops the answer before it says. */
  readonly status?: number;
  readonly requestId?: string;
  /** What is wrong, without any value of the body. */
  readonly problems: readonly string[];
}

const shownProblems = 5;
const shownDetails = 50;

/** Builds the error for a failure that nothing more can be done about. */
export function toError(failure: Failure, site: CallSite, effort?: Effort): MsemError {
  switch (failure.kind) {
    case "network":
      return networkError(failure.error, site, effort);
    case "timeout":
      return error("MSEM_TIMEOUT", `no answer within ${seconds(failure.limitMs)}${tried(effort)}.`, site, {
        hint: "The service may be overloaded, or a firewall may drop the traffic silently.",
      });
    case "protocol":
      return protocolError(failure, site, effort);
    case "status":
      return statusError(failure, site, effort);
  }
}

function networkError(cause: unknown, site: CallSite, effort: Effort | undefined): MsemError {
  const { code } = networkTrouble(cause);
  return error("MSEM_NETWORK", `${networkSentence(code)}${tried(effort)}.`, site, {
    hint: networkHint(code, site),
    networkCode: code,
    cause: cleanCause(cause, site.redact),
  });
}

/** What happened to the connection, as half a sentence. */
export function networkSentence(code: string | undefined): string {
  const suffix = code === undefined ? "" : ` (${code})`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the host name could not be resolved${suffix}`;
  if (code === "ECONNREFUSED") return `nothing accepts connections there${suffix}`;
  if (code !== undefined && isCertificateCode(code)) return `the server's certificate is not trusted${suffix}`;
  return `the connection failed or broke off${suffix}`;
}

function networkHint(code: string | undefined, site: CallSite): string | undefined {
  if (code !== undefined && isCertificateCode(code)) {
    return "Behind an inspecting proxy, name its root certificate in NODE_EXTRA_CA_CERTS.";
  }
  return site.hint({ code: "MSEM_NETWORK" });
}

function protocolError(failure: ProtocolFailure, site: CallSite, effort: Effort | undefined): MsemError {
  const lines = failure.problems.slice(0, shownProblems).map((problem) => `\n  - ${oneLine(problem, 300)}`);
  const rest = failure.problems.length - lines.length;
  const more = rest > 0 ? `\n  - and ${rest} more` : "";
  const what = `the answer${failure.status === undefined ? "" : ` (${failure.status})`} is not what the contract says${tried(effort)}:${lines.join("")}${more}`;
  return error("MSEM_PROTOCOL", what, site, {
    hint: site.hint({ code: "MSEM_PROTOCOL", foreignBody: "something else" }),
    foreignBody: oneLine(failure.problems[0] ?? "", 300),
    status: failure.status,
    requestId: failure.requestId,
  });
}

function statusError(failure: StatusFailure, site: CallSite, effort: Effort | undefined): MsemError {
  const { status, service } = failure;
  const serviceCode = service?.code ?? failure.headerCode;
  const code = codeOf(status);
  const shownCode = serviceCode === undefined ? "" : ` ${oneLine(serviceCode, 80)}`;
  return error(code, `${status}${shownCode}${tried(effort)}${sentence(failure, code)}${list(service)}`, site, {
    hint: site.hint({
      code,
      status,
      ...(service === undefined ? {} : { service }),
      ...(failure.foreignBody === undefined ? {} : { foreignBody: failure.foreignBody }),
      later: waitHint(effort),
    }),
    status,
    serviceCode: serviceCode === undefined ? undefined : site.redact(oneLine(serviceCode, 80)),
    serviceMessage: service === undefined ? undefined : site.redact(oneLine(service.message)),
    foreignBody: failure.location === undefined ? failure.foreignBody : `a redirect to ${failure.location}`,
    requestId: failure.requestId,
  });
}

/** The error code that an HTTP status means. */
export function codeOf(status: number): ErrorCode {
  if (status === 401) return "MSEM_UNAUTHENTICATED";
  if (status === 403) return "MSEM_FORBIDDEN";
  if (status === 404) return "MSEM_NOT_FOUND";
  if (status === 408) return "MSEM_TIMEOUT";
  if (status === 409) return "MSEM_CONFLICT";
  if (status === 412) return "MSEM_PRECONDITION";
  if (status === 429) return "MSEM_THROTTLED";
  if (status >= 500) return "MSEM_UNAVAILABLE";
  // A success or a redirect that the call does not know is a breach of contract, not a refusal.
  return status < 400 ? "MSEM_PROTOCOL" : "MSEM_REJECTED";
}

function sentence(failure: StatusFailure, code: ErrorCode): string {
  if (failure.service !== undefined) {
    const target = failure.service.target === undefined ? "" : ` (${oneLine(failure.service.target, 200)})`;
    return `: ${oneLine(failure.service.message)}${target}`;
  }
  if (failure.location !== undefined) return `: a redirect to ${failure.location}, which is not followed.`;
  if (code === "MSEM_PROTOCOL") return ": the contract has no such answer here.";
  if (failure.foreignBody !== undefined) return `: the answer is ${failure.foreignBody}, not the service's error.`;
  return ".";
}

/** Every problem of a validation error on its own line, with its place in the request. */
function list(service: ServiceError | undefined): string {
  const details = service?.details ?? [];
  const lines = details.slice(0, shownDetails).map((detail) => {
    const target = detail.target === undefined ? "" : `${oneLine(detail.target, 200)}: `;
    return `\n  - ${target}${oneLine(detail.message, 500)} (${oneLine(detail.code, 80)})`;
  });
  if (details.length > lines.length) lines.push(`\n  - and ${details.length - lines.length} more`);
  return lines.join("");
}

function waitHint(effort: Effort | undefined): string {
  const refused = effort?.refusedWait;
  if (refused === undefined) return "Run it again later: what is done already is kept.";
  const wait = `${refused.asked ? "The service asks to wait" : "The next attempt would wait"} ${seconds(refused.waitMs)}`;
  return `${wait}, but only ${seconds(refused.remainingMs)} remain for this request. Run it again after that time.`;
}

function tried(effort: Effort | undefined): string {
  if (effort === undefined || effort.attempts < 2) return "";
  return ` (${effort.attempts} attempts in ${seconds(effort.elapsedMs)})`;
}

/** `0.25 s`, `30 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${Math.max(0, Math.round(ms / 10) / 100)} s` : `${Math.round(ms / 1_000)} s`;
}

function error(code: ErrorCode, what: string, site: CallSite, details: ErrorDetails): MsemError {
  const defined = Object.fromEntries(
    Object.entries({ ...details, clientRequestId: site.clientRequestId }).filter(([, value]) => value !== undefined),
  ) as ErrorDetails;
  const product = site.product === undefined ? "" : `${site.product}: `;
  return new MsemError(code, site.redact(`${product}${site.method} ${site.path}: ${what}`), defined);
}

/**
 * The same error, now also telling which connection exists in spite of it. In place, so that stack and message stay
 * those of the failure itself.
 */
export function withConnectionId(error: unknown, connectionId: string | undefined): unknown {
  if (!(error instanceof MsemError) || connectionId === undefined) return error;
  return Object.assign(error, { details: { ...error.details, connectionId } });
}
