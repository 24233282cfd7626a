import { type DragosStore, dragosEmulator } from "../../../../provider/vendors/dragos/emulator";
import { dragosPreflight } from "../../../../provider/vendors/dragos/preflight";
import { always, canary, defineProfile } from "../profile";

const key = { id: "8f14e45f-ceea-467f-a0e6-2b1c7d9a3f10", secret: `${canary}:dragos`, readsAssets: true };

export const dragos = defineProfile<DragosStore>({
  definition: dragosPreflight,
  emulator: dragosEmulator,
  inputs: { name: "plant", hostname: "contoso.platform.dragos.cloud", apiKey: key.id, apiSecret: key.secret },
  admit: (store) => void store.keys.push({ ...key }),
  reach: {
    ok: [{ check: "assets", words: ["77 visible"] }],
    inconclusive: [
      { check: "assets", change: { assets: 0 }, words: ["no asset is visible"] },
      { check: "assets", faults: always({ kind: "truncate" }), words: ["broke off"] },
      { check: "assets", faults: always({ kind: "status", status: 418 }), words: ["documents do not describe"] },
    ],
    throttled: [{ check: "assets", faults: always({ kind: "status", status: 429 }) }],
    missingScope: [
      {
        check: "assets",
        change: { keys: [{ ...key, readsAssets: false }] },
        words: ["asset:read"],
      },
    ],
    denied: [{ check: "assets", change: { keys: [] }, words: ["401 Unauthorized", "new API key"] }],
    wrongEndpoint: [
      { check: "assets", faults: always({ kind: "html" }) },
      { check: "assets", faults: always({ kind: "html", status: 403 }), words: ["HTML", "firewall"] },
    ],
    unreachable: [{ check: "assets", faults: always({ kind: "dropBefore" }) }],
  },
});
