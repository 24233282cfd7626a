/** An answer as a call sees it: reads what it expects, and turns everything else into one clear error. */
import type { z } from "zod";
import type { MsemError } from "../core/errors";
import type { Dialect } from "./dialect";
import { type CallSite, type Effort, type ServiceError, type StatusFailure, toError } from "./errors";
import { oneLine, type Redactor, showUrl } from "./redact";

export interface Answer {
  readonly status: number;
  /** 1 for the first attempt of the call. Above 1, an earlier attempt may have taken effect unseen. */
  readonly attempt: number;
  header(name: string): string | undefined;
  /** The body as it came. */
  readonly text: string;
  /** The body, checked. Throws MSEM_PROTOCOL for what is no JSON or does not fit. */
  json<T>(schema: z.ZodType<T>): T;
  /** The error that the service describes in the body, if it does. */
  serviceError(): ServiceError | undefined;
  /** For what the service wrote, before it goes into a message: knows the secrets of this call. */
  redact: Redactor;
  /** The ordinary error for this status, to be thrown by the caller. */
  failure(): MsemError;
  /** MSEM_PROTOCOL for something else that the contract promises and the answer lacks. */
  breach(problem: string): MsemError;
}

/** What the transport received. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Undefined when the body broke off. */
  readonly body: string | undefined;
}

export function toAnswer(raw: RawAnswer, site: CallSite, effort: Effort, dialect: Dialect): Answer {
  const shown = requestIdOf(raw, site, dialect);
  const breach = (...problems: string[]): MsemError =>
    toError({ kind: "protocol", status: raw.status, requestId: shown, problems }, site, effort);
  return {
    status: raw.status,
    attempt: effort.attempts,
    redact: site.redact,
    text: raw.body ?? "",
    header: (name) => header(raw, name),
    json(schema) {
      const parsed = parseBody(raw);
      if (!parsed.ok) throw breach(`the body is ${parsed.shape} instead of JSON`);
      const checked = schema.safeParse(parsed.json);
      if (checked.success) return checked.data;
      throw breach(...checked.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`));
    },
    serviceError: () => readServiceError(raw, dialect),
    failure: () => toError(statusFailure(raw, dialect, shown), site, effort),
    breach: (problem) => breach(problem),
  };
}

/** The failure that a status means to a call that does not expect it. */
export function statusFailure(raw: RawAnswer, dialect: Dialect, requestId: string | undefined): StatusFailure {
  const parsed = parseBody(raw);
  const service = readServiceError(raw, dialect);
  const location = raw.status >= 300 && raw.status < 400 ? header(raw, "location") : undefined;
  return {
    kind: "status",
    status: raw.status,
    requestId,
    headerCode: dialect.errorCodeHeader === undefined ? undefined : header(raw, dialect.errorCodeHeader),
    service,
    foreignBody: service === undefined ? foreignBody(parsed, raw.status) : undefined,
    location: location === undefined ? undefined : showUrl(location),
  };
}

/** The id of an answer, as it may be shown. */
export function requestIdOf(raw: RawAnswer, site: Pick<CallSite, "redact">, dialect: Dialect): string | undefined {
  const found = dialect.requestIdHeaders.map((name) => header(raw, name)).find((value) => value !== undefined);
  return found === undefined ? undefined : site.redact(oneLine(found, 128));
}

function readServiceError(raw: RawAnswer, dialect: Dialect): ServiceError | undefined {
  const parsed = parseBody(raw);
  return dialect.readError(parsed.ok ? parsed.json : undefined, raw);
}

function foreignBody(parsed: ParsedBody, status: number): string | undefined {
  if (parsed.ok) return status >= 400 ? "JSON of another kind" : undefined;
  return parsed.shape === "empty" ? undefined : parsed.shape;
}

type ParsedBody = { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly shape: string };

function parseBody(raw: RawAnswer): ParsedBody {
  if (raw.body === undefined) return { ok: false, shape: "broken off" };
  const text = raw.body.trim();
  if (text === "") return { ok: false, shape: "empty" };
  try {
    return { ok: true, json: JSON.parse(text) as unknown };
  } catch {
    // The parser's own message quotes the body.
    return { ok: false, shape: shapeOf(text) };
  }
}

function shapeOf(text: string): string {
  if (/^(?:<!--|<!doctype html|<html|<head|<body)/i.test(text)) return "HTML";
  if (text.startsWith("<")) return "XML or HTML";
  if (/^[[{"]/.test(text)) return "cut-off or malformed JSON";
  return "plain text";
}

/** A place in the body for a message. Keys come from the service, so they are shown short. */
function place(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "body" : path.map((part) => oneLine(String(part), 40)).join(".");
}

function header(raw: RawAnswer, name: string): string | undefined {
  const value = raw.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
