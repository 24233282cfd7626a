/** A list that no state knows, as an import records it. Reads; writes nothing. */
import type { Observed } from "../core/lifecycle";
import { openAccount, planFor, policyOf } from "./account";
import type { AllowlistContext } from "./context";
import { type AllowlistInputs, type AllowlistState, stateVersion } from "./inputs";
import { inputsOf, lastSeen, observedPrefixes } from "./observe";

export interface FoundList extends Observed<AllowlistInputs, AllowlistState> {
  readonly id: string;
  /** Entries that no program asked for: they are left alone. */
  readonly others: number;
}

/**
 * @param inputs what the program will ask for: of that, what is there already is recorded, so that the preview shows just
 *   what is missing. With `adopt`, entries that are there become ours, as far as only state tells whose they are.
 */
export async function findList(inputs: AllowlistInputs, context: AllowlistContext): Promise<FoundList> {
  const account = await openAccount(inputs, context);
  const { descriptor, place } = account;
  const observed = await account.session.read();
  const wish = { desired: inputs.prefixes, owned: new Set<string>(), policy: policyOf(inputs, context) };
  const kept = planFor(account, observed, wish).changes.filter((change) => change.verb === "keep");
  const ours = kept.flatMap((change) => (change.ours && change.block !== undefined ? [change.block.text] : []));
  const owned = descriptor.capability.ownership === "state" ? [...new Set(ours)].sort() : [];
  const state: AllowlistState = {
    ...inputs,
    prefixes: observedPrefixes(descriptor, { ...inputs, owned }, observed),
    __seen: lastSeen(descriptor, new Set(owned), observed),
    stateVersion,
    place,
    owned,
    status: "applied",
  };
  return {
    id: `${place}/${inputs.owner?.name ?? "allowlist"}`,
    inputs: inputsOf(state),
    state,
    others: kept.filter((change) => change.kept !== "wanted" && !change.ours).length,
  };
}
