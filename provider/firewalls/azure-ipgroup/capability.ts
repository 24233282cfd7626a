/** What an IP Group can hold. */
import type { Capability } from "../../core/allowlist/index";

/** Addresses, prefixes and ranges in one group. */
export const mostAddresses = 5_000;

export const capability: Capability = {
  families: ["ipv4"],
  forms: ["prefix", "range", "single"],
  maxEntries: mostAddresses,
  hostBits: "refused",
  source: "Azure Firewall, IP Groups: IPv4 addresses, prefixes and ranges; Azure subscription limits: 5,000 per group",
  lastVerified: "documentation, 2026-11",
};
