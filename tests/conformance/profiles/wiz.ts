import { wizTarget } from "../../../provider/vendors/wiz/allowlist";
import { type WizStore, wizEmulator } from "../../../provider/vendors/wiz/emulator";
import { canary, defineProfile } from "../profile";

const client = { clientId: "allowlist-admin", clientSecret: `${canary}-wiz` };
const caller = "198.51.100.7/32";

const canonical = (text: string) => (text.includes("/") ? text : `${text}/32`);

function prepare(store: WizStore): void {
  store.clients = [{ ...client, scopes: ["admin:security_settings"] }];
  store.serviceAccounts = [];
  store.users = ["198.51.100.0/24"];
}

export const wiz = defineProfile<WizStore>({
  descriptor: wizTarget,
  emulator: wizEmulator,
  target: (url) => ({
    kind: "wiz",
    experimental: true,
    ...client,
    apiEndpoint: url,
    tokenEndpoint: `${url}/oauth/token`,
  }),
  restrict: (store) => {
    prepare(store);
    store.serviceAccounts = ["198.51.100.7", "203.0.113.0/24"];
  },
  unrestrict: prepare,
  admitted: (store) => store.serviceAccounts.map(canonical).sort(),
  addForeign: (store, block) => void store.serviceAccounts.push(block),
  remove: (store, block) => {
    store.serviceAccounts = store.serviceAccounts.filter((text) => canonical(text) !== block);
  },
  // The wire has one path and one method for all; the emulator records what a call is about.
  writes: (method, path) => method === "POST" && path.startsWith("/graphql/"),
  expireTokens: (store) => {
    store.signingKey = `${store.signingKey}x`;
  },
  caller,
});
