/**
 * Products without an API for their allowlist: the list is rendered for pasting, a person enters it and confirms. What is
 * asked and what was confirmed is kept as for a connector that is connected by hand.
 */
import { isDeepStrictEqual } from "node:util";
import { advance } from "../core/handOff";
import { type ActionRequired, confirmRow, describeWaiting, enterRows, table } from "../core/handOffText";
import type { AllowlistContext } from "./context";
import { type AllowlistInputs, type AllowlistState, nameOf, stateVersion, type TargetInputs } from "./inputs";

/** `kind` of a target that a person carries out. */
export const manualKind = "manual";

/** Products whose allowlist has no public API, or none that is safe to build on. */
export const manualProducts = {
  qualys: "Qualys: Users > Setup > Security",
  rapid7: "Rapid7: ask Rapid7 support; no list is documented",
  crowdstrike: "CrowdStrike Falcon: IP allowlist management in the console",
  sentinelone: "SentinelOne: ask SentinelOne support; no list is documented",
  armis: "Armis: ask Armis support; no list is documented",
  dragos: "Dragos: the firewall before the platform",
  forescout: "Forescout: the firewall before the appliance",
} as const;

export type ManualProduct = keyof typeof manualProducts;

export function isManual(target: Pick<TargetInputs, "kind">): boolean {
  return target.kind === manualKind;
}

export function isManualProduct(product: unknown): product is ManualProduct {
  return typeof product === "string" && Object.hasOwn(manualProducts, product);
}

/** What is to be entered is one thing, however many prefixes it has: a list is pasted whole. */
export function askForList(
  previous: AllowlistState | undefined,
  inputs: AllowlistInputs,
  { warn, now }: Pick<AllowlistContext, "warn" | "now">,
): AllowlistState {
  const prefixes = Object.keys(inputs.prefixes);
  // A state from before confirmations were kept tells neither what was asked nor that it was done.
  const told = previous?.actionRequired !== undefined;
  const same = previous !== undefined && isDeepStrictEqual(new Set(Object.keys(previous.prefixes)), new Set(prefixes));
  const { asked, confirmedDateTime } = advance({
    wanted: [listField(inputs)],
    ...(told && previous !== undefined ? { before: standing(previous) } : {}),
    changed: new Set(same ? [] : ["prefixes"]),
    ...(inputs.confirmed === undefined ? {} : { confirmed: inputs.confirmed }),
    now: new Date(now()).toISOString(),
  });
  const [field] = asked;
  const actionRequired =
    field === undefined ? undefined : describeList(inputs, [field], confirmedDateTime === undefined);
  if (actionRequired !== undefined) warn(`'${nameOf(inputs)}': ${actionRequired.text}`);
  return {
    ...inputs,
    stateVersion,
    place: `manual:${productOf(inputs)}`,
    owned: [],
    paste: prefixes.join("\n"),
    status: actionRequired === undefined ? "confirmed" : "actionRequired",
    actionRequired: actionRequired ?? null,
    confirmedDateTime: confirmedDateTime ?? null,
  };
}

/** A refresh cannot see what is there; it reminds of what waits. */
export function remindOfList(state: AllowlistState, { warn }: Pick<AllowlistContext, "warn">): void {
  const { actionRequired } = state;
  if (actionRequired) warn(`'${nameOf(state)}': ${describeWaiting(actionRequired)}`);
}

export function tellOfRemoval(state: AllowlistState, { warn }: Pick<AllowlistContext, "warn">): void {
  warn(`'${nameOf(state)}': remove by hand what was entered at ${manualProducts[productOf(state)]}`);
}

function standing(previous: AllowlistState) {
  const { confirmedDateTime } = previous;
  return {
    wanted: [listField(previous)],
    asked: previous.actionRequired?.fields ?? [],
    ...(confirmedDateTime ? { confirmedDateTime } : {}),
  };
}

function listField({ prefixes, serviceTag, changeNumber }: AllowlistInputs) {
  const count = Object.keys(prefixes).length;
  const change = changeNumber === undefined ? "" : `, ${serviceTag} change ${changeNumber}`;
  const value = `${count} ${count === 1 ? "prefix" : "prefixes"}${change}`;
  return { field: "prefixes", label: "Allowed addresses", value, note: "the whole list: the output paste" };
}

function describeList(inputs: AllowlistInputs, fields: ActionRequired["fields"], first: boolean): ActionRequired {
  const page = manualProducts[productOf(inputs)];
  const entry = "Allowed addresses";
  const title = first
    ? "enter the list by hand; until somebody has done it, these addresses may be kept out"
    : "enter the changed list by hand; until somebody has done it, new addresses may be kept out";
  const text = table(title, [["Open", page], ...enterRows(fields), confirmRow(nameOf(inputs))]);
  return { action: first ? "enter" : "change", page, entry, fields, text };
}

function productOf({ target }: Pick<AllowlistInputs, "target">): ManualProduct {
  return target.product as ManualProduct;
}
