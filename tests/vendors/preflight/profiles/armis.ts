import { type ArmisStore, armisEmulator } from "../../../../provider/vendors/armis/emulator";
import { armisPreflight } from "../../../../provider/vendors/armis/preflight";
import { always, canary, defineProfile } from "../profile";

const client = { id: "msem@contoso.com", secret: `${canary}-armis`, searches: true };
const inputs = { name: "ot", hostname: "contoso.armis.com", clientId: client.id, clientSecret: client.secret };

export const armis = defineProfile<ArmisStore>({
  definition: armisPreflight,
  emulator: armisEmulator,
  inputs,
  environment: { MSEM_ARMIS_VENDOR_ID: "vendor-1" },
  admit: (store) => void store.clients.push({ ...client }),
  reach: {
    ok: [{ check: "sign-in" }, { check: "devices", words: ["may search devices"] }],
    inconclusive: [
      {
        check: "sign-in",
        environment: {},
        words: ["needs a vendor id", "MSEM_ARMIS_VENDOR_ID"],
      },
      { check: "sign-in", faults: always({ kind: "status", status: 502 }) },
    ],
    throttled: [{ check: "sign-in", faults: always({ kind: "status", status: 429 }) }],
    missingScope: [{ check: "devices", change: { clients: [{ ...client, searches: false }] }, words: ["403"] }],
    denied: [
      { check: "sign-in", change: { clients: [] }, words: ["Invalid client credentials"] },
      {
        check: "sign-in",
        change: { vendorIds: [] },
        words: ["client or the vendor id is refused"],
      },
      { check: "sign-in", inputs: { ...inputs, hostname: "fabrikam.armis.com" }, words: ["the tenant's host name"] },
    ],
    wrongEndpoint: [{ check: "sign-in", faults: always({ kind: "html" }) }],
    unreachable: [
      { check: "sign-in", faults: always({ kind: "dropBefore" }) },
      { check: "host", environment: {}, faults: always({ kind: "dropBefore" }) },
    ],
  },
});
