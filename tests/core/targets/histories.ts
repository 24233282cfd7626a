/** Random histories of a list: what is wanted, what others edit, and where a run ends. */
import fc from "fast-check";
import type { Family } from "../../../provider/core/ip/index";
import type { Policy } from "../../../provider/core/targets/plan";
import type { Span } from "./simulator";

const aligned: fc.Arbitrary<Span> = fc
  .tuple(fc.constantFrom<Family>("ipv4", "ipv4", "ipv4", "ipv6"), fc.nat({ max: 3 }), fc.nat({ max: 31 }))
  .map(([family, bits, at]) => {
    const first = (at >>> bits) << bits;
    return { family, first, last: first + 2 ** bits - 1 };
  });

const loose: fc.Arbitrary<Span> = fc
  .tuple(fc.constantFrom<Family>("ipv4", "ipv6"), fc.nat({ max: 25 }), fc.nat({ max: 6 }))
  .map(([family, first, more]) => ({ family, first, last: first + more }));

/** What happens to a list, one after another. `at` picks an entry or a write. */
export type Event =
  | { readonly kind: "foreign"; readonly span: Span; readonly range: boolean; readonly at: number }
  | { readonly kind: "foreignTwin" | "removed" | "switchedOff" | "moved"; readonly at: number; readonly span: Span }
  | { readonly kind: "hostName" }
  | {
      readonly kind: "apply";
      readonly desired: readonly Span[];
      readonly policy: Omit<Policy, "caller"> & { readonly caller: readonly Span[] };
      /** Ends after so many writes: the process is killed, or the call fails and we go on. */
      readonly ends?: { readonly after: number; readonly how: "killed" | "failed" };
    };

const policy = fc.record(
  {
    mode: fc.constantFrom<Policy["mode"]>("additive", "additive", "exclusive"),
    startEnforcement: fc.boolean(),
    caller: fc.array(aligned, { maxLength: 2 }),
    adopt: fc.constantFrom(false, false, true),
    acceptForeignRemovals: fc.nat({ max: 12 }),
  },
  { requiredKeys: ["mode", "startEnforcement", "caller", "adopt"] },
);

const apply = fc.record(
  {
    kind: fc.constant("apply" as const),
    desired: fc.oneof(fc.array(aligned, { maxLength: 5 }), fc.array(aligned, { maxLength: 9 })),
    policy,
    ends: fc.record({ after: fc.nat({ max: 5 }), how: fc.constantFrom("killed" as const, "failed" as const) }),
  },
  { requiredKeys: ["kind", "desired", "policy"] },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: apply },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("foreign" as const),
      span: fc.oneof(aligned, loose),
      range: fc.boolean(),
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("foreignTwin" as const, "removed" as const, "switchedOff" as const, "moved" as const),
      at: fc.nat(),
      span: aligned,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "hostName" as const }) },
);

export interface History {
  readonly inForce: boolean;
  /** Places that other people's entries leave, where the capacity is large; undefined: there are none. */
  readonly room: number | undefined;
  readonly events: readonly Event[];
  readonly shuffle: number;
}

export const history: fc.Arbitrary<History> = fc.record({
  inForce: fc.boolean(),
  room: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  events: fc.array(event, { minLength: 2, maxLength: 9 }),
  shuffle: fc.nat(),
});
