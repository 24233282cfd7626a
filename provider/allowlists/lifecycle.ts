/**
 * The life of every allowlist: one lifecycle, a target per product. What is there is the baseline; what is stored is a
 * hint. Each run reads, plans, judges the plan, writes, and reads again.
 */

import { MsemError, PartialFailure } from "../core/errors";
import type { Lifecycle, Observed } from "../core/lifecycle";
import type { TargetDescriptor } from "../core/targets/target";
import { type Account, openAccount, placeOf, policyOf } from "./account";
import { carryOut, inTurn, type Outcome } from "./carryOut";
import { checkAllowlist } from "./check";
import type { AllowlistContext } from "./context";
import { type AllowlistInputs, type AllowlistState, nameOf, stateVersion } from "./inputs";
import { askForList, isManual, remindOfList, tellOfRemoval } from "./manual";
import { inputsOf, lastSeen, observedPrefixes } from "./observe";

export type AllowlistLifecycle = Lifecycle<AllowlistInputs, AllowlistState, AllowlistContext>;

export function allowlistLifecycle(targets: readonly TargetDescriptor[]): AllowlistLifecycle {
  return {
    check: (inputs, previous, surroundings) => checkAllowlist(targets, inputs, previous, surroundings),
    // Another list is another object, not another version of this one.
    replaces: (previous, next) => (placeOf(targets, next.target) === previous.place ? [] : ["target"]),
    observe: (_id, state, context) => observe(state, context),
    ensure: async (inputs, context) => {
      const place = placeOf(targets, inputs.target) ?? inputs.target.kind;
      const id = `${place}/${inputs.owner?.name ?? "allowlist"}`;
      return { id, state: await apply(id, undefined, inputs, context) };
    },
    sync: (id, state, inputs, context) => apply(id, state, inputs, context),
    remove: (_id, state, context) => remove(state, context),
  };
}

async function apply(
  id: string,
  state: AllowlistState | undefined,
  inputs: AllowlistInputs,
  context: AllowlistContext,
): Promise<AllowlistState> {
  if (isManual(inputs.target)) return askForList(state, inputs, context);
  const account = await openAccount(inputs, context);
  const outcome = await inTurn(account.place, () =>
    carryOut(
      account,
      {
        desired: inputs.prefixes,
        owned: new Set(state?.owned ?? []),
        known: Object.keys(state?.prefixes ?? {}),
        policy: policyOf(inputs, context),
      },
      context,
    ),
  );
  for (const warning of outcome.plan.warnings) context.warn(`'${nameOf(inputs)}': ${warning}`);
  const reached = stateAfter(account, inputs, outcome);
  if (outcome.failure !== undefined) {
    const { code, details } = outcome.failure;
    throw new PartialFailure(
      id,
      reached,
      code,
      `the list may have been changed in part: ${bare(outcome.failure)}`,
      details,
    );
  }
  return verify(id, state, reached, outcome.writes > 0, context);
}

function stateAfter(account: Account, inputs: AllowlistInputs, { owned, observed }: Outcome): AllowlistState {
  const byState = account.descriptor.capability.ownership === "state";
  return {
    ...inputs,
    __seen: lastSeen(account.descriptor, new Set(owned), observed),
    stateVersion,
    place: account.place,
    owned: byState ? owned : [],
    status: "applied",
  };
}

/** Step 4 of the hand-made way: ask the service whether its addresses get through now. */
async function verify(
  id: string,
  before: AllowlistState | undefined,
  reached: AllowlistState,
  wrote: boolean,
  context: AllowlistContext,
): Promise<AllowlistState> {
  const wanted = reached.verifyConnections ?? [];
  if (wanted.length === 0) return reached;
  const known = before?.verification ?? {};
  const results = await Promise.all(
    wanted.map(async (connection) => {
      const due = wrote || known[connection] !== "ok";
      return [connection, due ? await context.testConnection(connection) : "ok"] as const;
    }),
  );
  const verified: AllowlistState = { ...reached, verification: Object.fromEntries(results) };
  const failed = results.filter(([, result]) => result !== "ok");
  if (failed.length === 0) return verified;
  const lines = failed.map(([connection, result]) => `\n  ${connection}: ${result}`).join("");
  throw new PartialFailure(
    id,
    verified,
    "MSEM_CONNECTION_FAILED",
    `the list is as wanted, but ${failed.length} of ${wanted.length} connections fail their test from the service${lines}`,
    { hint: "Look at the vendor's page for the error; then run `pulumi up` again: it tests anew." },
  );
}

async function observe(
  state: AllowlistState | undefined,
  context: AllowlistContext,
): Promise<Observed<AllowlistInputs, AllowlistState> | undefined> {
  if (state === undefined) return undefined;
  // An empty list is not a list that is gone: what was accepted last would be forgotten with it.
  if (isManual(state.target)) {
    remindOfList(state, context);
    return { inputs: inputsOf(state), state };
  }
  const { descriptor, session } = await openAccount(state, context);
  const observed = await session.read();
  const prefixes = observedPrefixes(descriptor, state, observed);
  const found = { ...state, prefixes, __seen: lastSeen(descriptor, new Set(state.owned), observed) };
  return { inputs: inputsOf(found), state: found };
}

async function remove(state: AllowlistState, context: AllowlistContext): Promise<void> {
  const { warn } = context;
  if (isManual(state.target)) {
    tellOfRemoval(state, context);
    return;
  }
  const account = await openAccount(state, context);
  const policy = { ...policyOf(state, context), mode: "additive", adopt: false } as const;
  const outcome = await inTurn(account.place, () =>
    carryOut(
      account,
      { desired: {}, owned: new Set(state.owned), known: Object.keys(state.prefixes), policy },
      context,
    ),
  );
  for (const warning of outcome.plan.warnings) warn(`'${nameOf(state)}': ${warning}`);
  if (outcome.failure === undefined) return;
  const { code, details } = outcome.failure;
  throw new MsemError(code, `the list may have been changed in part: ${bare(outcome.failure)}`, details);
}

/** The sentence of an error without its code, which the wrapping error repeats. */
function bare(error: MsemError): string {
  return error.message.replace(/^MSEM_[A-Z_]+ /, "");
}
