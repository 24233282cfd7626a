/** Faults on demand: what a client must survive, at the call where a test wants it. */
import { z } from "zod";

const whenSchema = z.strictObject({
  method: z.string().toUpperCase().optional().describe("GET, POST, PATCH, DELETE"),
  path: z.string().optional().describe("Route pattern, such as /connections/{id}"),
  connectionName: z
    .string()
    .optional()
    .describe("Without regard to case; also found behind an id, an operation or a $filter"),
  call: z.number().int().min(1).optional().describe("From the n-th matching call on; default 1"),
});

const effectSchema = z.discriminatedUnion("kind", [
  /** Answers with an error and does nothing. `retryAfter`: seconds, or an HTTP date. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.number().int().min(400).max(599),
    retryAfter: z.union([z.number(), z.string()]).optional(),
    code: z.string().optional(),
  }),
  /** Waits, by the wall clock, and then carries on as if nothing were; at once when the caller has given up. */
  z.strictObject({ kind: z.literal("delay"), ms: z.number().min(0) }),
  /** Breaks the connection and does nothing. */
  z.strictObject({ kind: z.literal("dropBefore") }),
  /** Does what was asked, and breaks the connection instead of answering. */
  z.strictObject({ kind: z.literal("dropAfter") }),
  /** Does what was asked, announces the whole answer and sends half. */
  z.strictObject({ kind: z.literal("truncate") }),
  /** A proxy's page instead of an answer; nothing is done. Default status 200. */
  z.strictObject({ kind: z.literal("html"), status: z.number().int().min(200).max(599).optional() }),
  /** GET tells what was there before the last write. */
  z.strictObject({ kind: z.literal("staleRead") }),
  /** 401, as if the token had just expired. */
  z.strictObject({ kind: z.literal("expiredToken") }),
  /** PATCH applies its first property only and answers 500. */
  z.strictObject({ kind: z.literal("halfApplied") }),
]);

/** @see Fault */
export const faultSchema = z.strictObject({
  when: whenSchema,
  effect: effectSchema,
  times: z.number().int().min(1).describe("How often it strikes"),
});

/** One fault: when it strikes, what it does, how often. */
export type Fault = z.infer<typeof faultSchema>;
export type FaultEffect = Fault["effect"];

/** A call as faults see it. */
export interface Call {
  readonly method: string;
  /** Route pattern. */
  readonly path: string;
  readonly connectionName?: string;
}

/** A fault with its history. */
export interface FaultStatus {
  readonly fault: Fault;
  /** Calls that matched `when`. */
  readonly matched: number;
  /** Times that it struck. */
  readonly struck: number;
}

export interface Faults {
  /** Replaces the list. */
  set(list: readonly Fault[]): void;
  add(...list: readonly Fault[]): void;
  clear(): void;
  list(): readonly FaultStatus[];
}

/** The side that the server uses. */
export interface FaultSource extends Faults {
  /** Counts the call, and returns what strikes it. */
  take(call: Call): FaultEffect | undefined;
}

export function createFaults(initial: readonly Fault[] = []): FaultSource {
  let armed: { fault: Fault; matched: number; struck: number }[] = [];

  const add = (...list: readonly Fault[]) => {
    armed.push(...list.map((fault) => ({ fault: faultSchema.parse(fault), matched: 0, struck: 0 })));
  };
  add(...initial);

  return {
    add,
    set: (list) => {
      armed = [];
      add(...list);
    },
    clear: () => {
      armed = [];
    },
    list: () => armed.map((one) => ({ ...one })),
    take: (call) => {
      let effect: FaultEffect | undefined;
      for (const one of armed) {
        if (!matches(one.fault, call)) continue;
        one.matched += 1;
        const due = one.matched >= (one.fault.when.call ?? 1) && one.struck < one.fault.times;
        if (!due || effect !== undefined) continue;
        one.struck += 1;
        effect = one.fault.effect;
      }
      return effect;
    },
  };
}

function matches({ when, effect }: Fault, call: Call): boolean {
  if (effect.kind === "halfApplied" && call.method !== "PATCH") return false;
  if (effect.kind === "staleRead" && call.method !== "GET") return false;
  return (
    (when.method === undefined || when.method === call.method) &&
    (when.path === undefined || when.path === call.path || fits(when.path, call.path)) &&
    (when.connectionName === undefined || when.connectionName.toLowerCase() === call.connectionName?.toLowerCase())
  );
}

/** Whether a path is one of a pattern: `/things/{id}` takes `/things/7`, and not `/things/7/parts`. */
function fits(pattern: string, path: string): boolean {
  const parts = pattern.split("/");
  const given = path.split("/");
  return parts.length === given.length && parts.every((part, at) => /^\{\w+\}$/.test(part) || part === given[at]);
}
