/** Read, plan, judge, write, read again: until there is nothing left to do. */

import { MsemError } from "../core/errors";
import type { ObservedAllowlist } from "../core/targets/entries";
import { type Plan, writesOf } from "../core/targets/plan";
import { type Account, planFor, type Wish } from "./account";

/** Writes of one run. A second one is needed only when somebody else wrote at the same time. */
const mostWrites = 4;

export interface Outcome {
  readonly observed: ObservedAllowlist;
  /** The first one: what was to be done. */
  readonly plan: Plan;
  /** Blocks that are ours now. */
  readonly owned: readonly string[];
  readonly writes: number;
  /** What went wrong after something may have been written. */
  readonly failure?: MsemError;
}

/** Several resources of one program may keep one list: they take turns, or a whole-list write would undo another's. */
const turns = new Map<string, Promise<unknown>>();

export function inTurn<Result>(place: string, action: () => Promise<Result>): Promise<Result> {
  const before = turns.get(place) ?? Promise.resolve();
  const turn = before.then(action, action);
  const settled = turn.catch(() => undefined);
  turns.set(place, settled);
  void settled.then(() => {
    if (turns.get(place) === settled) turns.delete(place);
  });
  return turn;
}

/**
 * @throws MSEM_REFUSED, with nothing changed, when the plan must not be carried out; errors of reading before anything
 * was written. What fails later is in the outcome, because something exists by then.
 */
export async function carryOut(account: Account, wish: Wish, warn: (message: string) => void): Promise<Outcome> {
  const { session } = account;
  let owned: ReadonlySet<string> = wish.owned;
  let first: Plan | undefined;
  let observed = await session.read();
  for (let writes = 0; ; writes++) {
    const plan = planFor(account, observed, { ...wish, owned });
    first ??= plan;
    if (plan.refusals.length > 0) {
      const refusal = refused(account, plan);
      if (writes === 0) throw refusal;
      return { observed, plan: first, owned: stillOurs(owned, observed), writes, failure: refusal };
    }
    if (writesOf(plan).length === 0) return { observed, plan: first, owned: plan.owned, writes };
    if (writes === mostWrites) {
      return { observed, plan: first, owned: stillOurs(owned, observed), writes, failure: lostRace(account, plan) };
    }
    if (writes > 0) {
      const why = "somebody else wrote at the same time, or the product's reads lag behind its writes";
      warn(`${account.descriptor.displayName}: the list is not as it was written (${why}); writing again`);
    }
    const before = observed;
    try {
      await session.write(plan, before);
      // What was removed stays ours until a read shows it gone: a lagging read would make it somebody else's for ever.
      owned = new Set([...owned, ...plan.owned]);
      observed = await session.read();
    } catch (error) {
      if (!(error instanceof MsemError)) throw error;
      return { ...(await afterFailure(account, before, plan, owned)), plan: first, writes: writes + 1, failure: error };
    }
  }
}

/** What is there and what is ours after a write that may have taken effect in part. */
async function afterFailure(
  { session, descriptor }: Account,
  before: ObservedAllowlist,
  plan: Plan,
  owned: ReadonlySet<string>,
): Promise<Pick<Outcome, "observed" | "owned">> {
  const added = plan.changes.flatMap((change) => (change.verb === "add" ? [change.block.text] : []));
  const claimed = new Set([...owned, ...plan.owned, ...added]);
  try {
    const observed = await session.read();
    return { observed, owned: descriptor.capability.ownership === "state" ? stillOurs(claimed, observed) : [] };
  } catch {
    // Nobody knows: what may have been written is remembered as ours, or it would stay for ever.
    return { observed: before, owned: descriptor.capability.ownership === "state" ? [...claimed] : [] };
  }
}

function stillOurs(owned: ReadonlySet<string>, { entries }: ObservedAllowlist): string[] {
  const there = new Set(entries.map(({ block }) => block?.text));
  return [...owned].filter((text) => there.has(text));
}

function refused({ descriptor }: Account, { refusals }: Plan): MsemError {
  const lines = refusals.map(({ code, message }) => `\n  ${code}: ${message}.`).join("");
  const count = refusals.length === 1 ? "1 rule" : `${refusals.length} rules`;
  return new MsemError(
    "MSEM_REFUSED",
    `${descriptor.displayName}: ${count} would be broken; nothing was changed${lines}`,
  );
}

function lostRace({ descriptor }: Account, plan: Plan): MsemError {
  const left = writesOf(plan).length;
  return new MsemError(
    "MSEM_PRECONDITION",
    `${descriptor.displayName}: somebody else keeps writing the same list; ${left} changes were undone ${mostWrites} times`,
    { hint: "Find the other writer (another stack, a script, a person), then run this again." },
  );
}
