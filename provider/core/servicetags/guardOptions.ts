/** What a user may say about the guards, judged all at once. */
import { z } from "zod";
import { closeNames } from "../closeNames";
import { type Prefix, parsePrefix } from "../ip/index";
import type { Problem } from "../lifecycle";
import { formatPath } from "./path";

/** Stable names of the guards: scripts may match on them. */
export type GuardCode =
  | "missing"
  | "empty"
  | "rollback"
  | "republished"
  | "spike"
  | "overWide"
  | "specialPurpose"
  | "removals";

/**
 * How far a newly published list may differ from the last accepted one. Every `accept…` is a way past one guard, and says
 * so for exactly what you have looked at. All are changed in place.
 */
export interface GuardOptions {
  /**
   * What to do with a list that a guard refuses: `"fail"` stops the run; `"keepLast"` goes on with the last accepted list
   * and a warning. Without an accepted list, on create, both fail.
   * @default "fail"
   */
  readonly onRefused?: "fail" | "keepLast";
  /** Days that a withdrawn prefix stays allowed, marked as withdrawn. From 0 (it goes at once) to 365. @default 14 */
  readonly quarantineDays?: number;
  /** Accept a change number that went back, if it is this one. */
  readonly acceptRollbackTo?: number;
  /** Accept other prefixes under the number that was accepted before, if it is this one. */
  readonly acceptRepublished?: number;
  /**
   * Take a tag that is empty or missing at its word: its prefixes are withdrawn, stay for `quarantineDays`, and go. Without
   * effect on create.
   * @default false
   */
  readonly acceptEmpty?: boolean;
  /** Accept up to so many new prefixes at once. @default as many as the list has, but at least 64 */
  readonly acceptAdditions?: number;
  /** Accept up to so many withdrawn prefixes at once. @default a tenth of the list, but at least 5 */
  readonly acceptRemovals?: number;
  /** Accept prefixes as short as these lengths in bits. @default `{ ipv4: 16, ipv6: 40 }` */
  readonly acceptWide?: { readonly ipv4?: number; readonly ipv6?: number };
  /** Accept private, documentation and other special-purpose prefixes inside these prefixes. @default none */
  readonly acceptSpecialPurpose?: readonly string[];
}

/** The options, complete and parsed. */
export interface GuardPolicy {
  readonly onRefused: "fail" | "keepLast";
  readonly quarantineDays: number;
  readonly acceptRollbackTo?: number;
  readonly acceptRepublished?: number;
  readonly acceptEmpty: boolean;
  readonly acceptAdditions?: number;
  readonly acceptRemovals?: number;
  readonly shortest: { readonly ipv4: number; readonly ipv6: number };
  readonly acceptSpecialPurpose: readonly Prefix[];
}

const wholeNumber = "must be a whole number, 0 or more";
const count = z.int(wholeNumber).nonnegative(wholeNumber).optional();

function between(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return z.int(message).min(low, message).max(high, message).optional();
}

const lengths = z.strictObject(
  { ipv4: between(0, 32), ipv6: between(0, 128) },
  "must be prefix lengths, such as { ipv4: 12 }",
);

const prefixText = z.string("must be a prefix").transform((text, context): Prefix => {
  const parsed = parsePrefix(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.problem.message });
  return z.NEVER;
});

const schema = z.strictObject(
  {
    onRefused: z.enum(["fail", "keepLast"], 'must be "fail" or "keepLast"').optional(),
    quarantineDays: between(0, 365),
    acceptRollbackTo: count,
    acceptRepublished: count,
    acceptEmpty: z.boolean("must be true or false").optional(),
    acceptAdditions: count,
    acceptRemovals: count,
    acceptWide: lengths.optional(),
    acceptSpecialPurpose: z.array(prefixText, "must be a list of prefixes").optional(),
  },
  'must be an object, such as { onRefused: "keepLast" }',
);

/** Every option's name. */
export const guardKeys: readonly string[] = Object.keys(schema.shape);

/**
 * The policy that the options make; without options the default one. All problems at once, with their paths.
 *
 * @param at where the options stand, for the paths
 */
export function judgeGuardOptions(
  options: unknown,
  at = "guards",
): { readonly policy: GuardPolicy; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(options ?? {});
  if (!result.success)
    return { policy: toPolicy({}), problems: result.error.issues.flatMap((issue) => toProblems(issue, at)) };
  return { policy: toPolicy(result.data), problems: [] };
}

function toPolicy({ acceptWide, acceptSpecialPurpose, ...given }: z.infer<typeof schema>): GuardPolicy {
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    onRefused: "fail",
    quarantineDays: 14,
    acceptEmpty: false,
    ...defined,
    shortest: { ipv4: acceptWide?.ipv4 ?? 16, ipv6: acceptWide?.ipv6 ?? 40 },
    acceptSpecialPurpose: acceptSpecialPurpose ?? [],
  };
}

function toProblems(issue: z.core.$ZodIssue, at: string): Problem[] {
  const path = formatPath([at, ...issue.path]);
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  const known = issue.path.length === 0 ? guardKeys : Object.keys(lengths.shape);
  return issue.keys.map((key) => {
    const close = closeNames(key, known, 3);
    const hint = close.length === 0 ? `known are ${known.join(", ")}` : `close: ${close.join(", ")}`;
    return { path: formatPath([at, ...issue.path, key]), message: `there is no such option; ${hint}` };
  });
}
