/**
 * Every fault at every call of a connector's life, once and for good, with what the first run is expected to end in.
 * The ends follow from three rules (a fault's own code, whether a retry heals it, where a second look heals it); what
 * differs from them is listed with its reason.
 */
import type { Fault, FaultEffect } from "pulumi-msem/emulator";

/** `rotate` changes settings, description, tags and credential; `describe` the description only. */
export type Phase = "create" | "rotate" | "describe" | "delete";

/** One call that the client makes in a phase. */
export interface Place {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly route: string;
  /** Which of the phase's calls of that method and route. */
  readonly call: number;
}

const one = "/connections/{id}";
const operation = "/operations/{id}";

/** In order. A test compares this with what a run without faults really sends. */
export const calls: Readonly<Record<Phase, readonly Place[]>> = {
  create: [
    { method: "POST", route: "/connections", call: 1 },
    { method: "GET", route: operation, call: 1 },
    { method: "GET", route: one, call: 1 },
  ],
  rotate: [
    { method: "GET", route: one, call: 1 },
    { method: "GET", route: one, call: 2 },
    { method: "PATCH", route: one, call: 1 },
    { method: "GET", route: operation, call: 1 },
    { method: "GET", route: one, call: 3 },
    { method: "POST", route: `${one}/test`, call: 1 },
    { method: "GET", route: operation, call: 2 },
  ],
  describe: [
    { method: "GET", route: one, call: 1 },
    { method: "PATCH", route: one, call: 1 },
  ],
  delete: [
    { method: "GET", route: one, call: 1 },
    { method: "DELETE", route: one, call: 1 },
  ],
};

/** "ok" or the code of the error. */
export type End = string;

interface Kind {
  readonly name: string;
  readonly effect: (now: number) => FaultEffect;
  /** Of the error when it does not end. */
  readonly code: string;
  /** True when trying again is safe: then one such fault goes unnoticed. */
  readonly retried: boolean;
  readonly only?: Place["method"];
}

/** More than the time-out of a request, so that the late call may meet the retry. */
export const lateMs = 2_600;
export const requestTimeoutSeconds = 2;

