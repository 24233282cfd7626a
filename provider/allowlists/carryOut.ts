/** Read, plan, judge, write, read again: until there is nothing left to do. */
import { type ErrorCode, MsemError } from "../core/errors";
import type { ObservedAllowlist } from "../core/targets/entries";
import { type Plan, writesOf } from "../core/targets/plan";
import { type Account, planFor, type Wish } from "./account";
import type { AllowlistContext } from "./context";

/** Writes of one run. A second one is needed only when somebody else wrote at the same time. */
const mostWrites = 4;

/** Before a second look at a list that lacks what we know of: a replica may lag behind the last write. */
const secondLookMs = 1_000;

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
export async function carryOut(
  account: Account,
  wish: Wish & { readonly known: readonly string[] },
  { warn, sleep, beforeWrite }: Pick<AllowlistContext, "warn" | "sleep" | "beforeWrite">,
): Promise<Outcome> {
  const { session } = account;
  let owned: ReadonlySet<string> = wish.owned;
  let first: Plan | undefined;
  let observed = await session.read();
  if (stillThere(wish.known, observed).length < wish.known.length) {
    // Removed by somebody, or not shown: from an old list a whole one must not be written, nor taken for clean.
    await sleep(secondLookMs);
    observed = await session.read();
  }
  for (let writes = 0; ; writes++) {
    const plan = planFor(account, observed, { ...wish, owned });
    first ??= plan;
    if (plan.refusals.length > 0) {
      const refusal = refused(account, plan);
      if (writes === 0) throw refusal;
      return { observed, plan: first, owned: [...owned], writes, failure: refusal };
    }
    if (writesOf(plan).length === 0) return { observed, plan: first, owned: plan.owned, writes };
    if (writes === mostWrites) {
      return { observed, plan: first, owned: [...owned], writes, failure: lostRace(account, plan) };
    }
    if (writes > 0) {
      const why = "somebody else wrote at the same time, or the product's reads lag behind its writes";
      warn(`${account.descriptor.displayName}: the list is not as it was written (${why}); writing again`);
    }
    const before = observed;
    let written = false;
    try {
      await beforeWrite?.(plan);
    } catch (error) {
      if (writes === 0 || !(error instanceof MsemError)) throw error;
      return { observed, plan: first, owned: [...owned], writes, failure: error };
    }
    try {
      await session.write(plan, before);
      written = true;
      // What was ours stays known until the list shows that it is gone; of two equal entries the other is not ours.
      const twins = removedOurs(plan).filter((text) => countOf(text, before) > 1);
      owned = new Set([...wish.owned, ...plan.owned].filter((text) => !twins.includes(text)));
      observed = await session.read();
    } catch (error) {
      if (!(error instanceof MsemError)) throw error;
      const doubt = written || uncertain.has(error.code);
      return { ...(await afterFailure(account, before, plan, doubt)), plan: first, writes: writes + 1, failure: error };
    }
  }
}

/** Codes after which a write may still take effect, or has done so unseen. */
const uncertain: ReadonlySet<ErrorCode> = new Set([
  "MSEM_TIMEOUT",
  "MSEM_NETWORK",
  "MSEM_UNAVAILABLE",
  "MSEM_PROTOCOL",
]);

/**
 * What is there and what is ours after a write that may have taken effect in part. Where nothing in the product tells,
 * what may have been written is remembered as ours, or it would stay for ever.
 */
async function afterFailure(
  { session, descriptor }: Account,
  before: ObservedAllowlist,
  plan: Plan,
  doubt: boolean,
): Promise<Pick<Outcome, "observed" | "owned">> {
  const removed = plan.changes.flatMap((change) =>
    change.verb === "remove" && change.ours ? [change.block.text] : [],
  );
  let observed = before;
  let owned = [...plan.owned, ...removed];
  try {
    observed = await session.read();
    // Of two equal entries ours is gone by now; the one that is left is somebody else's.
    const left = removed.filter((text) => countOf(text, observed) >= countOf(text, before));
    owned = [...(doubt ? plan.owned : stillThere(plan.owned, observed)), ...left];
  } catch {
    // Nobody knows.
  }
  return { observed, owned: descriptor.capability.ownership === "state" ? owned : [] };
}

function removedOurs({ changes }: Plan): string[] {
  return changes.flatMap((change) => (change.verb === "remove" && change.ours ? [change.block.text] : []));
}

function countOf(text: string, { entries }: ObservedAllowlist): number {
  return entries.filter(({ block }) => block?.text === text).length;
}

function stillThere(texts: Iterable<string>, { entries }: ObservedAllowlist): string[] {
  const there = new Set(entries.map(({ block }) => block?.text));
  return [...texts].filter((text) => there.has(text));
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
