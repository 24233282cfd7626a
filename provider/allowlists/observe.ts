/** What is there, as inputs: so that what somebody else changed shows in a preview, a line for each prefix. */
import type { ObservedAllowlist } from "../core/targets/entries";
import { compareBlocks, type ObservedEntry } from "../core/targets/entries";
import type { TargetDescriptor } from "../core/targets/target";
import type { AllowlistInputs, AllowlistState, LastSeen } from "./inputs";

/** Labels of entries that no program asked for. */
const leftOver = "ours, not wanted";
const foreign = "foreign";

/** Prefix → label of everything that is there and concerns us. */
export function observedPrefixes(
  { capability }: Pick<TargetDescriptor, "capability">,
  state: Pick<AllowlistState, "prefixes" | "owned" | "mode">,
  observed: ObservedAllowlist,
): Record<string, string> {
  const owned = new Set(state.owned);
  const ours = ({ block, marked }: ObservedEntry): boolean =>
    capability.ownership === "state" ? block !== undefined && owned.has(block.text) : marked === true;
  const shown = new Map<string, { readonly entry: ObservedEntry; readonly label: string }>();
  for (const entry of observed.entries) {
    if (entry.block === undefined || entry.inactive === true) continue;
    const { text } = entry.block;
    const wanted = state.prefixes[text];
    const label = wanted ?? (ours(entry) ? leftOver : state.mode === "exclusive" ? foreign : undefined);
    if (label !== undefined) shown.set(text, { entry, label });
  }
  const sorted = [...shown].sort(([, a], [, b]) =>
    a.entry.block === undefined || b.entry.block === undefined ? 0 : compareBlocks(a.entry.block, b.entry.block),
  );
  return Object.fromEntries(sorted.map(([text, { label }]) => [text, label]));
}

/** Counts of other people's entries and lists. */
export function lastSeen(
  { capability }: Pick<TargetDescriptor, "capability">,
  owned: ReadonlySet<string>,
  { entries, lists }: ObservedAllowlist,
): LastSeen {
  const ours = entries.filter(({ block, marked }) =>
    capability.ownership === "state" ? block !== undefined && owned.has(block.text) : marked === true,
  ).length;
  return {
    foreign: entries.length - ours,
    ...(lists === undefined ? {} : { foreignLists: lists.filter(({ marked }) => !marked).length }),
  };
}

/** Inputs among a state. */
export function inputsOf(state: AllowlistState): AllowlistInputs {
  const { stateVersion: _v, place: _p, owned: _o, status: _s, paste: _t, verification: _c, ...more } = state;
  const { actionRequired: _a, confirmedDateTime: _d, ...inputs } = more;
  return inputs;
}
