/** An answer as a call sees it: reads what it expects, and turns everything else into one clear error. */
import type { z } from "zod";
import type { MsemError } from "../core/errors";
import { type CallSite, type Effort, type ServiceError, type StatusFailure, toError } from "./errors";
import { oneLine, type Redactor, showUrl } from "./redact";

export interface Answer {
  readonly status: number;
  /** 1 for the first attempt of the call. Above 1, an earlier attempt may have taken effect unseen. */
  readonly attempt: number;
  header(name: string): string | undefined;
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

/** Reads an error body; undefined when it is none. Given by the API's own module, which knows the schema. */
export type ErrorReader = (json: unknown) => ServiceError | undefined;

export function toAnswer(raw: RawAnswer, site: CallSite, effort: Effort, readError: ErrorReader): Answer {
  const requestId = header(raw, "x-ms-request-id");
  const shown = requestId === undefined ? undefined : site.redact(oneLine(requestId, 128));
  const breach = (...problems: string[]): MsemError =>
    toError({ kind: "protocol", status: raw.status, requestId: shown, problems }, site, effort);
  return {
    status: raw.status,
    attempt: effort.attempts,
    redact: site.redact,
    header: (name) => header(raw, name),
    json(schema) {
      const parsed = parseBody(raw);
      if (!parsed.ok) throw breach(`the body is ${parsed.shape} instead of JSON`);
      const checked = schema.safeParse(parsed.json);
      if (checked.success) return checked.data;
      throw breach(...checked.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`));
    },
    serviceError: () => readServiceError(raw, readError),
    failure: () => toError(statusFailure(raw, readError, shown), site, effort),
    breach: (problem) => breach(problem),
  };
}

/** The failure that a status means to a call that does not expect it. */
export function statusFailure(raw: RawAnswer, readError: ErrorReader, requestId: string | undefined): StatusFailure {
  const parsed = parseBody(raw);
  const service = readServiceError(raw, readError);
  const location = raw.status >= 300 && raw.status < 400 ? header(raw, "location") : undefined;
  return {
    kind: "status",
    status: raw.status,
    requestId,
    headerCode: header(raw, "x-ms-error-code"),
    service,
    foreignBody: service === undefined ? foreignBody(parsed, raw.status) : undefined,
    location: location === undefined ? undefined : showUrl(location),
  };
}

function readServiceError(raw: RawAnswer, readError: ErrorReader): ServiceError | undefined {
  const parsed = parseBody(raw);
  return parsed.ok ? readError(parsed.json) : undefined;
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
