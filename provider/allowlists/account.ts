/** From a target argument to a list that can be read and written. */

import { resolveCredentials } from "../core/connector/credentials";
import { settingsOf } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import { type Prefix, parsePrefix } from "../core/ip/index";
import type { Owner } from "../core/ownership";
import type { ObservedAllowlist } from "../core/targets/entries";
import { type Plan, type Policy, planAllowlist } from "../core/targets/plan";
import type { TargetDescriptor, TargetSession } from "../core/targets/target";
import type { AllowlistContext } from "./context";
import type { AllowlistInputs, TargetInputs } from "./inputs";
import { isManual } from "./manual";

/** One product's list, opened. */
export interface Account {
  readonly descriptor: TargetDescriptor;
  readonly place: string;
  readonly mark: string;
  readonly session: TargetSession;
}

/** Which list: `tenable:cloud.tenable.com`. Undefined for a kind that this release does not know. */
export function placeOf(targets: readonly TargetDescriptor[], target: TargetInputs): string | undefined {
  if (isManual(target)) return `manual:${String(target.product)}`;
  const descriptor = targets.find(({ kind }) => kind === target.kind);
  return descriptor === undefined
    ? undefined
    : `${descriptor.kind}:${descriptor.place(settingsOf(descriptor, target))}`;
}

/** @throws MSEM_REFERENCE when a reference cannot be resolved */
export async function openAccount(inputs: AllowlistInputs, context: AllowlistContext): Promise<Account> {
  const { target, owner } = inputs;
  const descriptor = context.targets.find(({ kind }) => kind === target.kind);
  const place = placeOf(context.targets, target);
  if (descriptor === undefined || place === undefined) {
    throw new MsemError("MSEM_FAULT", `this release of pulumi-msem knows no target "${target.kind}"`);
  }
  const mark = markOf(owner);
  const session = descriptor.open(
    {
      settings: settingsOf(descriptor, target),
      credentials: await resolveCredentials(descriptor, target, context.resolve),
      mark,
    },
    context,
  );
  return { descriptor, place, mark, session };
}

/** What stands on entries and lists of ours. */
export function markOf(owner: Owner | undefined): string {
  return owner === undefined ? "pulumi-msem" : `pulumi-msem ${owner.project}/${owner.stack}/${owner.name}`;
}

/** What a plan for this list is made of, apart from what is observed. */
export interface Wish {
  readonly desired: Readonly<Record<string, string>>;
  readonly owned: ReadonlySet<string>;
  readonly policy: Policy;
}

export function planFor({ descriptor, mark }: Account, observed: ObservedAllowlist, wish: Wish): Plan {
  const { capability, listName } = descriptor;
  return planAllowlist({
    ...wish,
    observed,
    capability,
    ...(listName === undefined ? {} : { listName: (ordinal: number) => listName(mark, ordinal) }),
  });
}

/** The policy that the inputs ask for. The caller's addresses may come from the environment: CI runners know theirs. */
export function policyOf(inputs: AllowlistInputs, context: Pick<AllowlistContext, "environment">): Policy {
  const given = inputs.callerPrefixes ?? (context.environment("MSEM_CALLER_PREFIXES") ?? "").split(/[\s,]+/);
  const accepted = inputs.guards?.acceptForeignRemovals;
  return {
    mode: inputs.mode,
    startEnforcement: inputs.startEnforcement,
    adopt: inputs.adopt,
    caller: given.filter((text) => text !== "").map(callerPrefix),
    ...(typeof accepted === "number" ? { acceptForeignRemovals: accepted } : {}),
  };
}

function callerPrefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok)
    throw new MsemError("MSEM_INVALID", `callerPrefixes (MSEM_CALLER_PREFIXES): ${parsed.problem.message}`);
  return parsed.value;
}
