import { type CrowdStrikeStore, crowdStrikeEmulator } from "../../../../provider/vendors/crowdstrike/emulator";
import { crowdStrikePreflight } from "../../../../provider/vendors/crowdstrike/preflight";
import { always, canary, defineProfile } from "../profile";

const client = { id: "msem", secret: `${canary}-crowdstrike`, region: "eu-1" };
const both = ["assets:read", "vulnerabilities:read"];
const scoped = (scopes: string[]): Partial<CrowdStrikeStore> => ({ clients: [{ ...client, scopes }] });
const spotlight = "/spotlight/queries/vulnerabilities/v1";

export const crowdStrike = defineProfile<CrowdStrikeStore>({
  definition: crowdStrikePreflight,
  emulator: crowdStrikeEmulator,
  inputs: {
    name: "falcon",
    baseUrl: "https://api.eu-1.crowdstrike.com",
    clientId: client.id,
    clientSecret: client.secret,
  },
  admit: (store) => void store.clients.push({ ...client, scopes: both }),
  reach: {
    ok: [{ check: "assets", words: ["3 visible"] }, { check: "vulnerabilities" }],
    inconclusive: [{ check: "token", faults: always({ kind: "status", status: 500 }) }],
    throttled: [
      { check: "vulnerabilities", faults: always({ kind: "status", status: 429, retryAfter: 60 }, spotlight) },
    ],
    missingScope: [
      {
        check: "assets",
        change: scoped(["vulnerabilities:read"]),
        words: ["Assets (Read) is missing", "IP allowlist"],
      },
      {
        check: "vulnerabilities",
        change: scoped(["assets:read"]),
        words: ["Vulnerabilities (Read) is missing", "403"],
      },
      { check: "vulnerabilities", change: scoped([]) },
    ],
    denied: [
      { check: "token", change: { clients: [] }, words: ["client is refused", "IP allowlist"] },
      { check: "token", faults: always({ kind: "status", status: 403 }), words: ["client is refused", "IP allowlist"] },
      { check: "token", faults: always({ kind: "status", status: 401 }) },
    ],
    blockedBySourceAddress: [
      {
        check: "token",
        change: { admitsCaller: false },
        words: ["access denied, authorization failed", "does not hold this machine's address", "client ID and secret"],
      },
    ],
    wrongEndpoint: [
      {
        check: "token",
        change: { clients: [{ ...client, region: "us-2", scopes: both }] },
        words: ["belongs to the cloud us-2", "Set baseUrl to https://api.us-2.crowdstrike.com."],
      },
      { check: "token", faults: always({ kind: "html" }) },
    ],
    unreachable: [{ check: "token", faults: always({ kind: "dropBefore" }) }],
  },
});
