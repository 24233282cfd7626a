import { type ForescoutStore, forescoutEmulator } from "../../../../provider/vendors/forescout/emulator";
import { forescoutPreflight } from "../../../../provider/vendors/forescout/preflight";
import { always, canary, defineProfile } from "../profile";

const statuses = [200, 302, 401, 404] as const;

export const forescout = defineProfile<ForescoutStore>({
  definition: forescoutPreflight,
  emulator: forescoutEmulator,
  inputs: { name: "switches", endpoint: "us.forescout.cloud", apiKey: `${canary}-forescout` },
  admit: () => undefined,
  reach: {
    inconclusive: [
      ...statuses.map((status) => ({
        check: "key",
        change: { status: status },
        words: ["was not tried"],
      })),
      { check: "key", faults: always({ kind: "status", status: 503 }) },
      { check: "key", faults: always({ kind: "html" }) },
    ],
    unreachable: [{ check: "host", faults: always({ kind: "dropBefore" }) }],
  },
});
