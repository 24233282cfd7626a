import { wizPreflight } from "../../../../provider/vendors/wiz/preflight";
import { type WizReadStore, wizPreflightEmulator } from "../../../../provider/vendors/wiz/preflightEmulator";
import { always, type Cell, canary, defineProfile } from "../profile";

const account = { id: "msem", secret: `${canary}-wiz`, scopes: ["read:resources", "read:vulnerabilities"] };
const scoped = (...scopes: string[]): Partial<WizReadStore> => ({ accounts: [{ ...account, scopes }] });

/** The query fails with this, under status 200. */
const failing = (code: string, message: string, ...words: string[]): Cell<WizReadStore> => ({
  check: "vulnerabilities",
  change: { failure: { code, message } },
  words: [`${code} ${message}`, ...words],
});

export const wiz = defineProfile<WizReadStore>({
  definition: wizPreflight,
  emulator: wizPreflightEmulator,
  inputs: {
    name: "cloud",
    apiEndpoint: "https://api.eu1.app.wiz.io/",
    clientId: account.id,
    clientSecret: account.secret,
  },
  admit: (store) => void store.accounts.push({ ...account }),
  reach: {
    ok: [
      { check: "token" },
      { check: "resources" },
      { check: "vulnerabilities", change: { findings: 0 } },
      { check: "vulnerabilities", change: scoped("read:all") },
    ],
    inconclusive: [
      { check: "resources", change: { tellsScopes: false }, words: ["does not name its scopes"] },
      failing("INTERNAL", "oops", "the query failed"),
      { check: "token", faults: always({ kind: "status", status: 503 }) },
    ],
    throttled: [
      failing("RATE_LIMIT_EXCEEDED", "Resource has been exhausted"),
      { check: "vulnerabilities", faults: always({ kind: "status", status: 429 }, "/graphql") },
    ],
    missingScope: [
      { check: "resources", change: scoped("read:vulnerabilities"), words: ["Read graph resource"] },
      {
        check: "vulnerabilities",
        change: scoped("read:resources"),
        words: ["UNAUTHORIZED access denied", "Read vuln"],
      },
      { check: "vulnerabilities", faults: always({ kind: "status", status: 403 }, "/graphql") },
    ],
    denied: [
      { check: "token", change: { accounts: [] }, words: ["401 access_denied Unauthorized", "expiration date"] },
      failing("UNAUTHENTICATED", "no", "apiEndpoint"),
    ],
    wrongEndpoint: [
      { check: "vulnerabilities", faults: always({ kind: "status", status: 404 }, "/graphql") },
      { check: "vulnerabilities", faults: always({ kind: "html" }, "/graphql") },
    ],
    unreachable: [{ check: "token", faults: always({ kind: "dropBefore" }) }],
  },
});
