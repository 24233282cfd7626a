/** What PAN-OS groups can hold, in either format, and which lists cannot be changed here. */
import type { Capability, NamedSet } from "../../core/allowlist/index";

export function refusePan({ kind, entries }: NamedSet): string | undefined {
  if (kind === "address") return "an address holds one prefix or range; name an address-group";
  if (kind === "external-list") return "its addresses are on another server; change the file there";
  const dynamic = entries.some(({ term }) => term.kind === "unknown" && term.what === "dynamic");
  return dynamic ? "a dynamic group is filled by tags" : undefined;
}

export const panCapability: Capability = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix", "range", "single"],
  hostBits: "ignored",
  source: "PAN-OS web interface help, Addresses and Address Groups; no limit of members is documented for all models",
  lastVerified: "documentation, 2026-11",
};
