/** Products without an API for their allowlist: the list is rendered for pasting, and a person confirms. */
import type { TargetInputs } from "./inputs";

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
