/** What a plan must never do, whatever was asked for. Named rules, each with its measured figure and the way out. */
import { type AddressSet, addressSet, coverageOf, covers, type Family } from "../ip/index";
import type { Capability } from "./capability";
import { admittedBy, compareBlocks, type ObservedAllowlist } from "./entries";
import { type Draft, type Edit, listed, type PlanRefusal, type PlanRequest } from "./plan";

/** The parts of a list that are restricted, and emptied, together. */
function compartmentsOf({ compartments }: Capability): readonly (readonly Family[])[] {
  return compartments === "family" ? [["ipv4"], ["ipv6"]] : [["ipv4", "ipv6"]];
}

/** What is admitted once the draft is carried out. */
function admittedAfter({ adds, updates, keeps }: Draft): AddressSet {
  const kept = keeps.flatMap(({ block, entry }) => (block === undefined || entry.inactive === true ? [] : [block]));
  return addressSet(
    [...adds, ...updates].map(({ block }) => block.interval).concat(kept.map(({ interval }) => interval)),
  );
}

/** Turns removals into entries that are kept. */
function retain(draft: Draft, keep: (edit: Edit) => boolean, why: string): Edit[] {
  const kept = draft.removes.filter(keep);
  if (kept.length === 0) return kept;
  draft.removes = draft.removes.filter((edit) => !kept.includes(edit));
  draft.keeps.push(...kept.map(({ block, entry, ours }) => ({ verb: "keep", block, why, entry, ours }) as const));
  return kept;
}

/** Entries that let the caller into a list in force are not removed, unless others let it in as well. */
export function keepCaller({ policy, observed }: PlanRequest, draft: Draft): string[] {
  const caller = policy.caller.filter(({ family }) => observed.enforced[family]);
  if (caller.length === 0 || draft.removes.length === 0) return [];
  const before = admittedBy(observed.entries);
  const after = admittedAfter(draft);
  const lost = addressSet(caller.filter((prefix) => covers(before, prefix) && !covers(after, prefix)));
  const kept = retain(
    draft,
    ({ entry, block }) => entry.inactive !== true && coverageOf(lost, block.interval) !== "none",
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
    const after = admittedAfter(draft);
    if (families.some((family) => after[family].count > 0)) continue;
    const last = draft.removes
      .filter(({ block, entry }) => families.includes(block.interval.family) && entry.inactive !== true)
      .sort((a, b) => compareBlocks(a.block, b.block))[0];
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
  const after = admittedAfter(draft);
  const starting: Family[] = [];
  for (const families of compartmentsOf(capability)) {
    const filled = draft.adds.filter(({ block }) => families.includes(block.interval.family)).length;
    const open = capability.emptyMeans === "open" && !families.some((family) => observed.enforced[family]);
    if (!open || filled === 0) continue;
    if (policy.startEnforcement) starting.push(...families);
    else refusals.push(unasked(families, filled));
  }
  const outside = policy.caller.filter((prefix) => starting.includes(prefix.family) && !covers(after, prefix));
  if (outside.length > 0) refusals.push(lockedOut(outside.length));
  const harms = starting.length > 0 || draft.removes.some(({ ours }) => !ours);
  if (harms && policy.caller.length === 0) {
    if (capability.selfLockoutGuard === "none") refusals.push(callerUnknown);
    else
      warnings.push("callerPrefixes is not given: only the product's own guard keeps this machine from being shut out");
  }
  return { refusals, warnings: [...warnings, ...halfOpen(capability, observed, after)] };
}

function halfOpen(capability: Capability, { enforced }: ObservedAllowlist, after: AddressSet): string[] {
  if (capability.compartments !== "family" || capability.emptyMeans !== "open") return [];
  const restricted = { ipv4: enforced.ipv4 || after.ipv4.count > 0, ipv6: enforced.ipv6 || after.ipv6.count > 0 };
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
    message: `none of the ${count} wanted prefixes can stand in this product, which is never taken as "remove all". Look at families`,
    measured: 0,
    limit: 1,
  };
}
