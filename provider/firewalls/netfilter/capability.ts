/** What a set of ipset can hold. */
import type { Capability } from "../../core/allowlist/index";

export const setCapability: Capability = {
  families: ["ipv4", "ipv6"],
  forms: ["prefix", "range", "single"],
  shortest: { ipv4: 1, ipv6: 1 },
  mixedFamilies: false,
  hostBits: "ignored",
  source: "ipset(8): hash:net holds no prefix of length 0, and as many entries as its maxelem, 65,536 by default",
  lastVerified: "documentation, 2026-11",
};