const status = (code: number, retryAfter?: number | string): FaultEffect => ({
  kind: "status",
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const kinds: readonly Kind[] = [
  { name: "401", effect: () => status(401), code: "MSEM_UNAUTHENTICATED", retried: false },
  { name: "expired token", effect: () => ({ kind: "expiredToken" }), code: "MSEM_UNAUTHENTICATED", retried: false },
  { name: "403", effect: () => status(403), code: "MSEM_FORBIDDEN", retried: false },
  { name: "404", effect: () => status(404), code: "MSEM_NOT_FOUND", retried: false },
  { name: "409", effect: () => status(409), code: "MSEM_CONFLICT", retried: false },
  { name: "412", effect: () => status(412), code: "MSEM_PRECONDITION", retried: false },
  { name: "429, seconds", effect: () => status(429, 1), code: "MSEM_THROTTLED", retried: true },
  {
    name: "429, date",
    effect: (now) => status(429, new Date(now + 8_000).toUTCString()),
    code: "MSEM_THROTTLED",
    retried: true,
  },
  { name: "429", effect: () => status(429), code: "MSEM_THROTTLED", retried: true },
  { name: "500", effect: () => status(500), code: "MSEM_UNAVAILABLE", retried: true },
  { name: "503, seconds", effect: () => status(503, 1), code: "MSEM_UNAVAILABLE", retried: true },
  { name: "time-out", effect: () => ({ kind: "delay", ms: lateMs }), code: "MSEM_TIMEOUT", retried: true },
  { name: "dropped before", effect: () => ({ kind: "dropBefore" }), code: "MSEM_NETWORK", retried: true },
  { name: "dropped after", effect: () => ({ kind: "dropAfter" }), code: "MSEM_NETWORK", retried: true },
  { name: "truncated", effect: () => ({ kind: "truncate" }), code: "MSEM_PROTOCOL", retried: true },
  { name: "HTML, 200", effect: () => ({ kind: "html", status: 200 }), code: "MSEM_PROTOCOL", retried: true },
  { name: "HTML, 502", effect: () => ({ kind: "html", status: 502 }), code: "MSEM_UNAVAILABLE", retried: true },
  { name: "stale read", effect: () => ({ kind: "staleRead" }), code: "MSEM_PRECONDITION", retried: true, only: "GET" },
  {
    name: "half applied",
    effect: () => ({ kind: "halfApplied" }),
    // The service says 500 however much of it is applied.
    code: "MSEM_UNAVAILABLE",
    retried: true,
    only: "PATCH",
  },
];

interface Exception {
  readonly phases: readonly Phase[];
  readonly fault: string;
  readonly method: Place["method"];
  readonly route: string;
  /** Default: every one. */
  readonly call?: number;
  readonly once?: End;
  readonly always?: End;
  readonly because: string;
}

const exceptions: readonly Exception[] = [
  {
    phases: ["create", "rotate", "describe", "delete"],
    fault: "404",
    method: "GET",
    route: one,
    once: "ok",
    because: "a connection is gone only when a second look and the list say so",
  },
  {
    phases: ["rotate", "describe"],
    fault: "404",
    method: "PATCH",
    route: one,
    once: "ok",
    because: "it was there a moment ago",
  },
  {
    phases: ["delete"],
    fault: "404",
    method: "DELETE",
    route: one,
    once: "ok",
    because: "it was there a moment ago",
  },
  {
    phases: ["rotate", "describe"],
    fault: "412",
    method: "PATCH",
    route: one,
    once: "ok",
    because: "someone else wrote: read again",
  },
  {
    phases: ["delete"],
    fault: "412",
    method: "DELETE",
    route: one,
    once: "ok",
    because: "someone else wrote: read again",
  },
  {
    phases: ["rotate"],
    fault: "412",
    method: "GET",
    route: one,
    call: 2,
    once: "ok",
    because: "part of the write that is begun again",
  },
  {
    phases: ["rotate"],
    fault: "412",
    method: "GET",
    route: one,
    call: 3,
    once: "ok",
    because: "part of the write that is begun again",
  },
  {
    phases: ["rotate"],
    fault: "412",
    method: "GET",
    route: operation,
    call: 1,
    once: "ok",
    because: "part of the write that is begun again",
  },
  {
    phases: ["create", "rotate"],
    fault: "stale read",
    method: "GET",
    route: operation,
    always: "MSEM_TIMEOUT",
    because: "it runs for ever",
  },
  {
    phases: ["create"],
    fault: "stale read",
    method: "GET",
    route: one,
    always: "MSEM_NOT_FOUND",
    because: "before it was created there was none",
  },
  {
    phases: ["rotate"],
    fault: "stale read",
    method: "GET",
    route: one,
    call: 2,
    always: "MSEM_TIMEOUT",
    because: "the write succeeds, and its effect cannot be seen",
  },
  {
    phases: ["rotate"],
    fault: "stale read",
    method: "GET",
    route: one,
    call: 3,
    always: "MSEM_TIMEOUT",
    because: "the write succeeds, and its effect cannot be seen",
  },
  {
    phases: ["describe"],
    fault: "half applied",
    method: "PATCH",
    route: one,
    always: "ok",
    because: "the first property is the only one, and the repeat finds it applied",
  },
  {
    phases: ["rotate"],
    fault: "truncated",
    method: "PATCH",
    route: one,
    always: "MSEM_PRECONDITION",
    because: "the repeat meets the first write, and its answer is cut off as well",
  },
  {
    phases: ["delete"],
    fault: "truncated",
    method: "DELETE",
    route: one,
    always: "ok",
    because: "a 204 has no body to lose",
  },
];

export interface FaultCase {
  readonly title: string;
  readonly phase: Phase;
  readonly place: Place;
  readonly fault: string;
  readonly persistent: boolean;
  /** How the first run ends. */
  readonly end: End;
  /** Arms it for the connection of that name. */
  readonly arm: (connectionName: string, now: number) => Fault;
}

export const cases: readonly FaultCase[] = (Object.keys(calls) as Phase[]).flatMap((phase) =>
  calls[phase].flatMap((place) =>
    kinds
      .filter(({ only }) => only === undefined || only === place.method)
      .flatMap((kind) => [true, false].map((persistent) => caseOf(phase, place, kind, persistent))),
  ),
);

function caseOf(phase: Phase, place: Place, kind: Kind, persistent: boolean): FaultCase {
  const { method, route, call } = place;
  const duration = persistent ? "for good" : "once";
  return {
    title: `${phase}: ${kind.name}, ${duration}, at ${method} ${route}${call === 1 ? "" : ` (call ${call})`}`,
    phase,
    place,
    fault: kind.name,
    persistent,
    end: endOf(phase, place, kind, persistent),
    arm: (connectionName, now) =>
      faultOf({ method, path: route, connectionName, call }, kind.effect(now), persistent ? 10_000 : 1),
  };
}

function endOf(phase: Phase, place: Place, kind: Kind, persistent: boolean): End {
  const exception = exceptions.find(
    (entry) =>
      entry.phases.includes(phase) &&
      entry.fault === kind.name &&
      entry.method === place.method &&
      entry.route === place.route &&
      (entry.call ?? place.call) === place.call,
  );
  if (persistent) return exception?.always ?? kind.code;
  return exception?.once ?? (kind.retried ? "ok" : kind.code);
}

function faultOf(when: Fault["when"], effect: FaultEffect, times: number): Fault {
  return { when, effect, times };
}

/** What an error of that code must say. */
export const causes: Readonly<Record<string, RegExp>> = {
  MSEM_UNAUTHENTICATED: /\b401 InvalidAuthenticationToken|\b401\b[\s\S]*token/,
  MSEM_FORBIDDEN: /\b403 Forbidden[\s\S]*takes one of the roles .*Security Administrator/,
  MSEM_NOT_FOUND:
    /\b404\b|no longer knows the operation|listed, but not found|does not find|not found to be removed|no longer exists/,
  MSEM_CONFLICT: /\b409\b/,
  MSEM_PRECONDITION: /\b412 ConditionNotMet/,
  MSEM_THROTTLED: /\b429 TooManyRequests/,
  MSEM_UNAVAILABLE: /\b50[023]\b/,
  MSEM_TIMEOUT: /no answer within|had not finished|still shows it as it was/,
  MSEM_NETWORK: /the connection failed or broke off/,
  MSEM_PROTOCOL: /not what the contract says|the contract has no such answer|is HTML/,
};
