/** What a plan must never do, whatever was asked for. Named rules, each with its measured figure and the way out. */
import { type AddressSet, addressSet, covers, difference, type Family, intersection, touches } from "../ip/index";
import type { Capability } from "./capability";
import { admittedBy, type Block, type ObservedAllowlist } from "./entries";
import { sorted } from "./order";
import { type Draft, type Edit, listed, type PlanRefusal, type PlanRequest } from "./plan";

/** The parts of a list that are restricted, and emptied, together. */
export function compartmentsOf({ compartments }: Capability): readonly (readonly Family[])[] {
  return compartments === "family" ? [["ipv4"], ["ipv6"]] : [["ipv4", "ipv6"]];
}

/** What is admitted once the draft is carried out. */
function admittedAfter({ adds, updates, keeps }: Draft): AddressSet {
  const kept = keeps.flatMap(({ block, entry }) => (block === undefined || entry.inactive === true ? [] : [block]));
  return addressSet(
    [...adds, ...updates].map(({ block }) => block.interval).concat(kept.map(({ interval }) => interval)),
  );
}

/** Whether anybody of the family is admitted once the draft is carried out. */
function admitsAny({ adds, updates, keeps }: Draft, family: Family): boolean {
  return (
    [...adds, ...updates].some(({ block }) => block.interval.family === family) ||
    keeps.some(({ block, entry }) => block?.interval.family === family && entry.inactive !== true)
  );
}

/** Turns removals into entries that are kept. */
function retain(draft: Draft, keep: (edit: Edit) => boolean, why: string): Edit[] {
  const kept = draft.removes.filter(keep);
  if (kept.length === 0) return kept;
  draft.removes = draft.removes.filter((edit) => !kept.includes(edit));
  draft.keeps.push(
    ...kept.map(({ block, entry, ours }) => ({ verb: "keep", kept: "retained", block, why, entry, ours }) as const),
  );
  return kept;
}

/**
 * Entries that let the caller into a list in force are not removed, unless others let it in as well. Of a wide
 * `callerPrefixes` every part that is admitted stays admitted: the one address behind it is not known.
 */
export function keepCaller({ policy, observed }: PlanRequest, draft: Draft): string[] {
  const caller = addressSet(policy.caller.filter(({ family }) => observed.enforced[family]));
  // Whole lists are gone through only where something is at stake.
  if (!draft.removes.some(({ block }) => touches(caller, block.interval))) return [];
  const before = intersection(caller, admittedBy(observed.entries));
  const lost = difference(before, admittedAfter(draft));
  const kept = retain(
    draft,
    ({ entry, block }) => entry.inactive !== true && touches(lost, block.interval),
    "lets this machine in",
  );
  if (kept.length === 0) return [];
  const texts = listed(kept.map(({ block }) => block.text));
  return [`kept ${texts}: without it this machine (callerPrefixes) would be locked out`];
}

/** A list in force never becomes empty: whether that means nobody or everybody, it is never what was asked for. */
export function keepLast({ capability, observed }: PlanRequest, draft: Draft): string[] {
  const warnings: string[] = [];
  for (const families of compartmentsOf(capability)) {
    if (!families.some((family) => observed.enforced[family])) continue;
    if (families.some((family) => admitsAny(draft, family))) continue;
    const active = draft.removes.filter(
      ({ block, entry }) => families.includes(block.interval.family) && entry.inactive !== true,
    );
    const last = sorted(active)[0];
    if (last === undefined) continue;
    retain(draft, (edit) => edit === last, "the last entry of a list in force");
    warnings.push(
      `kept ${last.block.text}: it is the last entry of a list in force. Switch the restriction off in the product, then remove it there`,
    );
  }
  return warnings;
}

/** Exclusive mode: many removals of other people's entries at once want a second look. */
export function foreignRemovals({ observed, policy }: PlanRequest, draft: Draft): PlanRefusal[] {
  const foreign = draft.removes.filter(({ ours }) => !ours).length;
  const limit = Math.max(5, Math.floor(observed.entries.length / 10));
  if (foreign <= Math.max(limit, policy.acceptForeignRemovals ?? 0)) return [];
  return [
    {
      code: "foreignRemovals",
      message:
        `${foreign} entries of other owners would be removed at once; the limit is ${limit} (of ${observed.entries.length}). ` +
        `Mode "additive" leaves them alone; guards.acceptForeignRemovals: ${foreign} removes them`,
      measured: foreign,
      limit,
      override: "guards.acceptForeignRemovals",
    },
  ];
}

