import { tenablePreflight } from "../../../../provider/vendors/tenable/preflight";
import {
  type TenableReadStore,
  tenablePreflightEmulator,
} from "../../../../provider/vendors/tenable/preflightEmulator";
import { always, canary, defineProfile } from "../profile";

const user = {
  accessKey: "d".repeat(64),
  secretKey: `${canary}-tenable`,
  mayExportAssets: true,
  mayExportFindings: true,
  views: ["AllAssets"],
};
const users = (change: Partial<typeof user>): Partial<TenableReadStore> => ({ users: [{ ...user, ...change }] });
const scope = "/api/v3/access-control/permissions/users/me";

export const tenable = defineProfile<TenableReadStore>({
  definition: tenablePreflight,
  emulator: tenablePreflightEmulator,
  inputs: { name: "vm", accessKey: user.accessKey, secretKey: user.secretKey },
  admit: (store) => void store.users.push({ ...user }),
  reach: {
    ok: [
      { check: "assetExport", words: ["may export assets"] },
      { check: "scope", words: ["sees all assets"] },
    ],
    inconclusive: [
      {
        check: "scope",
        change: users({ views: ["Region:EMEA"] }),
        words: ["sees assets with Region:EMEA", "All Assets"],
      },
      { check: "scope", change: users({ views: [] }), words: ["Administrator sees all of them"] },
      {
        check: "scope",
        faults: always({ kind: "status", status: 403 }, scope),
        words: ["cannot be asked by the user"],
      },
      { check: "keys", change: { status: "loading" }, words: ["Tenable is loading"] },
      { check: "keys", faults: always({ kind: "status", status: 500 }) },
    ],
    // A page instead of JSON, as in the vendor's documents.
    throttled: [{ check: "keys", faults: always({ kind: "status", status: 429, retryAfter: 90 }) }],
    missingScope: [
      { check: "assetExport", change: users({ mayExportAssets: false }), words: ["403 Insufficient permission"] },
      { check: "findingExport", change: users({ mayExportFindings: false }) },
    ],
    denied: [
      { check: "keys", change: { users: [] }, words: ["401 Invalid Credentials", "API Access Security"] },
      { check: "keys", change: { admitsCaller: false }, words: ["this machine's address"] },
    ],
    wrongEndpoint: [{ check: "keys", faults: always({ kind: "html" }) }],
    unreachable: [{ check: "keys", faults: always({ kind: "dropBefore" }) }],
  },
});
