import { type Rapid7Store, rapid7Emulator } from "../../../../provider/vendors/rapid7/emulator";
import { rapid7Preflight } from "../../../../provider/vendors/rapid7/preflight";
import { always, canary, defineProfile } from "../profile";

const assets = "/vm/v4/integration/assets";
const key = `${canary}-rapid7`;

export const rapid7 = defineProfile<Rapid7Store>({
  definition: rapid7Preflight,
  emulator: rapid7Emulator,
  inputs: { name: "vm", endpoint: "eu.api.insight.rapid7.com", apiKey: key },
  admit: (store) => store.keys.push({ key, readsAssets: true }),
  reach: {
    ok: [{ check: "assets", words: ["1,204 visible"] }],
    inconclusive: [
      { check: "assets", change: { assets: 0 }, words: ["no asset is visible"] },
      { check: "key", faults: always({ kind: "status", status: 503 }) },
    ],
    throttled: [{ check: "assets", faults: always({ kind: "status", status: 429, retryAfter: 3600 }, assets) }],
    missingScope: [
      {
        check: "assets",
        change: { keys: [{ key, readsAssets: false }] },
        words: ["Access to InsightVM is not permitted", "Give the user access"],
      },
    ],
    denied: [{ check: "key", change: { keys: [] }, words: ["401 Unauthorized", "another region"] }],
    wrongEndpoint: [
      { check: "assets", faults: always({ kind: "status", status: 404 }, assets) },
      {
        check: "key",
        faults: always({ kind: "html" }),
        words: ["the API of Rapid7 does not answer: the body is HTML"],
      },
    ],
    unreachable: [{ check: "key", faults: always({ kind: "dropBefore" }), words: ["connection:"] }],
  },
});
