import { type SentinelOneStore, sentinelOneEmulator } from "../../../../provider/vendors/sentinelone/emulator";
import { sentinelOnePreflight } from "../../../../provider/vendors/sentinelone/preflight";
import { always, canary, defineProfile } from "../profile";

const token = { token: `${canary}-sentinelone`, expiresAt: "2099-06-01T00:00:00Z", seesAgents: true };
const count = "/web/api/v2.1/agents/count";

export const sentinelOne = defineProfile<SentinelOneStore>({
  definition: sentinelOnePreflight,
  emulator: sentinelOneEmulator,
  inputs: { name: "edr", apiUrl: "https://contoso.sentinelone.net/web/api/v2.1", apiToken: token.token },
  admit: (store) => void store.tokens.push({ ...token }),
  reach: {
    ok: [
      { check: "token", words: ["good until 2099-06-01T00:00:00Z"] },
      { check: "token", change: { field: "token" }, words: ["good until 2099-06-01"] },
      {
        check: "token",
        change: { tokens: [{ ...token, expiresAt: null }] },
        words: ["no end of it is told"],
      },
      { check: "agents", words: ["310 agents"] },
    ],
    inconclusive: [
      { check: "agents", change: { agents: 0 }, words: ["no agent is visible"] },
      { check: "token", faults: always({ kind: "status", status: 400 }), words: ["400"] },
    ],
    throttled: [{ check: "agents", faults: always({ kind: "status", status: 429, retryAfter: 120 }, count) }],
    missingScope: [
      {
        check: "agents",
        change: { tokens: [{ ...token, seesAgents: false }] },
        words: ["Insufficient permissions", "4030010"],
      },
    ],
    denied: [
      { check: "token", change: { tokens: [] }, words: ["401 4010010 Authentication Failed"] },
      {
        check: "token",
        change: { tokens: [{ ...token, expiresAt: "2020-01-01T00:00:00Z" }] },
        words: ["expired"],
      },
    ],
    wrongEndpoint: [
      { check: "token", faults: always({ kind: "status", status: 404 }) },
      { check: "token", faults: always({ kind: "html" }) },
    ],
    unreachable: [{ check: "token", faults: always({ kind: "dropBefore" }) }],
  },
});
