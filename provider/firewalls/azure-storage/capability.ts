/** What an account's IP rules can hold. */
import type { Capability } from "../../core/allowlist/index";

export const capability: Capability = {
  families: ["ipv4"],
  forms: ["prefix", "single"],
  longest: { ipv4: 30 },
  longerAsSingles: true,
  maxEntries: 400,
  hostBits: "refused",
  source:
    "Azure Storage, firewall guidelines: public IPv4 only, /31 and /32 as single addresses; 400 IP rules per account (200 in documentation of 2020)",
  lastVerified: "documentation, 2026-11",
};