/** Refuses to start a restriction by accident, and to start or tighten one that may shut the caller out. */
export function judgeEnforcement(
  request: PlanRequest,
  draft: Draft,
): { readonly refusals: PlanRefusal[]; readonly warnings: string[] } {
  const { capability, observed, policy } = request;
  const refusals: PlanRefusal[] = [];
  const warnings: string[] = [];
  const starting: Family[] = [];
  for (const families of compartmentsOf(capability)) {
    const filled = [...draft.adds, ...draft.updates].filter(({ block }) =>
      families.includes(block.interval.family),
    ).length;
    const open = capability.emptyMeans === "open" && !families.some((family) => observed.enforced[family]);
    if (!open || filled === 0) continue;
    if (policy.startEnforcement) starting.push(...families);
    else refusals.push(unasked(families, filled));
  }
  const after = starting.length > 0 ? admittedAfter(draft) : undefined;
  const outside =
    after === undefined
      ? []
      : policy.caller.filter((prefix) => starting.includes(prefix.family) && !covers(after, prefix));
  if (outside.length > 0) refusals.push(lockedOut(outside.length));
  const harms = starting.length > 0 || draft.removes.some(({ ours }) => !ours);
  if (harms && policy.caller.length === 0) {
    if (capability.selfLockoutGuard === "none") refusals.push(callerUnknown);
    else
      warnings.push("callerPrefixes is not given: only the product's own guard keeps this machine from being shut out");
  }
  return { refusals, warnings: [...warnings, ...halfOpen(capability, observed, draft)] };
}

function halfOpen(capability: Capability, { enforced }: ObservedAllowlist, draft: Draft): string[] {
  const { families, compartments, emptyMeans } = capability;
  if (families.length < 2 || compartments !== "family" || emptyMeans !== "open") return [];
  const restricted = {
    ipv4: enforced.ipv4 || admitsAny(draft, "ipv4"),
    ipv6: enforced.ipv6 || admitsAny(draft, "ipv6"),
  };
  if (restricted.ipv4 === restricted.ipv6) return [];
  const [closed, open] = restricted.ipv4 ? ["IPv4", "IPv6"] : ["IPv6", "IPv4"];
  return [`only ${closed} is restricted, ${open} is open to everybody: restrict both or neither`];
}

function unasked(families: readonly Family[], count: number): PlanRefusal {
  const which = families.length === 2 ? "the list" : families[0] === "ipv4" ? "the IPv4 list" : "the IPv6 list";
  const entries = count === 1 ? "1 entry" : `${count} entries`;
  return {
    code: "startEnforcement",
    message:
      `${which} is empty, so everybody may call now; ${entries} in it would shut out everybody else. ` +
      "Nothing needs to be allowed then. Set startEnforcement: true if a restriction is what you want",
    measured: count,
    limit: 0,
    override: "startEnforcement",
  };
}

function lockedOut(count: number): PlanRefusal {
  const [are, them] = count === 1 ? ["is", "it"] : ["are", "them"];
  return {
    code: "callerLockedOut",
    message: `the restriction would shut out this machine: ${count} of callerPrefixes ${are} not in the list. Put ${them} into additionalPrefixes`,
    measured: count,
    limit: 0,
    override: "additionalPrefixes",
  };
}

const callerUnknown: PlanRefusal = {
  code: "callerUnknown",
  message:
    "this product does not keep a caller from shutting itself out, and nobody said from where we call. " +
    "Set callerPrefixes (or MSEM_CALLER_PREFIXES) to the public addresses of this machine",
  override: "callerPrefixes",
};

export function nothingFits(count: number): PlanRefusal {
  return {
    code: "nothingFits",
    message: `${count === 1 ? "the one wanted prefix cannot" : `none of the ${count} wanted prefixes can`} stand in this product, which is never taken as "remove all". Look at families`,
    measured: 0,
    limit: 1,
  };
}

/** Whether a change begins to restrict what was open until now. */
export function startsOf({ capability, observed }: PlanRequest, changes: readonly { block: Block }[]): boolean {
  if (capability.emptyMeans !== "open") return false;
  return compartmentsOf(capability).some(
    (families) =>
      !families.some((family) => observed.enforced[family]) &&
      changes.some(({ block }) => families.includes(block.interval.family)),
  );
}

export function tooMany(total: number, foreign: number, limit: number): PlanRefusal {
  return {
    code: "capacity",
    message: `${total} entries would stand in the list${others(foreign)}; the limit is ${limit}. Leave out a family (families), or make room in the product`,
    measured: total,
    limit,
  };
}

export function tooManyLists(
  total: number,
  foreign: number,
  { entriesPerList, lists }: { readonly entriesPerList: number; readonly lists: number },
): PlanRefusal {
  return {
    code: "lists",
    message: `${total} lists of ${entriesPerList} would be needed${others(foreign)}; the limit is ${lists}. Leave out a family (families), or make room in the product`,
    measured: total,
    limit: lists,
  };
}

function others(foreign: number): string {
  return foreign === 0 ? "" : `, ${foreign} of them made by others`;
}

/** Everything fits at the end, and no way there is safe at each write. */
export function noSafeOrder(wrong: "full" | "caller" | "empty"): PlanRefusal {
  const between = {
    full: "every place is taken, and the entries that could give up theirs first are the last of a list in force or let this machine in",
    caller: "the product takes the changes in several writes, and between two of them this machine would be shut out",
    empty: "the product takes the changes in several writes, and between two of them a list in force would be empty",
  }[wrong];
  const way = wrong === "full" ? "Free one place in the product" : "Add the new prefixes first, then remove the others";
  return { code: "noSafeOrder", message: `${between}. ${way}` };
}
